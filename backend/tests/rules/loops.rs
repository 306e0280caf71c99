//! Rules that publish: one shadow drives another device, and those that feed themselves come to an end.

use gnomon::mqtt::wire::Packet;
use serde_json::{Value, json};

use super::bed::{Bed, Store};
use crate::client::{Client, read};
use crate::mqtt::{next_message, publish};

/// A rule may republish what came through this many.
const MAX_HOPS: usize = 8;

fn republishing(sql: &str, to: &str) -> Value {
    let role = "arn:aws:iam::123456789012:role/iot";
    let republish = json!({ "republish": { "roleArn": role, "topic": to, "qos": 1 } });
    json!({ "sql": sql, "actions": [republish], "awsIotSqlVersion": "2016-03-23" })
}

/// The next document of this client's subscription.
async fn document(client: &mut Client) -> (String, Value) {
    let message = next_message(client).await.unwrap();
    let document = serde_json::from_slice(&message.payload).unwrap();
    (message.topic.as_str().to_owned(), document)
}

#[tokio::test]
async fn what_one_lamp_reports_is_desired_of_another() {
    let bed = Bed::start("drives", Store::Folder).await;
    let rule = republishing(
        "SELECT state.reported AS state.desired FROM '$aws/things/+/shadow/update/accepted' \
         WHERE topic(3) = 'lamp-a' AND NOT isUndefined(state.reported)",
        "$$aws/things/lamp-b/shadow/update",
    );
    bed.create_rule("follow", rule).await;
    let mut lamp_b = bed.client("lamp-b").await;
    let documents = "$aws/things/lamp-b/shadow/update/documents";
    let delta = "$aws/things/lamp-b/shadow/update/delta";
    lamp_b.subscribe(&[documents, delta], 1).await.unwrap();
    let mut lamp_a = bed.client("lamp-a").await;
    let update = "$aws/things/lamp-a/shadow/update";
    for power in ["on", "off"] {
        let reported = format!("{{\"state\":{{\"reported\":{{\"power\":\"{power}\"}}}}}}");
        publish(&mut lamp_a, update, reported.as_bytes())
            .await
            .unwrap();
        let mut wished = Vec::new();
        for _ in 0..2 {
            let (topic, document) = document(&mut lamp_b).await;
            let state = match topic == delta {
                true => &document["state"],
                false => &document["current"]["state"]["desired"],
            };
            wished.push(state["power"].clone());
        }
        assert_eq!(wished, [power, power]);
    }
    let counters = bed.drained("follow").await;
    println!("drives: {counters}");
    assert_eq!(
        counters["fired"], 2,
        "lamp-b's own answers are not meant: {counters}"
    );
    bed.end().await;
}

#[tokio::test]
async fn a_rule_that_feeds_itself_ends_and_says_so() {
    let bed = Bed::start("loop", Store::Folder).await;
    let rule = republishing("SELECT * FROM 'loop'", "loop");
    bed.create_rule("feeds_itself", rule).await;
    let mut client = bed.client("loop").await;
    client.subscribe(&["loop"], 1).await.unwrap();
    publish(&mut client, "loop", b"{\"round\":1}")
        .await
        .unwrap();
    let counters = bed.until("feeds_itself", is_ended).await;
    println!("loop: {counters}");
    assert_eq!(came(&mut client).await, 1 + MAX_HOPS);
    assert_eq!(counters["actions"][0]["done"], MAX_HOPS);
    bed.end().await;
}

#[tokio::test]
async fn shadows_that_drive_themselves_end_as_well() {
    let bed = Bed::start("shadow-loop", Store::Folder).await;
    let rule = republishing(
        "SELECT state FROM '$aws/things/+/shadow/update/accepted'",
        "$$aws/things/${topic(3)}/shadow/update",
    );
    bed.create_rule("feeds_itself", rule).await;
    let mut client = bed.client("lamp").await;
    let accepted = "$aws/things/lamp/shadow/update/accepted";
    client.subscribe(&[accepted], 1).await.unwrap();
    let update = b"{\"state\":{\"desired\":{\"power\":\"on\"}}}";
    let topic = "$aws/things/lamp/shadow/update";
    publish(&mut client, topic, update).await.unwrap();
    let counters = bed.until("feeds_itself", is_ended).await;
    println!("shadow-loop: {counters}");
    assert_eq!(came(&mut client).await, 1 + MAX_HOPS);
    bed.end().await;
}

/// The one republish that was refused says why.
fn is_ended(rule: &Value) -> bool {
    let action = &rule["actions"][0];
    let error = action["error"].as_str().unwrap_or_default();
    rule["queued"] == 0 && action["failed"] == 1 && error.contains("feed each other")
}

/// How many messages came to a client to which nothing more is on its way.
async fn came(client: &mut Client) -> usize {
    client.queue(&Packet::PingReq).unwrap();
    client.flush().await.unwrap();
    let mut messages = 0;
    loop {
        let frame = client.next().await.unwrap();
        match read(&frame).unwrap() {
            Packet::Publish(_) => messages += 1,
            Packet::PingResp => return messages,
            _ => {}
        }
    }
}
