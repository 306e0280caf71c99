//! A client that speaks MQTT to the backend without delay, to play the other side of a scenario.

use bytes::BytesMut;
use gnomon::message::QoS;
use gnomon::mqtt::limits::MAX_PACKET;
use gnomon::mqtt::wire::{self, Connect, FrameReader, Packet, PacketId, Publish, Subscribe};
use gnomon::topic::TopicFilter;
use gnomon_backend::broker::ConnectionId;
use gnomon_backend::things::Principal;

use super::line::Pair;

pub(crate) struct Device {
    connection: ConnectionId,
    thing: String,
    reader: FrameReader,
}

impl Device {
    pub(crate) fn connect(pair: &mut Pair, client_id: &str) -> Self {
        // No policy is about it: it belongs to the scenery.
        let connection = pair.backend.connect(Principal::Inside, pair.now());
        let device = Self {
            connection,
            thing: client_id.to_owned(),
            reader: FrameReader::new(MAX_PACKET),
        };
        let connect = Connect {
            level: 4,
            client_id,
            clean_session: true,
            keep_alive: 0,
            will: None,
            user_name: None,
            password: None,
        };
        device.send(pair, &Packet::Connect(connect));
        device
    }

    /// Updates its own shadow.
    pub(crate) fn update(&mut self, pair: &mut Pair, payload: &str) {
        let topic = format!("$aws/things/{}/shadow/update", self.thing);
        self.publish(pair, &topic, payload);
    }

    pub(crate) fn publish(&mut self, pair: &mut Pair, topic: &str, payload: &str) {
        self.publish_with(pair, topic, payload, None);
    }

    pub(crate) fn publish_at_least_once(&self, pair: &mut Pair, topic: &str, payload: &str) {
        self.publish_with(pair, topic, payload, Some(PacketId::MIN));
    }

    fn publish_with(
        &self,
        pair: &mut Pair,
        topic: &str,
        payload: &str,
        packet_id: Option<PacketId>,
    ) {
        let publish = Publish {
            dup: false,
            qos: match packet_id {
                None => QoS::AtMostOnce,
                Some(_) => QoS::AtLeastOnce,
            },
            retain: false,
            packet_id,
            topic,
            payload: payload.as_bytes(),
        };
        self.send(pair, &Packet::Publish(publish));
    }

    /// Hears what is published there from now on: see [`Self::messages`].
    pub(crate) fn listen(&self, pair: &mut Pair, filter: &str) {
        pair.watched.push(self.connection);
        let filter = TopicFilter::new(filter).expect("a test names filters well");
        let subscribe = Subscribe {
            packet_id: PacketId::MIN,
            filters: vec![(filter, 0)],
        };
        self.send(pair, &Packet::Subscribe(subscribe));
    }

    /// Topics and payloads that came since the last look.
    pub(crate) fn messages(&mut self, pair: &mut Pair) -> Vec<(String, Vec<u8>)> {
        for (_, bytes) in pair.heard.extract_if(.., |(id, _)| *id == self.connection) {
            self.reader.push(bytes);
        }
        let mut messages = Vec::new();
        while let Ok(Some(frame)) = self.reader.next_frame() {
            if let Ok(Packet::Publish(publish)) = wire::parse(&frame) {
                messages.push((publish.topic.to_owned(), publish.payload.to_vec()));
            }
        }
        messages
    }

    pub(crate) fn was_closed(&self, pair: &Pair) -> bool {
        pair.closed.contains(&self.connection)
    }

    fn send(&self, pair: &mut Pair, packet: &Packet<'_>) {
        let mut bytes = BytesMut::new();
        wire::encode(packet, &mut bytes).expect("a test sends what can be sent");
        let now = pair.now();
        pair.backend
            .handle_bytes(self.connection, bytes.freeze(), now);
        pair.pump();
    }
}
