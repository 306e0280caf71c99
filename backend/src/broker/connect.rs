//! How clients come and go: CONNECT, takeover, wills and the life of sessions.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gnomon::message::{Message, QoS};
use gnomon::mqtt::wire::{ConnAck, Connect, Packet, Will};
use gnomon::time::Now;
use gnomon::topic::TopicName;

use super::connection::{Open, Phase};
use super::presence::Event;
use super::reserved::{self, Purpose};
use super::rules::Author;
use super::session::Session;
use super::timers::Timer;
use super::{Broker, CloseReason, ConnectionId, Output, SessionId};
use crate::journal::Mark;

/// CONNACK: a protocol level that is not spoken here.
pub(super) const BAD_PROTOCOL: u8 = 1;
/// CONNACK: the client identifier is not allowed.
const BAD_CLIENT_ID: u8 = 2;

impl Broker {
    pub(super) fn handle_connect(
        &mut self,
        id: ConnectionId,
        connect: &Connect<'_>,
        now: Now,
    ) -> Result<(), CloseReason> {
        let Some(connection) = self.connections.get(id) else {
            return Ok(());
        };
        if connection.session().is_some() {
            return Err(CloseReason::OutOfPlace);
        }
        let (principal, address) = (connection.principal.clone(), connection.address);
        let will = connect.will.as_ref().map(will_message).transpose()?;
        let Some(client_id) = self.client_id(connect) else {
            return Err(self.refuse(id, BAD_CLIENT_ID));
        };
        let mut permit = self.let_in(principal, &client_id, connect)?;
        let (session, session_present) = self.open_session(client_id, connect.clean_session, now);
        if session_present {
            self.narrow_session(session, &mut permit);
        }
        // Half a keep-alive of grace [MQTT-3.1.2-24].
        let silence = Duration::from_millis(u64::from(connect.keep_alive) * 1500);
        let open = Open {
            session,
            permit,
            presence: self.next_presence(address, now),
            will: will.map(Box::new),
            silence: (connect.keep_alive > 0).then_some(silence),
        };
        self.open(id, open);
        // A session that was begun, or ended by a clean one, stays so; perhaps by an attempt before this one.
        let mark = self.journal.mark();
        let accepted = ConnAck {
            session_present,
            code: 0,
        };
        self.send_after(id, &Packet::ConnAck(accepted), mark);
        self.send_again(session);
        self.tell(id, Event::Connected, now);
        Ok(())
    }

    fn open(&mut self, id: ConnectionId, open: Open) {
        if let Some(session) = self.sessions.get_mut(open.session) {
            session.connection = Some(id);
            session.expires = None;
        }
        if let Some(connection) = self.connections.get_mut(id) {
            connection.phase = Phase::Open(open);
        }
        self.start_timer(id);
    }

    /// Says no with a CONNACK. Returns the reason to close with.
    pub(super) fn refuse(&mut self, id: ConnectionId, code: u8) -> CloseReason {
        let session_present = false;
        self.send(
            id,
            &Packet::ConnAck(ConnAck {
                session_present,
                code,
            }),
        );
        CloseReason::Refused(code)
    }

    /// Closes every connection that was found to be at its end. A will may doom further ones.
    pub(super) fn close_doomed(&mut self, now: Now) {
        while let Some((id, reason)) = self.doomed.pop() {
            self.close(id, reason, now);
        }
    }

    fn close(&mut self, id: ConnectionId, reason: CloseReason, now: Now) {
        let Some(connection) = self.connections.get_mut(id) else {
            return;
        };
        let phase = std::mem::replace(&mut connection.phase, Phase::Closed);
        if matches!(phase, Phase::Closed) {
            return;
        }
        if !matches!(reason, CloseReason::Refused(_)) {
            connection.outbox.clear();
        }
        if let Phase::Open(mut open) = phase {
            self.note_departure(&open, &reason, now);
            self.leave_session(open.session, now);
            if let Some(will) = self.due_will(&mut open, &reason) {
                let author = Author::Departed(&open.permit);
                self.publish_message(&will, author, Mark::NONE, now);
            }
            if let Some(event) = self.event(&open, Event::Disconnected(&reason), now) {
                self.publish_message(&event, Author::SERVICE, Mark::NONE, now);
            }
        }
        self.outputs.push_back(Output::Close(id, reason));
    }

    /// The will that is to be sent, if the client may still publish it.
    fn due_will(&self, open: &mut Open, reason: &CloseReason) -> Option<Box<Message>> {
        let will = open.will.take()?;
        let (topic, retain) = (will.topic.as_str(), will.retain);
        let allowed = open.permit.check_publish(topic, retain, &self.things);
        (*reason != CloseReason::Disconnected && allowed.is_ok()).then_some(will)
    }

    /// The identifier that the client goes by; `None` when it may not have it.
    fn client_id(&mut self, connect: &Connect<'_>) -> Option<Arc<str>> {
        if !connect.client_id.is_empty() {
            let fits = connect.client_id.len() <= self.limits.client_id;
            return fits.then(|| connect.client_id.into());
        }
        // MQTT 3.1 has no empty identifiers, and a session of a made-up one could never be found again.
        if connect.level < 4 || !connect.clean_session {
            return None;
        }
        Some(format!("anonymous-{:016x}", self.rng.next_u64()).into())
    }

    /// Finds or makes the session of a client, after whoever held its identifier is gone.
    /// The flag tells whether it was there before.
    fn open_session(&mut self, client_id: Arc<str>, clean: bool, now: Now) -> (SessionId, bool) {
        if let Some(&id) = self.by_client_id.get(&client_id)
            && let Some(connection) = self.sessions.get(id).and_then(|it| it.connection)
        {
            self.close(connection, CloseReason::TakenOver, now);
        }
        match self.by_client_id.get(&client_id) {
            Some(&id) if !clean => return (id, true),
            Some(&id) => self.forget_session(id),
            None => self.make_room(),
        }
        let session = Session::new(client_id.clone(), clean);
        session.note(&mut self.journal);
        let id = self.sessions.insert(session);
        self.by_client_id.insert(client_id, id);
        (id, false)
    }

    fn leave_session(&mut self, id: SessionId, now: Now) {
        let Some(session) = self.sessions.get_mut(id) else {
            return;
        };
        session.connection = None;
        if session.clean {
            self.forget_session(id);
        } else {
            let at = now.instant + self.limits.session_expiry;
            session.expires = Some(at);
            self.timers.start(at, Timer::Session(id));
        }
    }

    pub(super) fn forget_session(&mut self, id: SessionId) {
        if let Some(session) = self.sessions.remove(id) {
            self.by_client_id.remove(&session.client_id);
            for filter in session.filters.keys() {
                self.subscriptions.remove(filter, id);
            }
            session.note(&mut self.journal);
            for number in session.deliveries.numbers() {
                session.note_gone(number, &mut self.journal);
            }
        }
    }

    /// Ends the session that has been without its client for longest, when there are as many as may be.
    fn make_room(&mut self) {
        if self.sessions.len() < self.limits.sessions {
            return;
        }
        let absent = self
            .sessions
            .iter()
            .filter(|(_, session)| session.expires.is_some());
        if let Some((id, _)) = absent.min_by_key(|(_, session)| session.expires) {
            self.forget_session(id);
        }
    }
}

/// The will as a message. It may go where the client itself may publish, but to no rule.
fn will_message(will: &Will<'_>) -> Result<Message, CloseReason> {
    let qos = match will.qos {
        0 => QoS::AtMostOnce,
        1 => QoS::AtLeastOnce,
        _ => return Err(CloseReason::WillQoS2),
    };
    let purpose = reserved::purpose(will.topic);
    if matches!(purpose, Purpose::Forbidden | Purpose::Rule) {
        return Err(CloseReason::Reserved(will.topic.to_owned()));
    }
    Ok(Message {
        topic: TopicName::new(will.topic).map_err(|error| CloseReason::Malformed(error.into()))?,
        payload: Bytes::copy_from_slice(will.payload),
        qos,
        retain: will.retain,
    })
}
