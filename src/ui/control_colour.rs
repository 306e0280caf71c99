//! A colour: what is reported as a solid swatch, what is wished as a dashed one, and its digits to type.

use leptos::prelude::*;

use super::control::Handle;
use super::control_entry::entry;
use super::reactive::{act, live, memo};
use super::text::controls as words;
use crate::engine::frame::FieldView;
use crate::shadow::form::is_colour;

/// What the browser shows where there is none; the style covers it.
const BLACK: &str = "#000000";

pub(super) fn colour(handle: Handle) -> AnyView {
    let reported = memo(move |_| {
        let text = |field: &FieldView| field.reported.as_ref().map(|value| value.text.clone());
        handle.field.with(text)
    });
    let ahead = memo(move |_| handle.ahead());
    // While digits are typed, the picker stays where it was: it takes whole colours only.
    let shown = memo(move |_| {
        let reported = || reported.get().filter(|text| is_colour(text));
        ahead.get().filter(|text| is_colour(text)).or_else(reported)
    });
    let choose = move |event| {
        let text = event_target_value(&event);
        let small = reported.with_untracked(|text| {
            let text = text.as_deref().unwrap_or_default();
            text.bytes().any(|byte| byte.is_ascii_lowercase())
        });
        handle.enter(if small { text } else { text.to_uppercase() });
    };
    let name = move || words::CHOOSE_COLOUR.fill(handle.language(), &[&handle.name()]);
    view! {
        <div class="colour" class:wished=move || ahead.with(Option::is_some)>
            <span
                class="swatch"
                hidden=move || ahead.with(Option::is_none)
                class:unknown=move || reported.with(Option::is_none)
                style:background-color=move || reported.get()
            ></span>
            <span class="arrow" hidden=move || ahead.with(Option::is_none)>"→"</span>
            <input
                type="color"
                class="swatch"
                class:unknown=move || shown.with(Option::is_none)
                aria-label=live(name)
                prop:value=live(move || shown.get().map_or_else(|| BLACK.to_owned(), |it| it.to_lowercase()))
                on:input=act(choose)
                on:blur=act(move |_| handle.leave())
            />
            {entry(handle)}
        </div>
    }
    .into_any()
}
