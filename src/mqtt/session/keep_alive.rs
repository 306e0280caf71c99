//! When to ask whether the other side is still there, and when to give it up.

use std::time::Duration;

use crate::time::Instant;

/// Between two pings while somebody looks at the latency, and how long one look lasts.
const MEASURE: Duration = Duration::from_secs(1);
const LOOK: Duration = Duration::from_secs(2);

#[derive(Clone, Debug)]
pub(super) struct KeepAlive {
    period: Duration,
    sent: Instant,
    received: Instant,
    /// The ping that is out.
    pinged: Option<Instant>,
    /// The next ping that measures, and when nobody looks any more.
    measure: Option<(Instant, Instant)>,
    answered: Option<Instant>,
}

impl KeepAlive {
    pub(super) fn new(period: Duration, now: Instant) -> Self {
        Self {
            period,
            sent: now,
            received: now,
            pinged: None,
            measure: None,
            answered: None,
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
        self.measure = self.measure.map(|(_, end)| (now + MEASURE, end));
    }

    /// PINGRESP came: how long it took, if it was asked for.
    pub(super) fn answered(&mut self, now: Instant) -> Option<Duration> {
        self.answered = Some(now);
        self.pinged.take().map(|asked| now.since(asked))
    }

    /// When PINGRESP last came.
    pub(super) fn answered_at(&self) -> Option<Instant> {
        self.answered
    }

    /// Somebody looks at the latency.
    pub(super) fn look(&mut self, now: Instant) {
        let next = match self.measure {
            Some((next, end)) if now <= end => next,
            _ => now,
        };
        self.measure = Some((next, now + LOOK));
    }

    /// Half a keep-alive after the last sign in either direction, or every second while somebody looks, unless a
    /// ping is out.
    pub(super) fn ping_at(&self) -> Option<Instant> {
        if self.pinged.is_some() {
            return None;
        }
        let due = self.sent.min(self.received) + self.period / 2;
        let looked_at = self.measure.filter(|(next, end)| next <= end);
        Some(looked_at.map_or(due, |(next, _)| due.min(next)))
    }

    /// One and a half keep-alives after the last byte came, or after a ping that other bytes drown out.
    pub(super) fn silent_at(&self) -> Instant {
        let heard = self
            .pinged
            .map_or(self.received, |asked| asked.min(self.received));
        heard + self.period * 3 / 2
    }
}
