//! A backend, its disk and its clients. Each client keeps count of what it was promised.

use std::collections::{BTreeMap, VecDeque};

use bytes::BytesMut;
use gnomon::message::QoS;
use gnomon::mqtt::wire::{
    self, ConnAck, Connect, FrameReader, Packet, PacketId, Publish, Subscribe,
};
use gnomon::shadow::document::ShadowDocument;
use gnomon::shadow::topics::ShadowId;
use gnomon::time::{Instant, Now, UnixMillis};
use gnomon::topic::TopicFilter;
use gnomon_backend::backend::Backend;
use gnomon_backend::broker::{ConnectionId, Limits};
use gnomon_backend::record::{Batch, Table};
use gnomon_backend::things::Principal;
use serde_json::Value;

use crate::promises::Promises;

const THINGS: [&str; 2] = ["lamp", "pump"];
const RETAINED: [&str; 2] = ["r/0", "r/1"];
const QUEUE: &str = "q";

pub(crate) struct World {
    backend: Backend,
    disk: BTreeMap<(Table, Vec<u8>), Vec<u8>>,
    writing: Option<Batch>,
    now: Now,
    publisher: Client,
    promises: Promises,
    /// What each PUBACK will promise, in the order of publishing.
    published: VecDeque<Promise>,
    heard: Vec<String>,
    count: u64,
}

struct Client {
    id: ConnectionId,
    reader: FrameReader,
}

enum Promise {
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
            promises: Promises::new(),
            published: VecDeque::new(),
            heard: Vec::new(),
            count: 0,
        };
        world.watch();
        world.start_afresh();
        world
    }

    pub(crate) fn update(&mut self, thing: usize) {
        let before = self.shadow(thing);
        let after = self.publish_update(thing);
        if before != after {
            let version = after.as_ref().map_or(0, |document| document.version);
            self.promises.shadows[thing].change(version, after);
        }
    }

    /// Returns the document that it led to.
    fn publish_update(&mut self, thing: usize) -> Option<ShadowDocument> {
        self.count += 1;
        let payload = format!(r#"{{"state":{{"desired":{{"n":{}}}}}}}"#, self.count);
        let topic = format!("$aws/things/{}/shadow/update", THINGS[thing]);
        self.publish(&topic, &payload, false);
        self.shadow(thing)
    }

    fn shadow(&self, thing: usize) -> Option<ShadowDocument> {
        let id = ShadowId::new(THINGS[thing], None).unwrap();
        self.backend.shadow(id)
    }

    pub(crate) fn delete(&mut self, thing: usize) {
        let before = self.shadow(thing);
        let topic = format!("$aws/things/{}/shadow/delete", THINGS[thing]);
        self.publish(&topic, "", false);
        if before.is_some() && self.shadow(thing).is_none() {
            let history = &mut self.promises.shadows[thing];
            history.change(history.last() + 1, None);
        }
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
    }

    pub(crate) fn queue(&mut self) {
        self.count += 1;
        let payload = self.count.to_string();
        self.promises.queue.push(payload.clone());
        self.send(QUEUE, &payload, false, Promise::Queued(payload.clone()));
    }

    pub(crate) fn publish(&mut self, topic: &str, payload: &str, retain: bool) {
        self.send(topic, payload, retain, Promise::Nothing);
    }

    pub(crate) fn visit(&mut self, acknowledge: usize) {
        let mut client = Client::connect(&mut self.backend, "absent", false, self.now);
        self.save_all();
        let packets = client.receive(&mut self.backend);
        let mut packets = packets.iter().map(|frame| wire::parse(frame).unwrap());
        let Some(Packet::ConnAck(ConnAck {
            session_present, ..
        })) = packets.next()
        else {
            panic!("no CONNACK");
        };
        assert!(session_present);
        let messages: Vec<_> = packets
            .map(|packet| match packet {
                Packet::Publish(publish) => (
                    publish.packet_id.unwrap(),
                    String::from_utf8(publish.payload.to_vec()).unwrap(),
                ),
                other => panic!("{other:?}"),
            })
            .collect();
        let payloads: Vec<_> = messages
            .iter()
            .map(|(_, payload)| payload.clone())
            .collect();
        self.promises.queue.check(&payloads);
        for (packet_id, payload) in messages.iter().take(acknowledge) {
            client.send(&mut self.backend, &Packet::PubAck(*packet_id), self.now);
            self.promises.queue.take(std::slice::from_ref(payload));
        }
        client.send(&mut self.backend, &Packet::Disconnect, self.now);
        self.listen();
    }

    pub(crate) fn start_afresh(&mut self) {
        let mut client = Client::connect(&mut self.backend, "absent", true, self.now);
        client.send(&mut self.backend, &Packet::Disconnect, self.now);
        let mut client = Client::connect(&mut self.backend, "absent", false, self.now);
        client.subscribe(&mut self.backend, &[(QUEUE, 1)], self.now);
        self.save_all();
        assert_eq!(
            client.receive(&mut self.backend).len(),
            2,
            "CONNACK and SUBACK"
        );
        client.send(&mut self.backend, &Packet::Disconnect, self.now);
        self.promises.queue.clear();
        self.published.iter_mut().for_each(|promise| {
            if matches!(promise, Promise::Queued(_)) {
                *promise = Promise::Nothing;
            }
        });
        self.listen();
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

    pub(crate) fn crash(&mut self, written: bool) {
        if let Some(batch) = self.writing.take()
            && written
        {
            self.write(batch);
        }
        self.published.clear();
        let mut backend = Backend::new(Limits::default(), 1);
        backend.start_journal();
        for ((table, key), value) in &self.disk {
            backend.restore(*table, key, value, self.now).unwrap();
        }
        self.backend = backend;
        self.publisher = Client::connect(&mut self.backend, "publisher", true, self.now);
        self.watch();
        self.check_shadows();
        self.check_retained();
        self.visit(0);
    }

    /// What the publisher heard since the last call.
    pub(crate) fn heard(&mut self) -> Vec<String> {
        std::mem::take(&mut self.heard)
    }

    fn check_shadows(&mut self) {
        for thing in 0..THINGS.len() {
            let found = self.shadow(thing);
            // The version of the next update tells where the counter of a deleted one stands.
            let update = self.publish_update(thing);
            let version = update.as_ref().map_or(0, |document| document.version);
            let history = &mut self.promises.shadows[thing];
            history.resume(&found, Some(version - 1));
            history.change(version, update);
        }
        self.save_all();
    }

    fn check_retained(&mut self) {
        let mut reader = Client::connect(&mut self.backend, "reader", true, self.now);
        reader.subscribe(&mut self.backend, &[("r/+", 0)], self.now);
        let mut found = [None, None];
        for frame in reader.receive(&mut self.backend) {
            if let Packet::Publish(publish) = wire::parse(&frame).unwrap() {
                let topic = RETAINED.iter().position(|topic| *topic == publish.topic);
                let payload = String::from_utf8(publish.payload.to_vec()).unwrap();
                found[topic.unwrap()] = Some(payload);
            }
        }
        for (history, found) in self.promises.retained.iter_mut().zip(&found) {
            history.resume(found, None);
        }
    }

    fn save_all(&mut self) {
        self.saved();
        while self.backend.has_changes() {
            self.take();
            self.saved();
        }
    }

    fn write(&mut self, batch: Batch) {
        for change in batch.changes {
            let key = (change.table, change.key);
            match change.value {
                Some(value) => self.disk.insert(key, value),
                None => self.disk.remove(&key),
            };
        }
    }

    fn watch(&mut self) {
        let filters = ["update/accepted", "delete/accepted", "update/rejected"];
        let filters = filters.map(|end| format!("$aws/things/+/shadow/{end}"));
        let filters: Vec<_> = filters.iter().map(|filter| (filter.as_str(), 0)).collect();
        self.publisher
            .subscribe(&mut self.backend, &filters, self.now);
        assert_eq!(
            self.publisher.receive(&mut self.backend).len(),
            2,
            "CONNACK and SUBACK"
        );
    }

    fn send(&mut self, topic: &str, payload: &str, retain: bool, promise: Promise) {
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
        self.listen();
    }

    fn listen(&mut self) {
        for frame in self.publisher.receive(&mut self.backend) {
            match wire::parse(&frame).unwrap() {
                Packet::Publish(publish) => self.note_answer(&publish),
                Packet::PubAck(_) => {
                    self.heard.push("PUBACK".to_owned());
                    match self.published.pop_front().unwrap() {
                        Promise::Nothing => {}
                        Promise::Retained { topic, number } => {
                            self.promises.retained[topic].acknowledge(number);
                        }
                        Promise::Queued(payload) => self.promises.queue.acknowledge(&payload),
                    }
                }
                other => panic!("{other:?}"),
            }
        }
    }

    fn note_answer(&mut self, publish: &Publish<'_>) {
        let body: Value = serde_json::from_slice(publish.payload).unwrap();
        if publish.topic.ends_with("rejected") {
            self.heard.push(format!("rejected {}", body["code"]));
            return;
        }
        let thing = THINGS
            .iter()
            .position(|thing| publish.topic.contains(thing));
        let version = body["version"].as_u64().unwrap();
        let deleted = publish.topic.ends_with("delete/accepted");
        self.promises.shadows[thing.unwrap()].acknowledge(version + u64::from(deleted));
        self.heard.push(format!("accepted {version}"));
    }
}

impl Client {
    fn connect(backend: &mut Backend, client_id: &str, clean_session: bool, now: Now) -> Self {
        let mut client = Self {
            id: backend.connect(Principal::Anonymous, now),
            reader: FrameReader::new(1 << 20),
        };
        let connect = Packet::Connect(Connect {
            level: 4,
            client_id,
            clean_session,
            keep_alive: 0,
            will: None,
            user_name: None,
            password: None,
        });
        client.send(backend, &connect, now);
        client
    }

    fn subscribe(&mut self, backend: &mut Backend, filters: &[(&str, u8)], now: Now) {
        let filters = filters
            .iter()
            .map(|(text, qos)| (TopicFilter::new(text).unwrap(), *qos));
        let subscribe = Packet::Subscribe(Subscribe {
            packet_id: PacketId::MIN,
            filters: filters.collect(),
        });
        self.send(backend, &subscribe, now);
    }

    fn send(&mut self, backend: &mut Backend, packet: &Packet<'_>, now: Now) {
        let mut out = BytesMut::new();
        wire::encode(packet, &mut out).unwrap();
        backend.handle_bytes(self.id, out.freeze(), now);
    }

    fn receive(&mut self, backend: &mut Backend) -> Vec<bytes::Bytes> {
        while let Some(chunk) = backend.poll_transmit(self.id) {
            self.reader.push(chunk);
        }
        std::iter::from_fn(|| self.reader.next_frame().unwrap()).collect()
    }
}
