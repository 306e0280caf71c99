//! Names of places for the list and the panel. It knows them only through the map.

use leptos::prelude::*;

use crate::geo::LngLat;

/// Found in the context of every component: `expect_context::<Places>()`.
#[derive(Clone, Copy, Default)]
pub struct Places;

impl Places {
    /// The city next to `position`; `None` far from any, or until the map is there.
    pub fn near(self, _position: LngLat) -> Option<String> {
        None
    }
}
