//! A phrase with values in it that are set in the type of the machine: keys, and what they hold.

use leptos::prelude::*;

use super::text::{Language, Phrase};

pub(super) fn rich(phrase: Phrase, language: Language, values: &[&str]) -> AnyView {
    let parts = phrase.text(language).split("{}").enumerate();
    let piece = |(at, words): (usize, &'static str)| {
        let before = at.checked_sub(1).and_then(|at| values.get(at));
        let code = before.map(|value| view! { <code>{(*value).to_owned()}</code> }.into_any());
        view! { {code} {words} }.into_any()
    };
    parts.map(piece).collect::<Vec<_>>().into_any()
}
