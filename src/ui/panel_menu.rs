//! What can be done about a panel's shadow and its controls, behind one button of the panel's head.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusEvent, KeyboardEvent};

use super::control::walk;
use super::controls_text::{Direction, controls_text};
use super::icons::{Icon, icon};
use super::keys::focus;
use super::panel::Panel;
use super::reactive::{act, show};
use super::text::{Phrase, controls as words, say};

/// The menu of one panel.
#[derive(Clone, Copy)]
pub(super) struct Menu {
    pub(super) panel: Panel,
    pub(super) open: RwSignal<bool>,
    /// The dialog of the controls as text.
    pub(super) text: RwSignal<Option<Direction>>,
}

/// One line for each thing that the menu offers.
fn items(menu: Menu) -> Vec<AnyView> {
    vec![
        review(menu),
        menu_item(menu, words::EXPORT, move || {
            menu.text.set(Some(Direction::Export))
        }),
        menu_item(menu, words::IMPORT, move || {
            menu.text.set(Some(Direction::Import))
        }),
    ]
}

pub(super) fn panel_menu(panel: Panel) -> AnyView {
    let menu = Menu {
        panel,
        open: RwSignal::new(false),
        text: RwSignal::new(None),
    };
    let list = move || {
        // It is in the page once this is done.
        queue_microtask(|| focus(".panel-menu [role]"));
        view! {
            <div
                class="panel-menu"
                role="menu"
                aria-label=say(words::MORE)
                on:keydown=act(move |event: KeyboardEvent| menu.press(&event))
                on:focusout=act(move |event: FocusEvent| menu.leave(&event))
            >
                {items(menu)}
            </div>
        }
        .into_any()
    };
    view! {
        <button
            type="button"
            class="icon-button panel-more"
            aria-label=say(words::MORE)
            title=say(words::MORE)
            aria-haspopup="menu"
            aria-expanded=move || menu.open.get().to_string()
            on:click=act(move |_| menu.open.update(|open| *open = !*open))
            on:keydown=act(move |event: KeyboardEvent| menu.close_by(&event))
        >
            {icon(Icon::More)}
        </button>
        {show(move || menu.open.get(), list)}
        {controls_text(menu)}
    }
    .into_any()
}

/// A line of the menu. It closes the menu before it acts.
pub(super) fn menu_item(menu: Menu, name: Phrase, run: impl Fn() + 'static) -> AnyView {
    let press = move |_| {
        menu.close();
        run();
    };
    view! {
        <button type="button" role="menuitem" tabindex="-1" class="menu-item" on:click=act(press)>
            {say(name)}
        </button>
    }
    .into_any()
}

fn review(menu: Menu) -> AnyView {
    let shapes = menu.panel.shapes;
    let is_set = move || shapes.set.with(|set| set.review);
    view! {
        <button
            type="button"
            role="menuitemcheckbox"
            tabindex="-1"
            class="menu-item"
            aria-checked=move || is_set().to_string()
            on:click=act(move |_| shapes.toggle_review())
        >
            {say(words::REVIEW)}
            {show(is_set, || icon(Icon::Check))}
        </button>
    }
    .into_any()
}

impl Menu {
    /// Gives the focus back to its button.
    pub(super) fn close(self) {
        focus(".panel-more");
        self.open.set(false);
    }

    fn press(self, event: &KeyboardEvent) {
        if !walk(event) {
            self.close_by(event);
        }
    }

    fn close_by(self, event: &KeyboardEvent) {
        if event.key() == "Escape" && self.open.get_untracked() {
            event.prevent_default();
            self.close();
        }
    }

    /// Closes when the focus goes elsewhere.
    fn leave(self, event: &FocusEvent) {
        let to = event
            .related_target()
            .and_then(|it| it.dyn_into::<Element>().ok());
        let stays = to.is_some_and(|to| {
            to.closest(".panel-menu, .panel-more")
                .ok()
                .flatten()
                .is_some()
        });
        if !stays {
            self.open.set(false);
        }
    }
}
