//! One transport connection as the broker sees it, and the reasons why it ends.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use gnomon::message::Message;
use gnomon::mqtt::wire::{FrameReader, WireError};
use gnomon::time::Instant;

use super::SessionId;
use super::limits::Limits;
use super::outbox::Outbox;
use super::presence::Presence;
use crate::things::{Action, Permit, Principal};

/// The first byte of a CONNECT.
const CONNECT: u8 = 0x10;

/// Bytes in, bytes out, and how far the client has come.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) principal: Principal,
    /// Where it comes from, if it comes from anywhere.
    pub(super) address: Option<IpAddr>,
    reader: FrameReader,
    /// The first byte that came.
    first: Option<u8>,
    pub(super) phase: Phase,
    pub(super) outbox: Outbox,
    /// It was asked for bytes while they had to wait for a batch.
    pub(super) held: bool,
    /// When the last packet came.
    pub(super) last_heard: Instant,
    /// The one entry among the timers that counts.
    pub(super) timer: Option<Instant>,
}

#[derive(Debug)]
pub(super) enum Phase {
    /// CONNECT is due.
    New {
        since: Instant,
    },
    Open(Open),
    /// The broker is done with it; the transport may still send what waits.
    Closed,
}

/// A client that was let in.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) session: SessionId,
    pub(super) permit: Permit,
    pub(super) presence: Presence,
    /// Boxed, because few clients leave one.
    pub(super) will: Option<Box<Message>>,
    /// One and a half times what the client promised.
    pub(super) silence: Option<Duration>,
}

impl Connection {
    pub(super) fn new(principal: Principal, limits: &Limits, now: Instant) -> Self {
        Self {
            principal,
            address: None,
            reader: FrameReader::new(limits.packet()),
            first: None,
            phase: Phase::New { since: now },
            outbox: Outbox::default(),
            held: false,
            last_heard: now,
            timer: None,
        }
    }

    pub(super) fn push(&mut self, chunk: Bytes) {
        self.first = self.first.or_else(|| chunk.first().copied());
        self.reader.push(chunk);
    }

    /// The next whole packet. What does not begin as CONNECT, HTTP for one, is not waited for to its end.
    pub(super) fn next_frame(&mut self) -> Result<Option<Bytes>, CloseReason> {
        if self.first.is_some_and(|first| first != CONNECT) {
            return Err(CloseReason::NotConnected);
        }
        Ok(self.reader.next_frame()?)
    }

    pub(super) fn session(&self) -> Option<SessionId> {
        match &self.phase {
            Phase::Open(open) => Some(open.session),
            Phase::New { .. } | Phase::Closed => None,
        }
    }

    /// By when the next packet must have come.
    pub(super) fn deadline(&self, limits: &Limits) -> Option<Instant> {
        match &self.phase {
            Phase::New { since } => Some(*since + limits.connect_timeout),
            Phase::Open(open) => open.silence.map(|silence| self.last_heard + silence),
            Phase::Closed => None,
        }
    }
}

/// Why a connection ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloseReason {
    /// The only end after which the will is not sent.
    #[error("the client said DISCONNECT")]
    Disconnected,
    #[error("the transport was closed")]
    Lost,
    #[error(transparent)]
    Malformed(#[from] WireError),
    #[error("the first packet was no CONNECT")]
    NotConnected,
    #[error("a packet came that only a broker sends, or a second CONNECT")]
    OutOfPlace,
    #[error("CONNECT was refused with return code {0}")]
    Refused(u8),
    /// As on AWS IoT no CONNACK tells a client of it either.
    #[error("no policy allows {action} on {1}", action = .0.name())]
    NotAllowed(Action, String),
    #[error("a will with QoS 2")]
    WillQoS2,
    #[error("clients may not publish to {0}")]
    Reserved(String),
    #[error("a payload of {0} bytes is over the limit")]
    PayloadTooLarge(usize),
    #[error("a SUBSCRIBE with {0} filters is over the limit")]
    TooManyFilters(usize),
    #[error("the certificate is no longer active")]
    Dismissed,
    #[error("another connection took the client identifier")]
    TakenOver,
    #[error("no CONNECT came in time")]
    ConnectTimeout,
    #[error("nothing came for one and a half keep-alives")]
    KeepAliveTimeout,
    #[error("it takes its messages too slowly")]
    TooSlow,
}
