//! The calls of a data endpoint over real sockets.

#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
mod common;
mod http {
    mod bounds;
    pub(crate) mod client;
    mod signed;
}

use common::{Server, publish, publish_1};
use http::client::{call, get};
use serde_json::json;

const LIST: &str = "/api/things/shadow/ListNamedShadowsForThing/lamp";
const SHADOW: &str = "/things/lamp/shadow";
const STALE: &str = r#"{"state":{"desired":{"power":"off"}},"version":7}"#;
const DESIRED: &str = r#"{"state":{"desired":{"power":"on"}}}"#;

#[tokio::test]
async fn a_shadow_is_updated_read_and_deleted() {
    let server = Server::start().await;
    for path in ["/things/a%3Ab/shadow", "/things/a:b/shadow?name=%24cfg"] {
        let updated = call(&server, "POST", path, DESIRED).await;
        assert_eq!(updated.status, 200, "{}", updated.body);
        assert_eq!(updated.header("content-type"), "application/json");
        assert_eq!(updated.header("x-amzn-requestid").len(), 36);
        assert_eq!(updated.header("x-amzn-errortype"), "");
        assert_eq!(updated.json()["state"]["desired"]["power"], "on");
        let read = get(&server, path).await;
        assert_eq!(read.status, 200);
        assert_eq!(read.json()["state"]["delta"]["power"], "on");
        assert_eq!(read.json()["version"], 1);
        let deleted = call(&server, "DELETE", path, "").await;
        assert_eq!(deleted.status, 200);
        assert_eq!(deleted.json()["version"], 1);
        assert_eq!(get(&server, path).await.status, 404);
    }
    server.stop().await;
}

/// Method, path and body of a request; status, exception and message of its answer.
type Refusal = (
    &'static str,
    &'static str,
    &'static str,
    u16,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const REFUSALS: [Refusal; 12] = [
    ("POST", SHADOW, STALE, 409, "ConflictException", "Version conflict"),
    ("POST", SHADOW, "{", 400, "InvalidRequestException", "Invalid JSON"),
    ("POST", SHADOW, "", 400, "InvalidRequestException", "Invalid JSON"),
    ("POST", SHADOW, "{}", 400, "InvalidRequestException", "Missing required node: state"),
    ("PUT", SHADOW, DESIRED, 405, "MethodNotAllowedException", "Method not allowed"),
    ("GET", "/things/nope/shadow", "", 404, "ResourceNotFoundException", "No shadow exists with name: 'nope'"),
    ("GET", "/things/lamp/shadow?name=cfg", "", 404, "ResourceNotFoundException", "No shadow exists with name: 'cfg'"),
    ("DELETE", "/things/nope/shadow", "", 404, "ResourceNotFoundException", "No shadow exists with name: 'nope'"),
    ("POST", "/topics/$aws%2Fthings%2Flamp%2Fshadow%2Fupdate%2Faccepted", "{}", 403, "ForbiddenException", "Forbidden"),
    ("POST", "/topics/a?qos=2", "", 400, "InvalidRequestException", "Invalid qos: it is 0 or 1"),
    ("GET", "/retainedMessage/a%2Fb", "", 404, "ResourceNotFoundException", "No retained message exists on topic: 'a/b'"),
    ("GET", "/things/lamp/nothing", "", 404, "ResourceNotFoundException", "Not found"),
];

#[tokio::test]
async fn every_refusal_has_awss_name_and_words() {
    let server = Server::start().await;
    call(&server, "POST", SHADOW, DESIRED).await;
    for (method, path, body, status, exception, message) in REFUSALS {
        let answer = call(&server, method, path, body).await;
        answer.expect_error(status, exception, message);
    }
    let text = "x".repeat(8192);
    let large = format!(r#"{{"state":{{"desired":{{"a":"{text}"}}}}}}"#);
    let message = "The payload exceeds the maximum size allowed";
    call(&server, "POST", SHADOW, &large).await.expect_error(
        413,
        "RequestEntityTooLargeException",
        message,
    );
    let put = call(&server, "PUT", SHADOW, DESIRED).await;
    assert_eq!(put.header("allow"), "GET,POST,DELETE");
    assert_eq!(get(&server, SHADOW).await.json()["version"], 1);
    server.stop().await;
}

#[tokio::test]
async fn mqtt_hears_of_updates_and_deletes_and_of_nothing_else() {
    let server = Server::start().await;
    let mut watcher = server.client("w").await;
    watcher.subscribe("$aws/things/lamp/shadow/#", 0).await;
    let path = "/things/lamp/shadow";
    assert_eq!(get(&server, path).await.status, 404);
    assert_eq!(call(&server, "POST", path, "{").await.status, 400);
    let accepted = call(&server, "POST", path, DESIRED).await;
    assert_eq!(get(&server, path).await.status, 200);
    let deleted = call(&server, "DELETE", path, r#"{"clientToken":"t"}"#).await;
    for suffix in [
        "update/accepted",
        "update/delta",
        "update/documents",
        "delete/accepted",
    ] {
        let (topic, payload) = watcher.message().await;
        assert_eq!(topic, format!("$aws/things/lamp/shadow/{suffix}"));
        match suffix {
            "update/accepted" => assert_eq!(payload, accepted.body),
            "delete/accepted" => assert_eq!(payload, deleted.body),
            _ => {}
        }
    }
    assert_eq!(deleted.json()["clientToken"], "t");
    server.stop().await;
}

#[tokio::test]
async fn a_message_is_published_as_if_over_mqtt() {
    let server = Server::start().await;
    let mut subscriber = server.client("s").await;
    subscriber.subscribe("étage/+", 1).await;
    let published = call(&server, "POST", "/topics/%C3%A9tage%2F1?qos=1", "hello").await;
    assert_eq!(published.status, 200);
    let trace_id = published.header("x-amzn-requestid");
    assert_eq!(
        published.json(),
        json!({ "message": "OK", "traceId": trace_id })
    );
    subscriber.expect(&publish_1("étage/1", 1, "hello")).await;
    let published = call(&server, "POST", "/topics/%C3%A9tage/2", "again").await;
    assert_eq!(published.status, 200);
    assert_ne!(published.header("x-amzn-requestid"), trace_id);
    subscriber.expect(&publish("étage/2", "again", 0)).await;
    server.stop().await;
}

#[tokio::test]
async fn a_shadow_request_that_is_published_is_answered_over_mqtt() {
    let server = Server::start().await;
    let mut watcher = server.client("w").await;
    watcher.subscribe("$aws/things/+/shadow/+/+", 0).await;
    let path = |verb| format!("/topics/$aws/things/lamp/shadow/{verb}");
    for (verb, body) in [
        ("get", ""),
        ("update", DESIRED),
        ("get", r#"{"clientToken":"t"}"#),
    ] {
        let published = call(&server, "POST", &path(verb), body).await;
        assert_eq!(
            (published.status, published.json()["message"].as_str()),
            (200, Some("OK"))
        );
    }
    for suffix in [
        "get/rejected",
        "update/accepted",
        "update/delta",
        "update/documents",
        "get/accepted",
    ] {
        let (topic, _) = watcher.message().await;
        assert_eq!(topic, format!("$aws/things/lamp/shadow/{suffix}"));
    }
    server.stop().await;
}

#[tokio::test]
async fn retained_messages_are_kept_listed_and_forgotten() {
    let server = Server::start().await;
    for (topic, payload) in [("b", "2"), ("a%2F1", "héllo"), ("c", "3")] {
        let path = format!("/topics/{topic}?qos=1&retain=true");
        assert_eq!(call(&server, "POST", &path, payload).await.status, 200);
    }
    call(&server, "POST", "/topics/not-kept?qos=1", "x").await;
    let kept = get(&server, "/retainedMessage/a%2F1").await.json();
    let modified = &kept["lastModifiedTime"];
    assert!(modified.as_i64().unwrap() > 1_700_000_000_000);
    let whole =
        json!({ "topic": "a/1", "payload": "aMOpbGxv", "qos": 1, "lastModifiedTime": modified });
    assert_eq!(kept, whole);

    let first = get(&server, "/retainedMessage?maxResults=2").await.json();
    let summary =
        json!({ "topic": "a/1", "payloadSize": 6, "qos": 1, "lastModifiedTime": modified });
    assert_eq!(first["retainedTopics"][0], summary);
    assert_eq!(first["retainedTopics"][1]["topic"], "b");
    let token = first["nextToken"].as_str().unwrap();
    let second = get(&server, &format!("/retainedMessage?nextToken={token}"))
        .await
        .json();
    assert_eq!(second["retainedTopics"].as_array().unwrap().len(), 1);
    assert_eq!(second["retainedTopics"][0]["topic"], "c");
    assert_eq!(second.get("nextToken"), None);

    call(&server, "POST", "/topics/a/1?retain=true", "").await;
    assert_eq!(get(&server, "/retainedMessage/a%2F1").await.status, 404);
    server.stop().await;
}

#[tokio::test]
async fn two_hundred_and_fifty_named_shadows_come_page_by_page() {
    let server = Server::start().await;
    let names: Vec<String> = (0..250).map(|index| format!("cfg-{index:03}")).collect();
    for name in &names {
        let path = format!("/things/lamp/shadow?name={name}");
        assert_eq!(call(&server, "POST", &path, DESIRED).await.status, 200);
    }
    call(&server, "POST", "/things/lamp/shadow", DESIRED).await;
    let mut found = Vec::new();
    let mut pages = 0;
    let mut path = format!("{LIST}?pageSize=70");
    loop {
        let page = get(&server, &path).await.json();
        let results = page["results"].as_array().unwrap();
        assert!(
            page["timestamp"].as_i64().unwrap() < 100_000_000_000,
            "in seconds"
        );
        found.extend(results.iter().map(|name| name.as_str().unwrap().to_owned()));
        pages += 1;
        let Some(token) = page["nextToken"].as_str() else {
            break;
        };
        path = format!("{LIST}?pageSize=70&nextToken={token}");
    }
    assert_eq!((pages, found), (4, names));
    let unknown = get(&server, "/api/things/shadow/ListNamedShadowsForThing/nope").await;
    assert_eq!(
        (unknown.status, &unknown.json()["results"]),
        (200, &json!([]))
    );
    for query in [
        "pageSize=101",
        "pageSize=0",
        "nextToken=made-up!",
        "nextToken=%00",
    ] {
        let answer = get(&server, &format!("{LIST}?{query}")).await;
        assert_eq!(
            answer.header("x-amzn-errortype"),
            "InvalidRequestException",
            "{query}"
        );
    }
    server.stop().await;
}
