//! The version counters of deleted shadows: the next update of one goes on from there.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::time::UnixMillis;

/// How long a counter outlives its shadow.
const KEPT: Duration = Duration::from_hours(48);

/// The counters by the name of their shadow, at most `capacity` of them.
#[derive(Debug)]
pub(super) struct Counters {
    graves: BTreeMap<Box<str>, Grave>,
    capacity: usize,
}

#[derive(Clone, Copy, Debug)]
struct Grave {
    version: u64,
    deleted: UnixMillis,
}

impl Grave {
    fn is_kept(self, now: UnixMillis) -> bool {
        now.0.saturating_sub(self.deleted.0) < KEPT.as_millis() as i64
    }
}

impl Counters {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            graves: BTreeMap::new(),
            capacity,
        }
    }

    /// Where the counter stands: 0 for a shadow that never was, or was deleted too long ago.
    pub(super) fn version(&self, key: &str, now: UnixMillis) -> u64 {
        match self.graves.get(key) {
            Some(grave) if grave.is_kept(now) => grave.version,
            _ => 0,
        }
    }

    /// The counter as it stands, and since when.
    pub(super) fn get(&self, key: &str) -> Option<(u64, UnixMillis)> {
        let grave = self.graves.get(key)?;
        Some((grave.version, grave.deleted))
    }

    /// Returns whose counters had to go for it.
    pub(super) fn keep(
        &mut self,
        key: Box<str>,
        version: u64,
        deleted: UnixMillis,
    ) -> Vec<Box<str>> {
        let gone = match self.graves.len() >= self.capacity {
            true => self.make_room(deleted),
            false => Vec::new(),
        };
        self.graves.insert(key, Grave { version, deleted });
        gone
    }

    /// Takes back a counter from before; false when its time is over.
    pub(super) fn restore(
        &mut self,
        key: Box<str>,
        version: u64,
        deleted: UnixMillis,
        now: UnixMillis,
    ) -> bool {
        let grave = Grave { version, deleted };
        let fits = grave.is_kept(now) && self.graves.len() < self.capacity;
        if fits {
            self.graves.insert(key, grave);
        }
        fits
    }

    pub(super) fn forget(&mut self, key: &str) {
        self.graves.remove(key);
    }

    /// Forgets what has expired and, where that is not enough, the older half of the rest:
    /// such a shadow begins at version 1 again before its time, which is better than growing without bound.
    fn make_room(&mut self, now: UnixMillis) -> Vec<Box<str>> {
        let mut gone = self.forget_where(|grave| !grave.is_kept(now));
        if self.graves.len() >= self.capacity {
            let mut times: Vec<_> = self.graves.values().map(|grave| grave.deleted).collect();
            times.sort_unstable();
            let median = times.get(times.len() / 2).copied().unwrap_or(now);
            gone.extend(self.forget_where(|grave| grave.deleted <= median));
        }
        gone
    }

    fn forget_where(&mut self, is_over: impl Fn(&Grave) -> bool) -> Vec<Box<str>> {
        let gone = self.graves.extract_if(.., |_, grave| is_over(grave));
        gone.map(|(key, _)| key).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    #[test]
    fn a_counter_is_kept_for_48_hours() {
        let mut counters = Counters::new(9);
        counters.keep("lamp".into(), 3, UnixMillis(HOUR));
        assert_eq!(counters.version("lamp", UnixMillis(49 * HOUR - 1)), 3);
        assert_eq!(counters.version("lamp", UnixMillis(49 * HOUR)), 0);
        assert_eq!(
            counters.version("lamp", UnixMillis(0)),
            3,
            "the clock was set back"
        );
        assert_eq!(counters.version("other", UnixMillis(HOUR)), 0);
        counters.forget("lamp");
        assert_eq!(counters.version("lamp", UnixMillis(HOUR)), 0);
    }

    #[test]
    fn there_are_never_more_than_fit_and_the_newest_stay() {
        let mut counters = Counters::new(4);
        for at in 0..100 {
            counters.keep(at.to_string().into(), 1, UnixMillis(at));
            assert!(counters.graves.len() <= 4);
        }
        assert_eq!(counters.version("99", UnixMillis(100)), 1);
        assert_eq!(counters.version("98", UnixMillis(100)), 1);
    }

    #[test]
    fn the_expired_make_room_first() {
        let mut counters = Counters::new(2);
        counters.keep("old".into(), 1, UnixMillis(0));
        counters.keep("young".into(), 1, UnixMillis(47 * HOUR));
        counters.keep("new".into(), 1, UnixMillis(48 * HOUR));
        assert_eq!(counters.version("young", UnixMillis(48 * HOUR)), 1);
    }
}
