//! The HTTP calls of an AWS IoT data endpoint as values: the parts of a request become a [`Call`], and what came of
//! it becomes an [`Answer`]. Knows no socket, and nothing of how a call is carried out.

mod answer;
mod error;
#[cfg(test)]
mod tests;
mod token;
mod uri;

use std::ops::RangeInclusive;

use bytes::Bytes;
use gnomon::message::{Message, QoS};
use gnomon::shadow::topics::{ShadowId, Verb};
use gnomon::time::UnixMillis;
use gnomon::topic::TopicName;

use crate::broker::RetainedMessage;

pub use answer::Answer;
pub use error::ApiError;

/// Bytes of a body, as of an MQTT payload.
pub const MAX_BODY: usize = 128 * 1024;
const PAGE_SIZE: RangeInclusive<usize> = 1..=100;
const MAX_RESULTS: RangeInclusive<usize> = 1..=200;

/// What is asked for, its names and parameters checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
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

/// The part of a list that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// It begins behind this one.
    pub after: Option<T>,
    pub size: usize,
}

/// What came of a call that succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The shadow service's own answer.
    Shadow(Bytes),
    NamedShadows {
        names: Listed<String>,
        now: UnixMillis,
    },
    Published,
    RetainedMessages(Listed<RetainedMessage>),
    RetainedMessage(RetainedMessage),
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    pub items: Vec<T>,
    /// Whether the list goes on behind them.
    pub more: bool,
}

impl<T> Listed<T> {
    pub fn first(mut items: impl Iterator<Item = T>, size: usize) -> Self {
        Self {
            items: items.by_ref().take(size).collect(),
            more: items.next().is_some(),
        }
    }
}

/// Whether a path, still percent-encoded, belongs to this interface and to nothing else.
pub fn is_call(path: &str) -> bool {
    let first = path.split('/').nth(1);
    matches!(first, Some("api" | "retainedMessage" | "things" | "topics"))
}

impl Call {
    /// `path` and `query` are still percent-encoded.
    pub fn parse(method: &str, path: &str, query: &str, body: Bytes) -> Result<Self, ApiError> {
        if body.len() > MAX_BODY {
            return Err(ApiError::TooLarge);
        }
        if let Some(topic) = path.strip_prefix("/topics/") {
            allow(method, "POST")?;
            return publish(topic, query, body);
        }
        if let Some(topic) = path.strip_prefix("/retainedMessage/") {
            allow(method, "GET")?;
            return Ok(Self::GetRetainedMessage(topic_name(topic)?));
        }
        let levels: Vec<&str> = path.split('/').skip(1).collect();
        match levels[..] {
            ["retainedMessage"] => {
                allow(method, "GET")?;
                list_retained(query)
            }
            ["things", thing, "shadow"] => shadow(method, thing, query, body),
            ["api", "things", "shadow", "ListNamedShadowsForThing", thing] => {
                allow(method, "GET")?;
                list_named_shadows(thing, query)
            }
            _ => Err(ApiError::UnknownPath),
        }
    }
}

fn allow(method: &str, allowed: &'static str) -> Result<(), ApiError> {
    match method == allowed {
        true => Ok(()),
        false => Err(ApiError::MethodNotAllowed { allowed }),
    }
}

fn shadow(method: &str, thing: &str, query: &str, body: Bytes) -> Result<Call, ApiError> {
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
    Ok(Call::Shadow {
        thing,
        shadow,
        verb,
        body,
    })
}

fn list_named_shadows(thing: &str, query: &str) -> Result<Call, ApiError> {
    let thing = uri::decode(thing)?;
    ShadowId::new(&thing, None)?;
    let after = next_token(query)?;
    if ShadowId::new(&thing, after.as_deref()).is_err() {
        return Err(ApiError::NextToken);
    }
    let size = uri::number(query, "pageSize", PAGE_SIZE)?;
    let page = Page { after, size };
    Ok(Call::ListNamedShadowsForThing { thing, page })
}

fn list_retained(query: &str) -> Result<Call, ApiError> {
    let after = next_token(query)?;
    let after = after.map(|topic| TopicName::new(&topic)).transpose();
    let after = after.map_err(|_| ApiError::NextToken)?;
    let size = uri::number(query, "maxResults", MAX_RESULTS)?;
    Ok(Call::ListRetainedMessages(Page { after, size }))
}

fn next_token(query: &str) -> Result<Option<String>, ApiError> {
    let token = uri::parameter(query, "nextToken")?;
    token.map(|token| token::read(&token)).transpose()
}

fn topic_name(encoded: &str) -> Result<TopicName, ApiError> {
    Ok(TopicName::new(&uri::decode(encoded)?)?)
}

/// The parameters that only MQTT 5 knows are let by.
fn publish(topic: &str, query: &str, payload: Bytes) -> Result<Call, ApiError> {
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
    Ok(Call::Publish(Message {
        topic,
        payload,
        qos,
        retain,
    }))
}
