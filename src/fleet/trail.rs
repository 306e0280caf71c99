//! The way that each device came, out of one log of all devices' steps.
//!
//! Each step knows how far back in the log the device's step before lies. The log is a ring: the fleet as a whole
//! remembers its last [`CAPACITY`] steps in at most 6 MB, so a small fleet remembers long and a large one briefly.

use super::Slot;
use crate::geo::World;
use crate::time::UnixMillis;

/// The steps that the whole fleet remembers.
const CAPACITY: u64 = 1 << 19;

/// The longest trail.
pub(super) const MAX_STEPS: usize = 64;

/// Steps of one device that lie closer together in time are not remembered.
const PACE: i64 = 1000;

#[derive(Default)]
pub(super) struct Trails {
    log: Vec<Step>,
    /// Steps ever recorded; step `n` is at `n % CAPACITY` until it is overwritten.
    recorded: u64,
    /// The newest step of each slot.
    newest: Vec<Newest>,
}

#[derive(Clone, Copy)]
struct Step {
    at: World,
    /// How many steps before this one the device's last step was recorded; 0 for none.
    back: u32,
}

#[derive(Clone, Copy, Default)]
struct Newest {
    /// Its number plus one; 0 for none.
    end: u64,
    time: UnixMillis,
}

impl Trails {
    /// Remembers that a device was somewhere, unless its last step is less than a second old.
    pub(super) fn record(&mut self, slot: Slot, at: World, time: UnixMillis) {
        if self.newest.len() <= slot.index() {
            self.newest.resize(slot.index() + 1, Newest::default());
        }
        let newest = &mut self.newest[slot.index()];
        if newest.end > 0 && time.0.abs_diff(newest.time.0) < PACE as u64 {
            return;
        }
        let back = match newest.end {
            0 => 0,
            end => u32::try_from(self.recorded + 1 - end).unwrap_or(0),
        };
        let step = Step { at, back };
        match self.log.get_mut((self.recorded % CAPACITY) as usize) {
            Some(oldest) => *oldest = step,
            None => self.log.push(step),
        }
        self.recorded += 1;
        *newest = Newest {
            end: self.recorded,
            time,
        };
    }

    /// The steps of a device that are still remembered, oldest first.
    pub(super) fn steps(&self, slot: Slot) -> Vec<World> {
        let mut end = self.newest.get(slot.index()).map_or(0, |step| step.end);
        let mut steps = Vec::new();
        while end > 0 && self.recorded - end < CAPACITY && steps.len() < MAX_STEPS {
            let Some(step) = self.log.get(((end - 1) % CAPACITY) as usize) else {
                break;
            };
            steps.push(step.at);
            end = match step.back {
                0 => 0,
                back => end.saturating_sub(u64::from(back)),
            };
        }
        steps.reverse();
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(x: u32) -> World {
        World { x, y: 0 }
    }

    fn xs(trails: &Trails, slot: u32) -> Vec<u32> {
        trails.steps(Slot(slot)).iter().map(|at| at.x).collect()
    }

    #[test]
    fn keeps_the_last_64_steps_of_each_device_apart() {
        let mut trails = Trails::default();
        for step in 0..100 {
            trails.record(Slot(0), world(step), UnixMillis(i64::from(step) * 1000));
            trails.record(
                Slot(5),
                world(1000 + step),
                UnixMillis(i64::from(step) * 1000),
            );
        }
        assert_eq!(xs(&trails, 0), (36..100).collect::<Vec<_>>());
        assert_eq!(xs(&trails, 5), (1036..1100).collect::<Vec<_>>());
        assert!(xs(&trails, 3).is_empty());
        assert!(xs(&trails, 99).is_empty());
    }

    #[test]
    fn one_step_a_second_is_enough() {
        let mut trails = Trails::default();
        for tenth in 0..30 {
            trails.record(Slot(0), world(tenth), UnixMillis(i64::from(tenth) * 100));
        }
        assert_eq!(xs(&trails, 0), [0, 10, 20]);
    }

    #[test]
    fn the_log_is_bounded_and_forgets_the_oldest() {
        let mut trails = Trails::default();
        trails.record(Slot(1), world(7), UnixMillis(0));
        for step in 0..CAPACITY as i64 - 2 {
            trails.record(Slot(0), world(step as u32), UnixMillis(step * 1000));
        }
        trails.record(Slot(1), world(8), UnixMillis(5000));
        assert_eq!(xs(&trails, 1), [7, 8]);
        trails.record(Slot(0), world(1), UnixMillis(i64::MAX / 2));
        assert_eq!(xs(&trails, 1), [8], "its older step was overwritten");
        assert_eq!(trails.log.len(), CAPACITY as usize);
        assert_eq!(trails.steps(Slot(0)).len(), MAX_STEPS);
    }
}
