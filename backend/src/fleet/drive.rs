//! How a device moves: from corner to corner along streets, slower where it turns, with stops, and with its heading
//! turning as it does.

use std::sync::Arc;

use gnomon::rng::Rng;

use super::roads::{Place, Roads};

const BLOCK: f64 = 250.0;
/// Blocks from the middle of the grid to its edge.
const EDGE: f64 = 14.0;
/// Where a turn begins, in metres before the corner.
const TURN: f64 = 18.0;
const ACCELERATION: f64 = 1.3;
const BRAKING: f64 = 1.8;
const SLOW: f64 = 5.0;

/// A device on its way. Speeds in metres a second.
#[derive(Debug)]
pub(super) struct Drive {
    rng: Rng,
    way: Way,
    /// The corners behind it, at both ends of its present street, and after.
    before: Place,
    from: Place,
    to: Place,
    after: Place,
    along: f64,
    speed: f64,
    stop: Stop,
}

#[derive(Debug)]
enum Way {
    Streets,
    Road {
        places: Arc<[Place]>,
        /// Index of `after`.
        index: usize,
        back: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stop {
    None,
    /// At the next corner.
    Ahead,
    /// For so many seconds more.
    Standing(f64),
}

impl Drive {
    /// Every fifth device is on a long road.
    pub(super) fn new(index: u32, roads: &Roads, mut rng: Rng) -> Self {
        let (way, corners) = if index % 5 == 4 {
            let places = roads.road(index as usize / 5);
            let first = rng.below(places.len() as u64 - 3) as usize;
            let corners = [
                places[first],
                places[first],
                places[first + 1],
                places[first + 2],
            ];
            let index = first + 2;
            let back = false;
            (
                Way::Road {
                    places,
                    index,
                    back,
                },
                corners,
            )
        } else {
            let mut block = || (rng.below(2 * EDGE as u64) as f64 - EDGE) * BLOCK;
            let from = Place {
                east: block(),
                north: block(),
            };
            let inwards = |at: f64| if at > 0.0 { -BLOCK } else { BLOCK };
            let step = match rng.below(2) {
                0 => Place {
                    east: inwards(from.east),
                    north: 0.0,
                },
                _ => Place {
                    east: 0.0,
                    north: inwards(from.north),
                },
            };
            let to = from.plus(step, 1.0);
            (Way::Streets, [from, from, to, to])
        };
        let [before, from, to, after] = corners;
        let mut drive = Self {
            rng,
            way,
            before,
            from,
            to,
            after,
            along: 0.0,
            speed: SLOW,
            stop: Stop::None,
        };
        if matches!(drive.way, Way::Streets) {
            drive.after = drive.next_corner();
        }
        drive.along = drive.rng.unit() * drive.street().length();
        drive
    }

    pub(super) fn speed(&self) -> f64 {
        self.speed
    }

    pub(super) fn is_on_road(&self) -> bool {
        matches!(self.way, Way::Road { .. })
    }

    /// Moves on for some seconds, at most a speed of `cruise`.
    pub(super) fn advance(&mut self, seconds: f64, cruise: f64) {
        let steps = seconds.ceil().clamp(1.0, 60.0);
        for _ in 0..steps as u32 {
            self.step(seconds / steps, cruise);
        }
    }

    /// Where it is, and its heading in degrees clockwise from north.
    pub(super) fn place(&self) -> (Place, f64) {
        let street = self.street();
        let left = street.length() - self.along;
        let (behind, ahead) = (self.before_street(), self.after.minus(self.to));
        let turn_out = turn_length(behind, street);
        let turn_in = turn_length(street, ahead);
        if self.along < turn_out {
            return on_turn(self.from, behind, street, 0.5 + self.along / turn_out / 2.0);
        }
        if left < turn_in {
            return on_turn(self.to, street, ahead, 0.5 - left / turn_in / 2.0);
        }
        let place = self.from.plus(unit(street), self.along);
        (place, heading(street))
    }

    fn street(&self) -> Place {
        self.to.minus(self.from)
    }

    fn before_street(&self) -> Place {
        self.from.minus(self.before)
    }

    fn step(&mut self, seconds: f64, cruise: f64) {
        if let Stop::Standing(left) = self.stop {
            self.stop = match left - seconds {
                left if left > 0.0 => Stop::Standing(left),
                _ => Stop::None,
            };
            return;
        }
        let left = self.street().length() - self.along;
        let at_corner = self.speed_at_corner(cruise);
        let target = cruise.min((at_corner * at_corner + 2.0 * BRAKING * left.max(0.0)).sqrt());
        let change = (target - self.speed).clamp(-2.0 * BRAKING * seconds, ACCELERATION * seconds);
        self.speed += change;
        self.along += self.speed * seconds;
        if self.stop == Stop::Ahead && self.along + 3.0 > self.street().length() {
            self.speed = 0.0;
            let wait = self.rng.unit();
            // Mostly lights, now and then a delivery.
            self.stop = Stop::Standing(if wait < 0.9 { 4.0 + wait * 20.0 } else { 60.0 });
        }
        while self.along >= self.street().length() {
            self.along -= self.street().length();
            self.pass_corner();
        }
    }

    fn speed_at_corner(&self, cruise: f64) -> f64 {
        if self.stop == Stop::Ahead {
            return 0.0;
        }
        match turn_angle(self.street(), self.after.minus(self.to)) {
            angle if angle < 0.5 => cruise,
            _ => SLOW.min(cruise),
        }
    }

    fn pass_corner(&mut self) {
        self.before = self.from;
        self.from = self.to;
        self.to = self.after;
        self.after = self.next_corner();
        let often = if self.is_on_road() { 0.03 } else { 0.2 };
        let turns_back = turn_angle(self.street(), self.after.minus(self.to)) > 3.0;
        if turns_back || self.rng.unit() < often {
            self.stop = Stop::Ahead;
        }
    }

    /// The corner after the next one.
    fn next_corner(&mut self) -> Place {
        let street = unit(self.street());
        match &mut self.way {
            Way::Streets => {
                let right = Place {
                    east: street.north,
                    north: -street.east,
                };
                let left = Place {
                    east: -right.east,
                    north: -right.north,
                };
                let choices = match self.rng.below(6) {
                    0 => [right, street, left],
                    1 => [left, street, right],
                    2 => [street, left, right],
                    _ => [street, right, left],
                };
                let next = choices.map(|direction| self.to.plus(direction, BLOCK));
                next.into_iter()
                    .find(|place| is_inside(*place))
                    .unwrap_or(self.from)
            }
            Way::Road {
                places,
                index,
                back,
            } => {
                if *index == 0 || *index + 1 == places.len() {
                    *back = *index != 0;
                }
                *index = if *back { *index - 1 } else { *index + 1 };
                places[*index]
            }
        }
    }
}

fn is_inside(place: Place) -> bool {
    let edge = EDGE * BLOCK + 1.0;
    place.east.abs() < edge && place.north.abs() < edge
}

fn unit(way: Place) -> Place {
    let length = way.length().max(1e-9);
    Place {
        east: way.east / length,
        north: way.north / length,
    }
}

fn heading(way: Place) -> f64 {
    way.east.atan2(way.north).to_degrees().rem_euclid(360.0)
}

/// Radians between two directions, 0 to pi.
fn turn_angle(one: Place, two: Place) -> f64 {
    let (one, two) = (unit(one), unit(two));
    (one.east * two.east + one.north * two.north)
        .clamp(-1.0, 1.0)
        .acos()
}

/// How far before and after the corner a turn reaches; 0 where there is none.
fn turn_length(one: Place, two: Place) -> f64 {
    TURN.min(one.length() / 2.0).min(two.length() / 2.0)
}

/// On the curve around a corner, from `t` = 0 where it begins to 1 where it ends.
fn on_turn(corner: Place, one: Place, two: Place, t: f64) -> (Place, f64) {
    let reach = turn_length(one, two);
    let (into, out) = (unit(one), unit(two));
    let start = corner.plus(into, -reach * (1.0 - t) * (1.0 - t));
    let place = start.plus(out, reach * t * t);
    let zero = Place {
        east: 0.0,
        north: 0.0,
    };
    let direction = zero.plus(into, 1.0 - t).plus(out, t);
    // Turning back on the spot has no direction in its middle.
    let direction = if direction.length() < 1e-6 {
        out
    } else {
        direction
    };
    (place, heading(direction))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drives() -> Vec<Drive> {
        let roads = Roads::new();
        (0..20)
            .map(|index| Drive::new(index, &roads, Rng::new(u64::from(index) + 7)))
            .collect()
    }

    #[test]
    fn never_jumps_and_never_outruns_its_speed() {
        for mut drive in drives() {
            let mut last = drive.place().0;
            for second in 0..5000 {
                drive.advance(1.0, 14.0);
                let (place, heading) = drive.place();
                let moved = place.minus(last).length();
                assert!(moved <= 17.0, "{moved} m in second {second}");
                assert!((0.0..360.0).contains(&heading));
                last = place;
            }
        }
    }

    #[test]
    fn headings_turn_smoothly_while_it_drives() {
        for mut drive in drives() {
            let mut last = drive.place().1;
            for _ in 0..5000 {
                drive.advance(0.5, 12.0);
                let heading = drive.place().1;
                let turned = (heading - last + 540.0).rem_euclid(360.0) - 180.0;
                // Only a standing device turns back on the spot.
                assert!(
                    turned.abs() < 60.0 || drive.speed() < 6.0,
                    "{turned} degrees"
                );
                last = heading;
            }
        }
    }

    #[test]
    fn it_drives_and_it_stops() {
        for mut drive in drives() {
            let (mut driven, mut stood) = (0, 0);
            for _ in 0..5000 {
                drive.advance(1.0, 12.0);
                match drive.speed() {
                    0.0 => stood += 1,
                    _ => driven += 1,
                }
            }
            assert!(
                driven > 1500 && stood > 5,
                "{driven} s driven, {stood} s stood"
            );
        }
    }

    #[test]
    fn streets_stay_around_kyoto() {
        for mut drive in drives().into_iter().filter(|drive| !drive.is_on_road()) {
            drive.advance(36_000.0, 12.0);
            assert!(is_inside(drive.place().0));
        }
    }
}
