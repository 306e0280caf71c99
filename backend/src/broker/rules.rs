//! Which messages rules get, and whose they are. What becomes of them, [`crate::rules`] knows.

use std::sync::Arc;

use bytes::Bytes;
use gnomon::rng::Rng;
use gnomon::time::Now;

use super::connection::Phase;
use super::limits::Limits;
use super::{Broker, ConnectionId};
use crate::journal::{Journal, Mark};
use crate::rules::{Ended, Item, Queued, RuleError, Rules, Work};
use crate::things::{Permit, Principal};

/// On whose behalf a message is published.
#[derive(Clone, Copy, Debug)]
pub enum Author<'a> {
    Client(ConnectionId),
    /// A client whose connection has ended.
    Departed(&'a Permit),
    /// Somebody who has no connection and waits for an answer.
    Caller(&'a Principal),
    /// A part of this backend, because of a message that went through so many rules. `kept`: whoever caused it was
    /// promised that it is not lost.
    Service {
        hops: u8,
        kept: bool,
    },
}

impl Author<'_> {
    /// A service that acts on nobody's message but a client's.
    pub const SERVICE: Self = Self::Service {
        hops: 0,
        kept: true,
    };

    pub(super) fn is_service(self) -> bool {
        matches!(self, Self::Service { .. })
    }
}

/// A message on its way to rules.
pub(super) struct ForRules<'a> {
    /// As it was published.
    pub(super) topic: &'a str,
    pub(super) author: Author<'a>,
    /// With QoS 1.
    pub(super) at_least_once: bool,
    /// What it tells of is in this batch.
    pub(super) mark: Mark,
}

impl Broker {
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Changes the rules, and keeps what was changed.
    pub(crate) fn change_rules<T>(
        &mut self,
        change: impl FnOnce(&mut Rules, &Limits, &mut Journal) -> Result<T, RuleError>,
    ) -> Result<T, RuleError> {
        change(&mut self.rules, &self.limits, &mut self.journal)
    }

    /// What may be carried out now.
    pub(crate) fn take_rule_work(&mut self) -> Vec<Work> {
        self.rules.take_work(self.journal.saved())
    }

    pub(crate) fn note_rule_retry(&mut self, number: u64, action: Option<u8>, error: &str) {
        self.rules.note_retry(number, action, error);
    }

    pub(crate) fn end_rule_work(&mut self, number: u64, ended: &Ended) {
        self.rules.end_work(number, ended, &mut self.journal);
    }

    /// Queues a message for the rules that match its topic. Its payload is asked for once, if there is any such rule.
    pub(super) fn feed_rules(
        &mut self,
        message: &ForRules<'_>,
        now: Now,
        payload: impl FnOnce() -> Bytes,
    ) {
        if self.rules.is_empty() {
            return;
        }
        self.rules.find(message.topic, &mut self.found_rules);
        if !self.found_rules.is_empty() {
            self.offer(message, message.topic, payload(), now);
        }
    }

    /// Queues a message on `$aws/rules/RULE/TOPIC` for that rule.
    pub(super) fn feed_rule(
        &mut self,
        message: &ForRules<'_>,
        now: Now,
        payload: impl FnOnce() -> Bytes,
    ) {
        let named = message.topic.strip_prefix("$aws/rules/");
        let named = named.unwrap_or_default();
        let (name, topic) = named.split_once('/').unwrap_or((named, ""));
        self.rules.find_named(name, &mut self.found_rules);
        if !self.found_rules.is_empty() {
            self.offer(message, topic, payload(), now);
        }
    }

    fn offer(&mut self, message: &ForRules<'_>, topic: &str, payload: Bytes, now: Now) {
        let (client_id, principal) = self.signature(message.author);
        let (hops, kept) = match message.author {
            Author::Client(_) | Author::Departed(_) => (0, message.at_least_once),
            Author::Caller(_) => (0, true),
            Author::Service { hops, kept } => (hops, kept),
        };
        let item = Item {
            topic: topic.into(),
            payload,
            at: now.wall,
            client_id,
            principal: principal.into(),
            seed: 0,
            hops,
        };
        let mut found = std::mem::take(&mut self.found_rules);
        for (key, _) in found.drain(..) {
            // The clock is in it, because the broker's own seed is the same after a restart.
            let seed = self.rng.next_u64() ^ now.wall.0 as u64;
            let item = Item {
                seed: Rng::new(seed).next_u64(),
                ..item.clone()
            };
            let queued = Queued::new(key, item, kept, message.mark);
            self.rules.offer(queued, &self.limits, &mut self.journal);
        }
        self.found_rules = found;
    }

    /// Client identifier and principal.
    fn signature(&self, author: Author<'_>) -> (Option<Arc<str>>, String) {
        let of = |permit: &Permit| {
            let client_id = permit.client_id().map(Arc::from);
            (client_id, permit.principal().identifier())
        };
        match author {
            Author::Departed(permit) => of(permit),
            Author::Client(id) => match self.connections.get(id).map(|it| &it.phase) {
                Some(Phase::Open(open)) => of(&open.permit),
                _ => (None, Principal::Anonymous.identifier()),
            },
            Author::Caller(principal) => (None, principal.identifier()),
            Author::Service { .. } => (None, Principal::Inside.identifier()),
        }
    }
}
