//! The real aws CLI against the backend: the article's commands, and the other calls of both endpoints.

#![allow(clippy::unwrap_used, clippy::panic)]

mod aws_cli {
    mod control;
    mod rules;
    pub(crate) mod shell;
    mod signed;
}
#[path = "common/aws.rs"]
mod aws;
#[allow(dead_code)]
mod common;
#[allow(dead_code)]
#[path = "common/folder.rs"]
mod folder;
#[allow(dead_code)]
#[path = "common/program.rs"]
mod program;

use aws_cli::shell::Shell;
use common::Client;
use serde_json::json;

#[tokio::test]
async fn the_article_updates_gets_and_meets_a_conflict() {
    let shell = Shell::open("aws-article").await;
    let get = ["get-thing-shadow", "--thing-name", "iPhone-6"];
    let off = r#"{"state": {"reported" : {"power" : "off"}}}"#;
    let first = shell.update("iPhone-6", off).await;
    assert_eq!(first["state"], json!({ "reported": { "power": "off" } }));
    let stamp = &first["metadata"]["reported"]["power"]["timestamp"];
    assert_eq!((stamp, &first["version"]), (&first["timestamp"], &json!(1)));

    let on = r#"{"state": {"desired" : {"power" : "on"}}}"#;
    let second = shell.update("iPhone-6", on).await;
    assert_eq!(second["state"], json!({ "desired": { "power": "on" } }));
    let state = json!({
        "desired": { "power": "on" },
        "reported": { "power": "off" },
        "delta": { "power": "on" },
    });
    assert_eq!(shell.answer(&get).await["state"], state);

    let on = r#"{"state": {"reported" : {"power" : "on"}}}"#;
    shell.update("iPhone-6", on).await;
    let state = json!({ "desired": { "power": "on" }, "reported": { "power": "on" } });
    let both = shell.answer(&get).await;
    assert_eq!((&both["state"], &both["version"]), (&state, &json!(3)));

    let payload = r#"{"state": {"reported" : {"power" : "on"}},"version" : 2}"#;
    let stale = [
        "update-thing-shadow",
        "--thing-name",
        "iPhone-6",
        "--payload",
        payload,
        "x.json",
    ];
    let message = "An error occurred (ConflictException) when calling the UpdateThingShadow operation: \
        Version conflict";
    shell.refused(&stale, message).await;
    assert_eq!(shell.answer(&get).await["version"], 3);
}

#[tokio::test]
async fn shadows_are_listed_missed_and_deleted() {
    let shell = Shell::open("aws-named").await;
    let thing = ["--thing-name", "a:b"];
    let of_cfg = ["--thing-name", "a:b", "--shadow-name", "cfg"];
    let payload = ["--payload", r#"{"state":{"desired":{"mode":"éco"}}}"#];
    let update = [&["update-thing-shadow"][..], &of_cfg, &payload].concat();
    assert_eq!(shell.answer(&update).await["version"], 1);
    let list = [&["list-named-shadows-for-thing"][..], &thing].concat();
    assert_eq!(shell.printed(&list).await["results"], json!(["cfg"]));

    let missing = [&["get-thing-shadow"][..], &thing, &["x.json"]].concat();
    let message = "An error occurred (ResourceNotFoundException) when calling the GetThingShadow operation: \
        No shadow exists with name: 'a:b'";
    shell.refused(&missing, message).await;

    let delete = [&["delete-thing-shadow"][..], &of_cfg].concat();
    assert_eq!(shell.answer(&delete).await["version"], 1);
    assert_eq!(shell.printed(&list).await["results"], json!([]));
}

#[tokio::test]
async fn messages_are_published_and_retained_ones_found() {
    let shell = Shell::open("aws-publish").await;
    let mut subscriber = Client::connected(shell.program.mqtt, "s").await;
    subscriber.subscribe("étage/#", 0).await;
    for (topic, payload) in [("étage/1", "hello wörld"), ("étage/2", "again")] {
        let words = [
            "publish",
            "--topic",
            topic,
            "--qos",
            "1",
            "--retain",
            "--payload",
            payload,
        ];
        shell.printed(&words).await;
        let expected = (topic.to_owned(), payload.to_owned());
        assert_eq!(subscriber.message().await, expected);
    }
    let kept = shell
        .printed(&["get-retained-message", "--topic", "étage/1"])
        .await;
    assert_eq!(
        (&kept["payload"], &kept["qos"]),
        (&json!("aGVsbG8gd8O2cmxk"), &json!(1))
    );
    // One a page: the CLI follows nextToken by itself.
    let all = shell
        .printed(&["list-retained-messages", "--page-size", "1"])
        .await;
    let topics = all["retainedTopics"].as_array().unwrap();
    let topics: Vec<_> = topics.iter().map(|message| &message["topic"]).collect();
    assert_eq!(topics, ["étage/1", "étage/2"]);

    let reserved = [
        "publish",
        "--topic",
        "$aws/things/a/shadow/update/accepted",
        "--payload",
        "{}",
    ];
    let message =
        "An error occurred (ForbiddenException) when calling the Publish operation: Forbidden";
    shell.refused(&reserved, message).await;
}
