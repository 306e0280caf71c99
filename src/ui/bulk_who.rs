//! Who a change of many devices is about: as a bar, and in numbers.

use leptos::prelude::*;

use super::bulk_panel::BulkPanel;
use super::format;
use super::reactive::{act, live, memo};
use super::text::{Phrase, bulk as words, say};

pub(super) fn who(panel: BulkPanel) -> AnyView {
    let counts = panel.part(|job| {
        let heard = job.will_change.saturating_sub(job.silent);
        [heard, job.already, job.silent]
    });
    let nobody = panel.part(|job| job.will_change == 0);
    let all = memo(move |_| counts.get().iter().sum::<u32>());
    let bar = PARTS.into_iter().enumerate().map(|(at, (class, _))| {
        let share = move || share(counts.get()[at], all.get());
        let none = move || counts.get()[at] == 0;
        view! { <span class=class hidden=live(none) style:flex-grow=live(share)></span> }.into_any()
    });
    let lines = PARTS.into_iter().enumerate().map(|(at, (class, name))| {
        let figure = move || format::count(counts.get()[at].into());
        view! {
            <div class="legend" hidden=move || counts.get()[at] == 0>
                <dt><span class=class aria-hidden="true"></span> {say(name)}</dt>
                <dd>{live(figure)}</dd>
            </div>
        }
        .into_any()
    });
    view! {
        <section class="bulk-part">
            <h3 class="visually-hidden">{say(words::WHO)}</h3>
            <div class="bar-of-parts" aria-hidden="true">{bar.collect::<Vec<_>>()}</div>
            <dl class="legends">{lines.collect::<Vec<_>>()}</dl>
            <p class="bulk-nobody" hidden=move || !nobody.get()>{say(words::NOBODY)}</p>
            <button type="button" class="link" on:click=act(move |_| panel.listed.set(Some(None)))>
                {say(words::PREVIEW)}
            </button>
        </section>
    }
    .into_any()
}

const PARTS: [(&str, Phrase); 3] = [
    ("part planned", words::WILL_CHANGE),
    ("part already", words::ALREADY),
    ("part silent", words::SILENT),
];

/// The flex of a part of a bar. What is there is seen, however small.
pub(super) fn share(count: u32, all: u32) -> String {
    match count {
        0 => "0".to_owned(),
        _ => (u64::from(count) * 1000 / u64::from(all.max(1)))
            .max(12)
            .to_string(),
    }
}
