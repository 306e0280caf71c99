//! What came faster than it can be worked in: positions wait here, one message for each device, and the newest wins.
//!
//! Up to [`BUDGET`] in a slice of time nothing waits at all. It knows slots and bytes, and neither JSON nor the fleet.

use std::time::Duration;

use crate::fleet::Slot;
use crate::mqtt::wire::Publish;
use crate::time::{Instant, UnixMillis};

/// Milliseconds of a slice.
const SLICE: u64 = 50;

/// Work that is done at once in a slice: 200,000 messages a second. Working in so many takes a quarter of a second of
/// an engine built for size, on one core of 2024; the rest is for receiving, and for machines that are slower.
const BUDGET: usize = 10_000;

/// So many bytes of payload are as much work as one message.
const BYTES_PER_WORK: usize = 256;

/// Bytes that wait. With more of them everything is worked in, so nothing but older messages is ever dropped.
const MAX_BYTES: usize = 4 << 20;

/// How long a message waits for the page to ask for a frame. A hidden page does not ask.
const PATIENCE: Duration = Duration::from_millis(100);

/// A message on a location topic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Said<'a> {
    pub(super) topic: &'a str,
    pub(super) payload: &'a [u8],
    pub(super) retain: bool,
    /// When it came.
    pub(super) at: UnixMillis,
}

#[derive(Debug, Default)]
pub(super) struct Backlog {
    /// The slice of time that is under way, and the work that was done in it.
    slice: u64,
    spent: usize,
    places: Vec<Place>,
    /// For each slot the number of its place plus one; 0 for none.
    place_of: Vec<u32>,
    /// Topic and payload of each place, one after the other.
    bytes: Vec<u8>,
    /// When the first of those that wait came.
    since: Instant,
    dropped: u64,
}

#[derive(Debug)]
struct Place {
    slot: Slot,
    start: usize,
    /// Bytes that are its own from `start` on.
    room: usize,
    topic: usize,
    payload: usize,
    retain: bool,
    at: UnixMillis,
}

impl<'a> Said<'a> {
    pub(super) fn new(publish: &Publish<'a>, at: UnixMillis) -> Self {
        Self {
            topic: publish.topic,
            payload: publish.payload,
            retain: publish.retain,
            at,
        }
    }
}

impl Backlog {
    /// Messages that wait.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Messages that gave way to a newer one of the same device.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Whether a message may be worked in at once: nothing waits that is older, and there was not too much work lately.
    pub(super) fn admits(&mut self, said: &Said<'_>, now: Instant) -> bool {
        let slice = now.0 / SLICE;
        if slice != self.slice {
            (self.slice, self.spent) = (slice, 0);
        }
        if self.spent >= BUDGET || !self.places.is_empty() {
            return false;
        }
        self.spent += 1 + said.payload.len() / BYTES_PER_WORK;
        true
    }

    /// Keeps a message in the place of an older one of the same device. False when there is no room.
    pub(super) fn put(&mut self, slot: Slot, said: &Said<'_>, now: Instant) -> bool {
        if self.places.is_empty() {
            // What was taken out one by one leaves its bytes behind.
            self.bytes.clear();
        }
        let len = said.topic.len() + said.payload.len();
        let number = self.number_of(slot);
        let old = number.and_then(|number| self.places.get(number));
        let (start, room) = match old {
            Some(old) if len <= old.room => (old.start, old.room),
            _ => (self.bytes.len(), len),
        };
        if start + room > MAX_BYTES {
            return false;
        }
        if start == self.bytes.len() {
            self.bytes.resize(start + room, 0);
        }
        let (topic, payload) = self.bytes[start..start + len].split_at_mut(said.topic.len());
        topic.copy_from_slice(said.topic.as_bytes());
        payload.copy_from_slice(said.payload);
        let place = Place {
            slot,
            start,
            room,
            topic: said.topic.len(),
            payload: said.payload.len(),
            retain: said.retain,
            at: said.at,
        };
        match number {
            Some(number) => {
                self.places[number] = place;
                self.dropped += 1;
            }
            None => self.add(place, now),
        }
        true
    }

    fn add(&mut self, place: Place, now: Instant) {
        if self.places.is_empty() {
            self.since = now;
        }
        let index = place.slot.index();
        if self.place_of.len() <= index {
            self.place_of.resize(index + 1, 0);
        }
        self.places.push(place);
        self.place_of[index] = self.places.len() as u32;
    }

    /// Takes the message of one device out.
    pub(super) fn take(&mut self, slot: Slot) -> Option<Said<'_>> {
        let number = self.number_of(slot)?;
        self.place_of[slot.index()] = 0;
        // Its bytes stay until all is worked in.
        let place = self.places.swap_remove(number);
        if let Some(moved) = self.places.get(number) {
            self.place_of[moved.slot.index()] = number as u32 + 1;
        }
        Some(said(&self.bytes, &place))
    }

    /// All that waits, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Slot, Said<'_>)> {
        let places = self.places.iter();
        places.map(|place| (place.slot, said(&self.bytes, place)))
    }

    /// It was worked in.
    pub(super) fn clear(&mut self) {
        for place in self.places.drain(..) {
            self.place_of[place.slot.index()] = 0;
        }
        self.bytes.clear();
    }

    /// When all that waits is to be worked in at the latest.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        (!self.places.is_empty()).then_some(self.since + PATIENCE)
    }

    fn number_of(&self, slot: Slot) -> Option<usize> {
        match self.place_of.get(slot.index()) {
            None | Some(0) => None,
            Some(number) => Some(*number as usize - 1),
        }
    }
}

fn said<'a>(bytes: &'a [u8], place: &Place) -> Said<'a> {
    let (topic, rest) = bytes[place.start..].split_at(place.topic);
    Said {
        // It was a text when it was put there.
        topic: std::str::from_utf8(topic).unwrap_or_default(),
        payload: &rest[..place.payload],
        retain: place.retain,
        at: place.at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(payload: &str, at: i64) -> Said<'_> {
        Said {
            topic: "fleet/truck/location",
            payload: payload.as_bytes(),
            retain: false,
            at: UnixMillis(at),
        }
    }

    fn put(backlog: &mut Backlog, slot: u32, payload: &str) {
        assert!(backlog.put(Slot(slot), &at(payload, 7), Instant(1000)));
    }

    fn waiting(backlog: &Backlog) -> Vec<(u32, String)> {
        let text = |said: Said<'_>| {
            assert_eq!(said.topic, "fleet/truck/location");
            String::from_utf8_lossy(said.payload).into_owned()
        };
        let mut all: Vec<_> = backlog
            .iter()
            .map(|(slot, said)| (slot.0, text(said)))
            .collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn lets_a_budget_pass_in_each_slice_and_nothing_overtake_what_waits() {
        let mut backlog = Backlog::default();
        let passes = |backlog: &mut Backlog, now| {
            let admitted = (0..2 * BUDGET).take_while(|_| backlog.admits(&at("{}", 0), now));
            admitted.count()
        };
        assert_eq!(passes(&mut backlog, Instant(1000)), BUDGET);
        assert_eq!(passes(&mut backlog, Instant(1049)), 0);
        assert_eq!(passes(&mut backlog, Instant(1050)), BUDGET);
        put(&mut backlog, 3, "{}");
        assert_eq!(passes(&mut backlog, Instant(1100)), 0);
        backlog.clear();
        assert_eq!(passes(&mut backlog, Instant(1100)), BUDGET);
    }

    #[test]
    fn a_long_message_counts_for_many() {
        let mut backlog = Backlog::default();
        let long = "x".repeat(100_000);
        let admitted = (0..BUDGET).take_while(|_| backlog.admits(&at(&long, 0), Instant(1000)));
        assert_eq!(admitted.count(), BUDGET.div_ceil(1 + 100_000 / 256));
    }

    #[test]
    fn the_newest_of_each_device_wins_whatever_its_length() {
        let mut backlog = Backlog::default();
        for payload in ["one", "a longer one", "1", "as long 1234"] {
            put(&mut backlog, 5, payload);
            put(&mut backlog, 0, payload);
        }
        assert_eq!(backlog.len(), 2);
        assert_eq!(backlog.dropped(), 6);
        let newest = "as long 1234".to_owned();
        assert_eq!(waiting(&backlog), [(0, newest.clone()), (5, newest)]);
        backlog.clear();
        assert_eq!((backlog.len(), backlog.poll_timeout()), (0, None));
        put(&mut backlog, 5, "next");
        assert_eq!(waiting(&backlog), [(5, "next".to_owned())]);
        assert_eq!(backlog.dropped(), 6);
    }

    #[test]
    fn one_message_can_be_taken_out() {
        let mut backlog = Backlog::default();
        for slot in 0..4 {
            put(&mut backlog, slot, "waits");
        }
        assert_eq!(backlog.take(Slot(1)), Some(at("waits", 7)));
        assert_eq!(backlog.take(Slot(1)), None);
        assert_eq!(backlog.take(Slot(9)), None);
        assert_eq!(backlog.take(Slot(3)), Some(at("waits", 7)));
        put(&mut backlog, 2, "newer");
        let left = [(0, "waits".to_owned()), (2, "newer".to_owned())];
        assert_eq!(waiting(&backlog), left);
    }

    #[test]
    fn what_was_taken_out_leaves_room() {
        let mut backlog = Backlog::default();
        let long = "x".repeat(MAX_BYTES / 2);
        for _ in 0..3 {
            put(&mut backlog, 1, &long);
            assert!(backlog.take(Slot(1)).is_some());
        }
    }

    #[test]
    fn the_oldest_tells_when_all_is_due() {
        let mut backlog = Backlog::default();
        assert!(backlog.put(Slot(1), &at("a", 0), Instant(20)));
        assert!(backlog.put(Slot(2), &at("b", 0), Instant(90)));
        assert_eq!(backlog.poll_timeout(), Some(Instant(120)));
    }

    #[test]
    fn bytes_that_wait_are_bounded() {
        let mut backlog = Backlog::default();
        let long = "x".repeat(100_000);
        let kept = (0..1000)
            .take_while(|slot| backlog.put(Slot(*slot), &at(&long, 0), Instant(0)))
            .count();
        assert_eq!(kept, MAX_BYTES / (100_000 + 20));
        assert!(backlog.bytes.len() <= MAX_BYTES);
        backlog.clear();
        assert!(backlog.put(Slot(999), &at(&long, 0), Instant(0)));
    }
}
