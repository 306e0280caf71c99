//! The words in which a fleet is asked and answers: plain data, ready to cross to another thread.

use serde::{Deserialize, Serialize};

use crate::geo::{LngLat, World};
use crate::time::UnixMillis;

/// The window of the device list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListRequest {
    /// Words that a name must hold, in any order and case.
    pub search: String,
    pub chip: Chip,
    pub sort: Sort,
    /// Keep the present order, because a pointer or the focus is in the list.
    pub hold: bool,
    pub first: u32,
    pub rows: u32,
}

/// Which devices the list holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Chip {
    #[default]
    All,
    State(DeviceState),
    /// A desired value differs from the reported one.
    Differs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sort {
    /// Numbers inside names count as numbers: sim-2 before sim-10.
    #[default]
    Name,
    LastSeen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    pub point: World,
    /// In units of [`World`].
    pub radius: u32,
    /// Comes back with the answer, so that an old one can be told.
    pub serial: u32,
}

/// How a device does, as its mark on the map shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DeviceState {
    Moving,
    #[default]
    Still,
    /// Nothing was heard for a while.
    Stale,
    /// It said so, or its will did.
    Offline,
    Alarm,
}

/// `len` slots from `first` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotRun {
    pub first: u32,
    pub len: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListView {
    /// Devices known at all.
    pub devices: u32,
    /// Those that lie in the bounds of the request.
    pub in_view: u32,
    pub counts: StateCounts,
    /// Devices that fit search and chip.
    pub total: u32,
    /// Index of the first of `rows`.
    pub first: u32,
    pub rows: Vec<Row>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateCounts {
    pub moving: u32,
    pub still: u32,
    pub stale: u32,
    pub offline: u32,
    pub alarm: u32,
    pub differs: u32,
}

/// One line of the device list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub slot: u32,
    pub name: String,
    pub state: DeviceState,
    pub position: Option<LngLat>,
    /// Metres a second.
    pub speed: Option<f32>,
    /// Degrees clockwise from north.
    pub heading: Option<f32>,
    pub last_seen: UnixMillis,
    pub badge: Badge,
    /// Why the state is Alarm, as key and value.
    pub alarm: Option<(String, String)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Badge {
    #[default]
    None,
    /// A change of this page is on its way to this key.
    OnItsWay(String),
    /// So many keys differ.
    Differs(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FixView {
    pub position: LngLat,
    /// When the device was there, by its own word; else when it was heard.
    pub at: UnixMillis,
    pub altitude: Option<f32>,
    /// Metres a second.
    pub speed: Option<f32>,
    /// Degrees clockwise from north.
    pub heading: Option<f32>,
    /// Radius in metres.
    pub accuracy: Option<f32>,
}

/// The newest text that came on the device's own topic and is no position.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LastMessage {
    pub topic: String,
    /// Cut at 1,000 characters.
    pub text: String,
    pub at: UnixMillis,
}

/// The answer to a [`Pick`], nearest first, at most 20.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picked {
    pub serial: u32,
    pub devices: Vec<Row>,
}
