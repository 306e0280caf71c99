//! From a request's parts to a call, and which requests are none.

mod control;
mod rules;

use gnomon::message::{Message, QoS};
use gnomon::shadow::topics::Verb;
use gnomon::topic::TopicName;
use proptest::prelude::*;

use super::*;

const ARN: &str = "arn:aws:iot:eu-west-1:111:cert/00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff";

fn parse(method: &str, uri: &str) -> Result<Call, ApiError> {
    parse_with(method, uri, "{}")
}

/// With the headers of a principal and a policy.
fn parse_with(method: &str, uri: &str, body: &str) -> Result<Call, ApiError> {
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    Call::parse(&Request {
        method,
        path,
        query,
        host: "localhost",
        principal: Some(ARN),
        policy: Some("P"),
        body: body.to_owned().into(),
    })
}

fn data(call: DataCall) -> Result<Call, ApiError> {
    Ok(Call::Data(call))
}

fn check_shadow(method: &str, uri: &str, thing: &str, shadow: Option<&str>, verb: Verb) {
    let expected = data(DataCall::Shadow {
        thing: thing.to_owned(),
        shadow: shadow.map(str::to_owned),
        verb,
        body: Bytes::from_static(b"{}"),
    });
    assert_eq!(parse(method, uri), expected, "{uri}");
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
        "/things/lamp/shadow/",
        "/things/lamp/nothing",
        "/things/a/b/shadow",
        "/principals",
        "/certificate",
        "/indices/AWS_Things",
        "/policies/p/version/1/2",
        "/api",
        "/api/things/shadow/ListNamedShadowsForThing",
        "/topics",
    ] {
        check_error("GET", path, 404);
        assert!(plane(path).is_some(), "{path}");
    }
    for (method, path) in [
        ("PUT", "/things/lamp/shadow"),
        ("OPTIONS", "/things/lamp/shadow"),
        ("get", "/things/lamp/shadow"),
        ("POST", "/api/things/shadow/ListNamedShadowsForThing/lamp"),
        ("GET", "/topics/a"),
        ("DELETE", "/retainedMessage/a"),
        ("POST", "/retainedMessage"),
        ("POST", "/things"),
        ("PUT", "/things/lamp"),
        ("POST", "/things/lamp/principals"),
        ("DELETE", "/policies"),
        ("GET", "/target-policies/p"),
        ("GET", "/keys-and-certificate"),
        ("POST", "/endpoint"),
        ("GET", "/indices/search"),
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
        "/Policies",
        "/endpoints",
    ] {
        assert_eq!(plane(path), None, "{path}");
    }
}

#[test]
fn a_topic_comes_with_or_without_its_slashes_encoded() {
    let message = |name, qos, retain| {
        data(DataCall::Publish(Message {
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

proptest! {
    #[test]
    fn whatever_is_asked_has_an_answer(
        method in prop_oneof![Just("GET"), Just("POST"), Just("DELETE"), Just("PUT"), Just("PATCH")],
        path in "/(api|retainedMessage|things|topics|policies|certificates|thing-types|principal-policies|indices)\
            (/(search|principals|version|deprecate|([a-zA-Z%/+#$.0-9]|\\PC){0,20})){0,5}",
        query in "(name|nextToken|marker|pageSize|maxResults|qos|newStatus)=([a-zA-Z%&=_0-9]|\\PC){0,20}",
        body in "\\{(\"(policyDocument|target|queryString|attributePayload)\":[\"{}a:1,]{0,9}){0,2}\\}",
    ) {
        if let Err(error) = parse_with(method, &format!("{path}?{query}"), &body) {
            prop_assert!((400..502).contains(&error.status()));
        }
    }
}

#[test]
fn a_body_has_its_limit() {
    let call = |len| parse_with("POST", "/topics/a", &"x".repeat(len));
    assert!(call(MAX_BODY).is_ok());
    assert_eq!(call(MAX_BODY + 1), Err(ApiError::TooLarge));
}

#[test]
fn lists_begin_behind_their_token() {
    let page = |after: Option<&str>, size| {
        data(DataCall::ListNamedShadowsForThing {
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
    let retained = DataCall::ListRetainedMessages(Page { after, size: 200 });
    assert_eq!(parse("GET", &uri), data(retained));
    assert_eq!(
        parse("GET", "/retainedMessage/a%2Fb"),
        data(DataCall::GetRetainedMessage(topic("a/b")))
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
