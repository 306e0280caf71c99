//! What a run did: only what happened was tested.

use std::fmt;
use std::ops::AddAssign;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    /// Updates and deletes of shadows.
    pub(crate) accepted: usize,
    pub(crate) rejected: usize,
    /// Retained messages, deletions among them, that were acknowledged.
    pub(crate) retained: usize,
    /// Messages for persistent sessions that were acknowledged to their publisher.
    pub(crate) queued: usize,
    /// Persistent sessions opened and subscribed.
    pub(crate) sessions: usize,
    /// Messages that came to their subscriber.
    pub(crate) delivered: usize,
    /// Messages that came although their subscriber had sent a PUBACK.
    pub(crate) again: usize,
    /// Unanswered requests that were found done.
    pub(crate) found: usize,
    pub(crate) unanswered: usize,
    pub(crate) killed: usize,
    /// Rounds that ended with requests unanswered.
    pub(crate) killed_in_between: usize,
    pub(crate) killed_at_start: usize,
    pub(crate) terminated: usize,
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.rejected += other.rejected;
        self.retained += other.retained;
        self.queued += other.queued;
        self.sessions += other.sessions;
        self.delivered += other.delivered;
        self.again += other.again;
        self.found += other.found;
        self.unanswered += other.unanswered;
        self.killed += other.killed;
        self.killed_in_between += other.killed_in_between;
        self.killed_at_start += other.killed_at_start;
        self.terminated += other.terminated;
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} kills ({} with requests unanswered), {} more while starting, {} ends by SIGTERM; \
             {} shadow requests accepted, {} rejected, {} retained, {} queued, {} sessions opened, {} delivered ({} again); \
             of {} unanswered shadow and retained requests {} were found done",
            self.killed,
            self.killed_in_between,
            self.killed_at_start,
            self.terminated,
            self.accepted,
            self.rejected,
            self.retained,
            self.queued,
            self.sessions,
            self.delivered,
            self.again,
            self.unanswered,
            self.found,
        )
    }
}
