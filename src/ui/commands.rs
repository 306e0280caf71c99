//! The way from a control to the engine. It carries commands and knows nothing of what they do.

use leptos::prelude::*;

use crate::engine::command::Command;
use crate::web::bridge::Bridge;

/// Found in the context of every component: `expect_context::<Commands>()`.
#[derive(Clone, Copy)]
pub(super) struct Commands(StoredValue<Option<Bridge>, LocalStorage>);

impl Commands {
    /// `None` when the worker could not be started: then nothing is sent, and the page says why.
    pub(super) fn new(bridge: Option<Bridge>) -> Self {
        Self(StoredValue::new_local(bridge))
    }

    /// There is no worker to send to.
    pub(super) fn is_idle(self) -> bool {
        self.0.with_value(Option::is_none)
    }

    pub(super) fn send(self, command: Command) {
        self.0.with_value(|bridge| {
            if let Some(bridge) = bridge {
                bridge.send(command);
            }
        });
    }
}
