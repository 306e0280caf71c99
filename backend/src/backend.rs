//! Broker, shadow service and simulated fleet joined into one pure value: what the listeners run and what tests
//! drive in virtual time. Knows no socket and no clock.

use bytes::Bytes;
use gnomon::message::Message;
use gnomon::shadow::document::ShadowDocument;
use gnomon::shadow::service::{Limits as ShadowLimits, Request, ShadowService};
use gnomon::shadow::topics::ShadowId;
use gnomon::time::{Instant, Now};

use crate::broker::{Broker, ConnectionId, Counters, Limits, Output};
use crate::fleet::{Fleet, FleetOptions};

/// Everything but the transports. Its methods are those of [`Broker`]; one call handles all that it sets off.
#[derive(Debug)]
pub struct Backend {
    broker: Broker,
    shadows: ShadowService,
    fleet: Option<Member>,
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
            fleet: None,
        }
    }

    /// Adds simulated devices.
    pub fn with_fleet(mut self, options: &FleetOptions, now: Now) -> Self {
        let connection = self.broker.connect(now.instant);
        let fleet = Fleet::new(options, now);
        self.fleet = Some(Member { fleet, connection });
        self.run_fleet(now);
        self
    }

    pub fn counters(&self) -> Counters {
        self.broker.counters()
    }

    /// What the service holds of one shadow.
    pub fn shadow(&self, id: ShadowId<'_>) -> Option<&ShadowDocument> {
        self.shadows.document(id)
    }

    /// A transport was opened.
    pub fn connect(&mut self, now: Now) -> ConnectionId {
        self.broker.connect(now.instant)
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
        [self.broker.poll_timeout(), fleet]
            .into_iter()
            .flatten()
            .min()
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

    fn feed(&mut self, id: ConnectionId, chunk: Bytes, now: Now) {
        self.broker.push_bytes(id, chunk);
        while self.broker.handle_packet(id, now) {
            while let Some(request) = self.broker.poll_request() {
                self.answer(&request, now);
            }
        }
    }

    fn answer(&mut self, request: &Message, now: Now) {
        // A name that no thing can have gets no answer: there is no topic for it.
        let Some(request) = Request::from_message(request.topic.as_str(), &request.payload) else {
            return;
        };
        for message in self.shadows.handle(request, now.wall).messages {
            self.broker.publish(&message, now);
        }
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
