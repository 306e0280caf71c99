//! MQTT 3.1.1 packets from bytes and back: the guard around mqttbytes, whose types stop here.
//!
//! CONNECT and PUBLISH are coded here: mqttbytes has no binary passwords, and a PUBLISH is borrowed straight from
//! its frame. mqttbytes reads and writes the rest, between checks of all that it lets pass. A packet that breaks
//! the specification is an error, and an error is final for the connection.

mod connect;
mod frame;
mod guard;
mod publish;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;

use std::num::NonZeroU16;

use bytes::{BufMut, BytesMut};

use crate::message::QoS;
use crate::topic::{TopicError, TopicFilter};

pub use frame::FrameReader;

/// Identifies a packet that wants an acknowledgement.
pub type PacketId = NonZeroU16;

/// The largest remaining length that the fixed header can carry.
const MAX_REMAINING_LENGTH: usize = 268_435_455;

/// Why bytes are no MQTT 3.1.1, or a packet cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    #[error("a packet of {0} bytes is over the limit")]
    TooLarge(usize),
    #[error("the remaining length of a packet is malformed")]
    RemainingLength,
    #[error("packet type {0} is not allowed here")]
    PacketType(u8),
    #[error("reserved flags are set: {0:#04x}")]
    Flags(u8),
    #[error("QoS 2 is not spoken here")]
    QoS2,
    #[error("QoS 3 does not exist")]
    QoS3,
    #[error("a packet ends too early or too late")]
    Length,
    #[error("a text is not UTF-8, or holds U+0000")]
    Text,
    #[error("a packet identifier is 0")]
    PacketIdZero,
    #[error("protocol {0} is not spoken here")]
    Protocol(String),
    #[error("return code {0} does not exist")]
    ReturnCode(u8),
    #[error("a password came without a user name")]
    PasswordWithoutUser,
    #[error("a will is missing or half there")]
    Will,
    #[error("a field is longer than 65,535 bytes")]
    FieldTooLong,
    #[error("a SUBSCRIBE or UNSUBSCRIBE asks for nothing")]
    NoFilters,
    #[error(transparent)]
    Topic(#[from] TopicError),
    #[error("the body of a packet is malformed")]
    Malformed,
}

/// A whole packet. Texts and payloads are borrowed from its frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet<'a> {
    Connect(Connect<'a>),
    ConnAck(ConnAck),
    Publish(Publish<'a>),
    PubAck(PacketId),
    Subscribe(Subscribe),
    SubAck(SubAck),
    Unsubscribe(Unsubscribe),
    UnsubAck(PacketId),
    PingReq,
    PingResp,
    Disconnect,
}

/// CONNECT of MQTT 3.1.1 (level 4) or 3.1 (level 3, `MQIsdp`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connect<'a> {
    pub level: u8,
    pub client_id: &'a str,
    pub clean_session: bool,
    /// Seconds; 0 switches the keep-alive off.
    pub keep_alive: u16,
    pub will: Option<Will<'a>>,
    pub user_name: Option<&'a str>,
    pub password: Option<&'a [u8]>,
}

/// The message that the broker publishes for a client that vanished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Will<'a> {
    pub topic: &'a str,
    pub payload: &'a [u8],
    /// 0 to 2.
    pub qos: u8,
    pub retain: bool,
}

/// `code` 0 is accepted, 1 to 5 are the refusals of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnAck {
    pub session_present: bool,
    pub code: u8,
}

/// `packet_id` is there exactly when the QoS is 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publish<'a> {
    pub dup: bool,
    pub qos: QoS,
    pub retain: bool,
    pub packet_id: Option<PacketId>,
    pub topic: &'a str,
    pub payload: &'a [u8],
}

/// Filters with the QoS asked for, 0 to 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscribe {
    pub packet_id: PacketId,
    pub filters: Vec<(TopicFilter, u8)>,
}

/// One code for each filter asked for: the QoS granted (0 to 2), or 0x80.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubAck {
    pub packet_id: PacketId,
    pub codes: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsubscribe {
    pub packet_id: PacketId,
    pub filters: Vec<TopicFilter>,
}

/// Reads one whole frame, as [`FrameReader::next_frame`] gives it.
pub fn parse(frame: &[u8]) -> Result<Packet<'_>, WireError> {
    let (first, body) = frame::split(frame)?;
    match first >> 4 {
        1 => connect::parse(first, body).map(Packet::Connect),
        3 => publish::parse(first, body).map(Packet::Publish),
        _ => guard::parse(first, frame, body),
    }
}

/// Reads one whole frame of a broker. What only clients send is refused, and its code stays out of the page.
pub fn parse_from_broker(frame: &[u8]) -> Result<Packet<'_>, WireError> {
    let (first, body) = frame::split(frame)?;
    match first >> 4 {
        3 => publish::parse(first, body).map(Packet::Publish),
        _ => guard::parse_from_broker(first, frame, body),
    }
}

/// Appends one packet to `out`. On an error `out` is as it was.
pub fn encode(packet: &Packet<'_>, out: &mut BytesMut) -> Result<(), WireError> {
    match packet {
        Packet::Connect(connect) => connect::encode(connect, out),
        Packet::Publish(publish) => publish::encode(publish, out),
        other => guard::encode(other, out),
    }
}

/// Appends a fixed header, after a check that the packet is not too long for one.
fn put_header(out: &mut BytesMut, first: u8, remaining: usize) -> Result<(), WireError> {
    if remaining > MAX_REMAINING_LENGTH {
        return Err(WireError::TooLarge(remaining));
    }
    out.reserve(remaining + 5);
    out.put_u8(first);
    let mut rest = remaining;
    loop {
        let low = (rest & 0x7f) as u8;
        rest >>= 7;
        if rest == 0 {
            out.put_u8(low);
            return Ok(());
        }
        out.put_u8(low | 0x80);
    }
}

/// Appends a field with its length in two bytes.
fn put_field(out: &mut BytesMut, field: &[u8]) {
    out.put_u16(field.len() as u16);
    out.put_slice(field);
}

fn check_field(field: &[u8]) -> Result<(), WireError> {
    if field.len() > usize::from(u16::MAX) {
        return Err(WireError::FieldTooLong);
    }
    Ok(())
}

/// Takes fields from the front of a packet's body.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn bytes(&mut self, len: usize) -> Result<&'a [u8], WireError> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(WireError::Length)?;
        self.0 = rest;
        Ok(taken)
    }

    fn u8(&mut self) -> Result<u8, WireError> {
        Ok(self.bytes(1)?[0])
    }

    fn u16(&mut self) -> Result<u16, WireError> {
        let bytes = self.bytes(2)?;
        Ok(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    fn packet_id(&mut self) -> Result<PacketId, WireError> {
        PacketId::new(self.u16()?).ok_or(WireError::PacketIdZero)
    }

    fn field(&mut self) -> Result<&'a [u8], WireError> {
        let len = self.u16()?;
        self.bytes(usize::from(len))
    }

    fn text(&mut self) -> Result<&'a str, WireError> {
        let text = std::str::from_utf8(self.field()?).map_err(|_| WireError::Text)?;
        if text.bytes().any(|byte| byte == 0) {
            return Err(WireError::Text);
        }
        Ok(text)
    }

    fn finish(self) -> Result<(), WireError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(WireError::Length)
        }
    }
}
