//! Which shadows to ask for, one by one and not too fast: a fleet that answers all at once helps nobody.
//!
//! AWS IoT takes 400 shadow requests a second from an account in its smaller regions, 4,000 in others, and 100
//! publishes a second from a connection: half of that leaves room for what a person does.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use crate::fleet::Slot;
use crate::time::Instant;

/// Between two requests.
const PACE: Duration = Duration::from_millis(20);

/// Between two requests for what changed and was asked for before: it may change all the time.
const PACE_AGAIN: Duration = Duration::from_millis(100);

/// Requests without an answer, after which only what a person looks at is asked for: there may be no service.
const MAX_UNANSWERED: usize = 10;

/// Where others are answered, a request that was not for so long is never going to be.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long nothing is asked for after the service said that it is too much.
const REST: Duration = Duration::from_secs(1);

/// Shadows that wait to be asked for once more. Above it a change is seen with the next one.
const MAX_CHANGED: usize = 10_000;

/// A shadow of a device; None is the classic one.
pub(super) type Key = (Slot, Option<Box<str>>);

/// What became of asking for a shadow on the present connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Asking {
    #[default]
    Not,
    Waits,
    Asked,
    Heard,
    /// There is none.
    Absent,
}

#[derive(Debug, Default)]
pub(super) struct Lookup {
    /// What a person looks at; what changed; what is in sight; everything else; and what had no shadow before. A key
    /// may stand in several: it counts while it waits.
    urgent: VecDeque<Key>,
    again: VecDeque<Key>,
    in_sight: VecDeque<Key>,
    queue: VecDeque<Key>,
    doubtful: VecDeque<Key>,
    classic: Vec<Asking>,
    named: HashMap<Key, Asking>,
    /// How many wait.
    waiting: u32,
    /// Those that are asked for once more: all of `again`.
    changed: HashSet<Key>,
    /// Whether a change tells the whole document by itself: of classic shadows, of named ones.
    told: [bool; 2],
    /// When those were asked for that have no answer yet, oldest first.
    unanswered: VecDeque<Instant>,
    next: Instant,
    next_again: Instant,
}

impl Lookup {
    /// A new connection: what was missed is asked for again.
    pub(super) fn restart(&mut self, known: impl Iterator<Item = Key>) {
        *self = Self::default();
        known.for_each(|key| self.want(key));
    }

    /// Asks for a shadow when its turn comes.
    pub(super) fn want(&mut self, key: Key) {
        if self.begin(&key) {
            self.queue.push_back(key);
        }
    }

    /// Asks for a shadow after all others: there was none the last time.
    pub(super) fn want_last(&mut self, key: Key) {
        if self.begin(&key) {
            self.doubtful.push_back(key);
        }
    }

    /// The devices that have no classic shadow, as far as is known.
    pub(super) fn doubtful(&self) -> HashSet<Slot> {
        let absent = |(index, asking): (usize, &Asking)| {
            (*asking == Asking::Absent).then_some(Slot(index as u32))
        };
        let absent = self.classic.iter().enumerate().filter_map(absent);
        absent
            .chain(self.doubtful.iter().map(|key| key.0))
            .collect()
    }

    /// Asks for a shadow that a person looks at, before all others.
    pub(super) fn want_now(&mut self, key: Key) {
        let waits = self.asking(&key) == Asking::Waits;
        if self.begin(&key) || waits && !self.urgent.contains(&key) {
            self.unanswered.clear();
            self.urgent.push_front(key);
        }
    }

    /// The devices whose rows are in sight. Those of them that wait come before the others.
    pub(super) fn prefer(&mut self, slots: impl Iterator<Item = Slot>) {
        let waits = slots.map(|slot| (slot, None));
        let waits = waits.filter(|key| self.asking(key) == Asking::Waits);
        self.in_sight = waits.collect();
    }

    /// The shadow was heard of: nothing to ask for.
    pub(super) fn heard(&mut self, key: &Key) {
        self.set(key, Asking::Heard);
    }

    /// There is no such shadow.
    pub(super) fn absent(&mut self, key: &Key) {
        self.set(key, Asking::Absent);
    }

    /// Nobody wants to know any more.
    pub(super) fn drop_waiting(&mut self, key: &Key) {
        if self.asking(key) == Asking::Waits {
            self.set(key, Asking::Not);
        }
    }

    /// A change of a shadow of this kind told the whole document. So there is a service.
    pub(super) fn told(&mut self, named: bool, now: Instant) {
        self.told[usize::from(named)] = true;
        self.give_up_old(now);
    }

    /// Perhaps they do no more.
    pub(super) fn untold(&mut self) {
        self.told = [false; 2];
    }

    /// The shadow changed, and nobody says into what: asks for it before those that were never asked for.
    pub(super) fn changed(&mut self, key: Key) {
        if !self.told[usize::from(key.1.is_some())] {
            self.ask_once_more(key);
        }
    }

    /// Asks for a shadow whatever came of it before.
    pub(super) fn ask_once_more(&mut self, key: Key) {
        if self.changed.len() < MAX_CHANGED && self.changed.insert(key.clone()) {
            self.again.push_front(key);
        }
    }

    /// Whether it waits, was asked for, or was heard of: every position of a device asks.
    pub(super) fn knows(&self, key: &Key) -> bool {
        self.asking(key) != Asking::Not
    }

    pub(super) fn asking(&self, key: &Key) -> Asking {
        let asking = match key.1 {
            None => self.classic.get(key.0.index()),
            Some(_) => self.named.get(key),
        };
        asking.copied().unwrap_or_default()
    }

    /// Whether it stopped because nobody answers.
    pub(super) fn is_unanswered(&self) -> bool {
        self.waiting > 0 && self.unanswered.len() >= MAX_UNANSWERED
    }

    /// How many shadows wait to be asked for.
    pub(super) fn waiting(&self) -> u32 {
        self.waiting
    }

    /// True for what is new.
    fn begin(&mut self, key: &Key) -> bool {
        let new = !self.knows(key);
        if new {
            self.set(key, Asking::Waits);
        }
        new
    }

    fn set(&mut self, key: &Key, asking: Asking) {
        let index = key.0.index();
        let before = if key.1.is_some() {
            self.named.insert(key.clone(), asking).unwrap_or_default()
        } else {
            let len = self.classic.len().max(index + 1);
            self.classic.resize(len, Asking::Not);
            std::mem::replace(&mut self.classic[index], asking)
        };
        self.waiting += u32::from(asking == Asking::Waits);
        self.waiting -= u32::from(before == Asking::Waits);
    }

    /// A `get` was answered, one way or the other.
    pub(super) fn answered(&mut self, now: Instant) {
        self.unanswered.pop_front();
        self.give_up_old(now);
    }

    /// The service has too much to do: asks for the shadow once more, and for nothing for a while.
    pub(super) fn refused_for_now(&mut self, key: Key, now: Instant) {
        if self.asking(&key) == Asking::Asked {
            self.set(&key, Asking::Waits);
            self.queue.push_back(key);
        }
        self.next = now + REST;
    }

    fn give_up_old(&mut self, now: Instant) {
        let old = |at: &Instant| now.since(*at) > PATIENCE;
        while self.unanswered.front().is_some_and(old) {
            self.unanswered.pop_front();
        }
    }

    /// The next shadow to ask for, when it is time.
    pub(super) fn poll(&mut self, now: Instant) -> Option<Key> {
        if now < self.next || self.unanswered.len() >= MAX_UNANSWERED {
            return None;
        }
        let key = self.take(now)?;
        self.set(&key, Asking::Asked);
        self.unanswered.push_back(now);
        self.next = now + PACE;
        Some(key)
    }

    /// The first that still is to be asked for.
    fn take(&mut self, now: Instant) -> Option<Key> {
        loop {
            if let Some(key) = self.urgent.pop_front() {
                if self.asking(&key) == Asking::Waits {
                    return Some(key);
                }
                continue;
            }
            if now >= self.next_again
                && let Some(key) = self.again.pop_front()
            {
                self.next_again = now + PACE_AGAIN;
                self.changed.remove(&key);
                return Some(key);
            }
            let ahead = self.in_sight.pop_front();
            let ahead = ahead.or_else(|| self.queue.pop_front());
            let key = ahead.or_else(|| self.doubtful.pop_front())?;
            if self.asking(&key) == Asking::Waits {
                return Some(key);
            }
        }
    }

    /// When [`Self::poll`] has something again.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        if self.unanswered.len() >= MAX_UNANSWERED {
            return None;
        }
        match self.waiting {
            0 if self.again.is_empty() => None,
            0 => Some(self.next.max(self.next_again)),
            _ => Some(self.next),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classic(slot: u32) -> Key {
        (Slot(slot), None)
    }

    #[test]
    fn asks_once_each_at_its_pace_and_first_what_is_looked_at() {
        let mut lookup = Lookup::default();
        lookup.want(classic(1));
        lookup.want(classic(1));
        lookup.want(classic(2));
        let cfg = (Slot(3), Some("cfg".into()));
        lookup.want_now(cfg.clone());
        assert_eq!(lookup.waiting(), 3);
        assert_eq!(lookup.poll(Instant(0)), Some(cfg));
        assert_eq!(lookup.poll(Instant(19)), None);
        assert_eq!(lookup.poll_timeout(), Some(Instant(20)));
        assert_eq!(lookup.poll(Instant(20)), Some(classic(1)));
        assert_eq!(lookup.poll(Instant(40)), Some(classic(2)));
        assert_eq!(lookup.poll(Instant(60)), None);
        assert_eq!((lookup.poll_timeout(), lookup.waiting()), (None, 0));
    }

    #[test]
    fn what_a_person_opens_comes_first_and_then_what_is_in_sight_and_last_what_had_no_shadow() {
        let mut lookup = Lookup::default();
        lookup.want_last(classic(9));
        (0..6).for_each(|slot| lookup.want(classic(slot)));
        lookup.prefer([Slot(4), Slot(3), Slot(77)].into_iter());
        lookup.prefer([Slot(3), Slot(77)].into_iter());
        lookup.want_now(classic(5));
        lookup.want_now(classic(5));
        lookup.drop_waiting(&classic(1));
        let order: Vec<u32> = (0..9)
            .filter_map(|n| Some(lookup.poll(Instant(n * 20))?.0.0))
            .collect();
        assert_eq!(order, [5, 3, 0, 2, 4, 9]);
        assert_eq!(lookup.waiting(), 0);
    }

    #[test]
    fn stops_where_nobody_answers_and_goes_on_with_each_answer() {
        let mut lookup = Lookup::default();
        for slot in 0..40 {
            lookup.want(classic(slot));
        }
        let asked = |lookup: &mut Lookup| {
            (0..30)
                .filter(|n| lookup.poll(Instant(n * 20 + lookup.next.0)).is_some())
                .count()
        };
        assert_eq!(asked(&mut lookup), 10);
        assert_eq!(lookup.poll_timeout(), None);
        lookup.answered(lookup.next);
        assert_eq!(asked(&mut lookup), 1, "never more than ten are out");
        // One answer after a long time: the others are not coming.
        lookup.answered(Instant(60_000));
        assert_eq!(asked(&mut lookup), 10);
        lookup.want_now(classic(90));
        assert_eq!(lookup.poll(Instant(90_000)), Some(classic(90)));
    }

    #[test]
    fn a_service_that_has_too_much_to_do_is_asked_again_later() {
        let mut lookup = Lookup::default();
        lookup.want(classic(1));
        lookup.want(classic(2));
        assert_eq!(lookup.poll(Instant(0)), Some(classic(1)));
        lookup.answered(Instant(10));
        lookup.refused_for_now(classic(1), Instant(10));
        assert_eq!(lookup.poll_timeout(), Some(Instant(1010)));
        assert_eq!(lookup.poll(Instant(1010)), Some(classic(2)));
        assert_eq!(lookup.poll(Instant(1030)), Some(classic(1)));
    }

    #[test]
    fn a_change_that_tells_no_document_is_asked_for_once_at_a_time() {
        let mut lookup = Lookup::default();
        let (lamp, cfg) = (classic(1), (Slot(1), Some("cfg".into())));
        lookup.want(classic(2));
        lookup.heard(&lamp);
        lookup.told(true, Instant(0));
        for _ in 0..3 {
            lookup.changed(lamp.clone());
            lookup.changed(cfg.clone());
        }
        assert_eq!(lookup.poll(Instant(0)), Some(lamp.clone()));
        lookup.changed(lamp.clone());
        assert_eq!(
            lookup.poll(Instant(20)),
            Some(classic(2)),
            "not so soon again"
        );
        assert_eq!(lookup.poll_timeout(), Some(Instant(100)));
        assert_eq!(lookup.poll(Instant(99)), None);
        assert_eq!(lookup.poll(Instant(100)), Some(lamp));
        lookup.untold();
        lookup.changed(cfg.clone());
        assert_eq!(lookup.poll(Instant(300)), Some(cfg));
        for slot in 0..2 * MAX_CHANGED as u32 {
            lookup.changed(classic(slot));
        }
        assert_eq!(lookup.again.len(), MAX_CHANGED);
    }

    #[test]
    fn a_new_connection_asks_again() {
        let mut lookup = Lookup::default();
        lookup.heard(&classic(1));
        lookup.want(classic(1));
        assert_eq!(lookup.poll(Instant(0)), None);
        lookup.absent(&classic(2));
        assert_eq!(lookup.asking(&classic(2)), Asking::Absent);
        lookup.restart([classic(1)].into_iter());
        assert_eq!(lookup.poll(Instant(0)), Some(classic(1)));
        assert_eq!(lookup.asking(&classic(2)), Asking::Not);
    }
}
