//! Numbers, ages and times in the words of a language. Pure but for the one function that asks for the time zone.

use super::text::Language;
use crate::time::UnixMillis;

/// With the separator of thousands, which both languages share: `1,284`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How long ago something was, in one unit: `0.8 s`, `12 s`, `14 min`, `3 h`, `2 d`.
pub fn age(language: Language, then: UnixMillis, now: UnixMillis) -> String {
    span(language, now.0.saturating_sub(then.0))
}

/// A length of time in milliseconds, in one unit. Negative ones count as none.
pub fn span(language: Language, millis: i64) -> String {
    let seconds = millis.max(0) / 1000;
    let (figure, unit) = match seconds {
        ..10 => {
            let tenths = millis.max(0) / 100;
            return decimal(tenths) + Unit::Second.text(language);
        }
        10..120 => (seconds, Unit::Second),
        120..7200 => (seconds / 60, Unit::Minute),
        7200..172_800 => (seconds / 3600, Unit::Hour),
        _ => (seconds / 86_400, Unit::Day),
    };
    count(figure as u64) + unit.text(language)
}

/// A length of time in two units at most: `42 s`, `14 min`, `2 h 14 min`, `3 d 2 h`.
pub fn duration(language: Language, millis: i64) -> String {
    let seconds = millis.max(0) / 1000;
    let (first, second) = match seconds {
        ..60 => ((seconds, Unit::Second), None),
        60..3600 => ((seconds / 60, Unit::Minute), None),
        3600..86_400 => (
            (seconds / 3600, Unit::Hour),
            Some((seconds / 60 % 60, Unit::Minute)),
        ),
        _ => (
            (seconds / 86_400, Unit::Day),
            Some((seconds / 3600 % 24, Unit::Hour)),
        ),
    };
    let mut text = count(first.0 as u64) + first.1.text(language);
    if let Some((figure, unit)) = second.filter(|(figure, _)| *figure > 0) {
        text.push(' ');
        text.push_str(&count(figure as u64));
        text.push_str(unit.text(language));
    }
    text
}

/// As JavaScript writes it, which is as short as it can be: `0.1`, `40`.
pub fn number(number: f64) -> String {
    let text = js_sys::Number::from(number).to_string_with_radix(10);
    text.map(String::from).unwrap_or_default()
}

/// `840 B`, `412 KB`, `1.2 MB`.
pub fn bytes(number: u64) -> String {
    match number {
        ..1000 => count(number) + " B",
        1000..10_000 => decimal(number as i64 / 100) + " KB",
        10_000..1_000_000 => count(number / 1000) + " KB",
        1_000_000..100_000_000 => decimal(number as i64 / 100_000) + " MB",
        _ => count(number / 1_000_000) + " MB",
    }
}

/// The time of day where the person is: `14:02:31`.
pub fn clock(at: UnixMillis) -> String {
    let (hours, minutes, seconds) = time_of_day(at);
    format!("{hours:02}:{minutes:02}:{seconds:02}")
}

/// The same without seconds: `14:02`.
pub fn clock_minutes(at: UnixMillis) -> String {
    let mut clock = clock(at);
    clock.truncate(5);
    clock
}

/// The same to the millisecond: `14:02:29.114`.
pub fn clock_millis(at: UnixMillis) -> String {
    format!("{}.{:03}", clock(at), at.0.rem_euclid(1000))
}

/// The zone of [`clock`]: `UTC+9`, `UTC-3:30`.
pub fn zone(at: UnixMillis) -> String {
    let offset = offset_minutes(at);
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
    match minutes {
        0 => format!("UTC{sign}{hours}"),
        _ => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// Both are on one day where the person is.
pub fn is_same_day(one: UnixMillis, other: UnixMillis) -> bool {
    let day = |at: UnixMillis| (at.seconds() + offset_minutes(at) * 60).div_euclid(86_400);
    day(one) == day(other)
}

/// A number given in tenths.
fn decimal(tenths: i64) -> String {
    format!("{}.{}", count((tenths / 10) as u64), tenths % 10)
}

fn time_of_day(at: UnixMillis) -> (i64, i64, i64) {
    let seconds = (at.seconds() + offset_minutes(at) * 60).rem_euclid(86_400);
    (seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Minutes east of UTC, with summer time where it was in force then.
fn offset_minutes(at: UnixMillis) -> i64 {
    let date = js_sys::Date::new(&(at.0 as f64).into());
    -(date.get_timezone_offset() as i64)
}

#[derive(Clone, Copy)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
}

impl Unit {
    const fn text(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Second, Language::En) => " s",
            (Self::Second, Language::Ja) => " 秒",
            (Self::Minute, Language::En) => " min",
            (Self::Minute, Language::Ja) => " 分",
            (Self::Hour, Language::En) => " h",
            (Self::Hour, Language::Ja) => " 時間",
            (Self::Day, Language::En) => " d",
            (Self::Day, Language::Ja) => " 日",
        }
    }
}
