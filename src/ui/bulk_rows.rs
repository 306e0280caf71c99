//! The devices of a change one by one: what each wanted before, what it wants after, and how far it is.

use leptos::prelude::*;

use super::bulk_panel::{BulkPanel, ask};
use super::icons::{Icon, icon};
use super::life_icon::{LifeIcon, life_icon};
use super::mark::mark;
use super::reactive::{act, live, memo, watch};
use super::scroller::{Heights, Scroller};
use super::text::{Phrase, bulk as words, changes, devices, language, say};
use crate::engine::frame::{ItemStep, JobRow, ValueView};

/// As changes.css has them.
const ROW: Heights = Heights {
    mouse: 44,
    touch: 60,
};

pub(super) fn device_rows(panel: BulkPanel) -> AnyView {
    let store = panel.bulk.store;
    let (first, count) = (RwSignal::new(0), RwSignal::new(30));
    watch(move || ask(panel, first.get(), count.get()));
    on_cleanup(move || store.job_request.set(None));
    let total = memo(move |_| store.job.with(|job| job.total));
    let rows = Scroller::new(total, first, count, ROW);
    let window = memo(move |_| {
        store
            .job
            .with(|job| (job.first, job.first + job.rows.len() as u32))
    });
    let name = match panel.listed.get_untracked().flatten() {
        Some(ItemStep::Rejected) => words::THE_REJECTED,
        _ => words::EACH_DEVICE,
    };
    view! {
        <div class="bulk-list-head">
            <button type="button" class="link" on:click=act(move |_| panel.listed.set(None))>
                {icon(Icon::Back)}
                {say(words::BACK)}
            </button>
        </div>
        <div
            class="bulk-rows"
            role="list"
            tabindex="0"
            aria-label=say(name)
            node_ref=rows.element
            on:scroll=act(move |_| rows.look())
        >
            {rows.place("presentation", window, move |index| row(index, panel, rows))}
        </div>
    }
    .into_any()
}

fn row(index: u32, panel: BulkPanel, rows: Scroller) -> AnyView {
    let store = panel.bulk.store;
    let language = language();
    let row = memo(move |before: Option<&Option<JobRow>>| {
        let row = store.job.with(|job| {
            let place = index.checked_sub(job.first)? as usize;
            job.rows.get(place).cloned()
        });
        row.or_else(|| before.cloned().flatten())
    });
    let state = Signal::derive(move || {
        let state = row.with(|row| row.as_ref().map(|row| row.state));
        (state.unwrap_or_default(), 0)
    });
    let name = live(move || row.with(|row| row.as_ref().map(|row| row.field.device.clone())));
    let values = live(move || {
        let none = changes::NONE.text(language.get());
        let text = |value: &Option<ValueView>| {
            value
                .as_ref()
                .map_or_else(|| none.to_owned(), |value| value.text.clone())
        };
        row.with(|row| {
            let row = row.as_ref()?;
            let (before, after) = (text(&row.before), text(&row.after));
            let view = match row.step {
                ItemStep::Already => view! { <code>{before}</code> }.into_any(),
                _ => view! { <code>{before}</code> " → " <code class="wished">{after}</code> }
                    .into_any(),
            };
            Some(view)
        })
    });
    let step = live(move || {
        row.with(|row| {
            let row = row.as_ref()?;
            let (icon, word) = step(row.step);
            let words = match (row.step, row.code) {
                (ItemStep::Rejected, Some(code)) => {
                    word.text(language.get()).to_owned() + " " + &code.to_string()
                }
                (ItemStep::Waiting, _) => word.fill(language.get(), &[&row.stage.to_string()]),
                _ => word.text(language.get()).to_owned(),
            };
            let title = row.message.clone();
            let view =
                view! { <span class="bulk-step" title=title>{icon.map(life_icon)} {words}</span> };
            Some(view.into_any())
        })
    });
    view! {
        <div
            class="bulk-row"
            role="listitem"
            aria-setsize=move || rows.total.get().to_string()
            aria-posinset=(index + 1).to_string()
            style:transform=move || rows.shift(index)
        >
            {mark(state)}
            <div class="row-main">
                <div class="row-name">{name}</div>
                <div class="row-what">{values}</div>
            </div>
            {step}
        </div>
    }
    .into_any()
}

const fn step(step: ItemStep) -> (Option<LifeIcon>, Phrase) {
    match step {
        ItemStep::Already => (None, words::ALREADY),
        ItemStep::Waiting => (Some(LifeIcon::Coming), words::IN_STAGE),
        ItemStep::Sent => (Some(LifeIcon::Sent), devices::SENT),
        ItemStep::Accepted => (Some(LifeIcon::Accepted), changes::ACCEPTED),
        ItemStep::Reported => (Some(LifeIcon::Reported), devices::REPORTED),
        ItemStep::Rejected => (Some(LifeIcon::Rejected), devices::REJECTED),
        ItemStep::TimedOut => (Some(LifeIcon::TimedOut), devices::TIMED_OUT),
        ItemStep::Superseded => (Some(LifeIcon::Superseded), devices::SUPERSEDED),
    }
}
