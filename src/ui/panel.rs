//! What the parts of one open device panel share. A panel is open for one device; another one gets a new panel.

use leptos::prelude::*;

use super::commands::Commands;
use super::shapes::Shapes;
use super::store::Store;
use super::text::Language;
use crate::engine::command::{Command, FieldAddress};

#[derive(Clone, Copy)]
pub(super) struct Panel {
    pub(super) store: Store,
    pub(super) language: RwSignal<Language>,
    commands: Commands,
    device: StoredValue<String>,
    /// How the latest change ended, for those who hear the page.
    pub(super) outcome: RwSignal<String>,
    /// The path of the field whose form is open.
    pub(super) shaping: RwSignal<Option<Vec<String>>>,
    pub(super) shapes: Shapes,
}

impl Panel {
    pub(super) fn new(device: &str) -> Self {
        Self {
            store: expect_context(),
            language: super::text::language(),
            commands: expect_context(),
            device: StoredValue::new(device.to_owned()),
            outcome: RwSignal::default(),
            shaping: RwSignal::default(),
            shapes: expect_context(),
        }
    }

    /// Whether this is the device that the panel is for: an answer may still be about the one before.
    pub(super) fn is_of(self, name: &str) -> bool {
        self.device.with_value(|device| device == name)
    }

    pub(super) fn send(self, command: Command) {
        self.commands.send(command);
    }

    /// Whether every press makes a draft first.
    pub(super) fn reviews(self) -> bool {
        self.shapes.set.with_untracked(|set| set.review)
    }

    /// A field of the shadow that is shown.
    pub(super) fn address(self, path: &[String]) -> FieldAddress {
        FieldAddress {
            device: self.device.get_value(),
            shadow: self.store.shadow.get_untracked(),
            path: path.to_vec(),
        }
    }
}
