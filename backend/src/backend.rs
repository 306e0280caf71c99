//! Broker, shadow service and simulated fleet joined into one pure value: what the listeners run and what tests
//! drive in virtual time. Knows no socket, no clock and no disk: its host saves what it is given.

mod call;
mod control;
mod permission;
mod rules;

pub use permission::ObjectsCall;

use std::net::IpAddr;

use bytes::Bytes;
use gnomon::message::Message;
use gnomon::rng::Rng;
use gnomon::shadow::document::ShadowDocument;
use gnomon::shadow::error::ShadowError;
use gnomon::shadow::service::{Limits as ShadowLimits, Request, Response, ShadowService};
use gnomon::shadow::topics::{ShadowId, Verb};
use gnomon::time::{Instant, Now, UnixMillis};

use crate::broker::{self, Author, Broker, ConnectionId, Counters, Limits, Output};
use crate::fleet::{Fleet, FleetOptions};
use crate::journal::{Key, Mark};
use crate::record::{Batch, Change, RecordError, Table};
use crate::things::policies::document::Document;
use crate::things::{Principal, Things};
use crate::unanswered::Unanswered;
use crate::uplink::Uplink;

/// Changes that may wait for the disk before their senders have to. A subscriber of all that is said about them
/// must have room for it in its queue.
const CHANGES: usize = 1000;

/// Everything but the transports. Its methods are those of [`Broker`]; one call handles all that it sets off.
#[derive(Debug)]
pub struct Backend {
    broker: Broker,
    shadows: ShadowService,
    unanswered: Unanswered,
    /// Decides the identifiers of things.
    rng: Rng,
    fleet: Option<Member>,
    /// Where it is there, the shadow service speaks through it and not through the broker.
    uplink: Option<Uplink>,
    /// Where rules store objects, in words.
    object_target: String,
    /// Since when rules are counted.
    since: UnixMillis,
}

/// Numbers of what is kept on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub shadows: usize,
    pub retained: usize,
    pub sessions: usize,
}

/// The fleet and its connection, which has no transport.
#[derive(Debug)]
struct Member {
    fleet: Fleet,
    connection: ConnectionId,
}

impl Backend {
    /// `seed` decides everything that is random.
    pub fn new(limits: Limits, seed: u64) -> Self {
        Self {
            broker: Broker::new(limits, seed),
            shadows: ShadowService::new(ShadowLimits::default()),
            unanswered: Unanswered::default(),
            rng: Rng::new(seed),
            fleet: None,
            uplink: None,
            object_target: "objects".to_owned(),
            since: UnixMillis(0),
        }
    }

    /// Attaches the shadow service to somebody else's broker.
    pub fn with_uplink(self, uplink: Uplink) -> Self {
        Self {
            uplink: Some(uplink),
            ..self
        }
    }

    /// Takes back what a host saved, one entry after another in the order of [`Table::ALL`], before anything else.
    pub fn restore(
        &mut self,
        table: Table,
        key: &[u8],
        value: &[u8],
        now: Now,
    ) -> Result<(), RecordError> {
        if table != Table::Shadows {
            return self.broker.restore(table, key, value, now);
        }
        let name = str::from_utf8(key).map_err(|_| RecordError(table))?;
        let restored = self.shadows.restore(name, value, now.wall);
        if !restored.map_err(|_| RecordError(table))? {
            self.broker.note_change(Key::Shadow(name.into()));
        }
        Ok(())
    }

    /// From now on there is a host that saves: it takes each [`Self::take_batch`] and says
    /// [`Self::handle_saved`] once it is on disk. What tells of a change waits for that.
    pub fn start_journal(&mut self) {
        self.broker.start_journal();
    }

    /// Everything that changed since the last batch, as it is now.
    pub fn take_batch(&mut self) -> Option<Batch> {
        let (mark, keys) = self.broker.take_changes()?;
        let changes = keys.into_iter().map(|key| self.change(key)).collect();
        Some(Batch { mark, changes })
    }

    /// The batch to wait for before more is handed over, when more changed than may wait for the disk.
    pub fn behind(&self) -> Option<Mark> {
        let waiting = self.broker.changed().max(self.unanswered.len());
        (waiting > CHANGES).then(|| self.broker.mark())
    }

    /// Whether there is a batch to be taken.
    pub fn has_changes(&self) -> bool {
        self.broker.has_changes()
    }

    /// A batch, and all before it, are on disk.
    pub fn handle_saved(&mut self, mark: Mark, now: Now) {
        self.broker.handle_saved(mark);
        self.unanswered.handle_saved(mark);
        if let Some(uplink) = &mut self.uplink {
            uplink.handle_saved(mark, now.instant);
        }
        self.run_fleet(now);
    }

    fn change(&self, key: Key) -> Change {
        let value = match &key {
            Key::Shadow(name) => self.shadows.record(name),
            _ => self.broker.record(&key),
        };
        Change {
            table: key.table(),
            key: key.to_bytes(),
            value,
        }
    }

    /// Adds simulated devices.
    pub fn with_fleet(mut self, options: &FleetOptions, now: Now) -> Self {
        let connection = self.broker.connect(Principal::Inside, now.instant);
        let fleet = Fleet::new(options, now);
        self.fleet = Some(Member { fleet, connection });
        self.run_fleet(now);
        self
    }

    /// Who is known here.
    pub fn things(&self) -> &Things {
        self.broker.things()
    }

    /// See [`Broker::govern`].
    pub fn govern(&mut self, policy: Document) {
        self.broker.govern(policy);
    }

    #[cfg(test)]
    pub(crate) fn broker_mut(&mut self) -> &mut Broker {
        &mut self.broker
    }

    pub fn counters(&self) -> Counters {
        self.broker.counters()
    }

    /// How much is kept of what may be saved.
    pub fn kept(&self) -> Kept {
        Kept {
            shadows: self.shadows.len(),
            retained: self.broker.retained_len(),
            sessions: self.broker.persistent_sessions(),
        }
    }

    /// What the service holds of one shadow.
    pub fn shadow(&self, id: ShadowId<'_>) -> Option<ShadowDocument> {
        self.shadows.document(id)
    }

    /// A transport was opened by `principal`.
    pub fn connect(&mut self, principal: Principal, now: Now) -> ConnectionId {
        self.broker.connect(principal, now.instant)
    }

    /// See [`Broker::note_address`].
    pub fn note_address(&mut self, id: ConnectionId, address: IpAddr) {
        self.broker.note_address(id, address);
    }

    /// Handles the next bytes of a connection, cut anywhere.
    pub fn handle_bytes(&mut self, id: ConnectionId, chunk: Bytes, now: Now) {
        self.feed(id, chunk, now);
        self.run_fleet(now);
    }

    /// The transport is gone.
    pub fn handle_closed(&mut self, id: ConnectionId, now: Now) {
        self.broker.handle_closed(id, now);
        self.run_fleet(now);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Now) {
        self.broker.handle_timeout(now);
        if let Some(uplink) = &mut self.uplink {
            uplink.handle_timeout(now.instant);
        }
        self.run_fleet(now);
    }

    pub fn poll_output(&mut self) -> Option<Output> {
        let inside = self.fleet.as_ref().map(|member| member.connection);
        loop {
            match self.broker.poll_output()? {
                Output::Ready(id) | Output::Close(id, _) if Some(id) == inside => {}
                output => return Some(output),
            }
        }
    }

    /// The next bytes to send on a connection.
    pub fn poll_transmit(&mut self, id: ConnectionId) -> Option<Bytes> {
        self.broker.poll_transmit(id)
    }

    /// When [`Self::handle_timeout`] is due.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let fleet = self
            .fleet
            .as_ref()
            .map(|member| member.fleet.poll_timeout());
        let uplink = self.uplink.as_ref().and_then(Uplink::poll_timeout);
        [self.broker.poll_timeout(), fleet, uplink]
            .into_iter()
            .flatten()
            .min()
    }

    /// See [`Broker::has_unsent`].
    pub fn has_unsent(&self, id: ConnectionId) -> bool {
        self.broker.has_unsent(id)
    }

    /// See [`Broker::take_pressed`].
    pub fn take_pressed(&mut self) -> Option<ConnectionId> {
        self.broker.take_pressed()
    }

    /// See [`Broker::is_pressed`].
    pub fn is_pressed(&self, id: ConnectionId) -> bool {
        self.broker.is_pressed(id)
    }

    /// See [`Broker::note_pause`].
    pub fn note_pause(&mut self, id: ConnectionId) {
        self.broker.note_pause(id);
    }

    /// The way to the broker that the service is attached to.
    pub fn uplink(&mut self) -> Option<&mut Uplink> {
        self.uplink.as_mut()
    }

    /// Handles the next bytes of the broker that the service is attached to.
    pub fn handle_uplink_bytes(&mut self, chunk: Bytes, now: Now) {
        let Some(mut uplink) = self.uplink.take() else {
            return;
        };
        uplink.handle_bytes(chunk, now.instant, |request| {
            let answers = self.carry_out(request, now).messages;
            (answers, self.broker.mark())
        });
        self.uplink = Some(uplink);
    }

    fn feed(&mut self, id: ConnectionId, chunk: Bytes, now: Now) {
        self.broker.push_bytes(id, chunk);
        while self.broker.handle_packet(id, now) {
            while let Some(request) = self.broker.poll_request() {
                self.answer(&request, now);
            }
        }
    }

    fn answer(&mut self, asked: &broker::Request, now: Now) {
        let message = &asked.message;
        // A name that no thing can have gets no answer: there is no topic for it.
        if let Some(request) = Request::from_message(message.topic.as_str(), &message.payload) {
            let (response, mark) = self.response(request, asked.from, now);
            for message in response.messages {
                self.send_out(message, 0, mark, now);
            }
        }
        self.broker.end_request(asked, self.broker.mark(), now);
    }

    /// Sends out what the shadow service says to a request that went through so many rules, once that batch is saved.
    fn send_out(&mut self, message: Message, hops: u8, mark: Mark, now: Now) {
        let author = Author::Service { hops, kept: true };
        match &mut self.uplink {
            Some(uplink) => uplink.publish(message, mark, now.instant),
            None => self.broker.publish(&message, author, mark, now),
        }
    }

    /// What to answer, and the batch that the answer waits for.
    fn response(&mut self, request: Request<'_>, from: ConnectionId, now: Now) -> (Response, Mark) {
        let thing = request.id.thing();
        if !self.unanswered.has_room(from, thing) {
            let error = ShadowError::TooManyRequests;
            return (self.shadows.refuse(request, error), Mark::NONE);
        }
        let response = self.carry_out(request, now);
        let mark = self.broker.mark();
        if mark > self.broker.saved() {
            self.unanswered.begin(from, thing, mark);
        }
        (response, mark)
    }

    fn carry_out(&mut self, request: Request<'_>, now: Now) -> Response {
        let response = self.shadows.handle(request, now.wall);
        if response.answer.is_ok() && request.verb != Verb::Get {
            let name = request.id.to_string();
            self.broker.note_change(Key::Shadow(name.into()));
        }
        for name in self.shadows.take_forgotten() {
            self.broker.note_change(Key::Shadow(name));
        }
        response
    }

    /// Carries packets between the fleet and the broker until neither has any.
    fn run_fleet(&mut self, now: Now) {
        loop {
            let Some(member) = &mut self.fleet else {
                return;
            };
            let connection = member.connection;
            while let Some(chunk) = self.broker.poll_transmit(connection) {
                member.fleet.handle_bytes(chunk, now);
            }
            let Some(packets) = member.fleet.poll_packets(now) else {
                return;
            };
            self.feed(connection, packets, now);
        }
    }
}
