//! What a rule makes of a message: payload, names and topics, and what of it failed so far. Waits for nothing.

use std::sync::Arc;

use bytes::Bytes;
use gnomon::message::QoS;
use gnomon::rules::message::ShadowText;
use gnomon::rules::{Incoming, Template};
use gnomon::time::Now;

use super::errors::Failure;
use crate::backend::Backend;
use crate::objects::{NameError, ObjectName};
use crate::rules::{Deed, DeedEnded, Ended, Item, RepublishError, Rule, Work};

pub(super) const BUG: &str = "this message could not be evaluated: gnomon-backend has a bug";

/// A message for a rule and how far it got. `None` for an action's number is the error action.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) work: Work,
    /// What goes out; `None` where WHERE is not true.
    pub(super) payload: Option<Bytes>,
    pub(super) stores: Vec<(Option<u8>, ObjectName)>,
    republished: Vec<(u8, String, QoS)>,
    pub(super) failures: Vec<Failure>,
    deeds: Vec<DeedEnded>,
}

/// What a deed acts on.
pub(super) enum Filled {
    Store(ObjectName),
    Republish(String, QoS),
}

impl Made {
    pub(super) fn new(work: Work, shadows: &ShadowText) -> Self {
        let (rule, item) = (work.rule.clone(), work.item.clone());
        let message = incoming(&item, shadows);
        let fired = match rule.sql.evaluate(&message) {
            Ok(fired) => fired,
            Err(cut) => return Self::broken(work, &cut.to_string()),
        };
        let mut made = Self::empty(work);
        made.payload = fired.map(|fired| fired.payload);
        if made.payload.is_some() {
            for (number, deed) in (0..).zip(&rule.actions) {
                match fill(deed, &rule, &message) {
                    Ok(Filled::Store(name)) => made.stores.push((Some(number), name)),
                    Ok(Filled::Republish(topic, qos)) => {
                        made.republished.push((number, topic, qos));
                    }
                    Err(failure) => made.fail(Some(number), failure, 0),
                }
            }
        }
        made
    }

    /// It could not be evaluated at all.
    pub(super) fn bug(work: Work) -> Self {
        Self::broken(work, BUG)
    }

    /// All its actions failed for good.
    fn broken(work: Work, error: &str) -> Self {
        let rule = work.rule.clone();
        let mut made = Self::empty(work);
        made.payload = Some(Bytes::new());
        for (number, deed) in (0..).zip(&rule.actions) {
            let failure = Failure::new(deed, String::new(), error.to_owned());
            made.fail(Some(number), failure, 0);
        }
        made
    }

    fn empty(work: Work) -> Self {
        Self {
            work,
            payload: None,
            stores: Vec::new(),
            republished: Vec::new(),
            failures: Vec::new(),
            deeds: Vec::new(),
        }
    }

    pub(super) fn number(&self) -> u64 {
        self.work.number
    }

    pub(super) fn rule(&self) -> &Arc<Rule> {
        &self.work.rule
    }

    /// Nothing is left to be done.
    pub(super) fn is_done(&self) -> bool {
        self.stores.is_empty() && self.failures.is_empty()
    }

    pub(super) fn ended(&mut self) -> Ended {
        Ended {
            fired: self.payload.is_some(),
            deeds: std::mem::take(&mut self.deeds),
        }
    }

    pub(super) fn succeed(&mut self, action: Option<u8>, took_ms: u32, overwrote: bool) {
        self.deeds.push(DeedEnded {
            action,
            error: None,
            took_ms,
            overwrote,
        });
    }

    pub(super) fn fail(&mut self, action: Option<u8>, failure: Failure, took_ms: u32) {
        self.deeds.push(DeedEnded {
            action,
            error: Some(failure.error.clone()),
            took_ms,
            overwrote: false,
        });
        self.failures.push(failure);
    }

    /// Publishes what is to be, which takes no time that could be told.
    pub(super) fn republish(&mut self, backend: &mut Backend, now: Now) {
        for (action, topic, qos) in std::mem::take(&mut self.republished) {
            self.publish(Some(action), topic, qos, backend, now);
        }
    }

    pub(super) fn publish(
        &mut self,
        action: Option<u8>,
        topic: String,
        qos: QoS,
        backend: &mut Backend,
        now: Now,
    ) {
        let payload = self.payload.clone().unwrap_or_default();
        match backend.republish(self.number(), &topic, payload, qos, now) {
            Ok(()) => self.succeed(action, 0, false),
            // Nobody is left to be told.
            Err(RepublishError::Gone) => {}
            Err(error) => self.fail(action, Failure::republish(topic, error.to_string()), 0),
        }
    }
}

pub(super) fn incoming<'a>(item: &'a Item, shadows: &'a ShadowText) -> Incoming<'a> {
    let mut incoming = Incoming::new(item.origin(), &item.payload);
    incoming.shadow = Some(shadows);
    incoming
}

pub(super) fn fill(deed: &Deed, rule: &Rule, message: &Incoming<'_>) -> Result<Filled, Failure> {
    let text = |template: &Template| {
        let filled = template.fill(&rule.sql, message);
        filled.map_err(|cut| Failure::new(deed, String::new(), cut.to_string()))
    };
    match deed {
        Deed::Store { bucket, key } => {
            let bucket = text(bucket)?;
            let name = ObjectName::new(&bucket, &text(key)?);
            name.map(Filled::Store)
                .map_err(|error: NameError| Failure::store(bucket, error.to_string()))
        }
        Deed::Republish { topic, qos } => Ok(Filled::Republish(text(topic)?, *qos)),
    }
}
