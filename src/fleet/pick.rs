//! Which devices lie near a point of the map: a scan over all of them, so that there is no index to keep.

use super::{Fleet, Pick, Picked, Slot};
use crate::geo::World;

/// The most devices in one answer.
const MAX_PICKED: usize = 20;

impl Fleet {
    /// The drawn devices within the radius, nearest first, also across the antimeridian.
    pub fn pick(&self, pick: &Pick) -> Picked {
        // Half the world is as far as anything lies to the east or west; the squares of it fit into 64 bits.
        let radius = u64::from(pick.radius.min(1 << 31));
        let mut nearest: Vec<(u64, Slot)> = Vec::with_capacity(MAX_PICKED + 1);
        for (slot, at) in self.drawn() {
            let (dx, dy) = offset(pick.point, at);
            if dx > radius || dy > radius {
                continue;
            }
            let candidate = (dx * dx + dy * dy, slot);
            let full = nearest.len() == MAX_PICKED;
            if candidate.0 > radius * radius || full && nearest.last() < Some(&candidate) {
                continue;
            }
            let place = nearest.partition_point(|other| *other < candidate);
            nearest.insert(place, candidate);
            nearest.truncate(MAX_PICKED);
        }
        Picked {
            serial: pick.serial,
            devices: nearest.iter().map(|(_, slot)| self.row(*slot)).collect(),
        }
    }
}

/// How far apart two places lie, the shorter way around the world.
fn offset(a: World, b: World) -> (u64, u64) {
    let east = a.x.wrapping_sub(b.x);
    (
        u64::from(east.min(east.wrapping_neg())),
        u64::from(a.y.abs_diff(b.y)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::fixture::{NOW, fix, fleet_of};

    #[test]
    fn finds_both_sides_of_the_antimeridian_nearest_first() {
        let mut fleet = Fleet::default();
        for (name, lng) in [("east", -179.9), ("west", 179.95), ("far", 178.0)] {
            let slot = fleet.intern(name).unwrap();
            fleet.apply_fix(slot, &fix(lng, 10.0), NOW);
        }
        fleet.intern("without a position");
        let pick = Pick {
            point: World::from_lng_lat(fix(179.99, 10.0).position),
            radius: 1 << 22,
            serial: 7,
        };
        let picked = fleet.pick(&pick);
        let names: Vec<_> = picked.devices.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["west", "east"]);
        assert_eq!(picked.serial, 7);
    }

    #[test]
    fn the_whole_world_gives_no_more_than_twenty() {
        let fleet = fleet_of(1000);
        let pick = |radius| Pick {
            point: World {
                x: 1 << 31,
                y: 1 << 31,
            },
            radius,
            serial: 0,
        };
        assert_eq!(fleet.pick(&pick(u32::MAX)).devices.len(), MAX_PICKED);
        assert_eq!(fleet.pick(&pick(0)).devices, []);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use proptest::prelude::*;

    use super::*;
    use crate::fleet::fixture::fleet_of;

    proptest! {
        #[test]
        fn pick_agrees_with_trying_everyone(
            devices in 0u32..200, x in any::<u32>(), y in any::<u32>(), radius in 0u32..1 << 31
        ) {
            let fleet = fleet_of(devices);
            let point = World { x, y };
            let mut near: Vec<(u128, u32)> = fleet
                .drawn()
                .map(|(slot, at)| {
                    let straight = u128::from(at.x.abs_diff(x));
                    let east = straight.min((1 << 32) - straight);
                    let south = u128::from(at.y.abs_diff(y));
                    (east * east + south * south, slot.0)
                })
                .filter(|(square, _)| *square <= u128::from(radius).pow(2))
                .collect();
            near.sort_unstable();
            near.truncate(MAX_PICKED);
            let picked = fleet.pick(&Pick { point, radius, serial: 0 });
            let slots: Vec<u32> = picked.devices.iter().map(|row| row.slot).collect();
            prop_assert_eq!(slots, near.iter().map(|(_, slot)| *slot).collect::<Vec<_>>());
        }
    }
}
