//! Times from texts, by the letters of Java's DateTimeFormatter. What the pattern does not name is midnight, the first
//! day, and UTC; without a year there is no time.

use super::{DAYS, MONTHS, Piece, pieces};
use crate::rules::sql::evaluate::zone::{Zone, offset};
use crate::time::{date_of_day, days_since_1970};

/// What has been read.
#[derive(Clone, Debug, Default)]
struct Fields {
    year: Option<i64>,
    before_christ: bool,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: Option<i64>,
    /// 0 to 11.
    half_hour: Option<i64>,
    afternoon: Option<bool>,
    minute: i64,
    second: i64,
    nanos: i64,
    /// Milliseconds since midnight.
    time: Option<i64>,
    /// The name of a zone.
    zone: Option<String>,
    /// In seconds; it goes before the zone.
    offset: Option<i32>,
}

/// In milliseconds since 1970. None: the text does not fit the pattern, or the pattern is none.
pub(in crate::rules::sql::evaluate) fn read(text: &str, pattern: &str) -> Option<i64> {
    let pieces = pieces(pattern)?;
    let mut fields = Fields::default();
    let rest = follow(text, &pieces, &mut fields, 0)?;
    rest.is_empty().then(|| fields.instant())?
}

/// Reads the pieces and gives what is left of the text. What stands in square brackets may be missing.
fn follow<'t>(
    mut text: &'t str,
    pieces: &[Piece],
    fields: &mut Fields,
    depth: usize,
) -> Option<&'t str> {
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        at += 1;
        match piece {
            Piece::Text(literal) => text = text.strip_prefix(&**literal)?,
            Piece::Open if depth < 8 => {
                let inner = at;
                at += closing(pieces.get(inner..)?)?;
                let mut tried = fields.clone();
                let inside = pieces.get(inner..at - 1)?;
                if let Some(rest) = follow(text, inside, &mut tried, depth + 1) {
                    (text, *fields) = (rest, tried);
                }
            }
            Piece::Open | Piece::Close => return None,
            Piece::Field(letter, count) => {
                // A number that touches the next one has exactly as many digits as letters.
                let touches = pieces.get(at).is_some_and(is_number);
                text = fields.field(*letter, *count, touches, text)?;
            }
        }
    }
    Some(text)
}

/// How many pieces there are up to the bracket that closes, with it.
fn closing(pieces: &[Piece]) -> Option<usize> {
    let mut open = 1;
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Open => open += 1,
            Piece::Close => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some(index + 1);
        }
    }
    None
}

fn is_number(piece: &Piece) -> bool {
    match piece {
        Piece::Field('M' | 'L', count) => *count < 3,
        Piece::Field(letter, _) => "uydDhHkKmsSAnN".contains(*letter),
        _ => false,
    }
}

impl Fields {
    fn field<'t>(
        &mut self,
        letter: char,
        count: usize,
        touches: bool,
        text: &'t str,
    ) -> Option<&'t str> {
        let digits = |text: &'t str| number(text, letter, count, touches);
        match letter {
            'G' => {
                let (index, rest) = name(text, &["AD", "BC", "Anno Domini", "Before Christ"])?;
                self.before_christ = index % 2 == 1;
                return Some(rest);
            }
            'M' | 'L' if count > 2 => {
                let (index, rest) = month_or_day(text, &MONTHS, count)?;
                self.month = Some(index as i64 + 1);
                return Some(rest);
            }
            'E' => return Some(month_or_day(text, &DAYS, count)?.1),
            'a' => {
                let (index, rest) = name(text, &["AM", "PM"])?;
                self.afternoon = Some(index == 1);
                return Some(rest);
            }
            'z' | 'V' | 'v' => return self.zone(text),
            'X' | 'x' | 'Z' | 'O' => return self.offset(letter, text),
            _ => {}
        }
        let (number, rest) = digits(text)?;
        let within = |low, high| (low..=high).contains(&number).then_some(number);
        match letter {
            'y' | 'u' if count == 2 => self.year = Some(2_000 + number),
            'y' | 'u' => self.year = Some(number),
            'M' | 'L' => self.month = Some(within(1, 12)?),
            'd' => self.day = Some(within(1, 31)?),
            'D' => self.day_of_year = Some(within(1, 366)?),
            'H' => self.hour = Some(within(0, 23)?),
            'k' => self.hour = Some(within(1, 24)? % 24),
            'h' => self.half_hour = Some(within(1, 12)? % 12),
            'K' => self.half_hour = Some(within(0, 11)?),
            'm' => self.minute = within(0, 59)?,
            's' => self.second = within(0, 59)?,
            'S' => self.nanos = number * 10_i64.pow(9_u32.checked_sub(u32::try_from(count).ok()?)?),
            'A' => self.time = Some(within(0, 86_399_999)?),
            'n' => self.nanos = within(0, 999_999_999)?,
            'N' => self.time = Some(within(0, 86_399_999_999_999)? / 1_000_000),
            _ => return None,
        }
        Some(rest)
    }

    fn zone<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let is_part = |it: char| it.is_ascii_alphanumeric() || "/_+-:".contains(it);
        let end = text.find(|it| !is_part(it)).unwrap_or(text.len());
        // What follows may touch it: the longest name that there is.
        let ends = (1..=end.min(40)).rev();
        let end = ends
            .into_iter()
            .find(|end| Zone::by_name(&text[..*end]).is_some())?;
        self.zone = Some(text[..end].to_owned());
        Some(&text[end..])
    }

    fn offset<'t>(&mut self, letter: char, text: &'t str) -> Option<&'t str> {
        let is_zulu = matches!(letter, 'X' | 'Z') && text.starts_with('Z');
        if is_zulu {
            self.offset = Some(0);
            return Some(&text[1..]);
        }
        let text = match letter {
            'O' | 'Z' => text.strip_prefix("GMT").unwrap_or(text),
            _ => text,
        };
        if letter == 'O' && !text.starts_with(['+', '-']) {
            self.offset = Some(0);
            return Some(text);
        }
        let is_part = |it: char| it.is_ascii_digit() || it == ':';
        let rest = text.strip_prefix(['+', '-'])?;
        let end = 1 + rest.find(|it| !is_part(it)).unwrap_or(rest.len());
        self.offset = Some(offset(&text[..end])?);
        Some(&text[end..])
    }

    fn instant(&self) -> Option<i64> {
        let year = self.year?;
        let year = if self.before_christ { 1 - year } else { year };
        if !(-200_000..=200_000).contains(&year) {
            return None;
        }
        let days = match self.day_of_year {
            Some(day) => days_since_1970(year, 1, 1) + day - 1,
            None => {
                let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
                let days = days_since_1970(year, month, day);
                // The 31st of June is no day.
                (date_of_day(days) == (year, month, day)).then_some(days)?
            }
        };
        let hour = match (self.hour, self.half_hour) {
            (Some(hour), _) => hour,
            (None, Some(hour)) => hour + if self.afternoon? { 12 } else { 0 },
            (None, None) => 0,
        };
        let clock = (hour * 60 + self.minute) * 60 + self.second;
        let time = self.time.unwrap_or(clock * 1_000 + self.nanos / 1_000_000);
        let local = days * 86_400_000 + time;
        match (self.offset, &self.zone) {
            (Some(seconds), _) => Some(local - i64::from(seconds) * 1_000),
            (None, Some(zone)) => Zone::by_name(zone)?.instant(local),
            (None, None) => Some(local),
        }
    }
}

/// As many digits as the letters ask for: two and more of them say exactly how many there are, but a year may have a
/// sign and more.
fn number(text: &str, letter: char, count: usize, touches: bool) -> Option<(i64, &str)> {
    let is_year = matches!(letter, 'y' | 'u');
    let signed = is_year && count != 2 && text.starts_with(['-', '+']);
    let unsigned = if signed { &text[1..] } else { text };
    let exact = letter == 'S' || count > 1 && !(signed && count > 3) || touches;
    let other = unsigned.find(|it: char| !it.is_ascii_digit());
    let all = other.unwrap_or(unsigned.len()).min(15);
    let len = match exact {
        true if all < count => return None,
        true => count,
        false if all < count => return None,
        false => all,
    };
    let number: i64 = unsigned.get(..len)?.parse().ok()?;
    let number = if signed && text.starts_with('-') {
        -number
    } else {
        number
    };
    Some((number, &unsigned[len..]))
}

/// The first of the names that the text begins with, in any case.
fn name<'t>(text: &'t str, names: &[&str]) -> Option<(usize, &'t str)> {
    names.iter().enumerate().rev().find_map(|(index, name)| {
        let start = text.get(..name.len())?;
        start
            .eq_ignore_ascii_case(name)
            .then(|| (index, &text[name.len()..]))
    })
}

/// Three letters are the short name, more the whole one.
fn month_or_day<'t>(text: &'t str, names: &[&str], count: usize) -> Option<(usize, &'t str)> {
    names.iter().enumerate().find_map(|(index, name)| {
        let name = if count > 3 { name } else { &name[..3] };
        let start = text.get(..name.len())?;
        start
            .eq_ignore_ascii_case(name)
            .then(|| (index, &text[name.len()..]))
    })
}
