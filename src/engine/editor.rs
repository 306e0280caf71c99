//! The document editor: what a person makes of a shadow's desired state, beside what everybody else makes of it
//! meanwhile. Nothing is sent before it is saved, and what is saved carries the version that it was made from.

mod editing;
mod result;
mod task;
mod view;

use serde::{Deserialize, Serialize};

use super::Engine;
use crate::shadow::topics::ShadowId;
use crate::time::{Now, UnixMillis};

pub(super) use editing::Editing;
pub(super) use task::Request;

pub use crate::shadow::text::{TextFault, TextProblem};
pub use crate::shadow::three_way::{Changed, Side};

/// A shadow of a device.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ShadowAddress {
    pub device: String,
    /// None: the classic one.
    pub shadow: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum EditorCommand {
    /// Opens the editor. The shadow need not exist: saving makes it.
    Open(ShadowAddress),
    /// Opens the editor with the desired state of a version of the history as text, to be saved as a new version.
    Restore {
        shadow: ShadowAddress,
        version: u64,
    },
    /// The whole desired state, as the person has it now.
    Text(String),
    /// One key of it: its value as JSON, or as a text without quotes where it is no JSON. None: the key goes away.
    Leaf {
        path: Vec<String>,
        value: Option<String>,
    },
    /// One key as it is on the broker again.
    Revert(Vec<String>),
    /// Sends what differs, with the version. Where the state changed meanwhile it is merged first.
    Save,
    /// Whose value a key in conflict gets.
    Choose {
        path: Vec<String>,
        side: Side,
    },
    ChooseAll(Side),
    /// From the merge back to the editor, with what was chosen so far.
    Back,
    Close,
    /// Deletes a shadow and everything in it.
    Delete(ShadowAddress),
}

/// What the editor shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum EditorFrame {
    #[default]
    Closed,
    Open(Box<EditorView>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditorView {
    pub shadow: ShadowAddress,
    /// The version that the edit began at. None: there was no such shadow.
    pub began: Option<u64>,
    /// The version that is known now, when it came to be, and by whose client token.
    pub version: Option<u64>,
    pub at: UnixMillis,
    pub by: Option<String>,
    /// The desired state as text. It is the page's own, unless `text_serial` grew: then the engine wrote it anew.
    pub text: String,
    pub text_serial: u32,
    /// What is wrong with the text. While it is there nothing can be saved, and the rest is about the last good text.
    pub fault: Option<TextFault>,
    pub reported_text: String,
    pub delta_text: String,
    /// Every leaf of base, mine, theirs and reported, in the order of their paths.
    pub leaves: Vec<EditorLeaf>,
    /// Leaves that saving would change.
    pub changes: u32,
    /// Leaves that somebody else changed since the edit began.
    pub incoming: u32,
    /// Desired and reported together as they would be stored, in bytes, and what a service takes by default.
    pub bytes: u32,
    pub bytes_limit: u32,
    pub stage: EditorStage,
    /// Both changed the same keys: it has to be chosen before anything is sent.
    pub merge: Option<MergeView>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum EditorStage {
    /// Nothing was sent.
    #[default]
    Editing,
    /// The shadow is asked for: whether there is one, and what it holds, is not known yet. Nothing can be saved.
    Asking,
    /// Saving was asked for and waits for the connection.
    Queued,
    /// Waits for the service. So often it was merged without a question and sent again.
    Saving {
        merged: u32,
    },
    Saved {
        version: u64,
        at: UnixMillis,
    },
    /// The service refused, in its own words.
    Rejected {
        code: u16,
        message: String,
    },
    /// Nobody answered in time.
    NoAnswer,
    /// The shadow was deleted, by us or by somebody else. Saving makes it again.
    Deleted {
        version: u64,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditorLeaf {
    pub path: Vec<String>,
    // As JSON text. None: not there.
    pub base: Option<String>,
    pub mine: Option<String>,
    pub theirs: Option<String>,
    pub reported: Option<String>,
    pub desired_at: Option<UnixMillis>,
    pub reported_at: Option<UnixMillis>,
    pub changed: Changed,
    /// Theirs differs from what is reported.
    pub differs: bool,
    /// In a merge: whose value was chosen.
    pub choice: Option<Side>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MergeView {
    /// Conflicts without a choice.
    pub choices_left: u32,
    pub merged: u32,
    pub same: u32,
    /// The desired state that would be saved, line by line.
    pub result: Vec<ResultLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultLine {
    pub mark: LineMark,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineMark {
    Same,
    /// It comes with the save.
    Added,
    /// It goes with the save.
    Removed,
    /// Has to be chosen.
    Open,
}

impl ShadowAddress {
    pub(super) fn is(&self, id: ShadowId<'_>) -> bool {
        self.device == id.thing() && self.shadow.as_deref() == id.shadow()
    }
}

impl Engine {
    pub(super) fn handle_editor(&mut self, command: EditorCommand, now: Now) {
        let known = &mut self.known;
        match command {
            EditorCommand::Open(shadow) => known.open_editor(shadow),
            EditorCommand::Restore { shadow, version } => {
                let state = known.history.desired(&shadow, version);
                known.open_editor(shadow);
                if let Some(state) = state {
                    known.editing.edit(|open| open.restore(state));
                }
            }
            EditorCommand::Text(text) => known.editing.edit(|open| open.type_text(text)),
            EditorCommand::Leaf { path, value } => {
                known.editing.edit(|open| open.set_leaf(&path, value));
            }
            EditorCommand::Revert(path) => known.editing.edit(|open| open.revert(&path)),
            EditorCommand::Save => known.editing.save(),
            EditorCommand::Choose { path, side } => {
                known.editing.edit(|open| open.choose(Some(&path), side));
            }
            EditorCommand::ChooseAll(side) => known.editing.edit(|open| open.choose(None, side)),
            EditorCommand::Back => known.editing.edit(|open| open.back()),
            EditorCommand::Close => known.editing.close(),
            EditorCommand::Delete(shadow) => {
                known.open_editor(shadow);
                known.editing.edit(|open| open.delete());
            }
        }
        self.known.editing.update(self.is_ready(), now);
    }

    pub(super) fn editor_frame(&mut self) -> EditorFrame {
        self.known.editing.frame()
    }
}
