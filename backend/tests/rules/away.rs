//! Stores that are away or hang: their rules wait and try again, and nobody else notices.

use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::bed::{Bed, Store};
use super::gate::Gate;
use super::moto::Moto;
use super::numbers::{Numbers, number};
use crate::client::Client;
use crate::mqtt::{next_message, publish};
use crate::{BUCKET, TOPIC, storing};

const KEY: &str = "${n}-${newuuid()}";

fn republishing(from: &str, to: &str) -> Value {
    json!({ "sql": format!("SELECT * FROM '{from}'"), "actions": [republish(to)] })
}

fn republish(topic: &str) -> Value {
    json!({ "republish": { "roleArn": "arn:aws:iam::123456789012:role/iot", "topic": topic, "qos": 1 } })
}

/// Rounds of a message that comes back as it is, and once more from a rule.
async fn exchange(client: &mut Client, rounds: u32) {
    for round in 0..rounds {
        let payload = format!("{{\"round\":{round}}}");
        publish(client, "chat/said", payload.as_bytes())
            .await
            .unwrap();
        let mut topics = Vec::new();
        for _ in 0..2 {
            let message = next_message(client).await.unwrap();
            assert_eq!(message.payload, payload);
            topics.push(message.topic.as_str().to_owned());
        }
        topics.sort_unstable();
        assert_eq!(topics, ["chat/repeated", "chat/said"]);
    }
}

async fn chatting(bed: &Bed) -> Client {
    let rule = republishing("chat/said", "chat/repeated");
    bed.create_rule("chat", rule).await;
    let mut client = bed.client("chat").await;
    client.subscribe(&["chat/+"], 1).await.unwrap();
    client
}

#[tokio::test]
async fn a_store_that_hangs_delays_nobody_and_loses_nothing() {
    let hanging = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let store = Store::Elsewhere(hanging.local_addr().unwrap());
    let mut bed = Bed::start("hanging", store).await;
    bed.create_rule("hangs", storing("SELECT * FROM 'topic_1'", KEY))
        .await;
    let mut chat = chatting(&bed).await;
    let mut numbers = Numbers::new(TOPIC);
    numbers.publish(bed.mqtt(), 300, 0).await.unwrap();
    // It is asked, and says nothing for as long as this lives.
    let asked = tokio::time::timeout(crate::process::PATIENCE, hanging.accept()).await;
    let _silent = asked.unwrap().unwrap();
    exchange(&mut chat, 50).await;
    numbers.publish(bed.mqtt(), 400, 0).await.unwrap();
    let counters = bed.counters("hangs").await;
    let done = &counters["actions"][0]["done"];
    assert_eq!(
        (&counters["queued"], done),
        (&json!(400), &json!(0)),
        "{counters}"
    );
    bed.terminate().await;

    bed.store = Store::Folder;
    bed.launch().await;
    bed.drained("hangs").await;
    let objects = bed.objects(BUCKET).await;
    let mut found: Vec<_> = objects.values().map(|content| number(content)).collect();
    found.sort_unstable();
    assert_eq!(found, (0..400).collect::<Vec<u64>>());
    bed.end().await;
}

#[tokio::test]
async fn a_foreign_s3_that_comes_back_gets_what_it_missed_and_one_that_does_not_is_given_up() {
    let moto = Moto::start().await;
    moto.create_bucket(BUCKET).await;
    let gate = Gate::before(moto.address).await;
    let bed = Bed::start("away", Store::Elsewhere(gate.address)).await;
    let mut rule = storing("SELECT * FROM 'topic_1'", KEY);
    rule["errorAction"] = republish("failures");
    bed.create_rule("away", rule).await;
    let mut chat = chatting(&bed).await;
    let mut numbers = Numbers::new(TOPIC);
    numbers.publish(bed.mqtt(), 20, 0).await.unwrap();
    bed.drained("away").await;
    assert_eq!(moto.objects(BUCKET).await.unwrap().len(), 20);

    // Fewer than any message has tries.
    gate.close_for(3);
    numbers.publish(bed.mqtt(), 40, 0).await.unwrap();
    gate.opened().await;
    let counters = bed.drained("away").await;
    assert_eq!(counters["failed"], 0, "{counters}");
    let objects = moto.objects(BUCKET).await.unwrap();
    let mut found: Vec<_> = objects.values().map(|content| number(content)).collect();
    found.sort_unstable();
    assert_eq!(found, (0..40).collect::<Vec<u64>>(), "{counters}");

    gate.close_for(u64::MAX);
    let mut failures = bed.client("failures").await;
    failures.subscribe(&["failures"], 1).await.unwrap();
    numbers.publish(bed.mqtt(), 41, 0).await.unwrap();
    bed.until("away", |rule| rule["retrying"] != 0 || rule["failed"] != 0)
        .await;
    exchange(&mut chat, 20).await;
    bed.drained("away").await;
    let message = next_message(&mut failures).await.unwrap();
    let told: Value = serde_json::from_slice(&message.payload).unwrap();
    println!("away: given up with {told}");
    assert_eq!(
        (&told["ruleName"], &told["topic"]),
        (&json!("away"), &json!(TOPIC))
    );
    assert_eq!(told["failures"][0]["failedAction"], "S3Action");
    let counters = bed.counters("away").await;
    assert_eq!(counters["actions"][0]["failed"], 1, "{counters}");
    bed.end().await;
}
