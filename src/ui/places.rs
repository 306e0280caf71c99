//! Names of places for the list and the panel. It knows them only through the map.

use super::map_handle::MapHandle;
use crate::geo::LngLat;

/// Found in the context of every component: `expect_context::<Places>()`.
#[derive(Clone, Copy)]
pub(super) struct Places(pub(super) MapHandle);

impl Places {
    /// The city next to `position`, in the page's language; `None` far from any, or until the map is there.
    pub(super) fn near(self, position: LngLat) -> Option<String> {
        self.0.track(|map| map.nearest_city(position)).flatten()
    }
}
