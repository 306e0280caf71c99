//! The values of a field in words: "off → on", "40 % → 72 %", and when each was said.

use leptos::prelude::*;

use super::control::{Handle, Kind, is_under_way, wished};
use super::format;
use super::life_rail::gap;
use super::switch::switch_text;
use super::text::{Language, controls, devices as words};
use crate::engine::frame::{Control, FieldView, Stage, Step, ValueKind, ValueView};

/// A report younger than this, in milliseconds, is given by its time: an age would not stand still.
const FRESH: i64 = 60_000;

/// What stands behind the arrow.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ahead {
    Wish,
    /// A draft before a wish.
    Draft,
}

/// What is reported and, behind an arrow, what is wished: where the control does not show it by itself.
pub(super) fn field_value(handle: Handle, kind: Kind) -> Option<AnyView> {
    match kind {
        Kind::Switch | Kind::Slider => Some(pair(handle, Ahead::Draft)),
        Kind::None => Some(pair(handle, Ahead::Wish)),
        Kind::Segments => segments_value(handle),
        Kind::Number | Kind::Menu | Kind::Text | Kind::Colour | Kind::Momentary => None,
    }
}

/// What is reported although it is not one of the options.
fn segments_value(handle: Handle) -> Option<AnyView> {
    let language = handle.language();
    let text = handle.field.with(|field| {
        let is_option = match (&field.control, &field.reported) {
            (Control::Choice { options }, Some(reported)) => {
                options.iter().any(|option| option.text == reported.text)
            }
            _ => false,
        };
        (!is_option).then(|| reported_text(field, language))
    });
    text.map(|text| view! { <span class="reported">{text}</span> }.into_any())
}

pub(super) fn pair(handle: Handle, ahead: Ahead) -> AnyView {
    let language = handle.language();
    let draft = (ahead == Ahead::Draft).then(|| handle.draft()).flatten();
    let (reported, wished) = handle
        .field
        .with(|field| match (&field.control, field.switch) {
            (Control::Switch, Some(switch)) => {
                let (reported, wished) = switch_text(switch, handle, language);
                (reported.to_owned(), wished.map(ToOwned::to_owned))
            }
            _ => {
                let ahead = draft.or_else(|| wished(field).map(|value| text(&value, language)));
                let ahead = ahead.map(|text| with_unit(&text, &field.unit));
                (reported_text(field, language), ahead)
            }
        });
    view! {
        <span class="reported">{reported}</span>
        {wished
            .map(|wished| {
                view! {
                    <span class="arrow">"→"</span>
                    <span class="wished">{wished}</span>
                }
                .into_any()
            })}
    }
    .into_any()
}

/// With its unit, or "unknown".
pub(super) fn reported_text(field: &FieldView, language: Language) -> String {
    match (&field.reported, field.switch) {
        (Some(_), Some(switch)) if field.control == Control::Switch => {
            let word = |on: bool| if on { words::ON } else { words::OFF };
            let word = switch.reported.map_or(words::UNKNOWN, word);
            word.text(language).to_owned()
        }
        (Some(value), _) => with_unit(&text(value, language), &field.unit),
        (None, _) => words::UNKNOWN.text(language).to_owned(),
    }
}

/// A value as people read it.
fn text(value: &ValueView, language: Language) -> String {
    match value.kind == ValueKind::Structure && value.text == "null" {
        true => words::REMOVED.text(language).to_owned(),
        false => value.text.clone(),
    }
}

pub(super) fn with_unit(text: &str, unit: &str) -> String {
    match unit {
        "" => text.to_owned(),
        _ => text.to_owned() + " " + unit,
    }
}

/// "reported 14:02:31", "reported 3 min ago", "never reported"
pub(super) fn reported_when(handle: Handle, kind: Kind) -> String {
    let language = handle.language();
    if kind == Kind::Momentary {
        return controls::MOMENTARY.text(language).to_owned();
    }
    handle.field.with(|field| {
        if let Some(after) = reported_after(field, language) {
            return words::REPORTED_AFTER.fill(language, &[&after]);
        }
        let Some(at) = field.reported_at else {
            return match field.reported {
                Some(_) => String::new(),
                None => words::NEVER_REPORTED.text(language).to_owned(),
            };
        };
        let now = handle.panel.store.now.get();
        match now.0.saturating_sub(at.0) {
            ..FRESH => words::REPORTED_AT.fill(language, &[&format::clock(at)]),
            _ => words::REPORTED_AGO.fill(language, &[&format::age(language, at, now)]),
        }
    })
}

/// How long after sending a change was reported, while that is news.
fn reported_after(field: &FieldView, language: Language) -> Option<String> {
    let change = field.change.as_ref()?;
    let at = |wanted: Step| {
        let step = change.steps.iter().find(|(step, _)| *step == wanted);
        step.map(|(_, at)| *at)
    };
    Some(gap(at(Step::Sent)?, at(Step::Reported)?, language))
}

/// How a change of this page ended: "power: on, reported +1.9 s after sending". None while it has not.
pub(super) fn outcome(handle: Handle) -> Option<String> {
    handle.field.with(|field| {
        let change = field
            .change
            .as_ref()
            .filter(|change| !is_under_way(change))?;
        let language = handle.panel.language.get_untracked();
        let end = match &change.stage {
            Stage::Reported => {
                let after = reported_after(field, language)?;
                let reported = words::REPORTED_AFTER.fill(language, &[&after]);
                change.wish.text.clone() + ", " + &reported
            }
            Stage::Rejected { code, message } => {
                words::REJECTED.text(language).to_owned()
                    + ", "
                    + message
                    + " ("
                    + &code.to_string()
                    + ")"
            }
            Stage::TimedOut => words::TIMED_OUT.text(language).to_owned(),
            Stage::Superseded { .. } => words::SUPERSEDED.text(language).to_owned(),
            _ => return None,
        };
        Some(untrack(|| handle.name()) + ": " + &end)
    })
}
