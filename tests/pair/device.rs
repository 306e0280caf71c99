//! A device that speaks MQTT to the backend without delay, to play the other side of a scenario.

use bytes::BytesMut;
use gnomon::message::QoS;
use gnomon::mqtt::wire::{self, Connect, Packet, Publish};
use gnomon_backend::broker::ConnectionId;
use gnomon_backend::things::Principal;

use super::line::Pair;

pub(crate) struct Device {
    connection: ConnectionId,
    thing: String,
}

impl Device {
    pub(crate) fn connect(pair: &mut Pair, client_id: &str) -> Self {
        let connection = pair.backend.connect(Principal::Anonymous, pair.now());
        let device = Self {
            connection,
            thing: client_id.to_owned(),
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
        let publish = Publish {
            dup: false,
            qos: QoS::AtMostOnce,
            retain: false,
            packet_id: None,
            topic,
            payload: payload.as_bytes(),
        };
        self.send(pair, &Packet::Publish(publish));
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
