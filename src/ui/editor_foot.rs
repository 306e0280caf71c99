//! The foot of the editor: where the save stands, in words, and what can be pressed.

use leptos::prelude::*;

use super::desk::Desk;
use super::format;
use super::life_icon::{LifeIcon, life_icon};
use super::reactive::{act, live, memo};
use super::text::{Language, Phrase, editor as words, say};
use crate::engine::command::EditorCommand;
use crate::engine::frame::{EditorStage, EditorView};

pub(super) fn foot(desk: Desk) -> AnyView {
    let stage = stage_words(desk);
    view! {
        <footer class="editor-foot">
            <div class="editor-stage" role="status">{stage}</div>
            {size(desk)}
            <div class="editor-buttons">{discard(desk)} {save(desk)}</div>
        </footer>
    }
    .into_any()
}

/// What the foot says of a stage: its shape, its name and what comes of it.
type Said = (Option<LifeIcon>, String, String);

fn stage_words(desk: Desk) -> AnyView {
    let said = memo(move |_| {
        let language = desk.language.get();
        desk.read(|view| said(view, language))
    });
    let text = live(move || {
        let (icon, name, what) = said.get()?;
        let class = match icon {
            Some(LifeIcon::Rejected | LifeIcon::TimedOut) => "failed",
            Some(LifeIcon::Queued | LifeIcon::Sent) => "wished",
            _ => "",
        };
        let view = view! {
            {icon.map(life_icon)}
            <span><b class=class>{name}</b> " " {what}</span>
        };
        Some(view.into_any())
    });
    text.into_any()
}

fn said(view: &EditorView, language: Language) -> Said {
    let words = |icon, name: Phrase, what: Phrase| {
        let texts = (name.text(language), what.text(language));
        (Some(icon), texts.0.to_owned(), texts.1.to_owned())
    };
    match &view.stage {
        EditorStage::Editing => editing(view, language),
        EditorStage::Asking => {
            let what = words::ASKING.text(language).to_owned();
            (None, String::new(), what)
        }
        EditorStage::Queued => words(LifeIcon::Queued, words::QUEUED, words::WAITS),
        EditorStage::Saving { merged: 0 } => {
            words(LifeIcon::Sent, words::SENT, words::NO_ANSWER_YET)
        }
        EditorStage::Saving { merged } => (
            Some(LifeIcon::Sent),
            words::SENT.text(language).to_owned(),
            words::MERGED_AGAIN.fill(language, &[&merged.to_string()]),
        ),
        EditorStage::Saved { version, at } => (
            Some(LifeIcon::Accepted),
            words::SAVED.fill(language, &[&version.to_string()]),
            words::DEVICE_FOLLOWS.fill(language, &[&format::clock(*at)]),
        ),
        EditorStage::Rejected { code, message } => {
            let mut what = match code {
                0 => words::CLOSED_ON_IT.text(language).to_owned(),
                _ => message.clone() + " (" + &code.to_string() + ").",
            };
            what.push(' ');
            what.push_str(remedy(*code).text(language));
            let name = words::REJECTED.text(language).to_owned() + ":";
            (Some(LifeIcon::Rejected), name, what)
        }
        EditorStage::NoAnswer => words(LifeIcon::TimedOut, words::NO_ANSWER, words::MAY_BE_SAVED),
        EditorStage::Deleted { version } => (
            Some(LifeIcon::Superseded),
            words::DELETED.fill(language, &[&version.to_string()]),
            words::MAKE_AGAIN.text(language).to_owned(),
        ),
    }
}

fn editing(view: &EditorView, language: Language) -> Said {
    if view.fault.is_some() {
        let what = words::REPAIR_FIRST.text(language).to_owned();
        return (None, String::new(), what);
    }
    let changes = match view.changes {
        0 => {
            let nothing = words::NOTHING_CHANGED.text(language).to_owned();
            return (None, String::new(), nothing);
        }
        1 => words::ONE_CHANGE.text(language).to_owned(),
        more => words::CHANGES.fill(language, &[&format::count(more.into())]),
    };
    let what = words::NOT_SENT.text(language).to_owned();
    (Some(LifeIcon::Draft), changes + ".", what)
}

/// What to press after a refusal.
const fn remedy(code: u16) -> Phrase {
    match code {
        0 | 401 | 403 => words::DO_POLICY,
        413 => words::DO_SHORTEN,
        409 => words::DO_AGAIN,
        429 | 500.. => words::DO_WAIT,
        _ => words::DO_CORRECT,
    }
}

fn size(desk: Desk) -> AnyView {
    let bytes = memo(move |_| {
        let bytes = desk.read(|view| (view.bytes, view.bytes_limit));
        bytes.unwrap_or_default()
    });
    let too_large = memo(move |_| bytes.with(|(bytes, limit)| bytes > limit));
    let text = live(move || {
        let language = desk.language.get();
        let (bytes, limit) = bytes.get();
        let counts = [format::count(bytes.into()), format::count(limit.into())];
        let mut text = words::BYTES.fill(language, &[&counts[0], &counts[1]]);
        if too_large.get() {
            text.push_str(". ");
            text.push_str(words::TOO_LARGE.text(language));
        }
        text
    });
    view! { <p class="editor-size" class:problem=move || too_large.get()>{text}</p> }.into_any()
}

fn discard(desk: Desk) -> AnyView {
    let can_discard =
        memo(move |_| desk.read(|view| view.changes > 0 || view.fault.is_some()) == Some(true));
    let undo = live(move || {
        let text = desk.discarded.get()?;
        let press = move |_| {
            desk.discarded.set(None);
            desk.send(EditorCommand::Text(text.clone()));
        };
        let view = view! {
            <button type="button" class="link" on:click=act(press)>
                {say(words::UNDO_DISCARD)}
            </button>
        };
        Some(view.into_any())
    });
    view! {
        {undo}
        <button
            type="button"
            class="button"
            disabled=move || !can_discard.get()
            on:click=act(move |_| desk.discard())
        >
            {say(words::DISCARD)}
        </button>
    }
    .into_any()
}

fn save(desk: Desk) -> AnyView {
    let can_save = memo(move |_| {
        desk.read(|view| {
            let waits = matches!(
                view.stage,
                EditorStage::Asking | EditorStage::Saving { .. } | EditorStage::Queued
            );
            let is_new = view.version.is_none();
            view.fault.is_none() && !waits && (view.changes > 0 || is_new)
        }) == Some(true)
    });
    view! {
        <button
            type="button"
            class="button primary"
            title="Ctrl Enter"
            disabled=move || !can_save.get()
            on:click=act(move |_| desk.save())
        >
            {save_words(desk)}
        </button>
    }
    .into_any()
}

/// "Save as v49", as far as the next version is known.
pub(super) fn save_words(desk: Desk) -> AnyView {
    let next = memo(move |_| {
        desk.read(|view| match view.stage {
            EditorStage::Deleted { .. } => None,
            _ => view.version.map(|version| version + 1),
        })?
    });
    let text = live(move || {
        let language = desk.language.get();
        match next.get() {
            Some(next) => words::SAVE_AS.fill(language, &[&next.to_string()]),
            None => words::SAVE.text(language).to_owned(),
        }
    });
    text.into_any()
}
