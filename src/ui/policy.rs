//! The policy that a connection needs, ready to copy: only what is missing, or all of it.

use leptos::prelude::*;

use super::copy::copy_button;
use super::reactive::{act, live, memo};
use super::store::Store;
use super::text::{Phrase, doctor as words, language, say};

pub(super) fn policy(store: Store) -> AnyView {
    let language = language();
    let show_whole = RwSignal::new(false);
    let text = memo(move |_| {
        let doctor = store.doctor.read();
        match &doctor.policy.missing {
            _ if show_whole.get() => doctor.policy.whole.clone(),
            missing => missing.clone().unwrap_or_default(),
        }
    });
    let title = move || match show_whole.get() {
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
    let hidden = live(move || text.with(String::is_empty));
    view! {
        <div class="policy" hidden=move || store.doctor.with(|doctor| doctor.policy.whole.is_empty())>
            <div class="policy-head" hidden=hidden.clone()>
                <h4>{said(Box::new(title))}</h4>
                {copy_button(text, Some(words::COPY_POLICY))}
            </div>
            <pre hidden=hidden.clone() tabindex="0"><code>{live(move || Some(text.with(|text| coloured(text).into_any())))}</code></pre>
            <div class="policy-foot">
                <span hidden=hidden>{say(words::ACCOUNT)}</span>
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
