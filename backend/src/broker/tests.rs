//! The broker in virtual time. `World` plays all clients: packets in, packets out.

mod connectivity;
mod messages;
mod permission;
mod presence;
mod sessions;

use std::collections::HashMap;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use gnomon::message::QoS;
use gnomon::mqtt::wire::{
    self, ConnAck, Connect, FrameReader, Packet, PacketId, Publish, SubAck, Subscribe, Will,
};
use gnomon::time::{Instant, Now, UnixMillis};
use gnomon::topic::TopicFilter;

use super::{Broker, CloseReason, ConnectionId, Limits, Output};
use crate::things::Principal;

struct World {
    broker: Broker,
    now: Now,
    closed: HashMap<ConnectionId, CloseReason>,
}

impl World {
    fn new(limits: Limits) -> Self {
        Self {
            broker: Broker::new(limits, 7),
            now: Now {
                instant: Instant(1000),
                wall: UnixMillis(1_700_000_000_000),
            },
            closed: HashMap::new(),
        }
    }

    fn send_bytes(&mut self, id: ConnectionId, bytes: &[u8]) {
        self.broker.push_bytes(id, Bytes::copy_from_slice(bytes));
        while self.broker.handle_packet(id, self.now) {}
        self.take_outputs();
    }

    fn send(&mut self, id: ConnectionId, packet: Packet<'_>) {
        self.send_bytes(id, &encoded(&packet));
    }

    /// The packets that wait for a connection, as bytes.
    fn receive(&mut self, id: ConnectionId) -> Vec<Bytes> {
        let mut reader = FrameReader::new(1 << 20);
        let mut frames = Vec::new();
        while let Some(chunk) = self.broker.poll_transmit(id) {
            reader.push(chunk);
            while let Some(frame) = reader.next_frame().unwrap() {
                frames.push(frame);
            }
        }
        frames
    }

    /// The PUBLISH packets that wait, as topic, payload, and flags: QoS, `d` for DUP, `r` for RETAIN.
    fn messages(&mut self, id: ConnectionId) -> Vec<String> {
        let frames = self.receive(id);
        frames.iter().filter_map(written).collect()
    }

    fn connect(&mut self, connect: Connect<'_>) -> ConnectionId {
        self.connect_as(Principal::Anonymous, connect)
    }

    fn connect_as(&mut self, principal: Principal, connect: Connect<'_>) -> ConnectionId {
        let id = self.broker.connect(principal, self.now.instant);
        self.send(id, Packet::Connect(connect));
        id
    }

    /// A connected client, its CONNACK taken.
    fn client(&mut self, client_id: &str) -> ConnectionId {
        let id = self.connect(connect(client_id));
        assert_eq!(self.receive(id), [connack(false, 0)]);
        id
    }

    fn subscribe(&mut self, id: ConnectionId, filter: &str, qos: u8) {
        self.send(id, subscribe(&[(filter, qos)]));
    }

    /// A connected client with one subscription.
    fn subscriber(&mut self, client_id: &str, filter: &str, qos: u8) -> ConnectionId {
        let id = self.client(client_id);
        self.subscribe(id, filter, qos);
        // Who subscribes to events hears of this one too.
        assert_eq!(self.receive(id)[0], suback(&[qos]));
        id
    }

    fn publish(&mut self, id: ConnectionId, topic: &str, payload: &str) {
        self.send(id, publish(topic, payload, QoS::AtMostOnce, false));
    }

    fn advance(&mut self, duration: Duration) {
        let end = self.now.instant + duration;
        while let Some(due) = self.broker.poll_timeout().filter(|due| *due <= end) {
            self.go_to(self.now.instant.max(due));
            self.broker.handle_timeout(self.now);
            self.take_outputs();
        }
        self.go_to(end);
    }

    fn go_to(&mut self, instant: Instant) {
        let passed = instant.since(self.now.instant);
        self.now.wall.0 += passed.as_millis() as i64;
        self.now.instant = instant;
    }

    fn lose(&mut self, id: ConnectionId) {
        self.broker.handle_closed(id, self.now);
        self.take_outputs();
    }

    fn take_outputs(&mut self) {
        while let Some(output) = self.broker.poll_output() {
            if let Output::Close(id, reason) = output {
                assert_eq!(self.closed.insert(id, reason), None, "closed twice");
            }
        }
    }

    fn reason(&self, id: ConnectionId) -> Option<&CloseReason> {
        self.closed.get(&id)
    }
}

fn encoded(packet: &Packet<'_>) -> Bytes {
    let mut out = BytesMut::new();
    wire::encode(packet, &mut out).unwrap();
    out.freeze()
}

fn written(frame: &Bytes) -> Option<String> {
    let Packet::Publish(publish) = wire::parse(frame).unwrap() else {
        return None;
    };
    let mut text = format!(
        "{} {} {}",
        publish.topic,
        String::from_utf8_lossy(publish.payload),
        publish.qos as u8
    );
    if publish.dup {
        text.push('d');
    }
    if publish.retain {
        text.push('r');
    }
    Some(text)
}

fn connect(client_id: &str) -> Connect<'_> {
    Connect {
        level: 4,
        client_id,
        clean_session: true,
        keep_alive: 0,
        will: None,
        user_name: None,
        password: None,
    }
}

fn lasting(client_id: &str) -> Connect<'_> {
    Connect {
        clean_session: false,
        ..connect(client_id)
    }
}

fn with_will<'a>(client_id: &'a str, topic: &'a str) -> Connect<'a> {
    let will = Will {
        topic,
        payload: b"gone",
        qos: 1,
        retain: false,
    };
    Connect {
        will: Some(will),
        ..connect(client_id)
    }
}

fn publish<'a>(topic: &'a str, payload: &'a str, qos: QoS, retain: bool) -> Packet<'a> {
    Packet::Publish(Publish {
        dup: false,
        qos,
        retain,
        packet_id: (qos == QoS::AtLeastOnce).then_some(PacketId::MIN),
        topic,
        payload: payload.as_bytes(),
    })
}

fn subscribe(filters: &[(&str, u8)]) -> Packet<'static> {
    let filters = filters
        .iter()
        .map(|(filter, qos)| (TopicFilter::new(filter).unwrap(), *qos))
        .collect();
    Packet::Subscribe(Subscribe {
        packet_id: PacketId::MIN,
        filters,
    })
}

fn connack(session_present: bool, code: u8) -> Bytes {
    encoded(&Packet::ConnAck(ConnAck {
        session_present,
        code,
    }))
}

fn suback(codes: &[u8]) -> Bytes {
    encoded(&Packet::SubAck(SubAck {
        packet_id: PacketId::MIN,
        codes: codes.to_vec(),
    }))
}

fn puback(id: u16) -> Packet<'static> {
    Packet::PubAck(PacketId::new(id).unwrap())
}
