//! What a scenario is played against: the pure service in virtual time, or a running backend.

use gnomon::message::Message;
use serde_json::Value;

use crate::live::Live;
use crate::pure::Pure;

pub(crate) enum World {
    Pure(Pure),
    Live(Box<Live>),
}

/// Why a step came to no end.
pub(crate) enum Stop {
    Failed(String),
    /// It needs a part that is not here.
    NotHere(&'static str),
}

impl From<String> for Stop {
    fn from(reason: String) -> Self {
        Self::Failed(reason)
    }
}

/// What a step set off.
pub(crate) struct Outcome {
    /// In whole seconds: before the step began, and when everything had come of it. In virtual time they are one.
    pub(crate) began: i64,
    pub(crate) ended: i64,
    /// Everything that was published because of it.
    pub(crate) messages: Vec<Message>,
    /// What an HTTP client got.
    pub(crate) answer: Option<Answer>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    /// By names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// Null when it is no JSON.
    pub(crate) body: Value,
}

pub(crate) struct HttpRequest<'a> {
    pub(crate) method: &'a str,
    /// With its query.
    pub(crate) path: &'a str,
    pub(crate) body: Vec<u8>,
}

impl World {
    pub(crate) fn publish(&mut self, topic: &str, payload: &[u8]) -> Result<Outcome, Stop> {
        match self {
            Self::Pure(world) => Ok(world.publish(topic, payload)),
            Self::Live(world) => Ok(world.publish(topic, payload)?),
        }
    }

    pub(crate) fn ask(&mut self, request: &HttpRequest<'_>) -> Result<Outcome, Stop> {
        match self {
            Self::Pure(world) => world.ask(request),
            Self::Live(world) => Ok(world.ask(request)?),
        }
    }

    /// Whether this header is its business: only a listener knows of the others.
    pub(crate) fn answers_with(&self, header: &str) -> bool {
        match self {
            Self::Pure(_) => header == "x-amzn-errortype",
            Self::Live(_) => true,
        }
    }
}
