//! Listens on the engine's side of the line, for the promises that are about packets.

use std::collections::HashMap;

use bytes::Bytes;
use gnomon::mqtt::limits::MAX_PACKET;
use gnomon::mqtt::wire::{self, FrameReader, Packet, PacketId};

pub(crate) struct Tap {
    sent: FrameReader,
    received: FrameReader,
    /// Packet identifiers in use, and the topics published under them.
    in_flight: HashMap<PacketId, String>,
    /// The topics of every PUBLISH that was acknowledged.
    pub(crate) acknowledged: Vec<String>,
    /// The topics of every PUBLISH.
    pub(crate) published: Vec<String>,
}

impl Default for Tap {
    fn default() -> Self {
        Self {
            sent: FrameReader::new(MAX_PACKET),
            received: FrameReader::new(MAX_PACKET),
            in_flight: HashMap::new(),
            acknowledged: Vec::new(),
            published: Vec::new(),
        }
    }
}

impl Tap {
    pub(crate) fn note_opened(&mut self) {
        self.sent = FrameReader::new(MAX_PACKET);
        self.received = FrameReader::new(MAX_PACKET);
        self.in_flight.clear();
    }

    pub(crate) fn note_sent(&mut self, bytes: &Bytes) {
        self.sent.push(bytes.clone());
        while let Ok(Some(frame)) = self.sent.next_frame() {
            let (id, topic) = match wire::parse(&frame).expect("the engine sends MQTT") {
                Packet::Publish(publish) => (publish.packet_id, publish.topic.to_owned()),
                Packet::Subscribe(subscribe) => (Some(subscribe.packet_id), String::new()),
                Packet::Unsubscribe(unsubscribe) => (Some(unsubscribe.packet_id), String::new()),
                _ => continue,
            };
            if !topic.is_empty() {
                self.published.push(topic.clone());
            }
            if let Some(id) = id {
                let before = self.in_flight.insert(id, topic);
                assert_eq!(before, None, "packet identifier {id} is still in use");
            }
        }
    }

    pub(crate) fn note_received(&mut self, bytes: &Bytes) {
        self.received.push(bytes.clone());
        while let Ok(Some(frame)) = self.received.next_frame() {
            match wire::parse(&frame).expect("the backend sends MQTT") {
                Packet::PubAck(id) => {
                    let topic = self.in_flight.remove(&id);
                    self.acknowledged.extend(topic);
                }
                Packet::SubAck(ack) => drop(self.in_flight.remove(&ack.packet_id)),
                Packet::UnsubAck(id) => drop(self.in_flight.remove(&id)),
                _ => {}
            }
        }
    }
}
