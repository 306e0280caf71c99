//! What was acknowledged is there again after a crash, wherever it strikes: the backend in virtual time with a map for
//! a disk, thousands of random lives a second.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "durable/client.rs"]
mod client;
#[path = "durable/crash.rs"]
mod crash;
#[path = "durable/promises.rs"]
mod promises;
#[path = "durable/visitor.rs"]
mod visitor;
#[path = "durable/world.rs"]
mod world;

use proptest::prelude::*;

use world::World;

/// One step of a life.
#[derive(Clone, Debug)]
enum Step {
    Update {
        thing: usize,
    },
    Get {
        thing: usize,
    },
    Delete {
        thing: usize,
    },
    Retain {
        topic: usize,
        empty: bool,
    },
    Queue,
    /// The client with the lasting session comes.
    Connect {
        clean: bool,
    },
    Subscribe,
    Unsubscribe,
    /// It takes so many of its messages.
    Acknowledge {
        count: usize,
    },
    /// It says DISCONNECT, or its connection breaks.
    Leave {
        politely: bool,
    },
    /// The host begins to write the next batch.
    Take,
    /// The batch is on disk, and the host says so.
    Saved,
    /// The process is killed; a batch that was being written may have reached the disk.
    Crash {
        written: bool,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..2usize).prop_map(|thing| Step::Update { thing }),
        3 => (0..2usize).prop_map(|thing| Step::Get { thing }),
        2 => (0..2usize).prop_map(|thing| Step::Delete { thing }),
        4 => (0..2usize, any::<bool>()).prop_map(|(topic, empty)| Step::Retain { topic, empty }),
        4 => Just(Step::Queue),
        4 => prop::bool::weighted(0.2).prop_map(|clean| Step::Connect { clean }),
        4 => Just(Step::Subscribe),
        1 => Just(Step::Unsubscribe),
        2 => (1..4usize).prop_map(|count| Step::Acknowledge { count }),
        2 => any::<bool>().prop_map(|politely| Step::Leave { politely }),
        5 => Just(Step::Take),
        5 => Just(Step::Saved),
        2 => any::<bool>().prop_map(|written| Step::Crash { written }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_promise_is_kept_across_crashes(steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        for step in steps {
            match step {
                Step::Update { thing } => world.update(thing),
                Step::Get { thing } => world.get(thing),
                Step::Delete { thing } => world.delete(thing),
                Step::Retain { topic, empty } => world.retain(topic, empty),
                Step::Queue => world.queue(),
                Step::Connect { clean } => world.connect(clean),
                Step::Subscribe => world.subscribe(),
                Step::Unsubscribe => world.unsubscribe(),
                Step::Acknowledge { count } => world.acknowledge(count),
                Step::Leave { politely } => world.leave(politely),
                Step::Take => world.take(),
                Step::Saved => world.saved(),
                Step::Crash { written } => world.crash(written),
            }
        }
        world.crash(false);
    }
}

#[test]
fn nothing_is_acknowledged_before_it_is_saved() {
    let mut world = World::new();
    world.update(0);
    world.get(0);
    world.retain(0, false);
    assert_eq!(world.heard(), [""; 0]);
    world.take();
    world.update(0);
    world.saved();
    let heard = [
        "PUBACK",
        "PUBACK",
        "PUBACK",
        "update/accepted 1",
        "update/delta 1",
        "update/documents 1",
        "get/accepted 1",
    ];
    assert_eq!(
        world.heard(),
        heard,
        "the second update is in the next batch"
    );
    world.take();
    world.saved();
    let heard = [
        "PUBACK",
        "update/accepted 2",
        "update/delta 2",
        "update/documents 2",
    ];
    assert_eq!(world.heard(), heard);
}

#[test]
fn what_needs_no_saving_is_acknowledged_at_once() {
    let mut world = World::new();
    world.publish("elsewhere", "x");
    assert_eq!(world.heard(), ["PUBACK"]);
}

#[test]
fn a_connection_and_its_subscription_wait_for_all_that_came_before() {
    let mut world = World::new();
    world.connect(false);
    world.subscribe();
    world.leave(false);
    world.connect(false);
    world.subscribe();
    world.queue();
    assert_eq!(world.heard(), [""; 0]);
    world.save_all();
    assert_eq!(world.heard(), ["PUBACK", "CONNACK", "SUBACK"]);
    world.connect(true);
    world.leave(false);
    world.connect(true);
    world.unsubscribe();
    assert_eq!(world.heard(), [""; 0]);
    world.save_all();
    assert_eq!(world.heard(), ["CONNACK", "UNSUBACK"]);
    world.crash(false);
}

#[test]
fn the_eleventh_unanswered_request_of_a_thing_is_turned_away() {
    let mut world = World::new();
    for _ in 0..11 {
        world.update(0);
    }
    world.update(1);
    world.take();
    world.saved();
    let heard = world.heard();
    let accepted = heard
        .iter()
        .filter(|it| it.starts_with("update/accepted"))
        .count();
    assert_eq!(
        accepted, 11,
        "ten of one thing and one of the other: {heard:?}"
    );
    assert!(
        heard.contains(&"update/rejected 429".to_owned()),
        "{heard:?}"
    );
    world.update(0);
    world.take();
    world.saved();
    assert!(world.heard().contains(&"update/accepted 11".to_owned()));
}
