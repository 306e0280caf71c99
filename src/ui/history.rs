//! The versions of a shadow that this page has seen, and what one of them was like.

use leptos::prelude::*;

use super::desk::{Desk, Mode, shadow_words};
use super::dialog::Dialog;
use super::format;
use super::history_difference::difference;
use super::reactive::{act, each, item, live, memo, show};
use super::text::{Language, Phrase, editor as words, say};
use crate::engine::command::EditorCommand;
use crate::engine::frame::{HistoryRequest, VersionView};

pub(super) fn history(desk: Desk) -> AnyView {
    let is_open = move || desk.store.history_request.with(Option::is_some);
    show(is_open, move || {
        view! {
            <Dialog
                title=words::HISTORY
                class="dialog wide history"
                closable=memo(|_| true)
                on_close=Callback::new(move |()| desk.look_back(None))
            >
                {content(desk)}
            </Dialog>
        }
        .into_any()
    })
}

fn content(desk: Desk) -> AnyView {
    let chosen = memo(move |_| desk.store.history_request.with(|it| it.as_ref()?.version));
    let whose = live(move || {
        let request = desk.store.history_request.get()?;
        let language = desk.language.get();
        let shadow = shadow_words(&request.shadow, language);
        Some(view! { <b>{request.shadow.device}</b> {", ".to_owned() + &shadow} }.into_any())
    });
    let since = move |phrase: Phrase| {
        live(move || phrase.fill(desk.language.get(), &[&format::clock(desk.since)]))
    };
    let is_empty = memo(move |_| desk.store.history.with(|it| it.versions.is_empty()));
    let rows = each(move || {
        let versions = desk.store.history.with(|it| it.versions.clone());
        let newest = versions.first().map(|it| it.version);
        let row = |it: VersionView| {
            // A version is what it is; only which one is the newest changes.
            let is_newest = Some(it.version) == newest;
            let key = it.version.to_string() + if is_newest { " newest" } else { "" };
            item(key, move || row(desk, chosen, &it, is_newest))
        };
        versions.into_iter().map(row).collect()
    });
    view! {
        <div class="history-columns">
            <div class="history-versions">
                <p class="history-about">
                    {whose} " · "
                    <span hidden=move || is_empty.get()>{since(words::SEEN_SINCE)}</span>
                </p>
                <p class="editor-none" hidden=move || !is_empty.get()>{since(words::NO_VERSIONS)}</p>
                <ol aria-label=say(words::VERSIONS)>{rows}</ol>
            </div>
            {difference(desk, chosen)}
        </div>
    }
    .into_any()
}

fn row(desk: Desk, chosen: Memo<Option<u64>>, version: &VersionView, is_newest: bool) -> AnyView {
    let number = version.version;
    let at = version.at;
    let is_chosen = move || chosen.get() == Some(number);
    let choose = move |_| {
        desk.store.history_request.update(|request| {
            if let Some(request) = request {
                request.version = Some(number);
            }
        });
    };
    let age = live(move || {
        let language = desk.language.get();
        words::AGO.fill(
            language,
            &[&format::age(language, at, desk.store.now.get())],
        )
    });
    let newest =
        is_newest.then(|| view! { " " <span class="tag">{say(words::NEWEST)}</span> }.into_any());
    let by = version.by.clone();
    let by = by.map(|by| view! { " · " <code>{by}</code> }.into_any());
    let version = version.clone();
    let keys = live(move || Some(keys(&version, desk.language.get())));
    view! {
        <li>
            <button
                type="button"
                class="version-row"
                aria-pressed=live(move || is_chosen().to_string())
                on:click=act(choose)
            >
                <span class="version-head">
                    <b>"v" {number.to_string()}</b> " · " {format::clock(at)} {by} {newest}
                    <span class="editor-age">{age}</span>
                </span>
                {keys}
            </button>
        </li>
    }
    .into_any()
}

/// Which keys changed. The page cannot know it of the first version that it saw.
fn keys(version: &VersionView, language: Language) -> AnyView {
    let part = |name: &'static str, keys: &[String]| {
        let keys = keys.join(", ");
        (!keys.is_empty()).then(|| {
            view! { <span class="version-keys">{name} " " <code>{keys}</code></span> }.into_any()
        })
    };
    let listed = (version.desired.len() + version.reported.len()) as u32;
    let more = version.changed.saturating_sub(listed);
    let more = (more > 0).then(|| words::MORE_KEYS.fill(language, &[&format::count(more.into())]));
    let first = (version.changed == 0).then(|| words::NO_KEY_CHANGED.text(language));
    view! {
        {part(words::DESIRED.text(language), &version.desired)}
        {part(words::REPORTED.text(language), &version.reported)}
        <span class="version-keys">{more} {first}</span>
    }
    .into_any()
}

/// Puts a version into the editor.
pub(super) fn restore(desk: Desk, version: u64) {
    let request: Option<HistoryRequest> = desk.store.history_request.get_untracked();
    if let Some(HistoryRequest { shadow, .. }) = request {
        desk.look_back(None);
        desk.mode.set(Mode::Json);
        desk.begin(EditorCommand::Restore { shadow, version });
    }
}
