//! When each step of the newest attempt was reached: what a person wants to know when it stops.

use std::time::Duration;

use crate::time::Instant;

/// The steps of one attempt, each with the time since the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    pub began: Instant,
    /// From the beginning to the open WebSocket.
    pub opened: Option<Duration>,
    /// From CONNECT to CONNACK.
    pub accepted: Option<Duration>,
    /// From CONNACK to the last SUBACK.
    pub subscribed: Option<Duration>,
    /// From CONNACK, or from the beginning, to the loss.
    pub lost: Option<Duration>,
    /// The WebSocket's close code, where it closed.
    pub close_code: Option<u16>,
}
