//! The newest messages as they came, for trying rules on them: topic, payload and time in one ring of bytes. It reads
//! none of them.

use std::collections::VecDeque;

use crate::rng::Rng;
use crate::time::{Now, UnixMillis};

const MAX_BYTES: usize = 8 << 20;
const MAX_MESSAGES: usize = 30_000;

/// Bytes of a payload; a longer one is not kept.
const MAX_PAYLOAD: usize = 16 * 1024;

/// Of more than so many in a second only some are kept, chosen by chance so that no device is favoured.
const MAX_A_SECOND: u32 = 5_000;

/// What the ring takes at first.
const FIRST_BYTES: usize = 64 * 1024;

/// A message that is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Message<'a> {
    pub(super) topic: &'a str,
    pub(super) payload: &'a [u8],
    pub(super) at: UnixMillis,
}

pub(in crate::engine) struct Messages {
    bytes: Vec<u8>,
    /// Where the next one goes.
    head: usize,
    entries: VecDeque<Entry>,
    /// The number of the oldest one.
    first: u64,
    /// How many were not kept.
    missed: u64,
    rng: Rng,
    second: Second,
}

struct Entry {
    start: u32,
    topic: u16,
    payload: u16,
    /// How many were not kept before it, modulo 2^32.
    missed: u32,
    at: UnixMillis,
}

/// The second that is under way.
struct Second {
    number: u64,
    came: u32,
    kept: u32,
    /// The share that is kept, as one of `u32::MAX`: what would have been right a second ago.
    share: u32,
}

impl Default for Messages {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            head: 0,
            entries: VecDeque::new(),
            first: 0,
            missed: 0,
            rng: Rng::new(0),
            second: Second {
                number: 0,
                came: 0,
                kept: 0,
                share: u32::MAX,
            },
        }
    }
}

impl Messages {
    /// Forgets them all. Their numbers do not come again.
    pub(in crate::engine) fn clear(&mut self) {
        self.first = self.end();
        self.entries.clear();
        (self.head, self.missed) = (0, 0);
    }

    /// The numbers of those that are kept are from this one on and below [`Self::end`].
    pub(super) fn first(&self) -> u64 {
        self.first
    }

    pub(super) fn end(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    /// The number of the first that came at `at` or later.
    pub(super) fn since(&self, at: UnixMillis) -> u64 {
        self.first + self.entries.partition_point(|entry| entry.at < at) as u64
    }

    pub(super) fn get(&self, number: u64) -> Option<Message<'_>> {
        let entry = self.entry(number)?;
        let bytes = self.bytes.get(entry.start as usize..)?;
        let (topic, rest) = bytes.split_at_checked(entry.topic.into())?;
        Some(Message {
            // It was a text when it was put there.
            topic: std::str::from_utf8(topic).ok()?,
            payload: rest.get(..entry.payload.into())?,
            at: entry.at,
        })
    }

    pub(super) fn at(&self, number: u64) -> Option<UnixMillis> {
        self.entry(number).map(|entry| entry.at)
    }

    /// How many came since the message of that number and were not kept; since the newest one, where that is still to
    /// come.
    pub(super) fn missed_since(&self, number: u64) -> u64 {
        let entry = match number < self.end() {
            true => self.entry(number),
            false => self.entries.back(),
        };
        let before = entry.map_or(0, |entry| entry.missed);
        u64::from((self.missed as u32).wrapping_sub(before))
    }

    pub(in crate::engine) fn push(&mut self, topic: &str, payload: &[u8], now: Now) {
        let len = topic.len() + payload.len();
        let (Ok(topic_len), true) = (u16::try_from(topic.len()), payload.len() <= MAX_PAYLOAD)
        else {
            self.missed += 1;
            return;
        };
        if !self.second.admits(&mut self.rng, now.instant.0 / 1000) {
            self.missed += 1;
            return;
        }
        self.make_room(len);
        let start = self.head;
        let (to_topic, to_payload) = self.bytes[start..start + len].split_at_mut(topic.len());
        to_topic.copy_from_slice(topic.as_bytes());
        to_payload.copy_from_slice(payload);
        self.head += len;
        self.entries.push_back(Entry {
            start: start as u32,
            topic: topic_len,
            payload: payload.len() as u16,
            missed: self.missed as u32,
            at: now.wall,
        });
    }

    /// Lets the oldest go until `len` bytes are free from `head` on.
    fn make_room(&mut self, len: usize) {
        if self.entries.len() == MAX_MESSAGES {
            self.drop_oldest();
        }
        if self.head + len > MAX_BYTES {
            // Those behind are the oldest ones: the next one goes to the beginning.
            while self.oldest().is_some_and(|start| start >= self.head) {
                self.drop_oldest();
            }
            self.head = 0;
        }
        let end = self.head + len;
        while self
            .oldest()
            .is_some_and(|start| (self.head..end).contains(&start))
        {
            self.drop_oldest();
        }
        if self.bytes.len() < end {
            let grown = (self.bytes.len() * 2).clamp(FIRST_BYTES, MAX_BYTES);
            self.bytes.resize(grown.max(end), 0);
        }
    }

    fn oldest(&self) -> Option<usize> {
        self.entries.front().map(|entry| entry.start as usize)
    }

    fn drop_oldest(&mut self) {
        if self.entries.pop_front().is_some() {
            self.first += 1;
        }
    }

    fn entry(&self, number: u64) -> Option<&Entry> {
        let index = number.checked_sub(self.first)?;
        self.entries.get(usize::try_from(index).ok()?)
    }
}

impl Second {
    /// Whether one more message is kept.
    fn admits(&mut self, rng: &mut Rng, number: u64) -> bool {
        if number != self.number {
            let crowded = self.came > MAX_A_SECOND && number == self.number + 1;
            *self = Self {
                number,
                came: 0,
                kept: 0,
                share: match crowded {
                    true => {
                        (u64::from(u32::MAX) * u64::from(MAX_A_SECOND) / u64::from(self.came))
                            as u32
                    }
                    false => u32::MAX,
                },
            };
        }
        self.came = self.came.saturating_add(1);
        let left = MAX_A_SECOND.saturating_sub(self.kept);
        if left == 0 {
            return false;
        }
        // Half of what is left of the second's room goes to a smaller and smaller share.
        let share = self.share.min(u32::MAX >> (MAX_A_SECOND / left).ilog2());
        let kept = share == u32::MAX || rng.next_u64() as u32 <= share;
        self.kept += u32::from(kept);
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Instant;

    fn at(millis: u64) -> Now {
        Now {
            instant: Instant(millis),
            wall: UnixMillis(millis as i64),
        }
    }

    /// One every millisecond.
    fn push(messages: &mut Messages, count: u64, payload: &[u8]) {
        let from = messages.end() + messages.missed;
        for number in from..from + count {
            messages.push(&format!("t/{number}"), payload, at(number));
        }
    }

    fn check_all(messages: &Messages, payload: &[u8]) {
        for number in messages.first()..messages.end() {
            let message = messages.get(number).unwrap();
            assert_eq!(message.topic, format!("t/{number}"));
            assert_eq!(message.payload, payload);
            assert_eq!(messages.at(number), Some(UnixMillis(number as i64)));
        }
    }

    #[test]
    fn the_newest_thirty_thousand_are_kept_under_their_numbers() {
        let mut messages = Messages::default();
        push(&mut messages, 70_000, b"{}");
        assert_eq!((messages.first(), messages.end()), (40_000, 70_000));
        check_all(&messages, b"{}");
        assert_eq!(messages.get(39_999), None);
        assert_eq!(messages.get(70_000), None);
        assert_eq!(messages.since(UnixMillis(50_000)), 50_000);
        assert_eq!(messages.since(UnixMillis(0)), 40_000);
        assert_eq!(messages.since(UnixMillis(90_000)), 70_000);
    }

    #[test]
    fn eight_megabytes_are_kept_and_never_overwritten_while_they_are_listed() {
        for len in [1_000, 4_001, 16_384] {
            let mut messages = Messages::default();
            let payload: Vec<u8> = (0..len).map(|byte| byte as u8).collect();
            push(&mut messages, 12_000, &payload);
            check_all(&messages, &payload);
            let kept = (messages.first()..messages.end()).filter_map(|it| messages.get(it));
            let kept: usize = kept.map(|it| it.topic.len() + it.payload.len()).sum();
            assert!(kept > MAX_BYTES - 3 * (len + 7) && kept <= MAX_BYTES);
            assert!(messages.bytes.len() <= MAX_BYTES);
        }
    }

    #[test]
    fn messages_of_any_length_leave_each_other_alone() {
        let mut messages = Messages::default();
        let mut rng = Rng::new(3);
        for number in 0..20_000_u64 {
            let payload = vec![number as u8; rng.below(3_000) as usize];
            messages.push(&format!("t/{number}"), &payload, at(number));
        }
        for number in messages.first()..messages.end() {
            let message = messages.get(number).unwrap();
            assert_eq!(message.topic, format!("t/{number}"));
            assert!(message.payload.iter().all(|byte| *byte == number as u8));
        }
    }

    #[test]
    fn what_is_too_long_is_counted_and_not_kept() {
        let mut messages = Messages::default();
        push(&mut messages, 3, b"x");
        messages.push("t/long", &vec![0; MAX_PAYLOAD + 1], at(9));
        assert_eq!(messages.end(), 3);
        assert_eq!(messages.missed_since(0), 1);
        push(&mut messages, 1, b"x");
        assert_eq!(messages.missed_since(3), 0);
        assert_eq!(messages.missed_since(4), 0, "none since the newest one");
    }

    #[test]
    fn of_a_flood_a_fair_share_is_kept_and_the_rest_counted() {
        let mut messages = Messages::default();
        let mut of_first = 0;
        for serial in 0..200_000_u64 {
            // A hundred devices take turns, twenty thousand messages a second.
            messages.push(&format!("t/{}", serial % 100), b"{}", at(serial / 20));
        }
        let kept = messages.end() - messages.first();
        assert!(kept <= 30_000);
        assert_eq!(messages.end() + messages.missed, 200_000);
        // The last whole second, which knew what comes.
        let last = messages.since(UnixMillis(9_000));
        let second = messages.end() - last;
        assert!((4_000..=5_000).contains(&second), "{second}");
        let first_half = messages.since(UnixMillis(9_500)) - last;
        assert!(first_half * 10 > second * 4, "{first_half} of {second}");
        for number in last..messages.end() {
            of_first += u64::from(messages.get(number).unwrap().topic == "t/0");
        }
        assert!((20..90).contains(&of_first), "{of_first}");
    }

    #[test]
    fn a_quiet_second_after_a_flood_is_kept_whole() {
        let mut messages = Messages::default();
        for serial in 0..50_000 {
            messages.push("t", b"{}", at(serial / 50));
        }
        let before = messages.end();
        for serial in 0..1_000 {
            messages.push("t", b"{}", at(5_000 + serial));
        }
        assert_eq!(messages.end() - before, 1_000);
    }

    #[test]
    fn another_broker_s_messages_have_other_numbers() {
        let mut messages = Messages::default();
        push(&mut messages, 10, b"x");
        messages.clear();
        assert_eq!((messages.first(), messages.end()), (10, 10));
        assert_eq!(messages.get(3), None);
        push(&mut messages, 5, b"y");
        check_all(&messages, b"y");
    }
}
