//! What is open over the page, so that Escape knows what one step back is.

use leptos::prelude::*;

/// Found in the context of every component.
#[derive(Clone, Copy, Default)]
pub(super) struct Open {
    /// The details of the link.
    pub(super) details: RwSignal<bool>,
    /// The rest of the tools, where the top bar has no room for them.
    pub(super) menu: RwSignal<bool>,
    pub(super) help: RwSignal<bool>,
    pub(super) connections: RwSignal<Form>,
    pub(super) page: RwSignal<Page>,
    /// The panel of this browser as a device.
    pub(super) own: RwSignal<bool>,
}

/// What the page shows under its bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Page {
    #[default]
    Map,
    Changes,
    Rules,
    Things,
}

/// The dialog in which connections are entered and chosen, and the connection doctor in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Form {
    #[default]
    Closed,
    Open,
    /// Open because a secret is needed that was not stored.
    SecretNeeded,
    /// Open to see what the doctor says.
    Doctor,
}

impl Open {
    pub(super) fn toggle_details(self) {
        self.menu.set(false);
        self.details.update(|open| *open = !*open);
    }

    pub(super) fn toggle_menu(self) {
        self.details.set(false);
        self.menu.update(|open| *open = !*open);
    }

    /// Opens the dialog of the connections, and closes the details that lead to it.
    pub(super) fn show(self, form: Form) {
        self.details.set(false);
        self.connections.set(form);
    }

    pub(super) fn go(self, page: Page) {
        self.close();
        if self.page.get_untracked() != page {
            self.page.set(page);
        }
    }

    /// Closes what is open. False when nothing was.
    pub(super) fn close(self) -> bool {
        let was_open = self.details.get_untracked() || self.menu.get_untracked();
        if was_open {
            self.details.set(false);
            self.menu.set(false);
        }
        was_open
    }
}
