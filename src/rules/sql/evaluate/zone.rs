//! Time zones by their names. In the page only UTC and fixed offsets are known: the database of all others is in the
//! backend.

#[cfg(not(target_arch = "wasm32"))]
mod named;
#[cfg(target_arch = "wasm32")]
mod named {
    //! No zone is known by its name here.

    #[derive(Debug)]
    pub(in crate::rules::sql::evaluate) enum Named {}

    pub(super) fn by_name(_name: &str) -> Option<Named> {
        None
    }

    pub(super) fn at(zone: &Named, _at: i64) -> Option<super::Local> {
        match *zone {}
    }

    pub(super) fn instant(zone: &Named, _local: i64) -> Option<i64> {
        match *zone {}
    }
}

/// Seconds of a day.
const DAY: i32 = 86_400;

#[derive(Debug)]
pub(super) enum Zone {
    Fixed { seconds: i32, name: String },
    Named(named::Named, String),
}

/// A zone at one instant.
pub(super) struct Local {
    /// East of Greenwich.
    pub(super) seconds: i32,
    /// `CEST`
    pub(super) short: String,
}

/// The names of UTC.
const UTC: [&str; 9] = [
    "UTC",
    "GMT",
    "UT",
    "Z",
    "UCT",
    "Zulu",
    "Etc/UTC",
    "Etc/GMT",
    "Universal",
];

/// Whether a zone is known in the page, too.
pub(in crate::rules::sql) fn is_plain(name: &str) -> bool {
    fixed(name).is_some()
}

fn fixed(name: &str) -> Option<i32> {
    if UTC.iter().any(|utc| utc.eq_ignore_ascii_case(name)) {
        return Some(0);
    }
    let prefixes = ["UTC", "GMT", "UT"];
    let rest = prefixes.iter().find_map(|prefix| name.strip_prefix(prefix));
    offset(rest.unwrap_or(name))
}

/// `+1`, `+01`, `+0130`, `+01:30` or `+01:30:15`, in seconds.
pub(super) fn offset(text: &str) -> Option<i32> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let digits: String = rest.chars().filter(|it| *it != ':').collect();
    let has_colons = rest.len() > digits.len();
    let is_fit = match (rest.len(), has_colons) {
        (1 | 2 | 4 | 6, false) => true,
        (5, true) => rest.as_bytes()[2] == b':',
        (8, true) => rest.as_bytes()[2] == b':' && rest.as_bytes()[5] == b':',
        _ => false,
    };
    if !is_fit || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let part = |at: usize| {
        digits
            .get(at..(at + 2).min(digits.len()))
            .map_or(Some(0), number)
    };
    let (hours, minutes, seconds) = (part(0)?, part(2)?, part(4)?);
    let total = hours * 3_600 + minutes * 60 + seconds;
    (hours <= 18 && minutes < 60 && seconds < 60).then_some(sign * total)
}

fn number(digits: &str) -> Option<i32> {
    match digits {
        "" => Some(0),
        digits => digits.parse().ok(),
    }
}

impl Zone {
    pub(super) fn by_name(name: &str) -> Option<Self> {
        if let Some(seconds) = fixed(name) {
            let name = if name == "Z" { "UTC" } else { name };
            return Some(Self::fixed(seconds, name));
        }
        let named = named::by_name(name)?;
        Some(Self::Named(named, name.to_owned()))
    }

    pub(super) fn fixed(seconds: i32, name: &str) -> Self {
        let name = name.to_owned();
        Self::Fixed { seconds, name }
    }

    /// As it was asked for.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Fixed { name, .. } | Self::Named(_, name) => name,
        }
    }

    /// At an instant in milliseconds since 1970. None: the database knows nothing of such a time.
    pub(super) fn at(&self, at: i64) -> Option<Local> {
        match self {
            Self::Fixed { seconds, name } => Some(Local {
                seconds: *seconds,
                short: name.clone(),
            }),
            Self::Named(named, _) => named::at(named, at),
        }
    }

    /// The instant of a local time, both in milliseconds since 1970. A time that the clock skips is the one after it,
    /// and of two the first.
    pub(super) fn instant(&self, local: i64) -> Option<i64> {
        match self {
            Self::Fixed { seconds, .. } => local.checked_sub(i64::from(*seconds) * 1_000),
            Self::Named(named, _) => named::instant(named, local),
        }
    }
}

/// `+01:30`
pub(super) fn offset_text(seconds: i32, colon: &str) -> String {
    let two = |number: i32| {
        let digits = number.to_string();
        if number < 10 {
            "0".to_owned() + &digits
        } else {
            digits
        }
    };
    let sign = if seconds < 0 { "-" } else { "+" };
    let minutes = seconds.abs() % DAY / 60;
    sign.to_owned() + &two(minutes / 60) + colon + &two(minutes % 60)
}
