//! What does not go into the folder at once, and what never does.

use serde_json::json;

use super::world::{World, create, fields, republish, rule, store};

const EVERYTHING: &str = "SELECT * FROM 'in/#'";

#[tokio::test]
async fn no_key_leads_out_of_the_folder() {
    let world = World::start("escape").await;
    world
        .create("keys", EVERYTHING, store("bucket", "${key}"))
        .await;
    let keys = [
        "../../escaped",
        "/escaped",
        "..",
        "a/../../escaped",
        "a//b",
        "a/",
        "nul\0",
        "",
        "line\nfeed",
        &"x".repeat(256),
        &"y/".repeat(600),
    ];
    for key in keys {
        world
            .publish("in/x", &json!({ "key": key }).to_string())
            .await;
    }
    world.publish("in/x", r#"{"key":"fine"}"#).await;
    let errors = world.errors(keys.len()).await;
    for error in &errors {
        assert_eq!(error["ruleName"], "keys");
        assert_eq!(error["failures"][0]["failedResource"], "bucket");
        assert!(error["timestamp"].is_u64());
    }
    let objects = world.objects("bucket", 1).await;
    assert_eq!(objects[0].0, "fine");
    let outside = std::fs::read_dir(world.path("objects")).unwrap();
    assert_eq!(outside.count(), 2, "the bucket, and the folder of drafts");
    assert!(!world.path("escaped").exists());
    let wanted = |figures: &serde_json::Value| figures["queued"] == 0;
    let figures = world.figures("keys", wanted).await;
    let retrying = fields(&figures, ["failed", "retrying"]);
    assert_eq!(retrying, [keys.len() as u64, 0]);
    world.stop().await;
}

#[tokio::test]
async fn a_store_that_fails_is_tried_again_and_holds_up_nobody_else() {
    let world = World::start("fails").await;
    world.block("blocked");
    world
        .create("blocked", EVERYTHING, store("blocked", "${n}"))
        .await;
    world
        .create("free", EVERYTHING, store("free", "${n}"))
        .await;
    world.publish_numbers("in/x", 20).await;
    assert_eq!(world.objects("free", 20).await.len(), 20);
    let figures = world
        .figures("blocked", |figures| figures["retrying"].as_u64() > Some(0))
        .await;
    assert_eq!(fields(&figures, ["failed", "queued"]), [0, 20]);
    world.unblock("blocked");
    assert_eq!(world.objects("blocked", 20).await.len(), 20);
    let wanted = |figures: &serde_json::Value| figures["queued"] == 0;
    let figures = world.figures("blocked", wanted).await;
    assert_eq!(fields(&figures, ["failed", "retrying", "lost"]), [0, 0, 0]);
    world.stop().await;
}

#[tokio::test]
async fn what_was_not_stored_when_the_process_ends_is_stored_after_the_next_start() {
    let world = World::start("restart").await;
    world.block("bucket");
    let key = "${n}-${newuuid()}";
    world
        .create("durable", EVERYTHING, store("bucket", key))
        .await;
    world.publish_numbers("in/x", 20).await;
    let retrying = |figures: &serde_json::Value| figures["retrying"].as_u64() > Some(0);
    world.figures("durable", retrying).await;
    let remove = |folder: &std::path::Path| {
        std::fs::remove_file(folder.join("objects/bucket")).unwrap();
    };
    let world = world.restart(remove).await;
    let objects = world.objects("bucket", 20).await;
    for (key, bytes) in objects {
        let number = key.split('-').next().unwrap();
        assert_eq!(bytes, format!("{{\"n\":{number}}}").as_bytes());
    }
    world.stop().await;
}

#[tokio::test]
async fn objects_that_took_anothers_place_are_counted() {
    let world = World::start("overwritten").await;
    world
        .create("latest", EVERYTHING, store("bucket", "latest"))
        .await;
    world.publish_numbers("in/x", 20).await;
    let wanted = |figures: &serde_json::Value| figures["queued"] == 0;
    let figures = world.figures("latest", wanted).await;
    assert_eq!(fields(&figures, ["fired", "overwritten"]), [20, 19]);
    assert_eq!(figures["actions"][0]["done"], 20);
    let objects = world.objects("bucket", 1).await;
    assert_eq!(objects[0].1, b"{\"n\":19}", "the newest one stays");
    world.stop().await;
}

#[tokio::test]
async fn an_error_action_that_fails_too_leaves_a_line() {
    let world = World::start("error-line").await;
    let mut fails = rule(EVERYTHING, &[store("bucket", "a/../b")]);
    fails["errorAction"] = republish("no/#/topic", 0);
    create(&world.server, "fails", &fails).await;
    fails["errorAction"] = store("errors", "${topic(2)}.json");
    create(&world.server, "tells", &fails).await;
    world.publish("in/x", "{}").await;
    let errors = world.errors(1).await;
    assert_eq!(errors[0]["ruleName"], "fails");
    let failures = errors[0]["failures"].as_array().unwrap();
    let failed: Vec<_> = failures
        .iter()
        .map(|it| it["failedResource"].clone())
        .collect();
    assert_eq!(failed, ["bucket", "no/#/topic"]);
    let (name, document) = world.objects("errors", 1).await.remove(0);
    let document: serde_json::Value = serde_json::from_slice(&document).unwrap();
    assert_eq!((&*name, &document["ruleName"]), ("x.json", &json!("tells")));
    world.stop().await;
}
