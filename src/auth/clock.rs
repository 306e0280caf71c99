//! How far this device's clock is off, learnt from the `Date` of an answer. Reads no clock itself.

use std::time::Duration;

use super::sigv4::read_stamp;
use crate::time::{Now, UnixMillis};

/// `Date` is a whole second, and an answer takes its time: less than this is no difference.
const TOLERANCE_MS: u64 = 2_000;

/// AWS forgives five minutes; a little less, since a difference is not known to the second.
const FORGIVEN_MS: u64 = 5 * 60_000 - 5_000;

const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";

/// What is known of this device's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    offset_ms: Option<i64>,
}

impl Clock {
    /// How far it is ahead of the other side's (negative: behind); 0 for a difference that says nothing.
    pub fn offset_ms(self) -> Option<i64> {
        self.offset_ms
    }

    /// What the other side's clock shows now.
    pub fn corrected(self, wall: UnixMillis) -> UnixMillis {
        UnixMillis(wall.0.saturating_sub(self.offset_ms.unwrap_or_default()))
    }

    /// Learns from an answer's `Date`, which is taken to be of the middle between question and answer. True when what
    /// was signed before cannot have been accepted.
    pub fn learn(&mut self, date: &str, asked: Now, answered: Now) -> bool {
        let Some(theirs) = read_date(date) else {
            return false;
        };
        let way: Duration = answered.instant.since(asked.instant) / 2;
        let middle = answered.wall.0.saturating_sub(way.as_millis() as i64);
        // On average the second was half over.
        let offset = middle.saturating_sub(theirs.0.saturating_add(500));
        let offset = if offset.unsigned_abs() <= TOLERANCE_MS {
            0
        } else {
            offset
        };
        let before = self.offset_ms.replace(offset).unwrap_or_default();
        offset.abs_diff(before) > FORGIVEN_MS
    }
}

/// The one form that HTTP still allows to be sent, such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
pub fn read_date(text: &str) -> Option<UnixMillis> {
    let (day_name, rest) = text.trim().split_once(", ")?;
    let words: Vec<&str> = rest.split(' ').collect();
    let [day, month, year, clock, "GMT"] = words[..] else {
        return None;
    };
    let month = MONTHS.chunks(3).position(|name| name == month.as_bytes())? + 1;
    let month = if month < 10 { "0" } else { "" }.to_owned() + &month.to_string();
    let clock: Vec<&str> = clock.split(':').collect();
    let [hour, minute, second] = clock[..] else {
        return None;
    };
    let two = [day, hour, minute, second]
        .iter()
        .all(|part| part.len() == 2);
    let stamp = [year, &month, day, "T", hour, minute, second, "Z"].concat();
    read_stamp(&stamp).filter(|_| two && day_name.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Instant;

    const DATE: &str = "Sun, 30 Aug 2015 12:36:00 GMT";
    const TIME: i64 = 1_440_938_160_000;

    fn at(instant: u64, wall: i64) -> Now {
        Now {
            instant: Instant(instant),
            wall: UnixMillis(wall),
        }
    }

    #[test]
    fn a_date_is_read_in_the_one_form_that_is_sent() {
        assert_eq!(read_date(DATE), Some(UnixMillis(TIME)));
        assert_eq!(
            read_date("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(UnixMillis(784_111_777_000))
        );
        for wrong in [
            "",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 31 Feb 2015 12:36:00 GMT",
            "Sun, 30 aug 2015 12:36:00 GMT",
            "Sun, 30 Aug 2015 12:36:00 CET",
            "Sun, 30 Aug 2015 25:36:00 GMT",
            "Sun, 3 Aug 2015 12:36:000 GMT",
            "Sun, 30 Aug 2015 12:36 GMT",
            "Sun, 30 Aug é2015 12:36:00 GMT",
        ] {
            assert_eq!(read_date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_offset_is_that_of_the_middle_between_question_and_answer() {
        let mut clock = Clock::default();
        // Ten minutes ahead, and the answer took four seconds.
        let asked = at(1_000, TIME + 598_500);
        let answered = at(5_000, TIME + 602_500);
        assert!(clock.learn(DATE, asked, answered));
        assert_eq!(clock.offset_ms(), Some(600_000));
        assert_eq!(clock.corrected(answered.wall), UnixMillis(TIME + 2_500));
        // The same again is nothing new.
        assert!(!clock.learn(DATE, asked, answered));
        assert!(!clock.learn("soon", asked, answered));
        assert_eq!(clock.offset_ms(), Some(600_000));
    }

    #[test]
    fn a_second_is_no_difference_and_five_minutes_are_forgiven() {
        let mut clock = Clock::default();
        let now = at(0, TIME - 1_400);
        assert!(!clock.learn(DATE, now, now));
        assert_eq!(clock.offset_ms(), Some(0));
        let now = at(0, TIME - 240_000);
        assert!(!clock.learn(DATE, now, now));
        assert_eq!(clock.offset_ms(), Some(-240_500));
    }

    #[test]
    fn clocks_at_the_end_of_time_do_no_harm() {
        for wall in [i64::MIN, i64::MAX] {
            let mut clock = Clock::default();
            assert!(clock.learn(DATE, at(0, wall), at(u64::MAX, wall)));
            clock.corrected(UnixMillis(wall));
        }
    }
}
