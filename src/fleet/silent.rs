//! Devices that are known before anything is heard of them: remembered from an earlier time, or entered by name.
//! Also those that a person forgets: they are hidden, and come back when they speak.

use super::ingest::count;
use super::mark::Diamond;
use super::track::Track;
use super::{Fleet, Revisions, Slot};
use crate::geo::World;
use crate::location::Fix;
use crate::time::UnixMillis;

/// What is kept of a device from one time to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Remembered {
    /// 0: never.
    pub last_seen: UnixMillis,
    pub place: Option<Place>,
}

/// Where it was, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub world: World,
    pub at: UnixMillis,
    /// The time is the device's own word, not that of hearing it.
    pub own_clock: bool,
}

impl Fleet {
    /// Devices that are not gone.
    pub fn listed(&self) -> u32 {
        self.len() - self.gone
    }

    pub fn is_gone(&self, slot: Slot) -> bool {
        self.flags.get(slot.index()).is_some_and(|flags| flags.gone)
    }

    /// No device finds a place any more.
    pub fn is_full(&self) -> bool {
        self.len() >= self.limits.devices
    }

    /// Makes room for devices that are about to be entered.
    pub fn reserve(&mut self, devices: usize) {
        let room = self.limits.devices - self.len().min(self.limits.devices);
        self.names.reserve(devices.min(room as usize));
    }

    /// Grows with everything that is worth keeping.
    pub fn revision(&self) -> u64 {
        let Revisions {
            heard, moved, gone, ..
        } = self.revisions;
        heard + moved + gone + u64::from(self.len())
    }

    pub fn slots(&self) -> impl Iterator<Item = Slot> + use<> {
        (0..self.len()).map(Slot)
    }

    /// The device is known by name, though nothing was heard of it. None as in [`Fleet::intern`].
    pub fn enter(&mut self, name: &str) -> Option<Slot> {
        let slot = self.intern(name)?;
        self.bring_back(slot);
        self.refresh(slot);
        Some(slot)
    }

    /// Takes over what an earlier time knew, as far as nothing newer is known.
    pub fn recall(&mut self, slot: Slot, past: &Remembered, now: UnixMillis) {
        let index = slot.index();
        let Some(last_seen) = self.last_seen.get_mut(index) else {
            return;
        };
        // A clock was set back since: such a time says nothing.
        if past.last_seen <= now {
            *last_seen = (*last_seen).max(past.last_seen);
            self.revisions.heard += 1;
        }
        let newer = |track: &Track, place: &Place| {
            place.own_clock && track.own_clock && place.at > track.fix.at
        };
        let known = self.tracks[index].as_ref();
        let place = past.place.filter(|place| place.at <= now);
        let place = place.filter(|place| known.is_none_or(|track| newer(track, place)));
        if let Some(place) = place {
            self.tracks[index] = Some(Track::remembered(&place));
            self.positions[index] = [place.world.x, place.world.y];
            self.dirty.mark(slot);
            self.revisions.moved += 1;
        }
        self.refresh(slot);
    }

    /// What is worth keeping of a device.
    pub fn remembered(&self, slot: Slot) -> Remembered {
        let place = self.track(slot).map(|track| Place {
            world: track.world,
            at: track.fix.at,
            own_clock: track.own_clock,
        });
        Remembered {
            last_seen: self.last_seen(slot),
            place,
        }
    }

    /// Hides the device until it speaks, or is brought back.
    pub fn hide(&mut self, slot: Slot) {
        self.set_gone(slot, true);
    }

    pub fn bring_back(&mut self, slot: Slot) {
        self.set_gone(slot, false);
    }

    fn set_gone(&mut self, slot: Slot, gone: bool) {
        let index = slot.index();
        let Some(flags) = self.flags.get_mut(index).filter(|it| it.gone != gone) else {
            return;
        };
        flags.gone = gone;
        let differs = u32::from(flags.diamond != Diamond::None);
        let of_state = count(&mut self.counts, self.states[index]);
        match gone {
            true => {
                *of_state -= 1;
                self.counts.differs -= differs;
                self.gone += 1;
            }
            false => {
                *of_state += 1;
                self.counts.differs += differs;
                self.gone -= 1;
            }
        }
        self.revisions.gone += 1;
        self.revisions.moved += 1;
        self.refresh(slot);
    }
}

impl Track {
    fn remembered(place: &Place) -> Self {
        let fix = Fix {
            position: place.world.lng_lat(),
            time: None,
            altitude: None,
            speed: None,
            heading: None,
            accuracy: None,
        };
        let mut track = Self::begin(&fix, place.at);
        track.own_clock = place.own_clock;
        track
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::*;
    use super::*;
    use crate::fleet::view::{Badge, Chip, DeviceState, ListRequest, Sort};

    fn past(seconds_ago: i64, lng: f64) -> Remembered {
        Remembered {
            last_seen: after(-seconds_ago),
            place: Some(Place {
                world: World::from_lng_lat(fix(lng, 35.0).position),
                at: after(-seconds_ago),
                own_clock: false,
            }),
        }
    }

    fn listed(fleet: &mut Fleet, sort: Sort) -> Vec<String> {
        let request = ListRequest {
            sort,
            rows: 100,
            ..ListRequest::default()
        };
        let view = fleet.list(&request, None, NOW);
        view.rows.into_iter().map(|row| row.name).collect()
    }

    #[test]
    fn what_is_only_remembered_is_stale_however_young_and_drawn_where_it_was() {
        let mut fleet = Fleet::default();
        fleet.tick(NOW);
        let slot = fleet.enter("pump").unwrap();
        fleet.recall(slot, &past(5, 135.0), NOW);
        assert_eq!(fleet.state(slot), DeviceState::Stale);
        assert_eq!(fleet.last_seen(slot), after(-5));
        assert_eq!(fleet.fix(slot).unwrap().at, after(-5));
        assert!((fleet.fix(slot).unwrap().position.lng - 135.0).abs() < 1e-6);
        fleet.tick(after(2));
        assert_eq!(fleet.state(slot), DeviceState::Stale);
        assert_eq!(fleet.marks[slot.index()][0], 3, "a ring");
        fleet.apply_fix(slot, &fix(135.0, 35.0), after(3));
        assert_eq!(fleet.state(slot), DeviceState::Still);
        assert_eq!(fleet.counts.stale, 0);
    }

    #[test]
    fn an_old_place_never_overwrites_a_newer_one() {
        let mut fleet = Fleet::default();
        let slot = fleet.enter("pump").unwrap();
        fleet.apply_fix(slot, &fix(136.0, 35.0), NOW);
        fleet.recall(slot, &past(5, 135.0), NOW);
        assert_eq!(fleet.fix(slot).unwrap().position.lng, 136.0);
        assert_eq!(fleet.last_seen(slot), NOW);
        // A retained message of yesterday came first: what was remembered of today is newer.
        let late = fleet.enter("late").unwrap();
        let yesterday = Fix {
            time: Some(after(-86_400)),
            ..fix(1.0, 2.0)
        };
        fleet.apply_fix(late, &yesterday, after(-86_400));
        let mut today = past(60, 135.0);
        today.place.as_mut().unwrap().own_clock = true;
        fleet.recall(late, &today, NOW);
        assert!((fleet.fix(late).unwrap().position.lng - 135.0).abs() < 1e-6);
        fleet.apply_fix(late, &yesterday, after(-86_400));
        assert!((fleet.fix(late).unwrap().position.lng - 135.0).abs() < 1e-6);
    }

    #[test]
    fn a_time_that_lies_ahead_is_not_believed() {
        let mut fleet = Fleet::default();
        let slot = fleet.enter("pump").unwrap();
        fleet.recall(slot, &past(-3600, 135.0), NOW);
        assert_eq!(fleet.last_seen(slot), UnixMillis(0));
        assert_eq!(fleet.fix(slot), None);
    }

    #[test]
    fn what_was_never_heard_of_comes_last_by_last_seen() {
        let mut fleet = Fleet::default();
        for name in ["a", "b", "c"] {
            fleet.enter(name).unwrap();
        }
        let b = fleet.find("b").unwrap();
        fleet.touch(b, NOW);
        assert_eq!(listed(&mut fleet, Sort::LastSeen), ["b", "a", "c"]);
        assert_eq!(listed(&mut fleet, Sort::Name), ["a", "b", "c"]);
    }

    #[test]
    fn what_is_hidden_is_neither_listed_nor_drawn_nor_counted_and_comes_back_when_it_speaks() {
        let mut fleet = fleet_of(3);
        let slot = fleet.find("sim-1").unwrap();
        fleet.set_badge(slot, Badge::Differs(1));
        let before = fleet.counts;
        fleet.hide(slot);
        fleet.hide(slot);
        assert_eq!(listed(&mut fleet, Sort::Name), ["sim-0", "sim-2"]);
        assert_eq!(fleet.drawn().count(), 2);
        assert_eq!((fleet.listed(), fleet.counts.differs), (2, 0));
        fleet.set_badge(slot, Badge::None);
        fleet.set_badge(slot, Badge::Differs(2));
        fleet.set_offline(slot, true);
        fleet.set_offline(slot, false);
        fleet.tick(after(500));
        assert_eq!(fleet.counts.stale, 2);
        let request = ListRequest {
            chip: Chip::Differs,
            rows: 9,
            ..ListRequest::default()
        };
        assert_eq!(fleet.list(&request, None, NOW).total, 0);
        for slot in [0, 1, 2].map(Slot) {
            fleet.apply_fix(slot, &fix(1.0, 2.0), after(500));
        }
        assert_eq!(listed(&mut fleet, Sort::Name), ["sim-0", "sim-1", "sim-2"]);
        assert_eq!(fleet.counts.differs, before.differs);
        assert_eq!(fleet.counts.still + fleet.counts.moving, 3);
    }
}
