//! Counts what arrives, second by second.

use std::collections::VecDeque;

use crate::time::Instant;

const SECONDS_KEPT: usize = 60;

#[derive(Clone, Debug, Default)]
pub(super) struct Meter {
    /// The second that is being counted.
    second: u64,
    /// Since the beginning.
    total: u64,
    messages: u32,
    bytes: u32,
    /// Whole seconds, oldest first.
    history: VecDeque<u32>,
    last_bytes: u32,
}

impl Meter {
    pub(super) fn count_bytes(&mut self, bytes: usize, now: Instant) {
        self.roll(now);
        self.bytes = self.bytes.saturating_add(bytes as u32);
    }

    /// A message in the second of the bytes that held it.
    pub(super) fn count_message(&mut self) {
        self.messages = self.messages.saturating_add(1);
        self.total += 1;
    }

    /// Messages since the beginning.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Closes the seconds that are over.
    pub(super) fn roll(&mut self, now: Instant) {
        let second = now.0 / 1000;
        let over = second
            .saturating_sub(self.second)
            .min(SECONDS_KEPT as u64 + 1);
        for _ in 0..over {
            if self.history.len() == SECONDS_KEPT {
                self.history.pop_front();
            }
            self.history.push_back(std::mem::take(&mut self.messages));
            self.last_bytes = std::mem::take(&mut self.bytes);
        }
        self.second = self.second.max(second);
    }

    /// Messages and bytes of the last whole second.
    pub(super) fn rates(&self) -> (u32, u32) {
        (self.history.back().copied().unwrap_or(0), self.last_bytes)
    }

    /// Messages of the last whole second, or of the one under way if they are more already.
    pub(super) fn busiest(&self) -> u32 {
        self.rates().0.max(self.messages)
    }

    pub(super) fn history(&self) -> Vec<u32> {
        self.history.iter().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_sixty_whole_seconds() {
        let mut meter = Meter::default();
        for second in 0..100 {
            for _ in 0..second {
                meter.count_bytes(10, Instant(second * 1000 + 7));
                meter.count_message();
            }
        }
        meter.roll(Instant(100_000));
        assert_eq!(meter.rates(), (99, 990));
        assert_eq!(meter.history(), (40..100).collect::<Vec<u32>>());
        meter.roll(Instant(102_500));
        assert_eq!(meter.rates(), (0, 0));
    }

    #[test]
    fn a_long_pause_is_all_zeros() {
        let mut meter = Meter::default();
        meter.count_bytes(10, Instant(0));
        meter.count_message();
        meter.roll(Instant(u64::MAX));
        assert_eq!(meter.history(), vec![0; 60]);
    }
}
