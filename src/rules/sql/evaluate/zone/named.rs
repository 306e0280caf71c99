//! Zones from the database that is in the program.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::Local;

pub(in crate::rules::sql::evaluate) type Named = TimeZone;

/// What the short names mean in texts, as Java reads them.
const SHORT: [(&str, &str); 14] = [
    ("EDT", "America/New_York"),
    ("CST", "America/Chicago"),
    ("CDT", "America/Chicago"),
    ("MDT", "America/Denver"),
    ("PST", "America/Los_Angeles"),
    ("PDT", "America/Los_Angeles"),
    ("AKST", "America/Anchorage"),
    ("JST", "Asia/Tokyo"),
    ("KST", "Asia/Seoul"),
    ("IST", "Asia/Kolkata"),
    ("CEST", "Europe/Paris"),
    ("EEST", "Europe/Helsinki"),
    ("BST", "Europe/London"),
    ("AEST", "Australia/Sydney"),
];

pub(super) fn by_name(name: &str) -> Option<Named> {
    let mut short = SHORT.iter().filter(|(short, _)| *short == name);
    let name = short.next().map_or(name, |(_, name)| name);
    TimeZone::get(name).ok()
}

pub(super) fn at(zone: &Named, at: i64) -> Option<Local> {
    let instant = Timestamp::from_millisecond(at).ok()?;
    let info = zone.to_offset_info(instant);
    let seconds = info.offset().seconds();
    let short = info.abbreviation();
    let has_letters = short.starts_with(|it: char| it.is_ascii_alphabetic());
    let short = match has_letters {
        true => short.to_owned(),
        false => super::offset_text(seconds, ":"),
    };
    Some(Local { seconds, short })
}

pub(super) fn instant(zone: &Named, local: i64) -> Option<i64> {
    // As if it were UTC, only to split it into its fields.
    let fields = Timestamp::from_millisecond(local).ok()?;
    let fields: DateTime = TimeZone::UTC.to_datetime(fields);
    let instant = zone.to_timestamp(fields).ok()?;
    Some(instant.as_millisecond())
}
