//! What a lasting session sends again on the next connection: QoS 1 messages that were not acknowledged, as they
//! were, in their order, under their packet identifiers [MQTT-4.4.0-1].

use std::collections::VecDeque;

use crate::mqtt::wire::PacketId;

/// Bounded by the window of QoS 1 messages in flight.
#[derive(Debug, Default)]
pub(super) struct Resend(VecDeque<(PacketId, Vec<u8>)>);

impl Resend {
    /// Keeps a whole PUBLISH, already marked as a repetition.
    pub(super) fn keep(&mut self, id: PacketId, packet: &[u8]) {
        let mut repeated = packet.to_vec();
        if let Some(first) = repeated.first_mut() {
            *first |= 0b1000;
        }
        self.0.push_back((id, repeated));
    }

    /// Acknowledgements come in the order of sending, so the first one is nearly always it.
    pub(super) fn acknowledged(&mut self, id: PacketId) {
        if let Some(place) = self.0.iter().position(|(kept, _)| *kept == id) {
            self.0.remove(place);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (PacketId, &[u8])> {
        self.0.iter().map(|(id, packet)| (*id, packet.as_slice()))
    }
}
