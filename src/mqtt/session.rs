//! The client's side of one MQTT 3.1.1 session over a socket that somebody else owns.
//!
//! The host calls `handle_*` for what happened, then takes `poll_output` until it is empty, then `poll_event`, and
//! arms its one timer with `poll_timeout`. After a loss every filter is asked for again, but for those that the
//! broker closes the connection on. In a clean session what was not acknowledged is gone; the caller knows from
//! [`Event::Lost`] and sends again what still matters. A lasting session sends it again by itself, and leaves it to
//! the caller to acknowledge what came.

mod config;
mod fault;
mod incoming;
mod keep_alive;
mod latency;
mod loss;
mod publish;
mod resend;
mod rival;
mod subscribe;
mod subscriptions;
#[cfg(test)]
mod tests;
mod trace;

use std::collections::VecDeque;
use std::fmt;

use bytes::{Bytes, BytesMut};

use crate::mqtt::backoff::Backoff;
use crate::mqtt::inflight::InFlight;
use crate::mqtt::limits::{CONNECT_TIMEOUT, MAX_UNREAD};
use crate::mqtt::wire::{self, Connect, FrameReader, Packet, PacketId};
use crate::time::Instant;

pub use config::Config;
pub use fault::LinkFault;
use keep_alive::KeepAlive;
use latency::Latency;
pub use loss::Loss;
use loss::frame_reader;
pub use publish::PublishError;
use resend::Resend;
use rival::Rival;
pub use subscriptions::SubscriptionState;
use subscriptions::Subscriptions;
pub use trace::Trace;

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
#[derive(Clone, PartialEq, Eq)]
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
impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("Open"),
            Self::Send(bytes) => f.debug_tuple("Send").field(&bytes.len()).finish(),
            Self::Close => f.write_str("Close"),
        }
    }
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

    /// What was unacknowledged when the link was last closed turned out not to be why.
    pub fn handle_cleared(&mut self) {
        self.rival.handle_cleared();
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
            Ok(()) if self.unsent.len() > MAX_UNREAD => self.lose(LinkFault::Silent, now),
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

    fn enter(&mut self, phase: Phase, now: Instant) {
        self.phase = phase;
        self.since = now;
    }
}
