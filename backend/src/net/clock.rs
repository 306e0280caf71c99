//! The computer's clocks as the numbers that the pure code wants.

use std::time::{Duration, Instant as StdInstant, SystemTime, UNIX_EPOCH};

use gnomon::time::{Instant, Now, UnixMillis};

/// Counts from its own making.
#[derive(Debug)]
pub(super) struct Clock(StdInstant);

impl Clock {
    pub(super) fn start() -> Self {
        Self(StdInstant::now())
    }

    pub(super) fn now(&self) -> Now {
        let wall = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Now {
            instant: Instant(self.0.elapsed().as_millis() as u64),
            wall: UnixMillis(wall.as_millis() as i64),
        }
    }

    /// How long until then; zero when it has passed.
    pub(super) fn until(&self, at: Instant) -> Duration {
        Duration::from_millis(at.0).saturating_sub(self.0.elapsed())
    }
}
