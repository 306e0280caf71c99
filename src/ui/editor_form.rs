//! The editor as a form: a row for each leaf, and one to add another.

use std::sync::Arc;

use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::desk::{Desk, Mode};
use super::editor_leaves::{Entry, leaves};
use super::editor_row::row;
use super::input::{Input, Kind, Note};
use super::reactive::{act, each, item, live, memo};
use super::text::{editor as words, say};
use crate::engine::command::EditorCommand;

pub(super) fn form(desk: Desk) -> AnyView {
    let entries = leaves(desk);
    let faulty = memo(move |_| desk.read(|view| view.fault.is_some()) == Some(true));
    let is_empty = memo(move |_| entries.with(Vec::is_empty));
    let note = live(move || {
        let to_text = move |_| desk.mode.set(Mode::Json);
        faulty.get().then(|| {
            view! {
                <p class="form-note" role="status">
                    {say(words::TEXT_HAS_FAULT)} " "
                    <button type="button" class="link" on:click=act(to_text)>{say(words::EDIT_AS_JSON)}</button>
                </p>
            }
            .into_any()
        })
    });
    let head = [words::KEY, words::DESIRED, words::REPORTED, words::DELTA];
    let head = head
        .map(|title| view! { <th role="columnheader" scope="col">{say(title)}</th> }.into_any());
    view! {
        <div class="editor-form" tabindex="-1">
            {note}
            <fieldset disabled=move || faulty.get() aria-label=say(words::DESIRED)>
                <p class="editor-none" hidden=move || !is_empty.get()>{say(words::EMPTY_FORM)}</p>
                <table class="leaves" role="table" hidden=move || is_empty.get()>
                    <thead role="rowgroup"><tr role="row">{head.into_iter().collect::<Vec<_>>()}</tr></thead>
                    <tbody role="rowgroup">
                        {each(move || {
                            let row = |entry: Entry| item(entry.id.to_string(), move || row(desk, entry));
                            entries.get().into_iter().map(row).collect()
                        })}
                    </tbody>
                </table>
                {add(desk)}
            </fieldset>
        </div>
    }
    .into_any()
}

/// Path and value of a new key.
fn add(desk: Desk) -> AnyView {
    let path = RwSignal::new(String::new());
    let value = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let levels = move || {
        let text = path.get();
        text.trim()
            .split('.')
            .map(ToOwned::to_owned)
            .collect::<Vec<_>>()
    };
    let is_bad = move || levels().iter().any(String::is_empty);
    let language = desk.language;
    let path_note = Arc::new(move || {
        let is_problem = tried.get() && is_bad();
        let text = if is_problem {
            words::PATH_NEEDED
        } else {
            words::PATH_HINT
        };
        Note {
            text: text.text(language.get()).to_owned(),
            is_problem,
            is_pressing: is_problem,
        }
    });
    let value_note = Arc::new(move || Note {
        text: words::VALUE_HINT.text(language.get()).to_owned(),
        is_problem: false,
        is_pressing: false,
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let bad = untrack(is_bad);
        tried.set(bad);
        if !bad {
            desk.discarded.set(None);
            desk.send(EditorCommand::Leaf {
                path: untrack(levels),
                value: Some(value.get_untracked()),
            });
            path.set(String::new());
            value.set(String::new());
        }
    };
    let path = Input {
        note: path_note,
        ..Input::new("new-path", words::PATH, Kind::Code, path)
    };
    let value = Input {
        note: value_note,
        ..Input::new("new-value", words::VALUE, Kind::Code, value)
    };
    view! {
        <form class="editor-add" on:submit=act(submit) novalidate>
            {path.view()} {value.view()}
            <button class="button">{say(words::ADD_KEY)}</button>
        </form>
    }
    .into_any()
}
