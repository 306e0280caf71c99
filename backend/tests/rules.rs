//! Rules of the real process, from a message on a socket to an object in a folder or in an S3 that we did not write:
//! what was acknowledged is stored, through SIGKILL and through a store that is away, and nobody is delayed by it.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../benches/load/client.rs"]
mod client;
#[allow(dead_code)]
#[path = "common/folder.rs"]
mod folder;
#[allow(dead_code)]
#[path = "common/mqtt.rs"]
mod mqtt;
#[allow(dead_code)]
#[path = "../benches/load/process.rs"]
mod process;

mod rules {
    mod away;
    pub(crate) mod bed;
    mod gate;
    pub(crate) mod http;
    mod loops;
    pub(crate) mod moto;
    pub(crate) mod numbers;
}

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rules::bed::{Bed, Store};
use rules::moto::Moto;
use rules::numbers::{Numbers, number};
use serde_json::{Value, json};

const BUCKET: &str = "iphone6";
const TOPIC: &str = "topic_1";

/// The article's rule, but for what is asked for.
fn storing(sql: &str, key: &str) -> Value {
    let role = "arn:aws:iam::123456789012:role/iot";
    let store = json!({ "s3": { "roleArn": role, "bucketName": BUCKET, "key": key } });
    json!({ "sql": sql, "actions": [store], "awsIotSqlVersion": "2016-03-23" })
}

/// A foreign S3 with the bucket in it.
async fn foreign() -> Store {
    let moto = Moto::start().await;
    moto.create_bucket(BUCKET).await;
    Store::Moto(moto)
}

/// 200 messages a second, and a few at once: each becomes an object, but for those that another of the same millisecond
/// took the place of.
async fn one_object_a_message(name: &str, store: Store, count: usize, burst: usize) {
    let bed = Bed::start(name, store).await;
    let rule = storing("SELECT * FROM 'topic_1'", "iphone6-location-${timestamp()}");
    bed.create_rule("iphone6_location", rule).await;
    let mut numbers = Numbers::new(TOPIC);
    let period = Duration::from_millis(5);
    let begun = Instant::now();
    let published = numbers.publish_paced(bed.mqtt(), period, count, burst);
    published.await.unwrap();
    let took = begun.elapsed().as_secs_f64();
    let counters = bed.drained("iphone6_location").await;
    let objects = bed.objects(BUCKET).await;
    let overwritten = counters["overwritten"].as_u64().unwrap();
    let (sent, stored) = (numbers.sent(), objects.len() as u64);
    println!("{name}: {sent} messages in {took:.1} s, {stored} objects, {overwritten} overwritten");
    assert_eq!(stored + overwritten, sent, "{counters}");
    assert_eq!(counters["fired"], sent, "{counters}");
    let mut found: Vec<_> = objects.values().map(|content| number(content)).collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len(), objects.len(), "a message is in two objects");
    for key in objects.keys() {
        let time = key.strip_prefix("iphone6-location-").unwrap();
        assert!(time.len() == 13 && time.parse::<u64>().is_ok(), "{key}");
    }
    bed.end().await;
}

#[tokio::test]
async fn each_message_becomes_a_file_unless_one_of_its_millisecond_takes_its_place() {
    one_object_a_message("paced-folder", Store::Folder, 600, 100).await;
}

#[tokio::test]
async fn each_message_becomes_an_object_in_a_foreign_s3() {
    one_object_a_message("paced-s3", foreign().await, 300, 30).await;
}

/// Every fifth is left out by the rule.
fn matches(number: u64) -> bool {
    !number.is_multiple_of(5)
}

/// Publishes, kills the process in the middle, starts it again, goes on, and looks for every message that was
/// acknowledged.
async fn nothing_acknowledged_is_lost(name: &str, store: Store, count: usize) {
    let mut bed = Bed::start(name, store).await;
    let rule = storing(
        "SELECT * FROM 'topic_1' WHERE n % 5 <> 0",
        "iphone6-location-${timestamp()}-${newuuid()}",
    );
    bed.create_rule("iphone6_location", rule).await;
    let mut numbers = Numbers::new(TOPIC);
    let half = count / 2;
    numbers.publish(bed.mqtt(), half - 200, 0).await.unwrap();
    bed.drained("iphone6_location").await;
    // So these wait when it is killed, however fast this machine is.
    bed.block(BUCKET).await;
    numbers.publish(bed.mqtt(), half, 90).await.unwrap();
    bed.kill().await;
    bed.unblock(BUCKET).await;
    bed.launch().await;
    let counters = bed.counters("iphone6_location").await;
    let waited = counters["matched"].as_u64().unwrap();
    assert!(waited >= 160, "four of five waited: {counters}");
    numbers.publish(bed.mqtt(), count, 0).await.unwrap();
    let counters = bed.drained("iphone6_location").await;
    let objects = bed.objects(BUCKET).await;
    let mut copies: BTreeMap<u64, usize> = BTreeMap::new();
    for content in objects.values() {
        *copies.entry(number(content)).or_default() += 1;
    }
    let duplicates = objects.len() - copies.len();
    let repeated = numbers.repeated;
    println!(
        "{name}: {count} messages across a SIGKILL, {} objects, {duplicates} duplicates, {repeated} sent again, \
         overwritten since the restart: {}",
        objects.len(),
        counters["overwritten"]
    );
    assert_eq!(numbers.acknowledged.len(), count);
    assert_eq!(counters["lost"], 0, "{counters}");
    let expected: Vec<u64> = (0..count as u64).filter(|it| matches(*it)).collect();
    let missing: Vec<_> = expected
        .iter()
        .filter(|it| !copies.contains_key(it))
        .collect();
    assert!(
        missing.is_empty(),
        "acknowledged and not stored: {missing:?}"
    );
    assert_eq!(copies.len(), expected.len(), "stored, though WHERE says no");
    // What is done again after the restart makes the same key; only what the client sent again may be there twice.
    assert!(duplicates <= repeated);
    bed.end().await;
}

#[tokio::test]
async fn ten_thousand_messages_across_a_sigkill_are_all_stored() {
    nothing_acknowledged_is_lost("killed-folder", Store::Folder, 10_000).await;
}

#[tokio::test]
async fn a_foreign_s3_gets_every_message_across_a_sigkill() {
    nothing_acknowledged_is_lost("killed-s3", foreign().await, 1_000).await;
}
