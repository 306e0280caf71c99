//! MQTT 3.1.1 as a pure value: bytes of many connections go in, bytes for them come out.
//! Knows no socket, no clock and no shadow; `now` and a seed come in as arguments.
//!
//! A host calls [`Broker::connect`] for each new transport, [`Broker::push_bytes`] and then
//! [`Broker::handle_packet`] until it returns false for what arrives, [`Broker::handle_closed`] when the transport
//! is gone and [`Broker::handle_timeout`] at [`Broker::poll_timeout`]. After each of these it takes
//! [`Broker::poll_output`] until it is empty, and for a connection that is ready [`Broker::poll_transmit`].

mod certificates;
mod connect;
mod connection;
mod connectivity;
mod durable;
mod limits;
mod outbox;
mod permission;
mod presence;
mod publish;
mod registry;
mod reserved;
mod retained;
mod rules;
mod session;
mod subscribe;
pub(crate) mod subscriptions;
#[cfg(test)]
mod tests;
mod timers;

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use gnomon::message::{Message, QoS};
use gnomon::mqtt::wire::{self, Packet, PacketId, WireError};
use gnomon::rng::Rng;
use gnomon::time::{Instant, Now};
use gnomon::topic::TopicName;
use slotmap::{SlotMap, new_key_type};

use crate::journal::{Journal, Mark};
use crate::rules::{RuleKey, Rules};
use crate::things::policies::document::Document;
use crate::things::{Principal, Things};

pub use connection::CloseReason;
pub use connectivity::Connectivity;
pub use limits::Limits;
pub use retained::RetainedMessage;
pub use rules::Author;

use connection::{Connection, Phase};
use retained::Retained;
use session::Session;
use subscriptions::Subscriptions;
use timers::{Timer, Timers};

new_key_type! {
    /// One transport connection. Never used again.
    pub struct ConnectionId;
    struct SessionId;
}

/// What the host must do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Something waits to be sent on this connection.
    Ready(ConnectionId),
    /// Send what still waits, close the transport, and say [`Broker::handle_closed`].
    Close(ConnectionId, CloseReason),
}

/// A shadow request that a client published. It is acknowledged once it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub from: ConnectionId,
    packet_id: Option<PacketId>,
    pub message: Message,
}

/// What went through since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Messages published by clients and services.
    pub published: u64,
    /// Copies queued for subscribers.
    pub delivered: u64,
    /// Copies dropped because a subscriber was too slow or away for too long.
    pub dropped: u64,
    /// Retained messages for which there was no room.
    pub not_retained: u64,
}

/// All clients of one broker.
#[derive(Debug)]
pub struct Broker {
    limits: Limits,
    rng: Rng,
    connections: SlotMap<ConnectionId, Connection>,
    sessions: SlotMap<SessionId, Session>,
    by_client_id: HashMap<Arc<str>, SessionId>,
    subscriptions: Subscriptions<SessionId>,
    retained: Retained,
    things: Things,
    rules: Rules,
    /// How the clients of registered things went.
    departures: HashMap<String, Connectivity>,
    timers: Timers,
    journal: Journal,
    /// Connections whose next bytes wait for a batch.
    held: Vec<ConnectionId>,
    /// The number of the newest QoS 1 delivery.
    last_delivery: u64,
    /// The version of the newest connection in lifecycle events.
    last_version: i64,
    counters: Counters,
    outputs: VecDeque<Output>,
    /// Shadow requests in the order of their arrival.
    requests: VecDeque<Request>,
    /// Connections to be closed before the present call returns.
    doomed: Vec<(ConnectionId, CloseReason)>,
    /// Subscribers of the message under way; kept to reuse its memory.
    found: Vec<(SessionId, QoS)>,
    /// The same of rules.
    found_rules: Vec<(RuleKey, QoS)>,
    /// A subscriber whose outbox fills up.
    pressed: Option<ConnectionId>,
}

impl Broker {
    /// `seed` decides the client identifiers that are made up.
    pub fn new(limits: Limits, seed: u64) -> Self {
        Self {
            limits,
            rng: Rng::new(seed),
            connections: SlotMap::with_key(),
            sessions: SlotMap::with_key(),
            by_client_id: HashMap::new(),
            subscriptions: Subscriptions::new(),
            retained: Retained::default(),
            things: Things::default(),
            rules: Rules::default(),
            departures: HashMap::new(),
            timers: Timers::default(),
            journal: Journal::default(),
            held: Vec::new(),
            last_delivery: 0,
            last_version: 0,
            counters: Counters::default(),
            outputs: VecDeque::new(),
            requests: VecDeque::new(),
            doomed: Vec::new(),
            found: Vec::new(),
            found_rules: Vec::new(),
            pressed: None,
        }
    }

    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// A transport was opened by `principal`. Its CONNECT is due within the time limit.
    pub fn connect(&mut self, principal: Principal, now: Instant) -> ConnectionId {
        let connection = Connection::new(principal, &self.limits, now);
        let id = self.connections.insert(connection);
        self.start_timer(id);
        id
    }

    /// Tells where a transport comes from, for lifecycle events.
    pub fn note_address(&mut self, id: ConnectionId, address: IpAddr) {
        if let Some(connection) = self.connections.get_mut(id) {
            connection.address = Some(address);
        }
    }

    /// Takes the next bytes of a connection, cut anywhere.
    pub fn push_bytes(&mut self, id: ConnectionId, chunk: Bytes) {
        if let Some(connection) = self.connections.get_mut(id)
            && !matches!(connection.phase, Phase::Closed)
        {
            connection.push(chunk);
        }
    }

    /// Handles one whole packet of the bytes that came. Returns false when none is left.
    pub fn handle_packet(&mut self, id: ConnectionId, now: Now) -> bool {
        let Some(connection) = self.connections.get_mut(id) else {
            return false;
        };
        if matches!(connection.phase, Phase::Closed) {
            return false;
        }
        connection.last_heard = now.instant;
        let handled = match connection.next_frame() {
            Ok(None) => return false,
            Ok(Some(frame)) => self.handle_frame(id, &frame, now),
            Err(reason) => Err(reason),
        };
        if let Err(reason) = handled {
            self.doomed.push((id, reason));
        }
        self.close_doomed(now);
        true
    }

    /// The transport is gone, for whatever reason.
    pub fn handle_closed(&mut self, id: ConnectionId, now: Now) {
        self.doomed.push((id, CloseReason::Lost));
        self.close_doomed(now);
        self.connections.remove(id);
    }

    /// Ends what is overdue.
    pub fn handle_timeout(&mut self, now: Now) {
        while let Some((at, timer)) = self.timers.take_due(now.instant) {
            match timer {
                Timer::Connection(id) => self.check_deadline(id, at, now.instant),
                Timer::Session(id) => {
                    if self
                        .sessions
                        .get(id)
                        .is_some_and(|session| session.expires == Some(at))
                    {
                        self.forget_session(id);
                    }
                }
            }
        }
        self.close_doomed(now);
    }

    /// Publishes for a service of this machine. Reserved topics are open to it. Nobody sees the message before the
    /// batch of `mark` is saved.
    pub fn publish(&mut self, message: &Message, author: Author<'_>, mark: Mark, now: Now) {
        self.publish_message(message, author, mark, now);
        self.close_doomed(now);
    }

    /// Publishes for a client that has no connection, or for a rule. Returns the mark that its acknowledgement waits
    /// for; `None` where they may not publish. Carrying out a shadow request is left to the caller.
    pub fn publish_for_client(
        &mut self,
        message: &Message,
        author: Author<'_>,
        now: Now,
    ) -> Option<Mark> {
        let mark = self.handle_message(message, author, now);
        self.close_doomed(now);
        mark
    }

    pub fn things(&self) -> &Things {
        &self.things
    }

    /// Whoever shows no certificate may do what this policy allows, and nothing else.
    pub fn govern(&mut self, policy: Document) {
        self.things.begin_change();
        self.things.govern(policy);
    }

    /// For changes that need not be kept: every connection asks anew from here on what it may do.
    #[cfg(test)]
    pub(crate) fn things_mut(&mut self) -> &mut Things {
        self.things.begin_change();
        &mut self.things
    }

    /// Closes every connection of a principal that may no longer have one.
    pub fn close_principal(&mut self, principal: &Principal, now: Now) {
        for (id, connection) in &self.connections {
            if connection.principal == *principal {
                self.doomed.push((id, CloseReason::Dismissed));
            }
        }
        self.close_doomed(now);
    }

    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The next bytes to send on a connection: whole packets, up to 64 KiB of them or one that is longer.
    pub fn poll_transmit(&mut self, id: ConnectionId) -> Option<Bytes> {
        let connection = self.connections.get_mut(id)?;
        let chunk = connection.outbox.take_chunk(self.journal.saved());
        if chunk.is_none() && !connection.outbox.is_empty() && !connection.held {
            connection.held = true;
            self.held.push(id);
        }
        if let Some(session) = connection.session() {
            self.fill_window(session);
        }
        chunk
    }

    /// When [`Self::handle_timeout`] is due.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// The retained message of a topic.
    pub fn retained(&self, topic: &TopicName) -> Option<&RetainedMessage> {
        self.retained.get(topic)
    }

    /// The retained messages in the order of their topics, from the one after this topic on, or from the first.
    pub fn retained_after(
        &self,
        topic: Option<&TopicName>,
    ) -> impl Iterator<Item = &RetainedMessage> {
        self.retained.after(topic)
    }

    /// The next shadow request that a client published, to be carried out and then ended with
    /// [`Self::end_request`].
    pub fn poll_request(&mut self) -> Option<Request> {
        self.requests.pop_front()
    }

    /// Acknowledges a request, once the batch of `mark` is saved.
    pub fn end_request(&mut self, request: &Request, mark: Mark, now: Now) {
        self.acknowledge(request.from, request.packet_id, mark);
        self.close_doomed(now);
    }

    /// Whether something waits to be sent on a connection, even if it has to wait for a batch.
    pub fn has_unsent(&self, id: ConnectionId) -> bool {
        let connection = self.connections.get(id);
        connection.is_some_and(|connection| !connection.outbox.is_empty())
    }

    /// A subscriber that was outrun since the last call: a short pause of the publisher keeps messages from being
    /// dropped. One that has already lost some is not named.
    pub fn take_pressed(&mut self) -> Option<ConnectionId> {
        self.pressed.take()
    }

    /// Whether a pause would still help that subscriber.
    pub fn is_pressed(&self, id: ConnectionId) -> bool {
        let connection = self.connections.get(id);
        connection.is_some_and(|connection| connection.outbox.is_pressed(self.limits.outbox))
    }

    /// A publisher paused for that subscriber and it is still pressed.
    pub fn note_pause(&mut self, id: ConnectionId) {
        if let Some(connection) = self.connections.get_mut(id) {
            connection.outbox.note_pause();
        }
    }

    fn handle_frame(
        &mut self,
        id: ConnectionId,
        frame: &Bytes,
        now: Now,
    ) -> Result<(), CloseReason> {
        let packet = match wire::parse(frame) {
            Ok(packet) => packet,
            Err(WireError::Protocol(_)) => return Err(self.refuse(id, connect::BAD_PROTOCOL)),
            Err(error) => return Err(error.into()),
        };
        if let Packet::Connect(connect) = &packet {
            return self.handle_connect(id, connect, now);
        }
        let session = self.connections.get(id).and_then(Connection::session);
        let session = session.ok_or(CloseReason::NotConnected)?;
        match packet {
            Packet::Publish(publish) => self.handle_publish(id, &publish, frame, now),
            Packet::PubAck(packet_id) => {
                self.handle_puback(session, packet_id);
                Ok(())
            }
            Packet::Subscribe(subscribe) => self.handle_subscribe(id, session, &subscribe, now),
            Packet::Unsubscribe(unsubscribe) => {
                self.handle_unsubscribe(id, session, &unsubscribe, now);
                Ok(())
            }
            Packet::PingReq => {
                self.send(id, &Packet::PingResp);
                Ok(())
            }
            Packet::Disconnect => Err(CloseReason::Disconnected),
            Packet::Connect(_)
            | Packet::ConnAck(_)
            | Packet::SubAck(_)
            | Packet::UnsubAck(_)
            | Packet::PingResp => Err(CloseReason::OutOfPlace),
        }
    }

    fn handle_puback(&mut self, id: SessionId, packet_id: PacketId) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.acknowledge(packet_id, &mut self.journal);
        }
        self.fill_window(id);
    }

    /// Queues a packet that is neither PUBLISH nor shared. A client that sends but never reads is closed.
    fn send(&mut self, id: ConnectionId, packet: &Packet<'_>) {
        self.send_after(id, packet, Mark::NONE);
    }

    /// The same for a packet that has to wait for a batch.
    fn send_after(&mut self, id: ConnectionId, packet: &Packet<'_>, mark: Mark) {
        let Some(connection) = self.connections.get_mut(id) else {
            return;
        };
        if connection.outbox.bytes() > self.limits.outbox {
            self.doomed.push((id, CloseReason::TooSlow));
            return;
        }
        if connection.outbox.is_empty() {
            self.outputs.push_back(Output::Ready(id));
        }
        let written = connection
            .outbox
            .push_with(0, mark, |out| wire::encode(packet, out));
        if let Err(error) = written {
            self.doomed.push((id, error.into()));
        }
    }

    fn check_deadline(&mut self, id: ConnectionId, at: Instant, now: Instant) {
        let Some(connection) = self.connections.get(id) else {
            return;
        };
        if connection.timer != Some(at) {
            return;
        }
        match (connection.deadline(&self.limits), &connection.phase) {
            (Some(deadline), _) if deadline > now => self.start_timer(id),
            (Some(_), Phase::New { .. }) => self.doomed.push((id, CloseReason::ConnectTimeout)),
            (Some(_), _) => self.doomed.push((id, CloseReason::KeepAliveTimeout)),
            (None, _) => {}
        }
    }

    /// Enters the present deadline of a connection among the timers. It is not moved with each packet: when it
    /// comes, it is looked at again.
    fn start_timer(&mut self, id: ConnectionId) {
        let Some(connection) = self.connections.get_mut(id) else {
            return;
        };
        connection.timer = connection.deadline(&self.limits);
        if let Some(at) = connection.timer {
            self.timers.start(at, Timer::Connection(id));
        }
    }
}
