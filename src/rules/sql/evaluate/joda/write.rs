//! Times to texts, by Joda-Time's letters.

use super::{DAYS, MONTHS, Piece, pieces, weekday};
use crate::rules::sql::evaluate::zone::{Local, Zone, offset_text};
use crate::time::{date_of_day, days_since_1970};

const DAY: i64 = 86_400_000;
/// Milliseconds on both sides of 1970 that a year of nine digits may lie away.
const FAR: i64 = 8_640_000_000_000_000;

/// An instant with its fields in a zone.
struct Fields<'z> {
    zone: &'z Zone,
    local: Local,
    days: i64,
    /// Milliseconds since midnight.
    time: i64,
}

/// `at` in milliseconds since 1970. None: the pattern has a letter that means nothing.
pub(in crate::rules::sql::evaluate) fn format(
    pattern: &str,
    at: i64,
    zone: &Zone,
) -> Option<String> {
    if at.unsigned_abs() > FAR.unsigned_abs() {
        return None;
    }
    let local = zone.at(at)?;
    let shifted = at + i64::from(local.seconds) * 1_000;
    let fields = Fields {
        zone,
        local,
        days: shifted.div_euclid(DAY),
        time: shifted.rem_euclid(DAY),
    };
    let mut out = String::new();
    for piece in pieces(pattern)? {
        match piece {
            Piece::Text(text) => out += &text,
            Piece::Open => out.push('['),
            Piece::Close => out.push(']'),
            Piece::Field(letter, count) => out += &fields.field(letter, count)?,
        }
    }
    Some(out)
}

impl Fields<'_> {
    fn field(&self, letter: char, count: usize) -> Option<String> {
        let (year, month, day) = date_of_day(self.days);
        let (week_year, week) = self.week();
        let of_era = if year > 0 { year } else { 1 - year };
        let hour = self.time / 3_600_000;
        let number = match letter {
            'y' | 'x' | 'Y' => {
                let number = match letter {
                    'x' => week_year,
                    'y' => year,
                    _ => of_era,
                };
                return Some(match count {
                    2 => padded(number.rem_euclid(100), 2),
                    _ => padded(number, count),
                });
            }
            'M' if count > 2 => return Some(name(&MONTHS, month - 1, count)),
            'E' => return Some(name(&DAYS, weekday(self.days), count)),
            'G' => return Some(if year > 0 { "AD" } else { "BC" }.to_owned()),
            'a' => return Some(if hour < 12 { "AM" } else { "PM" }.to_owned()),
            'S' => {
                let mut digits = padded(self.time % 1_000, 3);
                digits.extend(std::iter::repeat_n('0', count.saturating_sub(3)));
                digits.truncate(count);
                return Some(digits);
            }
            'z' => return Some(self.zone_name(count > 3)),
            'Z' => {
                return Some(match count {
                    1 => offset_text(self.local.seconds, ""),
                    2 => offset_text(self.local.seconds, ":"),
                    _ => self.zone.name().to_owned(),
                });
            }
            'C' => of_era / 100,
            'w' => week,
            'e' => weekday(self.days) + 1,
            'D' => self.days - days_since_1970(year, 1, 1) + 1,
            'M' => month,
            'd' => day,
            'K' => hour % 12,
            'h' => (hour + 11) % 12 + 1,
            'H' => hour,
            'k' => (hour + 23) % 24 + 1,
            'm' => self.time / 60_000 % 60,
            's' => self.time / 1_000 % 60,
            _ => return None,
        };
        Some(padded(number, count))
    }

    /// The year and the number of the week after ISO 8601: the week of a day is that of its Thursday.
    fn week(&self) -> (i64, i64) {
        let thursday = self.days - weekday(self.days) + 3;
        let (year, ..) = date_of_day(thursday);
        (year, (thursday - days_since_1970(year, 1, 1)) / 7 + 1)
    }

    fn zone_name(&self, long: bool) -> String {
        const LONG: [(&str, &str); 20] = [
            ("UTC", "Coordinated Universal Time"),
            ("GMT", "Greenwich Mean Time"),
            ("BST", "British Summer Time"),
            ("CET", "Central European Standard Time"),
            ("CEST", "Central European Summer Time"),
            ("EET", "Eastern European Standard Time"),
            ("EEST", "Eastern European Summer Time"),
            ("EST", "Eastern Standard Time"),
            ("EDT", "Eastern Daylight Time"),
            ("CST", "Central Standard Time"),
            ("CDT", "Central Daylight Time"),
            ("MST", "Mountain Standard Time"),
            ("MDT", "Mountain Daylight Time"),
            ("PST", "Pacific Standard Time"),
            ("PDT", "Pacific Daylight Time"),
            ("JST", "Japan Standard Time"),
            ("KST", "Korean Standard Time"),
            ("IST", "India Standard Time"),
            ("AEST", "Australian Eastern Standard Time"),
            ("AEDT", "Australian Eastern Daylight Time"),
        ];
        let short = &self.local.short;
        let mut known = LONG.iter().filter(|(known, _)| long && known == short);
        known
            .next()
            .map_or_else(|| short.clone(), |(_, long)| (*long).to_owned())
    }
}

fn name(names: &[&str], index: i64, count: usize) -> String {
    let name = names.get(index as usize).copied().unwrap_or_default();
    if count > 3 { name } else { &name[..3] }.to_owned()
}

fn padded(number: i64, count: usize) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::from(if number < 0 { "-" } else { "" });
    out.extend(std::iter::repeat_n('0', count.saturating_sub(digits.len())));
    out + &digits
}
