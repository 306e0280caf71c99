//! How many messages went out within the last second, so that no second holds more than a service takes.

use std::collections::VecDeque;
use std::time::Duration;

use crate::mqtt::limits::MAX_PUBLISHES_PER_SECOND;
use crate::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct Pace {
    /// When the newest ones went out, oldest first.
    sent: VecDeque<Instant>,
}

impl Pace {
    pub(super) fn note(&mut self, now: Instant) {
        if self.sent.len() >= MAX_PUBLISHES_PER_SECOND {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
    }

    /// Within the second that ends now.
    pub(super) fn recent(&self, now: Instant) -> usize {
        let newest_first = self.sent.iter().rev();
        newest_first
            .take_while(|at| now.since(**at) < SECOND)
            .count()
    }

    /// How many more may go out now.
    pub(super) fn room(&self, now: Instant) -> usize {
        MAX_PUBLISHES_PER_SECOND - self.recent(now)
    }

    /// Forgets what lies behind.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        let recent = self.recent(now);
        self.sent.drain(..self.sent.len() - recent);
    }

    /// When there is room again, where there is none.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let first = self.sent.front()?;
        (self.sent.len() >= MAX_PUBLISHES_PER_SECOND).then_some(*first + SECOND)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_second_holds_more_than_a_hundred() {
        let mut pace = Pace::default();
        let mut sent = Vec::new();
        for now in (0..5000).step_by(3).map(Instant) {
            pace.handle_timeout(now);
            while pace.room(now) > 0 {
                pace.note(now);
                sent.push(now);
            }
        }
        assert_eq!(sent.len(), 500);
        for window in sent.windows(MAX_PUBLISHES_PER_SECOND + 1) {
            assert!(window[MAX_PUBLISHES_PER_SECOND].since(window[0]) >= SECOND);
        }
    }

    #[test]
    fn wakes_when_there_is_room_again() {
        let mut pace = Pace::default();
        (0..100).for_each(|at| pace.note(Instant(at)));
        assert_eq!(pace.poll_timeout(), Some(Instant(1000)));
        assert_eq!(pace.room(Instant(999)), 0);
        pace.handle_timeout(Instant(1000));
        assert_eq!((pace.room(Instant(1000)), pace.poll_timeout()), (1, None));
    }
}
