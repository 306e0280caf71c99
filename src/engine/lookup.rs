//! Which shadows to ask for, one by one and not too fast: a fleet that answers all at once helps nobody.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use crate::fleet::Slot;
use crate::time::Instant;

/// Between two requests.
const PACE: Duration = Duration::from_millis(100);

/// Requests without an answer, after which only what a person looks at is asked for: there may be no service.
const MAX_UNANSWERED: u32 = 10;

/// Shadows that wait to be asked for once more. Above it a change is seen with the next one.
const MAX_CHANGED: usize = 10_000;

/// A shadow of a device; None is the classic one.
pub(super) type Key = (Slot, Option<Box<str>>);

#[derive(Debug, Default)]
pub(super) struct Lookup {
    queue: VecDeque<Key>,
    // Asked for, or heard of, on the present connection.
    /// Whether the classic shadow of each slot was.
    classic: Vec<bool>,
    named: HashSet<Key>,
    /// Those in the queue that are asked for once more.
    changed: HashSet<Key>,
    /// Whether a change tells the whole document by itself: of classic shadows, of named ones.
    told: [bool; 2],
    unanswered: u32,
    next: Instant,
}

impl Lookup {
    /// A new connection: what was missed is asked for again.
    pub(super) fn restart(&mut self, known: impl Iterator<Item = Key>) {
        *self = Self {
            queue: known.collect(),
            ..Self::default()
        };
    }

    /// Asks for a shadow when its turn comes.
    pub(super) fn want(&mut self, key: Key) {
        if self.note(&key) {
            self.queue.push_back(key);
        }
    }

    /// Asks for a shadow that a person looks at, before all others.
    pub(super) fn want_now(&mut self, key: Key) {
        if self.note(&key) {
            self.unanswered = 0;
            self.queue.push_front(key);
        }
    }

    /// The shadow was heard of: nothing to ask for.
    pub(super) fn heard(&mut self, key: &Key) {
        self.note(key);
    }

    /// A change of a shadow of this kind told the whole document.
    pub(super) fn told(&mut self, named: bool) {
        self.told[usize::from(named)] = true;
    }

    /// Perhaps they do no more.
    pub(super) fn untold(&mut self) {
        self.told = [false; 2];
    }

    /// The shadow changed, and nobody says into what: asks for it before those that were never asked for.
    pub(super) fn changed(&mut self, key: Key) {
        let told = self.told[usize::from(key.1.is_some())];
        if !told && self.changed.len() < MAX_CHANGED && self.changed.insert(key.clone()) {
            self.queue.push_front(key);
        }
    }

    /// Whether it was asked for, or heard of: every position of a device asks.
    pub(super) fn knows(&self, key: &Key) -> bool {
        match key.1 {
            None => self.classic.get(key.0.index()).is_some_and(|done| *done),
            Some(_) => self.named.contains(key),
        }
    }

    /// True for what is new.
    fn note(&mut self, key: &Key) -> bool {
        if self.knows(key) {
            return false;
        }
        let index = key.0.index();
        if key.1.is_some() {
            self.named.insert(key.clone());
        } else {
            self.classic
                .resize(self.classic.len().max(index + 1), false);
            self.classic[index] = true;
        }
        true
    }

    /// A `get` was answered, one way or the other.
    pub(super) fn answered(&mut self) {
        self.unanswered = 0;
    }

    /// The next shadow to ask for, when it is time.
    pub(super) fn poll(&mut self, now: Instant) -> Option<Key> {
        if now < self.next || self.unanswered >= MAX_UNANSWERED {
            return None;
        }
        let key = self.queue.pop_front()?;
        self.note(&key);
        self.changed.remove(&key);
        self.unanswered += 1;
        self.next = now + PACE;
        Some(key)
    }

    /// When [`Self::poll`] has something again.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        (!self.queue.is_empty() && self.unanswered < MAX_UNANSWERED).then_some(self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_once_each_at_its_pace_and_first_what_is_looked_at() {
        let mut lookup = Lookup::default();
        lookup.want((Slot(1), None));
        lookup.want((Slot(1), None));
        lookup.want((Slot(2), None));
        lookup.want_now((Slot(3), Some("cfg".into())));
        assert_eq!(lookup.poll(Instant(0)), Some((Slot(3), Some("cfg".into()))));
        assert_eq!(lookup.poll(Instant(99)), None);
        assert_eq!(lookup.poll_timeout(), Some(Instant(100)));
        assert_eq!(lookup.poll(Instant(100)), Some((Slot(1), None)));
        assert_eq!(lookup.poll(Instant(200)), Some((Slot(2), None)));
        assert_eq!(lookup.poll(Instant(300)), None);
        assert_eq!(lookup.poll_timeout(), None);
    }

    #[test]
    fn stops_where_nobody_answers_and_goes_on_when_somebody_does() {
        let mut lookup = Lookup::default();
        for slot in 0..20 {
            lookup.want((Slot(slot), None));
        }
        let asked = |lookup: &mut Lookup| {
            (0..30)
                .filter(|n| lookup.poll(Instant(n * 100 + lookup.next.0)).is_some())
                .count()
        };
        assert_eq!(asked(&mut lookup), 10);
        assert_eq!(lookup.poll_timeout(), None);
        lookup.answered();
        assert_eq!(asked(&mut lookup), 10);
    }

    #[test]
    fn a_change_that_tells_no_document_is_asked_for_once_at_a_time() {
        let mut lookup = Lookup::default();
        let (lamp, cfg) = ((Slot(1), None), (Slot(1), Some("cfg".into())));
        lookup.want((Slot(2), None));
        lookup.heard(&lamp);
        lookup.told(true);
        for _ in 0..3 {
            lookup.changed(lamp.clone());
            lookup.changed(cfg.clone());
        }
        assert_eq!(lookup.poll(Instant(0)), Some(lamp.clone()));
        lookup.changed(lamp.clone());
        assert_eq!(lookup.poll(Instant(100)), Some(lamp));
        assert_eq!(lookup.poll(Instant(200)), Some((Slot(2), None)));
        lookup.untold();
        lookup.changed(cfg.clone());
        assert_eq!(lookup.poll(Instant(300)), Some(cfg));
        for slot in 0..2 * MAX_CHANGED as u32 {
            lookup.changed((Slot(slot), None));
        }
        assert_eq!(lookup.queue.len(), MAX_CHANGED);
    }

    #[test]
    fn a_new_connection_asks_again() {
        let mut lookup = Lookup::default();
        lookup.heard(&(Slot(1), None));
        lookup.want((Slot(1), None));
        assert_eq!(lookup.poll(Instant(0)), None);
        lookup.restart([(Slot(1), None)].into_iter());
        assert_eq!(lookup.poll(Instant(0)), Some((Slot(1), None)));
    }
}
