//! Times as texts by patterns of letters: `yyyy-MM-dd HH:mm:ss z`. Writing follows Joda-Time's DateTimeFormat, as
//! parse_time does, and reading Java's DateTimeFormatter, as time_to_epoch does. English names only.

mod read;
mod write;

pub(super) use read::read;
pub(super) use write::format;

/// A longer pattern is none.
const MAX_PATTERN: usize = 1_000;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// A letter and how often it stands there.
    Field(char, usize),
    Text(String),
    /// `[` and `]`: what may be missing.
    Open,
    Close,
}

/// None: a quote is not closed, or it is too long.
fn pieces(pattern: &str) -> Option<Vec<Piece>> {
    if pattern.len() > MAX_PATTERN {
        return None;
    }
    let mut pieces = Vec::new();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            'a'..='z' | 'A'..='Z' => {
                let mut count = 1;
                while letters.next_if_eq(&letter).is_some() {
                    count += 1;
                }
                pieces.push(Piece::Field(letter, count));
            }
            '\'' => {
                let mut text = String::new();
                if letters.next_if_eq(&'\'').is_some() {
                    text.push('\'');
                } else {
                    loop {
                        match letters.next()? {
                            '\'' if letters.next_if_eq(&'\'').is_some() => text.push('\''),
                            '\'' => break,
                            other => text.push(other),
                        }
                    }
                }
                pieces.push(Piece::Text(text));
            }
            '[' => pieces.push(Piece::Open),
            ']' => pieces.push(Piece::Close),
            other => pieces.push(Piece::Text(other.to_string())),
        }
    }
    Some(pieces)
}

/// Whether reading by this pattern may need the database of zones.
pub(in crate::rules::sql) fn names_zone(pattern: &str) -> bool {
    let pieces = pieces(pattern).unwrap_or_default();
    pieces
        .iter()
        .any(|piece| matches!(piece, Piece::Field('z' | 'V' | 'v', _)))
}

fn weekday(days: i64) -> i64 {
    // 1970 began on a Thursday; 0 is Monday.
    (days + 3).rem_euclid(7)
}
