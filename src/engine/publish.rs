//! What this page publishes: desired updates, `get`s and what it says as a device, and which of them the broker closes
//! the link on.
//!
//! AWS IoT closes the connection over a PUBLISH that its policy does not allow, without a word. So everything goes
//! out with QoS 1: what is unacknowledged and fresh when the other side closes is under suspicion. It goes out
//! alone the next time, and not again when the link ends once more.

use super::Engine;
use super::editor::Request;
use super::known::Known;
use super::pace::Pace;
use crate::message::QoS;
use crate::mqtt::limits::FRESH_PUBLISH;
use crate::mqtt::session::{Event, Loss, Session};
use crate::mqtt::wire::PacketId;
use crate::shadow::topics::{Operation, ShadowId, ShadowTopic, Verb};
use crate::time::{Instant, Now};

/// What a message is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum About {
    Get,
    /// An update or a `delete`, with its client token.
    Change(String),
    /// This browser as a device.
    Own,
}

/// A message that the broker has not acknowledged.
#[derive(Debug)]
struct Sent {
    id: PacketId,
    topic: String,
    about: About,
    at: Instant,
    /// Nothing else is sent while it is fresh.
    alone: bool,
}

#[derive(Debug, Default)]
pub(super) struct Publishing {
    /// In the order of sending; bounded by the session's window.
    unacknowledged: Vec<Sent>,
    /// Before it nothing else is sent: something is out alone.
    alone_until: Option<Instant>,
    /// A `get` that is to be sent alone, because the link ended upon it.
    suspect: Option<String>,
    /// Nothing is asked for any more.
    no_gets: bool,
    /// The last topic that turned out to end the link.
    refused: Option<String>,
    /// Under which client identifier that was: another one may have other rights.
    client_id: String,
    pub(super) pace: Pace,
}

impl Publishing {
    pub(super) fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    /// Whether nothing is asked for any more, because the link ended on it.
    pub(super) fn gives_no_gets(&self) -> bool {
        self.no_gets
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let deadlines = [self.alone_until, self.pace.poll_timeout()];
        deadlines.into_iter().flatten().min()
    }

    /// A person wants another attempt: what was given up may be tried again.
    pub(super) fn forgive(&mut self) {
        (self.suspect, self.no_gets, self.refused) = (None, false, None);
    }

    fn note(&mut self, sent: Sent) {
        self.pace.note(sent.at);
        if sent.alone {
            self.alone_until = Some(sent.at + FRESH_PUBLISH);
        }
        self.unacknowledged.push(sent);
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.pace.handle_timeout(now);
        if self.alone_until.is_some_and(|until| now >= until) {
            // It was neither acknowledged nor the end of the link: nobody knows, and the rest need not wait.
            self.alone_until = None;
            self.suspect = None;
        }
    }

    /// Whether something that is fresh waits for its acknowledgement.
    pub(super) fn is_busy(&self, now: Instant) -> bool {
        self.unacknowledged.iter().any(|sent| sent.is_fresh(now))
    }

    /// True when something that was suspected turns out to be innocent.
    fn handle_acknowledged(&mut self, id: PacketId, known: &mut Known, now: Now) -> bool {
        let Some(place) = self.unacknowledged.iter().position(|sent| sent.id == id) else {
            return false;
        };
        let sent = self.unacknowledged.remove(place);
        if sent.alone {
            self.alone_until = None;
            self.suspect = None;
        }
        self.refused.take_if(|refused| *refused == sent.topic);
        match sent.about {
            About::Get => {}
            About::Change(token) => {
                known.requests.handle_acknowledged(&token);
                known.editing.handle_acknowledged(&token);
            }
            About::Own => known.own.handle_acknowledged(id, now),
        }
        sent.alone
    }

    /// Looks for what the link may have ended upon.
    fn handle_lost(&mut self, loss: Loss, known: &mut Known, now: Instant) {
        self.alone_until = None;
        let mut fresh = std::mem::take(&mut self.unacknowledged);
        fresh.retain(|sent| loss == Loss::Closed && sent.is_fresh(now));
        for sent in &fresh {
            match &sent.about {
                About::Get => {}
                About::Change(token) => {
                    known.requests.handle_cut(token);
                    known.editing.handle_cut(token);
                }
                About::Own => {
                    if known.own.handle_cut(sent.alone.then_some(&sent.topic)) {
                        self.refused = Some(sent.topic.clone());
                    }
                }
            }
        }
        // The broker took what came before the first one.
        match fresh.into_iter().next() {
            None => {}
            Some(first) if first.about != About::Get => {}
            Some(first) if first.alone => {
                self.no_gets = true;
                self.suspect = None;
                self.refused = Some(first.topic);
            }
            Some(first) => self.suspect = Some(first.topic),
        }
    }
}

impl Sent {
    fn is_fresh(&self, now: Instant) -> bool {
        now.since(self.at) < FRESH_PUBLISH
    }
}

impl Engine {
    pub(super) fn handle_events(&mut self, now: Now) {
        while let Some(event) = self
            .link
            .as_mut()
            .and_then(|link| link.session.poll_event())
        {
            match event {
                Event::Connected => self.handle_connected(now),
                Event::Lost(loss) => {
                    let known = &mut self.known;
                    self.publishing.handle_lost(loss, known, now.instant);
                    known.handle_lost();
                }
                Event::Acknowledged(id) => {
                    let known = &mut self.known;
                    if self.publishing.handle_acknowledged(id, known, now) {
                        self.with_session(Session::handle_cleared);
                    }
                }
            }
        }
    }

    fn handle_connected(&mut self, now: Now) {
        self.asked = None;
        self.things.handle_connected(now.wall);
        if let Some(link) = &self.link
            && self.publishing.client_id != link.session.client_id()
        {
            self.publishing.forgive();
            link.session
                .client_id()
                .clone_into(&mut self.publishing.client_id);
        }
        let known = &mut self.known;
        if let Some(link) = &self.link {
            // Two pages under one name, of which this one gave way, must not take each other's answers for their own.
            known.requests.turn_to(link.session.client_id());
            known.editing.turn_to(known.requests.token_prefix());
        }
        known.shadows.restart();
        let mut first = Vec::new();
        for field in known.requests.in_doubt() {
            if let Some(slot) = known.fleet.find(&field.device) {
                let key = (slot, field.shadow.as_deref().map(Into::into));
                if !first.contains(&key) {
                    first.push(key);
                }
            }
        }
        known.ask_again(first);
    }

    /// Sends everything that may go out now.
    pub(super) fn publish_due(&mut self, now: Now) {
        self.publishing.handle_timeout(now.instant);
        let ready = self.is_ready();
        self.known.editing.update(ready, now);
        if !ready {
            return;
        }
        if let Some(topic) = self.publishing.suspect.clone()
            && self.publishing.alone_until.is_none()
        {
            self.publish(topic, b"", About::Get, true, now.instant);
        }
        let can_be_had = !self.publishing.no_gets;
        self.known.requests.handle_asked(can_be_had, now);
        self.publish_edits(now);
        self.publish_requests(now);
        self.publish_own(now);
        self.publish_lookups(now);
    }

    /// What the editor asks, saves and deletes.
    fn publish_edits(&mut self, now: Now) {
        while self.may_publish() && self.publishing.pace.room(now.instant) > 0 {
            let alone = !self.publishing.is_busy(now.instant);
            let can_be_had = !self.publishing.no_gets;
            let editing = &mut self.known.editing;
            let Some(request) = editing.poll_request(alone, can_be_had, now) else {
                break;
            };
            let Request {
                shadow,
                verb,
                payload,
                token,
                suspected,
            } = request;
            let Some(topic) = request_topic(&shadow.device, shadow.shadow.as_deref(), verb) else {
                editing.handle_unsendable("this name cannot be the name of a thing or a shadow");
                continue;
            };
            let about = token.map_or(About::Get, About::Change);
            let sent = self.publish(topic, &payload, about, suspected, now.instant);
            if sent.is_none() {
                self.known.editing.requeue();
                break;
            }
            if verb == Verb::Get {
                let name = shadow.shadow.as_deref();
                self.known.note_asked(&shadow.device, name);
            }
        }
        let ready = self.is_ready();
        self.known.editing.update(ready, now);
    }

    fn publish_requests(&mut self, now: Now) {
        while let Some(field) = self.known.requests.poll_given_up(now) {
            self.publishing.refused =
                request_topic(&field.device, field.shadow.as_deref(), Verb::Update);
            self.known.refresh_named(&field.device, now);
        }
        while self.may_publish() && self.publishing.pace.room(now.instant) > 0 {
            let alone = !self.publishing.is_busy(now.instant);
            let Some(request) = self.known.poll_update(alone, now) else {
                break;
            };
            let field = request.field;
            let topic = request_topic(&field.device, field.shadow.as_deref(), Verb::Update);
            let Some(topic) = topic else {
                let message = "this name cannot be the name of a thing";
                self.known.requests.handle_unsendable(&field, message, now);
                continue;
            };
            let (about, suspected) = (About::Change(request.token), request.suspected);
            let sent = self.publish(topic, &request.payload, about, suspected, now.instant);
            if sent.is_none() {
                self.known.requests.requeue(&field);
                break;
            }
        }
    }

    fn publish_lookups(&mut self, now: Now) {
        while self.may_ask() && self.publishing.pace.room(now.instant) > 0 {
            let Some((slot, shadow)) = self.known.lookup.poll(now.instant) else {
                break;
            };
            let name = self.known.fleet.name(slot).to_owned();
            self.publish_get(&name, shadow.as_deref(), now.instant);
        }
    }

    /// A lost request costs only freshness; it is made again on the next connection.
    pub(super) fn publish_get(&mut self, device: &str, shadow: Option<&str>, now: Instant) {
        if let Some(topic) = request_topic(device, shadow, Verb::Get)
            && self.publish(topic, b"", About::Get, false, now).is_some()
        {
            self.known.note_asked(device, shadow);
        }
    }

    /// With QoS 1. None: it was not taken.
    pub(super) fn publish(
        &mut self,
        topic: String,
        payload: &[u8],
        about: About,
        alone: bool,
        at: Instant,
    ) -> Option<PacketId> {
        let session = &mut self.link.as_mut()?.session;
        let id = session
            .publish(&topic, payload, QoS::AtLeastOnce, at)
            .ok()??;
        self.publishing.note(Sent {
            id,
            topic,
            about,
            at,
            alone,
        });
        Some(id)
    }

    /// Whether the link stands and every filter had its answer, without which that of a request would be lost.
    pub(super) fn is_ready(&self) -> bool {
        self.link
            .as_ref()
            .is_some_and(|link| link.session.is_settled())
    }

    pub(super) fn may_publish(&self) -> bool {
        self.is_ready() && self.publishing.alone_until.is_none()
    }

    /// Whether a `get` may go out.
    pub(super) fn may_ask(&self) -> bool {
        self.may_publish() && !self.publishing.no_gets
    }
}

fn request_topic(device: &str, shadow: Option<&str>, verb: Verb) -> Option<String> {
    let id = ShadowId::new(device, shadow).ok()?;
    let operation = Operation::Request(verb);
    Some(ShadowTopic { id, operation }.to_string())
}
