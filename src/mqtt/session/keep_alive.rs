//! When to ask whether the other side is still there, and when to give it up.

use std::time::Duration;

use crate::time::Instant;

#[derive(Clone, Debug)]
pub(super) struct KeepAlive {
    period: Duration,
    sent: Instant,
    received: Instant,
    pinged: Option<Instant>,
}

impl KeepAlive {
    pub(super) fn new(period: Duration, now: Instant) -> Self {
        Self {
            period,
            sent: now,
            received: now,
            pinged: None,
        }
    }

    pub(super) fn sent(&mut self, now: Instant) {
        self.sent = now;
    }

    pub(super) fn received(&mut self, now: Instant) {
        self.received = now;
    }

    pub(super) fn pinged(&mut self, now: Instant) {
        self.pinged = Some(now);
        self.sent = now;
    }

    /// PINGRESP came: how long it took, if it was asked for.
    pub(super) fn answered(&mut self, now: Instant) -> Option<Duration> {
        self.pinged.take().map(|asked| now.since(asked))
    }

    /// Half a keep-alive after the last sign in either direction, unless a ping is out.
    pub(super) fn ping_at(&self) -> Option<Instant> {
        match self.pinged {
            Some(_) => None,
            None => Some(self.sent.min(self.received) + self.period / 2),
        }
    }

    /// One and a half keep-alives after the last byte came, or after a ping that other bytes drown out.
    pub(super) fn silent_at(&self) -> Instant {
        let heard = self
            .pinged
            .map_or(self.received, |asked| asked.min(self.received));
        heard + self.period * 3 / 2
    }
}
