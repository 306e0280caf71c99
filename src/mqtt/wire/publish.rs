//! PUBLISH (section 3.3), borrowed straight from its frame: the packet that comes by the ten thousand.

use bytes::{BufMut, BytesMut};

use super::{Cursor, Publish, WireError, check_field, put_field, put_header};
use crate::message::QoS;
use crate::topic;

pub(super) fn parse(first: u8, body: &[u8]) -> Result<Publish<'_>, WireError> {
    let dup = first & 0b1000 != 0;
    let qos = match (first >> 1) & 0b11 {
        0 => QoS::AtMostOnce,
        1 => QoS::AtLeastOnce,
        2 => return Err(WireError::QoS2),
        _ => return Err(WireError::QoS3),
    };
    if dup && qos == QoS::AtMostOnce {
        return Err(WireError::Flags(first));
    }
    let mut cursor = Cursor(body);
    let topic = std::str::from_utf8(cursor.field()?).map_err(|_| WireError::Text)?;
    topic::check_name(topic)?;
    let packet_id = match qos {
        QoS::AtMostOnce => None,
        QoS::AtLeastOnce => Some(cursor.packet_id()?),
    };
    Ok(Publish {
        dup,
        qos,
        retain: first & 1 != 0,
        packet_id,
        topic,
        payload: cursor.0,
    })
}

pub(super) fn encode(publish: &Publish<'_>, out: &mut BytesMut) -> Result<(), WireError> {
    topic::check_name(publish.topic)?;
    check_field(publish.topic.as_bytes())?;
    let acknowledged = publish.qos == QoS::AtLeastOnce;
    if acknowledged != publish.packet_id.is_some() {
        return Err(WireError::PacketIdZero);
    }
    let mut first = 0x30 | u8::from(publish.retain);
    if acknowledged {
        first |= 0b0010 | u8::from(publish.dup) << 3;
    }
    let id_len = if acknowledged { 2 } else { 0 };
    put_header(
        out,
        first,
        2 + publish.topic.len() + id_len + publish.payload.len(),
    )?;
    put_field(out, publish.topic.as_bytes());
    if let Some(id) = publish.packet_id {
        out.put_u16(id.get());
    }
    out.put_slice(publish.payload);
    Ok(())
}
