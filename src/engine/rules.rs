//! Rules as a person writes them: tried on the messages seen so far, saved where the other side runs rules, and watched
//! there. Here no rule ever acts.

mod answers;
mod desk;
mod drafts;
mod dry;
mod heard;
mod hints;
mod judged;
mod layout;
mod near;
mod objects;
mod record;
mod remote;
mod view;
mod written;

use serde::{Deserialize, Serialize};

use crate::time::UnixMillis;

pub(super) use desk::Rules;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RulesCommand {
    /// Reads the rules of the other side, where it has some that answer.
    Read,
    /// Keeps what a person entered. It is tried, and saved by nothing but [`Self::Save`].
    Edit(RuleDraft),
    /// Goes back to what the other side has; a draft that it never had goes away.
    Revert(String),
    /// Creates or replaces it on the other side. `live`: enabled, else paused.
    Save { name: String, live: bool },
    /// Enables or pauses what the other side has.
    Enable { name: String, on: bool },
    /// Deletes it on the other side, and its draft.
    Delete(String),
    /// Reads the list of stored objects again.
    ReadObjects,
    /// Closes the note of what was refused.
    Dismiss,
}

/// A rule as a person enters it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleDraft {
    pub name: String,
    pub sql: String,
    pub description: String,
    pub actions: Vec<RuleAction>,
    pub error_action: Option<RuleAction>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuleAction {
    Store { bucket: String, key: String },
    Republish { topic: String, qos: u8 },
}

/// The page of rules is open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RulesRequest {
    /// The rule that is edited and tried.
    pub open: Option<String>,
    pub span: DrySpan,
    /// Which of the messages that it would have fired for are in sight, newest first.
    pub first: u32,
    pub rows: u32,
    /// The one that is looked at closely, by its number.
    pub close: Option<u64>,
    /// Stored objects are looked at.
    pub objects: Option<ObjectsRequest>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DrySpan {
    FiveMinutes,
    #[default]
    HalfAnHour,
    AllKept,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ObjectsRequest {
    /// Keys that begin so, with their bucket in front: `bucket/key`.
    pub prefix: String,
    /// The one whose content is looked at.
    pub open: Option<String>,
    /// How many of the list are wanted.
    pub rows: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RulesView {
    pub source: RulesSource,
    /// By name; drafts among them.
    pub rules: Vec<RuleRow>,
    /// The one that is open.
    pub rule: Option<RuleView>,
    pub objects: Option<ObjectsView>,
    /// What the other side refused last: of which rule, with what code, in its own words. Code 0: it did not answer, or
    /// could not be asked.
    pub refused: Option<(String, u16, String)>,
    /// Why the definition of the rule that is open could not be read, in the same way.
    pub unreadable: Option<(u16, String)>,
    /// When the other side last told its rules, whatever became of it since.
    pub as_of: Option<UnixMillis>,
    /// The other side is AWS IoT, which tells pages no counters.
    pub is_aws: bool,
    /// A save, pause or deletion is on its way.
    pub busy: bool,
    /// What was entered last is not kept: it is longer than 256 KB, or there are a hundred drafts.
    pub not_kept: bool,
}

/// Whether the other side runs rules.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum RulesSource {
    /// Not asked yet.
    #[default]
    Unknown,
    Asking,
    /// It answered. `counts`: it also tells counters and objects, which AWS IoT does not.
    Here {
        at: UnixMillis,
        counts: bool,
    },
    /// This broker offers no such thing where a page could ask.
    None,
    /// It was asked and did not answer so that a page could read it.
    NoAnswer,
    /// With its code and its words.
    Refused(u16, String),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleRow {
    pub name: String,
    pub state: RuleState,
    /// Some of it was entered here and is not saved.
    pub edited: bool,
    pub counters: Option<RuleCounters>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuleState {
    /// The other side never had it.
    Draft,
    Live,
    Paused,
    /// Live, and an action fails at present.
    Failing,
}

/// Since the other side's process started.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RuleCounters {
    pub since: UnixMillis,
    /// Messages whose topic matched, and those for which WHERE was true.
    pub matched: u64,
    pub fired: u64,
    /// Failed for good: after every repetition.
    pub failed: u64,
    /// Tried again at present.
    pub retrying: u64,
    /// Matched, and there was no room in the queue.
    pub lost: u64,
    /// Objects that replaced another one of this rule.
    pub overwritten: u64,
    pub queued: u64,
    pub queue_limit: u64,
    /// In the order of the actions, the error action last where there is one.
    pub actions: Vec<ActionCounters>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ActionCounters {
    pub done: u64,
    pub failed: u64,
    /// Of the newest hundred. None: none was done yet.
    pub median_ms: Option<u32>,
    /// Where it goes: a folder, or `s3://bucket`.
    pub target: String,
    /// Of the newest failure.
    pub error: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleView {
    /// As it is entered or, untouched, as the other side has it.
    pub draft: RuleDraft,
    pub row: RuleRow,
    /// What is wrong with it; the first one is shown at its spot.
    pub faults: Vec<RuleFault>,
    /// Reserved words, functions and so on, for colour: in the order of the text, without overlap.
    pub marks: Vec<SqlMark>,
    /// Of the actions of the draft, its error action last where it has one. None: as it is entered, the other side does
    /// not have it there.
    pub counters: Vec<Option<ActionCounters>>,
    /// `awsIotSqlVersion`.
    pub version: String,
    /// Actions of the other side that this page does not know. They are kept as they are.
    pub foreign_actions: Vec<String>,
    /// Its error action, where the page does not know that. One that is entered takes its place.
    pub foreign_error: Option<String>,
    /// It reckons with named time zones, which no page has: what rests on them is missing from a trial.
    pub needs_zones: bool,
    /// It asks who published, or for a shadow, and no page knows: what rests on that is missing from a trial.
    pub needs_origin: bool,
    /// As `aws iot create-topic-rule` takes it; empty while it cannot be saved.
    pub payload: String,
    /// None while it cannot be tried.
    pub dry: Option<DryRun>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleFault {
    pub place: FaultPlace,
    /// In bytes of that text.
    pub at: u32,
    pub len: u32,
    pub problem: RuleProblem,
    /// What would stand there in its place.
    pub repair: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaultPlace {
    Name,
    Sql,
    /// A text of the action of that number: the key or the topic.
    Action(u8),
    ErrorAction,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RuleProblem {
    /// It cannot be saved: the reader's words.
    Syntax(String),
    BadName,
    /// Nothing is to be done.
    NoAction,
    Empty,
    /// A warning: this path is in none of so many messages on these topics. The repair is in so many of them.
    NeverSeen {
        path: String,
        messages: u32,
        repair_in: u32,
        /// WHERE cannot be true without it.
        decides: bool,
    },
    /// A warning: no topic of so many messages matches FROM. So many match the repair.
    NoSuchTopic {
        filter: String,
        messages: u32,
        repair_in: u32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SqlMark {
    pub at: u32,
    pub len: u32,
    pub kind: SqlMarkKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SqlMarkKind {
    Keyword,
    Function,
    Text,
    Number,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DryRun {
    /// Messages looked at so far, of all that are to be: equal when it is done.
    pub done: u32,
    pub messages: u32,
    pub devices: u32,
    /// Those whose topic matched, and those that it would have fired for.
    pub matched: u32,
    pub fired: u32,
    /// It was tried with this repair: what stood there, and what was taken in its place.
    pub repaired: Option<(String, String)>,
    pub from: UnixMillis,
    pub until: UnixMillis,
    /// Sixty bars from the oldest to the newest: messages, and those that it would have fired for.
    pub bars: Vec<(u32, u32)>,
    /// Messages that were not kept, because there were too many or they were too long.
    pub not_kept: u64,
    /// The name of the last column: the first path of WHERE, or empty.
    pub column: String,
    pub first: u32,
    pub rows: Vec<DryRow>,
    pub close: Option<DryClose>,
    /// How much of what FROM matches this page subscribes to.
    pub heard: Heard,
}

/// What a page does not subscribe to, it cannot try a rule on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Heard {
    #[default]
    Nothing,
    Some,
    All,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DryRow {
    /// Of the message, since the page was opened.
    pub number: u64,
    pub at: UnixMillis,
    /// The device, or the topic where there is none.
    pub device: String,
    /// Of the first action: its object key, or its topic.
    pub target: String,
    pub value: String,
}

/// One message beside what would have become of it, as texts of several lines; cut at 8 KB.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DryClose {
    pub number: u64,
    pub topic: String,
    pub message: String,
    pub result: String,
    /// Of all actions.
    pub targets: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ObjectsView {
    pub prefix: String,
    /// By name.
    pub objects: Vec<ObjectRow>,
    /// There are more behind them.
    pub more: bool,
    pub asking: bool,
    pub open: Option<ObjectContent>,
    pub refused: Option<(u16, String)>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectRow {
    /// `bucket/key`.
    pub name: String,
    pub bytes: u64,
    pub at: UnixMillis,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectContent {
    pub name: String,
    pub bytes: u64,
    /// JSON is laid out on several lines; None: it is no text.
    pub text: Option<String>,
    /// There is more of it than is shown.
    pub cut: bool,
}
