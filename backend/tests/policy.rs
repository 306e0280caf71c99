//! `--policy` over real sockets: what is allowed works, what is not closes the connection, and HTTP gets AWS's words.

#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
mod common;
mod http {
    #[allow(dead_code)]
    pub(crate) mod client;
}

use std::path::Path;
use std::process::{Command, Stdio};

use common::{CONNACK, Client, Server, connect, connect_with, publish, publish_1, subscribe};
use http::client::{call, get};

const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "iot:Connect",
      "Resource": "arn:aws:iot:ap-northeast-1:999999999999:client/${iot:ClientId}"
    },
    {
      "Effect": "Deny",
      "Action": "iot:Connect",
      "Resource": "arn:aws:iot:ap-northeast-1:999999999999:client/intruder*"
    },
    {
      "Effect": "Allow",
      "Action": ["iot:Publish", "iot:Receive"],
      "Resource": [
        "arn:aws:iot:ap-northeast-1:999999999999:topic/open/*",
        "arn:aws:iot:ap-northeast-1:999999999999:topic/$aws/things/lamp/shadow/*"
      ]
    },
    {
      "Effect": "Allow",
      "Action": "iot:RetainPublish",
      "Resource": "arn:aws:iot:ap-northeast-1:999999999999:topic/open/kept"
    },
    {
      "Effect": "Allow",
      "Action": "iot:Publish",
      "Resource": "arn:aws:iot:ap-northeast-1:999999999999:topic/blind/*"
    },
    {
      "Effect": "Allow",
      "Action": "iot:Subscribe",
      "Resource": [
        "arn:aws:iot:ap-northeast-1:999999999999:topicfilter/open/*",
        "arn:aws:iot:ap-northeast-1:999999999999:topicfilter/blind/+",
        "arn:aws:iot:ap-northeast-1:999999999999:topicfilter/$aws/things/lamp/shadow/*"
      ]
    },
    {
      "Effect": "Allow",
      "Action": "iot:GetThingShadow",
      "Resource": "arn:aws:iot:ap-northeast-1:999999999999:thing/lamp"
    }
  ]
}"#;

/// All that was sent before this was handled.
async fn settle(client: &mut Client) {
    client.send(&[0xc0, 0]).await;
    client.expect(&[0xd0, 0]).await;
}

#[tokio::test]
async fn what_is_allowed_works_and_what_is_not_closes_the_connection() {
    let server = Server::governed(POLICY).await;
    let mut subscriber = server.client("s").await;
    subscriber.subscribe("open/#", 1).await;
    let mut publisher = server.client("p").await;
    publisher.send(&publish_1("open/a", 9, "hello")).await;
    publisher.expect(&[0x40, 2, 0, 9]).await;
    subscriber.expect(&publish_1("open/a", 1, "hello")).await;
    publisher.send(&publish_1("closed/a", 10, "hello")).await;
    publisher.expect_end().await;
    subscriber.send(&subscribe("#", 0)).await;
    subscriber.expect_end().await;
    server.stop().await;
}

#[tokio::test]
async fn a_connect_that_is_not_allowed_gets_no_connack() {
    let server = Server::governed(POLICY).await;
    let mut client = server.open().await;
    client.send(&connect("intruder-1")).await;
    client.expect_end().await;
    let mut client = server.open().await;
    client
        .send(&connect_with("m", 0b110, &["closed/will", "gone"]))
        .await;
    client.expect_end().await;
    let mut watcher = server.client("w").await;
    watcher.subscribe("open/+", 0).await;
    let mut client = server.open().await;
    client
        .send(&connect_with("m", 0b110, &["open/will", "gone"]))
        .await;
    client.expect(CONNACK).await;
    client.send(&publish("closed/a", "x", 0)).await;
    client.expect_end().await;
    watcher.expect(&publish("open/will", "gone", 0)).await;
    server.stop().await;
}

#[tokio::test]
async fn who_may_not_receive_gets_nothing_and_retain_needs_its_own_permission() {
    let server = Server::governed(POLICY).await;
    let mut subscriber = server.client("s").await;
    subscriber.subscribe("blind/+", 0).await;
    subscriber.subscribe("open/+", 0).await;
    let mut publisher = server.client("p").await;
    publisher.send(&publish("blind/a", "unseen", 0)).await;
    publisher.send(&publish("open/kept", "seen", 1)).await;
    settle(&mut publisher).await;
    subscriber.expect(&publish("open/kept", "seen", 0)).await;
    publisher.send(&publish("open/other", "x", 1)).await;
    publisher.expect_end().await;
    subscriber.subscribe("open/kept", 0).await;
    subscriber.expect(&publish("open/kept", "seen", 1)).await;
    server.stop().await;
}

#[tokio::test]
async fn a_shadow_needs_topics_over_mqtt_and_the_shadow_actions_over_http() {
    let server = Server::governed(POLICY).await;
    let mut client = server.client("c").await;
    let accepted = "$aws/things/lamp/shadow/update/accepted";
    client.subscribe(accepted, 0).await;
    client
        .send(&publish(
            "$aws/things/lamp/shadow/update",
            r#"{"state":{"desired":{"a":1}}}"#,
            0,
        ))
        .await;
    assert_eq!(client.message().await.0, accepted);
    let read = get(&server, "/things/lamp/shadow").await;
    assert_eq!(read.json()["state"]["desired"]["a"], 1);
    for (method, path, body) in [
        ("POST", "/things/lamp/shadow", r#"{"state":{}}"#),
        ("DELETE", "/things/lamp/shadow", ""),
        ("GET", "/things/lamp/shadow?name=other", ""),
        ("GET", "/things/fan/shadow", ""),
        (
            "GET",
            "/api/things/shadow/ListNamedShadowsForThing/lamp",
            "",
        ),
        ("POST", "/topics/closed", "x"),
        ("POST", "/topics/open/a?retain=true", "x"),
        ("GET", "/retainedMessage/open%2Fkept", ""),
        ("GET", "/retainedMessage", ""),
    ] {
        let refused = call(&server, method, path, body).await;
        refused.expect_error(403, "ForbiddenException", "Forbidden");
    }
    assert_eq!(
        call(&server, "POST", "/topics/open/a", "x").await.status,
        200
    );
    client
        .send(&publish("$aws/things/fan/shadow/get", "", 0))
        .await;
    client.expect_end().await;
    server.stop().await;
}

#[tokio::test]
async fn who_is_governed_cannot_make_policies_and_certificates_of_their_own() {
    let server = Server::governed(POLICY).await;
    for (method, path, body) in [
        ("POST", "/keys-and-certificate?setAsActive=true", ""),
        ("POST", "/policies/mine", r#"{"policyDocument":"{}"}"#),
        ("GET", "/policies", ""),
        ("POST", "/things/lamp", "{}"),
        ("GET", "/things", ""),
        ("GET", "/certificates", ""),
        ("GET", "/thing-types", ""),
        ("GET", "/endpoint?endpointType=iot:Data-ATS", ""),
        ("POST", "/indices/search", r#"{"queryString":"*"}"#),
    ] {
        let refused = call(&server, method, path, body).await;
        assert_eq!(refused.status, 403, "{method} {path} {}", refused.body);
    }
    server.stop().await;
}

#[test]
fn a_policy_that_cannot_be_read_is_named_at_the_start() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("policy");
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).unwrap();
        name.to_owned()
    };
    let not_action = POLICY.replacen("\"Action\"", "\"NotAction\"", 1);
    for (name, words) in [
        ("nowhere.json".to_owned(), "No such file"),
        (file("half.json", &POLICY[..200]), "no policy"),
        (
            file("not-action.json", &not_action),
            "NotAction is not supported",
        ),
    ] {
        let started = Command::new(env!("CARGO_BIN_EXE_gnomon-backend"))
            .args([
                "--mqtt", "off", "--mqtts", "off", "--http", "off", "--https", "off",
            ])
            .args(["--policy", &name])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let error = String::from_utf8(started.stderr).unwrap();
        assert_eq!(started.status.code(), Some(1), "{error}");
        assert!(error.contains(&format!("--policy {name}: ")), "{error}");
        assert!(error.contains(words), "{error}");
    }
}
