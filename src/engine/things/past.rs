//! Which shadows things had at an earlier time: names only, so that they can be asked for.

use std::collections::HashMap;

use crate::fleet::Slot;

/// Shadows that memory names and nobody has denied.
#[derive(Debug, Default)]
pub(crate) struct PastShadows(HashMap<Slot, Vec<Option<Box<str>>>>);

impl PastShadows {
    pub(crate) fn recall(&mut self, slot: Slot, shadows: Vec<Option<Box<str>>>) {
        if !shadows.is_empty() {
            self.0.insert(slot, shadows);
        }
    }

    /// There is no such shadow any more.
    pub(crate) fn remove(&mut self, slot: Slot, shadow: Option<&str>) {
        if let Some(shadows) = self.0.get_mut(&slot) {
            shadows.retain(|known| known.as_deref() != shadow);
            if shadows.is_empty() {
                self.0.remove(&slot);
            }
        }
    }

    pub(crate) fn of(&self, slot: Slot) -> impl Iterator<Item = Option<&str>> {
        let shadows = self.0.get(&slot).into_iter().flatten();
        shadows.map(Option::as_deref)
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
