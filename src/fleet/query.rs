//! The window of the device list: search, chips, order.
//!
//! The order of the whole list is kept and worked out anew only when the question changes, or when the fleet
//! changed and the answer is old enough; the rows themselves are made for the window alone.

use super::mark::Diamond;
use super::{Chip, Fleet, ListRequest, ListView, Slot, Sort};
use crate::geo::Bounds;
use crate::time::UnixMillis;

/// A large fleet's order may be this old, in milliseconds.
const MAX_AGE: u64 = 250;

/// Up to so many devices everything is worked out on each frame on which something changed.
const SMALL_FLEET: u32 = 2000;

#[derive(Default)]
pub(super) struct ListOrder {
    question: Question,
    /// The answer to it.
    slots: Vec<Slot>,
    slots_age: Age<Basis>,
    /// The answer was kept in an order that is not its own.
    held: bool,
    /// Every device, by name.
    by_name: Vec<Slot>,
    bounds: Option<Bounds>,
    in_view: u32,
    in_view_age: Age<u64>,
}

#[derive(Default, PartialEq)]
struct Question {
    search: String,
    chip: Chip,
    sort: Sort,
}

/// What the answer to a question rests on; the parts that it does not rest on stay 0.
#[derive(Clone, Copy, Default, PartialEq)]
struct Basis {
    devices: u32,
    gone: u64,
    states: u64,
    heard: u64,
}

/// What an answer was worked out from, and when. None: never.
#[derive(Default)]
struct Age<T>(Option<(T, UnixMillis)>);

impl<T: PartialEq + Copy> Age<T> {
    /// Whether to work the answer out anew; if so, it counts as done.
    fn is_due(&mut self, basis: T, now: UnixMillis, devices: u32) -> bool {
        let due = self.0.is_none_or(|(before, at)| {
            let old = devices <= SMALL_FLEET || now.0.abs_diff(at.0) >= MAX_AGE;
            before != basis && old
        });
        if due {
            self.0 = Some((basis, now));
        }
        due
    }
}

impl Fleet {
    /// The wanted rows, and how many devices there are of each sort. `bounds` is what the map shows.
    pub fn list(
        &mut self,
        request: &ListRequest,
        bounds: Option<Bounds>,
        now: UnixMillis,
    ) -> ListView {
        self.update_order(request, now);
        let slots = &self.order.slots;
        let first = (request.first as usize).min(slots.len());
        let last = first.saturating_add(request.rows as usize).min(slots.len());
        let rows = slots[first..last].iter().map(|slot| self.row(*slot));
        ListView {
            rows: rows.collect(),
            devices: self.listed(),
            counts: self.counts,
            total: slots.len() as u32,
            first: first as u32,
            in_view: self.count_in_view(bounds, now),
        }
    }

    fn update_order(&mut self, request: &ListRequest, now: UnixMillis) {
        let question = Question {
            search: request.search.clone(),
            chip: request.chip,
            sort: request.sort,
        };
        let same = self.order.question == question;
        if !same || self.order.held && !request.hold {
            self.order.slots_age = Age(None);
            self.order.question = question;
        }
        let basis = Basis {
            devices: self.len(),
            gone: self.revisions.gone,
            states: match request.chip {
                Chip::All => 0,
                Chip::State(_) | Chip::Differs => self.revisions.states,
            },
            heard: match request.sort {
                Sort::Name => 0,
                Sort::LastSeen => self.revisions.heard,
            },
        };
        if self.order.slots_age.is_due(basis, now, basis.devices) {
            let fitting = self.fitting();
            self.order.held = request.hold && same;
            match self.order.held {
                true => self.append(fitting),
                false => self.order.slots = fitting,
            }
        }
    }

    /// Every device that the question asks for, in its order.
    fn fitting(&mut self) -> Vec<Slot> {
        let Question { search, chip, sort } = &self.order.question;
        let (search, chip, sort) = (search.clone(), *chip, *sort);
        let mut slots = self.found(&search, chip);
        if sort == Sort::LastSeen {
            slots.sort_unstable_by_key(|slot| {
                (std::cmp::Reverse(self.last_seen[slot.index()]), *slot)
            });
        }
        slots
    }

    /// Every device that the list would hold, by name.
    pub fn found(&mut self, search: &str, chip: Chip) -> Vec<Slot> {
        self.named_like(search, |fleet, slot| fleet.fits(slot, chip))
    }

    /// The listed devices whose names hold every word of `search` and that `fits` admits, by name.
    pub fn named_like(&mut self, search: &str, fits: impl Fn(&Self, Slot) -> bool) -> Vec<Slot> {
        let known = self.order.by_name.len() as u32;
        if known < self.len() {
            // What was sorted before is one long run, which a stable sort only merges with the rest.
            let names = &self.names;
            self.order
                .by_name
                .extend((known..names.len() as u32).map(Slot));
            self.order.by_name.sort_by(|a, b| names.compare(*a, *b));
        }
        let search = search.to_lowercase();
        let words: Vec<&str> = search.split_whitespace().collect();
        let slots = self.order.by_name.iter().copied();
        slots
            .filter(|slot| !self.is_gone(*slot) && fits(self, *slot))
            .filter(|slot| {
                let mut words = words.iter();
                words.all(|word| self.names.lower(*slot).contains(word))
            })
            .collect()
    }

    pub(super) fn fits(&self, slot: Slot, chip: Chip) -> bool {
        match chip {
            Chip::All => true,
            Chip::State(state) => self.states[slot.index()] == state,
            Chip::Differs => self.flags[slot.index()].diamond != Diamond::None,
        }
    }

    /// Leaves every row where it is and puts the new ones at the end.
    fn append(&mut self, fitting: Vec<Slot>) {
        let flags = &self.flags;
        self.order.slots.retain(|slot| !flags[slot.index()].gone);
        let mut listed = vec![false; self.names.len()];
        for slot in &self.order.slots {
            listed[slot.index()] = true;
        }
        let new = fitting.into_iter().filter(|slot| !listed[slot.index()]);
        self.order.slots.extend(new);
    }

    fn count_in_view(&mut self, bounds: Option<Bounds>, now: UnixMillis) -> u32 {
        let devices = self.len();
        if self.order.bounds != bounds {
            self.order.bounds = bounds;
            self.order.in_view_age = Age(None);
        }
        let age = &mut self.order.in_view_age;
        if age.is_due(self.revisions.moved, now, devices) {
            self.order.in_view = match bounds {
                Some(bounds) => self.drawn().filter(|(_, at)| bounds.contains(*at)).count() as u32,
                None => 0,
            };
        }
        self.order.in_view
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::fixture::{NOW, after, fix, fix_with_speed, fleet_of};
    use crate::fleet::view::{Badge, DeviceState};

    fn request(search: &str, chip: Chip, sort: Sort) -> ListRequest {
        ListRequest {
            search: search.into(),
            chip,
            sort,
            hold: false,
            first: 0,
            rows: 1000,
        }
    }

    fn names(view: &ListView) -> Vec<&str> {
        view.rows.iter().map(|row| row.name.as_str()).collect()
    }

    fn named(names: &[&str]) -> Fleet {
        let mut fleet = Fleet::default();
        for name in names {
            let slot = fleet.intern(name).unwrap();
            fleet.touch(slot, NOW);
        }
        fleet
    }

    #[test]
    fn every_word_must_occur_in_any_order_and_case() {
        let mut fleet = named(&["Kyoto Taxi 10", "Kyoto Taxi 2", "Tokyo taxi 1", "ÉTAGE 1"]);
        let mut check = |search: &str, expected: &[&str]| {
            let view = fleet.list(&request(search, Chip::All, Sort::Name), None, NOW);
            assert_eq!(names(&view), expected, "{search}");
            assert_eq!(view.total as usize, expected.len());
            assert_eq!(view.devices, 4);
        };
        check("TAXI kyoto", &["Kyoto Taxi 2", "Kyoto Taxi 10"]);
        check(" étage ", &["ÉTAGE 1"]);
        check("bus", &[]);
        check(
            "",
            &["Kyoto Taxi 2", "Kyoto Taxi 10", "Tokyo taxi 1", "ÉTAGE 1"],
        );
    }

    #[test]
    fn chips_choose_by_state_and_badge() {
        let mut fleet = named(&["a", "b", "c"]);
        let slot = |fleet: &Fleet, name| fleet.find(name).unwrap();
        let (a, b) = (slot(&fleet, "a"), slot(&fleet, "b"));
        fleet.apply_fix(a, &fix_with_speed(1.0, 2.0, 5.0), NOW);
        fleet.set_badge(b, Badge::Differs(1));
        let mut check = |chip, expected: &[&str]| {
            let view = fleet.list(&request("", chip, Sort::Name), None, NOW);
            assert_eq!(names(&view), expected, "{chip:?}");
        };
        check(Chip::State(DeviceState::Moving), &["a"]);
        check(Chip::State(DeviceState::Still), &["b", "c"]);
        check(Chip::State(DeviceState::Alarm), &[]);
        check(Chip::Differs, &["b"]);
        let view = fleet.list(&request("", Chip::Differs, Sort::Name), None, NOW);
        assert_eq!(
            (view.counts.moving, view.counts.still, view.counts.differs),
            (1, 2, 1)
        );
    }

    #[test]
    fn the_last_seen_comes_first() {
        let mut fleet = named(&["a", "b", "c"]);
        let by_time = request("", Chip::All, Sort::LastSeen);
        assert_eq!(names(&fleet.list(&by_time, None, NOW)), ["a", "b", "c"]);
        let c = fleet.find("c").unwrap();
        fleet.touch(c, after(1));
        assert_eq!(names(&fleet.list(&by_time, None, NOW)), ["c", "a", "b"]);
    }

    #[test]
    fn a_held_list_keeps_its_order_until_it_is_let_go() {
        let mut fleet = named(&["b", "c"]);
        let hold = |hold, chip| ListRequest {
            hold,
            ..request("", chip, Sort::Name)
        };
        fleet.list(&hold(false, Chip::State(DeviceState::Still)), None, NOW);
        let new = fleet.intern("a").unwrap();
        fleet.touch(new, NOW);
        let b = fleet.find("b").unwrap();
        fleet.set_offline(b, true);
        let still = Chip::State(DeviceState::Still);
        assert_eq!(
            names(&fleet.list(&hold(true, still), None, NOW)),
            ["b", "c", "a"]
        );
        assert_eq!(
            names(&fleet.list(&hold(false, still), None, NOW)),
            ["a", "c"]
        );
        let other = hold(true, Chip::All);
        assert_eq!(
            names(&fleet.list(&other, None, NOW)),
            ["a", "b", "c"],
            "another question"
        );
    }

    #[test]
    fn a_large_fleet_is_ordered_four_times_a_second() {
        let mut fleet = fleet_of(SMALL_FLEET + 1);
        let moving = request("", Chip::State(DeviceState::Offline), Sort::Name);
        assert_eq!(fleet.list(&moving, None, NOW).total, 0);
        fleet.set_offline(Slot(0), true);
        let soon = UnixMillis(NOW.0 + 249);
        assert_eq!(fleet.list(&moving, None, soon).total, 0);
        assert_eq!(fleet.list(&moving, None, soon).counts.offline, 1);
        let later = UnixMillis(NOW.0 + 250);
        assert_eq!(fleet.list(&moving, None, later).total, 1);
        let changed = request("sim-0", Chip::State(DeviceState::Offline), Sort::Name);
        assert_eq!(fleet.list(&changed, None, later).total, 1);
    }

    #[test]
    fn counts_what_the_map_shows() {
        let mut fleet = named(&["west", "east", "nowhere"]);
        for (name, lng) in [("west", 179.0), ("east", -179.0)] {
            let slot = fleet.find(name).unwrap();
            fleet.apply_fix(slot, &fix(lng, 0.5), NOW);
        }
        let all = request("", Chip::All, Sort::Name);
        let bounds = Bounds {
            north_west: crate::geo::World {
                x: u32::MAX - (1 << 26),
                y: 0,
            },
            width: 1 << 27,
            height: u32::MAX,
        };
        assert_eq!(fleet.list(&all, Some(bounds), NOW).in_view, 2);
        let narrow = Bounds {
            width: 1 << 26,
            ..bounds
        };
        assert_eq!(fleet.list(&all, Some(narrow), NOW).in_view, 1);
        let east = fleet.find("east").unwrap();
        fleet.apply_fix(east, &fix(179.0, 0.5), NOW);
        assert_eq!(fleet.list(&all, Some(narrow), NOW).in_view, 2);
        assert_eq!(fleet.list(&all, None, NOW).in_view, 0);
    }

    #[test]
    fn a_window_beyond_the_end_is_empty() {
        let mut fleet = named(&["a", "b"]);
        let beyond = ListRequest {
            first: u32::MAX,
            rows: u32::MAX,
            ..ListRequest::default()
        };
        let view = fleet.list(&beyond, None, NOW);
        assert_eq!((view.first, view.rows.len(), view.total), (2, 0, 2));
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use proptest::prelude::*;

    use super::*;
    use crate::fleet::fixture::{NOW, fleet_of};
    use crate::fleet::view::DeviceState;

    proptest! {
        #[test]
        fn windows_concatenate_to_the_whole_list(
            devices in 0u32..300,
            rows in 1u32..40,
            search in "[0-9]{0,2}",
            moving in any::<bool>(),
            by_time in any::<bool>(),
        ) {
            let mut fleet = fleet_of(devices);
            let mut request = ListRequest {
                search,
                chip: if moving { Chip::State(DeviceState::Moving) } else { Chip::All },
                sort: if by_time { Sort::LastSeen } else { Sort::Name },
                rows,
                ..ListRequest::default()
            };
            let mut listed = Vec::new();
            loop {
                let view = fleet.list(&request, None, NOW);
                listed.extend(view.rows.iter().map(|row| Slot(row.slot)));
                request.first += rows;
                if request.first >= view.total {
                    break;
                }
            }
            let mut expected: Vec<Slot> = (0..devices)
                .map(Slot)
                .filter(|slot| fleet.name(*slot).contains(&request.search))
                .filter(|slot| !moving || fleet.state(*slot) == DeviceState::Moving)
                .collect();
            expected.sort_by(|a, b| match by_time {
                true => fleet.last_seen(*b).cmp(&fleet.last_seen(*a)).then(a.cmp(b)),
                false => fleet.names.compare(*a, *b),
            });
            prop_assert_eq!(listed, expected);
        }

        #[test]
        fn growing_in_steps_sorts_as_growing_at_once(names in prop::collection::vec("[a-c0-9]{1,3}", 0..60)) {
            let mut stepwise = Fleet::default();
            let mut at_once = Fleet::default();
            let request = ListRequest { rows: 100, ..ListRequest::default() };
            for name in &names {
                stepwise.intern(name);
                stepwise.list(&request, None, NOW);
                at_once.intern(name);
            }
            prop_assert_eq!(stepwise.list(&request, None, NOW), at_once.list(&request, None, NOW));
        }
    }
}
