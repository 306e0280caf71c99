//! Whether the client of a registered thing's name is connected, since when, and how it went. What was before the start
//! of the process is forgotten.

use gnomon::time::{Now, UnixMillis};

use super::connection::{Open, Phase};
use super::presence::word;
use super::{Broker, CloseReason};

/// What is told of a client. Of one that never came, nothing but that it is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Connectivity {
    pub connected: bool,
    /// When it came, or went.
    pub since: Option<UnixMillis>,
    /// In AWS IoT's word, why it went.
    pub reason: Option<&'static str>,
}

impl Broker {
    pub fn connectivity(&self, client_id: &str) -> Connectivity {
        let open = || {
            let session = self.sessions.get(*self.by_client_id.get(client_id)?)?;
            match &self.connections.get(session.connection?)?.phase {
                Phase::Open(open) => Some(open),
                Phase::New { .. } | Phase::Closed => None,
            }
        };
        match open() {
            Some(open) => Connectivity {
                connected: true,
                since: Some(open.presence.since),
                reason: None,
            },
            None => self.departures.get(client_id).copied().unwrap_or_default(),
        }
    }

    /// Remembers how the client of a registered thing went: there are no more of them than things.
    pub(super) fn note_departure(&mut self, open: &Open, reason: &CloseReason, now: Now) {
        let client_id = open.permit.client_id();
        let registry = self.things.registry();
        if let Some(thing) = client_id.and_then(|client_id| registry.get(client_id)) {
            let departure = Connectivity {
                connected: false,
                since: Some(now.wall),
                reason: Some(word(reason)),
            };
            self.departures.insert(thing.name.clone(), departure);
        }
    }
}
