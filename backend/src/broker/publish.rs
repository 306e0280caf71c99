//! A message from its publisher to every subscriber, and the window through which QoS 1 leaves.

use bytes::{Bytes, BytesMut};
use gnomon::message::{Message, QoS};
use gnomon::mqtt::wire::{self, Packet, PacketId, Publish};
use gnomon::time::Now;
use gnomon::topic::TopicName;

use super::connection::Connection;
use super::reserved::{self, Purpose};
use super::rules::{Author, ForRules};
use super::session::Delivery;
use super::{Broker, CloseReason, ConnectionId, Output, Request, SessionId};
use crate::journal::{Key, Mark};

/// The first byte of a PUBLISH with QoS 0 and neither DUP nor RETAIN.
const PLAIN_PUBLISH: u8 = 0x30;

impl Broker {
    pub(super) fn handle_publish(
        &mut self,
        id: ConnectionId,
        publish: &Publish<'_>,
        frame: &Bytes,
        now: Now,
    ) -> Result<(), CloseReason> {
        if publish.payload.len() > self.limits.payload {
            return Err(CloseReason::PayloadTooLarge(publish.payload.len()));
        }
        let purpose = reserved::purpose(publish.topic);
        if purpose == Purpose::Forbidden {
            return Err(CloseReason::Reserved(publish.topic.to_owned()));
        }
        self.check_publish(id, publish.topic, publish.retain)?;
        let changes = self.journal.changes();
        let for_rules = ForRules {
            topic: publish.topic,
            author: Author::Client(id),
            at_least_once: publish.qos == QoS::AtLeastOnce,
            mark: Mark::NONE,
        };
        let payload = || Bytes::copy_from_slice(publish.payload);
        if purpose == Purpose::Rule {
            self.counters.published += 1;
            self.feed_rule(&for_rules, now, payload);
        } else {
            self.retain(publish, now)?;
            self.feed_rules(&for_rules, now, payload);
            self.route(publish, plain_packet(publish, frame), Mark::NONE);
        }
        if purpose == Purpose::ShadowRequest {
            self.requests.push_back(Request {
                from: id,
                packet_id: publish.packet_id,
                message: kept(publish)?,
            });
            return Ok(());
        }
        // What is kept of the message is on disk before its publisher may forget it.
        let mark = self.mark_of_message(publish.retain && purpose == Purpose::Message, changes);
        self.acknowledge(id, publish.packet_id, mark);
        Ok(())
    }

    /// Sends the PUBACK of a message that came with QoS 1.
    pub(super) fn acknowledge(
        &mut self,
        id: ConnectionId,
        packet_id: Option<PacketId>,
        mark: Mark,
    ) {
        if let Some(packet_id) = packet_id {
            self.send_after(id, &Packet::PubAck(packet_id), mark);
        }
    }

    /// A PUBLISH that came without a connection. Returns the mark that its acknowledgement waits for; `None` where
    /// it may not go: rules do not name rules. Carrying out a shadow request is left to the caller.
    pub(super) fn handle_message(
        &mut self,
        message: &Message,
        author: Author<'_>,
        now: Now,
    ) -> Option<Mark> {
        let changes = self.journal.changes();
        let purpose = reserved::purpose(message.topic.as_str());
        match purpose {
            Purpose::Forbidden => return None,
            Purpose::Rule if author.is_service() => return None,
            Purpose::Rule => {
                self.counters.published += 1;
                let for_rules = for_rules(message, author, Mark::NONE);
                self.feed_rule(&for_rules, now, || message.payload.clone());
            }
            Purpose::Message | Purpose::ShadowRequest => {
                self.publish_message(message, author, Mark::NONE, now);
            }
        }
        Some(self.mark_of_message(message.retain && purpose == Purpose::Message, changes))
    }

    /// Routes a will, or a message of a service. What a service answers waits for what its answer causes.
    pub(super) fn publish_message(
        &mut self,
        message: &Message,
        author: Author<'_>,
        mark: Mark,
        now: Now,
    ) {
        let publish = borrowed(message, None, false);
        if self.retain(&publish, now).is_err() {
            return;
        }
        let changes = self.journal.changes();
        let for_rules = for_rules(message, author, mark);
        self.feed_rules(&for_rules, now, || message.payload.clone());
        let mark = match author.is_service() && self.journal.changes() != changes {
            true => self.journal.mark(),
            false => mark,
        };
        self.route(&publish, None, mark);
    }

    /// Sends one message to one subscriber, with the QoS and the RETAIN flag that it has.
    pub(super) fn deliver(&mut self, session: SessionId, message: &Message, mark: Mark) {
        match message.qos {
            QoS::AtMostOnce => {
                if let Ok(packet) = encoded(&borrowed(message, None, false)) {
                    let topic = message.topic.as_str();
                    self.send_at_most_once(session, topic, &packet, mark);
                }
            }
            QoS::AtLeastOnce => self.queue(session, message.clone(), mark),
        }
    }

    /// Keeps a message for later subscribers. Nothing is kept on reserved topics.
    fn retain(&mut self, publish: &Publish<'_>, now: Now) -> Result<(), CloseReason> {
        if publish.retain && !publish.topic.starts_with('$') {
            let mut message = kept(publish)?;
            message.retain = true;
            if !message.payload.is_empty() || self.retained.get(&message.topic).is_some() {
                self.journal.note(Key::Retained(message.topic.clone()));
            }
            if !self.retained.store(message, now.wall, &self.limits) {
                self.counters.not_retained += 1;
            }
        }
        Ok(())
    }

    /// `packet` is the message as a plain PUBLISH, when there is one already. It is made once for all.
    /// No subscriber sees it before the batch of `mark` is saved.
    fn route(&mut self, publish: &Publish<'_>, mut packet: Option<Bytes>, mark: Mark) {
        self.counters.published += 1;
        // RETAIN is for those who subscribe later [MQTT-3.3.1-9].
        let publish = &Publish {
            retain: false,
            ..publish.clone()
        };
        let mut found = std::mem::take(&mut self.found);
        self.subscriptions.find(publish.topic, &mut found);
        let mut message = None;
        for &(session, granted) in &found {
            match granted.min(publish.qos) {
                QoS::AtMostOnce => {
                    packet = packet.or_else(|| encoded(publish).ok());
                    if let Some(packet) = &packet {
                        self.send_at_most_once(session, publish.topic, packet, mark);
                    }
                }
                QoS::AtLeastOnce => {
                    message = message.or_else(|| kept(publish).ok());
                    if let Some(message) = &message {
                        self.queue(session, message.clone(), mark);
                    }
                }
            }
        }
        self.found = found;
    }

    fn send_at_most_once(&mut self, session: SessionId, topic: &str, packet: &Bytes, mark: Mark) {
        let Some(id) = self.sessions.get(session).and_then(|it| it.connection) else {
            return;
        };
        let Some(connection) = self.connections.get_mut(id) else {
            return;
        };
        if !connection.may_receive(topic, &self.things) {
            return;
        }
        if connection.outbox.bytes() + packet.len() > self.limits.outbox {
            connection.outbox.note_overflow();
            self.counters.dropped += 1;
            return;
        }
        let was_empty = connection.outbox.is_empty();
        connection.outbox.push_shared(packet, mark);
        if connection.outbox.is_pressed(self.limits.outbox) {
            self.pressed = Some(id);
        }
        self.counters.delivered += 1;
        if was_empty {
            self.outputs.push_back(Output::Ready(id));
        }
    }

    /// Takes a QoS 1 message into a session. A client that lets its queue run full is closed; one that is away
    /// misses what no longer fits. What that one may receive is seen when it comes back.
    fn queue(&mut self, id: SessionId, message: Message, mark: Mark) {
        let Some(session) = self.sessions.get_mut(id) else {
            return;
        };
        if let Some(connection) = session.connection
            && let Some(connection) = self.connections.get_mut(connection)
            && !connection.may_receive(message.topic.as_str(), &self.things)
        {
            return;
        }
        let number = self.last_delivery + 1;
        let delivery = Delivery {
            number,
            message,
            mark,
        };
        if session.deliveries.offer(delivery, &self.limits) {
            self.last_delivery = number;
            self.counters.delivered += 1;
            session.note_queued(number, &mut self.journal);
            self.fill_window(id);
            return;
        }
        self.counters.dropped += 1;
        if let Some(connection) = session.connection {
            self.doomed.push((connection, CloseReason::TooSlow));
        }
    }

    /// Sends queued QoS 1 messages as far as the window and the outbox allow.
    pub(super) fn fill_window(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(id) else {
            return;
        };
        let Some(connection_id) = session.connection else {
            return;
        };
        let Some(connection) = self.connections.get_mut(connection_id) else {
            return;
        };
        while connection.outbox.bytes() < self.limits.outbox
            && let Some((packet_id, delivery)) = session.deliveries.next(&self.limits)
        {
            if !connection.may_receive(delivery.message.topic.as_str(), &self.things) {
                session.acknowledge(packet_id, &mut self.journal);
                continue;
            }
            let publish = borrowed(&delivery.message, Some(packet_id), false);
            if send_publish(connection, &publish, delivery.mark) {
                self.outputs.push_back(Output::Ready(connection_id));
            }
        }
    }

    /// On a resumed session: what was never acknowledged goes again, marked DUP, before anything new.
    pub(super) fn send_again(&mut self, id: SessionId) {
        if let Some(session) = self.sessions.get_mut(id)
            && let Some(connection_id) = session.connection
            && let Some(connection) = self.connections.get_mut(connection_id)
        {
            let mut withheld = Vec::new();
            for (packet_id, delivery) in session.deliveries.unacknowledged() {
                if !connection.may_receive(delivery.message.topic.as_str(), &self.things) {
                    withheld.push(packet_id);
                    continue;
                }
                let publish = borrowed(&delivery.message, Some(packet_id), true);
                if send_publish(connection, &publish, delivery.mark) {
                    self.outputs.push_back(Output::Ready(connection_id));
                }
            }
            for packet_id in withheld {
                session.acknowledge(packet_id, &mut self.journal);
            }
        }
        self.fill_window(id);
    }
}

/// Returns whether the outbox was empty before, so that the host must be told.
fn send_publish(connection: &mut Connection, publish: &Publish<'_>, mark: Mark) -> bool {
    let was_empty = connection.outbox.is_empty();
    let len = publish.topic.len() + publish.payload.len() + 9;
    let packet = Packet::Publish(publish.clone());
    let written = connection
        .outbox
        .push_with(len, mark, |out| wire::encode(&packet, out));
    was_empty && written.is_ok()
}

/// The frame of a QoS 0 PUBLISH is what subscribers get, but for its RETAIN flag [MQTT-3.3.1-9].
fn plain_packet(publish: &Publish<'_>, frame: &Bytes) -> Option<Bytes> {
    match publish.qos {
        QoS::AtLeastOnce => None,
        QoS::AtMostOnce if !publish.retain => Some(frame.clone()),
        QoS::AtMostOnce => {
            let mut packet = BytesMut::from(&frame[..]);
            *packet.first_mut()? = PLAIN_PUBLISH;
            Some(packet.freeze())
        }
    }
}

fn encoded(publish: &Publish<'_>) -> Result<Bytes, wire::WireError> {
    let mut out = BytesMut::new();
    let plain = Publish {
        dup: false,
        qos: QoS::AtMostOnce,
        packet_id: None,
        ..publish.clone()
    };
    wire::encode(&Packet::Publish(plain), &mut out)?;
    Ok(out.freeze())
}

/// A copy that may be kept: a slice would keep alive everything that came in the same read.
fn kept(publish: &Publish<'_>) -> Result<Message, CloseReason> {
    Ok(Message {
        topic: TopicName::new(publish.topic)
            .map_err(|error| CloseReason::Malformed(error.into()))?,
        payload: Bytes::copy_from_slice(publish.payload),
        qos: publish.qos,
        retain: false,
    })
}

fn for_rules<'a>(message: &'a Message, author: Author<'a>, mark: Mark) -> ForRules<'a> {
    ForRules {
        topic: message.topic.as_str(),
        author,
        at_least_once: message.qos == QoS::AtLeastOnce,
        mark,
    }
}

fn borrowed(message: &Message, packet_id: Option<PacketId>, dup: bool) -> Publish<'_> {
    Publish {
        dup,
        qos: message.qos,
        retain: message.retain,
        packet_id,
        topic: message.topic.as_str(),
        payload: &message.payload,
    }
}
