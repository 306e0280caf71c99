//! What the page asks for on an animation frame, and what it gets: plain data, ready to be drawn.
//!
//! The page pulls: one [`FrameRequest`] in flight, one [`FrameUpdate`] back. A part that is `None` stands as before.

use serde::{Deserialize, Serialize};

use crate::engine::command::FieldAddress;
use crate::geo::{Bounds, World};
use crate::time::UnixMillis;

pub use super::board::{BoardRequest, BoardTab, BoardView, StuckCause, StuckRow};
pub use super::bulk::{ItemStep, JobRequest, JobRow, JobRows, JobState, JobView, StageView};
pub use super::controls::{Control, Range};
pub use super::editor::{
    Changed, EditorFrame, EditorLeaf, EditorStage, EditorView, LineMark, MergeView, ResultLine,
    TextFault, TextProblem,
};
pub use super::history::{DifferenceView, HistoryRequest, HistoryView, VersionView};
pub use super::own::{OwnInvalid, OwnView, TextFate};
pub use super::rules::{
    ActionCounters, DryClose, DryRow, DryRun, DrySpan, FaultPlace, Heard, ObjectContent, ObjectRow,
    ObjectsRequest, ObjectsView, RuleCounters, RuleFault, RuleProblem, RuleRow, RuleState,
    RuleView, RulesRequest, RulesSource, RulesView, SqlMark, SqlMarkKind,
};
pub use super::things::{
    Added, AskState, Refusal, Refused, Registry, ShadowKnowledge, ThingRow, ThingsChip,
    ThingsRequest, ThingsView,
};
pub use crate::auth::SignInFault;
pub use crate::engine::doctor::{
    Cause, ConnectStep, DoctorView, Finding, Outcome, PolicyView, StepView,
};
pub use crate::fleet::view::{
    Badge, Chip, DeviceState, FixView, LastMessage, ListRequest, ListView, Pick, Picked, Row,
    SlotRun, Sort, StateCounts,
};
pub use crate::mqtt::session::{LinkFault, SubscriptionState};
pub use crate::shadow::requests::Step;

/// What the page shows at present.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FrameRequest {
    /// The page holds no buffers (first frame, or the WebGL context was lost): send every slot and every part.
    pub fresh: bool,
    pub list: ListRequest,
    /// The name of the device whose panel is open.
    pub selected: Option<String>,
    /// Its shadow in the panel. None: the classic one.
    pub shadow: Option<String>,
    /// What the map shows.
    pub bounds: Option<Bounds>,
    /// Asks which devices lie near a point of the map.
    pub pick: Option<Pick>,
    /// The link's figures are looked at: its latency is measured every second.
    pub details: bool,
    /// The connection doctor is open.
    pub doctor: bool,
    pub history: Option<HistoryRequest>,
    pub board: Option<BoardRequest>,
    pub job: Option<JobRequest>,
    pub things: Option<ThingsRequest>,
    pub rules: Option<RulesRequest>,
}

/// The answer to a [`FrameRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FrameUpdate {
    /// The slots that changed, in ascending order without overlap.
    pub runs: Vec<SlotRun>,
    /// x and y ([`World`]) of each slot of each run, one after the other.
    pub positions: Vec<u32>,
    /// Four bytes for each slot of each run: palette, heading, badge and flags.
    pub marks: Vec<u8>,
    pub view: FrameView,
}

/// Everything but the bulk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FrameView {
    pub now: UnixMillis,
    /// Device slots in use; slots below it may be undrawn (mark 0).
    pub slots: u32,
    /// Messages that came since the page was opened.
    pub received: u64,
    pub link: Option<LinkView>,
    pub list: Option<ListView>,
    pub selected: Option<Selected>,
    pub picked: Option<Picked>,
    /// The smallest rectangle that holds every drawn device.
    pub extent: Option<Bounds>,
    pub doctor: Option<DoctorView>,
    pub editor: Option<EditorFrame>,
    pub history: Option<HistoryView>,
    pub board: Option<BoardView>,
    /// Newest first.
    pub jobs: Option<Vec<JobView>>,
    pub job: Option<JobRows>,
    pub things: Option<ThingsView>,
    pub rules: Option<RulesView>,
    pub own: Option<OwnView>,
}

/// The link to the broker.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LinkView {
    pub state: LinkState,
    /// Host and port, or empty before the first attempt.
    pub host: String,
    pub url: String,
    pub client_id: String,
    /// When the state began.
    pub since: UnixMillis,
    /// Messages and bytes received in the last whole second.
    pub messages_per_second: u32,
    pub bytes_per_second: u32,
    /// One value a second, oldest first, at most 60.
    pub history: Vec<u32>,
    /// From PINGREQ to PINGRESP or PUBLISH to PUBACK, the newest.
    pub latency_ms: Option<u32>,
    /// Of the newest 100 on the present connection.
    pub latency_p50_ms: Option<u32>,
    pub latency_p95_ms: Option<u32>,
    /// Messages that waited to be worked in when this frame was asked for.
    pub backlog: u32,
    /// Messages that were received and not kept: of more than the page can work in, each device's newest is.
    pub dropped: u64,
    /// Messages on location and shadow topics that could not be read.
    pub unreadable: u64,
    /// Texts on location topics: shown as last message, not as errors.
    pub texts: u64,
    pub subscriptions: Vec<SubscriptionView>,
    /// Changes that wait for the connection.
    pub waiting: u32,
    /// Of a link that is signed.
    pub sign_in: Option<SignInView>,
    /// The client identifier that somebody else uses too. This page left it to them and connected under another.
    pub taken_over: Option<String>,
    /// A topic on which the broker closes the link: nothing is published there by itself any more.
    pub publish_refused: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInView {
    /// When the present keys end on this device's clock, where it is known.
    pub until: Option<UnixMillis>,
    /// How far this device's clock is ahead of the other side's (negative: behind), where it was learnt.
    pub clock_offset_ms: Option<i64>,
    /// New keys are on their way.
    pub renewing: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum LinkState {
    /// No broker was chosen yet, or the person disconnected.
    #[default]
    Idle,
    Connecting,
    Connected,
    /// Lost or not reached; tries again by itself.
    Disconnected {
        fault: LinkFault,
        retry_at: UnixMillis,
    },
    /// Trying again by itself would not help.
    Failed {
        fault: LinkFault,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubscriptionView {
    pub filter: String,
    pub state: SubscriptionState,
    /// In the last whole second.
    pub messages_per_second: u32,
}

/// The device whose panel is open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Selected {
    Nothing,
    /// Nothing was heard of that name yet.
    Unknown(String),
    Device(Box<DeviceView>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceView {
    pub slot: u32,
    pub name: String,
    pub state: DeviceState,
    pub last_seen: UnixMillis,
    pub fix: Option<FixView>,
    pub last_message: Option<LastMessage>,
    /// Shadows heard of: None is the classic one.
    pub shadows: Vec<Option<String>>,
    pub shadow: Option<ShadowView>,
    /// The way it came, oldest first.
    pub trail: Vec<World>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShadowView {
    pub version: u64,
    pub at: UnixMillis,
    /// In the order of their paths.
    pub fields: Vec<FieldView>,
    /// How many of them differ.
    pub differs: u32,
}

/// One leaf of desired and reported together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldView {
    pub path: Vec<String>,
    pub reported: Option<ValueView>,
    pub reported_at: Option<UnixMillis>,
    pub desired: Option<ValueView>,
    pub desired_at: Option<UnixMillis>,
    /// Desired is there and not equal to reported.
    pub differs: bool,
    /// A change of this page is under way, or somebody else's wish is young enough to be on its way.
    pub busy: bool,
    /// The control that fits.
    pub control: Control,
    /// Present when a switch fits: the positions of its thumb and of its ghost.
    pub switch: Option<SwitchView>,
    /// What a person said about this key; empty where nothing.
    pub label: String,
    pub unit: String,
    pub pinned: bool,
    pub draft: Option<DraftView>,
    /// Whose client token the desired value came with, where it was heard.
    pub desired_by: Option<String>,
    /// A change of this page that is under way or has just ended.
    pub change: Option<ChangeView>,
}

/// What a person entered and has not sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftView {
    pub text: String,
    pub fault: Option<DraftFault>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum DraftFault {
    NotANumber,
    OutOfRange(Range),
    NotAColour,
    /// What was entered was not kept: the draft is the text of before.
    TooLong,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwitchView {
    /// None: never reported, or reported as something that is neither on nor off.
    pub reported: Option<bool>,
    /// None: no wish that differs.
    pub wished: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueView {
    /// A string as it is; anything else as JSON.
    pub text: String,
    pub kind: ValueKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ValueKind {
    Text,
    Number,
    Boolean,
    /// An array or an empty object.
    Structure,
}

/// The life of one change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeView {
    pub field: FieldAddress,
    pub wish: ValueView,
    pub stage: Stage,
    /// When this stage was reached.
    pub at: UnixMillis,
    /// When each step was reached, oldest first.
    pub steps: Vec<(Step, UnixMillis)>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Stage {
    Queued,
    Sent,
    Accepted {
        version: u64,
    },
    Reported,
    Rejected {
        code: u16,
        message: String,
    },
    TimedOut,
    /// Another value was wished meanwhile.
    Superseded {
        by: Option<String>,
        value: Option<ValueView>,
        version: u64,
    },
}
