//! A button that copies a text, and says when it has.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use super::icons::{Icon, icon};
use super::reactive::{act, live};
use super::text::{Phrase, language, shell};

/// With `words` beside its icon, or with the icon alone.
pub(super) fn copy_button(text: Memo<String>, words: Option<Phrase>) -> AnyView {
    let copied = RwSignal::new(false);
    // Browsers offer no clipboard to pages that came over plain http from another machine.
    let offered = window().is_secure_context();
    let copy = move |_| {
        let promise = window()
            .navigator()
            .clipboard()
            .write_text(&text.get_untracked());
        spawn_local(async move {
            copied.set(JsFuture::from(promise).await.is_ok());
        });
    };
    let language = language();
    let name = move || {
        let phrase = match copied.get() {
            true => shell::COPIED,
            false => words.unwrap_or(shell::COPY),
        };
        phrase.text(language.get()).to_owned()
    };
    let picture = live(move || {
        Some(icon(match copied.get() {
            true => Icon::Check,
            false => Icon::Copy,
        }))
    });
    let class = match words {
        Some(_) => "button",
        None => "icon-button",
    };
    view! {
        <button
            type="button"
            class=class
            hidden=!offered
            aria-label=live(name)
            title=live(name)
            on:click=act(copy)
        >
            {picture}
            {words.map(|_| live(name))}
        </button>
    }
    .into_any()
}
