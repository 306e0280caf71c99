//! Single JSON values in the forms that devices write: numbers as texts, speeds with a unit, times in many notations.
//!
//! A value of another type is no error but no value: it belongs to a payload that means something else.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::decimal;
use crate::time::{UnixMillis, days_since_1970};

pub(super) const METRES_A_SECOND_PER_KNOT: f64 = 1852.0 / 3600.0;
pub(super) const METRES_A_SECOND_PER_KMH: f64 = 1.0 / 3.6;

const SPEED_UNITS: [(&str, f64); 9] = [
    ("m/s", 1.0),
    ("kt", METRES_A_SECOND_PER_KNOT),
    ("kn", METRES_A_SECOND_PER_KNOT),
    ("kts", METRES_A_SECOND_PER_KNOT),
    ("knots", METRES_A_SECOND_PER_KNOT),
    ("km/h", METRES_A_SECOND_PER_KMH),
    ("kmh", METRES_A_SECOND_PER_KMH),
    ("kph", METRES_A_SECOND_PER_KMH),
    ("mph", 0.447_04),
];

/// Reads one JSON value of any type into an `Option<T>`.
#[derive(Clone, Copy)]
pub(super) struct Scalar<T> {
    pub(super) number: fn(f64) -> Option<T>,
    pub(super) text: fn(&str) -> Option<T>,
}

/// A number, or a text that holds just a number.
pub(super) const NUMBER: Scalar<f64> = Scalar {
    number: Some,
    text: number_from_text,
};

/// A speed in metres a second, or a text with one of [`SPEED_UNITS`].
pub(super) const SPEED: Scalar<f64> = Scalar {
    number: Some,
    text: speed_from_text,
};

/// Seconds or milliseconds since 1970, or ISO 8601.
pub(super) const TIME: Scalar<UnixMillis> = Scalar {
    number: time_from_number,
    text: time_from_text,
};

impl<'de, T> DeserializeSeed<'de> for Scalar<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T> Visitor<'de> for Scalar<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, value: i64) -> Result<Option<T>, E> {
        Ok((self.number)(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Option<T>, E> {
        Ok((self.number)(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Option<T>, E> {
        Ok((self.number)(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Option<T>, E> {
        Ok((self.text)(value.trim()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<T>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Option<T>, A::Error> {
        while sequence.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

pub(super) fn number_from_text(text: &str) -> Option<f64> {
    decimal::parse_or_word(text)
}

fn speed_from_text(text: &str) -> Option<f64> {
    if let Some(number) = number_from_text(text) {
        return Some(number);
    }
    let (number, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic())?);
    let (_, factor) = SPEED_UNITS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    Some(number_from_text(number.trim_end())? * factor)
}

fn time_from_number(number: f64) -> Option<UnixMillis> {
    // 1e11 seconds lie in the year 5138, 1e11 milliseconds in 1973.
    let millis = match number < 1e11 {
        true => number * 1000.0,
        false => number,
    };
    after_1970(millis.round() as i64)
}

/// A clock that was never set counts from 1970, or says 0: no time at all.
fn after_1970(millis: i64) -> Option<UnixMillis> {
    (1..100_000_000_000_000)
        .contains(&millis)
        .then_some(UnixMillis(millis))
}

fn time_from_text(text: &str) -> Option<UnixMillis> {
    match number_from_text(text) {
        Some(number) => time_from_number(number),
        None => time_from_iso(text),
    }
}

/// `2026-09-29T10:00:00.5+09:00`, also with a blank for the `T`, without the fraction, and in UTC without an offset.
fn time_from_iso(text: &str) -> Option<UnixMillis> {
    let (date, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (clock, offset) = rest.split_at(rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len()));

    let mut date = date.split('-');
    let year = digits(date.next()?, 9999)?;
    let month = digits(date.next()?, 12)?;
    let day = digits(date.next()?, 31)?;
    if date.next().is_some() || month == 0 || day == 0 {
        return None;
    }
    let (clock, fraction) = clock.trim_end().split_once('.').unwrap_or((clock, "0"));
    digits(fraction, i64::MAX)?;
    let fraction = digits(&format!("{fraction:0<3.3}"), 999)?;
    let mut clock = clock.trim_end().split(':');
    let hour = digits(clock.next()?, 24)?;
    let minute = digits(clock.next()?, 59)?;
    let second = clock.next().map_or(Some(0), |text| digits(text, 60))?;

    let minutes = (days_since_1970(year, month, day) * 24 + hour) * 60 + minute
        - offset_minutes(offset.trim())?;
    after_1970((minutes * 60 + second) * 1000 + fraction)
}

/// `Z`, `+09:00`, `+0900`, `+09`, or nothing for UTC.
fn offset_minutes(offset: &str) -> Option<i64> {
    let sign = match offset.as_bytes().first() {
        None | Some(b'Z' | b'z') => return (offset.len() < 2).then_some(0),
        Some(b'-') => -1,
        Some(_) => 1,
    };
    let (hours, minutes) = offset.get(1..)?.split_at_checked(2)?;
    let minutes = minutes.strip_prefix(':').unwrap_or(minutes);
    let minutes = match minutes {
        "" => 0,
        _ => digits(minutes, 59)?,
    };
    Some(sign * (digits(hours, 18)? * 60 + minutes))
}

fn digits(text: &str, most: i64) -> Option<i64> {
    let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|number| all_digits && *number <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_time(text: &str, millis: i64) {
        assert_eq!(time_from_text(text), Some(UnixMillis(millis)), "{text}");
    }

    #[test]
    fn reads_times_in_every_notation() {
        check_time("1497476456", 1_497_476_456_000);
        check_time("1497476456.25", 1_497_476_456_250);
        check_time("1497476456789", 1_497_476_456_789);
        check_time("1970-01-01T00:00:01Z", 1_000);
        check_time("2000-02-29T12:00:00Z", 951_825_600_000);
        check_time("2026-09-29T10:00:00Z", 1_790_676_000_000);
        check_time("2026-09-29 10:00:00", 1_790_676_000_000);
        check_time("2026-09-29T10:00Z", 1_790_676_000_000);
        check_time("2026-09-29T19:00:00.125+09:00", 1_790_676_000_125);
        check_time("2026-09-29T08:30:00-0130", 1_790_676_000_000);
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "yesterday",
            "2026-09-29",
            "2026-13-29T10:00:00Z",
            "2026-00-29T10:00:00Z",
            "2026-09-29T10",
            "2026-09-29T10:61:00Z",
            "2026-09-29T10:00:00+9",
            "2026-09-29T10:00:00Zulu",
            "2026-09-29T10:00:00.x",
            "2026-09-29T10:00:00.1234x",
            "1970-01-01T00:00:00Z",
            "1969-12-31T23:00:00Z",
            "+026-09-29T10:00:00Z",
            "20é6-09-29T10:00:00Z",
            "0",
            "-5",
            "1e300",
            "NaN",
        ] {
            assert_eq!(time_from_text(text), None, "{text}");
        }
    }

    #[test]
    fn reads_speeds_with_their_units() {
        assert_eq!(speed_from_text("15"), Some(15.0));
        assert_eq!(speed_from_text("3.6 km/h"), Some(1.0));
        assert_eq!(speed_from_text("36KMH"), Some(10.0));
        let knots = speed_from_text("20 kt").unwrap();
        assert!((knots - 10.289).abs() < 0.001);
        assert_eq!(speed_from_text("fast"), None);
        assert_eq!(speed_from_text("20 parsecs"), None);
    }
}
