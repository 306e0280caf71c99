//! One change: where it stands, and what the documents of its shadow say about it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::FieldAddress;
use super::outbox::MAX_UNANSWERED;
use crate::shadow::document::{Node, ShadowDocument, Stated};
use crate::shadow::value::{Object, Value};
use crate::time::{Instant, Now, UnixMillis};

/// How long to wait for the service, and then for the device, before a person is asked.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a change that ended by itself stays to be seen.
const FOLD: Duration = Duration::from_secs(4);

/// How long to wait for the document that tells whether an update was carried out, before it is sent again.
const DOUBT: Duration = Duration::from_secs(5);

/// Ends of a connection upon an update after which it is not sent any more.
const MAX_CUTS: u8 = 2;

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
    /// When the present stage was reached.
    pub at: UnixMillis,
    pub(super) token: String,
    pub(super) since: Instant,
    /// The broker has it.
    acknowledged: bool,
    doubt: Option<Doubt>,
    /// How often the other side closed the connection upon it.
    cuts: u8,
    /// A person wants it no more: it is not sent again.
    withdrawn: bool,
    /// The desired value as it was known when the update was sent.
    before: Option<Stated>,
    /// Older wishes of this page for the same field that may still come to stand there, oldest first.
    earlier: Vec<Value>,
}

/// What a change waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// To be sent.
    Due,
    /// To be sent alone: a connection ended upon it.
    Suspected,
    /// To be given up: sending it once more would end the connection once more.
    Hopeless,
    /// For the document that tells whether it was carried out, which is not asked for yet.
    Doubted,
    /// For that document, which is asked for.
    Asked,
    /// For the service.
    Sent,
    /// For the device.
    Accepted,
    /// For nothing: it ended, or nobody answered.
    Ended,
}

impl Lane {
    pub(super) const COUNT: usize = 8;
}

/// Whether an update of an earlier connection was carried out.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Doubt {
    /// The document is not asked for yet.
    Open,
    /// It is asked for. Without it the update is sent again then, unless the broker had it.
    Until(Instant),
}

impl Change {
    pub(super) fn new(wish: Value, now: Now) -> Self {
        Self {
            wish,
            stage: Stage::Queued,
            steps: vec![(Step::Queued, now.wall)],
            at: now.wall,
            token: String::new(),
            since: now.instant,
            acknowledged: false,
            doubt: None,
            cuts: 0,
            withdrawn: false,
            before: None,
            earlier: Vec::new(),
        }
    }

    /// In place of an older wish for the same field, which may be carried out all the same.
    pub(super) fn replace(&mut self, old: &Self) {
        self.earlier.clone_from(&old.earlier);
        if !old.token.is_empty() && old.lane() != Lane::Ended || old.stage == Stage::TimedOut {
            self.earlier.push(old.wish.clone());
        }
        let too_many = self.earlier.len().saturating_sub(MAX_UNANSWERED);
        self.earlier.drain(..too_many);
    }

    /// One that was sent and accepted by other means.
    pub(super) fn adopted(wish: Value, token: &str, version: u64, now: Now) -> Self {
        let mut change = Self::new(wish, now);
        change.steps.clear();
        token.clone_into(&mut change.token);
        change.accept(version, now);
        change
    }

    /// Neither reported nor given up: the control is busy.
    pub fn is_under_way(&self) -> bool {
        self.stage == Stage::Queued || self.is_awaited()
    }

    pub(super) fn is_awaited(&self) -> bool {
        matches!(self.stage, Stage::Sent | Stage::Accepted { .. })
    }

    pub(super) fn lane(&self) -> Lane {
        match (&self.stage, self.doubt) {
            (_, Some(Doubt::Open)) => Lane::Doubted,
            (_, Some(Doubt::Until(_))) => Lane::Asked,
            (Stage::Queued, None) => match self.cuts {
                0 => Lane::Due,
                1..MAX_CUTS => Lane::Suspected,
                MAX_CUTS.. => Lane::Hopeless,
            },
            (Stage::Sent, None) => Lane::Sent,
            (Stage::Accepted { .. }, None) => Lane::Accepted,
            _ => Lane::Ended,
        }
    }

    /// Whether it waits for the connection and was never sent.
    pub(super) fn is_unsent(&self) -> bool {
        self.stage == Stage::Queued && self.token.is_empty()
    }

    /// Whether a connection ended upon it.
    pub(super) fn is_suspected(&self) -> bool {
        self.cuts > 0
    }

    pub(super) fn send(&mut self, token: &str, now: Now) {
        token.clone_into(&mut self.token);
        self.requeue();
        self.enter(Stage::Sent, Some(Step::Sent), now);
    }

    pub(super) fn withdraw(&mut self) {
        self.withdrawn = true;
    }

    /// Whether it is to be forgotten: nobody wants it, and it was not carried out as far as can be known.
    pub(super) fn is_void(&self) -> bool {
        self.withdrawn && self.stage == Stage::Queued && self.doubt.is_none()
    }

    /// What the field's desired value is known to be when the update goes out.
    pub(super) fn remember(&mut self, before: Option<Stated>) {
        self.before = before;
    }

    /// Nobody else wished anything since the update was sent: what stands stood then, or is an older wish of ours.
    fn is_as_sent(&self, desired: Option<&Stated>) -> bool {
        let value = desired.map(|stated| &stated.value);
        let same_time = |before: &Stated, now: &Stated| match (before.at, now.at) {
            (Some(before), Some(now)) => before == now,
            _ => true,
        };
        let untouched = match (&self.before, desired) {
            (Some(before), Some(now)) => before.value == now.value && same_time(before, now),
            (before, now) => before.is_none() && now.is_none(),
        };
        let is_ours = |wish: &Value| Some(wish).filter(|wish| **wish != Value::Null) == value;
        untouched || self.earlier.iter().any(is_ours)
    }

    pub(super) fn requeue(&mut self) {
        self.stage = Stage::Queued;
        self.steps.retain(|(step, _)| *step == Step::Queued);
    }

    pub(super) fn acknowledge(&mut self) {
        self.acknowledged = true;
        self.cuts = 0;
    }

    pub(super) fn suspect(&mut self) {
        if self.stage == Stage::Sent {
            self.cuts += 1;
        }
    }

    /// The connection is gone, perhaps with the answer.
    pub(super) fn lose(&mut self) {
        if self.stage == Stage::Sent || self.doubt.is_some() {
            self.doubt = Some(Doubt::Open);
            if !self.acknowledged {
                self.stage = Stage::Queued;
            }
        }
    }

    /// The document that ends the doubt is asked for, or cannot be had.
    pub(super) fn wait_for_document(&mut self, can_be_had: bool, now: Now) {
        if self.doubt == Some(Doubt::Open) {
            let patience = if can_be_had { DOUBT } else { Duration::ZERO };
            self.doubt = Some(Doubt::Until(now.instant + patience));
            self.settle_doubt(now);
        }
    }

    /// What is in doubt was not carried out: it goes out as if for the first time.
    pub(super) fn never_arrived(&mut self) {
        if self.doubt.take().is_some() {
            self.stage = Stage::Queued;
        }
    }

    pub(super) fn accept(&mut self, version: u64, now: Now) {
        self.enter(
            Stage::Accepted { version },
            Some(Step::Accepted(version)),
            now,
        );
    }

    /// When the present stage is over by itself, or its doubt.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match (&self.stage, self.doubt) {
            (Stage::Queued, Some(Doubt::Until(until))) => Some(until),
            (Stage::Sent | Stage::Accepted { .. }, _) => Some(self.since + PATIENCE),
            (Stage::Reported | Stage::Superseded { .. }, _) => Some(self.since + FOLD),
            (Stage::Queued | Stage::Rejected { .. } | Stage::TimedOut, _) => None,
        }
    }

    /// What the broker never acknowledged goes out again when no document came in time: true then.
    pub(super) fn settle_doubt(&mut self, now: Now) -> bool {
        match (&self.stage, self.doubt) {
            (Stage::Queued, Some(Doubt::Until(until))) if now.instant >= until => {
                self.doubt = None;
                true
            }
            _ => false,
        }
    }

    pub(super) fn enter(&mut self, stage: Stage, step: Option<Step>, now: Now) {
        self.stage = stage;
        self.at = now.wall;
        self.since = now.instant;
        self.acknowledged = false;
        self.doubt = None;
        self.steps.extend(step.map(|step| (step, now.wall)));
    }

    pub(super) fn reject(&mut self, code: u16, message: &str, now: Now) {
        let message = message.to_owned();
        self.enter(Stage::Rejected { code, message }, None, now);
    }

    pub(super) fn compare<'a>(
        &mut self,
        field: &FieldAddress,
        document: &ShadowDocument,
        by: &dyn Fn(&[String]) -> Option<&'a str>,
        now: Now,
    ) {
        let in_doubt = self.doubt.is_some();
        let awaited = self.is_awaited() || self.stage == Stage::TimedOut;
        if !awaited && !in_doubt {
            return;
        }
        let stated = document.desired.leaf(&field.path);
        let desired = stated.map(|stated| &stated.value);
        let reported = value_at(&document.reported, &field.path);
        let wished = Some(&self.wish).filter(|wish| **wish != Value::Null);
        let stands = desired == wished;
        let done = wished == reported || wished.is_none();
        // Some devices take the wish away once they have done it.
        let taken_away = desired.is_none() && done;
        let version = document.version;
        if in_doubt && !stands && !taken_away {
            return match self.is_as_sent(stated) {
                true => self.never_arrived(),
                // Whether ours was carried out or not: sent again it would undo what somebody wished after it.
                false => self.supersede(desired, version, by(&field.path), now),
            };
        }
        let accepted = match self.accepted() {
            Some(accepted) => accepted,
            // The acceptance itself may have been lost with a connection.
            None if stands || in_doubt => {
                self.accept(version, now);
                version
            }
            None => return,
        };
        if stands || taken_away {
            if done && version >= accepted {
                self.enter(Stage::Reported, Some(Step::Reported), now);
            }
        } else if version > accepted {
            self.supersede(desired, version, by(&field.path), now);
        }
    }

    /// The version at which the service accepted, if it did.
    pub(super) fn accepted(&self) -> Option<u64> {
        self.steps.iter().find_map(|(step, _)| match step {
            Step::Accepted(version) => Some(*version),
            _ => None,
        })
    }

    pub(super) fn was_accepted(&self) -> bool {
        self.accepted().is_some()
    }

    pub(super) fn supersede(
        &mut self,
        value: Option<&Value>,
        version: u64,
        by: Option<&str>,
        now: Now,
    ) {
        let (by, value) = (by.map(ToOwned::to_owned), value.cloned());
        self.enter(Stage::Superseded { by, value, version }, None, now);
    }
}

fn value_at<'a>(section: &'a Object<Node>, path: &[String]) -> Option<&'a Value> {
    section.leaf(path).map(|stated| &stated.value)
}
