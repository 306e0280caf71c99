//! What the page asks of the engine.

use serde::{Deserialize, Serialize};

use super::frame::ValueView;
use crate::mqtt::limits::KEEP_ALIVE;

pub use super::bulk::{BulkCommand, BulkRequest, BulkWish, Who};
pub use super::controls::{ControlKind, ControlSet, Shape};
pub use super::editor::{EditorCommand, ShadowAddress, Side};
pub use super::own::{OwnCommand, OwnPosition, OwnSettings, OwnTarget, PositionFault};
pub use super::rules::{RuleAction, RuleDraft, RulesCommand};
pub use super::things::ThingsCommand;
pub use crate::auth::way::{Authorizer, AwsPlace, Carrier, IdentityPool, Keys, Login, Way};
pub use crate::shadow::requests::FieldAddress;

/// One request of a person. It is carried out in order; what came of it is seen in the next frames.
// The large one comes once in a while, and all of them are moved once.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Leaves the present broker, forgets every device when the broker is another one, and connects.
    Connect(ConnectRequest),
    /// Leaves the broker and stays away.
    Disconnect,
    /// Tries again at once instead of waiting for the next attempt.
    Reconnect,
    /// Wishes a value for one key of a desired state.
    Desire {
        field: FieldAddress,
        wish: Wish,
    },
    /// Keeps what a person entered for a key and has not sent. None: it is discarded.
    Draft {
        field: FieldAddress,
        text: Option<String>,
    },
    /// Sends a draft. One with a fault stays as it is.
    SendDraft(FieldAddress),
    /// Makes the desired value equal to the reported one again.
    TakeBack(FieldAddress),
    /// Sends a wish that timed out once more.
    SendAgain(FieldAddress),
    /// Closes the note of a change that came to an end.
    Dismiss(FieldAddress),
    /// Forgets every change that still waits for the connection.
    EmptyQueue,
    /// How keys are shown and changed. Replaces what was said before.
    Shape(ControlSet),
    Editor(EditorCommand),
    Bulk(BulkCommand),
    Things(ThingsCommand),
    Rules(RulesCommand),
    Own(OwnCommand),
    /// Asks for a filter again that was set aside or left out.
    TryFilter(String),
    /// Asks for a filter no more.
    LeaveOut(String),
    /// Runs the tests that tell apart why the link does not stand.
    Examine,
    /// The page is being left: says DISCONNECT while there is time.
    Leave,
}

/// Where to connect and as whom. Lives in memory only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectRequest {
    pub way: Way,
    /// Empty: one is made up.
    pub client_id: String,
    /// In seconds. Taken as at least 30 and at most 1200.
    pub keep_alive: u16,
    /// Topic patterns of positions, such as `fleet/{thing}/location`. Empty: the defaults.
    pub locations: Vec<String>,
    /// Further filters that a person typed, such as `#`.
    pub filters: Vec<String>,
    /// Filters that a person does not want to be asked for.
    pub left_out: Vec<String>,
}

impl ConnectRequest {
    /// Connects by `way`, and leaves all else as it is by default.
    pub fn new(way: Way) -> Self {
        Self {
            way,
            client_id: String::new(),
            keep_alive: KEEP_ALIVE.as_secs() as u16,
            locations: Vec::new(),
            filters: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// Connects to a broker that wants no sign-in.
    pub fn to(url: &str) -> Self {
        Self::new(Way::Broker {
            url: url.to_owned(),
            user_name: None,
            password: None,
        })
    }
}

/// A value as a control gives it. The engine writes it in the form that the device uses (`true`, `"on"`, `1`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Wish {
    Switch(bool),
    /// A text as it is; anything else is JSON.
    Value(ValueView),
    /// The key goes away.
    Remove,
}
