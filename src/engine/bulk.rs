//! One change for many devices: captured, previewed, sent in stages, stopped when too many refuse, and undone.

use serde::{Deserialize, Serialize};

use super::Engine;
use super::board::StuckCause;
use super::command::{FieldAddress, Wish};
use super::frame::{Chip, DeviceState, ValueView};
use crate::time::{Now, UnixMillis};

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

impl Engine {
    pub(super) fn handle_bulk(&mut self, _command: BulkCommand, _now: Now) {}

    /// Newest first.
    pub(super) fn jobs(&self, _now: Now) -> Vec<JobView> {
        Vec::new()
    }

    pub(super) fn job_rows(&self, request: &JobRequest) -> JobRows {
        JobRows {
            job: request.job,
            ..JobRows::default()
        }
    }
}
