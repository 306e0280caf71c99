//! Where the devices drive: the grid of Kyoto's streets, and the roads to Osaka, Nara and Otsu.
//! Places are metres east and north of the middle of the grid.

use std::sync::Arc;

use gnomon::geo::LngLat;

/// The middle of the grid, in degrees.
const CENTRE: LngLat = LngLat {
    lng: 135.7681,
    lat: 35.0075,
};
const METRES_PER_DEGREE: f64 = 111_320.0;
/// Points of a road between two of those it was given by.
const STEPS: usize = 12;

/// Metres east and north.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) east: f64,
    pub(super) north: f64,
}

impl Place {
    pub(super) fn lng_lat(self) -> LngLat {
        LngLat {
            lng: CENTRE.lng + self.east / metres_per_degree_east(),
            lat: CENTRE.lat + self.north / METRES_PER_DEGREE,
        }
    }

    fn from_lng_lat(lng: f64, lat: f64) -> Self {
        Self {
            east: (lng - CENTRE.lng) * metres_per_degree_east(),
            north: (lat - CENTRE.lat) * METRES_PER_DEGREE,
        }
    }

    pub(super) fn plus(self, other: Self, times: f64) -> Self {
        Self {
            east: self.east + other.east * times,
            north: self.north + other.north * times,
        }
    }

    pub(super) fn minus(self, other: Self) -> Self {
        self.plus(other, -1.0)
    }

    pub(super) fn length(self) -> f64 {
        self.east.hypot(self.north)
    }
}

fn metres_per_degree_east() -> f64 {
    METRES_PER_DEGREE * CENTRE.lat.to_radians().cos()
}

/// The long roads, each driven there and back.
#[derive(Debug)]
pub(super) struct Roads(Vec<Arc<[Place]>>);

impl Roads {
    pub(super) fn new() -> Self {
        let roads = [OSAKA, NARA, OTSU];
        Self(roads.iter().map(|points| curve(points)).collect())
    }

    pub(super) fn road(&self, number: usize) -> Arc<[Place]> {
        self.0[number % self.0.len()].clone()
    }
}

/// Roughly National Route 1, longitude and latitude.
const OSAKA: &[(f64, f64)] = &[
    (135.7588, 34.9858),
    (135.7485, 34.9600),
    (135.7440, 34.9290),
    (135.7180, 34.8960),
    (135.6800, 34.8620),
    (135.6480, 34.8150),
    (135.6170, 34.7690),
    (135.5760, 34.7370),
    (135.5350, 34.7120),
    (135.5030, 34.6950),
];

/// Roughly National Route 24.
const NARA: &[(f64, f64)] = &[
    (135.7640, 34.9850),
    (135.7690, 34.9490),
    (135.7850, 34.9120),
    (135.7960, 34.8850),
    (135.7880, 34.8520),
    (135.7950, 34.8020),
    (135.8180, 34.7420),
    (135.8120, 34.7090),
    (135.8290, 34.6850),
];

/// Over the pass and along the shore of Lake Biwa.
const OTSU: &[(f64, f64)] = &[
    (135.7720, 35.0085),
    (135.7940, 35.0000),
    (135.8170, 34.9925),
    (135.8400, 34.9935),
    (135.8580, 35.0030),
    (135.8690, 35.0110),
    (135.8850, 35.0400),
    (135.9120, 35.0720),
];

/// A smooth curve through all points (Catmull and Rom).
fn curve(points: &[(f64, f64)]) -> Arc<[Place]> {
    let places: Vec<_> = points
        .iter()
        .map(|&(lng, lat)| Place::from_lng_lat(lng, lat))
        .collect();
    let at = |index: isize| places[index.clamp(0, places.len() as isize - 1) as usize];
    let mut curve = Vec::with_capacity(places.len() * STEPS);
    for index in 0..places.len() as isize - 1 {
        let around = [at(index - 1), at(index), at(index + 1), at(index + 2)];
        for step in 0..STEPS {
            curve.push(between(around, step as f64 / STEPS as f64));
        }
    }
    curve.extend(places.last());
    curve.into()
}

/// The place at `t` of the way from the second to the third of four places.
fn between([a, b, c, d]: [Place; 4], t: f64) -> Place {
    let weights = [
        ((2.0 - t) * t - 1.0) * t,
        (3.0 * t - 5.0) * t * t + 2.0,
        ((4.0 - 3.0 * t) * t + 1.0) * t,
        (t - 1.0) * t * t,
    ];
    let zero = Place {
        east: 0.0,
        north: 0.0,
    };
    [a, b, c, d]
        .into_iter()
        .zip(weights)
        .fold(zero, |sum, (place, weight)| sum.plus(place, weight / 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gnomon::geo::metres_between;

    #[test]
    fn roads_go_through_their_points_without_jumps() {
        for points in [OSAKA, NARA, OTSU] {
            let curve = curve(points);
            for (index, &(lng, lat)) in points.iter().enumerate() {
                let place = curve[index * STEPS].lng_lat();
                assert!(metres_between(place, LngLat { lng, lat }) < 1.0);
            }
            for pair in curve.windows(2) {
                let step = pair[1].minus(pair[0]).length();
                assert!((1.0..1000.0).contains(&step), "a step of {step} m");
            }
        }
    }
}
