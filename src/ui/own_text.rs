//! The button that publishes a text, and what became of the last one.

use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::own_device::OwnDevice;
use super::reactive::{act, live, memo};
use super::text::{language, own as words, say};
use crate::engine::command::OwnCommand;
use crate::engine::frame::{OwnInvalid, TextFate};

pub(super) fn text_form(own: OwnDevice) -> AnyView {
    let language = language();
    let text = RwSignal::new(
        words::TEXT_DEFAULT
            .text(language.get_untracked())
            .to_owned(),
    );
    let fate = own.part(|own| own.last_text);
    let invalid = own.part(|own| own.invalid == Some(OwnInvalid::Text));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let text = text.get_untracked();
        if !text.is_empty() {
            own.send(OwnCommand::Text(text));
        }
    };
    let is_bad = memo(move |_| {
        invalid.get() || matches!(fate.get(), Some(TextFate::Dropped | TextFate::Closed))
    });
    let topic = own.part(|own| own.text_topic.clone());
    let label = live(move || words::TEXT.fill(language.get(), &[&topic.get()]));
    let said = live(move || {
        let phrase = match fate.get() {
            _ if invalid.get() => words::TEXT_TOO_LONG,
            None => return None,
            Some(TextFate::Waiting) => words::TEXT_WAITS,
            Some(TextFate::Taken) => words::TEXT_TAKEN,
            Some(TextFate::Dropped) => words::TEXT_DROPPED,
            Some(TextFate::Closed) => words::TEXT_CLOSED,
        };
        Some(phrase.text(language.get()).to_owned())
    });
    view! {
        <form class="own-part own-text" on:submit=act(submit) novalidate>
            <label for="own-text">{label}</label>
            <div class="own-line">
                <input
                    id="own-text"
                    class="input"
                    type="text"
                    autocomplete="off"
                    aria-describedby="own-text-below"
                    prop:value=move || text.get()
                    on:input=act(move |event| text.set(event_target_value(&event)))
                />
                <button type="submit" class="button">{say(words::PUBLISH)}</button>
            </div>
            <p id="own-text-below" class="own-hint" class:bad=live(move || is_bad.get()) aria-live="polite">
                {said}
            </p>
        </form>
    }
    .into_any()
}
