//! A backend, its disk and its clients. Each client keeps count of what it was promised.

use std::collections::{BTreeMap, VecDeque};

use gnomon::message::QoS;
use gnomon::mqtt::wire::{self, Packet, PacketId, Publish, Unsubscribe};
use gnomon::shadow::document::ShadowDocument;
use gnomon::shadow::topics::ShadowId;
use gnomon::time::{Instant, Now, UnixMillis};
use gnomon::topic::TopicFilter;
use gnomon_backend::backend::Backend;
use gnomon_backend::broker::Limits;
use gnomon_backend::record::{Batch, Table};
use serde_json::Value;

use crate::client::Client;
use crate::promises::{Kept, Promises};
use crate::visitor::{Asked, Visitor};

pub(crate) const THINGS: [&str; 2] = ["lamp", "pump"];
pub(crate) const RETAINED: [&str; 2] = ["r/0", "r/1"];
/// What each watcher hears, so that nothing waits only because it stands behind something else.
const WATCHED: [&[&str]; 5] = [
    &["update/accepted", "update/rejected"],
    &["update/delta"],
    &["update/documents"],
    &["get/+"],
    &["delete/+"],
];
pub(crate) const QUEUE: &str = "q";
pub(crate) const VISITOR: &str = "visitor";

pub(crate) struct World {
    pub(crate) backend: Backend,
    pub(crate) disk: BTreeMap<(Table, Vec<u8>), Vec<u8>>,
    pub(crate) writing: Option<Batch>,
    pub(crate) now: Now,
    pub(crate) publisher: Client,
    pub(crate) watchers: Vec<Client>,
    /// The client with the lasting session, while it is there.
    pub(crate) visitor: Option<Visitor>,
    pub(crate) promises: Promises,
    /// What each PUBACK will promise, in the order of publishing.
    pub(crate) published: VecDeque<Promise>,
    /// Which state of its thing the answer to each request will show, by thing and verb.
    pub(crate) requested: BTreeMap<(usize, String), VecDeque<u64>>,
    pub(crate) heard: Vec<String>,
    pub(crate) count: u64,
}

pub(crate) enum Promise {
    Nothing,
    Retained { topic: usize, number: u64 },
    Queued(String),
}

impl World {
    pub(crate) fn new() -> Self {
        let mut backend = Backend::new(Limits::default(), 1);
        backend.start_journal();
        let now = Now {
            instant: Instant(0),
            wall: UnixMillis(1_795_400_000_000),
        };
        let publisher = Client::connect(&mut backend, "publisher", true, now);
        let mut world = Self {
            backend,
            disk: BTreeMap::new(),
            writing: None,
            now,
            publisher,
            watchers: Vec::new(),
            visitor: None,
            promises: Promises::new(),
            published: VecDeque::new(),
            requested: BTreeMap::new(),
            heard: Vec::new(),
            count: 0,
        };
        world.enter();
        world
    }

    pub(crate) fn update(&mut self, thing: usize) {
        self.count += 1;
        let payload = format!(r#"{{"state":{{"desired":{{"n":{}}}}}}}"#, self.count);
        self.request(thing, "update", &payload);
    }

    pub(crate) fn get(&mut self, thing: usize) {
        self.request(thing, "get", "");
    }

    pub(crate) fn delete(&mut self, thing: usize) {
        self.request(thing, "delete", "");
    }

    fn request(&mut self, thing: usize, verb: &str, payload: &str) {
        let before = self.shadow(thing);
        let topic = format!("$aws/things/{}/shadow/{verb}", THINGS[thing]);
        self.send(&topic, payload, false, Promise::Nothing);
        let after = self.shadow(thing);
        let history = &mut self.promises.shadows[thing];
        if before != after {
            // A deletion counts as a version.
            let deleted = history.last() + 1;
            let version = after.as_ref().map_or(deleted, |document| document.version);
            history.change(version, after);
        }
        self.note_request(thing, verb);
        self.listen();
    }

    pub(crate) fn note_request(&mut self, thing: usize, verb: &str) {
        let shown = self.promises.shadows[thing].last();
        let requested = self.requested.entry((thing, verb.to_owned()));
        requested.or_default().push_back(shown);
    }

    pub(crate) fn shadow(&self, thing: usize) -> Option<ShadowDocument> {
        let id = ShadowId::new(THINGS[thing], None).unwrap();
        self.backend.shadow(id)
    }

    pub(crate) fn retain(&mut self, topic: usize, empty: bool) {
        self.count += 1;
        let payload = match empty {
            true => String::new(),
            false => self.count.to_string(),
        };
        let number = self.count;
        let kept = (!empty).then(|| payload.clone());
        self.promises.retained[topic].change(number, kept);
        self.send(
            RETAINED[topic],
            &payload,
            true,
            Promise::Retained { topic, number },
        );
        self.listen();
    }

    pub(crate) fn queue(&mut self) {
        self.count += 1;
        let payload = self.count.to_string();
        let promise = match self.promises.session.value() {
            Kept::Session { subscribed: true } => {
                self.promises.queue.push(payload.clone());
                Promise::Queued(payload.clone())
            }
            _ => Promise::Nothing,
        };
        self.send(QUEUE, &payload, false, promise);
        self.listen();
    }

    pub(crate) fn publish(&mut self, topic: &str, payload: &str) {
        self.send(topic, payload, false, Promise::Nothing);
        self.listen();
    }

    /// The visitor comes, or comes again: whoever was there under its name is gone.
    pub(crate) fn connect(&mut self, clean: bool) {
        let client = Client::connect(&mut self.backend, VISITOR, clean, self.now);
        let session = &mut self.promises.session;
        let present = !clean && *session.value() != Kept::Nothing;
        if !present {
            self.promises.queue.clear();
            session.push(match clean {
                true => Kept::Nothing,
                false => Kept::Session { subscribed: false },
            });
        }
        let mut visitor = Visitor::new(client, clean);
        let before = (!present).then_some(self.count);
        visitor.ask(Asked::Connect { present, before }, session.last());
        self.visitor = Some(visitor);
        self.listen();
    }

    pub(crate) fn subscribe(&mut self) {
        if let Some(visitor) = &mut self.visitor {
            visitor
                .client
                .subscribe(&mut self.backend, &[(QUEUE, 1)], self.now);
            self.note_subscription(Asked::Subscribe, true);
        }
    }

    pub(crate) fn unsubscribe(&mut self) {
        if let Some(visitor) = &mut self.visitor {
            let packet = Packet::Unsubscribe(Unsubscribe {
                packet_id: PacketId::MIN,
                filters: vec![TopicFilter::new(QUEUE).unwrap()],
            });
            visitor.client.send(&mut self.backend, &packet, self.now);
            self.note_subscription(Asked::Unsubscribe, false);
        }
    }

    fn note_subscription(&mut self, asked: Asked, subscribed: bool) {
        let session = &mut self.promises.session;
        if let Some(visitor) = &mut self.visitor {
            if !visitor.clean {
                session.push(Kept::Session { subscribed });
            }
            visitor.ask(asked, session.last());
        }
        self.listen();
    }

    /// The visitor has taken the first messages that it was given.
    pub(crate) fn acknowledge(&mut self, count: usize) {
        if let Some(visitor) = &mut self.visitor {
            let count = count.min(visitor.received.len());
            for (packet_id, payload) in visitor.received.drain(..count) {
                let packet = Packet::PubAck(packet_id);
                visitor.client.send(&mut self.backend, &packet, self.now);
                self.promises.queue.take(&payload);
            }
            self.listen();
        }
    }

    pub(crate) fn leave(&mut self, politely: bool) {
        if let Some(mut visitor) = self.visitor.take() {
            match politely {
                true => visitor
                    .client
                    .send(&mut self.backend, &Packet::Disconnect, self.now),
                false => self.backend.handle_closed(visitor.client.id, self.now),
            }
            self.listen();
        }
    }

    pub(crate) fn take(&mut self) {
        if self.writing.is_none() {
            self.writing = self.backend.take_batch();
        }
    }

    pub(crate) fn saved(&mut self) {
        if let Some(batch) = self.writing.take() {
            let mark = batch.mark;
            self.write(batch);
            self.backend.handle_saved(mark, self.now);
            self.listen();
        }
    }

    /// What clients heard since the last call.
    pub(crate) fn heard(&mut self) -> Vec<String> {
        std::mem::take(&mut self.heard)
    }

    pub(crate) fn save_all(&mut self) {
        self.saved();
        while self.backend.has_changes() {
            self.take();
            self.saved();
        }
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

    /// Publisher and watchers, as they are after a start.
    pub(crate) fn enter(&mut self) {
        self.publisher = Client::connect(&mut self.backend, "publisher", true, self.now);
        assert_eq!(
            self.publisher.receive(&mut self.backend).len(),
            1,
            "CONNACK"
        );
        self.watchers.clear();
        for ends in WATCHED {
            let mut watcher = Client::connect(&mut self.backend, ends[0], true, self.now);
            for end in ends {
                let filter = format!("$aws/things/+/shadow/{end}");
                watcher.subscribe(&mut self.backend, &[(&filter, 0)], self.now);
            }
            let frames = watcher.receive(&mut self.backend);
            assert_eq!(frames.len(), 1 + ends.len(), "CONNACK and each SUBACK");
            self.watchers.push(watcher);
        }
    }

    pub(crate) fn send(&mut self, topic: &str, payload: &str, retain: bool, promise: Promise) {
        self.published.push_back(promise);
        let packet = Packet::Publish(Publish {
            dup: false,
            qos: QoS::AtLeastOnce,
            retain,
            packet_id: Some(PacketId::MIN),
            topic,
            payload: payload.as_bytes(),
        });
        self.publisher.send(&mut self.backend, &packet, self.now);
    }

    pub(crate) fn listen(&mut self) {
        for frame in self.publisher.receive(&mut self.backend) {
            let Packet::PubAck(_) = wire::parse(&frame).unwrap() else {
                panic!("{frame:?}");
            };
            self.heard.push("PUBACK".to_owned());
            match self.published.pop_front().unwrap() {
                Promise::Nothing => {}
                Promise::Retained { topic, number } => {
                    self.promises.retained[topic].acknowledge(number);
                }
                Promise::Queued(payload) => self.promises.queue.acknowledge(&payload),
            }
        }
        for watcher in 0..self.watchers.len() {
            for frame in self.watchers[watcher].receive(&mut self.backend) {
                let Packet::Publish(publish) = wire::parse(&frame).unwrap() else {
                    panic!("{frame:?}");
                };
                self.note_answer(&publish);
            }
        }
        if let Some(visitor) = &mut self.visitor {
            let heard = visitor.listen(&mut self.backend, &mut self.promises);
            self.heard.extend(heard);
        }
    }

    fn note_answer(&mut self, publish: &Publish<'_>) {
        let (place, end) = publish.topic.split_once("/shadow/").unwrap();
        let (verb, kind) = end.split_once('/').unwrap();
        let body: Value = serde_json::from_slice(publish.payload).unwrap();
        let number = match kind {
            "documents" => &body["current"]["version"],
            "rejected" => &body["code"],
            _ => &body["version"],
        };
        self.heard.push(format!("{end} {number}"));
        let thing = THINGS.iter().position(|thing| place.ends_with(thing));
        let thing = thing.unwrap();
        let shown = match kind {
            "accepted" | "rejected" => {
                let requested = self.requested.get_mut(&(thing, verb.to_owned()));
                requested.unwrap().pop_front().unwrap()
            }
            _ => number.as_u64().unwrap(),
        };
        // Who is turned away learns nothing of the shadow.
        if *number != 429 {
            self.promises.shadows[thing].acknowledge(shown);
        }
    }
}
