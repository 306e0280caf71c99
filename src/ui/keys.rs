//! The keys of the whole page. A field that has the focus keeps them all for itself.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::board::Board;
use super::bulk::Bulk;
use super::bulk_panel;
use super::commands::Commands;
use super::listen::Listener;
use super::map_handle::MapHandle;
use super::map_tools;
use super::open::{Open, Page};
use super::own_device::OwnDevice;
use super::pages::page_of_key;
use super::rules_desk::RulesDesk;
use super::store::Store;
use super::undo::undo_newest;

/// How far an arrow pans, in CSS px, and with Shift.
const STEP: f64 = 96.0;
const LONG_STEP: f64 = 384.0;

/// Where the focus is, as far as it matters to keys.
struct Focus {
    in_field: bool,
    in_dialog: bool,
    on_map: bool,
    in_panel: bool,
    /// In a control with keys of its own, such as the list's rows or a slider.
    in_control: bool,
}

/// What the keys act on.
#[derive(Clone, Copy)]
struct Hands {
    store: Store,
    open: Open,
    map: MapHandle,
    board: Board,
    bulk: Bulk,
    rules: RulesDesk,
    own: OwnDevice,
    commands: Commands,
}

/// Listens as long as the page lives.
pub(super) fn listen() {
    let hands = Hands {
        store: expect_context(),
        open: expect_context(),
        map: expect_context(),
        board: expect_context(),
        bulk: expect_context(),
        rules: expect_context(),
        own: expect_context(),
        commands: expect_context(),
    };
    let listener = Listener::new(&window(), "keydown", move |event| {
        let Ok(event) = event.dyn_into::<KeyboardEvent>() else {
            return;
        };
        // What a control has used already, and what the browser means to do.
        if event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        if hands.press(&event) {
            event.prevent_default();
        }
    });
    StoredValue::new_local(listener);
}

/// Puts the cursor into the search box of the list.
pub(super) fn search(open: Open) {
    const BOX: &str = "[role=searchbox]";
    match open.page.get_untracked() {
        // At once: what is typed next belongs into it.
        Page::Map => focus(BOX),
        // What another page covers takes no focus until it is shown.
        _ => {
            open.go(Page::Map);
            focus_soon(BOX);
        }
    }
}

/// Moves the focus to the first element that the selector finds.
pub(super) fn focus(selector: &str) {
    let found = document().query_selector(selector);
    if let Some(element) = found
        .ok()
        .flatten()
        .and_then(|it| it.dyn_into::<HtmlElement>().ok())
    {
        let _ = element.focus();
    }
}

/// The same on the next frame, once what is to be found is there.
pub(super) fn focus_soon(selector: &'static str) {
    move_focus_soon(move || focus(selector));
}

/// On the next frame. Where somebody moved the focus in the meantime it stays: the frame may be late.
pub(super) fn move_focus_soon(to: impl FnOnce() + 'static) {
    let before = focused();
    let to: Box<dyn FnOnce()> = Box::new(to);
    request_animation_frame(move || {
        if focused() == before || is_focus_lost() {
            to();
        }
    });
}

/// Where what had the focus is gone: it stays where somebody moved it in the meantime.
pub(super) fn focus_if_lost(selector: &str) {
    if is_focus_lost() {
        focus(selector);
    }
}

fn is_focus_lost() -> bool {
    focused().is_none_or(|it| it.tag_name() == "BODY")
}

impl Hands {
    /// False when the key means nothing here.
    fn press(self, event: &KeyboardEvent) -> bool {
        let focus = Focus::now();
        if focus.in_dialog || event.is_composing() {
            return false;
        }
        let key = event.key();
        if key == "Escape" {
            return self.step_back(&focus);
        }
        if focus.in_field {
            return false;
        }
        if let Some(page) = page_of_key(&key) {
            self.open.go(page);
            return true;
        }
        match key.as_str() {
            "/" => search(self.open),
            "?" => self.open.help.set(true),
            "u" => return undo_newest(self.store, self.commands),
            _ if self.open.page.get_untracked() != Page::Map => return false,
            "+" | "=" => map_tools::zoom(self.map, 1.0),
            "-" => map_tools::zoom(self.map, -1.0),
            "f" => self.follow(),
            "n" => self.walk(1),
            "p" => self.walk(-1),
            "Home" if !focus.in_control => map_tools::fit(self.map, self.store),
            _ if focus.on_map => return self.pan(&key, event.shift_key()),
            _ => return false,
        }
        true
    }

    /// A popover first, then the field, then the page, then the panel.
    fn step_back(self, focus: &Focus) -> bool {
        if self.open.close() {
            return true;
        }
        if focus.in_field {
            if let Some(element) = focused().and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
                let _ = element.blur();
            }
            return true;
        }
        match self.open.page.get_untracked() {
            Page::Map if self.open.own.get_untracked() => self.own.close(),
            Page::Map if self.bulk.target.get_untracked().is_some() => bulk_panel::close(self.bulk),
            Page::Map if self.bulk.choosing.on.get_untracked() => self.bulk.choosing.end(),
            Page::Map => {
                self.store.select(None);
                if focus.in_panel {
                    request_animation_frame(|| focus_if_lost(".rows"));
                }
            }
            Page::Changes if self.board.step_back() => {}
            Page::Rules if self.rules.step_back() => {}
            _ => self.open.go(Page::Map),
        }
        true
    }

    fn follow(self) {
        if self.store.selection.with_untracked(Option::is_some) {
            self.store.follow.update(|follow| *follow = !*follow);
        }
    }

    /// To the next or previous device in the order of the list, as far as its window reaches.
    fn walk(self, steps: isize) {
        let next = self.store.list.with_untracked(|list| {
            let selection = self.store.selection.get_untracked();
            let at = list
                .rows
                .iter()
                .position(|row| Some(&row.name) == selection.as_ref());
            let to = match at {
                Some(at) => at.checked_add_signed(steps),
                None => Some(0),
            };
            list.rows.get(to?).map(|row| row.name.clone())
        });
        if next.is_some() {
            self.store.select(next);
        }
    }

    fn pan(self, key: &str, long: bool) -> bool {
        let step = if long { LONG_STEP } else { STEP };
        let (x, y) = match key {
            "ArrowLeft" => (-step, 0.0),
            "ArrowRight" => (step, 0.0),
            "ArrowUp" => (0.0, -step),
            "ArrowDown" => (0.0, step),
            _ => return false,
        };
        self.map.with(|map| map.pan_by(x, y));
        true
    }
}

impl Focus {
    fn now() -> Self {
        let focused = focused();
        let within = |selector: &str| {
            let found = focused
                .as_ref()
                .and_then(|element| element.closest(selector).ok()?);
            found.is_some()
        };
        Self {
            in_field: within("input, textarea, select, [contenteditable]"),
            // What had the focus may be gone from the dialog.
            in_dialog: within("dialog") || is_dialog_open(),
            on_map: within("#map"),
            in_panel: within(".device-panel"),
            in_control: within("[role=listbox], [role=slider], [role=grid]"),
        }
    }
}

fn is_dialog_open() -> bool {
    let dialog = document().query_selector("dialog[open]");
    dialog.is_ok_and(|dialog| dialog.is_some())
}

pub(super) fn focused() -> Option<Element> {
    document().active_element()
}
