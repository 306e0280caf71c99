//! The changes of many devices at once, those under way or those that are over, each with its way back.

use leptos::prelude::*;

use super::board::Board;
use super::bulk::Bulk;
use super::format;
use super::job_words::{state, title};
use super::reactive::{act, each, item, live, memo};
use super::store::Store;
use super::text::{Phrase, changes as words, language, say};
use super::undo;
use crate::engine::frame::{JobState, JobView};

/// What of a job stands in its row.
#[derive(Clone, Copy, PartialEq)]
struct Line {
    state: Phrase,
    devices: u32,
    /// Of all that change, in percent.
    reported: u32,
}

pub(super) fn has_jobs(under_way: bool, store: Store) -> Memo<bool> {
    memo(move |_| {
        let jobs = store.jobs;
        jobs.with(|jobs| jobs.iter().any(|job| belongs(job, under_way)))
    })
}

/// What was only prepared is known to its panel alone.
fn belongs(job: &JobView, under_way: bool) -> bool {
    match job.state {
        JobState::Prepared => false,
        JobState::Refused
        | JobState::Running
        | JobState::Paused
        | JobState::StoppedByRefusals
        | JobState::Sent => under_way,
        JobState::Stopped | JobState::Done => !under_way,
    }
}

pub(super) fn job_list(under_way: bool, board: Board) -> AnyView {
    let store = board.store;
    let any = has_jobs(under_way, store);
    let ids = memo(move |_| {
        let own = |jobs: &Vec<JobView>| {
            let own = jobs.iter().filter(|job| belongs(job, under_way));
            own.map(|job| job.id).collect::<Vec<_>>()
        };
        store.jobs.with(own)
    });
    view! {
        <ul class="job-list" aria-label=say(words::JOBS) hidden=move || !any.get()>
            {each(move || {
                let ids = ids.get().into_iter();
                ids.map(|id| item(id.to_string(), move || row(id, board))).collect()
            })}
        </ul>
    }
    .into_any()
}

fn row(id: u32, board: Board) -> AnyView {
    let bulk = expect_context::<Bulk>();
    let language = language();
    let line = memo(move |before: Option<&Option<Line>>| {
        let line = board.store.jobs.with(|jobs| {
            let job = jobs.iter().find(|job| job.id == id)?;
            Some(line(job))
        });
        line.or_else(|| before.copied().flatten())
    });
    // What it does stays the same as long as there is one.
    let title = live(move || {
        let language = language.get();
        board.store.jobs.with_untracked(|jobs| {
            let job = jobs.iter().find(|job| job.id == id)?;
            Some(title(job, language))
        })
    });
    let state = live(move || line.get().map(|line| line.state.text(language.get())));
    let share = live(move || line.get().map(|line| line.reported.to_string() + "%"));
    let devices = live(move || {
        let devices = line.get().map_or(0, |line| line.devices);
        match devices {
            1 => words::ONE_DEVICE.text(language.get()).to_owned(),
            many => words::DEVICES.fill(language.get(), &[&format::count(many.into())]),
        }
    });
    view! {
        <li class="job-row">
            <button type="button" class="job-open" on:click=act(move |_| bulk.reopen(id))>
                <b>{title}</b>
                <span>{devices} " · " {state}</span>
                <span class="filter-bar" aria-hidden="true">
                    <span style:width=share></span>
                </span>
            </button>
            {undo::button(id)}
        </li>
    }
    .into_any()
}

fn line(job: &JobView) -> Line {
    let reported: u32 = job.stages.iter().map(|stage| stage.reported).sum();
    Line {
        state: state(job.state),
        devices: job.will_change,
        reported: reported * 100 / job.will_change.max(1),
    }
}
