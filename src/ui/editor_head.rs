//! The head of the editor: which version, from when and by whom, what came meanwhile, and in which form it is edited.

use leptos::prelude::*;

use super::desk::{Desk, Mode, Question, client};
use super::editor::whose;
use super::format;
use super::icons::{Icon, icon};
use super::mark::diamond;
use super::reactive::{act, live, memo};
use super::text::{Phrase, editor as words, say};
use crate::time::UnixMillis;

/// Version, its time, and by whom.
type Version = (u64, UnixMillis, Option<String>);

pub(super) fn version(desk: Desk) -> Memo<Option<Version>> {
    memo(move |_| desk.read(|view| view.version.map(|it| (it, view.at, view.by.clone())))?)
}

/// The two lines that say what is edited.
pub(super) fn about(desk: Desk) -> AnyView {
    let version = version(desk);
    let text = live(move || {
        let language = desk.language.get();
        let Some((version, at, by)) = version.get() else {
            return Some(view! { <span>{words::NOT_THERE.text(language)}</span> }.into_any());
        };
        let age = live(move || {
            let age = format::age(language, at, desk.store.now.get());
            words::AGO.fill(language, &[&age])
        });
        let by = by.map(|by| view! { " · " <code>{by}</code> }.into_any());
        let number = "v".to_owned() + &version.to_string();
        let clock = format::clock(at);
        Some(view! { <b>{number}</b> " · " {clock} " (" {age} ")" {by} }.into_any())
    });
    view! {
        <div class="editor-whose">
            <p>{whose(desk)} " · " {text}</p>
            {incoming(desk)}
        </div>
    }
    .into_any()
}

/// What others did since the edit began. Its place is there only when something came.
fn incoming(desk: Desk) -> AnyView {
    let came = memo(move |_| {
        desk.read(|view| {
            let version = view.version.unwrap_or_default().to_string();
            (view.incoming > 0).then(|| (version, view.incoming, view.by.clone()))
        })?
    });
    let text = live(move || {
        let language = desk.language.get();
        let (version, keys, by) = came.get()?;
        let by = client(by.as_deref(), language);
        let text = match keys {
            1 => words::INCOMING_ONE.fill(language, &[&version, &by]),
            _ => words::INCOMING.fill(language, &[&version, &format::count(keys.into()), &by]),
        };
        Some(view! { <span class="editor-came">{diamond(false)} {text}</span> }.into_any())
    });
    view! { <p role="status">{text}</p> }.into_any()
}

/// The form in which it is edited, and the way to delete it.
pub(super) fn head(desk: Desk) -> AnyView {
    let is_there = version(desk);
    view! {
        <div class="editor-tools">
            <div class="segments" role="group" aria-label=say(words::VIEW)>
                {segment(desk, Mode::Form, words::FORM)} {segment(desk, Mode::Json, words::JSON)}
            </div>
            <button
                type="button"
                class="button"
                disabled=move || is_there.get().is_none()
                on:click=act(move |_| desk.question.set(Some(Question::Delete)))
            >
                {icon(Icon::Trash)}
                {say(words::DELETE_SHADOW)}
            </button>
        </div>
    }
    .into_any()
}

fn segment(desk: Desk, mode: Mode, name: Phrase) -> AnyView {
    view! {
        <button
            type="button"
            class="segment"
            aria-pressed=live(move || (desk.mode.get() == mode).to_string())
            on:click=act(move |_| desk.mode.set(mode))
        >
            {say(name)}
        </button>
    }
    .into_any()
}
