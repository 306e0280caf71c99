//! One change for many devices: captured, previewed, sent in stages, stopped when too many refuse, and undone.

mod capture;
mod job;
mod run;
mod undo;
mod view;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Engine;
use super::board::StuckCause;
use super::command::{FieldAddress, Wish};
use super::frame::{Chip, DeviceState, ValueView};
use super::known::Known;
use crate::mqtt::limits::MAX_PUBLISHES_PER_SECOND;
use crate::time::{Instant, Now, UnixMillis};
use capture::Plan;
use job::Job;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BulkCommand {
    /// Captures the present state of everybody concerned and counts. Nothing is sent. The one prepared before goes.
    Prepare(BulkRequest),
    /// Sends what was prepared, in stages of 1, 10 and 100 %, and stops by itself once more than so many percent of
    /// those that were answered are refused.
    Start {
        job: u32,
        stop_percent: u8,
    },
    /// Captures and sends at once, in one stage: the answers of the board.
    Now(BulkRequest),
    Pause(u32),
    /// Goes on after a pause, also after one that came from refusals.
    Resume(u32),
    /// Sends no more of it. What was sent stays.
    Stop(u32),
    /// Stops, and wishes for each device what was captured, unless somebody changed it since.
    Undo(u32),
    /// Forgets a job that is over or was only prepared.
    Close(u32),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BulkRequest {
    pub who: Who,
    pub what: BulkWish,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Who {
    /// Every device that the list finds by this, but for some names.
    Found {
        search: String,
        chip: Chip,
        except: Vec<String>,
        shadow: Option<String>,
        path: Vec<String>,
    },
    Devices {
        names: Vec<String>,
        shadow: Option<String>,
        path: Vec<String>,
    },
    Fields(Vec<FieldAddress>),
    /// Every row of the stuck board that fits.
    Stuck {
        older_than: u32,
        key: Option<Vec<String>>,
        cause: Option<StuckCause>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BulkWish {
    Set(Wish),
    /// The desired value becomes the reported one.
    AcceptReported,
    /// The key leaves the desired state.
    Remove,
    /// The same wish in the form that each device reports.
    OwnForm,
}

/// Where a job stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobView {
    pub id: u32,
    pub what: BulkWish,
    /// The path that all have in common. None: several.
    pub path: Option<Vec<String>>,
    pub shadow: Option<String>,
    pub captured_at: UnixMillis,
    pub state: JobState,
    /// Everybody chosen, and of them: those whose wish changes, those left alone because they want it already, and
    /// those of the changing that are silent now and follow when they return.
    pub devices: u32,
    pub will_change: u32,
    pub already: u32,
    pub silent: u32,
    pub stages: Vec<StageView>,
    pub stop_percent: u8,
    /// Of those that were answered, in tenths of a percent.
    pub rejected_permille: u32,
    /// Code, words and how many, most first.
    pub rejections: Vec<(u16, String, u32)>,
    pub requests_per_second: u32,
    pub request_limit: u32,
    /// How many an undo would set back. 0: nothing to undo, or no longer.
    pub undoable: u32,
    pub undo_until: Option<UnixMillis>,
    /// It is itself the undoing of this job.
    pub undoes: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobState {
    Prepared,
    /// Not begun, and never will be: as many jobs as can be kept are running or paused.
    Refused,
    Running,
    Paused,
    /// More refused than was allowed.
    StoppedByRefusals,
    Stopped,
    /// Everybody was answered by the service; some devices may still have to report.
    Sent,
    /// Nothing of it is under way any more.
    Done,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageView {
    /// 1, 10 or 100.
    pub percent: u8,
    /// Devices of this stage alone, and of them:
    pub devices: u32,
    pub waiting: u32,
    pub sent: u32,
    pub accepted: u32,
    pub reported: u32,
    pub rejected: u32,
    pub timed_out: u32,
    /// Overtaken by another wish.
    pub superseded: u32,
    pub began: Option<UnixMillis>,
    pub ended: Option<UnixMillis>,
}

/// The devices of a job are looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobRequest {
    pub job: u32,
    /// Only those at this step.
    pub step: Option<ItemStep>,
    pub first: u32,
    pub rows: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JobRows {
    pub job: u32,
    pub total: u32,
    pub first: u32,
    pub rows: Vec<JobRow>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobRow {
    pub field: FieldAddress,
    pub state: DeviceState,
    pub reported: Option<ValueView>,
    /// The desired value when it was captured, and the one of this job. None: not there.
    pub before: Option<ValueView>,
    pub after: Option<ValueView>,
    pub step: ItemStep,
    /// Its stage: 1, 10 or 100; 0 for those left alone.
    pub stage: u8,
    /// When the step was reached.
    pub at: Option<UnixMillis>,
    /// Of a refusal.
    pub code: Option<u16>,
    pub message: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ItemStep {
    /// Wants it already: left alone.
    Already,
    Waiting,
    Sent,
    Accepted,
    Reported,
    Rejected,
    TimedOut,
    Superseded,
}

/// Cumulative shares, in percent.
const STAGES: [u8; 3] = [1, 10, 100];

/// Between two looks at jobs that are being sent, and at those that only wait for devices.
const FAST: Duration = Duration::from_millis(50);
const SLOW: Duration = Duration::from_millis(500);

/// Jobs that are kept.
const MAX_JOBS: usize = 8;

/// What of the limit of a connection is left to jobs: the rest is for what a person does meanwhile.
const JOBS_PER_SECOND: usize = MAX_PUBLISHES_PER_SECOND * 4 / 5;

/// Updates of jobs without an answer. After a lost link the page has to ask what became of each of them.
const MAX_SENT: usize = 25;

/// Every job, oldest first.
#[derive(Default)]
pub(super) struct Jobs {
    jobs: Vec<Job>,
    last_id: u32,
    /// When they go on. None: nothing is under way.
    next: Option<Instant>,
    /// Which job was looked over last for what an undo would still set back.
    looked_over: usize,
}

impl Jobs {
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.next
    }

    fn find(&mut self, id: u32) -> Option<&mut Job> {
        self.jobs.iter_mut().find(|job| job.id == id)
    }

    /// Makes room for one more, where it can from what can be undone no more. False when every one is still to be
    /// sent.
    fn make_room(&mut self, now: Now) -> bool {
        self.jobs.retain(|job| job.state != JobState::Refused);
        if self.jobs.len() < MAX_JOBS {
            return true;
        }
        let over = |job: &Job| job.is_over() && job.undo_until(now).is_none();
        let oldest = self.jobs.iter().position(over);
        let oldest = oldest.or_else(|| self.jobs.iter().position(Job::is_over));
        oldest.map(|place| self.jobs.remove(place)).is_some()
    }

    /// None: it stands there as refused.
    fn add(&mut self, plan: Plan, now: Now) -> Option<&mut Job> {
        let has_room = self.make_room(now);
        self.last_id += 1;
        self.jobs.push(Job::new(self.last_id, plan, now.wall));
        let job = self.jobs.last_mut()?;
        if !has_room {
            job.state = JobState::Refused;
        }
        has_room.then_some(job)
    }

    fn undo(&mut self, id: u32, known: &Known, now: Now) {
        let Some(job) = self.find(id) else {
            return;
        };
        if let Some(plan) = job.undo(known, now)
            && let Some(undoing) = self.add(plan, now)
        {
            undoing.undoes = Some(id);
            undoing.start(&[100], 100, now);
        }
    }

    /// `budget`: how many updates may go out now.
    fn advance(&mut self, known: &mut Known, mut budget: usize, now: Now) {
        for job in &mut self.jobs {
            job.follow(known, now);
        }
        let sent: usize = self.jobs.iter().map(Job::sent).sum();
        budget = budget.min(MAX_SENT.saturating_sub(sent));
        // The newest first: it may be what undoes another.
        for job in self.jobs.iter_mut().rev() {
            budget -= job.hand_over(known, budget, now);
            job.progress(known, now);
        }
    }

    fn schedule(&mut self, ready: bool, now: Instant) {
        let hurry = self.jobs.iter().any(|job| job.hurries());
        let waits = self.jobs.iter().any(|job| job.is_awaited());
        self.next = match (ready && hurry, hurry || waits) {
            (true, _) => Some(now + FAST),
            (false, true) => Some(now + SLOW),
            (false, false) => None,
        };
    }
}

impl Engine {
    pub(super) fn handle_bulk(&mut self, command: BulkCommand, now: Now) {
        let (jobs, known) = (&mut self.jobs, &mut self.known);
        match command {
            BulkCommand::Prepare(request) => {
                jobs.jobs.retain(|job| job.state != JobState::Prepared);
                let plan = Plan::capture(request, known, now);
                jobs.add(plan, now);
            }
            BulkCommand::Now(request) => {
                let plan = Plan::capture(request, known, now);
                if let Some(job) = jobs.add(plan, now) {
                    job.start(&[100], 100, now);
                }
            }
            BulkCommand::Start { job, stop_percent } => {
                if let Some(job) = jobs.find(job)
                    && job.state == JobState::Prepared
                {
                    job.start(&STAGES, stop_percent, now);
                }
            }
            BulkCommand::Pause(id) => with(jobs.find(id), Job::pause),
            BulkCommand::Resume(id) => with(jobs.find(id), Job::resume),
            BulkCommand::Stop(id) => with(jobs.find(id), Job::stop),
            BulkCommand::Undo(id) => jobs.undo(id, known, now),
            BulkCommand::Close(id) => jobs.jobs.retain(|job| job.id != id || !job.is_over()),
        }
        self.jobs.next = Some(now.instant);
    }

    /// Follows what is under way and sends what may go out now.
    pub(super) fn advance_jobs(&mut self, now: Now) {
        if self.jobs.next.is_none_or(|next| now.instant < next) {
            return;
        }
        // What a person does goes first.
        let ready = self.may_publish() && self.known.requests.queued() == 0;
        let budget = match ready {
            true => JOBS_PER_SECOND.saturating_sub(self.publishing.pace.recent(now.instant)),
            false => 0,
        };
        self.jobs.advance(&mut self.known, budget, now);
        self.jobs.schedule(self.may_publish(), now.instant);
    }

    /// Newest first.
    pub(super) fn jobs(&mut self, now: Now) -> Vec<JobView> {
        let jobs = &mut self.jobs;
        jobs.looked_over = jobs.looked_over.checked_sub(1).unwrap_or(MAX_JOBS);
        if let Some(job) = jobs.jobs.get_mut(jobs.looked_over) {
            job.look_over(&self.known, now);
        }
        jobs.jobs.iter().rev().map(|job| job.view(now)).collect()
    }

    pub(super) fn job_rows(&self, request: &JobRequest) -> JobRows {
        let job = self.jobs.jobs.iter().find(|job| job.id == request.job);
        match job {
            Some(job) => job.rows(request, &self.known),
            None => JobRows {
                job: request.job,
                ..JobRows::default()
            },
        }
    }
}

fn with(job: Option<&mut Job>, act: impl FnOnce(&mut Job)) {
    if let Some(job) = job {
        act(job);
    }
}
