//! What the broker keeps for one client identifier: its subscriptions and the QoS 1 messages on their way to it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use gnomon::message::{Message, QoS};
use gnomon::mqtt::wire::PacketId;
use gnomon::time::Instant;
use gnomon::topic::TopicFilter;

use super::ConnectionId;
use super::limits::Limits;
use crate::journal::{Journal, Key, Mark};

/// Outlives its connection when the client asked for that.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) client_id: Arc<str>,
    /// Ends with its connection.
    pub(super) clean: bool,
    pub(super) connection: Option<ConnectionId>,
    /// With the QoS granted.
    pub(super) filters: HashMap<TopicFilter, QoS>,
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
            filters: HashMap::new(),
            deliveries: Deliveries::default(),
            expires: None,
        }
    }

    /// Notes that it began, ended, or changed its subscriptions. A clean one is nobody's business but its connection's.
    pub(super) fn note(&self, journal: &mut Journal) {
        if !self.clean {
            journal.note(Key::Session(self.client_id.clone()));
        }
    }

    pub(super) fn note_queued(&self, number: u64, journal: &mut Journal) {
        if !self.clean {
            journal.note(Key::Queued(number, self.client_id.clone()));
        }
    }

    /// Ends a delivery that is in flight.
    pub(super) fn acknowledge(&mut self, packet_id: PacketId, journal: &mut Journal) {
        if let Some(number) = self.deliveries.acknowledge(packet_id) {
            self.note_gone(number, journal);
        }
    }

    /// Notes that a delivery is acknowledged, or gone with the session.
    pub(super) fn note_gone(&self, number: u64, journal: &mut Journal) {
        if !self.clean {
            journal.note_gone(Key::Queued(number, self.client_id.clone()));
        }
    }
}

/// QoS 1 messages to one client, in the order of sending: a window in flight, the rest behind it.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    in_flight: VecDeque<(PacketId, Delivery)>,
    waiting: VecDeque<Delivery>,
    waiting_bytes: usize,
    last_id: u16,
}

/// One message on its way to one client.
#[derive(Debug)]
pub(super) struct Delivery {
    /// Grows with each delivery of the broker and is never used twice.
    pub(super) number: u64,
    pub(super) message: Message,
    /// It is not sent before this batch is saved.
    pub(super) mark: Mark,
}

impl Deliveries {
    /// Queues a message; false when the queue is full.
    pub(super) fn offer(&mut self, delivery: Delivery, limits: &Limits) -> bool {
        let bytes = self.waiting_bytes + size(&delivery.message);
        if self.waiting.len() >= limits.queued_messages || bytes > limits.queued_bytes {
            return false;
        }
        self.restore(delivery);
        true
    }

    /// Queues a message that was there before, whatever the limits are now.
    pub(super) fn restore(&mut self, delivery: Delivery) {
        self.waiting_bytes += size(&delivery.message);
        self.waiting.push_back(delivery);
    }

    /// Moves the next message into the window.
    pub(super) fn next(&mut self, limits: &Limits) -> Option<(PacketId, &Delivery)> {
        if self.in_flight.len() >= limits.in_flight {
            return None;
        }
        let delivery = self.waiting.pop_front()?;
        self.waiting_bytes -= size(&delivery.message);
        let id = self.free_id();
        self.in_flight.push_back((id, delivery));
        self.in_flight.back().map(|(id, delivery)| (*id, delivery))
    }

    /// Ends one delivery and gives its number. An identifier that is not in flight is tolerated.
    pub(super) fn acknowledge(&mut self, id: PacketId) -> Option<u64> {
        let index = self.in_flight.iter().position(|(other, _)| *other == id)?;
        let (_, delivery) = self.in_flight.remove(index)?;
        Some(delivery.number)
    }

    /// What was sent and never acknowledged, to be sent again in the same order.
    pub(super) fn unacknowledged(&self) -> impl Iterator<Item = (PacketId, &Delivery)> {
        self.in_flight.iter().map(|(id, delivery)| (*id, delivery))
    }

    /// The numbers of all that is not acknowledged.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u64> {
        let sent = self.in_flight.iter().map(|(_, delivery)| delivery);
        sent.chain(&self.waiting).map(|delivery| delivery.number)
    }

    /// Takes out the messages that are not to stay, and gives their numbers.
    pub(super) fn retain(&mut self, mut stays: impl FnMut(&Message) -> bool) -> Vec<u64> {
        let mut gone = Vec::new();
        let mut stays = |delivery: &Delivery| {
            let stays = stays(&delivery.message);
            if !stays {
                gone.push(delivery.number);
            }
            stays
        };
        self.in_flight.retain(|(_, delivery)| stays(delivery));
        self.waiting.retain(|delivery| stays(delivery));
        self.waiting_bytes = self.waiting.iter().map(|it| size(&it.message)).sum();
        gone
    }

    /// The message of a number, unless it was acknowledged.
    pub(super) fn message(&self, number: u64) -> Option<&Message> {
        let sent = self.in_flight.iter().map(|(_, delivery)| delivery);
        // Both queues are in the order of their numbers; the window is short.
        if let Some(delivery) = sent.into_iter().find(|it| it.number == number) {
            return Some(&delivery.message);
        }
        let index = self.waiting.binary_search_by_key(&number, |it| it.number);
        self.waiting.get(index.ok()?).map(|it| &it.message)
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
    use gnomon::topic::TopicName;

    fn delivery(number: u64) -> Delivery {
        let message = Message {
            topic: TopicName::new("t").unwrap(),
            payload: Bytes::from(number.to_string()),
            qos: QoS::AtLeastOnce,
            retain: false,
        };
        Delivery {
            number,
            message,
            mark: Mark::NONE,
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
        assert!(deliveries.offer(delivery(1), &limits));
        assert!(deliveries.offer(delivery(2), &limits));
        let (first, _) = deliveries.next(&limits).unwrap();
        assert!(deliveries.next(&limits).is_none());
        let nothing = deliveries.acknowledge(PacketId::new(99).unwrap());
        assert_eq!(nothing, None);
        assert!(deliveries.next(&limits).is_none());
        assert_eq!(deliveries.acknowledge(first), Some(1));
        let (second, sent) = deliveries.next(&limits).unwrap();
        assert_ne!(first, second);
        assert_eq!(sent.message.payload, "2");
    }

    #[test]
    fn a_message_is_found_by_its_number_until_it_is_acknowledged() {
        let (limits, mut deliveries) = (limits(2), Deliveries::default());
        for number in [3, 5, 8] {
            assert!(deliveries.offer(delivery(number), &limits));
        }
        let (first, _) = deliveries.next(&limits).unwrap();
        deliveries.next(&limits).unwrap();
        deliveries.acknowledge(first);
        assert_eq!(deliveries.numbers().collect::<Vec<_>>(), [5, 8]);
        let found = |number| deliveries.message(number).map(|it| it.payload.clone());
        assert_eq!(found(5).unwrap(), "5");
        assert_eq!(found(8).unwrap(), "8");
        assert_eq!((found(3), found(6)), (None, None));
    }

    #[test]
    fn the_queue_is_bounded_in_messages_and_bytes() {
        let mut deliveries = Deliveries::default();
        for number in 0..3 {
            assert!(deliveries.offer(delivery(number), &limits(1)));
        }
        assert!(!deliveries.offer(delivery(3), &limits(1)));
        let small = Limits {
            queued_bytes: 1,
            ..limits(1)
        };
        assert!(!Deliveries::default().offer(delivery(0), &small));
    }

    #[test]
    fn an_identifier_in_flight_is_not_used_again() {
        let (limits, mut deliveries) = (limits(2), Deliveries::default());
        assert!(deliveries.offer(delivery(0), &limits));
        let (stuck, _) = deliveries.next(&limits).unwrap();
        for number in 0..70_000 {
            assert!(deliveries.offer(delivery(number), &limits));
            let (id, _) = deliveries.next(&limits).unwrap();
            assert_ne!(id, stuck);
            deliveries.acknowledge(id);
        }
        let left: Vec<_> = deliveries.unacknowledged().map(|(id, _)| id).collect();
        assert_eq!(left, [stuck]);
    }
}
