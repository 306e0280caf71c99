//! What is heard of devices: fixes, texts, silence and alarms become states and marks.

use std::time::Duration;

use super::mark::{Diamond, Mark, Shape};
use super::names::MAX_NAME;
use super::texts::cut;
use super::track::Track;
use super::{Badge, DeviceState, Flags, Fleet, Slot, StateCounts};
use crate::geo::World;
use crate::location::Fix;
use crate::time::UnixMillis;

/// Characters of the key and of the value of an alarm that are kept.
const MAX_REASON: usize = 100;

/// Milliseconds between two looks for silent devices.
const LOOK_EVERY: u64 = 1000;

impl Fleet {
    /// The slot of a device, a new one if need be. None when the fleet is full or the name is empty or over 512 bytes.
    pub fn intern(&mut self, name: &str) -> Option<Slot> {
        if let Some(slot) = self.names.find(name) {
            return Some(slot);
        }
        if self.len() >= self.limits.devices || name.is_empty() || name.len() > MAX_NAME {
            self.dropped += 1;
            return None;
        }
        let slot = self.names.add(name);
        self.positions.push([0; 2]);
        self.marks.push([0; 4]);
        self.states.push(DeviceState::default());
        self.last_seen.push(UnixMillis::default());
        self.flags.push(Flags::default());
        self.tracks.push(None);
        *count(&mut self.counts, DeviceState::default()) += 1;
        // The page may hold an older fleet's device in this place.
        self.dirty.mark(slot);
        Some(slot)
    }

    /// The device said where it is; whoever speaks is not offline.
    /// `now` is when it said so: a retained message with a time of its own was said then, not when it was delivered.
    pub fn apply_fix(&mut self, slot: Slot, fix: &Fix, now: UnixMillis) {
        if !self.hear(slot, now) {
            return;
        }
        let index = slot.index();
        self.flags[index].offline = false;
        let track = match &mut self.tracks[index] {
            Some(track) => {
                track.follow(fix, now);
                *track
            }
            none => *none.insert(Track::begin(fix, now)),
        };
        let World { x, y } = track.world;
        if self.positions[index] != [x, y] || !Mark(self.marks[index]).is_drawn() {
            self.positions[index] = [x, y];
            self.dirty.mark(slot);
            self.revisions.moved += 1;
            self.trails.record(slot, track.world, track.fix.at);
        }
        self.refresh(slot);
    }

    /// The device sent a text for people, of which the first 1,000 characters are kept; whoever speaks is not offline.
    pub fn apply_text(&mut self, slot: Slot, topic: &str, text: &str, now: UnixMillis) {
        if self.hear(slot, now) {
            self.flags[slot.index()].offline = false;
            self.texts.insert(slot, topic, text, now);
            self.refresh(slot);
        }
    }

    /// Something was heard of the device, but not necessarily from it: a change of its shadow, say.
    pub fn touch(&mut self, slot: Slot, now: UnixMillis) {
        if self.hear(slot, now) {
            self.refresh(slot);
        }
    }

    pub fn set_offline(&mut self, slot: Slot, offline: bool) {
        if let Some(flags) = self.flags.get_mut(slot.index()) {
            flags.offline = offline;
            self.refresh(slot);
        }
    }

    /// Raises an alarm with the key and the value that are its reason, or ends it.
    pub fn set_alarm(&mut self, slot: Slot, reason: Option<(&str, &str)>) {
        let Some(flags) = self.flags.get_mut(slot.index()) else {
            return;
        };
        flags.alarm = reason.is_some();
        match reason {
            Some((key, value)) => self.alarms.insert(
                slot,
                (cut(key, MAX_REASON).into(), cut(value, MAX_REASON).into()),
            ),
            None => self.alarms.remove(&slot),
        };
        self.refresh(slot);
    }

    pub fn set_badge(&mut self, slot: Slot, badge: Badge) {
        let Some(flags) = self.flags.get_mut(slot.index()) else {
            return;
        };
        let diamond = match badge {
            Badge::None => Diamond::None,
            Badge::OnItsWay(_) => Diamond::Hollow,
            Badge::Differs(_) => Diamond::Filled,
        };
        if !flags.gone {
            self.counts.differs += u32::from(diamond != Diamond::None);
            self.counts.differs -= u32::from(flags.diamond != Diamond::None);
        }
        if flags.diamond != diamond {
            flags.diamond = diamond;
            self.revisions.states += 1;
        }
        match badge {
            Badge::None => self.badges.remove(&slot),
            badge => self.badges.insert(slot, badge),
        };
        self.refresh(slot);
    }

    /// Takes effect with the next [`Fleet::tick`].
    pub fn set_stale_after(&mut self, stale_after: Duration) {
        self.limits.stale_after = stale_after;
        self.looked = UnixMillis::default();
    }

    /// Lets silent devices go stale. Cheap when called often: it looks at everyone at most once a second.
    pub fn tick(&mut self, now: UnixMillis) {
        self.clock = now;
        if now.0.abs_diff(self.looked.0) < LOOK_EVERY {
            return;
        }
        self.looked = now;
        for index in 0..self.states.len() {
            // After the computer's clock was set back, nobody was heard in the future.
            let last_seen = &mut self.last_seen[index];
            *last_seen = (*last_seen).min(now);
            let stale = self.is_stale(index, now);
            match self.states[index] {
                DeviceState::Moving | DeviceState::Still if stale => {}
                DeviceState::Stale if !stale => {}
                _ => continue,
            }
            self.refresh(Slot(index as u32));
        }
    }

    /// False when the slot is not in use.
    fn hear(&mut self, slot: Slot, now: UnixMillis) -> bool {
        let Some(last_seen) = self.last_seen.get_mut(slot.index()) else {
            return false;
        };
        *last_seen = (*last_seen).max(now);
        self.flags[slot.index()].heard = true;
        self.bring_back(slot);
        self.revisions.heard += 1;
        true
    }

    /// What is only remembered is not fresh, however short ago it was heard.
    fn is_stale(&self, index: usize, now: UnixMillis) -> bool {
        let after = i64::try_from(self.limits.stale_after.as_millis()).unwrap_or(i64::MAX);
        !self.flags[index].heard || now.0.saturating_sub(self.last_seen[index].0) > after
    }

    /// Works out state and mark of a slot in use.
    pub(super) fn refresh(&mut self, slot: Slot) {
        let index = slot.index();
        let (flags, track) = (self.flags[index], &self.tracks[index]);
        let now = self.clock.max(self.last_seen[index]);
        let state = if flags.alarm {
            DeviceState::Alarm
        } else if flags.offline {
            DeviceState::Offline
        } else if self.is_stale(index, now) {
            DeviceState::Stale
        } else if track.is_some_and(|track| track.moving) {
            DeviceState::Moving
        } else {
            DeviceState::Still
        };
        let shape = match (track, state) {
            _ if flags.gone => Shape::Nothing,
            (None, _) => Shape::Nothing,
            (_, DeviceState::Moving) => Shape::Moving,
            (_, DeviceState::Still) => Shape::Still,
            (_, DeviceState::Stale) => Shape::Stale,
            (_, DeviceState::Offline) => Shape::Offline,
            (_, DeviceState::Alarm) => Shape::Alarm,
        };
        let mark = Mark::new(shape, track.map_or(0, |track| track.heading), flags.diamond);
        let before = std::mem::replace(&mut self.states[index], state);
        if before != state && !flags.gone {
            *count(&mut self.counts, before) -= 1;
            *count(&mut self.counts, state) += 1;
            self.revisions.states += 1;
        }
        if self.marks[index] != mark.0 {
            self.marks[index] = mark.0;
            self.dirty.mark(slot);
        }
    }
}

pub(super) fn is_stale(last_seen: UnixMillis, now: UnixMillis, after: Duration) -> bool {
    let after = i64::try_from(after.as_millis()).unwrap_or(i64::MAX);
    now.0.saturating_sub(last_seen.0) > after
}

pub(super) fn count(counts: &mut StateCounts, state: DeviceState) -> &mut u32 {
    match state {
        DeviceState::Moving => &mut counts.moving,
        DeviceState::Still => &mut counts.still,
        DeviceState::Stale => &mut counts.stale,
        DeviceState::Offline => &mut counts.offline,
        DeviceState::Alarm => &mut counts.alarm,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::*;
    use super::*;
    use crate::fleet::Limits;

    fn mark(fleet: &Fleet, slot: Slot) -> [u8; 4] {
        fleet.marks[slot.index()]
    }

    fn is_dirty(fleet: &mut Fleet) -> bool {
        !fleet.take_changes(false).runs.is_empty()
    }

    #[test]
    fn a_name_keeps_its_slot_and_a_full_fleet_counts_what_it_drops() {
        let mut fleet = Fleet::new(Limits {
            devices: 2,
            ..Limits::default()
        });
        let first = fleet.intern("a").unwrap();
        assert_ne!(fleet.intern("b"), Some(first));
        assert_eq!(fleet.intern("a"), Some(first));
        assert_eq!(fleet.find("a"), Some(first));
        assert_eq!(fleet.intern("c"), None);
        assert_eq!(fleet.len(), 2);
        assert_eq!(fleet.dropped(), 1);
    }

    #[test]
    fn names_that_nobody_needs_are_refused() {
        let mut fleet = Fleet::default();
        assert_eq!(fleet.intern(""), None);
        assert_eq!(fleet.intern(&"x".repeat(MAX_NAME + 1)), None);
        assert!(fleet.intern(&"x".repeat(MAX_NAME)).is_some());
    }

    #[test]
    fn a_device_without_a_position_is_listed_but_not_drawn() {
        let mut fleet = Fleet::default();
        let slot = fleet.intern("topic_1").unwrap();
        fleet.apply_text(slot, "topic_1", "Hello mqtt", NOW);
        fleet.set_badge(slot, Badge::Differs(2));
        assert_eq!(mark(&fleet, slot), [0; 4]);
        assert_eq!(fleet.state(slot), DeviceState::Still);
        let message = fleet.last_message(slot).unwrap();
        assert_eq!(
            (message.topic.as_str(), message.text.as_str()),
            ("topic_1", "Hello mqtt")
        );
        assert_eq!(fleet.extent(), None);
    }

    #[test]
    fn each_state_has_its_shape_and_the_worse_one_wins() {
        let mut fleet = Fleet::default();
        let slot = fleet.intern("sim-1").unwrap();
        let moving = Fix {
            heading: Some(90.0),
            ..fix_with_speed(135.0, 35.0, 3.0)
        };
        let mut check = |act: &mut dyn FnMut(&mut Fleet), state, bytes| {
            act(&mut fleet);
            assert_eq!(fleet.state(slot), state);
            assert_eq!(mark(&fleet, slot), bytes);
            let counts = [DeviceState::Moving, DeviceState::Still, DeviceState::Stale];
            let counted = counts.map(|state| *count(&mut fleet.counts, state));
            assert_eq!(
                counted.iter().sum::<u32>() + fleet.counts.offline + fleet.counts.alarm,
                1
            );
            assert_eq!(*count(&mut fleet.counts, state), 1);
        };
        check(
            &mut |fleet| fleet.apply_fix(slot, &moving, NOW),
            DeviceState::Moving,
            [1, 64, 0, 0],
        );
        check(
            &mut |fleet| fleet.tick(after(60)),
            DeviceState::Moving,
            [1, 64, 0, 0],
        );
        check(
            &mut |fleet| fleet.tick(after(61)),
            DeviceState::Stale,
            [3, 0, 0, 0],
        );
        check(
            &mut |fleet| fleet.touch(slot, after(62)),
            DeviceState::Moving,
            [1, 64, 0, 0],
        );
        check(
            &mut |fleet| fleet.set_offline(slot, true),
            DeviceState::Offline,
            [4, 0, 0, 0],
        );
        check(
            &mut |fleet| fleet.tick(after(200)),
            DeviceState::Offline,
            [4, 0, 0, 0],
        );
        check(
            &mut |fleet| fleet.set_alarm(slot, Some(("t", "81"))),
            DeviceState::Alarm,
            [5, 0, 0, 0],
        );
        check(
            &mut |fleet| fleet.set_badge(slot, Badge::Differs(1)),
            DeviceState::Alarm,
            [5, 0, 2, 0],
        );
        check(
            &mut |fleet| fleet.set_alarm(slot, None),
            DeviceState::Offline,
            [4, 0, 2, 0],
        );
        let still = fix_with_speed(135.0, 35.0, 0.0);
        check(
            &mut |fleet| fleet.apply_fix(slot, &still, after(201)),
            DeviceState::Still,
            [2, 0, 2, 0],
        );
    }

    #[test]
    fn hearing_of_a_device_does_not_end_its_absence_but_its_own_word_does() {
        let mut fleet = Fleet::default();
        let slot = fleet.intern("sim-1").unwrap();
        fleet.set_offline(slot, true);
        fleet.touch(slot, NOW);
        assert_eq!(fleet.state(slot), DeviceState::Offline);
        fleet.apply_text(slot, "t", "I am back", NOW);
        assert_eq!(fleet.state(slot), DeviceState::Still);
    }

    #[test]
    fn a_retained_fix_of_long_ago_is_stale_at_once() {
        let mut fleet = Fleet::default();
        fleet.tick(after(3600));
        let slot = fleet.intern("sim-1").unwrap();
        fleet.apply_fix(slot, &fix_with_speed(1.0, 2.0, 9.0), NOW);
        assert_eq!(fleet.state(slot), DeviceState::Stale);
        assert_eq!(fleet.last_seen(slot), NOW);
    }

    #[test]
    fn what_changes_nothing_that_is_drawn_is_not_dirty() {
        let mut fleet = Fleet::default();
        let slot = fleet.intern("sim-1").unwrap();
        fleet.apply_fix(slot, &fix(1.0, 2.0), NOW);
        assert!(is_dirty(&mut fleet));
        fleet.apply_fix(slot, &fix(1.0, 2.0), after(1));
        fleet.touch(slot, after(1));
        fleet.apply_text(slot, "t", "text", after(1));
        fleet.set_badge(slot, Badge::None);
        fleet.set_offline(slot, false);
        fleet.tick(after(2));
        assert!(!is_dirty(&mut fleet));
        fleet.set_badge(slot, Badge::Differs(1));
        assert!(is_dirty(&mut fleet));
        fleet.set_badge(slot, Badge::Differs(2));
        assert!(!is_dirty(&mut fleet));
        fleet.tick(after(62));
        assert!(is_dirty(&mut fleet));
    }

    #[test]
    fn everyone_is_looked_at_once_a_second_at_most() {
        let mut fleet = Fleet::default();
        let slot = fleet.intern("sim-1").unwrap();
        fleet.touch(slot, NOW);
        fleet.tick(UnixMillis(NOW.0 + 59_500));
        fleet.tick(UnixMillis(NOW.0 + 60_400));
        assert_eq!(fleet.state(slot), DeviceState::Still);
        fleet.tick(UnixMillis(NOW.0 + 60_500));
        assert_eq!(fleet.state(slot), DeviceState::Stale);
    }

    #[test]
    fn the_time_until_a_device_is_stale_can_be_set() {
        let mut fleet = Fleet::default();
        let slot = fleet.intern("sim-1").unwrap();
        fleet.touch(slot, NOW);
        fleet.set_stale_after(Duration::from_secs(9));
        fleet.tick(after(10));
        assert_eq!(fleet.state(slot), DeviceState::Stale);
        fleet.set_stale_after(Duration::from_secs(11));
        fleet.tick(after(10));
        assert_eq!(fleet.state(slot), DeviceState::Still);
    }

    #[test]
    fn a_clock_that_is_set_back_leaves_nobody_alive_for_ever() {
        let mut fleet = Fleet::default();
        let slot = fleet.intern("sim-1").unwrap();
        fleet.touch(slot, after(7200));
        fleet.tick(NOW);
        assert_eq!(fleet.last_seen(slot), NOW);
        fleet.tick(after(61));
        assert_eq!(fleet.state(slot), DeviceState::Stale);
    }

    #[test]
    fn alarms_are_cut_and_badges_counted() {
        let mut fleet = Fleet::default();
        let slot = fleet.intern("sim-1").unwrap();
        fleet.set_alarm(slot, Some(("key", &"x".repeat(5000))));
        assert_eq!(fleet.row(slot).alarm.unwrap().1.len(), MAX_REASON);
        for (badge, differs) in [
            (Badge::Differs(3), 1),
            (Badge::OnItsWay("power".into()), 1),
            (Badge::None, 0),
        ] {
            fleet.set_badge(slot, badge.clone());
            assert_eq!(fleet.row(slot).badge, badge);
            assert_eq!(fleet.counts.differs, differs);
        }
    }
}
