//! The HTTP calls of AWS IoT as values, those of its data endpoint and those of its control plane: the parts of a
//! request become a [`Call`], and what came of it becomes an [`Answer`]. Knows no socket, and nothing of how a call is
//! carried out.

mod answer;
pub mod control;
mod data;
mod error;
#[cfg(test)]
mod tests;
pub(crate) mod token;
pub(crate) mod uri;

use bytes::Bytes;
use gnomon::time::UnixMillis;
use serde_json::Value;

use crate::broker::RetainedMessage;
use crate::search::Search;

pub use answer::Answer;
pub use control::ControlCall;
pub use data::DataCall;
pub use error::ApiError;

/// Bytes of a body, as of an MQTT payload.
pub const MAX_BODY: usize = 128 * 1024;

/// A request as it came, its path and query still percent-encoded.
#[derive(Clone, Debug, Default)]
pub struct Request<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub query: &'a str,
    /// The name by which this backend was called, without a port.
    pub host: &'a str,
    /// Of the headers `x-amzn-principal` and `x-amzn-iot-principal`: whom the call is about.
    pub principal: Option<&'a str>,
    /// Of the header `x-amzn-iot-policy`: the name of a policy.
    pub policy: Option<&'a str>,
    pub body: Bytes,
}

/// What is asked for, its names and parameters checked.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    Data(DataCall),
    Control(ControlCall),
}

/// Which of AWS IoT's two endpoints a path belongs to; here both are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane {
    Data,
    Control,
}

/// The part of a list that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// It begins behind this one.
    pub after: Option<T>,
    pub size: usize,
}

/// What came of a call that succeeded.
#[derive(Clone, Debug, PartialEq)]
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
    /// An answer of the control plane.
    Document(Value),
    /// Nothing is said but that it was done.
    Done,
    /// Not finished: to be called again, so that others get their turn.
    Searching(Search),
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

    /// What names the next page; None on the last one.
    pub(crate) fn next_token(&self, name: impl Fn(&T) -> String) -> Option<String> {
        let last = self.items.last().filter(|_| self.more)?;
        Some(token::write(&name(last)))
    }
}

/// Whether a path, still percent-encoded, belongs to this interface and to nothing else.
pub fn plane(path: &str) -> Option<Plane> {
    let levels = levels(path);
    if data::is_call(&levels) {
        return Some(Plane::Data);
    }
    control::is_call(&levels).then_some(Plane::Control)
}

impl Call {
    pub fn parse(request: &Request<'_>) -> Result<Self, ApiError> {
        if request.body.len() > MAX_BODY {
            return Err(ApiError::TooLarge);
        }
        let levels = levels(request.path);
        match data::is_call(&levels) {
            true => DataCall::parse(request, &levels).map(Self::Data),
            false => ControlCall::parse(request, &levels).map(Self::Control),
        }
    }
}

fn levels(path: &str) -> Vec<&str> {
    path.split('/').skip(1).collect()
}

fn allow(method: &str, allowed: &'static str) -> Result<(), ApiError> {
    match method == allowed {
        true => Ok(()),
        false => Err(ApiError::MethodNotAllowed { allowed }),
    }
}

fn next_token(query: &str) -> Result<Option<String>, ApiError> {
    let token = uri::parameter(query, "nextToken")?;
    token.map(|token| token::read(&token)).transpose()
}
