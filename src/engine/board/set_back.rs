//! Remembers which wishes had been done and were undone at the device since, from document to document.

use std::collections::HashMap;

use crate::engine::lookup::Key;
use crate::shadow::document::{Leaf, ShadowDocument};
use crate::time::{Now, UnixMillis};

/// Leaves that are remembered; above it such a wish counts as one that was never done.
const MAX_LEAVES: usize = 10_000;

#[derive(Debug, Default)]
pub(in crate::engine) struct SetBacks {
    of: HashMap<Key, Vec<SetBack>>,
    leaves: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::engine) struct SetBack {
    path: Vec<Box<str>>,
    /// When the device reported the other value.
    at: UnixMillis,
}

impl SetBacks {
    /// What is to be remembered of a shadow once `after` has taken the place of `before`.
    pub(in crate::engine) fn compare(
        &self,
        key: &Key,
        before: Option<&ShadowDocument>,
        after: &ShadowDocument,
        now: Now,
    ) -> Vec<SetBack> {
        let mut found = Vec::new();
        let Some(before) = before.filter(|before| !before.desired.is_empty()) else {
            return found;
        };
        let known = self.of.get(key).map_or(&[][..], Vec::as_slice);
        after.visit_leaves(&mut |leaf: Leaf<'_>| {
            let (Some(desired), Some(reported)) = (leaf.desired, leaf.reported) else {
                return;
            };
            let stands = before.desired.leaf(leaf.path) == Some(desired);
            if !leaf.differs || !stands {
                return;
            }
            let old = find(known, leaf.path);
            let done = || {
                let reported = before.reported.leaf(leaf.path);
                reported.is_some_and(|reported| reported.value == desired.value)
            };
            match old {
                Some(old) => found.push(old.clone()),
                None if done() => found.push(SetBack {
                    path: leaf.path.iter().map(|key| (*key).into()).collect(),
                    at: reported.at.unwrap_or(now.wall),
                }),
                None => {}
            }
        });
        found
    }

    /// Replaces what was remembered of a shadow.
    pub(in crate::engine) fn remember(&mut self, key: Key, mut found: Vec<SetBack>) {
        self.forget(&key);
        found.truncate(MAX_LEAVES - self.leaves);
        if !found.is_empty() {
            self.leaves += found.len();
            self.of.insert(key, found);
        }
    }

    /// The shadow is gone.
    pub(in crate::engine) fn forget(&mut self, key: &Key) {
        let gone = self.of.remove(key);
        self.leaves -= gone.map_or(0, |gone| gone.len());
    }

    /// All that is remembered of a shadow.
    pub(super) fn of(&self, key: &Key) -> &[SetBack] {
        self.of.get(key).map_or(&[], Vec::as_slice)
    }
}

/// When the device reported the other value, if it is known of this path.
pub(super) fn set_back_at(known: &[SetBack], path: &[&str]) -> Option<UnixMillis> {
    find(known, path).map(|known| known.at)
}

/// What is remembered of a shadow is in the order of the paths, as documents show them.
fn find<'a>(known: &'a [SetBack], path: &[&str]) -> Option<&'a SetBack> {
    let order = |known: &SetBack| {
        let keys = known.path.iter().map(|key| &**key);
        keys.cmp(path.iter().copied())
    };
    known.get(known.binary_search_by(order).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::Slot;
    use crate::shadow::event::{EventKind, ShadowEvent};
    use crate::shadow::topics::{Operation, Verb};

    /// `wished` is when the wish was made.
    fn document(desired: &str, reported: &str, wished: i64) -> ShadowDocument {
        let text = format!(
            r#"{{"version":1,"timestamp":90,"state":{{"desired":{{"power":{desired}}},"reported":{{"power":{reported}}}}},
            "metadata":{{"desired":{{"power":{{"timestamp":{wished}}}}},"reported":{{"power":{{"timestamp":80}}}}}}}}"#
        );
        let event = ShadowEvent::parse(Operation::Accepted(Verb::Get), text.as_bytes());
        match event.unwrap().kind {
            EventKind::Document(document) => document,
            other => panic!("{other:?}"),
        }
    }

    /// Whether the wish counts as set back after these documents.
    fn check(documents: &[ShadowDocument], expected: bool) {
        let (mut memory, key) = (SetBacks::default(), (Slot(3), None));
        let mut before = None;
        for document in documents {
            let found = memory.compare(&key, before, document, Now::default());
            memory.remember(key.clone(), found);
            before = Some(document);
        }
        let at = set_back_at(memory.of(&key), &["power"]);
        assert_eq!(at, expected.then_some(UnixMillis(80_000)));
        assert_eq!(memory.leaves, usize::from(expected));
    }

    #[test]
    fn a_wish_that_was_done_and_undone_is_set_back() {
        let (done, undone) = (document("1", "1", 50), document("1", "0", 50));
        check(&[done.clone(), undone.clone()], true);
        check(&[done.clone(), undone.clone(), undone.clone()], true);
        check(
            &[done.clone(), undone.clone(), document("1", "2", 50)],
            true,
        );
        check(&[undone.clone(), undone.clone()], false);
        check(&[done.clone(), undone.clone(), done], false);
        check(std::slice::from_ref(&undone), false);
    }

    #[test]
    fn a_new_wish_was_not_done_before() {
        let done = document("1", "1", 50);
        check(&[done.clone(), document("2", "1", 60)], false);
        check(&[done.clone(), document("1", "0", 60)], false);
        let undone = document("1", "0", 50);
        check(&[done, undone, document("1", "0", 60)], false);
    }

    #[test]
    fn memory_is_bounded() {
        let (done, undone) = (document("1", "1", 50), document("1", "0", 50));
        let mut memory = SetBacks::default();
        for slot in 0..MAX_LEAVES as u32 + 5 {
            let key = (Slot(slot), None);
            let found = memory.compare(&key, Some(&done), &undone, Now::default());
            memory.remember(key, found);
        }
        assert_eq!(memory.of.len(), MAX_LEAVES);
        memory.forget(&(Slot(0), None));
        assert_eq!(memory.leaves, MAX_LEAVES - 1);
    }
}
