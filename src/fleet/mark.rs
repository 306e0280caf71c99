//! The four bytes that the map draws for a device, and nothing about how they look.
//!
//! | byte | meaning |
//! |---|---|
//! | 0 | [`Shape`] |
//! | 1 | heading in 1/256 turn clockwise from north; 0 unless moving |
//! | 2 | [`Diamond`] |
//! | 3 | reserved, 0 |

use crate::geo::World;

/// What stands at the place of a device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Shape {
    /// No position was ever heard: nothing is drawn.
    #[default]
    Nothing = 0,
    Moving = 1,
    Still = 2,
    Stale = 3,
    Offline = 4,
    Alarm = 5,
}

/// The badge beside the shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Diamond {
    #[default]
    None = 0,
    /// A change is on its way.
    Hollow = 1,
    /// Desired and reported differ.
    Filled = 2,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark(pub [u8; 4]);

impl Mark {
    pub(super) fn new(shape: Shape, heading: u8, diamond: Diamond) -> Self {
        match shape {
            Shape::Nothing => Self::default(),
            Shape::Moving => Self([shape as u8, heading, diamond as u8, 0]),
            _ => Self([shape as u8, 0, diamond as u8, 0]),
        }
    }

    pub(super) fn is_drawn(self) -> bool {
        self.0[0] != Shape::Nothing as u8
    }
}

/// From degrees clockwise from north.
pub(super) fn heading_from_degrees(degrees: f32) -> u8 {
    (degrees / 360.0 * 256.0).round().rem_euclid(256.0) as u8
}

/// The heading of the straight way between two places; the Mercator square keeps angles.
pub(super) fn heading_between(from: World, to: World) -> u8 {
    let east = to.x.wrapping_sub(from.x) as i32 as f32;
    let north = (i64::from(from.y) - i64::from(to.y)) as f32;
    heading_from_degrees(east.atan2(north).to_degrees())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_fill_one_byte() {
        for (degrees, byte) in [
            (0.0, 0),
            (90.0, 64),
            (180.0, 128),
            (270.0, 192),
            (-90.0, 192),
            (359.0, 255),
            (359.9, 0),
        ] {
            assert_eq!(heading_from_degrees(degrees), byte, "{degrees}");
        }
    }

    #[test]
    fn the_way_over_the_antimeridian_leads_east() {
        let at = |x, y| World { x, y };
        assert_eq!(heading_between(at(u32::MAX - 10, 500), at(10, 500)), 64);
        assert_eq!(heading_between(at(10, 500), at(10, 400)), 0);
        assert_eq!(heading_between(at(10, 0), at(10, u32::MAX)), 128);
    }

    #[test]
    fn only_what_moves_has_a_heading_and_what_is_not_drawn_has_nothing() {
        let moving = Mark::new(Shape::Moving, 64, Diamond::Filled);
        assert_eq!(moving.0, [1, 64, 2, 0]);
        assert_eq!(Mark::new(Shape::Stale, 64, Diamond::Hollow).0, [3, 0, 1, 0]);
        let nothing = Mark::new(Shape::Nothing, 64, Diamond::Hollow);
        assert_eq!(nothing.0, [0; 4]);
        assert!(!nothing.is_drawn());
    }
}
