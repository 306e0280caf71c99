//! The changes that ended lately, whether they are still to be seen at their field or not.

use std::collections::VecDeque;

use super::{Change, FieldAddress};

/// So many of the newest are kept.
const MAX_ENDED: usize = 200;

#[derive(Debug, Default)]
pub(super) struct EndedChanges {
    /// With the numbers of the changes, oldest first.
    changes: VecDeque<(u64, EndedChange)>,
}

/// A change that came to an end. One that timed out comes again when the device reports it after all.
#[derive(Clone, Debug, PartialEq)]
pub struct EndedChange {
    pub field: FieldAddress,
    /// How it ended, and by which steps.
    pub change: Change,
}

impl EndedChanges {
    pub(super) fn note(&mut self, number: u64, field: &FieldAddress, change: &Change) {
        self.changes.retain(|(known, _)| *known != number);
        if self.changes.len() >= MAX_ENDED {
            self.changes.pop_front();
        }
        let (field, change) = (field.clone(), change.clone());
        self.changes
            .push_back((number, EndedChange { field, change }));
    }

    pub(super) fn newest_first(&self) -> impl ExactSizeIterator<Item = &EndedChange> {
        self.changes.iter().rev().map(|(_, ended)| ended)
    }
}
