//! Light or dark: the system's wish until the person chooses.

use leptos::prelude::*;

use super::listen::Listener;
use crate::web::storage;

const KEY: &str = "theme";
const QUERY: &str = "(prefers-color-scheme: dark)";

/// Found in the context of every component.
#[derive(Clone, Copy)]
pub(super) struct Theme {
    chosen_dark: RwSignal<Option<bool>>,
    system_dark: RwSignal<bool>,
}

impl Theme {
    /// Reads what was chosen and follows the system from here on. To be called under an owner that stays.
    pub(super) fn start() -> Self {
        let chosen = match storage::load(KEY).as_deref() {
            Some("dark") => Some(true),
            Some("light") => Some(false),
            _ => None,
        };
        let theme = Self {
            chosen_dark: RwSignal::new(chosen),
            system_dark: RwSignal::new(false),
        };
        theme.show(chosen);
        if let Ok(Some(query)) = window().match_media(QUERY) {
            theme.system_dark.set(query.matches());
            let listener = Listener::new(&query.clone(), "change", move |_| {
                theme.system_dark.set(query.matches());
            });
            StoredValue::new_local(listener);
        }
        theme
    }

    pub(super) fn is_dark(self) -> bool {
        self.chosen_dark
            .get()
            .unwrap_or_else(|| self.system_dark.get())
    }

    /// The other one, remembered. Going back to what the system wishes forgets the choice.
    pub(super) fn toggle(self) {
        let dark = !untrack(|| self.is_dark());
        let chosen = (dark != self.system_dark.get_untracked()).then_some(dark);
        match chosen {
            Some(dark) => storage::save(KEY, if dark { "dark" } else { "light" }),
            None => storage::remove(KEY),
        }
        self.show(chosen);
        self.chosen_dark.set(chosen);
    }

    /// At once and before the signal: whoever hears the signal reads the new colours from the page.
    fn show(self, chosen: Option<bool>) {
        let Some(root) = document().document_element() else {
            return;
        };
        let _ = match chosen {
            Some(true) => root.set_attribute("data-theme", "dark"),
            Some(false) => root.set_attribute("data-theme", "light"),
            None => root.remove_attribute("data-theme"),
        };
    }
}
