//! From what came of a call to a status, an exception name and a JSON body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use gnomon::message::QoS;
use serde_json::{Value, json};

use super::{ApiError, Outcome};
use crate::broker::RetainedMessage;

/// What goes back to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// For the header `x-amzn-ErrorType`: without it the aws CLI would print the bare status.
    pub exception: Option<&'static str>,
    /// For the header `Allow`.
    pub allow: Option<&'static str>,
    /// JSON.
    pub body: Bytes,
}

impl Answer {
    pub fn new(result: Result<Outcome, ApiError>, trace_id: &str) -> Self {
        match result {
            Ok(outcome) => Self {
                status: 200,
                exception: None,
                allow: None,
                body: body(outcome, trace_id),
            },
            Err(error) => Self {
                status: error.status(),
                exception: Some(error.exception()),
                allow: match error {
                    ApiError::MethodNotAllowed { allowed } => Some(allowed),
                    _ => None,
                },
                body: failure(&error, trace_id),
            },
        }
    }
}

fn body(outcome: Outcome, trace_id: &str) -> Bytes {
    match outcome {
        Outcome::Shadow(body) => body,
        Outcome::NamedShadows { names, now } => {
            let next_token = names.next_token(String::clone);
            let mut list = json!({ "results": names.items, "timestamp": now.seconds() });
            add(&mut list, next_token);
            bytes(&list)
        }
        Outcome::Published => message("OK", trace_id),
        Outcome::RetainedMessages(messages) => {
            let topics: Vec<Value> = messages.items.iter().map(summary).collect();
            let mut list = json!({ "retainedTopics": topics });
            add(&mut list, messages.next_token(|it| topic(it).to_owned()));
            bytes(&list)
        }
        Outcome::RetainedMessage(retained) => {
            let payload = STANDARD.encode(&retained.message.payload);
            let mut whole = description(&retained);
            whole["payload"] = payload.into();
            bytes(&whole)
        }
        Outcome::Document(document) => bytes(&document),
        // A search that is under way is never answered.
        Outcome::Done | Outcome::Searching(_) => Bytes::new(),
    }
}

fn summary(retained: &RetainedMessage) -> Value {
    let mut summary = description(retained);
    summary["payloadSize"] = retained.message.payload.len().into();
    summary
}

fn description(retained: &RetainedMessage) -> Value {
    let qos = match retained.message.qos {
        QoS::AtMostOnce => 0,
        QoS::AtLeastOnce => 1,
    };
    json!({ "topic": topic(retained), "qos": qos, "lastModifiedTime": retained.stored.0 })
}

fn topic(retained: &RetainedMessage) -> &str {
    retained.message.topic.as_str()
}

fn add(list: &mut Value, next_token: Option<String>) {
    if let Some(token) = next_token {
        list["nextToken"] = token.into();
    }
}

fn message(text: &str, trace_id: &str) -> Bytes {
    bytes(&json!({ "message": text, "traceId": trace_id }))
}

/// What is there already is named beside the message.
fn failure(error: &ApiError, trace_id: &str) -> Bytes {
    let mut body = json!({ "message": error.to_string(), "traceId": trace_id });
    if let Some((id, arn)) = error.resource() {
        body["resourceId"] = id.into();
        body["resourceArn"] = arn.into();
    }
    bytes(&body)
}

fn bytes(json: &Value) -> Bytes {
    json.to_string().into()
}

#[cfg(test)]
mod tests {
    use super::super::Listed;
    use super::*;
    use gnomon::message::Message;
    use gnomon::shadow::error::ShadowError;
    use gnomon::time::UnixMillis;
    use gnomon::topic::TopicName;

    fn check(result: Result<Outcome, ApiError>, status: u16, exception: &str, body: &str) {
        let answer = Answer::new(result, "t-1");
        assert_eq!(answer.status, status);
        assert_eq!(answer.exception.unwrap_or_default(), exception);
        assert_eq!(str::from_utf8(&answer.body), Ok(body));
    }

    fn retained(topic: &str) -> RetainedMessage {
        RetainedMessage {
            message: Message {
                topic: TopicName::new(topic).unwrap(),
                payload: Bytes::from_static(b"\xff\x00x"),
                qos: QoS::AtLeastOnce,
                retain: true,
            },
            stored: UnixMillis(1_700_000_000_001),
        }
    }

    #[test]
    fn errors_carry_awss_names_and_words() {
        check(
            Err(ShadowError::VersionConflict.into()),
            409,
            "ConflictException",
            r#"{"message":"Version conflict","traceId":"t-1"}"#,
        );
        check(
            Err(ShadowError::NotFound("lamp".into()).into()),
            404,
            "ResourceNotFoundException",
            r#"{"message":"No shadow exists with name: 'lamp'","traceId":"t-1"}"#,
        );
        check(
            Err(ApiError::NothingRetained("a\"b".into())),
            404,
            "ResourceNotFoundException",
            r#"{"message":"No retained message exists on topic: 'a\"b'","traceId":"t-1"}"#,
        );
        let allowed = "GET";
        let answer = Answer::new(Err(ApiError::MethodNotAllowed { allowed }), "");
        assert_eq!(answer.exception, Some("MethodNotAllowedException"));
        assert_eq!(answer.allow, Some("GET"));
    }

    #[test]
    fn a_shadow_goes_out_as_the_service_wrote_it() {
        let body = r#"{ "state":1.0 }"#;
        check(Ok(Outcome::Shadow(body.into())), 200, "", body);
        let published = r#"{"message":"OK","traceId":"t-1"}"#;
        check(Ok(Outcome::Published), 200, "", published);
    }

    #[test]
    fn a_list_names_where_to_go_on_only_when_there_is_more() {
        let names = |more| {
            let items = vec!["a".to_owned(), "cfg".to_owned()];
            let names = Listed { items, more };
            let now = UnixMillis(5_999);
            Ok(Outcome::NamedShadows { names, now })
        };
        let last = r#"{"results":["a","cfg"],"timestamp":5}"#;
        check(names(false), 200, "", last);
        let first = r#"{"nextToken":"Y2Zn","results":["a","cfg"],"timestamp":5}"#;
        check(names(true), 200, "", first);
    }

    #[test]
    fn retained_messages_are_described_in_lists_and_whole_alone() {
        let items = vec![retained("a/b")];
        let listed = Listed { items, more: true };
        check(
            Ok(Outcome::RetainedMessages(listed)),
            200,
            "",
            r#"{"nextToken":"YS9i","retainedTopics":[{"lastModifiedTime":1700000000001,"payloadSize":3,"qos":1,"topic":"a/b"}]}"#,
        );
        check(
            Ok(Outcome::RetainedMessage(retained("a/b"))),
            200,
            "",
            r#"{"lastModifiedTime":1700000000001,"payload":"/wB4","qos":1,"topic":"a/b"}"#,
        );
    }
}
