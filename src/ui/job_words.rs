//! A change of many devices in words: what it does, and where it stands.

use leptos::prelude::*;

use super::rich::rich;
use super::text::{Language, Phrase, bulk as words, devices};
use crate::engine::command::{BulkWish, Wish};
use crate::engine::frame::{JobState, JobView};

/// `mode becomes eco`
pub(super) fn title(job: &JobView, language: Language) -> AnyView {
    let path = job.path.as_ref().map(|path| path.join("."));
    let path = path.unwrap_or_else(|| words::SEVERAL_KEYS.text(language).to_owned());
    let title = match &job.what {
        BulkWish::Set(Wish::Remove) | BulkWish::Remove => {
            rich(words::IS_REMOVED, language, &[&path])
        }
        BulkWish::Set(wish) => rich(words::BECOMES, language, &[&path, &value(wish, language)]),
        BulkWish::AcceptReported => rich(words::ACCEPTS_REPORTED, language, &[&path]),
        BulkWish::OwnForm => rich(words::IN_OWN_FORM, language, &[&path]),
    };
    let undoing = job.undoes.map(|_| words::UNDOING.text(language));
    view! { {undoing} {title} }.into_any()
}

fn value(wish: &Wish, language: Language) -> String {
    let word = match wish {
        Wish::Switch(true) => devices::ON,
        Wish::Switch(false) => devices::OFF,
        Wish::Value(value) => return value.text.clone(),
        Wish::Remove => devices::REMOVED,
    };
    word.text(language).to_owned()
}

pub(super) const fn state(state: JobState) -> Phrase {
    match state {
        JobState::Prepared => words::PREPARED,
        JobState::Refused => words::REFUSED,
        JobState::Running => words::RUNNING,
        JobState::Paused => words::PAUSED,
        JobState::StoppedByRefusals => words::STOPPED_BY_REFUSALS,
        JobState::Stopped => words::STOPPED,
        JobState::Sent => words::SENT,
        JobState::Done => words::DONE,
    }
}
