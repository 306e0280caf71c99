//! The deadlines of connections and sessions, the nearest first. The host keeps one timer for all of them.

use std::collections::BTreeSet;

use gnomon::time::Instant;

use super::{ConnectionId, SessionId};

/// Whose deadline it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// CONNECT is due, or the next packet within the keep-alive.
    Connection(ConnectionId),
    /// The session of an absent client ends.
    Session(SessionId),
}

/// A deadline is never taken out before its time: whoever it wakes checks whether it still holds.
#[derive(Debug, Default)]
pub(super) struct Timers(BTreeSet<(Instant, Timer)>);

impl Timers {
    pub(super) fn start(&mut self, at: Instant, timer: Timer) {
        self.0.insert((at, timer));
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.0.first().map(|(at, _)| *at)
    }

    /// Takes one deadline that is not after `now`.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<(Instant, Timer)> {
        let (at, _) = self.0.first()?;
        if *at > now {
            return None;
        }
        self.0.pop_first()
    }
}
