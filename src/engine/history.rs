//! The versions of shadows that were seen since the page was opened, within bounds.

use serde::{Deserialize, Serialize};

use super::Engine;
use super::editor::ShadowAddress;
use crate::time::UnixMillis;

/// The history of a shadow is looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryRequest {
    pub shadow: ShadowAddress,
    /// Compared with the newest one.
    pub version: Option<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HistoryView {
    /// Newest first.
    pub versions: Vec<VersionView>,
    /// Of the version that was asked for. None: it is not kept (any more).
    pub difference: Option<Vec<DifferenceView>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionView {
    pub version: u64,
    pub at: UnixMillis,
    /// The client token of the update.
    pub by: Option<String>,
    /// What changed from the version seen before: paths joined by dots, at most 8, and how many there were.
    pub desired: Vec<String>,
    pub reported: Vec<String>,
    pub changed: u32,
}

/// One leaf that was different then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DifferenceView {
    /// Desired; else reported.
    pub desired: bool,
    pub path: Vec<String>,
    // As JSON text. None: not there.
    pub then: Option<String>,
    pub now: Option<String>,
}

impl Engine {
    pub(super) fn history_view(&self, _request: &HistoryRequest) -> HistoryView {
        HistoryView::default()
    }
}
