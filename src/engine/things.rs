//! Things that are known by name, though they may say nothing: remembered from earlier, entered, or read from a
//! registry. Their shadows are asked for, one by one.

use serde::{Deserialize, Serialize};

use super::Engine;
use super::frame::DeviceState;
use crate::time::{Now, UnixMillis};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ThingsCommand {
    /// Names that a person typed or pasted, in any number of lines.
    Add(String),
    /// Reads the names of the registry, where the other side has one that answers.
    ReadRegistry,
    /// Is not remembered any more. It stays listed while it speaks.
    Forget(String),
    ForgetAll,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ThingsRequest {
    pub search: String,
    pub only: ThingsChip,
    pub first: u32,
    pub rows: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThingsChip {
    #[default]
    All,
    /// Nothing was heard of them on this connection.
    Silent,
    /// Their shadow was asked for, and there is none.
    NoShadow,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ThingsView {
    pub things: u32,
    pub silent: u32,
    pub no_shadow: u32,
    /// Shadows that are still to be asked for.
    pub to_ask: u32,
    /// Whether names outlive the tab: not where the browser gives no storage.
    pub remembers: bool,
    pub total: u32,
    pub first: u32,
    pub rows: Vec<ThingRow>,
    /// What came of the last names that were entered.
    pub added: Option<Added>,
    pub registry: Registry,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThingRow {
    pub name: String,
    pub state: DeviceState,
    /// None: never.
    pub last_seen: Option<UnixMillis>,
    /// On this connection.
    pub heard: bool,
    pub shadow: ShadowKnowledge,
    /// Named shadows that are known.
    pub named: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShadowKnowledge {
    /// Waits to be asked for.
    Waiting,
    Asked,
    Known {
        version: u64,
    },
    /// There is none.
    Absent,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Added {
    pub new: u32,
    pub known: u32,
    /// Texts that cannot be the name of a thing, at most 20, and how many there were.
    pub refused: Vec<String>,
    pub refused_total: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Registry {
    #[default]
    Unread,
    Reading {
        found: u32,
    },
    Read {
        found: u32,
        new: u32,
    },
    /// This kind of broker has none.
    None,
    /// It did not answer, or what it said: status and AWS's name for the error.
    Failed {
        status: Option<u16>,
        error: String,
    },
}

impl Engine {
    pub(super) fn handle_things(&mut self, _command: ThingsCommand, _now: Now) {}

    pub(super) fn things_view(&mut self, _request: &ThingsRequest, _now: Now) -> ThingsView {
        ThingsView::default()
    }
}
