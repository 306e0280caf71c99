//! Every packet but CONNECT and PUBLISH, through mqttbytes: checked before it reads and after it wrote.
//!
//! mqttbytes lets pass wrong header flags, over-long acknowledgements, packet identifier 0, bodies on PINGREQ and
//! topics of any kind, and leaves half a packet behind on an error.

use bytes::{Bytes, BytesMut};
use mqttbytes::{FixedHeader, v4};

use super::{
    ConnAck, Cursor, Packet, PacketId, SubAck, Subscribe, Unsubscribe, WireError, check_field,
};
use crate::topic::TopicFilter;

/// Packet types as numbers (section 2.2.1).
mod kind {
    pub(super) const CONNACK: u8 = 2;
    pub(super) const PUBACK: u8 = 4;
    pub(super) const SUBSCRIBE: u8 = 8;
    pub(super) const SUBACK: u8 = 9;
    pub(super) const UNSUBSCRIBE: u8 = 10;
    pub(super) const UNSUBACK: u8 = 11;
    pub(super) const PINGREQ: u8 = 12;
    pub(super) const PINGRESP: u8 = 13;
    pub(super) const DISCONNECT: u8 = 14;
}

/// Reads what a broker sends.
pub(super) fn parse_from_broker(
    first: u8,
    frame: &[u8],
    body: &[u8],
) -> Result<Packet<'static>, WireError> {
    check_frame(first, body)?;
    let (header, bytes) = whole(first, frame, body);
    match first >> 4 {
        kind::CONNACK => {
            let ack = v4::ConnAck::read(header, bytes).map_err(malformed)?;
            let session_present = ack.session_present;
            Ok(Packet::ConnAck(ConnAck {
                session_present,
                code: body[1],
            }))
        }
        kind::PUBACK => {
            let ack = v4::PubAck::read(header, bytes).map_err(malformed)?;
            Ok(Packet::PubAck(packet_id(ack.pkid)?))
        }
        kind::SUBACK => {
            let ack = v4::SubAck::read(header, bytes).map_err(malformed)?;
            let packet_id = packet_id(ack.pkid)?;
            Ok(Packet::SubAck(SubAck {
                packet_id,
                codes: body[2..].to_vec(),
            }))
        }
        kind::UNSUBACK => {
            let ack = v4::UnsubAck::read(header, bytes).map_err(malformed)?;
            Ok(Packet::UnsubAck(packet_id(ack.pkid)?))
        }
        kind::PINGRESP => Ok(Packet::PingResp),
        kind => Err(WireError::PacketType(kind)),
    }
}

/// Reads what a client sends, and everything else.
pub(super) fn parse(first: u8, frame: &[u8], body: &[u8]) -> Result<Packet<'static>, WireError> {
    check_frame(first, body)?;
    let (header, bytes) = whole(first, frame, body);
    match first >> 4 {
        kind::SUBSCRIBE => subscribe(&v4::Subscribe::read(header, bytes).map_err(malformed)?),
        kind::UNSUBSCRIBE => unsubscribe(&v4::Unsubscribe::read(header, bytes).map_err(malformed)?),
        kind::PINGREQ => Ok(Packet::PingReq),
        kind::DISCONNECT => Ok(Packet::Disconnect),
        _ => parse_from_broker(first, frame, body),
    }
}

/// A frame as mqttbytes wants it: its header read already, its bytes owned.
fn whole(first: u8, frame: &[u8], body: &[u8]) -> (FixedHeader, Bytes) {
    let length_bytes = frame.len() - body.len() - 1;
    let header = FixedHeader::new(first, length_bytes, body.len());
    (header, Bytes::copy_from_slice(frame))
}

/// The guard's own checks say more; these are the leftovers.
fn malformed(_: mqttbytes::Error) -> WireError {
    WireError::Malformed
}

/// What mqttbytes does not look at: flags and lengths.
fn check_frame(first: u8, body: &[u8]) -> Result<(), WireError> {
    let kind = first >> 4;
    let flags = match kind {
        kind::SUBSCRIBE | kind::UNSUBSCRIBE => 0b0010,
        _ => 0,
    };
    let len_fits = match kind {
        kind::CONNACK | kind::PUBACK | kind::UNSUBACK => body.len() == 2,
        kind::PINGREQ | kind::PINGRESP | kind::DISCONNECT => body.is_empty(),
        kind::SUBSCRIBE | kind::SUBACK | kind::UNSUBSCRIBE => body.len() > 2,
        // PUBREC, PUBREL and PUBCOMP belong to QoS 2; 0 and 15 are reserved.
        5..=7 => return Err(WireError::QoS2),
        _ => return Err(WireError::PacketType(kind)),
    };
    if first & 0x0f != flags {
        return Err(WireError::Flags(first));
    }
    if !len_fits {
        return Err(WireError::Length);
    }
    match kind {
        kind::CONNACK => check_connack(body[0], body[1]),
        kind::SUBSCRIBE => check_options(body),
        _ => Ok(()),
    }
}

/// The six upper bits of each requested QoS are reserved [MQTT-3.8.3-4].
fn check_options(body: &[u8]) -> Result<(), WireError> {
    let mut cursor = Cursor(body);
    cursor.packet_id()?;
    while !cursor.0.is_empty() {
        cursor.field()?;
        let options = cursor.u8()?;
        if options > 2 {
            return Err(WireError::Flags(options));
        }
    }
    Ok(())
}

fn check_connack(flags: u8, code: u8) -> Result<(), WireError> {
    // A refusal never comes with a session [MQTT-3.2.2-4].
    if flags > 1 || (flags == 1 && code != 0) {
        return Err(WireError::Flags(flags));
    }
    if code > 5 {
        return Err(WireError::ReturnCode(code));
    }
    Ok(())
}

fn packet_id(id: u16) -> Result<PacketId, WireError> {
    PacketId::new(id).ok_or(WireError::PacketIdZero)
}

fn subscribe(subscribe: &v4::Subscribe) -> Result<Packet<'static>, WireError> {
    let filters = subscribe
        .filters
        .iter()
        .map(|asked| Ok((TopicFilter::new(&asked.path)?, asked.qos as u8)))
        .collect::<Result<_, WireError>>()?;
    let packet_id = packet_id(subscribe.pkid)?;
    Ok(Packet::Subscribe(Subscribe { packet_id, filters }))
}

fn unsubscribe(unsubscribe: &v4::Unsubscribe) -> Result<Packet<'static>, WireError> {
    let filters = unsubscribe
        .topics
        .iter()
        .map(|topic| TopicFilter::new(topic))
        .collect::<Result<_, _>>()?;
    let packet_id = packet_id(unsubscribe.pkid)?;
    Ok(Packet::Unsubscribe(Unsubscribe { packet_id, filters }))
}

pub(super) fn encode(packet: &Packet<'_>, out: &mut BytesMut) -> Result<(), WireError> {
    // mqttbytes writes into a buffer of its own: what it leaves after an error is thrown away.
    let mut scratch = BytesMut::new();
    write(packet, &mut scratch)?;
    debug_assert_eq!(super::parse(&scratch).as_ref(), Ok(packet));
    out.extend_from_slice(&scratch);
    Ok(())
}

fn write(packet: &Packet<'_>, scratch: &mut BytesMut) -> Result<(), WireError> {
    let written = match packet {
        Packet::ConnAck(ack) => connack(*ack)?.write(scratch),
        Packet::PubAck(id) => v4::PubAck::new(id.get()).write(scratch),
        Packet::UnsubAck(id) => v4::UnsubAck::new(id.get()).write(scratch),
        Packet::SubAck(ack) => suback(ack)?.write(scratch),
        Packet::Subscribe(subscribe) => write_subscribe(subscribe)?.write(scratch),
        Packet::Unsubscribe(unsubscribe) => write_unsubscribe(unsubscribe)?.write(scratch),
        Packet::PingReq => v4::PingReq.write(scratch),
        Packet::PingResp => v4::PingResp.write(scratch),
        Packet::Disconnect => v4::Disconnect.write(scratch),
        Packet::Connect(_) | Packet::Publish(_) => return Err(WireError::PacketType(0)),
    };
    written.map_err(malformed)?;
    Ok(())
}

fn connack(ack: ConnAck) -> Result<v4::ConnAck, WireError> {
    use v4::ConnectReturnCode as Code;
    check_connack(u8::from(ack.session_present), ack.code)?;
    let code = match ack.code {
        0 => Code::Success,
        1 => Code::RefusedProtocolVersion,
        2 => Code::BadClientId,
        3 => Code::ServiceUnavailable,
        4 => Code::BadUserNamePassword,
        _ => Code::NotAuthorized,
    };
    Ok(v4::ConnAck {
        session_present: ack.session_present,
        code,
    })
}

fn suback(ack: &SubAck) -> Result<v4::SubAck, WireError> {
    let codes = ack
        .codes
        .iter()
        .map(|&code| code.try_into().map_err(|_| WireError::ReturnCode(code)))
        .collect::<Result<Vec<_>, _>>()?;
    if codes.is_empty() {
        return Err(WireError::Length);
    }
    Ok(v4::SubAck::new(ack.packet_id.get(), codes))
}

fn write_subscribe(subscribe: &Subscribe) -> Result<v4::Subscribe, WireError> {
    let mut written = v4::Subscribe::empty_subscribe();
    written.pkid = subscribe.packet_id.get();
    for (filter, qos) in &subscribe.filters {
        check_field(filter.as_str().as_bytes())?;
        let qos = mqttbytes::qos(*qos).map_err(|_| WireError::QoS3)?;
        written.add(filter.as_str().to_owned(), qos);
    }
    if written.filters.is_empty() {
        return Err(WireError::NoFilters);
    }
    Ok(written)
}

fn write_unsubscribe(unsubscribe: &Unsubscribe) -> Result<v4::Unsubscribe, WireError> {
    let topics: Vec<String> = unsubscribe
        .filters
        .iter()
        .map(|filter| filter.as_str().to_owned())
        .collect();
    if topics.is_empty() {
        return Err(WireError::NoFilters);
    }
    Ok(v4::Unsubscribe {
        pkid: unsubscribe.packet_id.get(),
        topics,
    })
}
