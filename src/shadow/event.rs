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

/// A whole document from the body that carries it.
pub(in crate::shadow) fn document(
    mut body: Object<Value>,
    at: UnixMillis,
) -> Result<ShadowDocument, EventError> {
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

pub(in crate::shadow) fn timestamp(body: &Object<Value>) -> Result<UnixMillis, EventError> {
    let seconds = i64::try_from(unsigned(body, "timestamp")?);
    let seconds = seconds.map_err(|_| EventError::Member("timestamp"))?;
    Ok(UnixMillis::from_seconds(seconds))
}

pub(in crate::shadow) fn unsigned(
    body: &Object<Value>,
    name: &'static str,
) -> Result<u64, EventError> {
    let member = body.get(name).and_then(Value::as_unsigned);
    member.ok_or(EventError::Member(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(operation: Operation, payload: &str) -> Result<ShadowEvent, EventError> {
        ShadowEvent::parse(operation, payload.as_bytes())
    }

    #[test]
    fn documents_carry_the_whole_document() {
        let event = parse(
            Operation::Documents,
            r#"{"previous":null,"current":{"state":{"reported":{"power":"on"}},
            "metadata":{"reported":{"power":{"timestamp":50}}},"version":3},"timestamp":51,"clientToken":"t"}"#,
        );
        let event = event.unwrap();
        assert_eq!(event.client_token.as_deref(), Some("t"));
        let EventKind::Documents(document) = event.kind else {
            panic!("{event:?}");
        };
        assert_eq!(
            (document.version, document.timestamp),
            (3, UnixMillis(51_000))
        );
        assert!(document.desired.is_empty());
        let power = document.reported.leaf(&["power"]).unwrap();
        assert_eq!(power.value, Value::from("on"));
        assert_eq!(power.at, Some(UnixMillis(50_000)));
    }

    #[test]
    fn a_got_document_may_have_a_delta_and_its_metadata() {
        let event = parse(
            Operation::Accepted(Verb::Get),
            r#"{"state":{"desired":{"a":1},"delta":{"a":1}},"version":1,"timestamp":9,
            "metadata":{"desired":{"a":{"timestamp":8}},"delta":{"a":{"timestamp":8}}}}"#,
        );
        let Ok(ShadowEvent {
            kind: EventKind::Document(document),
            client_token: None,
        }) = event
        else {
            panic!("{event:?}");
        };
        assert_eq!(document.desired.leaf(&["a"]).unwrap().value, Value::from(1));
    }

    #[test]
    fn an_accepted_update_takes_its_time_from_the_metadata() {
        let event = parse(
            Operation::Accepted(Verb::Update),
            r#"{"state":{"desired":{"a":1}},"metadata":{"desired":{"a":{"timestamp":8}}},"version":4,"timestamp":9}"#,
        );
        let Ok(ShadowEvent {
            kind: EventKind::Updated { version, at, .. },
            ..
        }) = event
        else {
            panic!("{event:?}");
        };
        assert_eq!((version, at), (4, UnixMillis(8_000)));
    }

    #[test]
    fn refusals_and_deletions_are_read() {
        let rejected = parse(
            Operation::Rejected(Verb::Update),
            r#"{"code":409,"message":"Version conflict","clientToken":"t"}"#,
        );
        let kind = EventKind::Rejected {
            verb: Verb::Update,
            code: 409,
            message: "Version conflict".into(),
        };
        assert_eq!(
            rejected,
            Ok(ShadowEvent {
                kind,
                client_token: Some("t".into())
            })
        );
        let deleted = parse(
            Operation::Accepted(Verb::Delete),
            r#"{"version":2,"timestamp":1}"#,
        );
        let kind = EventKind::Deleted { version: 2 };
        assert_eq!(
            deleted,
            Ok(ShadowEvent {
                kind,
                client_token: None
            })
        );
    }

    #[test]
    fn what_lacks_a_part_is_refused_by_its_name() {
        let check = |operation, payload: &str, expected| {
            assert_eq!(parse(operation, payload), Err(expected), "{payload}");
        };
        let got = Operation::Accepted(Verb::Get);
        check(got, "{", EventError::Json(JsonError::NotAnObject));
        check(got, "{}", EventError::Member("timestamp"));
        check(got, r#"{"timestamp":1}"#, EventError::Member("version"));
        check(
            got,
            r#"{"timestamp":1,"version":-1}"#,
            EventError::Member("version"),
        );
        check(
            got,
            r#"{"timestamp":1,"version":1}"#,
            EventError::Member("state"),
        );
        let state = r#"{"timestamp":1,"version":1,"state":{"desired":1}}"#;
        check(got, state, EventError::Member("desired"));
        check(
            Operation::Documents,
            r#"{"timestamp":1}"#,
            EventError::Member("current"),
        );
        let rejected = Operation::Rejected(Verb::Get);
        check(
            rejected,
            r#"{"code":70000,"message":""}"#,
            EventError::Member("code"),
        );
        check(rejected, r#"{"code":400}"#, EventError::Member("message"));
        check(Operation::Delta, "{}", EventError::Topic);
        check(Operation::Request(Verb::Get), "{}", EventError::Topic);
    }
}
