//! What the broker keeps for one client identifier: its subscriptions and the QoS 1 messages on their way to it.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use gnomon::message::Message;
use gnomon::mqtt::wire::PacketId;
use gnomon::time::Instant;
use gnomon::topic::TopicFilter;

use super::ConnectionId;
use super::limits::Limits;

/// Outlives its connection when the client asked for that.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) client_id: Arc<str>,
    /// Ends with its connection.
    pub(super) clean: bool,
    pub(super) connection: Option<ConnectionId>,
    pub(super) filters: HashSet<TopicFilter>,
    pub(super) deliveries: Deliveries,
    /// When it ends, while the client is away.
    pub(super) expires: Option<Instant>,
}

impl Session {
    pub(super) fn new(client_id: Arc<str>, clean: bool) -> Self {
        Self {
            client_id,
            clean,
            connection: None,
            filters: HashSet::new(),
            deliveries: Deliveries::default(),
            expires: None,
        }
    }
}

/// QoS 1 messages to one client, in the order of sending: a window in flight, the rest behind it.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    in_flight: VecDeque<(PacketId, Message)>,
    waiting: VecDeque<Message>,
    waiting_bytes: usize,
    last_id: u16,
}

impl Deliveries {
    /// Queues a message; false when the queue is full.
    pub(super) fn offer(&mut self, message: Message, limits: &Limits) -> bool {
        let bytes = self.waiting_bytes + size(&message);
        if self.waiting.len() >= limits.queued_messages || bytes > limits.queued_bytes {
            return false;
        }
        self.waiting_bytes = bytes;
        self.waiting.push_back(message);
        true
    }

    /// Moves the next message into the window.
    pub(super) fn next(&mut self, limits: &Limits) -> Option<(PacketId, &Message)> {
        if self.in_flight.len() >= limits.in_flight {
            return None;
        }
        let message = self.waiting.pop_front()?;
        self.waiting_bytes -= size(&message);
        let id = self.free_id();
        self.in_flight.push_back((id, message));
        self.in_flight.back().map(|(id, message)| (*id, message))
    }

    /// Ends one delivery. An identifier that is not in flight is tolerated.
    pub(super) fn acknowledge(&mut self, id: PacketId) {
        if let Some(index) = self.in_flight.iter().position(|(other, _)| *other == id) {
            self.in_flight.remove(index);
        }
    }

    /// What was sent and never acknowledged, to be sent again in the same order.
    pub(super) fn unacknowledged(&self) -> impl Iterator<Item = (PacketId, &Message)> {
        self.in_flight.iter().map(|(id, message)| (*id, message))
    }

    /// The next identifier that is not in flight. The window is far smaller than their number.
    fn free_id(&mut self) -> PacketId {
        loop {
            self.last_id = self.last_id.wrapping_add(1);
            if let Some(id) = PacketId::new(self.last_id)
                && !self.in_flight.iter().any(|(other, _)| *other == id)
            {
                return id;
            }
        }
    }
}

fn size(message: &Message) -> usize {
    message.topic.as_str().len() + message.payload.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use gnomon::message::QoS;
    use gnomon::topic::TopicName;

    fn message(number: usize) -> Message {
        Message {
            topic: TopicName::new("t").unwrap(),
            payload: Bytes::from(number.to_string()),
            qos: QoS::AtLeastOnce,
            retain: false,
        }
    }

    fn limits(in_flight: usize) -> Limits {
        Limits {
            in_flight,
            queued_messages: 3,
            queued_bytes: 1000,
            ..Limits::default()
        }
    }

    #[test]
    fn the_window_opens_with_an_acknowledgement() {
        let (limits, mut deliveries) = (limits(1), Deliveries::default());
        assert!(deliveries.offer(message(1), &limits));
        assert!(deliveries.offer(message(2), &limits));
        let (first, _) = deliveries.next(&limits).unwrap();
        assert!(deliveries.next(&limits).is_none());
        deliveries.acknowledge(PacketId::new(99).unwrap());
        assert!(deliveries.next(&limits).is_none());
        deliveries.acknowledge(first);
        let (second, sent) = deliveries.next(&limits).unwrap();
        assert_ne!(first, second);
        assert_eq!(sent.payload, "2");
    }

    #[test]
    fn the_queue_is_bounded_in_messages_and_bytes() {
        let mut deliveries = Deliveries::default();
        for number in 0..3 {
            assert!(deliveries.offer(message(number), &limits(1)));
        }
        assert!(!deliveries.offer(message(3), &limits(1)));
        let small = Limits {
            queued_bytes: 1,
            ..limits(1)
        };
        assert!(!Deliveries::default().offer(message(0), &small));
    }

    #[test]
    fn an_identifier_in_flight_is_not_used_again() {
        let (limits, mut deliveries) = (limits(2), Deliveries::default());
        assert!(deliveries.offer(message(0), &limits));
        let (stuck, _) = deliveries.next(&limits).unwrap();
        for number in 0..70_000 {
            assert!(deliveries.offer(message(number), &limits));
            let (id, _) = deliveries.next(&limits).unwrap();
            assert_ne!(id, stuck);
            deliveries.acknowledge(id);
        }
        let left: Vec<_> = deliveries.unacknowledged().map(|(id, _)| id).collect();
        assert_eq!(left, [stuck]);
    }
}
