//! The queue of each rule: bounded, in order, and nobody else's business.

use gnomon::message::QoS;
use gnomon_backend::broker::Limits;
use gnomon_backend::rules::{DeedEnded, Ended, QUEUE, UNDER_WAY};
use serde_json::{Value, json};

use crate::world::World;

#[test]
fn a_rule_that_does_not_end_its_work_holds_up_only_itself() {
    let mut world = World::new();
    world.store("stuck", "SELECT * FROM 't'");
    world.store("quick", "SELECT * FROM 't'");
    for number in 0..200 {
        world.publish("t", &number.to_string(), QoS::AtMostOnce);
    }
    let mut done = Vec::new();
    let mut under_way = Vec::new();
    while world.backend.has_rule_work() {
        for work in world.take() {
            match &*work.rule.name {
                "quick" => {
                    world.end(&work);
                    done.push(work);
                }
                _ => under_way.push(work),
            }
        }
    }
    assert_eq!((done.len(), under_way.len()), (200, UNDER_WAY));
    let in_order = |pair: &[gnomon_backend::rules::Work]| pair[0].number < pair[1].number;
    assert!(done.windows(2).all(in_order) && under_way.windows(2).all(in_order));
    assert_eq!(world.counts("stuck", ["queued", "fired"]), [200, 0]);
    // One that ends makes room for one, whichever it was.
    world.end(&under_way[7]);
    world.end(&under_way[7]);
    assert_eq!(world.taken(), ["64"]);
    assert_eq!(world.counts("stuck", ["queued", "fired"]), [199, 1]);
}

#[test]
fn what_does_not_fit_is_lost_and_counted() {
    let mut world = World::new();
    world.store("r", "SELECT * FROM 't'");
    for _ in 0..QUEUE + 3 {
        world.publish("t", "x", QoS::AtMostOnce);
    }
    let counters = ["matched", "queued", "lost", "queueLimit"];
    let full = QUEUE as u64;
    assert_eq!(world.counts("r", counters), [full + 3, full, 3, full]);
    let work = world.take();
    world.end(&work[0]);
    world.publish("t", "x", QoS::AtMostOnce);
    assert_eq!(world.counts("r", counters), [full + 4, full, 3, full]);
}

#[test]
fn the_bytes_of_a_queue_are_bounded_too_and_those_of_all() {
    let limits = |one, all| Limits {
        rule_queue_bytes: one,
        rule_queues_bytes: all,
        ..Limits::default()
    };
    for (limits, room) in [(limits(30, 1000), 6), (limits(1000, 30), 3)] {
        let mut world = World::with(limits);
        for name in ["a", "b"] {
            world.store(name, "SELECT * FROM 't'");
        }
        for _ in 0..5 {
            world.publish("t", "123456789", QoS::AtMostOnce);
        }
        let queued = ["a", "b"].map(|name| world.counts(name, ["queued"])[0]);
        assert_eq!(queued.iter().sum::<u64>(), room);
        // What ended makes room again, for whoever comes.
        let work = world.take();
        work.iter().for_each(|work| world.end(work));
        world.publish("t", "123456789", QoS::AtMostOnce);
        assert_eq!(world.take().len(), 2);
    }
}

#[test]
fn a_disabled_rule_keeps_its_queue_and_a_replaced_one_goes_on_with_it() {
    let mut world = World::new();
    world.store("r", "SELECT * FROM 'a'");
    world.publish("a", "1", QoS::AtMostOnce);
    world.call("POST", "/rules/r/disable", "").unwrap();
    world.publish("a", "2", QoS::AtMostOnce);
    assert_eq!(world.taken(), [""; 0]);
    assert_eq!(world.counts("r", ["matched", "queued"]), [1, 1]);
    assert_eq!(world.figures("r")["ruleDisabled"], true);
    let actions = json!([{ "s3": { "roleArn": "r", "bucketName": "b", "key": "new" } }]);
    world
        .put("PATCH", "r", "SELECT * FROM 'b'", actions)
        .unwrap();
    for topic in ["a", "b"] {
        world.publish(topic, topic, QoS::AtMostOnce);
    }
    let work = world.take();
    let topics: Vec<_> = work.iter().map(|work| &*work.item.topic).collect();
    assert_eq!(topics, ["a", "b"], "the first one is of before");
    assert_eq!(work[0].rule.definition.sql, "SELECT * FROM 'b'");
}

#[test]
fn a_deleted_rule_takes_its_queue_along() {
    let mut world = World::new();
    world.store("r", "SELECT * FROM 't'");
    world.publish("t", "1", QoS::AtLeastOnce);
    let work = world.take();
    world.publish("t", "2", QoS::AtLeastOnce);
    world.save();
    world.call("DELETE", "/rules/r", "").unwrap();
    world.end(&work[0]);
    assert_eq!(world.taken(), [""; 0]);
    world.store("r", "SELECT * FROM 't'");
    assert_eq!(world.counts("r", ["matched", "queued", "fired"]), [0; 3]);
    world.publish("t", "3", QoS::AtMostOnce);
    assert_eq!(world.taken(), ["3"]);
}

#[test]
fn it_is_counted_how_it_went() {
    let mut world = World::new();
    let s3 = |key: &str| json!({ "s3": { "roleArn": "r", "bucketName": "b", "key": key } });
    let body = json!({ "sql": "SELECT * FROM 't'", "actions": [s3("k")], "errorAction": s3("e") });
    world.call("POST", "/rules/r", &body.to_string()).unwrap();
    world.backend.set_object_target("/data/objects".to_owned());
    for _ in 0..3 {
        world.publish("t", "x", QoS::AtMostOnce);
    }
    let work = world.take();
    let deed = |action, error: Option<&str>, overwrote| DeedEnded {
        action,
        error: error.map(str::to_owned),
        took_ms: 7,
        overwrote,
    };
    for _ in 0..2 {
        world
            .backend
            .note_rule_retry(work[1].number, Some(0), "disk full");
    }
    assert_eq!(world.counts("r", ["retrying", "failed"]), [1, 0]);
    let deeds = [
        vec![deed(Some(0), None, true)],
        vec![
            deed(Some(0), Some("gave up"), false),
            deed(None, None, false),
        ],
    ];
    for (work, deeds) in work.iter().zip(deeds) {
        let ended = Ended { fired: true, deeds };
        world.backend.end_rule_work(work.number, ended, world.now);
    }
    world
        .backend
        .end_rule_work(work[2].number, Ended::default(), world.now);
    let figures = world.figures("r");
    let expected = json!({
        "ruleName": "r",
        "sql": "SELECT * FROM 't'",
        "ruleDisabled": false,
        "matched": 3,
        "fired": 2,
        "failed": 1,
        "retrying": 0,
        "lost": 0,
        "overwritten": 1,
        "queued": 0,
        "queueLimit": 10_000,
        "actions": [
            { "kind": "s3", "done": 1, "failed": 1, "medianMs": 7, "target": "/data/objects/b", "error": "gave up" },
            { "kind": "error", "done": 1, "failed": 0, "medianMs": 7, "target": "/data/objects/b", "error": Value::Null },
        ],
    });
    assert_eq!(figures, expected);
}
