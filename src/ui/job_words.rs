//! A change of many devices in words: what it does, and where it stands.

use super::text::{Language, Phrase, bulk as words, changes, devices};
use crate::engine::command::{BulkWish, Wish};
use crate::engine::frame::{JobState, JobView};

/// `mode becomes eco`
pub(super) fn title(job: &JobView, language: Language) -> String {
    let path = job.path.as_ref().map(|path| path.join("."));
    let path = path.unwrap_or_else(|| words::SEVERAL_KEYS.text(language).to_owned());
    let phrase = match &job.what {
        BulkWish::Set(Wish::Remove) | BulkWish::Remove => words::IS_REMOVED,
        BulkWish::Set(wish) => {
            let value = value(wish, language);
            return undone(
                words::BECOMES.fill(language, &[&path, &value]),
                job,
                language,
            );
        }
        BulkWish::AcceptReported => words::ACCEPTS_REPORTED,
        BulkWish::OwnForm => words::IN_OWN_FORM,
    };
    undone(phrase.fill(language, &[&path]), job, language)
}

fn undone(title: String, job: &JobView, language: Language) -> String {
    match job.undoes {
        Some(_) => changes::UNDOING.fill(language, &[&title]),
        None => title,
    }
}

pub(super) fn value(wish: &Wish, language: Language) -> String {
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
        JobState::Running => words::RUNNING,
        JobState::Paused => words::PAUSED,
        JobState::StoppedByRefusals => words::STOPPED_BY_REFUSALS,
        JobState::Stopped => words::STOPPED,
        JobState::Sent => words::SENT,
        JobState::Done => words::DONE,
    }
}
