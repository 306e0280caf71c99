//! Places: degrees as people and payloads write them, and Web Mercator as the map draws it.
//!
//! `World` divides the whole Web Mercator square into 2^32 by 2^32 units (9.3 mm at the equator).
//! Subtracting two of its coordinates with wrap-around is right across the antimeridian too.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

/// The latitude in degrees where the Web Mercator square ends.
pub const MAX_LATITUDE: f64 = 85.051_128_779_806_59;

const UNITS: f64 = 4_294_967_296.0;

/// A position in degrees (WGS 84), longitude first.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LngLat {
    pub lng: f64,
    pub lat: f64,
}

/// A position in the Web Mercator square, x to the east and y to the south.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct World {
    pub x: u32,
    pub y: u32,
}

/// A rectangle of the Web Mercator square: everything up to `width` east and `height` south of a corner.
/// It may reach over the antimeridian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    pub north_west: World,
    pub width: u32,
    pub height: u32,
}

impl World {
    /// Projects; latitudes beyond [`MAX_LATITUDE`] are drawn at the edge.
    pub fn from_lng_lat(position: LngLat) -> Self {
        let turns = (position.lng + 180.0) / 360.0;
        let sin = position
            .lat
            .clamp(-MAX_LATITUDE, MAX_LATITUDE)
            .to_radians()
            .sin();
        let down = 0.5 - ((1.0 + sin) / (1.0 - sin)).ln() / (4.0 * PI);
        Self {
            x: (turns.rem_euclid(1.0) * UNITS) as u32,
            y: (down * UNITS).clamp(0.0, UNITS - 1.0) as u32,
        }
    }

    /// The position in degrees, longitude in -180..180.
    pub fn lng_lat(self) -> LngLat {
        let lng = f64::from(self.x) / UNITS * 360.0 - 180.0;
        let lat = (PI * (1.0 - 2.0 * f64::from(self.y) / UNITS))
            .sinh()
            .atan()
            .to_degrees();
        LngLat { lng, lat }
    }
}

impl Bounds {
    pub fn contains(&self, point: World) -> bool {
        point.x.wrapping_sub(self.north_west.x) <= self.width
            && point.y.wrapping_sub(self.north_west.y) <= self.height
    }
}

/// Great-circle distance in metres on a sphere of the mean earth radius.
pub fn metres_between(a: LngLat, b: LngLat) -> f64 {
    const EARTH_RADIUS: f64 = 6_371_008.8;
    let (lat_a, lat_b) = (a.lat.to_radians(), b.lat.to_radians());
    let half_lat = ((lat_b - lat_a) / 2.0).sin();
    let half_lng = ((b.lng - a.lng).to_radians() / 2.0).sin();
    let h = half_lat * half_lat + lat_a.cos() * lat_b.cos() * half_lng * half_lng;
    2.0 * EARTH_RADIUS * h.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_round_trip(lng: f64, lat: f64) {
        let position = LngLat { lng, lat };
        let back = World::from_lng_lat(position).lng_lat();
        let error = metres_between(position, back);
        assert!(error < 0.02, "{position:?} came back {error} m away");
    }

    #[test]
    fn projecting_there_and_back_stays_within_two_centimetres() {
        for (lng, lat) in [
            (0.0, 0.0),
            (135.7848895, 35.0115832),
            (-180.0, 85.05),
            (179.999999, -85.05),
            (-0.0000001, 51.4779),
        ] {
            check_round_trip(lng, lat);
        }
    }

    #[test]
    fn poles_are_drawn_at_the_edge() {
        let pole = World::from_lng_lat(LngLat {
            lng: 0.0,
            lat: 90.0,
        });
        assert_eq!(pole.y, 0);
        let pole = World::from_lng_lat(LngLat {
            lng: 0.0,
            lat: -90.0,
        });
        assert!(pole.y > u32::MAX - 16);
    }

    #[test]
    fn bounds_reach_over_the_antimeridian() {
        let bounds = Bounds {
            north_west: World {
                x: u32::MAX - 100,
                y: 1000,
            },
            width: 200,
            height: 50,
        };
        assert!(bounds.contains(World { x: 50, y: 1020 }));
        assert!(!bounds.contains(World { x: 150, y: 1020 }));
        assert!(!bounds.contains(World { x: 50, y: 999 }));
    }

    #[test]
    fn kyoto_to_tokyo_is_about_364_kilometres() {
        let kyoto = LngLat {
            lng: 135.7681,
            lat: 35.0116,
        };
        let tokyo = LngLat {
            lng: 139.6917,
            lat: 35.6895,
        };
        assert!((metres_between(kyoto, tokyo) - 364_500.0).abs() < 2_000.0);
    }
}
