//! How long answers took on the present connection: the newest ones, in milliseconds.

use std::collections::VecDeque;
use std::time::Duration;

/// Measurements that count.
const NEWEST: usize = 100;

#[derive(Debug, Default)]
pub(super) struct Latency(VecDeque<u32>);

impl Latency {
    pub(super) fn push(&mut self, took: Duration) {
        if self.0.len() == NEWEST {
            self.0.pop_front();
        }
        self.0
            .push_back(took.as_millis().min(u128::from(u32::MAX)) as u32);
    }

    pub(super) fn newest(&self) -> Option<u32> {
        self.0.back().copied()
    }

    /// What so many percent of the answers did not exceed. Counts ranks: a hundred values need no sorting.
    pub(super) fn percentile(&self, percent: usize) -> Option<u32> {
        let rank = (self.0.len() * percent).div_ceil(100);
        let within = |value: u32| self.0.iter().filter(|other| **other <= value).count();
        let reached = self
            .0
            .iter()
            .copied()
            .filter(|value| within(*value) >= rank);
        reached.min()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_the_newest_hundred() {
        let mut latency = Latency::default();
        assert_eq!((latency.newest(), latency.percentile(50)), (None, None));
        latency.push(Duration::from_millis(7));
        assert_eq!(latency.percentile(50), Some(7));
        assert_eq!(latency.percentile(95), Some(7));
        for millis in (1..=200).rev() {
            latency.push(Duration::from_millis(millis));
        }
        assert_eq!(latency.newest(), Some(1));
        assert_eq!(latency.percentile(50), Some(50));
        assert_eq!(latency.percentile(95), Some(95));
    }
}
