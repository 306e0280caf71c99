//! The worker's one timer.

use std::cell::Cell;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::DedicatedWorkerGlobalScope;

use crate::time::Instant;

/// Fires at or before the newest deadline; firing early is harmless and saves re-arming on every message.
pub(super) struct Timer {
    scope: DedicatedWorkerGlobalScope,
    armed: Cell<Option<(Instant, i32)>>,
    fire: Closure<dyn FnMut()>,
}

impl Timer {
    pub(super) fn new(scope: DedicatedWorkerGlobalScope, fire: impl FnMut() + 'static) -> Self {
        Self {
            scope,
            armed: Cell::new(None),
            fire: Closure::new(fire),
        }
    }

    /// Makes sure that the timer fires no later than `deadline`.
    pub(super) fn arm(&self, deadline: Option<Instant>, now: Instant) {
        let Some(deadline) = deadline else {
            return;
        };
        if let Some((armed, handle)) = self.armed.get() {
            if armed <= deadline {
                return;
            }
            self.scope.clear_timeout_with_handle(handle);
        }
        let wait = deadline.since(now).as_millis().min(i32::MAX as u128) as i32;
        let handle = self
            .scope
            .set_timeout_with_callback_and_timeout_and_arguments_0(
                self.fire.as_ref().unchecked_ref(),
                wait,
            );
        self.armed.set(handle.ok().map(|handle| (deadline, handle)));
    }

    /// To be called first when the timer fired.
    pub(super) fn fired(&self) {
        self.armed.set(None);
    }
}
