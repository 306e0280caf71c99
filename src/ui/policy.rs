//! The policy that a connection needs, ready to copy: only what is missing, or all of it.

use leptos::prelude::*;

use super::copy::copy_button;
use super::reactive::{act, live, memo};
use super::store::Store;
use super::text::{Phrase, doctor as words, language, say};

pub(super) fn policy(store: Store) -> AnyView {
    let language = language();
    let missing = memo(move |_| store.doctor.with(|doctor| doctor.policy.missing.clone()));
    let whole = memo(move |_| store.doctor.with(|doctor| doctor.policy.whole.clone()));
    let show_whole = RwSignal::new(false);
    let text = memo(move |_| match missing.get() {
        Some(missing) if !show_whole.get() => missing,
        _ if show_whole.get() => whole.get(),
        _ => String::new(),
    });
    let title = move || match show_whole.get() || missing.with(Option::is_none) {
        true => words::POLICY,
        false => words::STATEMENT,
    };
    let toggle = move || match show_whole.get() {
        true => words::SHOW_LESS,
        false => words::SHOW_POLICY,
    };
    let said = move |phrase: Box<dyn Fn() -> Phrase + Send>| {
        live(move || phrase().text(language.get()).to_owned())
    };
    let hidden = move || text.with(String::is_empty);
    view! {
        <div class="policy" hidden=move || whole.with(String::is_empty)>
            <div class="policy-head" hidden=live(hidden)>
                <h4>{said(Box::new(title))}</h4>
                {copy_button(text, Some(words::COPY_POLICY))}
            </div>
            <pre hidden=live(hidden) tabindex="0"><code>{live(move || text.with(|text| coloured(text)))}</code></pre>
            <div class="policy-foot">
                <span hidden=live(hidden)>{say(words::ACCOUNT)}</span>
                <button type="button" class="link" on:click=act(move |_| show_whole.update(|it| *it = !*it))>
                    {said(Box::new(toggle))}
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// Strings, and those of them that are keys. A policy holds no quote inside a string.
fn coloured(json: &str) -> Vec<AnyView> {
    let mut parts = Vec::new();
    let mut pieces = json.split('"').peekable();
    while let Some(between) = pieces.next() {
        parts.push(between.to_owned().into_any());
        let Some(string) = pieces.next() else {
            break;
        };
        let is_key = pieces.peek().is_some_and(|rest| rest.starts_with(':'));
        let class = if is_key { "key" } else { "string" };
        parts.push(view! { <span class=class>"\"" {string.to_owned()} "\""</span> }.into_any());
    }
    parts
}
