//! A button for what happens once. It is held, so that nothing happens by a slip; it has no state to show.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, MouseEvent, PointerEvent};

use super::control::Handle;
use super::reactive::{act, live};
use super::text::controls as words;
use crate::engine::frame::Control;

/// How long it is held. The ring of controls.css fills in the same time.
const HOLD: Duration = Duration::from_millis(600);

#[derive(Clone, Copy)]
struct Button {
    handle: Handle,
    timer: StoredValue<Option<TimeoutHandle>>,
    held: RwSignal<bool>,
}

pub(super) fn momentary(handle: Handle) -> AnyView {
    let button = Button {
        handle,
        timer: StoredValue::new(None),
        held: RwSignal::new(false),
    };
    on_cleanup(move || button.let_go());
    let label = move || {
        let name = handle.field.with(|field| match field.label.is_empty() {
            true => field.path.last().cloned().unwrap_or_default(),
            false => field.label.clone(),
        });
        words::HOLD.fill(handle.language(), &[&name])
    };
    let hint = move || words::HOLD_HINT.text(handle.language()).to_owned();
    let busy = handle.is_busy();
    view! {
        <button
            type="button"
            class="button momentary"
            class:held=move || button.held.get()
            class:wished=move || busy.get()
            title=live(hint)
            aria-busy=move || busy.get().to_string()
            on:pointerdown=act(move |event: PointerEvent| if event.button() == 0 { button.hold() })
            on:pointerup=act(move |_| button.let_go())
            on:pointerleave=act(move |_| button.let_go())
            on:pointercancel=act(move |_| button.let_go())
            on:contextmenu=act(move |event: MouseEvent| event.prevent_default())
            on:keydown=act(move |event| button.press(&event))
            on:keyup=act(move |_| button.let_go())
            on:blur=act(move |_| button.let_go())
        >
            <svg class="ring" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                <circle class="ring-way" cx="8" cy="8" r="6" />
                <circle class="ring-done" cx="8" cy="8" r="6" pathLength="100" />
            </svg>
            {live(label)}
        </button>
    }
    .into_any()
}

impl Button {
    fn hold(self) {
        if self.held.get_untracked() {
            return;
        }
        self.held.set(true);
        let timer = set_timeout_with_handle(move || self.press_through(), HOLD);
        self.timer.set_value(timer.ok());
    }

    fn let_go(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        if self.held.try_get_untracked() == Some(true) {
            self.held.set(false);
        }
    }

    fn press_through(self) {
        self.let_go();
        let press = self
            .handle
            .field
            .try_with_untracked(|field| match &field.control {
                Control::Momentary { press } => Some(press.clone()),
                _ => None,
            });
        if let Some(press) = press.flatten() {
            self.handle.wish_value(press);
        }
    }

    fn press(self, event: &KeyboardEvent) {
        // With a draft, Enter sends it.
        let is_enter = event.key() == "Enter" && untrack(|| self.handle.draft()).is_none();
        if !is_enter && event.key() != " " {
            return;
        }
        event.prevent_default();
        if !event.repeat() {
            self.hold();
        }
    }
}
