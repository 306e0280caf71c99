//! CONNECT (section 3.1), with binary passwords and with the level 3 that older AWS clients still send.

use bytes::{BufMut, BytesMut};

use super::{Connect, Cursor, Will, WireError, check_field, put_field, put_header};
use crate::topic;

const USER_NAME: u8 = 0x80;
const PASSWORD: u8 = 0x40;
const WILL_RETAIN: u8 = 0x20;
const WILL: u8 = 0x04;
const CLEAN_SESSION: u8 = 0x02;
const RESERVED: u8 = 0x01;

pub(super) fn parse(first: u8, body: &[u8]) -> Result<Connect<'_>, WireError> {
    if first != 0x10 {
        return Err(WireError::Flags(first));
    }
    let mut cursor = Cursor(body);
    let level = level(&mut cursor)?;
    let flags = cursor.u8()?;
    if flags & RESERVED != 0 {
        return Err(WireError::Flags(flags));
    }
    let keep_alive = cursor.u16()?;
    let client_id = cursor.text()?;
    let will = will(flags, &mut cursor)?;
    let user_name = (flags & USER_NAME != 0)
        .then(|| cursor.text())
        .transpose()?;
    let password = (flags & PASSWORD != 0)
        .then(|| cursor.field())
        .transpose()?;
    if password.is_some() && user_name.is_none() {
        return Err(WireError::PasswordWithoutUser);
    }
    cursor.finish()?;
    let clean_session = flags & CLEAN_SESSION != 0;
    Ok(Connect {
        level,
        client_id,
        clean_session,
        keep_alive,
        will,
        user_name,
        password,
    })
}

fn level(cursor: &mut Cursor<'_>) -> Result<u8, WireError> {
    let name = cursor.text()?;
    let level = cursor.u8()?;
    match (name, level) {
        ("MQTT", 4) | ("MQIsdp", 3) => Ok(level),
        _ => Err(WireError::Protocol(format!(
            "{} {level}",
            name.escape_debug()
        ))),
    }
}

fn will<'a>(flags: u8, cursor: &mut Cursor<'a>) -> Result<Option<Will<'a>>, WireError> {
    let qos = (flags >> 3) & 0b11;
    let retain = flags & WILL_RETAIN != 0;
    if flags & WILL == 0 {
        return if qos == 0 && !retain {
            Ok(None)
        } else {
            Err(WireError::Will)
        };
    }
    if qos > 2 {
        return Err(WireError::QoS3);
    }
    let topic = cursor.text()?;
    topic::check_name(topic)?;
    Ok(Some(Will {
        topic,
        payload: cursor.field()?,
        qos,
        retain,
    }))
}

pub(super) fn encode(connect: &Connect<'_>, out: &mut BytesMut) -> Result<(), WireError> {
    let name = match connect.level {
        4 => "MQTT",
        3 => "MQIsdp",
        other => return Err(WireError::Protocol(format!("level {other}"))),
    };
    let flags = check(connect)?;
    let mut body = BytesMut::new();
    put_field(&mut body, name.as_bytes());
    body.put_u8(connect.level);
    body.put_u8(flags);
    body.put_u16(connect.keep_alive);
    put_field(&mut body, connect.client_id.as_bytes());
    if let Some(will) = &connect.will {
        put_field(&mut body, will.topic.as_bytes());
        put_field(&mut body, will.payload);
    }
    if let Some(user_name) = connect.user_name {
        put_field(&mut body, user_name.as_bytes());
    }
    if let Some(password) = connect.password {
        put_field(&mut body, password);
    }
    put_header(out, 0x10, body.len())?;
    out.put_slice(&body);
    Ok(())
}

/// The connect flags, once every field is known to be writable.
fn check(connect: &Connect<'_>) -> Result<u8, WireError> {
    let mut flags = 0;
    if connect.clean_session {
        flags |= CLEAN_SESSION;
    }
    check_text(connect.client_id)?;
    if let Some(will) = &connect.will {
        topic::check_name(will.topic)?;
        check_field(will.payload)?;
        if will.qos > 2 {
            return Err(WireError::QoS3);
        }
        flags |= WILL | will.qos << 3 | if will.retain { WILL_RETAIN } else { 0 };
    }
    if let Some(user_name) = connect.user_name {
        check_text(user_name)?;
        flags |= USER_NAME;
    }
    if let Some(password) = connect.password {
        check_field(password)?;
        if connect.user_name.is_none() {
            return Err(WireError::PasswordWithoutUser);
        }
        flags |= PASSWORD;
    }
    Ok(flags)
}

fn check_text(text: &str) -> Result<(), WireError> {
    check_field(text.as_bytes())?;
    if text.bytes().any(|byte| byte == 0) {
        return Err(WireError::Text);
    }
    Ok(())
}
