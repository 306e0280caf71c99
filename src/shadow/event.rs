//! What the service says, as a client reads it. Which of it is news is for the reader to say:
//! a version lower than the last one seen is old, an equal one is normal.

use crate::shadow::document::json::{self, JsonError};
use crate::shadow::document::{Node, ShadowDocument, earliest_stamp};
use crate::shadow::patch::Patch;
use crate::shadow::topics::{Operation, Verb};
use crate::shadow::value::{Object, Value};
use crate::time::UnixMillis;

/// One message of the service about one shadow.
#[derive(Clone, Debug, PartialEq)]
pub struct ShadowEvent {
    pub kind: EventKind,
    /// Whose request it answers.
    pub client_token: Option<Box<str>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum EventKind {
    /// `update/documents`: an update was accepted, and this is the whole document now.
    Documents(ShadowDocument),
    /// `get/accepted`
    Document(ShadowDocument),
    /// `update/accepted`: merging it into the document of the version before gives the new one.
    Updated {
        patch: Patch,
        version: u64,
        /// The time of every leaf that the patch names.
        at: UnixMillis,
    },
    /// `delete/accepted`, with the version that was deleted.
    Deleted { version: u64 },
    /// `…/rejected`
    Rejected {
        verb: Verb,
        code: u16,
        message: Box<str>,
    },
}

/// Why a payload is no message of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    #[error(transparent)]
    Json(#[from] JsonError),
    #[error("'{0}' is missing or of the wrong type")]
    Member(&'static str),
    #[error("the topic is one of a request or of a delta")]
    Topic,
}

impl ShadowEvent {
    pub fn parse(operation: Operation, payload: &[u8]) -> Result<Self, EventError> {
        if matches!(operation, Operation::Request(_) | Operation::Delta) {
            return Err(EventError::Topic);
        }
        let mut body = json::parse(payload)?;
        let client_token = match body.remove("clientToken") {
            Some(Value::Text(token)) => Some(token),
            _ => None,
        };
        let kind = match operation {
            Operation::Documents => EventKind::Documents(documents(body)?),
            Operation::Accepted(Verb::Get) => {
                let at = timestamp(&body)?;
                EventKind::Document(document(body, at)?)
            }
            Operation::Accepted(Verb::Update) => updated(body)?,
            Operation::Accepted(Verb::Delete) => EventKind::Deleted {
                version: unsigned(&body, "version")?,
            },
            Operation::Rejected(verb) => rejected(verb, &body)?,
            Operation::Request(_) | Operation::Delta => return Err(EventError::Topic),
        };
        Ok(Self { kind, client_token })
    }
}

fn documents(mut body: Object<Value>) -> Result<ShadowDocument, EventError> {
    let at = timestamp(&body)?;
    match body.remove("current") {
        Some(Value::Object(current)) => document(current, at),
        _ => Err(EventError::Member("current")),
    }
}

fn document(mut body: Object<Value>, at: UnixMillis) -> Result<ShadowDocument, EventError> {
    let version = unsigned(&body, "version")?;
    let Some(Value::Object(mut state)) = body.remove("state") else {
        return Err(EventError::Member("state"));
    };
    let metadata = body.get("metadata").and_then(Value::as_object);
    let mut section = |name: &'static str| match state.remove(name) {
        None | Some(Value::Null) => Ok(Object::EMPTY),
        Some(Value::Object(members)) => {
            let metadata = metadata.and_then(|sections| sections.get(name)?.as_object());
            Ok(Object::<Node>::stamped(members, metadata))
        }
        Some(_) => Err(EventError::Member(name)),
    };
    Ok(ShadowDocument {
        desired: section("desired")?,
        reported: section("reported")?,
        version,
        timestamp: at,
    })
}

fn updated(mut body: Object<Value>) -> Result<EventKind, EventError> {
    let version = unsigned(&body, "version")?;
    // The message's own time may be a second later than the one in its metadata.
    let at = match body.get("metadata").and_then(earliest_stamp) {
        Some(at) => at,
        None => timestamp(&body)?,
    };
    let state = body.remove("state").ok_or(EventError::Member("state"))?;
    // The service has checked the depth by its own setting; the parser's limit bounds it here.
    let patch = Patch::new(state, usize::MAX).map_err(|_| EventError::Member("state"))?;
    Ok(EventKind::Updated { patch, version, at })
}

fn rejected(verb: Verb, body: &Object<Value>) -> Result<EventKind, EventError> {
    let code = unsigned(body, "code")?;
    let message = body.get("message").and_then(Value::as_text);
    Ok(EventKind::Rejected {
        verb,
        code: code.try_into().map_err(|_| EventError::Member("code"))?,
        message: message.ok_or(EventError::Member("message"))?.into(),
    })
}

fn timestamp(body: &Object<Value>) -> Result<UnixMillis, EventError> {
    let seconds = i64::try_from(unsigned(body, "timestamp")?);
    let seconds = seconds.map_err(|_| EventError::Member("timestamp"))?;
    Ok(UnixMillis::from_seconds(seconds))
}

fn unsigned(body: &Object<Value>, name: &'static str) -> Result<u64, EventError> {
    let member = body.get(name).and_then(Value::as_unsigned);
    member.ok_or(EventError::Member(name))
}
