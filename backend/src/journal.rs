//! What changed since it was last saved, and for which batch an answer has to wait. Knows no disk: it only counts.

use std::collections::BTreeSet;
use std::sync::Arc;

use gnomon::topic::TopicName;

use crate::things::certificates::CertificateId;

/// The number of a batch: whatever carries it must not be seen by anybody before that batch is saved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark(pub(crate) u64);

impl Mark {
    /// Waits for nothing.
    pub const NONE: Self = Self(0);
}

/// One thing that is kept on disk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A shadow, or the counter of a deleted one, by `thing` or `thing/shadow`.
    Shadow(Box<str>),
    Retained(TopicName),
    /// The session of a client that asked for it to be kept, with its subscriptions.
    Session(Arc<str>),
    /// A QoS 1 message that such a client has not acknowledged, by its number, which is never used twice.
    Queued(u64, Arc<str>),
    /// A registered thing with its principals, by its name.
    Thing(Box<str>),
    /// By its name.
    ThingType(Box<str>),
    /// A client certificate and its status.
    Certificate(CertificateId),
    /// A named policy.
    Policy(Arc<str>),
    /// Which policies are attached to a certificate.
    Attached(CertificateId),
    /// A rule, by its name.
    Rule(Arc<str>),
    /// A message that a rule has not ended, by its number.
    RuleQueued(u64),
}

/// Changes gather in the open batch until it is taken; meanwhile the one taken before is being saved.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    /// Without a store nothing is noted, and nothing waits.
    on: bool,
    open: BTreeSet<Key>,
    /// Something was noted in the open batch, even if it is gone again: answers may wait for its number.
    is_open: bool,
    /// Changes noted since the start.
    changes: u64,
    taken: Mark,
    saved: Mark,
}

impl Journal {
    pub(crate) fn start(&mut self) {
        self.on = true;
    }

    pub(crate) fn note(&mut self, key: Key) {
        if self.on {
            self.open.insert(key);
            self.is_open = true;
            self.changes += 1;
        }
    }

    /// Notes that something is gone which nothing but its making can have noted before. What came and went within
    /// one batch is not saved at all.
    pub(crate) fn note_gone(&mut self, key: Key) {
        if self.on && !self.open.remove(&key) {
            self.note(key);
        }
    }

    /// Grows with each change: two equal readings show that there was none between them.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    /// What an answer waits for that shows the present state.
    pub(crate) fn mark(&self) -> Mark {
        match self.is_open {
            true => Mark(self.taken.0 + 1),
            false => self.taken,
        }
    }

    pub(crate) fn saved(&self) -> Mark {
        self.saved
    }

    pub(crate) fn is_open(&self) -> bool {
        self.is_open
    }

    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }

    /// Closes the open batch and gives what changed in it; `None` when nothing did since the last one.
    pub(crate) fn take(&mut self) -> Option<(Mark, BTreeSet<Key>)> {
        if !self.is_open {
            return None;
        }
        self.taken = self.mark();
        self.is_open = false;
        Some((self.taken, std::mem::take(&mut self.open)))
    }

    pub(crate) fn note_saved(&mut self, mark: Mark) {
        self.saved = self.saved.max(mark);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shadow(name: &str) -> Key {
        Key::Shadow(name.into())
    }

    fn journal() -> Journal {
        let mut journal = Journal::default();
        journal.start();
        journal
    }

    #[test]
    fn an_answer_waits_for_the_newest_change() {
        let mut journal = journal();
        assert_eq!(journal.mark(), Mark::NONE);
        journal.note(shadow("a"));
        let first = journal.mark();
        assert!(first > journal.saved());
        assert_eq!(journal.take().map(|(mark, _)| mark), Some(first));
        assert_eq!(journal.mark(), first, "it is on its way, but not saved");
        journal.note(shadow("a"));
        let second = journal.mark();
        assert!(second > first);
        journal.note_saved(first);
        assert!(first <= journal.saved() && second > journal.saved());
    }

    #[test]
    fn a_batch_names_each_thing_once() {
        let mut journal = journal();
        assert_eq!(journal.take(), None);
        for name in ["b", "a", "b"] {
            journal.note(shadow(name));
        }
        let (_, keys) = journal.take().unwrap();
        assert_eq!(
            keys.into_iter().collect::<Vec<_>>(),
            [shadow("a"), shadow("b")]
        );
        assert_eq!(journal.take(), None);
    }

    #[test]
    fn what_came_and_went_between_two_batches_is_not_saved() {
        let mut journal = journal();
        let queued = || Key::Queued(1, "client".into());
        let taken = |journal: &mut Journal| journal.take().map(|(mark, keys)| (mark, keys.len()));
        journal.note(queued());
        let waiting = journal.mark();
        journal.note_gone(queued());
        assert_eq!(
            taken(&mut journal),
            Some((waiting, 0)),
            "an answer may wait for it"
        );
        journal.note(queued());
        assert_eq!(taken(&mut journal), Some((Mark(2), 1)));
        journal.note_gone(queued());
        assert_eq!(taken(&mut journal), Some((Mark(3), 1)));
    }

    #[test]
    fn without_a_store_nothing_waits() {
        let mut journal = Journal::default();
        journal.note(shadow("a"));
        journal.note_gone(shadow("b"));
        assert_eq!((journal.mark(), journal.take()), (Mark::NONE, None));
    }
}
