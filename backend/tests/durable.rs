//! What was acknowledged is there again after a crash, wherever it strikes: the backend in virtual time with a map for
//! a disk, thousands of random lives a second.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "durable/promises.rs"]
mod promises;
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
    Delete {
        thing: usize,
    },
    Retain {
        topic: usize,
        empty: bool,
    },
    Queue,
    /// The client with the lasting session comes, acknowledges so many messages, and goes.
    Visit {
        acknowledge: usize,
    },
    /// It makes its session anew.
    StartAfresh,
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
        2 => (0..2usize).prop_map(|thing| Step::Delete { thing }),
        4 => (0..2usize, any::<bool>()).prop_map(|(topic, empty)| Step::Retain { topic, empty }),
        4 => Just(Step::Queue),
        2 => (0..4usize).prop_map(|acknowledge| Step::Visit { acknowledge }),
        1 => Just(Step::StartAfresh),
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
                Step::Delete { thing } => world.delete(thing),
                Step::Retain { topic, empty } => world.retain(topic, empty),
                Step::Queue => world.queue(),
                Step::Visit { acknowledge } => world.visit(acknowledge),
                Step::StartAfresh => world.start_afresh(),
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
    world.retain(0, false);
    world.queue();
    assert_eq!(world.heard(), [""; 0]);
    world.take();
    world.update(0);
    world.saved();
    let heard = ["accepted 1", "PUBACK", "PUBACK", "PUBACK"];
    assert_eq!(
        world.heard(),
        heard,
        "the second update is in the next batch"
    );
    world.take();
    world.saved();
    assert_eq!(world.heard(), ["accepted 2", "PUBACK"]);
}

#[test]
fn what_needs_no_saving_is_acknowledged_at_once() {
    let mut world = World::new();
    world.publish("elsewhere", "x", false);
    assert_eq!(world.heard(), ["PUBACK"]);
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
    let accepted = heard.iter().filter(|it| it.starts_with("accepted")).count();
    assert_eq!(
        accepted, 11,
        "ten of one thing and one of the other: {heard:?}"
    );
    assert!(heard.contains(&"rejected 429".to_owned()), "{heard:?}");
    world.update(0);
    world.take();
    world.saved();
    assert_eq!(world.heard(), ["accepted 11", "PUBACK"]);
}
