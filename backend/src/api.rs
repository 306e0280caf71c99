//! The HTTP calls of an AWS IoT data endpoint as values: the parts of a request become a [`Call`], and what came of
//! it becomes an [`Answer`]. Knows no socket, and nothing of how a call is carried out.

mod answer;
mod error;
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
            return Ok(Self::GetRetainedMessage(TopicName::new(&uri::decode(
                topic,
            )?)?));
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

/// The parameters that only MQTT 5 knows are let by.
fn publish(topic: &str, query: &str, payload: Bytes) -> Result<Call, ApiError> {
    let topic = TopicName::new(&uri::decode(topic)?)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(method: &str, uri: &str) -> Result<Call, ApiError> {
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        Call::parse(method, path, query, Bytes::from_static(b"{}"))
    }

    fn check_shadow(method: &str, uri: &str, thing: &str, shadow: Option<&str>, verb: Verb) {
        let expected = Call::Shadow {
            thing: thing.to_owned(),
            shadow: shadow.map(str::to_owned),
            verb,
            body: Bytes::from_static(b"{}"),
        };
        assert_eq!(parse(method, uri), Ok(expected), "{uri}");
    }

    fn check_error(method: &str, uri: &str, status: u16) {
        let error = parse(method, uri).map_err(|error| error.status());
        assert_eq!(error, Err(status), "{method} {uri}");
    }

    fn topic(name: &str) -> TopicName {
        TopicName::new(name).unwrap()
    }

    #[test]
    fn shadows_are_named_by_path_and_query() {
        check_shadow("GET", "/things/lamp/shadow", "lamp", None, Verb::Get);
        check_shadow("POST", "/things/a%3Ab/shadow", "a:b", None, Verb::Update);
        let uri = "/things/lamp/shadow?x=1&name=%24cfg";
        check_shadow("DELETE", uri, "lamp", Some("$cfg"), Verb::Delete);
    }

    #[test]
    fn names_that_no_shadow_can_have_are_bad_requests() {
        for thing in [
            "",
            "..",
            "a%2Fb",
            "%00",
            "%ff",
            "%",
            "%4",
            "%zz",
            "caf%C3%A9",
            "a+b",
        ] {
            check_error("GET", &format!("/things/{thing}/shadow"), 400);
        }
        check_error("GET", &format!("/things/{}/shadow", "a".repeat(129)), 400);
        for shadow in ["name", "name=", "name=a%2Fb", "name=%80", "name=a/b"] {
            check_error("GET", &format!("/things/lamp/shadow?{shadow}"), 400);
        }
    }

    #[test]
    fn other_paths_and_methods_are_told_apart() {
        for path in [
            "/things",
            "/things/lamp",
            "/things/lamp/shadow/",
            "/things/a/b/shadow",
            "/api",
            "/api/things/shadow/ListNamedShadowsForThing",
            "/topics",
        ] {
            check_error("GET", path, 404);
            assert!(is_call(path), "{path}");
        }
        for (method, path) in [
            ("PUT", "/things/lamp/shadow"),
            ("OPTIONS", "/things/lamp/shadow"),
            ("get", "/things/lamp/shadow"),
            ("POST", "/api/things/shadow/ListNamedShadowsForThing/lamp"),
            ("GET", "/topics/a"),
            ("DELETE", "/retainedMessage/a"),
            ("POST", "/retainedMessage"),
        ] {
            check_error(method, path, 405);
        }
    }

    #[test]
    fn the_dashboards_paths_are_no_calls() {
        for path in [
            "/",
            "",
            "/mqtt",
            "/index.html",
            "/thingsy",
            "/%74hings",
            "*",
        ] {
            assert!(!is_call(path), "{path}");
        }
    }

    #[test]
    fn a_topic_comes_with_or_without_its_slashes_encoded() {
        let message = |name, qos, retain| {
            Ok(Call::Publish(Message {
                topic: topic(name),
                payload: Bytes::from_static(b"{}"),
                qos,
                retain,
            }))
        };
        let at_most_once = QoS::AtMostOnce;
        assert_eq!(
            parse("POST", "/topics/a%2Fb"),
            message("a/b", at_most_once, false)
        );
        assert_eq!(
            parse("POST", "/topics/a/b?retain=true&qos=1&contentType=x"),
            message("a/b", QoS::AtLeastOnce, true)
        );
        assert_eq!(
            parse("POST", "/topics/%C3%A9tage%20%3F?qos=0&retain=false"),
            message("étage ?", at_most_once, false)
        );
        for uri in ["/topics/", "/topics/a%2F%23", "/topics/+", "/topics/%00"] {
            check_error("POST", uri, 400);
        }
        for query in ["qos=2", "qos=", "qos=1%", "retain=1", "retain"] {
            check_error("POST", &format!("/topics/a?{query}"), 400);
        }
    }

    #[test]
    fn a_body_has_its_limit() {
        let call = |len| Call::parse("POST", "/topics/a", "", vec![0; len].into());
        assert!(call(MAX_BODY).is_ok());
        assert_eq!(call(MAX_BODY + 1), Err(ApiError::TooLarge));
    }

    #[test]
    fn lists_begin_behind_their_token() {
        let page = |after: Option<&str>, size| {
            Ok(Call::ListNamedShadowsForThing {
                thing: "lamp".to_owned(),
                page: Page {
                    after: after.map(str::to_owned),
                    size,
                },
            })
        };
        let path = "/api/things/shadow/ListNamedShadowsForThing/lamp";
        assert_eq!(parse("GET", path), page(None, 100));
        let uri = format!("{path}?nextToken={}&pageSize=7", token::write("cfg"));
        assert_eq!(parse("GET", &uri), page(Some("cfg"), 7));
        let uri = format!(
            "/retainedMessage?maxResults=200&nextToken={}",
            token::write("é/b")
        );
        let after = Some(topic("é/b"));
        let retained = Call::ListRetainedMessages(Page { after, size: 200 });
        assert_eq!(parse("GET", &uri), Ok(retained));
        assert_eq!(
            parse("GET", "/retainedMessage/a%2Fb"),
            Ok(Call::GetRetainedMessage(topic("a/b")))
        );
        check_error("GET", "/retainedMessage/", 400);
    }

    #[test]
    fn a_token_or_a_size_that_was_made_up_is_a_bad_request() {
        let path = "/api/things/shadow/ListNamedShadowsForThing/lamp";
        let foreign = token::write("not a shadow's name");
        for token in [
            "",
            "x",
            "%ff",
            "a b",
            "////",
            "Y2Zn=",
            &foreign,
            &"A".repeat(999),
        ] {
            check_error("GET", &format!("{path}?nextToken={token}"), 400);
        }
        for token in ["", "%00", &token::write("a/#"), &token::write("")] {
            check_error("GET", &format!("/retainedMessage?nextToken={token}"), 400);
        }
        for size in ["0", "101", "-1", "", "1e1", "99999999999999999999"] {
            check_error("GET", &format!("{path}?pageSize={size}"), 400);
        }
        check_error("GET", "/retainedMessage?maxResults=201", 400);
    }
}
