//! Why a change is stuck, as icon and words: short for a list, a sentence for a row, two for the row that is explained.

use leptos::prelude::*;

use super::format;
use super::icons::{Icon, icon};
use super::rich::rich;
use super::text::{Language, Phrase, changes as words};
use crate::engine::frame::{DeviceState, StuckCause, StuckRow, ValueKind, ValueView};

pub(super) fn picture(cause: StuckCause) -> AnyView {
    icon(match cause {
        StuckCause::Silent => Icon::Close,
        StuckCause::NeverReported => Icon::Ring,
        StuckCause::TypeDiffers => Icon::Warning,
        StuckCause::SetBack => Icon::Undo,
        StuckCause::NotDone => Icon::Refused,
    })
}

pub(super) fn name(cause: StuckCause) -> Phrase {
    match cause {
        StuckCause::Silent => words::SILENT,
        StuckCause::NeverReported => words::NEVER_REPORTED,
        StuckCause::TypeDiffers => words::TYPE_DIFFERS,
        StuckCause::SetBack => words::SET_BACK,
        StuckCause::NotDone => words::NOT_DONE,
    }
}

pub(super) fn sentence(row: &StuckRow, language: Language) -> AnyView {
    let at = row.cause_at.map(format::clock);
    let text = match (row.cause, at) {
        (StuckCause::Silent, Some(at)) if row.state == DeviceState::Offline => {
            words::OFFLINE_SINCE.fill(language, &[&at])
        }
        (StuckCause::Silent, Some(at)) => words::SILENT_SINCE.fill(language, &[&at]),
        (StuckCause::Silent, None) => words::IS_SILENT.text(language).to_owned(),
        (StuckCause::NeverReported, _) => words::NEVER.text(language).to_owned(),
        (StuckCause::TypeDiffers, _) => {
            let reported = reported_literal(row, language);
            return rich(
                words::DIFFERS,
                language,
                &[&reported, &literal(&row.desired)],
            );
        }
        (StuckCause::SetBack, Some(at)) => words::SET_BACK_AT.fill(language, &[&at]),
        (StuckCause::SetBack, None) => words::WAS_SET_BACK.text(language).to_owned(),
        (StuckCause::NotDone, _) => words::OWN_VALUE.text(language).to_owned(),
    };
    text.into_any()
}

pub(super) fn why(row: &StuckRow, language: Language) -> AnyView {
    let key = row.field.path.join(".");
    let reported = reported_literal(row, language);
    let told = |phrase, values: &[&str]| rich(phrase, language, values);
    match row.cause {
        StuckCause::Silent => match row.cause_at {
            Some(at) => {
                let text = words::WHY_SILENT.fill(language, &[&format::clock(at)]);
                text.into_any()
            }
            None => words::IS_SILENT.text(language).into_any(),
        },
        StuckCause::NeverReported => told(words::WHY_NEVER, &[&key]),
        StuckCause::TypeDiffers => told(words::WHY_DIFFERS, &[&reported, &literal(&row.desired)]),
        StuckCause::SetBack => told(words::WHY_SET_BACK, &[&reported]),
        StuckCause::NotDone => told(words::WHY_NOT_DONE, &[&reported]),
    }
}

/// A text in quotes, so that `"1"` is told from `1`.
pub(super) fn literal(value: &ValueView) -> String {
    match value.kind {
        ValueKind::Text => "\"".to_owned() + &value.text + "\"",
        _ => value.text.clone(),
    }
}

pub(super) fn reported_literal(row: &StuckRow, language: Language) -> String {
    let reported = row.reported.as_ref().map(literal);
    reported.unwrap_or_else(|| words::NONE.text(language).to_owned())
}
