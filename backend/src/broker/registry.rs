//! What the broker does when things and policies come, change and go: it keeps them, and asks anew what everybody may
//! do.

use super::Broker;
use crate::journal::Key;
use crate::things::policies::{Policies, PolicyError};
use crate::things::registry::{Registry, RegistryError};

impl Broker {
    /// Changes the registry, and keeps what goes by `key`.
    pub fn change_registry<T>(
        &mut self,
        key: Key,
        change: impl FnOnce(&mut Registry) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        let changed = change(&mut self.things_mut().registry)?;
        if let Key::Thing(name) = &key
            && self.things.registry().get(name).is_none()
        {
            self.departures.remove(&**name);
        }
        self.note_change(key);
        Ok(changed)
    }

    /// Changes the policies, and keeps what goes by `key`.
    pub fn change_policies<T>(
        &mut self,
        key: Key,
        change: impl FnOnce(&mut Policies) -> Result<T, PolicyError>,
    ) -> Result<T, PolicyError> {
        let changed = change(&mut self.things_mut().policies)?;
        self.note_change(key);
        Ok(changed)
    }
}
