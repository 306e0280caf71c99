//! SUBSCRIBE and UNSUBSCRIBE.

use gnomon::message::{Message, QoS};
use gnomon::mqtt::wire::{Packet, SubAck, Subscribe, Unsubscribe};
use gnomon::time::Now;
use gnomon::topic::TopicFilter;

use super::presence::Event;
use super::{Broker, CloseReason, ConnectionId, SessionId};

/// SUBACK: the subscription was not made.
const FAILURE: u8 = 0x80;

impl Broker {
    pub(super) fn handle_subscribe(
        &mut self,
        id: ConnectionId,
        session: SessionId,
        subscribe: &Subscribe,
        now: Now,
    ) -> Result<(), CloseReason> {
        let count = subscribe.filters.len();
        if self
            .limits
            .filters_per_subscribe
            .is_some_and(|limit| count > limit)
        {
            return Err(CloseReason::TooManyFilters(count));
        }
        let filters = subscribe.filters.iter().map(|(filter, _)| filter.as_str());
        self.check_subscribe(id, filters)?;
        let granted: Vec<_> = subscribe
            .filters
            .iter()
            .map(|(filter, qos)| self.grant(session, filter, *qos))
            .collect();
        let packet_id = subscribe.packet_id;
        let codes = granted
            .iter()
            .map(|granted| granted.map_or(FAILURE, |qos| qos as u8))
            .collect();
        // What an attempt before this one changed may not be saved yet either.
        let mark = self.journal.mark();
        self.send_after(id, &Packet::SubAck(SubAck { packet_id, codes }), mark);
        let mut made = Vec::new();
        for ((filter, _), qos) in subscribe.filters.iter().zip(granted) {
            if let Some(qos) = qos {
                self.send_retained(session, filter, qos);
                made.push(filter.as_str());
            }
        }
        if !made.is_empty() {
            self.tell(id, Event::Subscribed(&made), now);
        }
        Ok(())
    }

    pub(super) fn handle_unsubscribe(
        &mut self,
        id: ConnectionId,
        session_id: SessionId,
        unsubscribe: &Unsubscribe,
        now: Now,
    ) {
        if let Some(session) = self.sessions.get_mut(session_id) {
            for filter in &unsubscribe.filters {
                if session.filters.remove(filter).is_some() {
                    self.subscriptions.remove(filter, session_id);
                    session.note(&mut self.journal);
                }
            }
        }
        let mark = self.journal.mark();
        self.send_after(id, &Packet::UnsubAck(unsubscribe.packet_id), mark);
        let filters: Vec<_> = unsubscribe
            .filters
            .iter()
            .map(TopicFilter::as_str)
            .collect();
        self.tell(id, Event::Unsubscribed(&filters), now);
    }

    /// Makes one subscription; QoS 2 is granted as 1. `None`: it is not to be had.
    fn grant(&mut self, id: SessionId, filter: &TopicFilter, asked: u8) -> Option<QoS> {
        let session = self.sessions.get_mut(id)?;
        let text = filter.as_str();
        let levels = text.bytes().filter(|byte| *byte == b'/').count() + 1;
        // A shared subscription taken literally would never deliver anything.
        if levels > self.limits.filter_levels || text.starts_with("$share/") {
            return None;
        }
        let full = session.filters.len() >= self.limits.subscriptions_per_session;
        if full && !session.filters.contains_key(filter) {
            return None;
        }
        let qos = match asked {
            0 => QoS::AtMostOnce,
            _ => QoS::AtLeastOnce,
        };
        session.filters.insert(filter.clone(), qos);
        session.note(&mut self.journal);
        self.subscriptions.insert(filter, id, qos);
        Some(qos)
    }

    fn send_retained(&mut self, session: SessionId, filter: &TopicFilter, granted: QoS) {
        let messages: Vec<Message> = self.retained.matching(filter).cloned().collect();
        for mut message in messages {
            message.qos = message.qos.min(granted);
            self.deliver(session, &message, self.journal.mark());
        }
    }
}
