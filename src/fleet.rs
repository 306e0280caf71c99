//! Every device that was ever heard of, as arrays over slots: what was told goes in, what the page draws comes out.
//!
//! It knows no topic, no shadow and no connection, and reads no clock. Memory is bounded: at most
//! [`Limits::devices`] devices of about 250 bytes and their name, 6 MB of trails and 16 MB of texts.

mod changes;
mod extent;
mod ingest;
pub mod mark;
mod names;
mod pick;
mod query;
pub(crate) mod silent;
mod texts;
mod track;
mod trail;
pub mod view;

use std::collections::HashMap;
use std::time::Duration;

pub use self::changes::Changes;
use self::changes::Dirty;
use self::extent::Extent;
use self::mark::{Diamond, Mark};
use self::names::Names;
use self::query::ListOrder;
pub use self::silent::Remembered;
use self::texts::Texts;
use self::track::Track;
use self::trail::{MAX_STEPS, Trails};
use crate::fleet::view::{
    Badge, Chip, DeviceState, FixView, LastMessage, ListRequest, ListView, Pick, Picked, Row,
    SlotRun, Sort, StateCounts,
};
use crate::geo::World;
use crate::time::UnixMillis;

/// Where a device stands in the arrays. It stays the same until [`Fleet::clear`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(pub u32);

impl Slot {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Devices that are kept; more are counted and dropped.
    pub devices: u32,
    /// A device that was not heard of for longer is stale.
    pub stale_after: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            devices: 200_000,
            stale_after: Duration::from_secs(60),
        }
    }
}

/// The store of devices. A [`Slot`] that is not in use reads as a device without a name.
#[derive(Default)]
pub struct Fleet {
    limits: Limits,
    /// The newest `now` of [`Fleet::tick`], and when it last looked at everyone.
    clock: UnixMillis,
    looked: UnixMillis,
    dropped: u64,

    names: Names,
    // One entry a slot each.
    /// x and y of a [`World`], and the bytes of a [`Mark`]: arrays, so that whole blocks are copied at once.
    positions: Vec<[u32; 2]>,
    marks: Vec<[u8; 4]>,
    states: Vec<DeviceState>,
    last_seen: Vec<UnixMillis>,
    flags: Vec<Flags>,
    tracks: Vec<Option<Track>>,

    trails: Trails,
    texts: Texts,
    alarms: HashMap<Slot, (String, String)>,
    badges: HashMap<Slot, Badge>,

    dirty: Dirty,
    counts: StateCounts,
    /// Devices that are gone.
    gone: u32,
    revisions: Revisions,
    order: ListOrder,
    extent: Extent,
}

#[derive(Clone, Copy, Default)]
struct Flags {
    offline: bool,
    alarm: bool,
    diamond: Diamond,
    /// Something was heard of it since the page was opened: it is not only remembered or entered.
    heard: bool,
    /// A person wants to see it no more, until it speaks.
    gone: bool,
}

/// How often something changed, so that what rests on it knows when it is out of date.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Revisions {
    /// The state or the badge of any device.
    states: u64,
    /// The last-seen time of any device.
    heard: u64,
    /// The position of any drawn device.
    moved: u64,
    /// Whether any device is gone.
    gone: u64,
}

impl Fleet {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// Forgets every device. The page must ask for everything afresh.
    pub fn clear(&mut self) {
        *self = Self::new(self.limits);
    }

    /// Slots in use: all below it.
    pub fn len(&self) -> u32 {
        self.names.len() as u32
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How often a device found no place.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    pub fn find(&self, name: &str) -> Option<Slot> {
        self.names.find(name)
    }

    pub fn name(&self, slot: Slot) -> &str {
        self.names.text(slot)
    }

    pub fn state(&self, slot: Slot) -> DeviceState {
        self.states.get(slot.index()).copied().unwrap_or_default()
    }

    /// Offline by its own word, or not heard of for long, whatever else is the matter with it.
    pub fn is_silent(&self, slot: Slot) -> bool {
        let offline = self.flags.get(slot.index()).is_some_and(|it| it.offline);
        offline || ingest::is_stale(self.last_seen(slot), self.clock, self.limits.stale_after)
    }

    /// The devices with a desired value that differs from the reported one.
    pub fn differing(&self) -> impl Iterator<Item = Slot> + '_ {
        let slots = (0..self.len()).map(Slot);
        slots.filter(|slot| self.fits(*slot, Chip::Differs))
    }

    pub fn last_seen(&self, slot: Slot) -> UnixMillis {
        self.last_seen
            .get(slot.index())
            .copied()
            .unwrap_or_default()
    }

    pub fn fix(&self, slot: Slot) -> Option<FixView> {
        self.track(slot).map(|track| track.fix)
    }

    pub fn last_message(&self, slot: Slot) -> Option<&LastMessage> {
        self.texts.of(slot)
    }

    /// The way it came, oldest first, at most 64 places of which the last is where it is.
    pub fn trail(&self, slot: Slot) -> Vec<World> {
        let Some(track) = self.track(slot) else {
            return Vec::new();
        };
        let mut trail = self.trails.steps(slot);
        if trail.last() != Some(&track.world) {
            trail.push(track.world);
        }
        trail.drain(..trail.len().saturating_sub(MAX_STEPS));
        trail
    }

    pub fn row(&self, slot: Slot) -> Row {
        let fix = self.fix(slot);
        Row {
            slot: slot.0,
            name: self.name(slot).into(),
            state: self.state(slot),
            position: fix.map(|fix| fix.position),
            speed: fix.and_then(|fix| fix.speed),
            heading: fix.and_then(|fix| fix.heading),
            last_seen: self.last_seen(slot),
            badge: self.badges.get(&slot).cloned().unwrap_or_default(),
            alarm: self.alarms.get(&slot).cloned(),
        }
    }

    fn track(&self, slot: Slot) -> Option<&Track> {
        self.tracks.get(slot.index())?.as_ref()
    }

    /// The places of the devices that are drawn.
    fn drawn(&self) -> impl Iterator<Item = (Slot, World)> + '_ {
        let places = self.positions.iter().zip(&self.marks).enumerate();
        places.filter_map(|(index, (&[x, y], &mark))| {
            Mark(mark)
                .is_drawn()
                .then_some((Slot(index as u32), World { x, y }))
        })
    }
}

/// What the tests of this module build fleets with.
#[cfg(test)]
mod fixture {
    use super::*;
    use crate::geo::LngLat;
    use crate::location::Fix;
    use crate::rng::Rng;

    pub(super) const NOW: UnixMillis = UnixMillis(1_790_676_000_000);

    pub(super) fn after(seconds: i64) -> UnixMillis {
        UnixMillis(NOW.0 + seconds * 1000)
    }

    pub(super) fn fix(lng: f64, lat: f64) -> Fix {
        Fix {
            position: LngLat { lng, lat },
            time: None,
            altitude: None,
            speed: None,
            heading: None,
            accuracy: None,
        }
    }

    pub(super) fn fix_with_speed(lng: f64, lat: f64, speed: f32) -> Fix {
        Fix {
            speed: Some(speed),
            ..fix(lng, lat)
        }
    }

    /// `sim-0`, `sim-1`, ... all over the world, every third of them moving, heard of one after the other.
    pub(super) fn fleet_of(devices: u32) -> Fleet {
        let mut rng = Rng::new(u64::from(devices));
        let mut fleet = Fleet::new(Limits::default());
        for device in 0..devices {
            let slot = fleet.intern(&format!("sim-{device}")).unwrap();
            let (lng, lat) = (rng.unit() * 360.0 - 180.0, rng.unit() * 160.0 - 80.0);
            let speed = if device % 3 == 0 { 10.0 } else { 0.0 };
            let now = UnixMillis(NOW.0 + i64::from(device / 100));
            fleet.apply_fix(slot, &fix_with_speed(lng, lat, speed), now);
        }
        fleet
    }
}

#[cfg(test)]
mod tests {
    use super::fixture::*;
    use super::*;

    #[test]
    fn a_slot_that_is_not_in_use_reads_as_nothing_and_takes_nothing() {
        let mut fleet = fleet_of(3);
        let stale = Slot(2);
        fleet.clear();
        fleet.apply_fix(stale, &fix(1.0, 2.0), NOW);
        fleet.apply_text(stale, "t", "text", NOW);
        fleet.touch(stale, NOW);
        fleet.set_offline(stale, true);
        fleet.set_alarm(stale, Some(("key", "value")));
        fleet.set_badge(stale, Badge::Differs(1));
        assert_eq!(fleet.name(stale), "");
        assert_eq!(fleet.fix(stale), None);
        assert_eq!(fleet.last_message(stale), None);
        assert_eq!(fleet.trail(stale), []);
        assert_eq!(fleet.state(stale), DeviceState::Still);
        assert_eq!(fleet.last_seen(stale), UnixMillis(0));
        assert_eq!(fleet.row(stale).badge, Badge::None);
        assert_eq!(fleet.take_changes(true), Changes::default());
        assert_eq!(fleet.extent(), None);
        assert!(fleet.is_empty());
    }

    #[test]
    fn a_row_holds_what_the_list_shows() {
        let mut fleet = Fleet::default();
        let slot = fleet.intern("sim-1").unwrap();
        fleet.apply_fix(slot, &fix_with_speed(135.0, 35.0, 12.5), NOW);
        fleet.set_alarm(slot, Some(("temperature", "81")));
        fleet.set_badge(slot, Badge::OnItsWay("power".into()));
        let row = fleet.row(slot);
        assert_eq!(row.name, "sim-1");
        assert_eq!(row.state, DeviceState::Alarm);
        assert_eq!(row.position, Some(fix(135.0, 35.0).position));
        assert_eq!(row.speed, Some(12.5));
        assert_eq!(row.last_seen, NOW);
        assert_eq!(row.badge, Badge::OnItsWay("power".into()));
        assert_eq!(row.alarm, Some(("temperature".into(), "81".into())));
    }

    #[test]
    fn the_trail_ends_where_the_device_is() {
        let mut fleet = Fleet::default();
        let slot = fleet.intern("sim-1").unwrap();
        for step in 0..200 {
            let now = UnixMillis(NOW.0 + step * 500);
            fleet.apply_fix(slot, &fix(f64::from(step as i32) / 100.0 + 1.0, 35.0), now);
        }
        let trail = fleet.trail(slot);
        assert_eq!(trail.len(), MAX_STEPS);
        assert!(trail.windows(2).all(|pair| pair[0].x < pair[1].x));
        assert_eq!(
            trail.last(),
            Some(&World::from_lng_lat(fix(2.99, 35.0).position))
        );
    }

    #[test]
    fn carries_a_hundred_thousand_devices() {
        let mut fleet = fleet_of(100_000);
        fleet.tick(after(2));
        let changes = fleet.take_changes(false);
        assert_eq!(
            changes.runs,
            [SlotRun {
                first: 0,
                len: 100_000
            }]
        );
        assert_eq!(changes.marks.len(), 400_000);
        let request = ListRequest {
            first: 99_990,
            rows: 50,
            ..ListRequest::default()
        };
        let view = fleet.list(&request, None, after(2));
        assert_eq!(view.total, 100_000);
        assert_eq!(view.rows.len(), 10);
        assert_eq!(view.rows[9].name, "sim-99999");
        let bounds = fleet.extent().unwrap();
        assert_eq!(
            fleet.list(&request, Some(bounds), after(2)).in_view,
            100_000
        );
    }
}
