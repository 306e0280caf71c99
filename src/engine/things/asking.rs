//! Whose shadow is asked for, and what has come of it.

use super::ShadowKnowledge;
use crate::engine::known::Known;
use crate::engine::lookup::{Asking, Key};
use crate::fleet::Slot;
use crate::shadow::topics::ShadowId;

impl Known {
    /// Asks for the classic shadow when its turn comes, and for named ones that are remembered.
    pub(in crate::engine) fn want_shadow(&mut self, slot: Slot) {
        self.want(slot, false);
    }

    /// The same for what memory brought: what had no shadow then comes last.
    pub(super) fn want_remembered(&mut self, slot: Slot, had_any: bool) {
        self.want(slot, !had_any);
    }

    fn want(&mut self, slot: Slot, last: bool) {
        let classic = (slot, None);
        if ShadowId::new(self.fleet.name(slot), None).is_err() {
            return self.lookup.absent(&classic);
        }
        match last {
            true => self.lookup.want_last(classic),
            false => self.lookup.want(classic),
        }
        for shadow in self.past.of(slot) {
            self.lookup.want((slot, shadow.map(Into::into)));
        }
    }

    /// A new connection. `first` are the shadows that cannot wait; those that are known come next, and those that were
    /// not there the last time come last.
    pub(in crate::engine) fn ask_again(&mut self, first: Vec<Key>) {
        let doubtful = self.lookup.doubtful();
        let slots = self.fleet.slots();
        let listed: Vec<Slot> = slots.filter(|slot| !self.fleet.is_gone(*slot)).collect();
        self.lookup
            .restart(first.into_iter().chain(self.shadows.keys()));
        for slot in listed {
            self.want(slot, doubtful.contains(&slot));
        }
    }

    /// There is no such shadow any more, or never was.
    pub(in crate::engine) fn note_absent(&mut self, slot: Slot, shadow: Option<&str>) {
        self.past.remove(slot, shadow);
        self.lookup.absent(&(slot, shadow.map(Into::into)));
    }

    /// The names of the shadows that a device has, as far as is known: those heard of, then those remembered.
    pub(super) fn shadow_names(&self, slot: Slot) -> Vec<Option<&str>> {
        let mut names: Vec<_> = self.shadows.of(slot).collect();
        for name in self.past.of(slot) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    pub(super) fn knowledge(&self, slot: Slot) -> ShadowKnowledge {
        if let Some(document) = self.shadows.document(slot, None) {
            let version = document.version;
            return ShadowKnowledge::Known { version };
        }
        match self.lookup.asking(&(slot, None)) {
            Asking::Not | Asking::Waits => ShadowKnowledge::Waiting,
            Asking::Asked => ShadowKnowledge::Asked,
            Asking::Heard | Asking::Absent => ShadowKnowledge::Absent,
        }
    }
}
