//! The shapes of marks as numbers, for a shader that draws any of them by one formula without branches.

use std::f32::consts::FRAC_1_SQRT_2;

use crate::map::tokens::{Colour, Palette};

/// The sum of two half-planes and a circle, in px. With `aside` and `ahead` the distances from the axis of the
/// heading and along it, and q = (aside, ahead, |ahead|, |aside - |ahead||), a point lies inside where
/// dot(q, first) < limits.0, dot(q.xy, second) < limits.1 and its distance from the middle is below the radius.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    pub first: [f32; 4],
    pub second: [f32; 2],
    pub limits: [f32; 2],
    pub radius: f32,
    /// Deeper inside than this the shape is hollow.
    pub hollow: f32,
    /// Width of the halo around it.
    pub halo: f32,
    pub colour: Colour,
}

/// No half-plane, no hollow: farther away than anything.
const NONE: f32 = 99.0;

/// How many kinds there are: the shape of mark S is kind S, the rest are named below.
pub const KINDS: usize = 16;
/// Dots stand for the mark S as kind DOTS + S.
pub const DOTS: i32 = 5;
/// The badge B is kind BADGES + B.
pub const BADGES: i32 = 10;
pub const ALARM_BAR: i32 = 13;
pub const ALARM_DOT: i32 = 14;
pub const RING: i32 = 15;

/// Every kind, by its number.
pub fn kinds(palette: &Palette) -> [Shape; KINDS] {
    let Palette {
        device,
        stale,
        bad,
        sun,
        accent,
        halo,
        ..
    } = *palette;
    let dot = |colour| bare(circle(2.0, colour));
    [
        circle(0.0, device),
        arrow(device),
        circle(4.3, device),
        hollow(circle(4.3, stale), 1.4),
        cross(stale),
        triangle(bad),
        dot(device),
        dot(device),
        dot(stale),
        dot(stale),
        dot(bad),
        hollow(diamond(sun), 1.4),
        diamond(sun),
        bare(bar(halo)),
        bare(circle(1.0, halo)),
        hollow(circle(15.0, accent), 2.4),
    ]
}

fn circle(radius: f32, colour: Colour) -> Shape {
    Shape {
        first: [0.0; 4],
        second: [0.0; 2],
        limits: [NONE; 2],
        radius,
        hollow: NONE,
        halo: 1.4,
        colour,
    }
}

fn arrow(colour: Colour) -> Shape {
    Shape {
        first: [0.931, 0.366, 0.0, 0.0],
        second: [-0.476, -0.879],
        limits: [2.635, 2.549],
        ..circle(7.6, colour)
    }
}

fn cross(colour: Colour) -> Shape {
    Shape {
        first: [0.0, 0.0, 0.0, FRAC_1_SQRT_2],
        limits: [1.0, NONE],
        ..circle(6.0, colour)
    }
}

fn triangle(colour: Colour) -> Shape {
    Shape {
        first: [0.852, 0.524, 0.0, 0.0],
        second: [0.0, -1.0],
        limits: [3.98, 5.6],
        ..circle(9.2, colour)
    }
}

fn diamond(colour: Colour) -> Shape {
    Shape {
        first: [FRAC_1_SQRT_2, 0.0, FRAC_1_SQRT_2, 0.0],
        limits: [3.0, NONE],
        halo: 1.0,
        ..circle(5.0, colour)
    }
}

fn bar(colour: Colour) -> Shape {
    Shape {
        first: [1.0, 0.0, 0.0, 0.0],
        limits: [0.9, NONE],
        ..circle(2.6, colour)
    }
}

fn hollow(shape: Shape, hollow: f32) -> Shape {
    Shape { hollow, ..shape }
}

fn bare(shape: Shape) -> Shape {
    Shape { halo: 0.0, ..shape }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::tokens::Theme;

    /// The formula of the shader, for a heading to the north; y points down.
    fn is_inside(shape: &Shape, x: f32, y: f32) -> bool {
        let (aside, ahead) = (x.abs(), -y);
        let q = [aside, ahead, y.abs(), (aside - y.abs()).abs()];
        let first: f32 = q.iter().zip(shape.first).map(|(q, n)| q * n).sum();
        let second = aside * shape.second[0] + ahead * shape.second[1];
        first < shape.limits[0] && second < shape.limits[1] && x.hypot(y) < shape.radius
    }

    fn check(kind: usize, inside: &[(f32, f32)], outside: &[(f32, f32)]) {
        let shape = kinds(Theme::Light.palette())[kind];
        for &(x, y) in inside {
            assert!(is_inside(&shape, x, y), "({x}, {y}) is inside of {kind}");
        }
        for &(x, y) in outside {
            assert!(!is_inside(&shape, x, y), "({x}, {y}) is outside of {kind}");
        }
    }

    #[test]
    fn an_arrow_points_ahead_and_is_notched_behind() {
        check(
            1,
            &[(0.0, -7.0), (0.0, 2.0), (4.0, 4.4)],
            &[(0.0, 4.0), (3.0, -5.0)],
        );
    }

    #[test]
    fn a_cross_has_four_arms_along_the_diagonals() {
        check(
            4,
            &[(0.0, 0.0), (4.0, 4.0), (-4.0, 4.0)],
            &[(4.0, 0.0), (0.0, 4.0), (5.0, 5.0)],
        );
    }

    #[test]
    fn a_triangle_stands_on_its_base() {
        check(
            5,
            &[(0.0, -7.0), (7.0, 5.0), (-7.0, 5.0)],
            &[(4.0, -5.0), (0.0, 6.0)],
        );
    }

    #[test]
    fn a_diamond_stands_on_its_tip() {
        check(
            (BADGES + 2) as usize,
            &[(4.0, 0.0), (0.0, -4.0)],
            &[(3.0, 3.0)],
        );
    }
}
