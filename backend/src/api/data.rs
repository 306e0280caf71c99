//! The calls of an AWS IoT data endpoint: shadows, messages, retained messages.

use std::ops::RangeInclusive;

use bytes::Bytes;
use gnomon::message::{Message, QoS};
use gnomon::shadow::topics::{ShadowId, Verb};
use gnomon::topic::TopicName;

use super::{ApiError, Page, Request, allow, next_token, uri};

const PAGE_SIZE: RangeInclusive<usize> = 1..=100;
const MAX_RESULTS: RangeInclusive<usize> = 1..=200;

/// What is asked for, its names and parameters checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataCall {
    /// GetThingShadow, UpdateThingShadow, DeleteThingShadow. `shadow` is None for the classic one.
    Shadow {
        thing: String,
        shadow: Option<String>,
        verb: Verb,
        body: Bytes,
    },
    ListNamedShadowsForThing {
        thing: String,
        page: Page<String>,
    },
    Publish(Message),
    ListRetainedMessages(Page<TopicName>),
    GetRetainedMessage(TopicName),
}

/// Whether these levels of a path belong to it.
pub(super) fn is_call(levels: &[&str]) -> bool {
    matches!(
        levels,
        ["api" | "retainedMessage" | "topics", ..] | ["things", _, "shadow", ..]
    )
}

impl DataCall {
    pub(super) fn parse(request: &Request<'_>, levels: &[&str]) -> Result<Self, ApiError> {
        let Request {
            method,
            path,
            query,
            ..
        } = *request;
        if let Some(topic) = path.strip_prefix("/topics/") {
            allow(method, "POST")?;
            return publish(topic, query, request.body.clone());
        }
        if let Some(topic) = path.strip_prefix("/retainedMessage/") {
            allow(method, "GET")?;
            return Ok(Self::GetRetainedMessage(topic_name(topic)?));
        }
        match *levels {
            ["retainedMessage"] => {
                allow(method, "GET")?;
                list_retained(query)
            }
            ["things", thing, "shadow"] => shadow(method, thing, query, request.body.clone()),
            ["api", "things", "shadow", "ListNamedShadowsForThing", thing] => {
                allow(method, "GET")?;
                list_named_shadows(thing, query)
            }
            _ => Err(ApiError::UnknownPath),
        }
    }
}

fn shadow(method: &str, thing: &str, query: &str, body: Bytes) -> Result<DataCall, ApiError> {
    let verb = match method {
        "GET" => Verb::Get,
        "POST" => Verb::Update,
        "DELETE" => Verb::Delete,
        _ => {
            let allowed = "GET,POST,DELETE";
            return Err(ApiError::MethodNotAllowed { allowed });
        }
    };
    let thing = uri::decode(thing)?;
    let shadow = uri::parameter(query, "name")?;
    ShadowId::new(&thing, shadow.as_deref())?;
    Ok(DataCall::Shadow {
        thing,
        shadow,
        verb,
        body,
    })
}

fn list_named_shadows(thing: &str, query: &str) -> Result<DataCall, ApiError> {
    let thing = uri::decode(thing)?;
    ShadowId::new(&thing, None)?;
    let after = next_token(query)?;
    if ShadowId::new(&thing, after.as_deref()).is_err() {
        return Err(ApiError::NextToken);
    }
    let size = uri::number(query, "pageSize", PAGE_SIZE)?;
    let page = Page { after, size };
    Ok(DataCall::ListNamedShadowsForThing { thing, page })
}

fn list_retained(query: &str) -> Result<DataCall, ApiError> {
    let after = next_token(query)?;
    let after = after.map(|topic| TopicName::new(&topic)).transpose();
    let after = after.map_err(|_| ApiError::NextToken)?;
    let size = uri::number(query, "maxResults", MAX_RESULTS)?;
    Ok(DataCall::ListRetainedMessages(Page { after, size }))
}

fn topic_name(encoded: &str) -> Result<TopicName, ApiError> {
    Ok(TopicName::new(&uri::decode(encoded)?)?)
}

/// The parameters that only MQTT 5 knows are let by.
fn publish(topic: &str, query: &str, payload: Bytes) -> Result<DataCall, ApiError> {
    let topic = topic_name(topic)?;
    let qos = match uri::parameter(query, "qos")?.as_deref() {
        None | Some("0") => QoS::AtMostOnce,
        Some("1") => QoS::AtLeastOnce,
        Some(_) => return Err(ApiError::Qos),
    };
    let retain = match uri::parameter(query, "retain")?.as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(ApiError::Retain),
    };
    Ok(DataCall::Publish(Message {
        topic,
        payload,
        qos,
        retain,
    }))
}
