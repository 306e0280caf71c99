//! The versions of shadows that were seen since the page was opened, within bounds.

mod changes;
mod record;

use serde::{Deserialize, Serialize};

use super::Engine;
use super::editor::ShadowAddress;
use crate::shadow::document::ShadowDocument;
use crate::shadow::text::to_json;
use crate::shadow::three_way::{Changed, State, state_of, walk};
use crate::time::UnixMillis;

pub(super) use record::History;

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
    /// A shadow that is looked at is recorded from then on.
    pub(super) fn history_view(&mut self, request: &HistoryRequest) -> HistoryView {
        let known = &mut self.known;
        let shadow = &request.shadow;
        let slot = known.fleet.find(&shadow.device);
        let name = shadow.shadow.as_deref();
        known.watch(&shadow.device, name);
        let newest = slot.and_then(|slot| known.shadows.document(slot, name));
        let then = request
            .version
            .and_then(|version| known.history.states(shadow, version));
        HistoryView {
            versions: known.history.versions(shadow),
            difference: then.map(|then| differences(then, newest)),
        }
    }
}

fn differences(then: [State; 2], newest: Option<&ShadowDocument>) -> Vec<DifferenceView> {
    let none = ShadowDocument::default();
    let newest = newest.unwrap_or(&none);
    let now = [state_of(&newest.desired), state_of(&newest.reported)];
    let mut differences = Vec::new();
    for (section, (then, now)) in then.iter().zip(&now).enumerate() {
        walk(then, now, then, &mut |path, sides, changed| {
            if changed != Changed::Nobody {
                differences.push(DifferenceView {
                    desired: section == 0,
                    path: path.iter().map(|key| (*key).to_owned()).collect(),
                    then: sides.base.map(to_json),
                    now: sides.mine.map(to_json),
                });
            }
            None
        });
    }
    differences
}
