//! What rules publish: to clients, to other rules, and to shadows.

use gnomon::message::QoS;
use gnomon_backend::record::Table;
use gnomon_backend::rules::RepublishError;
use serde_json::json;

use crate::world::World;

#[test]
fn a_rule_publishes_to_clients_and_to_other_rules() {
    let mut world = World::new();
    world.republish(
        "first",
        "SELECT a FROM 'in/+' WHERE a > 1",
        "out/${topic(2)}",
    );
    world.store("second", "SELECT * FROM 'out/#'");
    let mut client = world.subscriber("s", "out/+");
    for number in 0..3 {
        let payload = json!({ "a": number, "b": 0 }).to_string();
        world.publish(&format!("in/{number}"), &payload, QoS::AtMostOnce);
    }
    world.run();
    world.save();
    let received = world.received(&mut client);
    assert_eq!(received, [("out/2".to_owned(), r#"{"a":2}"#.to_owned())]);
    assert_eq!(world.objects["b/out/2"], r#"{"a":2}"#);
    assert_eq!(
        world.counts("first", ["matched", "fired", "failed"]),
        [3, 1, 0]
    );
}

#[test]
fn one_shadow_drives_another_device() {
    let mut world = World::new();
    world.republish(
        "drive",
        "SELECT state.reported.power AS state.desired.power FROM '$aws/things/switch/shadow/update/accepted'",
        "$$aws/things/lamp/shadow/update",
    );
    let mut lamp = world.subscriber("lamp", "$aws/things/lamp/shadow/update/delta");
    let body = r#"{"state":{"reported":{"power":"on"}}}"#;
    world.publish("$aws/things/switch/shadow/update", body, QoS::AtLeastOnce);
    world.save();
    world.run();
    assert_eq!(world.received(&mut lamp).len(), 0, "it is not on disk yet");
    world.save();
    let [(_, delta)] = &world.received(&mut lamp)[..] else {
        panic!("one delta");
    };
    let delta: serde_json::Value = serde_json::from_str(delta).unwrap();
    assert_eq!(delta["state"], json!({ "power": "on" }));
    assert_eq!(world.kept(Table::Shadows), 2);
    assert_eq!(world.kept(Table::RuleQueue), 0);
}

#[test]
fn rules_that_feed_each_other_end() {
    let mut world = World::new();
    world.republish("ping", "SELECT * FROM 'ping'", "pong");
    world.republish("pong", "SELECT * FROM 'pong'", "ping");
    let mut client = world.subscriber("s", "#");
    world.publish("ping", "ball", QoS::AtMostOnce);
    world.run();
    world.save();
    assert_eq!(
        world.received(&mut client).len(),
        9,
        "the first one, and eight of rules"
    );
    assert_eq!(world.counts("ping", ["fired", "failed"]), [5, 1]);
    assert_eq!(world.counts("pong", ["fired", "failed"]), [4, 0]);
    let error = world.figures("ping")["actions"][0]["error"].clone();
    assert_eq!(error, RepublishError::Loop.to_string());
    assert!(!world.backend.has_rule_work());
}

#[test]
fn shadows_that_drive_each_other_by_rules_end_too_and_across_a_crash() {
    let mut world = World::new();
    world.republish(
        "again",
        "SELECT timestamp() AS state.reported.at FROM '$aws/things/lamp/shadow/update/accepted'",
        "$aws/things/lamp/shadow/update",
    );
    let body = r#"{"state":{"reported":{"at":0}}}"#;
    world.publish("$aws/things/lamp/shadow/update", body, QoS::AtMostOnce);
    for _ in 0..4 {
        world.save();
        world.run();
    }
    world.save();
    world.crash();
    for _ in 0..9 {
        world.run();
        world.save();
    }
    assert!(!world.backend.has_rule_work());
    assert_eq!(world.counts("again", ["failed"]), [1]);
    let version = world.call("GET", "/things/lamp/shadow", "").unwrap();
    let gnomon_backend::api::Outcome::Shadow(body) = version else {
        panic!("{version:?}");
    };
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["version"], 9);
    assert!(world.shadow("lamp")["at"].as_i64() > Some(0));
}

#[test]
fn a_rule_may_publish_where_a_client_may_and_to_no_rule() {
    let mut world = World::new();
    world.store("r", "SELECT * FROM 't'");
    world.publish("t", "x", QoS::AtMostOnce);
    let number = world.take()[0].number;
    let mut republish = |topic: &str, len: usize| {
        let payload = vec![b'x'; len].into();
        world
            .backend
            .republish(number, topic, payload, QoS::AtLeastOnce, world.now)
    };
    for topic in [
        "",
        "a/+",
        "a\0",
        "$aws/rules/r/t",
        "$$aws/rules/r/t",
        "$aws/things/lamp/shadow/update/accepted",
        "$aws/events/presence/connected/x",
        "$$$aws/things/lamp/shadow/update",
        "$SYS/x",
    ] {
        let error = RepublishError::Topic(topic.to_owned());
        assert_eq!(republish(topic, 1), Err(error), "{topic}");
    }
    assert_eq!(republish("a", 128 * 1024), Ok(()));
    assert_eq!(
        republish("a", 128 * 1024 + 1),
        Err(RepublishError::TooLarge)
    );
    assert_eq!(republish("$$aws/things/lamp/shadow/get", 0), Ok(()));
    world.call("DELETE", "/rules/r", "").unwrap();
    let gone = world
        .backend
        .republish(number, "a", "x".into(), QoS::AtMostOnce, world.now);
    assert_eq!(gone, Err(RepublishError::Gone));
}

#[test]
fn what_was_promised_stays_promised_from_rule_to_rule() {
    let mut world = World::new();
    let republish = json!([{ "republish": { "roleArn": "r", "topic": "middle", "qos": 0 } }]);
    world
        .put("POST", "first", "SELECT * FROM 't'", republish)
        .unwrap();
    world.store("second", "SELECT * FROM 'middle'");
    world.save();
    for (qos, kept) in [(QoS::AtLeastOnce, 1), (QoS::AtMostOnce, 0)] {
        world.publish("t", "x", qos);
        let work = world.take();
        let now = world.now;
        let sent =
            world
                .backend
                .republish(work[0].number, "middle", "x".into(), QoS::AtMostOnce, now);
        assert_eq!(sent, Ok(()));
        world.end(&work[0]);
        world.save();
        assert_eq!(world.kept(Table::RuleQueue), kept);
        let work = world.take();
        assert_eq!(&*work[0].rule.name, "second");
        world.end(&work[0]);
        world.save();
    }
}
