//! The life of each desired change of this client, from the wish to the device's report. It sends nothing itself.
//!
//! A change carries no version: for one key the newest wish wins, and a device that reports every second would
//! turn a checked version into a conflict each time. A wish is never taken for a fact: only a document whose
//! reported value equals it ends the change well. And it is made once: what was sent and lost its answer with the
//! connection waits for the document that tells whether it was carried out.

mod change;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::shadow::document::{self, ShadowDocument};
use crate::shadow::topics::ShadowId;
use crate::shadow::value::Value;
use crate::time::{Instant, Now};

pub use change::{Change, Stage, Step};

/// A client token may have 64 bytes: this much of them is for the client's name.
const MAX_TOKEN_PREFIX: usize = 40;

/// One leaf of one shadow of one device.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FieldAddress {
    pub device: String,
    /// None: the classic shadow.
    pub shadow: Option<String>,
    /// Keys from the section down, such as `["fan", "speed"]`.
    pub path: Vec<String>,
}

/// An update to publish on the request topic of the field's shadow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub field: FieldAddress,
    pub payload: Vec<u8>,
    /// Names it in [`Requests::handle_acknowledged`] and [`Requests::handle_cut`].
    pub token: String,
    /// A connection ended upon it: it must be the only one under way.
    pub suspected: bool,
}

/// Every change that is under way or has just ended, at most one a field.
#[derive(Debug)]
pub struct Requests {
    token_prefix: String,
    serial: u64,
    changes: HashMap<FieldAddress, Change>,
}

impl Requests {
    /// `client_id` goes into the client tokens, so that others see who changed something.
    pub fn new(client_id: &str) -> Self {
        let mut end = client_id.len().min(MAX_TOKEN_PREFIX);
        while !client_id.is_char_boundary(end) {
            end -= 1;
        }
        Self {
            token_prefix: client_id[..end].to_owned(),
            serial: 0,
            changes: HashMap::new(),
        }
    }

    /// How the client tokens of this client begin.
    pub fn token_prefix(&self) -> &str {
        &self.token_prefix
    }

    pub fn change(&self, field: &FieldAddress) -> Option<&Change> {
        self.changes.get(field)
    }

    /// The changes of one device that are not settled yet.
    pub fn under_way<'a>(&'a self, device: &'a str) -> impl Iterator<Item = &'a FieldAddress> {
        let of_device = self
            .changes
            .iter()
            .filter(move |(field, _)| field.device == device);
        of_device
            .filter(|(_, change)| change.is_under_way())
            .map(|(field, _)| field)
    }

    /// Changes that wait for the connection.
    pub fn queued(&self) -> usize {
        self.changes
            .values()
            .filter(|change| change.stage == Stage::Queued)
            .count()
    }

    /// Wishes a value. An older wish for the same field is forgotten: the newest wins.
    pub fn desire(&mut self, field: FieldAddress, wish: Value, now: Now) {
        self.changes.insert(field, Change::new(wish, now));
    }

    /// Wishes the same once more.
    pub fn send_again(&mut self, field: &FieldAddress, now: Now) {
        if let Some(change) = self.changes.remove(field) {
            self.desire(field.clone(), change.wish, now);
        }
    }

    /// Forgets a change that came to an end.
    pub fn dismiss(&mut self, field: &FieldAddress) {
        if self
            .changes
            .get(field)
            .is_some_and(|change| !change.is_under_way())
        {
            self.changes.remove(field);
        }
    }

    /// The shadows whose documents tell whether an update was carried out.
    pub fn in_doubt(&self) -> impl Iterator<Item = &FieldAddress> {
        let doubted = self.changes.iter();
        doubted
            .filter(|(_, change)| change.is_in_doubt())
            .map(|(field, _)| field)
    }

    /// The documents of [`Self::in_doubt`] are asked for now, or cannot be had.
    pub fn handle_asked(&mut self, can_be_had: bool, now: Now) {
        for change in self.changes.values_mut() {
            change.wait_for_document(can_be_had, now);
        }
    }

    /// The next update to publish, to be called while there is a connection. Those upon which a connection ended
    /// come only when they are `alone`.
    pub fn poll_request(&mut self, alone: bool, now: Now) -> Option<Request> {
        let due = self
            .changes
            .iter()
            .filter(|(_, change)| change.is_due(alone));
        // In the order of the wishes: the map itself has none.
        let (field, _) = due.min_by_key(|(field, change)| (change.since, &field.path))?;
        let field = field.clone();
        self.serial += 1;
        let token = format!("{}-{}", self.token_prefix, self.serial);
        let change = self.changes.get_mut(&field)?;
        change.send(&token, now);
        let payload = document::desired_update(&field.path, &change.wish, &token);
        let suspected = change.is_suspected();
        Some(Request {
            field,
            payload,
            token,
            suspected,
        })
    }

    /// The next change that is given up because the connection ends upon it.
    pub fn poll_given_up(&mut self, now: Now) -> Option<FieldAddress> {
        let mut changes = self.changes.iter_mut();
        let (field, change) = changes.find(|(_, change)| change.is_hopeless())?;
        change.reject(0, "", now);
        Some(field.clone())
    }

    /// The request could not be published after all.
    pub fn requeue(&mut self, field: &FieldAddress) {
        if let Some(change) = self.changes.get_mut(field) {
            change.requeue();
        }
    }

    /// The broker has the update with this token.
    pub fn handle_acknowledged(&mut self, token: &str) {
        if let Some(change) = self.by_token(token) {
            change.acknowledge();
        }
    }

    /// The other side closed the connection, with the update of this token fresh and unacknowledged.
    pub fn handle_cut(&mut self, token: &str) {
        if let Some(change) = self.by_token(token) {
            change.suspect();
        }
    }

    /// The request cannot be made at all.
    pub fn handle_unsendable(&mut self, field: &FieldAddress, message: &str, now: Now) {
        if let Some(change) = self.changes.get_mut(field) {
            change.reject(400, message, now);
        }
    }

    /// The connection is gone, and with it perhaps the answers to what was sent.
    pub fn handle_lost(&mut self) {
        self.changes.values_mut().for_each(Change::lose);
    }

    /// The service accepted the update with this token.
    pub fn handle_accepted(&mut self, token: &str, version: u64, now: Now) {
        if let Some(change) = self.by_token(token)
            && (matches!(change.stage, Stage::Sent | Stage::TimedOut) || change.is_in_doubt())
        {
            change.accept(version, now);
        }
    }

    /// The service refused the update with this token.
    pub fn handle_rejected(&mut self, token: &str, code: u16, message: &str, now: Now) {
        if let Some(change) = self.by_token(token) {
            change.reject(code, message, now);
        }
    }

    /// A document that is not older than the last one seen, and whose update led to it, as far as it says.
    pub fn handle_document(
        &mut self,
        id: ShadowId<'_>,
        document: &ShadowDocument,
        token: Option<&str>,
        now: Now,
    ) {
        for (field, change) in &mut self.changes {
            if field.is_of(id) {
                change.compare(field, document, token, now);
            }
        }
    }

    /// The service has no such shadow: nothing that is in doubt was carried out.
    pub fn handle_absent(&mut self, id: ShadowId<'_>) {
        for (field, change) in &mut self.changes {
            if field.is_of(id) {
                change.never_arrived();
            }
        }
    }

    /// The shadow was deleted, and every wish in it.
    pub fn handle_deleted(&mut self, id: ShadowId<'_>, version: u64, by: Option<&str>, now: Now) {
        for (field, change) in &mut self.changes {
            if field.is_of(id) && matches!(change.stage, Stage::Accepted { .. } | Stage::TimedOut) {
                let by = by.map(ToOwned::to_owned);
                change.enter(
                    Stage::Superseded {
                        by,
                        value: None,
                        version,
                    },
                    None,
                    now,
                );
            }
        }
    }

    /// Lets answers that did not come time out, and changes that ended by themselves go.
    /// Gives the devices of these changes.
    pub fn handle_timeout(&mut self, now: Now) -> Vec<String> {
        let mut devices = Vec::new();
        self.changes.retain(|field, change| {
            change.settle_doubt(now);
            if change
                .deadline()
                .is_none_or(|deadline| now.instant < deadline)
            {
                return true;
            }
            devices.push(field.device.clone());
            let stays = change.is_awaited();
            change.enter(Stage::TimedOut, None, now);
            stays
        });
        devices
    }

    /// When [`Self::handle_timeout`] wants to be called at the latest.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.changes.values().filter_map(Change::deadline).min()
    }

    fn by_token(&mut self, token: &str) -> Option<&mut Change> {
        // A change that was never sent has no token, and neither have most messages.
        let ours = |change: &&mut Change| !token.is_empty() && change.token == token;
        self.changes.values_mut().find(ours)
    }
}

impl FieldAddress {
    fn is_of(&self, id: ShadowId<'_>) -> bool {
        self.device == id.thing() && self.shadow.as_deref() == id.shadow()
    }
}
