//! What the broker wants kept: retained messages, and the sessions of clients that asked for it with the QoS 1
//! messages queued for them. Other parts of the backend note their changes here too, so that all are saved together.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use gnomon::message::{Message, QoS};
use gnomon::time::{Now, UnixMillis};
use gnomon::topic::{TopicFilter, TopicName};

use super::retained::RetainedMessage;
use super::session::{Delivery, Session};
use super::timers::Timer;
use super::{Broker, Output};
use crate::journal::{Key, Mark};
use crate::record::{self, Queued, RecordError, Retained, Subscriptions, Table};

impl Broker {
    /// From now on changes are noted, and what depends on them waits until they are saved.
    pub fn start_journal(&mut self) {
        self.journal.start();
    }

    /// Notes a change of something that is not the broker's own.
    pub fn note_change(&mut self, key: Key) {
        self.journal.note(key);
    }

    /// What an answer waits for that shows the present state.
    pub fn mark(&self) -> Mark {
        self.journal.mark()
    }

    pub fn saved(&self) -> Mark {
        self.journal.saved()
    }

    pub fn has_changes(&self) -> bool {
        self.journal.is_open()
    }

    /// Entries in the open batch.
    pub fn changed(&self) -> usize {
        self.journal.len()
    }

    /// Closes the open batch: everything that changed since the last one.
    pub fn take_changes(&mut self) -> Option<(Mark, BTreeSet<Key>)> {
        self.journal.take()
    }

    /// A batch is on disk.
    pub fn handle_saved(&mut self, mark: Mark) {
        self.journal.note_saved(mark);
        self.rules.handle_saved();
        for id in std::mem::take(&mut self.held) {
            if let Some(connection) = self.connections.get_mut(id) {
                connection.held = false;
                self.outputs.push_back(Output::Ready(id));
            }
        }
    }

    /// What the acknowledgement of a message waits for, before which the journal showed so many changes. A retained
    /// one that changes nothing may be a repetition of one that is not saved yet.
    pub(super) fn mark_of_message(&self, retain: bool, changes: u64) -> Mark {
        match retain || self.journal.changes() != changes {
            true => self.journal.mark(),
            false => Mark::NONE,
        }
    }

    /// One of the broker's own entries as it is now; `None` when it is gone.
    pub fn record(&self, key: &Key) -> Option<Vec<u8>> {
        match key {
            Key::Retained(topic) => retained_record(self.retained.get(topic)?),
            Key::Session(client_id) => session_record(self.persistent(client_id)?),
            Key::Queued(number, client_id) => {
                let session = self.persistent(client_id)?;
                queued_record(client_id, session.deliveries.message(*number)?)
            }
            Key::Thing(name) => self.things.registry.thing_record(name),
            Key::ThingType(name) => self.things.registry.type_record(name),
            Key::Certificate(id) => self.certificate_record(*id),
            Key::Policy(name) => self.things.policies.record(name),
            Key::Attached(id) => self.things.policies.attached_record(*id),
            Key::Rule(name) => self.rules.record(name),
            Key::RuleQueued(number) => self.rules.queued_record(*number),
            Key::Shadow(_) => None,
        }
    }

    /// Takes back an entry of [`Self::record`], while nobody is connected yet.
    pub fn restore(
        &mut self,
        table: Table,
        key: &[u8],
        value: &[u8],
        now: Now,
    ) -> Result<(), RecordError> {
        match table {
            Table::Retained => {
                let topic = topic(table, record::text(table, key)?)?;
                let retained = record::decoded(table, value)?;
                self.retained.restore(retained_message(topic, retained));
                Ok(())
            }
            Table::Sessions => {
                let client_id = record::text(table, key)?;
                self.restore_session(client_id, &record::decoded(table, value)?, now)
            }
            Table::Queues => {
                let number = key.try_into().map_err(|_| RecordError(table))?;
                let queued = record::decoded(table, value)?;
                self.restore_delivery(u64::from_be_bytes(number), queued)
            }
            Table::Things => {
                let name = record::text(table, key)?;
                self.things.registry.restore_thing(name, value)
            }
            Table::ThingTypes => {
                let name = record::text(table, key)?;
                self.things.registry.restore_type(name, value)
            }
            Table::Certificates => self.restore_certificate(key, value),
            Table::Policies => self.things.policies.restore(key, value),
            Table::Attached => self.things.policies.restore_attached(key, value),
            Table::Rules => self.rules.restore(key, value, &self.limits),
            Table::RuleQueue => self.rules.restore_queued(key, value),
            Table::Shadows => Err(RecordError(table)),
        }
    }

    pub fn retained_len(&self) -> usize {
        self.retained.len()
    }

    /// Sessions that outlive their connections.
    pub fn persistent_sessions(&self) -> usize {
        let sessions = self.sessions.values();
        sessions.filter(|session| !session.clean).count()
    }

    fn persistent(&self, client_id: &str) -> Option<&Session> {
        let session = self.sessions.get(*self.by_client_id.get(client_id)?)?;
        (!session.clean).then_some(session)
    }

    /// Its client is away from now on.
    fn restore_session(
        &mut self,
        client_id: &str,
        subscriptions: &Subscriptions<'_>,
        now: Now,
    ) -> Result<(), RecordError> {
        let client_id: Arc<str> = client_id.into();
        let at = now.instant + self.limits.session_expiry;
        let mut session = Session::new(client_id.clone(), false);
        session.expires = Some(at);
        let id = self.sessions.insert(session);
        self.timers.start(at, Timer::Session(id));
        self.by_client_id.insert(client_id, id);
        for (filter, at_least_once) in subscriptions {
            let filter = TopicFilter::new(filter).map_err(|_| RecordError(Table::Sessions))?;
            let granted = qos(*at_least_once);
            self.subscriptions.insert(&filter, id, granted);
            if let Some(session) = self.sessions.get_mut(id) {
                session.filters.insert(filter, granted);
            }
        }
        Ok(())
    }

    fn restore_delivery(&mut self, number: u64, queued: Queued<'_>) -> Result<(), RecordError> {
        let table = Table::Queues;
        let id = self.by_client_id.get(&*queued.client_id);
        let session = id.and_then(|id| self.sessions.get_mut(*id));
        let session = session.ok_or(RecordError(table))?;
        session.deliveries.restore(Delivery {
            number,
            message: Message {
                topic: topic(table, &queued.topic)?,
                payload: Bytes::from(queued.payload.into_owned()),
                qos: QoS::AtLeastOnce,
                retain: queued.retain,
            },
            mark: Mark::NONE,
        });
        self.last_delivery = self.last_delivery.max(number);
        Ok(())
    }
}

fn qos(at_least_once: bool) -> QoS {
    match at_least_once {
        true => QoS::AtLeastOnce,
        false => QoS::AtMostOnce,
    }
}

fn topic(table: Table, text: &str) -> Result<TopicName, RecordError> {
    TopicName::new(text).map_err(|_| RecordError(table))
}

fn retained_record(retained: &RetainedMessage) -> Option<Vec<u8>> {
    record::encoded(&Retained {
        at_least_once: retained.message.qos == QoS::AtLeastOnce,
        stored: retained.stored.0,
        payload: Cow::Borrowed(&retained.message.payload),
    })
}

fn retained_message(topic: TopicName, retained: Retained<'_>) -> RetainedMessage {
    RetainedMessage {
        message: Message {
            topic,
            payload: Bytes::from(retained.payload.into_owned()),
            qos: qos(retained.at_least_once),
            retain: true,
        },
        stored: UnixMillis(retained.stored),
    }
}

fn session_record(session: &Session) -> Option<Vec<u8>> {
    let filters = session.filters.iter();
    let subscriptions: Subscriptions<'_> = filters
        .map(|(filter, qos)| (Cow::Borrowed(filter.as_str()), *qos == QoS::AtLeastOnce))
        .collect();
    record::encoded(&subscriptions)
}

fn queued_record(client_id: &str, message: &Message) -> Option<Vec<u8>> {
    record::encoded(&Queued {
        client_id: Cow::Borrowed(client_id),
        topic: Cow::Borrowed(message.topic.as_str()),
        payload: Cow::Borrowed(&message.payload),
        retain: message.retain,
    })
}
