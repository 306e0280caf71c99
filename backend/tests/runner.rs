//! Rules carried out: from a message over the network to an object in a folder, another message, or an error that is
//! told.

#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
#[path = "http/client.rs"]
mod client;
#[allow(dead_code)]
mod common;
#[allow(dead_code)]
#[path = "common/folder.rs"]
mod folder;
mod runner {
    mod objects;
    mod stores;
    pub(crate) mod world;
}

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Server, publish};
use runner::world::{World, create, fields, republish, rule, store};
use serde_json::{Value, json};

#[tokio::test]
async fn a_message_becomes_an_object_with_its_bytes() {
    let world = World::start("bytes").await;
    let article = store("iphone6", "iphone6-location-${timestamp()}-${newuuid()}");
    world
        .create("article", "SELECT * FROM 'topic_1'", article)
        .await;
    let payload = r#"{"latitude":35.681298,"longitude":139.766247,"note":"東京"}"#;
    world.publish("topic_1", payload).await;
    world.publish("topic_2", payload).await;
    let (name, bytes) = world.objects("iphone6", 1).await.remove(0);
    assert!(name.starts_with("iphone6-location-1"), "{name}");
    assert_eq!(bytes, payload.as_bytes());
    let figures = world
        .figures("article", |figures| figures["queued"] == 0)
        .await;
    assert_eq!(
        fields(&figures, ["matched", "fired", "failed", "overwritten"]),
        [1, 1, 0, 0]
    );
    world.stop().await;
}

#[tokio::test]
async fn only_where_it_is_true_a_rule_does_anything() {
    let world = World::start("where").await;
    let sql = "SELECT speed AS v FROM 'cars/+' WHERE speed > 50";
    world
        .create("fast", sql, store("fast", "${topic(2)}"))
        .await;
    for (topic, speed) in [("cars/a", 20), ("cars/b", 90), ("cars/c", 50)] {
        world
            .publish(topic, &json!({ "speed": speed }).to_string())
            .await;
    }
    let objects = world.objects("fast", 1).await;
    assert_eq!(objects, [("b".to_owned(), b"{\"v\":90}".to_vec())]);
    let figures = world
        .figures("fast", |figures| figures["queued"] == 0)
        .await;
    assert_eq!(fields(&figures, ["matched", "fired"]), [3, 1]);
    world.stop().await;
}

#[tokio::test]
async fn messages_are_republished_in_the_order_in_which_they_came() {
    let server = Server::start().await;
    let again = rule("SELECT n FROM 'in'", &[republish("out/${n % 2}", 0)]);
    create(&server, "again", &again).await;
    let (mut device, mut page) = (server.client("device").await, server.client("page").await);
    page.subscribe("out/#", 0).await;
    for number in 0..500 {
        let payload = json!({ "n": number }).to_string();
        device.send(&publish("in", &payload, 0)).await;
    }
    for number in 0..500 {
        let expected = (format!("out/{}", number % 2), format!("{{\"n\":{number}}}"));
        assert_eq!(page.message().await, expected);
    }
    server.stop().await;
}

#[tokio::test]
async fn one_shadow_drives_another_device() {
    let server = Server::start().await;
    let sql = "SELECT state.reported.power AS state.desired.power \
        FROM '$aws/things/+/shadow/update/accepted' WHERE topic(3) = 'button'";
    let lamp = republish("$$aws/things/lamp/shadow/update", 1);
    create(&server, "drives", &rule(sql, &[lamp])).await;
    let reported = r#"{"state":{"reported":{"power":"on"}}}"#;
    let updated = client::call(&server, "POST", "/things/button/shadow", reported).await;
    assert_eq!(updated.status, 200, "{}", updated.body);
    let lamp = common::patiently(async {
        loop {
            let shadow = client::get(&server, "/things/lamp/shadow").await;
            if shadow.status == 200 {
                return shadow.json();
            }
        }
    });
    assert_eq!(lamp.await["state"]["desired"], json!({ "power": "on" }));
    server.stop().await;
}

#[tokio::test]
async fn rules_that_feed_each_other_end_in_the_file_of_errors() {
    let world = World::start("loop").await;
    let mut round = rule("SELECT * FROM 'round'", &[republish("round", 0)]);
    // It would go on with the loop, if it could.
    round["errorAction"] = republish("round", 0);
    create(&world.server, "round", &round).await;
    let mut page = world.server.client("page").await;
    page.subscribe("round", 0).await;
    page.send(&publish("round", "{\"a\":1}", 0)).await;
    for _ in 0..9 {
        assert_eq!(page.message().await, ("round".into(), "{\"a\":1}".into()));
    }
    let error = world.errors(1).await.remove(0);
    assert_eq!(error["ruleName"], "round");
    for failure in error["failures"].as_array().unwrap() {
        assert_eq!(failure["failedAction"], "RepublishAction");
        assert_eq!(failure["failedResource"], "round");
        let words = failure["errorMessage"].as_str().unwrap();
        assert!(words.contains("feed each other"), "{words}");
    }
    world.stop().await;
}

#[tokio::test]
async fn the_error_action_gets_the_message_and_what_failed() {
    // Where nothing is kept, nothing can be stored.
    let server = Server::start().await;
    let mut fails = rule(
        "SELECT a FROM 'in/#'",
        &[store("bucket", "k"), store("b c", "k")],
    );
    fails["errorAction"] = republish("errors/${topic(2)}", 1);
    create(&server, "fails", &fails).await;
    let mut device = server.client("device").await;
    device.subscribe("errors/#", 0).await;
    let payload = r#"{"a":1,"b":2}"#;
    device.send(&publish("in/x", payload, 0)).await;
    let (topic, document) = device.message().await;
    let mut document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(topic, "errors/x");
    let trace_id = document["cloudwatchTraceId"].take();
    assert_eq!(trace_id.as_str().map(str::len), Some(36));
    let mut failures = document["failures"].take();
    assert_eq!(
        document,
        json!({
            "ruleName": "fails",
            "topic": "in/x",
            "clientId": "device",
            "base64OriginalPayload": STANDARD.encode(payload),
            "cloudwatchTraceId": null,
            "failures": null,
        })
    );
    let failures = failures.as_array_mut().unwrap();
    failures.sort_by_key(|failure| failure["failedResource"].to_string());
    let words = |failure: &Value| failure["errorMessage"].as_str().unwrap().to_owned();
    assert_eq!(failures[0]["failedResource"], "b c");
    assert!(words(&failures[0]).contains("no name of a bucket"));
    assert_eq!(failures[1]["failedAction"], "S3Action");
    assert!(words(&failures[1]).contains("keeps nothing on disk"));
    server.stop().await;
}
