//! A backend with a map for a disk, clients, and somebody who carries rules out: in virtual time, and only when told.

use std::collections::BTreeMap;

use bytes::Bytes;
use gnomon::message::QoS;
use gnomon::mqtt::wire::{self, Packet, PacketId, Publish};
use gnomon::rules::Incoming;
use gnomon::shadow::topics::ShadowId;
use gnomon::time::{Instant, Now, UnixMillis};
use gnomon_backend::api::{ApiError, Call, Outcome, Request};
use gnomon_backend::backend::Backend;
use gnomon_backend::broker::Limits;
use gnomon_backend::record::{Batch, Table};
use gnomon_backend::rules::{Deed, DeedEnded, Ended, Work};
use gnomon_backend::things::Principal;
use serde_json::{Value, json};

use crate::client::Client;

pub(crate) struct World {
    pub(crate) backend: Backend,
    pub(crate) now: Now,
    disk: BTreeMap<(Table, Vec<u8>), Vec<u8>>,
    publisher: Client,
    /// Stored objects by bucket and key.
    pub(crate) objects: BTreeMap<String, Bytes>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Limits::default())
    }

    pub(crate) fn with(limits: Limits) -> Self {
        let now = Now {
            instant: Instant(0),
            wall: UnixMillis(1_795_400_000_000),
        };
        let mut backend = Backend::new(limits, 1);
        backend.start_journal();
        backend.note_start(now);
        let publisher = Client::connect(&mut backend, "publisher", true, now);
        let mut world = Self {
            backend,
            now,
            disk: BTreeMap::new(),
            publisher,
            objects: BTreeMap::new(),
        };
        assert_eq!(world.hear().len(), 1, "CONNACK");
        world
    }

    /// Makes a rule that stores each payload under the key that it came by.
    pub(crate) fn store(&mut self, name: &str, sql: &str) {
        let actions = json!([{ "s3": { "roleArn": "r", "bucketName": "b", "key": "${topic()}" } }]);
        self.rule(name, sql, actions);
    }

    pub(crate) fn republish(&mut self, name: &str, sql: &str, topic: &str) {
        let actions = json!([{ "republish": { "roleArn": "r", "topic": topic, "qos": 1 } }]);
        self.rule(name, sql, actions);
    }

    fn rule(&mut self, name: &str, sql: &str, actions: Value) {
        let made = self.put("POST", name, sql, actions);
        assert_eq!(made, Ok(Outcome::Done), "{sql}");
    }

    pub(crate) fn put(
        &mut self,
        method: &str,
        name: &str,
        sql: &str,
        actions: Value,
    ) -> Result<Outcome, ApiError> {
        let body = json!({ "sql": sql, "actions": actions, "awsIotSqlVersion": "2016-03-23" });
        self.call(method, &format!("/rules/{name}"), &body.to_string())
    }

    pub(crate) fn call(
        &mut self,
        method: &str,
        uri: &str,
        body: &str,
    ) -> Result<Outcome, ApiError> {
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        let call = Call::parse(&Request {
            method,
            path,
            query,
            body: body.to_owned().into(),
            ..Request::default()
        })?;
        let principal = Principal::Anonymous;
        self.backend.handle_call(&principal, call, self.now).0
    }

    pub(crate) fn figures(&mut self, name: &str) -> Value {
        let Ok(Outcome::Document(figures)) = self.call("GET", "/gnomon/rules", "") else {
            panic!("no counters");
        };
        let rules = figures["rules"].as_array().unwrap();
        let found = rules.iter().find(|rule| rule["ruleName"] == name);
        found.unwrap().clone()
    }

    /// These counters of a rule.
    pub(crate) fn counts<const N: usize>(&mut self, name: &str, counters: [&str; N]) -> [u64; N] {
        let figures = self.figures(name);
        counters.map(|counter| figures[counter].as_u64().unwrap())
    }

    pub(crate) fn publish(&mut self, topic: &str, payload: &str, qos: QoS) {
        let packet = Packet::Publish(Publish {
            dup: false,
            qos,
            retain: false,
            packet_id: (qos == QoS::AtLeastOnce).then_some(PacketId::MIN),
            topic,
            payload: payload.as_bytes(),
        });
        self.publisher.send(&mut self.backend, &packet, self.now);
    }

    /// Somebody who gets what is published there.
    pub(crate) fn subscriber(&mut self, client_id: &str, filter: &str) -> Client {
        let mut client = Client::connect(&mut self.backend, client_id, true, self.now);
        client.subscribe(&mut self.backend, &[(filter, 0)], self.now);
        client.receive(&mut self.backend);
        client
    }

    /// Topics and payloads.
    pub(crate) fn received(&mut self, client: &mut Client) -> Vec<(String, String)> {
        let frames = client.receive(&mut self.backend);
        let publishes = frames
            .iter()
            .filter_map(|frame| match wire::parse(frame).unwrap() {
                Packet::Publish(it) => Some((it.topic.to_owned(), it.payload.to_vec())),
                _ => None,
            });
        publishes
            .map(|(topic, payload)| (topic, String::from_utf8(payload).unwrap()))
            .collect()
    }

    /// What the publisher heard since the last call.
    pub(crate) fn hear(&mut self) -> Vec<Bytes> {
        self.publisher.receive(&mut self.backend)
    }

    pub(crate) fn shadow(&self, thing: &str) -> Value {
        let id = ShadowId::new(thing, None).unwrap();
        let reported = self.backend.shadow(id).unwrap().reported_json();
        serde_json::from_slice(&reported).unwrap()
    }

    /// Writes one batch; returns how many entries it had.
    pub(crate) fn save(&mut self) -> usize {
        let Some(batch) = self.backend.take_batch() else {
            return 0;
        };
        let mark = batch.mark;
        let changes = batch.changes.len();
        self.write(batch);
        self.backend.handle_saved(mark, self.now);
        changes
    }

    pub(crate) fn write(&mut self, batch: Batch) {
        for change in batch.changes {
            let key = (change.table, change.key);
            match change.value {
                Some(value) => self.disk.insert(key, value),
                None => self.disk.remove(&key),
            };
        }
    }

    /// Entries on disk.
    pub(crate) fn kept(&self, table: Table) -> usize {
        self.disk
            .keys()
            .filter(|(other, _)| *other == table)
            .count()
    }

    /// The process ends, and the next one finds what was written.
    pub(crate) fn crash(&mut self) {
        let mut backend = Backend::new(Limits::default(), 1);
        backend.start_journal();
        for ((table, key), value) in &self.disk {
            backend.restore(*table, key, value, self.now).unwrap();
        }
        self.backend = backend;
        self.publisher = Client::connect(&mut self.backend, "publisher", true, self.now);
        assert_eq!(self.hear().len(), 1, "CONNACK");
    }

    pub(crate) fn take(&mut self) -> Vec<Work> {
        self.backend.take_rule_work()
    }

    /// The payloads of the work there is.
    pub(crate) fn taken(&mut self) -> Vec<String> {
        let work = self.take();
        work.iter().map(payload).collect()
    }

    pub(crate) fn end(&mut self, work: &Work) {
        let ended = Ended {
            fired: true,
            deeds: Vec::new(),
        };
        self.backend.end_rule_work(work.number, ended, self.now);
    }

    /// Carries out what there is until nothing is left. What fails is not tried again.
    pub(crate) fn run(&mut self) {
        loop {
            let taken = self.take();
            if taken.is_empty() {
                return;
            }
            for work in taken {
                let ended = self.carry_out(&work);
                self.backend.end_rule_work(work.number, ended, self.now);
            }
        }
    }

    fn carry_out(&mut self, work: &Work) -> Ended {
        let (rule, item) = (&work.rule, &work.item);
        let incoming = Incoming::new(item.origin(), &item.payload);
        let Some(fired) = rule.sql.evaluate(&incoming).unwrap() else {
            return Ended::default();
        };
        let mut deeds = Vec::new();
        for (index, deed) in rule.actions.iter().enumerate() {
            let mut done = DeedEnded {
                action: Some(index as u8),
                error: None,
                took_ms: 1,
                overwrote: false,
            };
            match deed {
                Deed::Store { bucket, key } => {
                    let [bucket, key] =
                        [bucket, key].map(|it| it.fill(&rule.sql, &incoming).unwrap());
                    let name = format!("{bucket}/{key}");
                    let before = self.objects.insert(name, fired.payload.clone());
                    done.overwrote = before.is_some();
                }
                Deed::Republish { topic, qos } => {
                    let topic = topic.fill(&rule.sql, &incoming).unwrap();
                    let payload = fired.payload.clone();
                    let sent = self
                        .backend
                        .republish(work.number, &topic, payload, *qos, self.now);
                    done.error = sent.err().map(|error| error.to_string());
                }
            }
            deeds.push(done);
        }
        Ended { fired: true, deeds }
    }
}

pub(crate) fn payload(work: &Work) -> String {
    String::from_utf8(work.item.payload.to_vec()).unwrap()
}
