//! The one place that reads the browser's clocks.

use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

use crate::time::{Instant, Now, UnixMillis};

/// Both clocks of a worker.
pub(super) struct Clock(Option<web_sys::Performance>);

impl Clock {
    pub(super) fn new(scope: &DedicatedWorkerGlobalScope) -> Self {
        let performance = js_sys::Reflect::get(scope, &"performance".into());
        Self(performance.ok().and_then(|value| value.dyn_into().ok()))
    }

    /// Milliseconds since the worker began, and since 1970.
    pub(super) fn now(&self) -> Now {
        let wall = js_sys::Date::now();
        let instant = self.0.as_ref().map_or(wall, web_sys::Performance::now);
        Now {
            instant: Instant(instant as u64),
            wall: UnixMillis(wall as i64),
        }
    }
}
