//! Where one device was last, and whether it moves.

use super::FixView;
use super::mark::{heading_between, heading_from_degrees};
use crate::geo::World;
use crate::location::Fix;
use crate::time::UnixMillis;

/// From this speed in metres a second on a device moves.
const MOVING_SPEED: f32 = 0.5;

/// A device that tells no speed moves when it comes this far, in metres, ...
const MOVING_DISTANCE: f64 = 5.0;

/// ... within this time in milliseconds.
const MOVING_TIME: i64 = 30_000;

/// A device whose clock is ahead by more milliseconds is not believed.
const MOST_AHEAD: i64 = 5 * 60_000;

/// The newest fix of a device.
#[derive(Clone, Copy)]
pub(super) struct Track {
    pub(super) fix: FixView,
    pub(super) world: World,
    pub(super) moving: bool,
    /// As in a mark. The device's own word, else the way it came.
    pub(super) heading: u8,
    /// `fix.at` is what the device says, not when it was heard.
    pub(super) own_clock: bool,
    /// Where and when it was last seen to have come far, or to have stood for long.
    anchor: (World, UnixMillis),
}

impl Track {
    pub(super) fn begin(fix: &Fix, now: UnixMillis) -> Self {
        let (at, own_clock) = time_of(fix, now);
        let world = World::from_lng_lat(fix.position);
        Self {
            fix: view(fix, at),
            world,
            moving: fix.speed.is_some_and(|speed| speed >= MOVING_SPEED),
            heading: fix.heading.map_or(0, heading_from_degrees),
            own_clock,
            anchor: (world, at),
        }
    }

    /// Takes a fix over, unless it is older by the device's own clock than the one before.
    pub(super) fn follow(&mut self, fix: &Fix, now: UnixMillis) {
        let (at, own_clock) = time_of(fix, now);
        if own_clock && self.own_clock && at < self.fix.at {
            return;
        }
        // A parked device repeats itself, and projecting is the dearest step of all.
        if fix.position != self.fix.position {
            self.world = World::from_lng_lat(fix.position);
        }
        self.fix = view(fix, at);
        self.own_clock = own_clock;
        if fix.speed.is_none() || fix.heading.is_none() {
            self.infer(at);
        }
        if let Some(speed) = fix.speed {
            self.moving = speed >= MOVING_SPEED;
        }
        if let Some(heading) = fix.heading {
            self.heading = heading_from_degrees(heading);
        }
    }

    /// Motion and heading from the way since the anchor.
    fn infer(&mut self, at: UnixMillis) {
        let (from, since) = self.anchor;
        let soon = at.0.saturating_sub(since.0) <= MOVING_TIME;
        let far = metres(from, self.world, self.fix.position.lat) > MOVING_DISTANCE;
        if far {
            self.heading = heading_between(from, self.world);
        }
        if far || !soon {
            self.moving = far && soon;
            self.anchor = (self.world, at);
        }
    }
}

/// Metres between two near places, `latitude` in degrees being that of either.
fn metres(a: World, b: World, latitude: f64) -> f64 {
    const METRES_PER_UNIT: f64 = 40_075_016.686 / 4_294_967_296.0;
    let east = f64::from(b.x.wrapping_sub(a.x) as i32);
    let south = f64::from(b.y) - f64::from(a.y);
    east.hypot(south) * METRES_PER_UNIT * latitude.to_radians().cos()
}

fn time_of(fix: &Fix, now: UnixMillis) -> (UnixMillis, bool) {
    match fix.time {
        Some(time) if time.0 <= now.0.saturating_add(MOST_AHEAD) => (time, true),
        _ => (now, false),
    }
}

fn view(fix: &Fix, at: UnixMillis) -> FixView {
    FixView {
        position: fix.position,
        at,
        altitude: fix.altitude,
        speed: fix.speed,
        heading: fix.heading,
        accuracy: fix.accuracy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::{LngLat, metres_between};

    /// A fix so many metres north of Kyoto.
    fn north(metres: f64) -> Fix {
        Fix {
            position: LngLat {
                lng: 135.7848895,
                lat: 35.0115832 + metres / 111_195.0,
            },
            time: None,
            altitude: None,
            speed: None,
            heading: None,
            accuracy: None,
        }
    }

    fn seconds(seconds: i64) -> UnixMillis {
        UnixMillis(1_790_676_000_000 + seconds * 1000)
    }

    #[test]
    fn a_given_speed_decides() {
        let fix = |speed| Fix {
            speed: Some(speed),
            ..north(0.0)
        };
        let mut track = Track::begin(&fix(0.5), seconds(0));
        assert!(track.moving);
        track.follow(
            &Fix {
                speed: Some(0.4),
                ..north(100.0)
            },
            seconds(1),
        );
        assert!(!track.moving);
    }

    #[test]
    fn without_a_speed_five_metres_within_half_a_minute_are_motion() {
        let mut track = Track::begin(&north(0.0), seconds(0));
        assert!(!track.moving);
        track.follow(&north(4.0), seconds(1));
        assert!(!track.moving, "within the noise of a receiver");
        track.follow(&north(6.0), seconds(2));
        assert!(track.moving);
        assert_eq!(track.heading, 0);
        track.follow(&north(6.0), seconds(30));
        assert!(track.moving, "may have stopped at a light");
        track.follow(&north(6.0), seconds(33));
        assert!(!track.moving);
        track.follow(&north(1000.0), seconds(100));
        assert!(!track.moving, "too long ago to tell");
    }

    #[test]
    fn many_small_steps_are_motion_too() {
        let mut track = Track::begin(&north(0.0), seconds(0));
        for step in 1..=100 {
            track.follow(
                &north(-f64::from(step)),
                UnixMillis(seconds(0).0 + i64::from(step) * 100),
            );
        }
        assert!(track.moving);
        assert_eq!(track.heading, 128);
    }

    #[test]
    fn an_older_fix_does_not_overwrite_a_newer_one() {
        let at = |metres, time| Fix {
            time: Some(seconds(time)),
            ..north(metres)
        };
        let mut track = Track::begin(&at(0.0, 10), seconds(11));
        track.follow(&at(50.0, 9), seconds(12));
        assert_eq!(track.fix.position, north(0.0).position);
        track.follow(&at(50.0, 10), seconds(12));
        assert_eq!(track.fix.position, north(50.0).position);
        track.follow(&north(70.0), seconds(13));
        assert_eq!(track.fix.at, seconds(13));
        track.follow(&at(80.0, 12), seconds(14));
        assert_eq!(
            track.fix.at,
            seconds(12),
            "arrival and own clock are not compared"
        );
    }

    #[test]
    fn a_clock_far_ahead_is_not_believed() {
        let fix = Fix {
            time: Some(seconds(301)),
            ..north(0.0)
        };
        assert_eq!(Track::begin(&fix, seconds(0)).fix.at, seconds(0));
        assert_eq!(Track::begin(&fix, seconds(1)).fix.at, seconds(301));
    }

    #[test]
    fn near_distances_agree_with_the_great_circle() {
        let (a, b) = (
            north(0.0).position,
            LngLat {
                lng: 135.786,
                lat: 35.0121,
            },
        );
        let near = metres(World::from_lng_lat(a), World::from_lng_lat(b), a.lat);
        let exact = metres_between(a, b);
        assert!((near / exact - 1.0).abs() < 0.005, "{near} {exact}");
    }
}
