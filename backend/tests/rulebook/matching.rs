//! Which messages are for which rules.

use bytes::BytesMut;
use gnomon::message::QoS;
use gnomon::mqtt::wire::{self, Connect, Packet, Will};
use gnomon_backend::broker::Limits;
use gnomon_backend::fleet::FleetOptions;
use gnomon_backend::things::Principal;
use serde_json::json;

use crate::client::Client;
use crate::world::{World, payload};

/// Rules by their names, with what they got: topic and payload.
fn got(world: &mut World) -> Vec<(String, String, String)> {
    let taken = world.take();
    for work in &taken {
        world.end(work);
    }
    let got = taken.iter().map(|work| {
        let (name, topic) = (work.rule.name.as_ref(), work.item.topic.as_ref());
        (name.to_owned(), topic.to_owned(), payload(work))
    });
    got.collect()
}

fn expected(of: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    let owned = of.iter().map(|(name, topic, payload)| {
        let all = [name, topic, payload].map(|it| (*it).to_owned());
        all.into()
    });
    owned.collect()
}

#[test]
fn a_message_is_for_every_rule_whose_filter_matches_and_once() {
    let mut world = World::new();
    world.store("one", "SELECT * FROM 'a/+'");
    world.store("two", "SELECT * FROM 'a/#'");
    world.store("three", "SELECT * FROM 'a/b' WHERE false");
    world.store("none", "SELECT * FROM 'b/#'");
    world.publish("a/b", "x", QoS::AtMostOnce);
    let mut all = got(&mut world);
    all.sort();
    let three = [
        ("one", "a/b", "x"),
        ("three", "a/b", "x"),
        ("two", "a/b", "x"),
    ];
    assert_eq!(all, expected(&three));
    assert!(!world.backend.has_rule_work());
    assert_eq!(world.counts("one", ["matched", "fired"]), [1, 1]);
    assert_eq!(world.counts("none", ["matched", "queued"]), [0, 0]);
}

#[test]
fn a_hundred_rules_with_one_filter_share_the_payload_and_no_randomness() {
    let mut world = World::new();
    for number in 0..100 {
        world.store(&format!("r{number}"), "SELECT * FROM 't'");
    }
    world.publish("t", "shared", QoS::AtLeastOnce);
    let taken = world.take();
    assert_eq!(taken.len(), 100);
    let first = &taken[0].item;
    assert!(
        taken
            .iter()
            .all(|work| work.item.payload.as_ptr() == first.payload.as_ptr())
    );
    let mut seeds: Vec<_> = taken.iter().map(|work| work.item.seed).collect();
    seeds.sort_unstable();
    seeds.dedup();
    assert_eq!(seeds.len(), 100);
}

#[test]
fn everything_that_a_subscriber_could_see_is_for_rules() {
    let mut world = World::new();
    world.store("all", "SELECT * FROM '#'");
    world.store("answers", "SELECT * FROM '$aws/things/+/shadow/update/+'");
    world.store("requests", "SELECT * FROM '$aws/things/+/shadow/update'");
    world.store(
        "presence",
        "SELECT * FROM '$aws/events/presence/disconnected/+'",
    );
    world.call("POST", "/topics/by/http", "h").unwrap();
    let [(name, topic, _)] = &got(&mut world)[..] else {
        panic!("one");
    };
    assert_eq!((name.as_str(), topic.as_str()), ("all", "by/http"));

    let body = r#"{"state":{"desired":{"a":1}}}"#;
    world.publish("$aws/things/lamp/shadow/update", body, QoS::AtMostOnce);
    world.call("POST", "/things/lamp/shadow", body).unwrap();
    world.save();
    let topics: Vec<_> = got(&mut world)
        .into_iter()
        .map(|(name, topic, _)| (name, topic))
        .collect();
    let ends = ["update/accepted", "update/delta", "update/documents"].repeat(2);
    let mut all: Vec<_> = ends
        .iter()
        .map(|end| {
            (
                "answers".to_owned(),
                format!("$aws/things/lamp/shadow/{end}"),
            )
        })
        .collect();
    all.push((
        "requests".to_owned(),
        "$aws/things/lamp/shadow/update".to_owned(),
    ));
    let (mut topics, mut all) = (topics, all);
    topics.sort();
    all.sort();
    assert_eq!(topics, all);

    leave_a_will(&mut world);
    let work = world.take();
    assert_eq!(payload(&work[0]), "gone");
    assert_eq!(work[0].item.client_id.as_deref(), Some("mortal"));
    assert_eq!(work[0].item.principal.as_ref(), "anonymous");
    let event: serde_json::Value = serde_json::from_slice(&work[1].item.payload).unwrap();
    assert_eq!(event["clientId"], "mortal");
    assert_eq!(work.len(), 2);
}

/// A client comes and breaks off.
fn leave_a_will(world: &mut World) {
    let id = world.backend.connect(Principal::Anonymous, world.now);
    let connect = Packet::Connect(Connect {
        level: 4,
        client_id: "mortal",
        clean_session: true,
        keep_alive: 0,
        will: Some(Will {
            topic: "wills",
            payload: b"gone",
            qos: 0,
            retain: false,
        }),
        user_name: None,
        password: None,
    });
    let mut out = BytesMut::new();
    wire::encode(&connect, &mut out).unwrap();
    world.backend.handle_bytes(id, out.freeze(), world.now);
    world.backend.handle_closed(id, world.now);
}

#[test]
fn the_simulated_fleet_is_for_rules_too() {
    let now = World::new().now;
    let options = FleetOptions {
        devices: 3,
        rate: None,
        seed: 1,
    };
    let mut world = World::new();
    world.store("fixes", "SELECT * FROM 'fleet/+/location'");
    let empty = gnomon_backend::backend::Backend::new(Limits::default(), 1);
    let backend = std::mem::replace(&mut world.backend, empty);
    world.backend = backend.with_fleet(&options, now);
    world.now.instant.0 += 1000;
    world.backend.handle_timeout(world.now);
    let got = got(&mut world);
    assert!(
        got.iter()
            .any(|(_, topic, _)| topic == "fleet/sim-0003/location"),
        "{got:?}"
    );
}

#[test]
fn a_retained_message_is_for_rules_when_it_is_published_and_not_when_it_is_repeated() {
    let mut world = World::new();
    world.store("all", "SELECT * FROM '#'");
    let call = world.call("POST", "/topics/kept?retain=true", "x");
    assert!(call.is_ok());
    assert_eq!(got(&mut world).len(), 1);
    world.save();
    let mut client = Client::connect(&mut world.backend, "late", true, world.now);
    client.subscribe(&mut world.backend, &[("#", 0)], world.now);
    world.save();
    assert_eq!(world.received(&mut client).len(), 1);
    assert_eq!(got(&mut world).len(), 0);
}

#[test]
fn basic_ingest_names_its_rule_and_nobody_else_hears_of_it() {
    let mut world = World::new();
    world.store("named", "SELECT * FROM 'elsewhere'");
    world.store("other", "SELECT * FROM '#'");
    let mut client = world.subscriber("s", "#");
    world.publish("$aws/rules/named/a/b", "x", QoS::AtMostOnce);
    world
        .call("POST", "/topics/$aws%2Frules%2Fnamed%2Fc", "y")
        .unwrap();
    world.publish("$aws/rules/nobody/a/b", "z", QoS::AtMostOnce);
    assert_eq!(
        got(&mut world),
        expected(&[("named", "a/b", "x"), ("named", "c", "y")])
    );
    assert_eq!(world.received(&mut client), []);
    world.call("POST", "/rules/named/disable", "").unwrap();
    world.publish("$aws/rules/named/a/b", "x", QoS::AtMostOnce);
    assert_eq!(got(&mut world), []);
}

#[test]
fn a_rule_without_from_is_for_basic_ingest_only() {
    let mut world = World::new();
    let actions = json!([{ "republish": { "roleArn": "r", "topic": "t" } }]);
    world.put("POST", "bare", "SELECT *", actions).unwrap();
    world.publish("a", "x", QoS::AtMostOnce);
    assert_eq!(got(&mut world), []);
    world.publish("$aws/rules/bare/a", "x", QoS::AtMostOnce);
    assert_eq!(got(&mut world), expected(&[("bare", "a", "x")]));
}
