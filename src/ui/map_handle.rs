//! The map as the other parts of the page reach it: there, not there yet, or not to be had.

use leptos::prelude::*;

use crate::map::{MapError, MapHost};

/// Found in the context of every component.
#[derive(Clone, Copy)]
pub(super) struct MapHandle {
    host: StoredValue<Option<MapHost>, LocalStorage>,
    pub(super) state: RwSignal<MapState>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum MapState {
    #[default]
    Starting,
    Ready,
    /// The browser offers no WebGL2.
    NoWebGl,
    /// Something else is missing.
    Broken,
}

impl MapHandle {
    pub(super) fn new() -> Self {
        Self {
            host: StoredValue::new_local(None),
            state: RwSignal::default(),
        }
    }

    /// Takes over what became of the start.
    pub(super) fn put(self, started: Result<MapHost, MapError>) {
        let state = match started {
            Ok(host) => {
                self.host.set_value(Some(host));
                MapState::Ready
            }
            Err(fault) => {
                leptos::logging::error!("no map: {fault}");
                match fault {
                    MapError::NoWebGl2 => MapState::NoWebGl,
                    MapError::Browser(_) => MapState::Broken,
                }
            }
        };
        self.state.set(state);
    }

    /// Does something with the map, if it is there.
    pub(super) fn with<T>(self, act: impl FnOnce(&MapHost) -> T) -> Option<T> {
        self.host.with_value(|host| host.as_ref().map(act))
    }

    /// Like [`Self::with`], and runs the surrounding effect again once the map is there.
    pub(super) fn track<T>(self, act: impl FnOnce(&MapHost) -> T) -> Option<T> {
        self.state.track();
        self.with(act)
    }
}

impl Default for MapHandle {
    fn default() -> Self {
        Self::new()
    }
}
