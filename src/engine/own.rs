//! This browser as a device: it publishes its position and texts, at a chosen rate, and keeps them while the link is
//! down. Where it is, the page asks the browser.

use serde::{Deserialize, Serialize};

use super::Engine;
use crate::time::{Now, UnixMillis};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum OwnCommand {
    /// Becomes a device, or changes how it is one.
    Start(OwnSettings),
    Pause,
    Resume,
    /// Is a device no longer. What waits is discarded.
    Stop,
    Position(OwnPosition),
    /// The browser gives no position.
    NoPosition(PositionFault),
    /// Publishes a text with QoS 1 where positions go, or on `topic_1` where those go into a shadow.
    Text(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSettings {
    pub thing: String,
    pub target: OwnTarget,
    /// Seconds between two positions, at least 1.
    pub every: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OwnTarget {
    /// `topic_1`, as in the article.
    Topic(String),
    /// The classic shadow of the thing.
    Shadow,
}

/// Degrees, metres, metres a second.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnPosition {
    pub latitude: f64,
    pub longitude: f64,
    pub accuracy: f64,
    pub speed: Option<f64>,
    pub heading: Option<f64>,
    pub at: UnixMillis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PositionFault {
    /// A person or the system said no.
    Denied,
    Unavailable,
    TimedOut,
    /// This browser has none, or the page did not come over `https:` or from this machine.
    Unsupported,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OwnView {
    /// None: it is no device.
    pub settings: Option<OwnSettings>,
    /// The topic that positions go to.
    pub topic: String,
    pub paused: bool,
    pub position: Option<OwnPosition>,
    pub fault: Option<PositionFault>,
    /// Positions and texts that the other side acknowledged.
    pub sent: u64,
    pub last_sent: Option<UnixMillis>,
    /// They wait for the link.
    pub waiting: u32,
    /// Did not fit into the queue: the oldest go first.
    pub dropped: u64,
    /// What the shadow service refused last.
    pub refused: Option<(u16, String)>,
}

impl Engine {
    pub(super) fn handle_own(&mut self, _command: OwnCommand, _now: Now) {}

    pub(super) fn own_view(&self) -> OwnView {
        OwnView::default()
    }
}
