//! A field that is typed into: text, number, or the digits of a colour. Typing makes a draft; nothing goes out before
//! Enter.

use leptos::prelude::*;

use super::control::{Handle, Kind};
use super::reactive::{act, live, memo};
use super::text::devices as words;
use crate::engine::frame::FieldView;

pub(super) fn entry(handle: Handle) -> AnyView {
    let kind = handle.kind();
    let is_number = move || kind.get() == Kind::Number;
    let ahead = memo(move |_| handle.ahead());
    let shown = memo(move |_| {
        let reported = || {
            handle
                .field
                .with(|field| field.reported.as_ref().map(|value| value.text.clone()))
        };
        ahead.get().or_else(reported).unwrap_or_default()
    });
    let unit = memo(move |_| handle.field.with(|field| field.unit.clone()));
    let is_wrong = memo(move |_| {
        let fault = |field: &FieldView| {
            field
                .draft
                .as_ref()
                .is_some_and(|draft| draft.fault.is_some())
        };
        handle.field.with(fault)
    });
    let busy = handle.is_busy();
    let change = move |event| handle.enter(event_target_value(&event));
    let unknown = live(move || {
        let known = handle.field.with(|field| field.reported.is_some());
        let word = words::UNKNOWN.text(handle.language());
        if known { "" } else { word }.to_owned()
    });
    view! {
        <span
            class="entry"
            class:number=is_number
            class:wished=move || ahead.with(Option::is_some)
        >
            <input
                type="text"
                class="input"
                autocomplete="off"
                spellcheck="false"
                inputmode=move || if is_number() { "decimal" } else { "text" }.to_owned()
                placeholder=unknown
                aria-label=move || handle.name()
                aria-busy=move || busy.get().to_string()
                aria-invalid=move || is_wrong.get().to_string()
                prop:value=live(move || shown.get())
                on:input=act(change)
                on:blur=act(move |_| handle.leave())
            />
            <span class="entry-unit" hidden=move || unit.with(String::is_empty)>{live(move || unit.get())}</span>
        </span>
    }
    .into_any()
}
