//! The smallest rectangle that holds every drawn device, over the antimeridian where that is smaller.

use super::Fleet;
use crate::geo::{Bounds, World};

/// Strips from west to east in which the widest empty part of the world is looked for.
const STRIPS: usize = 256;

/// The last answer, and the revision of positions that it was worked out for.
#[derive(Default)]
pub(super) struct Extent {
    moved: u64,
    bounds: Option<Bounds>,
}

impl Fleet {
    /// None when no device is drawn.
    pub fn extent(&mut self) -> Option<Bounds> {
        if self.extent.moved != self.revisions.moved {
            self.extent = Extent {
                moved: self.revisions.moved,
                bounds: bounds_of(self.drawn().map(|(_, at)| at)),
            };
        }
        self.extent.bounds
    }
}

fn bounds_of(places: impl Iterator<Item = World>) -> Option<Bounds> {
    let mut strips: [Option<(u32, u32)>; STRIPS] = [None; STRIPS];
    let (mut north, mut south) = (u32::MAX, 0);
    for World { x, y } in places {
        let strip = &mut strips[(x >> 24) as usize];
        let (west, east) = strip.unwrap_or((x, x));
        *strip = Some((west.min(x), east.max(x)));
        north = north.min(y);
        south = south.max(y);
    }
    // The rectangle begins east of the widest gap and ends west of it.
    let used: Vec<(u32, u32)> = strips.iter().flatten().copied().collect();
    let next = used.iter().cycle().skip(1);
    let (west, east) = used
        .iter()
        .zip(next)
        .map(|((_, east), (west, _))| (*west, *east))
        .max_by_key(|(west, east)| west.wrapping_sub(*east))?;
    Some(Bounds {
        north_west: World { x: west, y: north },
        width: east.wrapping_sub(west),
        height: south - north,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(xs: &[u32], west: u32, width: u32) {
        let places = xs.iter().map(|x| World { x: *x, y: 5 });
        let expected = Bounds {
            north_west: World { x: west, y: 5 },
            width,
            height: 0,
        };
        assert_eq!(bounds_of(places), Some(expected), "{xs:?}");
    }

    #[test]
    fn is_the_smaller_way_around_the_world() {
        check(&[7], 7, 0);
        check(&[7, 9, 7], 7, 2);
        check(&[1 << 24, 3 << 24, 2 << 24], 1 << 24, 2 << 24);
        check(&[u32::MAX - 9, 10], u32::MAX - 9, 20);
        check(&[u32::MAX - 9, 10, 3 << 30], 3 << 30, 0x4000_000a);
    }

    #[test]
    fn spans_from_the_northernmost_to_the_southernmost() {
        let places = [World { x: 1, y: 70 }, World { x: 5, y: 30 }];
        let expected = Bounds {
            north_west: World { x: 1, y: 30 },
            width: 4,
            height: 40,
        };
        assert_eq!(bounds_of(places.into_iter()), Some(expected));
        assert_eq!(bounds_of([].into_iter()), None);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn holds_every_place_and_is_never_wider_than_the_plain_rectangle(
            places in prop::collection::vec(any::<(u32, u32)>(), 1..20)
        ) {
            let places: Vec<World> = places.into_iter().map(|(x, y)| World { x, y }).collect();
            let bounds = bounds_of(places.iter().copied()).unwrap();
            prop_assert!(places.iter().all(|at| bounds.contains(*at)));
            let west = places.iter().map(|at| at.x).min().unwrap();
            let east = places.iter().map(|at| at.x).max().unwrap();
            prop_assert!(bounds.width <= east - west);
        }
    }
}
