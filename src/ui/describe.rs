//! What a device does and where, in words. It draws nothing and keeps nothing.

use super::format;
use super::mark::state_word;
use super::text::{Language, devices as words};
use crate::engine::frame::{Badge, DeviceState, FixView, Row};
use crate::geo::LngLat;

/// The second line of a row: what the device does and where, or the reason when it is not well.
pub(super) fn what(row: &Row, place: Option<&str>, language: Language) -> String {
    let mut line = match (&row.alarm, row.speed) {
        (Some((key, value)), _) if row.state == DeviceState::Alarm => {
            let key = match key.as_str() {
                "battery" => words::BATTERY.text(language),
                key => key,
            };
            format!("{key} {value}")
        }
        (_, Some(speed)) if row.state == DeviceState::Moving => kilometres_per_hour(speed),
        _ => state_word(row.state).text(language).to_owned(),
    };
    if let Some(place) = place {
        line.push_str(" · ");
        line.push_str(place);
    }
    line
}

/// The words beside the diamond.
pub(super) fn badge(badge: &Badge, language: Language) -> String {
    match badge {
        Badge::None => String::new(),
        Badge::OnItsWay(key) => key.clone(),
        Badge::Differs(1) => words::ONE_KEY.text(language).to_owned(),
        Badge::Differs(keys) => words::KEYS.fill(language, &[&format::count((*keys).into())]),
    }
}

/// What a row says to those who hear it. It holds no age: that would be another name every second.
pub(super) fn spoken(row: &Row, place: Option<&str>, language: Language) -> String {
    let mut text = format!(
        "{}, {}",
        row.name,
        state_word(row.state).text(language).to_lowercase()
    );
    let what = what(row, place, language);
    if !what.eq_ignore_ascii_case(state_word(row.state).text(language)) {
        text.push_str(", ");
        text.push_str(&what);
    }
    let badge = match &row.badge {
        Badge::OnItsWay(key) => words::ON_ITS_WAY.fill(language, &[key]),
        Badge::None => return text,
        Badge::Differs(1) => words::ONE_KEY_DIFFERS.text(language).to_owned(),
        Badge::Differs(keys) => {
            words::KEYS_DIFFER.fill(language, &[&format::count((*keys).into())])
        }
    };
    text.push_str(", ");
    text.push_str(&badge);
    text
}

/// The panel's first line: `Moving NE at 42 km/h`.
pub(super) fn movement(state: DeviceState, fix: Option<&FixView>, language: Language) -> String {
    let speed = fix.and_then(|fix| fix.speed).map(kilometres_per_hour);
    match (state, fix.and_then(|fix| fix.heading), speed) {
        (DeviceState::Moving, Some(heading), Some(speed)) => {
            words::MOVING_AT.fill(language, &[compass(heading, language), &speed])
        }
        (DeviceState::Moving, _, Some(speed)) => {
            format!("{} · {speed}", words::MOVING.text(language))
        }
        _ => state_word(state).text(language).to_owned(),
    }
}

/// Latitude first, as people write it, to a metre.
pub(super) fn coordinates(position: LngLat) -> String {
    format!(
        "{}, {}",
        five_decimals(position.lat),
        five_decimals(position.lng)
    )
}

/// From metres a second.
fn kilometres_per_hour(speed: f32) -> String {
    format!("{} km/h", (speed * 3.6).round() as i32)
}

fn compass(heading: f32, language: Language) -> &'static str {
    let eighth = (heading.rem_euclid(360.0) / 45.0).round() as usize % 8;
    words::COMPASS[eighth].text(language)
}

/// Without the float formatting of the standard library, which would weigh 20 KB.
fn five_decimals(degrees: f64) -> String {
    let units = (degrees * 100_000.0).round() as i64;
    let sign = if units < 0 { "−" } else { "" };
    let units = units.abs();
    format!("{sign}{}.{:05}", units / 100_000, units % 100_000)
}
