//! How long to wait before the next attempt: doubling, capped, and jittered so that clients do not come in step.

use std::time::Duration;

use crate::rng::Rng;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);

/// The attempts since the link last stood.
#[derive(Clone, Debug)]
pub(super) struct Backoff {
    attempts: u32,
    rng: Rng,
}

impl Backoff {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            attempts: 0,
            rng: Rng::new(seed),
        }
    }

    /// Half to all of the present step, which doubles each time.
    pub(super) fn next(&mut self) -> Duration {
        let step = (FIRST * 2u32.saturating_pow(self.attempts.min(10))).min(LONGEST);
        self.attempts += 1;
        step.mul_f64(0.5 + self.rng.unit() / 2.0)
    }

    pub(super) fn reset(&mut self) {
        self.attempts = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_to_a_cap_within_its_jitter() {
        let mut backoff = Backoff::new(1);
        for full in [1, 2, 4, 8, 16, 30, 30, 30] {
            let full = Duration::from_secs(full);
            let delay = backoff.next();
            assert!(delay >= full / 2 && delay <= full, "{delay:?} for {full:?}");
        }
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }
}
