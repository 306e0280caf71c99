//! How many shadow requests of one thing wait for their answer on one connection. Knows numbers, not requests.

use std::collections::{HashMap, VecDeque};

use crate::broker::ConnectionId;
use crate::journal::Mark;

/// As on AWS IoT; the next one is turned away.
const PER_THING: usize = 10;

/// The requests that are carried out and not yet saved.
#[derive(Debug, Default)]
pub(crate) struct Unanswered {
    counts: HashMap<(ConnectionId, Box<str>), usize>,
    /// In the order of their marks.
    waiting: VecDeque<(Mark, ConnectionId, Box<str>)>,
}

impl Unanswered {
    pub(crate) fn has_room(&self, connection: ConnectionId, thing: &str) -> bool {
        // No key is made for the usual case.
        self.waiting.len() < PER_THING
            || self
                .counts
                .get(&(connection, thing.into()))
                .is_none_or(|count| *count < PER_THING)
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// The answer waits for that batch.
    pub(crate) fn begin(&mut self, connection: ConnectionId, thing: &str, mark: Mark) {
        *self.counts.entry((connection, thing.into())).or_default() += 1;
        self.waiting.push_back((mark, connection, thing.into()));
    }

    pub(crate) fn handle_saved(&mut self, saved: Mark) {
        while self
            .waiting
            .front()
            .is_some_and(|(mark, ..)| *mark <= saved)
        {
            let Some((_, connection, thing)) = self.waiting.pop_front() else {
                return;
            };
            let key = (connection, thing);
            if let Some(count) = self.counts.get_mut(&key) {
                *count -= 1;
                if *count == 0 {
                    self.counts.remove(&key);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slotmap::SlotMap;

    #[test]
    fn the_eleventh_request_waits_until_one_is_answered() {
        let mut connections = SlotMap::with_key();
        let (one, other): (ConnectionId, ConnectionId) =
            (connections.insert(()), connections.insert(()));
        let mut unanswered = Unanswered::default();
        for number in 0..10 {
            assert!(unanswered.has_room(one, "lamp"));
            unanswered.begin(one, "lamp", Mark(1 + number / 5));
        }
        assert!(!unanswered.has_room(one, "lamp"));
        assert!(unanswered.has_room(one, "pump") && unanswered.has_room(other, "lamp"));
        unanswered.handle_saved(Mark(1));
        assert_eq!(unanswered.counts[&(one, "lamp".into())], 5);
        unanswered.handle_saved(Mark(9));
        assert!(unanswered.counts.is_empty() && unanswered.waiting.is_empty());
    }
}
