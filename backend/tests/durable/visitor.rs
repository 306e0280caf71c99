//! The client with the lasting session, on one connection: what it asked for, and what it was given.

use std::collections::VecDeque;

use gnomon::mqtt::wire::{self, Packet, PacketId};
use gnomon_backend::backend::Backend;

use crate::client::Client;
use crate::promises::Promises;

pub(crate) struct Visitor {
    pub(crate) client: Client,
    pub(crate) clean: bool,
    /// What was asked for, and the state of the session that the answer promises.
    asked: VecDeque<(Asked, u64)>,
    /// Messages that are not acknowledged.
    pub(crate) received: Vec<(PacketId, String)>,
}

#[derive(Debug)]
pub(crate) enum Asked {
    Connect {
        present: bool,
        /// No message up to this one comes any more.
        before: Option<u64>,
    },
    Subscribe,
    Unsubscribe,
}

impl Visitor {
    pub(crate) fn new(client: Client, clean: bool) -> Self {
        Self {
            client,
            clean,
            asked: VecDeque::new(),
            received: Vec::new(),
        }
    }

    pub(crate) fn ask(&mut self, asked: Asked, state: u64) {
        self.asked.push_back((asked, state));
    }

    /// Takes what came. Returns the names of acknowledgements.
    pub(crate) fn listen(&mut self, backend: &mut Backend, promises: &mut Promises) -> Vec<String> {
        let mut heard = Vec::new();
        for frame in self.client.receive(backend) {
            let packet = wire::parse(&frame).unwrap();
            if matches!(packet, Packet::Publish(_)) {
                self.received.push(message(&packet));
                continue;
            }
            let (asked, state) = self.asked.pop_front().unwrap();
            let name = match (asked, packet) {
                (Asked::Connect { present, before }, Packet::ConnAck(ack)) => {
                    assert_eq!(ack.session_present, present);
                    promises.queue.end(before);
                    "CONNACK"
                }
                (Asked::Subscribe, Packet::SubAck(_)) => "SUBACK",
                (Asked::Unsubscribe, Packet::UnsubAck(_)) => "UNSUBACK",
                (asked, packet) => panic!("{packet:?} for {asked:?}"),
            };
            promises.session.acknowledge(state);
            heard.push(name.to_owned());
        }
        heard
    }
}

/// A QoS 1 message as its packet identifier and its payload.
pub(crate) fn message(packet: &Packet<'_>) -> (PacketId, String) {
    let Packet::Publish(publish) = packet else {
        panic!("{packet:?}");
    };
    let payload = String::from_utf8(publish.payload.to_vec()).unwrap();
    (publish.packet_id.unwrap(), payload)
}
