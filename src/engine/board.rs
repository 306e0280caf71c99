//! The board of changes: those on their way, those that are stuck and why, and those that are done.

use serde::{Deserialize, Serialize};

use super::Engine;
use super::command::FieldAddress;
use super::frame::{ChangeView, DeviceState, ValueView};
use crate::time::{Now, UnixMillis};

/// What of the board is looked at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BoardRequest {
    pub tab: BoardTab,
    /// Differences older than so many seconds are stuck.
    pub older_than: u32,
    /// Only those of this key, of this cause.
    pub key: Option<Vec<String>>,
    pub cause: Option<StuckCause>,
    pub first: u32,
    pub rows: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BoardTab {
    OnItsWay,
    #[default]
    Stuck,
    Done,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BoardView {
    /// How many rows each tab has, whatever is looked at.
    pub on_its_way: u32,
    pub stuck: u32,
    pub done: u32,
    /// Of the stuck: paths and causes with their numbers, most first.
    pub keys: Vec<(Vec<String>, u32)>,
    pub causes: Vec<(StuckCause, u32)>,
    /// Rows that fit the request, and the index of the first one that is here.
    pub total: u32,
    pub first: u32,
    /// Of the tab Stuck, longest waiting first.
    pub stuck_rows: Vec<StuckRow>,
    /// Of the two others, newest first.
    pub changes: Vec<ChangeView>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StuckRow {
    pub field: FieldAddress,
    pub state: DeviceState,
    pub reported: Option<ValueView>,
    pub reported_at: Option<UnixMillis>,
    pub desired: ValueView,
    /// When it was wished.
    pub since: UnixMillis,
    pub cause: StuckCause,
    /// When the cause began, where that is known: silent since, set back at.
    pub cause_at: Option<UnixMillis>,
    /// The same wish in the form that the device reports, where that differs: `1` for `true`.
    pub own_form: Option<ValueView>,
}

/// Why a wish is not done, most likely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StuckCause {
    /// The device is offline, or nothing was heard of it for long.
    Silent,
    /// It reports other keys, never this one.
    NeverReported,
    /// It did it, but says so in another type: `1` for `true`.
    TypeDiffers,
    /// It had done it, and reports another value since: somebody changed it at the device, and the old wish is sent
    /// to it again.
    SetBack,
    /// It was heard of since, and reports its own value: it does not want to, or did not hear.
    NotDone,
}

impl Engine {
    pub(super) fn board_view(&mut self, _request: &BoardRequest, _now: Now) -> BoardView {
        BoardView::default()
    }
}
