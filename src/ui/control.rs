//! What every control of the panel shares: its field, what is wished and drafted, and how a wish goes out. A control
//! shows what is reported as solid and what is wished as dashed; it never takes the second for the first.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

use super::control_choice::{menu, segments};
use super::control_colour::colour;
use super::control_entry::entry;
use super::control_momentary::momentary;
use super::control_slider::slider;
use super::panel::Panel;
use super::reactive::{act, live, memo};
use super::switch::switch;
use super::text::Language;
use crate::engine::command::{Command, FieldAddress, Wish};
use crate::engine::frame::{ChangeView, Control, FieldView, Stage, ValueView};

/// So many options stand side by side; more of them become a menu.
const MAX_SEGMENTS: usize = 4;

/// One field and its control. Lives as long as the row.
#[derive(Clone, Copy)]
pub(super) struct Handle {
    pub(super) panel: Panel,
    pub(super) field: RwSignal<FieldView>,
    path: StoredValue<Vec<String>>,
    /// What is being entered right now: the engine's word of it comes a frame later.
    typed: RwSignal<Option<String>>,
}

/// What a row draws. A change of it draws the control anew, a change of its options does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    None,
    Switch,
    Slider,
    Number,
    Segments,
    Menu,
    Text,
    Colour,
    Momentary,
}

impl Kind {
    pub(super) fn of(field: &FieldView) -> Self {
        match &field.control {
            Control::None => Self::None,
            Control::Switch => Self::Switch,
            Control::Number { range: Some(_) } => Self::Slider,
            Control::Number { range: None } => Self::Number,
            Control::Choice { options } if options.len() > MAX_SEGMENTS => Self::Menu,
            Control::Choice { .. } => Self::Segments,
            Control::Text => Self::Text,
            Control::Colour => Self::Colour,
            Control::Momentary { .. } => Self::Momentary,
        }
    }

    /// Whether the control itself shows the wish in the place of what is reported.
    pub(super) fn is_entry(self) -> bool {
        matches!(self, Self::Number | Self::Text | Self::Colour)
    }
}

impl Handle {
    pub(super) fn new(field: ArcRwSignal<FieldView>, panel: Panel) -> Self {
        let path = field.with_untracked(|field| field.path.clone());
        Self {
            panel,
            field: field.into(),
            path: StoredValue::new(path),
            typed: RwSignal::new(None),
        }
    }

    pub(super) fn language(self) -> Language {
        self.panel.language.get()
    }

    pub(super) fn address(self) -> FieldAddress {
        self.path.with_value(|path| self.panel.address(path))
    }

    pub(super) fn path(self) -> Vec<String> {
        self.path.get_value()
    }

    /// The path in words.
    pub(super) fn key(self) -> String {
        self.path.with_value(|path| path.join("."))
    }

    /// What a person calls it, with the path behind it; the path alone without.
    pub(super) fn name(self) -> String {
        let label = self.field.with(|field| field.label.clone());
        match label.is_empty() {
            true => self.key(),
            false => label + " (" + &self.key() + ")",
        }
    }

    pub(super) fn kind(self) -> Memo<Kind> {
        memo(move |_| self.field.with(Kind::of))
    }

    pub(super) fn is_busy(self) -> Memo<bool> {
        memo(move |_| self.field.with(|field| field.busy))
    }

    pub(super) fn reported(self) -> Memo<Option<ValueView>> {
        memo(move |_| self.field.with(|field| field.reported.clone()))
    }

    /// What was entered and not sent.
    pub(super) fn draft(self) -> Option<String> {
        self.typed.get().or_else(|| {
            let draft = |field: &FieldView| field.draft.as_ref().map(|draft| draft.text.clone());
            self.field.with(draft)
        })
    }

    /// What stands where the wish stands: the draft, or else the wish.
    pub(super) fn ahead(self) -> Option<String> {
        self.draft()
            .or_else(|| self.field.with(wished).map(|wished| wished.text))
    }

    pub(super) fn enter(self, text: String) {
        self.typed.set(Some(text.clone()));
        self.panel.send(Command::Draft {
            field: self.address(),
            text: Some(text),
        });
    }

    /// The engine keeps what was typed.
    pub(super) fn leave(self) {
        if self.typed.with_untracked(Option::is_some) {
            self.typed.set(None);
        }
    }

    pub(super) fn send_draft(self) {
        self.leave();
        self.panel.send(Command::SendDraft(self.address()));
    }

    pub(super) fn discard_draft(self) {
        self.leave();
        self.panel.send(Command::Draft {
            field: self.address(),
            text: None,
        });
    }

    /// Sends a wish in place of a draft, or drafts it where wishes are reviewed first.
    pub(super) fn wish(self, draft: &str, wish: Wish) {
        if self.panel.reviews() {
            self.leave();
            let (field, text) = (self.address(), Some(draft.to_owned()));
            return self.panel.send(Command::Draft { field, text });
        }
        if untrack(|| self.draft()).is_some() {
            self.discard_draft();
        }
        let field = self.address();
        self.panel.send(Command::Desire { field, wish });
    }

    pub(super) fn wish_value(self, value: ValueView) {
        let text = value.text.clone();
        self.wish(&text, Wish::Value(value));
    }
}

/// The control that fits, with the keys that act on a draft: Enter sends it, Escape discards it.
pub(super) fn control(handle: Handle, kind: Memo<Kind>) -> AnyView {
    let press = move |event: KeyboardEvent| {
        if event.default_prevented() || event.is_composing() || handle.draft().is_none() {
            return;
        }
        match event.key().as_str() {
            "Enter" => handle.send_draft(),
            "Escape" => handle.discard_draft(),
            _ => return,
        }
        event.prevent_default();
    };
    let view = live(move || match kind.get() {
        Kind::None => None,
        Kind::Switch => Some(switch(handle)),
        Kind::Slider => Some(slider(handle)),
        Kind::Number | Kind::Text => Some(entry(handle)),
        Kind::Segments => Some(segments(handle)),
        Kind::Menu => Some(menu(handle)),
        Kind::Colour => Some(colour(handle)),
        Kind::Momentary => Some(momentary(handle)),
    });
    view! { <div class="field-control" on:keydown=act(press)>{view}</div> }.into_any()
}

/// A wish that is not yet what is reported: of this page, or anybody's.
pub(super) fn wished(field: &FieldView) -> Option<ValueView> {
    let ours = field.change.as_ref().filter(|change| is_open(change));
    let ours = ours.map(|change| &change.wish);
    let wish = ours.or_else(|| field.desired.as_ref().filter(|_| field.differs))?;
    (field.reported.as_ref() != Some(wish)).then(|| wish.clone())
}

/// Neither done nor given up.
pub(super) fn is_under_way(change: &ChangeView) -> bool {
    matches!(
        change.stage,
        Stage::Queued | Stage::Sent | Stage::Accepted { .. }
    )
}

/// Also when nobody waits for it any more: a late report still settles it.
fn is_open(change: &ChangeView) -> bool {
    is_under_way(change) || change.stage == Stage::TimedOut
}

/// Moves the focus among the buttons side by side. False when the key means nothing there.
pub(super) fn walk(event: &KeyboardEvent) -> bool {
    let Some(focused) = document().active_element() else {
        return false;
    };
    let parent = focused.parent_element();
    let first = || parent.as_ref().and_then(Element::first_element_child);
    let last = || parent.as_ref().and_then(Element::last_element_child);
    let next = match event.key().as_str() {
        "ArrowRight" | "ArrowDown" => focused.next_element_sibling().or_else(first),
        "ArrowLeft" | "ArrowUp" => focused.previous_element_sibling().or_else(last),
        "Home" => first(),
        "End" => last(),
        _ => return false,
    };
    event.prevent_default();
    focus(next);
    true
}

/// Moves the focus to what `selector` finds in the row of this event: what had it may be about to go.
pub(super) fn focus_in_row(event: &Event, selector: &str) {
    let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    let row = target.and_then(|it| it.closest(".field, .fact").ok().flatten());
    focus(row.and_then(|row| row.query_selector(selector).ok().flatten()));
}

fn focus(element: Option<Element>) {
    if let Some(element) = element.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}
