//! The dialog of the document editor: what a person makes of a shadow, beside what is reported and what differs.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::desk::{Desk, Mode, shadow_words};
use super::dialog::Dialog;
use super::editor_foot::foot;
use super::editor_form::form;
use super::editor_head::{about, head};
use super::editor_question::questions;
use super::editor_text::text;
use super::history::history;
use super::keys::focus;
use super::merge::merge;
use super::reactive::{act, live, memo, show, watch};
use super::text::editor as words;
use crate::engine::frame::EditorStage;

/// The editor and everything that opens from it. Nothing while none of it is open.
#[component]
pub(super) fn DocumentEditor() -> impl IntoView {
    let desk = expect_context::<Desk>();
    turn_to_what_was_made(desk);
    let is_shown = move || {
        let shadow = desk.shown.get();
        shadow.is_some() && desk.read(|view| view.shadow.clone()) == shadow
    };
    view! {
        {show(is_shown, move || dialog(desk))}
        {history(desk)}
        {questions(desk)}
    }
}

fn dialog(desk: Desk) -> AnyView {
    let merging = memo(move |_| desk.read(|view| view.merge.is_some()) == Some(true));
    let title = memo(move |_| match merging.get() {
        true => words::SOMEONE_SAVED,
        false => words::EDIT_SHADOW,
    });
    let press = move |event: KeyboardEvent| match event.key().as_str() {
        "Escape" => {
            event.prevent_default();
            desk.step_back();
        }
        "Enter" if event.ctrl_key() || event.meta_key() => {
            event.prevent_default();
            if desk.peek(|view| {
                view.merge
                    .as_ref()
                    .is_none_or(|merge| merge.choices_left == 0)
            }) == Some(true)
            {
                desk.save();
            }
        }
        _ => {}
    };
    let content = live(move || {
        Some(match merging.get() {
            true => merge(desk),
            false => edit(desk),
        })
    });
    view! {
        <Dialog
            title=title
            class="dialog wide editor"
            closable=memo(|_| true)
            on_close=Callback::new(move |()| desk.step_back())
        >
            <div class="editor-body" class:merging=move || merging.get() on:keydown=act(press)>
                {content}
            </div>
        </Dialog>
    }
    .into_any()
}

fn edit(desk: Desk) -> AnyView {
    // Also when it comes back from a merge.
    request_animation_frame(|| focus("#desired-text, .editor-form"));
    let body = live(move || {
        Some(match desk.mode.get() {
            Mode::Json => text(desk),
            Mode::Form => form(desk),
        })
    });
    view! {
        <div class="editor-about">{about(desk)} {head(desk)}</div>
        {body}
        {foot(desk)}
    }
    .into_any()
}

/// The panel shows a shadow that was made here, and leaves one that was deleted.
fn turn_to_what_was_made(desk: Desk) {
    let made = memo(move |_| {
        desk.read(|view| match view.stage {
            EditorStage::Saved { .. } => Some((view.shadow.clone(), true)),
            EditorStage::Deleted { .. } => Some((view.shadow.clone(), false)),
            _ => None,
        })?
    });
    watch(move || {
        let Some((shadow, is_there)) = made.get() else {
            return;
        };
        let store = desk.store;
        if store.selection.get_untracked().as_ref() != Some(&shadow.device) {
            return;
        }
        let is_in_panel = store.shadow.get_untracked() == shadow.shadow;
        match is_there {
            true if !is_in_panel => store.shadow.set(shadow.shadow),
            false if is_in_panel && shadow.shadow.is_some() => store.shadow.set(None),
            _ => {}
        }
    });
}

/// Device and shadow, for the heads of dialogs.
pub(super) fn whose(desk: Desk) -> AnyView {
    let text = live(move || {
        let language = desk.language.get();
        desk.read(|view| {
            let device = view.shadow.device.clone();
            let shadow = shadow_words(&view.shadow, language);
            view! { <b>{device}</b> {", ".to_owned() + &shadow} }.into_any()
        })
    });
    text.into_any()
}
