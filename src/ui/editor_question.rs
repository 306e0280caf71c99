//! The small dialogs around the editor: the name of a new shadow, whether one is deleted, whether a draft may go.

use std::sync::Arc;

use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::desk::{Desk, Mode, Question, shadow_words};
use super::dialog::Dialog;
use super::format;
use super::input::{Input, Kind, Note};
use super::keys::focus;
use super::reactive::{act, live, memo};
use super::text::{Language, Phrase, editor as words, say};
use crate::engine::command::{EditorCommand, ShadowAddress};
use crate::engine::frame::Selected;

/// As many as a shadow's name may have.
const NAME_LENGTH: usize = 64;

pub(super) fn questions(desk: Desk) -> AnyView {
    let question = live(move || {
        Some(match desk.question.get()? {
            Question::Name(device) => dialog(desk, words::ADD_SHADOW, name(desk, device)),
            Question::Delete => dialog(desk, words::DELETE_SHADOW, delete(desk)),
            Question::Replace(command) => dialog(desk, words::OTHER_DRAFT, replace(desk, command)),
        })
    });
    question.into_any()
}

fn dialog(desk: Desk, title: Phrase, content: AnyView) -> AnyView {
    view! {
        <Dialog
            title=title
            class="dialog question"
            closable=memo(|_| true)
            on_close=Callback::new(move |()| desk.question.set(None))
        >
            {content}
        </Dialog>
    }
    .into_any()
}

fn name(desk: Desk, device: String) -> AnyView {
    let entered = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let note = move || {
        let language = desk.language.get();
        let problem = entered.with(|name| name_problem(name, desk, language));
        Note::of_name(entered, tried, problem, words::NAME_HINT.text(language))
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let name = entered.get_untracked();
        if untrack(|| name_problem(&name, desk, desk.language.get())).is_some() {
            return focus("#shadow-name");
        }
        desk.question.set(None);
        desk.mode.set(Mode::Json);
        desk.open(ShadowAddress {
            device: device.clone(),
            shadow: Some(name),
        });
    };
    let input = Input {
        autofocus: true,
        note: Arc::new(note),
        ..Input::new("shadow-name", words::SHADOW_NAME, Kind::Code, entered)
    };
    view! {
        <form class="form" on:submit=act(submit) novalidate>
            {input.view()}
            <div class="question-buttons">
                {cancel(desk, words::CANCEL)}
                <button class="button primary">{say(words::OPEN_EDITOR)}</button>
            </div>
        </form>
    }
    .into_any()
}

fn name_problem(name: &str, desk: Desk, language: Language) -> Option<String> {
    let is_allowed = |found: &char| found.is_ascii_alphanumeric() || "$:_-".contains(*found);
    let length = name.chars().count();
    let is_taken = desk.store.selected.with(|selected| match selected {
        Selected::Device(device) => device.shadows.iter().any(|it| it.as_deref() == Some(name)),
        _ => false,
    });
    if name.is_empty() {
        return Some(words::NAME_NEEDED.text(language).to_owned());
    }
    if let Some(found) = name.chars().find(|found| !is_allowed(found)) {
        return Some(words::NAME_REFUSED.fill(language, &[&found.to_string()]));
    }
    if length > NAME_LENGTH {
        return Some(words::NAME_TOO_LONG.fill(language, &[&length.to_string()]));
    }
    is_taken.then(|| words::NAME_TAKEN.text(language).to_owned())
}

/// Says what is lost.
fn delete(desk: Desk) -> AnyView {
    let lost = live(move || {
        let language = desk.language.get();
        desk.read(|view| {
            let shadow = shadow_words(&view.shadow, language);
            let version = view.version.unwrap_or_default().to_string();
            let leaves = view.leaves.iter();
            let keys = leaves.filter(|leaf| leaf.theirs.is_some() || leaf.reported.is_some());
            let keys = keys.count() as u64;
            let phrase = match keys {
                1 => words::ONE_WILL_BE_LOST,
                _ => words::WILL_BE_LOST,
            };
            let device = &view.shadow.device;
            phrase.fill(language, &[device, &shadow, &version, &format::count(keys)])
        })
    });
    view! {
        <p>{lost}</p>
        <p class="question-more">{say(words::OTHERS_SEE_IT)}</p>
        <div class="question-buttons">
            {cancel(desk, words::KEEP)}
            <button type="button" class="button danger" on:click=act(move |_| desk.delete())>
                {say(words::DELETE_SHADOW)}
            </button>
        </div>
    }
    .into_any()
}

fn replace(desk: Desk, command: EditorCommand) -> AnyView {
    let whose = live(move || {
        let language = desk.language.get();
        desk.read(|view| {
            let shadow = shadow_words(&view.shadow, language);
            words::OTHER_DRAFT_OF.fill(language, &[&view.shadow.device, &shadow])
        })
    });
    let back = move |_| {
        desk.question.set(None);
        desk.shown.set(desk.peek(|view| view.shadow.clone()));
    };
    view! {
        <p>{whose}</p>
        <div class="question-buttons">
            <button
                type="button"
                class="button danger"
                on:click=act(move |_| desk.begin_anyway(command.clone()))
            >
                {say(words::DISCARD_AND_OPEN)}
            </button>
            <button type="button" class="button primary" on:click=act(back)>
                {say(words::BACK_TO_DRAFT)}
            </button>
        </div>
    }
    .into_any()
}

fn cancel(desk: Desk, words: Phrase) -> AnyView {
    view! {
        <button type="button" class="button" on:click=act(move |_| desk.question.set(None))>
            {say(words)}
        </button>
    }
    .into_any()
}
