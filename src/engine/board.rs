//! The board of changes: those on their way, those that are stuck and why, and those that are done.

pub(super) mod set_back;
pub(super) mod stuck;

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::Engine;
use super::command::FieldAddress;
use super::frame::{ChangeView, DeviceState, ValueView};
use super::known::Known;
use super::panel::change_view;
use crate::time::{Instant, Now, UnixMillis};
use stuck::Search;

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

/// Between two searches for the same, in milliseconds, and at least one for so many leaves that were found: a fleet
/// that is stuck as a whole takes a third of a second to search.
const EVERY: u64 = 1000;
const LEAVES_PER_MILLISECOND: u64 = 10;

/// The same while only their number is shown, which the page asks for all the time.
const LEAVES_PER_MILLISECOND_UNSEEN: u64 = 1;

/// Paths that are named with their numbers.
const MAX_KEYS: usize = 200;

/// The stuck changes, as they were worked out last.
#[derive(Default)]
pub(super) struct Board {
    search: Search,
    keys: Vec<(Vec<String>, u32)>,
    causes: Vec<(StuckCause, u32)>,
    /// The age that was searched for, and when.
    searched: Option<(u32, Instant)>,
    /// Those of [`Search::found`] that fit a key and a cause.
    fitting: Vec<u32>,
    fits: Fits,
}

/// A key and a cause.
type Fits = (Option<Vec<String>>, Option<StuckCause>);

impl Board {
    fn update(&mut self, known: &Known, request: &BoardRequest, now: Now) {
        let leaves = self.search.found.len() as u64;
        let per_millisecond = match request.rows {
            0 => LEAVES_PER_MILLISECOND_UNSEEN,
            _ => LEAVES_PER_MILLISECOND,
        };
        let every = EVERY.max(leaves / per_millisecond);
        let is_new = self.searched.is_none_or(|(older_than, at)| {
            older_than != request.older_than || now.instant.0 >= at.0 + every
        });
        if is_new {
            self.search = Search::new(known, request.older_than, now.wall);
            self.count();
            self.searched = Some((request.older_than, now.instant));
        }
        let fits = (request.key.clone(), request.cause);
        if is_new || self.fits != fits {
            let (key, cause) = (fits.0.as_deref(), fits.1);
            let found = self.search.found.iter().enumerate();
            let fitting = found.filter(|(_, stuck)| self.search.fits(stuck, key, cause));
            self.fitting = fitting.map(|(place, _)| place as u32).collect();
            self.fits = fits;
        }
    }

    fn count(&mut self) {
        let mut keys = vec![0; self.search.paths.len()];
        let mut causes = StuckCause::ALL.map(|cause| (cause, 0));
        for stuck in &self.search.found {
            if let Some(number) = keys.get_mut(stuck.path as usize) {
                *number += 1;
            }
            let cause = causes.iter_mut().find(|(cause, _)| *cause == stuck.cause);
            if let Some((_, number)) = cause {
                *number += 1;
            }
        }
        let mut keys: Vec<_> = self.search.paths.iter().zip(keys).collect();
        keys.sort_by_key(|(path, number)| (Reverse(*number), *path));
        keys.truncate(MAX_KEYS);
        let owned = keys
            .into_iter()
            .map(|(path, number)| (path.clone(), number));
        self.keys = owned.collect();
        self.causes = causes
            .into_iter()
            .filter(|(_, number)| *number > 0)
            .collect();
        self.causes.sort_by_key(|(_, number)| Reverse(*number));
    }
}

impl StuckCause {
    const ALL: [Self; 5] = [
        Self::Silent,
        Self::NeverReported,
        Self::TypeDiffers,
        Self::SetBack,
        Self::NotDone,
    ];
}

impl Engine {
    pub(super) fn board_view(&mut self, request: &BoardRequest, now: Now) -> BoardView {
        self.board.update(&self.known, request, now);
        let (board, known) = (&self.board, &self.known);
        let requests = &known.requests;
        let mut view = BoardView {
            on_its_way: requests.count_under_way() as u32,
            stuck: board.search.found.len() as u32,
            done: requests.done().len() as u32,
            keys: board.keys.clone(),
            causes: board.causes.clone(),
            ..BoardView::default()
        };
        let first = request.first as usize;
        view.total = match request.tab {
            BoardTab::OnItsWay => view.on_its_way,
            BoardTab::Stuck => board.fitting.len() as u32,
            BoardTab::Done => view.done,
        };
        view.first = request.first.min(view.total);
        let rows = request.rows as usize;
        match request.tab {
            BoardTab::OnItsWay => {
                let shown = requests.all_under_way().skip(first).take(rows);
                let views = shown.map(|(field, change)| change_view(field, change));
                view.changes = views.collect();
            }
            BoardTab::Stuck => {
                let shown = board.fitting.iter().skip(first).take(rows);
                let rows = shown.filter_map(|place| {
                    let stuck = board.search.found.get(*place as usize)?;
                    board.search.row(stuck, known)
                });
                view.stuck_rows = rows.collect();
            }
            BoardTab::Done => {
                let shown = requests.done().skip(first).take(rows);
                let views = shown.map(|ended| change_view(&ended.field, &ended.change));
                view.changes = views.collect();
            }
        }
        view
    }
}
