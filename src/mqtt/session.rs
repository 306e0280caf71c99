//! The client's side of one MQTT 3.1.1 session over a socket that somebody else owns.
//!
//! The host calls `handle_*` for what happened, then takes `poll_output` until it is empty, then `poll_event`, and
//! arms its one timer with `poll_timeout`. After a loss every filter is asked for again, but for those that the
//! broker closes the connection on. In a clean session what
//! was not acknowledged is gone; the caller knows from [`Event::Lost`] and sends again what still matters. A lasting
//! session sends it again by itself, and leaves it to the caller to acknowledge what came.

mod config;
mod fault;
mod incoming;
mod keep_alive;
mod latency;
mod resend;
mod rival;
mod subscribe;
mod subscriptions;
#[cfg(test)]
mod tests;
mod trace;

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};

use crate::message::QoS;
use crate::mqtt::backoff::Backoff;
use crate::mqtt::inflight::{Awaited, InFlight};
use crate::mqtt::limits::{
    CONNECT_TIMEOUT, FRESH_PUBLISH, MAX_IN_FLIGHT, MAX_PACKET, MAX_SKIPPED, MAX_UNSENT, NEXT_FILTER,
};
use crate::mqtt::wire::{self, Connect, FrameReader, Packet, PacketId, Publish};
use crate::time::Instant;

pub use config::Config;
pub use fault::LinkFault;
use keep_alive::KeepAlive;
use latency::Latency;
use resend::Resend;
use rival::Rival;
pub use subscriptions::SubscriptionState;
use subscriptions::Subscriptions;
pub use trace::Trace;

/// A link that stood this long starts the next series of attempts from the shortest wait.
const STABLE: Duration = Duration::from_secs(10);

/// Where the link stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    Idle,
    /// The socket was asked for, but is not open.
    Opening,
    /// CONNECT is on its way.
    Connecting,
    Up,
    /// Waits for the next attempt.
    Waiting {
        fault: LinkFault,
        until: Instant,
    },
    /// Waits for a person.
    Failed {
        fault: LinkFault,
    },
}

/// What the host must do to the socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    Open,
    /// All packets queued so far, for one frame.
    Send(Bytes),
    Close,
}

/// What the caller may want to react to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Connected,
    Lost(Loss),
    Acknowledged(PacketId),
}

/// How a link that stood came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The other side closed it while filters were unanswered.
    Subscribing,
    /// The other side closed it otherwise.
    Closed,
    /// This side did: it left, or nothing or nonsense came.
    Given,
}

/// Why a message was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    #[error("there is no connection")]
    NotConnected,
    #[error("too much waits to be sent or acknowledged")]
    Full,
    #[error(transparent)]
    Wire(#[from] wire::WireError),
}

/// See the module's documentation for the order of calls.
pub struct Session {
    config: Config,
    phase: Phase,
    /// When the phase began.
    since: Instant,
    reader: FrameReader,
    unsent: BytesMut,
    outputs: VecDeque<Output>,
    events: VecDeque<Event>,
    in_flight: InFlight,
    resend: Resend,
    subscriptions: Subscriptions,
    /// Before it nothing is asked for.
    quiet_until: Option<Instant>,
    /// None: every filter has its answer, or had its time for one.
    settle_by: Option<Instant>,
    /// Attempts with [`NEXT_FILTER`] before them since a link last stood long: bounded by the number of filters.
    hurried: usize,
    keep_alive: KeepAlive,
    rival: Rival,
    backoff: Backoff,
    latency: Latency,
    trace: Trace,
}

/// Leaves out the packets: CONNECT holds the password.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("config", &self.config)
            .field("phase", &self.phase)
            .field("since", &self.since)
            .finish_non_exhaustive()
    }
}

impl Session {
    pub fn new(config: Config, seed: u64, now: Instant) -> Self {
        Self {
            phase: Phase::Idle,
            since: now,
            reader: frame_reader(config.clean_session),
            unsent: BytesMut::new(),
            outputs: VecDeque::new(),
            events: VecDeque::new(),
            in_flight: InFlight::new(),
            resend: Resend::default(),
            subscriptions: Subscriptions::new(&config.filters, &config.left_out),
            quiet_until: None,
            settle_by: None,
            hurried: 0,
            keep_alive: KeepAlive::new(config.keep_alive, now),
            rival: Rival::new(seed),
            backoff: Backoff::new(seed),
            latency: Latency::default(),
            trace: Trace::default(),
            config,
        }
    }

    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// When the present phase began.
    pub fn since(&self) -> Instant {
        self.since
    }

    /// The client identifier in use: the own one, unless somebody else uses that too.
    pub fn client_id(&self) -> &str {
        self.rival.client_id().unwrap_or(&self.config.client_id)
    }

    /// The own client identifier, where it was left to somebody else who uses it too.
    pub fn taken_over(&self) -> Option<&str> {
        self.rival.is_certain().then_some(&*self.config.client_id)
    }

    /// Messages on the present connection that were too long to be read.
    pub fn skipped(&self) -> u64 {
        self.reader.skipped()
    }

    /// The newest measured time from a question to its answer, in milliseconds.
    pub fn latency(&self) -> Option<u32> {
        self.latency.newest()
    }

    /// What so many percent of the newest 100 answers on the present connection did not exceed, in milliseconds.
    pub fn latency_percentile(&self, percent: usize) -> Option<u32> {
        self.latency.percentile(percent)
    }

    /// Somebody looks at the latency: it is measured every second for the next two.
    pub fn look(&mut self, now: Instant) {
        self.keep_alive.look(now);
    }

    /// When PINGRESP last came on the present connection.
    pub fn pinged_at(&self) -> Option<Instant> {
        self.keep_alive.answered_at()
    }

    /// The steps of the newest attempt.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Starts an attempt at once, unless one is under way or the link stands.
    pub fn connect(&mut self, now: Instant) {
        if matches!(
            self.phase,
            Phase::Idle | Phase::Waiting { .. } | Phase::Failed { .. }
        ) {
            self.enter(Phase::Opening, now);
            self.trace = Trace {
                began: now,
                ..Trace::default()
            };
            self.outputs.push_back(Output::Open);
        }
    }

    /// A person wants another attempt, under the own identifier.
    pub fn reconnect(&mut self, now: Instant) {
        if self.rival.forget() {
            self.disconnect(now);
        }
        self.connect(now);
    }

    /// Says DISCONNECT where it can, and stays away.
    pub fn disconnect(&mut self, now: Instant) {
        if self.phase == Phase::Up {
            self.send(&Packet::Disconnect, now);
            self.flush();
            self.events.push_back(Event::Lost(Loss::Given));
        }
        self.drop_socket();
        self.enter(Phase::Idle, now);
    }

    /// The socket is open.
    pub fn handle_opened(&mut self, now: Instant) {
        if self.phase != Phase::Opening {
            return;
        }
        // The time limit runs on from the first step, so `since` stays.
        self.phase = Phase::Connecting;
        self.trace.opened = Some(now.since(self.since));
        let config = self.config.clone();
        let client_id = self.client_id().to_owned();
        let packet = Packet::Connect(Connect {
            level: 4,
            client_id: &client_id,
            clean_session: config.clean_session,
            keep_alive: config.keep_alive.as_secs().min(u64::from(u16::MAX)) as u16,
            will: None,
            user_name: config.user_name.as_deref(),
            password: config.password.as_deref(),
        });
        self.send(&packet, now);
    }

    /// The socket closed, with the WebSocket's close code.
    pub fn handle_closed(&mut self, code: u16, now: Instant) {
        self.trace.close_code = Some(code);
        let fault = match self.phase {
            Phase::Opening => LinkFault::Unreachable,
            Phase::Connecting => LinkFault::NoConnack,
            Phase::Up => LinkFault::Closed(code),
            Phase::Idle | Phase::Waiting { .. } | Phase::Failed { .. } => return,
        };
        self.lose(fault, now);
    }

    /// The socket could not even be made.
    pub fn handle_refused(&mut self, fault: LinkFault, now: Instant) {
        self.lose(fault, now);
    }

    /// Takes over a message of the present connection, so that the broker may forget it. For a lasting session.
    pub fn acknowledge(&mut self, id: PacketId, now: Instant) {
        if self.phase == Phase::Up {
            self.send(&Packet::PubAck(id), now);
        }
    }

    /// Sends a message, or says why not. QoS 1 gives the identifier that [`Event::Acknowledged`] will name.
    pub fn publish(
        &mut self,
        topic: &str,
        payload: &[u8],
        qos: QoS,
        now: Instant,
    ) -> Result<Option<PacketId>, PublishError> {
        if self.phase != Phase::Up {
            return Err(PublishError::NotConnected);
        }
        if self.unsent.len() > MAX_UNSENT || self.in_flight.len() >= MAX_IN_FLIGHT {
            return Err(PublishError::Full);
        }
        let packet_id = match qos {
            QoS::AtMostOnce => None,
            QoS::AtLeastOnce => {
                let id = self.in_flight.begin(Awaited::Publish, now);
                Some(id.ok_or(PublishError::Full)?)
            }
        };
        let publish = Publish {
            dup: false,
            qos,
            retain: false,
            packet_id,
            topic,
            payload,
        };
        let before = self.unsent.len();
        if let Err(error) = wire::encode(&Packet::Publish(publish), &mut self.unsent) {
            packet_id.map(|id| self.in_flight.end(id));
            return Err(error.into());
        }
        if let Some(id) = packet_id.filter(|_| !self.config.clean_session) {
            self.resend.keep(id, &self.unsent[before..]);
        }
        self.keep_alive.sent(now);
        Ok(packet_id)
    }

    /// Does what is due: gives up an attempt or a silent link, pings, tries again.
    pub fn handle_timeout(&mut self, now: Instant) {
        match self.phase {
            Phase::Opening if now >= self.since + CONNECT_TIMEOUT => {
                self.lose(LinkFault::Unreachable, now);
            }
            Phase::Connecting if now >= self.since + CONNECT_TIMEOUT => {
                self.lose(LinkFault::NoConnack, now);
            }
            Phase::Up if now >= self.keep_alive.silent_at() => self.lose(LinkFault::Silent, now),
            Phase::Up if self.keep_alive.ping_at().is_some_and(|at| now >= at) => {
                self.send(&Packet::PingReq, now);
                self.keep_alive.pinged(now);
            }
            Phase::Waiting { until, .. } if now >= until => self.connect(now),
            _ => {}
        }
        if self.phase == Phase::Up {
            if self.quiet_until.is_some_and(|until| now >= until) {
                self.subscribe(now);
            }
            self.settle_by = self.settle_by.filter(|by| now < *by);
            if self
                .rival
                .certain_at(self.since)
                .is_some_and(|at| now >= at)
            {
                self.rival.handle_proof();
            }
        }
    }

    /// When [`Self::handle_timeout`] wants to be called at the latest.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match self.phase {
            Phase::Opening | Phase::Connecting => Some(self.since + CONNECT_TIMEOUT),
            Phase::Up => {
                let deadlines = [
                    Some(self.keep_alive.silent_at()),
                    self.keep_alive.ping_at(),
                    self.quiet_until,
                    self.settle_by,
                    self.rival.certain_at(self.since),
                ];
                deadlines.into_iter().flatten().min()
            }
            Phase::Waiting { until, .. } => Some(until),
            Phase::Idle | Phase::Failed { .. } => None,
        }
    }

    /// While the socket is not `writable`, packets stay here and only opening and closing come out.
    pub fn poll_output(&mut self, writable: bool) -> Option<Output> {
        if writable {
            self.flush();
        }
        self.outputs.pop_front()
    }

    /// Whether packets wait for the socket.
    pub fn has_unsent(&self) -> bool {
        !self.unsent.is_empty()
    }

    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Queues a packet that this session made itself. Encoding it fails only for texts that a person typed.
    fn send(&mut self, packet: &Packet<'_>, now: Instant) {
        match wire::encode(packet, &mut self.unsent) {
            Ok(()) => self.keep_alive.sent(now),
            Err(error) => self.lose(LinkFault::Unsendable(error.to_string()), now),
        }
    }

    fn flush(&mut self) {
        if !self.unsent.is_empty() {
            let packets = self.unsent.split().freeze();
            self.outputs.push_back(Output::Send(packets));
        }
    }

    fn lose(&mut self, mut fault: LinkFault, now: Instant) {
        let stood = now.since(self.since);
        self.trace.lost = Some(stood);
        let mut pause = None;
        if self.phase == Phase::Up {
            if stood >= STABLE {
                self.backoff.reset();
                self.hurried = 0;
            }
            let loss = self.kind_of(&fault);
            if loss == Loss::Subscribing {
                self.subscriptions.handle_closed();
                self.hurried += 1;
                pause = (self.hurried <= self.subscriptions.len() + 1).then_some(NEXT_FILTER);
            }
            self.look_for_rival(loss, stood, now);
            self.events.push_back(Event::Lost(loss));
        } else if self.rival.handle_refused(&fault) {
            fault = LinkFault::TakenOver;
        }
        self.drop_socket();
        if fault.is_final() {
            self.enter(Phase::Failed { fault }, now);
        } else {
            let until = now + pause.unwrap_or_else(|| self.backoff.next());
            self.enter(Phase::Waiting { fault, until }, now);
        }
    }

    /// A lasting session cannot do with another identifier: what waits for it waits under its own.
    fn look_for_rival(&mut self, loss: Loss, stood: Duration, now: Instant) {
        let fresh = self.in_flight.has_published_since(now - FRESH_PUBLISH);
        match loss {
            Loss::Given => self.rival.handle_other_end(),
            Loss::Closed if self.config.clean_session && !fresh => {
                self.rival.handle_cut(&self.config.client_id, stood, now);
            }
            Loss::Closed | Loss::Subscribing => {}
        }
    }

    fn kind_of(&self, fault: &LinkFault) -> Loss {
        match fault {
            LinkFault::Closed(_) if self.subscriptions.is_unanswered() => Loss::Subscribing,
            LinkFault::Closed(_) => Loss::Closed,
            _ => Loss::Given,
        }
    }

    fn drop_socket(&mut self) {
        self.unsent.clear();
        self.in_flight.clear();
        self.reader = frame_reader(self.config.clean_session);
        self.latency.clear();
        if matches!(self.phase, Phase::Opening | Phase::Connecting | Phase::Up) {
            self.outputs.push_back(Output::Close);
        }
    }

    fn enter(&mut self, phase: Phase, now: Instant) {
        self.phase = phase;
        self.since = now;
    }
}

fn frame_reader(clean_session: bool) -> FrameReader {
    // A broker would repeat an over-long message of a lasting session for ever if it ended the connection.
    let max_skipped = if clean_session {
        MAX_SKIPPED
    } else {
        usize::MAX
    };
    FrameReader::new(MAX_PACKET).skipping(max_skipped)
}
