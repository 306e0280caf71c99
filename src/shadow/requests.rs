//! The life of each desired change of this client, from the wish to the device's report. It sends nothing itself.
//!
//! A change carries no version: for one key the newest wish wins, and a device that reports every second would
//! turn a checked version into a conflict each time. A wish is never taken for a fact: only a document whose
//! reported value equals it ends the change well. And it is made once: what was sent and lost its answer with the
//! connection waits for the document that tells whether it was carried out.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::shadow::document::{self, Node, ShadowDocument};
use crate::shadow::topics::ShadowId;
use crate::shadow::value::{Object, Value};
use crate::time::{Instant, Now, UnixMillis};

/// How long to wait for the service, and then for the device, before a person is asked.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a change that ended by itself stays to be seen.
const FOLD: Duration = Duration::from_secs(4);

/// How long to wait for that document before an update that the broker never acknowledged is sent again.
const DOUBT: Duration = Duration::from_secs(5);

/// Ends of a connection upon an update after which it is not sent any more.
const MAX_CUTS: u8 = 2;

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

/// Where a change stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// Waits for the connection.
    Queued,
    /// Waits for the service.
    Sent,
    /// Waits for the device.
    Accepted { version: u64 },
    /// The device did it.
    Reported,
    /// The service refused, in its own words. Code 0, without words: the broker closes the connection on it.
    Rejected { code: u16, message: String },
    /// Nobody answered in time. A late answer still counts.
    TimedOut,
    /// Another value was wished meanwhile, by whoever used that client token.
    Superseded {
        by: Option<String>,
        value: Option<Value>,
        version: u64,
    },
}

/// A step that a change took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    Queued,
    Sent,
    Accepted(u64),
    Reported,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// `Value::Null` wishes the key away.
    pub wish: Value,
    pub stage: Stage,
    /// When each step was reached, oldest first.
    pub steps: Vec<(Step, UnixMillis)>,
    token: String,
    since: Instant,
    /// The broker has it.
    acknowledged: bool,
    doubt: Option<Doubt>,
    /// How often the other side closed the connection upon it.
    cuts: u8,
}

/// Whether an update of an earlier connection was carried out.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Doubt {
    /// The document is not asked for yet.
    Open,
    /// It is asked for. Without it the update is sent again then, unless the broker had it.
    Until(Instant),
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
        let change = Change {
            wish,
            stage: Stage::Queued,
            steps: vec![(Step::Queued, now.wall)],
            token: String::new(),
            since: now.instant,
            acknowledged: false,
            doubt: None,
            cuts: 0,
        };
        self.changes.insert(field, change);
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
            .filter(|(_, change)| change.doubt.is_some())
            .map(|(field, _)| field)
    }

    /// The documents of [`Self::in_doubt`] are asked for now, or cannot be had.
    pub fn handle_asked(&mut self, can_be_had: bool, now: Now) {
        for change in self.changes.values_mut() {
            if change.doubt == Some(Doubt::Open) {
                let patience = if can_be_had { DOUBT } else { Duration::ZERO };
                change.doubt = Some(Doubt::Until(now.instant + patience));
                change.settle_doubt(now);
            }
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
        change.token.clone_from(&token);
        change.steps.retain(|(step, _)| *step == Step::Queued);
        change.enter(Stage::Sent, Some(Step::Sent), now);
        let payload = document::desired_update(&field.path, &change.wish, &token);
        let suspected = change.cuts > 0;
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
        let (field, change) = changes.find(|(_, change)| {
            change.stage == Stage::Queued && change.doubt.is_none() && change.cuts >= MAX_CUTS
        })?;
        change.reject(0, "", now);
        Some(field.clone())
    }

    /// The request could not be published after all.
    pub fn requeue(&mut self, field: &FieldAddress) {
        if let Some(change) = self.changes.get_mut(field) {
            change.stage = Stage::Queued;
            change.steps.retain(|(step, _)| *step == Step::Queued);
        }
    }

    /// The broker has the update with this token.
    pub fn handle_acknowledged(&mut self, token: &str) {
        if let Some(change) = self.by_token(token) {
            change.acknowledged = true;
            change.cuts = 0;
        }
    }

    /// The other side closed the connection, with the update of this token fresh and unacknowledged.
    pub fn handle_cut(&mut self, token: &str) {
        if let Some(change) = self.by_token(token)
            && change.stage == Stage::Sent
        {
            change.cuts += 1;
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
        for change in self.changes.values_mut() {
            if change.stage == Stage::Sent {
                change.doubt = Some(Doubt::Open);
                if !change.acknowledged {
                    change.stage = Stage::Queued;
                }
            } else if change.doubt.is_some() {
                change.doubt = Some(Doubt::Open);
            }
        }
    }

    /// The service accepted the update with this token.
    pub fn handle_accepted(&mut self, token: &str, version: u64, now: Now) {
        if let Some(change) = self.by_token(token)
            && (matches!(change.stage, Stage::Sent | Stage::TimedOut) || change.doubt.is_some())
        {
            change.enter(
                Stage::Accepted { version },
                Some(Step::Accepted(version)),
                now,
            );
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
            if field.is_of(id) && change.doubt.take().is_some() {
                change.stage = Stage::Queued;
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

impl Change {
    /// Neither reported nor given up: the control is busy.
    pub fn is_under_way(&self) -> bool {
        self.stage == Stage::Queued || self.is_awaited()
    }

    fn is_awaited(&self) -> bool {
        matches!(self.stage, Stage::Sent | Stage::Accepted { .. })
    }

    fn is_due(&self, alone: bool) -> bool {
        let may_go = self.cuts == 0 || (alone && self.cuts < MAX_CUTS);
        self.stage == Stage::Queued && self.doubt.is_none() && may_go
    }

    /// When the present stage is over by itself, or its doubt.
    fn deadline(&self) -> Option<Instant> {
        match (&self.stage, self.doubt) {
            (Stage::Queued, Some(Doubt::Until(until))) => Some(until),
            (Stage::Sent | Stage::Accepted { .. }, _) => Some(self.since + PATIENCE),
            (Stage::Reported | Stage::Superseded { .. }, _) => Some(self.since + FOLD),
            (Stage::Queued | Stage::Rejected { .. } | Stage::TimedOut, _) => None,
        }
    }

    /// What the broker never acknowledged goes out again when no document came in time.
    fn settle_doubt(&mut self, now: Now) {
        if let (Stage::Queued, Some(Doubt::Until(until))) = (&self.stage, self.doubt)
            && now.instant >= until
        {
            self.doubt = None;
        }
    }

    fn enter(&mut self, stage: Stage, step: Option<Step>, now: Now) {
        self.stage = stage;
        self.since = now.instant;
        self.acknowledged = false;
        self.doubt = None;
        self.steps.extend(step.map(|step| (step, now.wall)));
    }

    fn reject(&mut self, code: u16, message: &str, now: Now) {
        let message = message.to_owned();
        self.enter(Stage::Rejected { code, message }, None, now);
    }

    fn compare(
        &mut self,
        field: &FieldAddress,
        document: &ShadowDocument,
        token: Option<&str>,
        now: Now,
    ) {
        let in_doubt = self.doubt.is_some();
        let awaited = self.is_awaited() || self.stage == Stage::TimedOut;
        if !awaited && !in_doubt {
            return;
        }
        let desired = value_at(&document.desired, &field.path);
        let reported = value_at(&document.reported, &field.path);
        let wished = Some(&self.wish).filter(|wish| **wish != Value::Null);
        let stands = desired == wished;
        let done = wished == reported || wished.is_none();
        // Some devices take the wish away once they have done it.
        let taken_away = desired.is_none() && done;
        if in_doubt && !stands && !taken_away {
            // It never arrived: it goes out as if for the first time.
            self.doubt = None;
            self.stage = Stage::Queued;
            return;
        }
        let version = document.version;
        let accepted = match self.accepted() {
            Some(accepted) => accepted,
            // The acceptance itself may have been lost with a connection.
            None if stands || in_doubt => {
                self.enter(
                    Stage::Accepted { version },
                    Some(Step::Accepted(version)),
                    now,
                );
                version
            }
            None => return,
        };
        if stands || taken_away {
            if done && version >= accepted {
                self.enter(Stage::Reported, Some(Step::Reported), now);
            }
        } else if version > accepted {
            self.supersede(desired, version, token, now);
        }
    }

    /// The version at which the service accepted, if it did.
    fn accepted(&self) -> Option<u64> {
        self.steps.iter().find_map(|(step, _)| match step {
            Step::Accepted(version) => Some(*version),
            _ => None,
        })
    }

    fn supersede(&mut self, value: Option<&Value>, version: u64, by: Option<&str>, now: Now) {
        let (by, value) = (by.map(ToOwned::to_owned), value.cloned());
        self.enter(Stage::Superseded { by, value, version }, None, now);
    }
}

fn value_at<'a>(section: &'a Object<Node>, path: &[String]) -> Option<&'a Value> {
    section.leaf(path).map(|stated| &stated.value)
}
