//! What the connection doctor says: the steps of the newest attempt in the order they happen, and what the first
//! failure means.

mod case;
mod examine;
mod finding;
mod policy;
mod record;
mod steps;

use serde::{Deserialize, Serialize};

use crate::time::UnixMillis;

pub(super) use record::Record;

/// The state of one connection, examined.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DoctorView {
    /// When the newest attempt began.
    pub at: UnixMillis,
    pub steps: Vec<StepView>,
    /// None: nothing is wrong, or it is not known yet.
    pub finding: Option<Finding>,
    pub policy: PolicyView,
    /// Tests that tell causes apart are under way.
    pub examining: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepView {
    pub step: ConnectStep,
    pub outcome: Outcome,
    pub took_ms: Option<u32>,
}

/// A step on the way to a link that stands. Those that do not apply are left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ConnectStep {
    /// The page may open this address.
    Address {
        secure: bool,
    },
    /// How far this device's clock is ahead of the other side's (negative: behind), where it was learnt.
    Clock {
        offset_ms: Option<i64>,
    },
    /// Keys are there, and when they end.
    Credentials {
        until: Option<UnixMillis>,
    },
    /// The WebSocket opened.
    Socket,
    /// CONNACK 0.
    Connect {
        client_id: String,
    },
    Subscribe {
        granted: u32,
        asked: u32,
    },
    /// Filters that the broker refused or closes the link on.
    Refusals {
        filters: u32,
        close_code: Option<u16>,
    },
    /// The link answers in time.
    KeepAlive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    NotYet,
    Running,
    Done,
    Failed,
}

/// The first failure, explained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// One: it is certain. More: the likely ones, likeliest first.
    pub causes: Vec<Cause>,
    /// The filters or topics that are concerned.
    pub topics: Vec<String>,
    /// The protocol's own word.
    pub code: Option<String>,
}

/// Why a link fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    BadAddress,
    MixedContent,
    /// The host's name is not known.
    Name,
    /// Nobody listens on that port.
    Refused,
    /// A firewall, or a machine that is off: nothing comes back at all.
    NoAnswer,
    /// The certificate is not trusted, or there is no TLS on that port.
    Tls,
    /// Somebody answers, but opens no WebSocket: path, Origin or sign-in at the upgrade.
    NoWebSocket,
    /// It opens without the subprotocol `mqtt`.
    Subprotocol,
    /// It opens, but answers no CONNECT: no MQTT, or a policy that does not allow this identifier.
    NoConnack,
    /// CONNACK 4 or 5.
    SignIn,
    /// CONNACK 1 to 3.
    RefusedConnect,
    /// The fields of the sign-in are not complete.
    Incomplete,
    Expired,
    Clock,
    KeysRefused,
    CognitoRefused,
    CognitoUnreachable,
    /// Somebody else connects with the same client identifier.
    TakenOver,
    /// The broker closes the link on a filter.
    FilterCloses,
    /// SUBACK 0x80.
    FilterRefused,
    /// The broker closes the link on a publish.
    PublishCloses,
    /// Nothing came for one and a half keep-alives.
    KeepAlive,
    /// It does not speak MQTT 3.1.1 as it should.
    Malformed,
    /// A link that stood was closed, for a reason that was not told.
    Closed,
}

/// An AWS IoT policy that allows what this page asks for, as JSON text. It says `*` for the account, which the page
/// cannot know, and for the region where that is not known: a person narrows it down.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PolicyView {
    /// Only the statement that is missing, when that is known.
    pub missing: Option<String>,
    /// The whole document.
    pub whole: String,
}
