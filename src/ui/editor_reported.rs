//! What the device reported, leaf by leaf with its age, beside the text that is edited.

use leptos::prelude::*;

use super::desk::Desk;
use super::editor_leaves::{Entry, leaves};
use super::format;
use super::reactive::{each, item, live, memo};
use super::text::{editor as words, say};

pub(super) fn reported(desk: Desk) -> AnyView {
    let entries = leaves(desk);
    let is_none = memo(move |_| {
        let none = desk.read(|view| view.leaves.iter().all(|leaf| leaf.reported.is_none()));
        none.unwrap_or(true)
    });
    view! {
        <section class="editor-column">
            <h3>{say(words::REPORTED)}</h3>
            // It scrolls: the keyboard has to reach it.
            <div class="editor-scroll" role="group" tabindex="0" aria-label=say(words::REPORTED)>
                <p class="editor-none" hidden=move || !is_none.get()>
                    {say(words::NOTHING_REPORTED)}
                </p>
                <dl class="reported-leaves" hidden=move || is_none.get()>
                    {each(move || {
                        let row = |entry: Entry| item(entry.id.to_string(), move || row(desk, entry));
                        entries.get().into_iter().map(row).collect()
                    })}
                </dl>
            </div>
        </section>
    }
    .into_any()
}

fn row(desk: Desk, entry: Entry) -> AnyView {
    let name = entry.name();
    let (shown, value, at) = (entry.leaf.clone(), entry.leaf.clone(), entry.leaf);
    let age = live(move || {
        let at = at.with(|leaf| leaf.reported_at)?;
        let language = desk.language.get();
        let age = format::age(language, at, desk.store.now.get());
        Some(words::AGO.fill(language, &[&age]))
    });
    view! {
        <div hidden=move || shown.with(|leaf| leaf.reported.is_none())>
            <dt class="mono">{name}</dt>
            <dd class="mono">{live(move || value.with(|leaf| leaf.reported.clone()))}</dd>
            <dd class="leaf-age">{age}</dd>
        </div>
    }
    .into_any()
}
