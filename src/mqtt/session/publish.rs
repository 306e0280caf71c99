//! PUBLISH and PUBACK: what leaves, within the bounds of the window and of the socket.

use super::{Phase, Session};
use crate::message::QoS;
use crate::mqtt::inflight::Awaited;
use crate::mqtt::limits::{MAX_IN_FLIGHT, MAX_UNSENT};
use crate::mqtt::wire::{self, Packet, PacketId, Publish};
use crate::time::Instant;

/// Why a message was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    #[error("there is no connection")]
    NotConnected,
    #[error("too much waits to be sent or acknowledged")]
    Full,
    #[error(transparent)]
    Wire(#[from] wire::WireError),
}

impl Session {
    /// Takes over a message of the present connection, so that the broker may forget it. For a lasting session.
    pub fn acknowledge(&mut self, id: PacketId, now: Instant) {
        if self.phase == Phase::Up {
            self.send(&Packet::PubAck(id), now);
        }
    }

    /// Sends a message, or says why not. QoS 1 gives the identifier that [`Event::Acknowledged`](super::Event::Acknowledged) will name.
    pub fn publish(
        &mut self,
        topic: &str,
        payload: &[u8],
        qos: QoS,
        now: Instant,
    ) -> Result<Option<PacketId>, PublishError> {
        if self.phase != Phase::Up {
            return Err(PublishError::NotConnected);
        }
        if self.unsent.len() > MAX_UNSENT || self.in_flight.len() >= MAX_IN_FLIGHT {
            return Err(PublishError::Full);
        }
        let packet_id = match qos {
            QoS::AtMostOnce => None,
            QoS::AtLeastOnce => {
                let id = self.in_flight.begin(Awaited::Publish, now);
                Some(id.ok_or(PublishError::Full)?)
            }
        };
        let publish = Publish {
            dup: false,
            qos,
            retain: false,
            packet_id,
            topic,
            payload,
        };
        let before = self.unsent.len();
        if let Err(error) = wire::encode(&Packet::Publish(publish), &mut self.unsent) {
            packet_id.map(|id| self.in_flight.end(id));
            return Err(error.into());
        }
        if let Some(id) = packet_id.filter(|_| !self.config.clean_session) {
            self.resend.keep(id, &self.unsent[before..]);
        }
        self.keep_alive.sent(now);
        Ok(packet_id)
    }
}
