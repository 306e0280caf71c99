//! The rules of the link in virtual time: lost at every step, half-open, cut in pieces, under policies that close it,
//! and with somebody else under the same client identifier.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::panic)]

#[allow(dead_code, reason = "each test file uses its part")]
mod pair {
    pub(crate) mod beside;
    pub(crate) mod device;
    pub(crate) mod lasting;
    pub(crate) mod line;
    pub(crate) mod tap;
    pub(crate) mod world;
}

use std::time::Duration;

use gnomon::engine::command::Command;
use gnomon::engine::frame::{LinkState, Stage, SubscriptionState};
use gnomon::rng::Rng;

use pair::device::Device;
use pair::lasting::Lasting;
use pair::line::Break;
use pair::world::{LAMPS, SECOND, World, power, was_accepted};

/// A whole visit: connect, hear of the lamps, switch them, perhaps leave and come back.
fn visit(world: &mut World, rng: &mut Rng) {
    world.connect();
    for step in 0..8 {
        world.pair.run_for(Duration::from_millis(rng.below(1200)));
        match step {
            1 | 3 => world.locate(),
            2 | 4 | 5 => world.wish(rng.below(2) as usize),
            6 if rng.below(4) == 0 => {
                world.pair.command(Command::Leave);
                world.pair.run_for(Duration::from_millis(rng.below(500)));
                world.pair.command(Command::Reconnect);
            }
            _ => {}
        }
    }
}

/// Runs each of so many scenarios, on a few threads.
fn each_seed(seeds: u64, scenario: fn(u64)) {
    const THREADS: u64 = 4;
    std::thread::scope(|scope| {
        for first in 0..THREADS {
            scope.spawn(move || {
                (first..seeds).step_by(THREADS as usize).for_each(scenario);
            });
        }
    });
}

#[test]
fn the_link_may_be_lost_at_every_step() {
    for how in Break::ALL {
        for latency in [1, 40, 900] {
            for step in 0..50 {
                let mut world = World::new(step.into());
                world.pair.latency = Duration::from_millis(latency);
                world.pair.cut_after(step, how);
                world.connect();
                world.pair.run_for(SECOND * 4);
                world.locate();
                world.pair.run_for(SECOND * 2);
                (0..LAMPS.len()).for_each(|lamp| world.wish(lamp));
                // Long enough for a PINGREQ.
                world.pair.run_for(SECOND * 20);
                world.check_end(&format!("{how:?} after {step} events at {latency} ms"));
            }
        }
    }
}

#[test]
fn ten_thousand_scenarios_keep_every_promise() {
    each_seed(10_000, |seed| {
        let mut rng = Rng::new(seed);
        let mut world = World::random(&mut rng);
        let how = |rng: &mut Rng| Break::ALL[rng.below(4) as usize];
        if rng.below(4) > 0 {
            world.pair.cut_after(rng.below(60) as u32, how(&mut rng));
        }
        visit(&mut world, &mut rng);
        if rng.below(2) > 0 {
            world.pair.cut_after(rng.below(30) as u32, how(&mut rng));
        }
        world.check_end(&format!("seed {seed}"));
    });
}

/// Some of the thirteen filters, and perhaps what is published, are forbidden.
fn under_a_policy(seed: u64) {
    let mut rng = Rng::new(seed);
    let what = format!("seed {seed}");
    let mut world = World::random(&mut rng);
    world.connect();
    let filters: Vec<_> = world
        .states()
        .into_iter()
        .map(|(filter, _)| filter)
        .collect();
    let mut forbidden = Vec::new();
    for _ in 0..rng.below(4) {
        let filter = &filters[rng.below(filters.len() as u64) as usize];
        // How an update ended is heard on this one.
        if !forbidden.contains(filter) && filter != "$aws/things/+/shadow/update/documents" {
            forbidden.push(filter.clone());
        }
    }
    let deny = |filter: &String| ("iot:Subscribe", format!("topicfilter/{filter}"));
    let mut denied: Vec<_> = forbidden.iter().map(deny).collect();
    let no_gets = rng.below(3) == 0;
    let no_update = (rng.below(3) == 0).then(|| rng.below(2) as usize);
    if no_gets {
        let topic = "topic/$aws/things/*/shadow/get".to_owned();
        denied.push(("iot:Publish", topic));
    }
    if let Some(lamp) = no_update {
        let topic = format!("topic/$aws/things/{}/shadow/update", LAMPS[lamp]);
        denied.push(("iot:Publish", topic));
    }
    world.govern(&denied);
    let asked = |(_, state): &(String, _)| *state == SubscriptionState::Asked;
    world.until(|world| {
        let connected = world.link().state == LinkState::Connected;
        connected && !world.states().iter().any(asked)
    });
    // Its shadow is heard of even where it may not be asked for.
    world.report();
    world.locate();
    world.pair.run_for(SECOND * 20);
    (0..LAMPS.len()).for_each(|lamp| world.wish(lamp));
    world.until(|world| (0..LAMPS.len()).all(|lamp| !world.is_awaited(lamp)));
    world.check_once(&what);
    let lost = u32::from(!forbidden.is_empty()) + forbidden.len() as u32;
    let kills = 2 * u32::from(no_gets) + 2 * u32::from(no_update.is_some());
    let most = 1 + lost + kills;
    assert!(
        world.pair.sockets <= most,
        "{what}: {} connects, not {most}",
        world.pair.sockets
    );
    for (filter, state) in world.states() {
        let expected = match forbidden.contains(&filter) {
            true => SubscriptionState::SetAside,
            false => SubscriptionState::Granted,
        };
        assert_eq!(state, expected, "{what}: {filter}");
    }
    for lamp in 0..LAMPS.len() {
        let change = world.change(lamp).expect("it was wished");
        if no_update == Some(lamp) {
            let (code, message) = (0, String::new());
            assert_eq!(change.stage, Stage::Rejected { code, message }, "{what}");
        } else {
            assert!(was_accepted(&change), "{what}: {change:?}");
        }
    }
    let tried = |end: &str| {
        world
            .pair
            .tap
            .published
            .iter()
            .any(|topic| topic.ends_with(end))
    };
    let refused = (no_gets && tried("/get")) || no_update.is_some();
    let link = world.link();
    assert_eq!(link.publish_refused.is_some(), refused, "{what}");
    assert_eq!(link.state, LinkState::Connected, "{what}");
    // Nothing more happens by itself.
    let connects = world.pair.sockets;
    world.locate();
    world.pair.run_for(SECOND * 300);
    assert_eq!(world.pair.sockets, connects, "{what}");
    // And once all is allowed, a person gets all of it without a new page.
    world.govern(&[]);
    world.pair.command(Command::Reconnect);
    world.check_end(&what);
}

#[test]
fn what_a_policy_forbids_is_found_and_set_aside_and_the_rest_runs() {
    each_seed(600, under_a_policy);
}

#[test]
fn a_filter_that_is_left_out_is_given_back_and_taken_up_again() {
    let mut world = World::new(1);
    world.connect();
    world.pair.run_for(SECOND);
    let (filter, _) = world.states().remove(0);
    world.pair.command(Command::LeaveOut(filter.clone()));
    world.pair.run_for(SECOND);
    assert_eq!(world.states()[0].1, SubscriptionState::LeftOut);
    world.pair.cut();
    world.pair.run_for(SECOND * 10);
    assert_eq!(world.states()[0].1, SubscriptionState::LeftOut);
    world.pair.command(Command::TryFilter(filter));
    world.pair.run_for(SECOND);
    assert_eq!(world.states()[0].1, SubscriptionState::Granted);
    assert_eq!(world.pair.sockets, 2);
}

#[test]
fn a_state_is_followed_where_its_documents_may_not_be_heard() {
    let mut world = World::new(1);
    let documents = "$aws/things/+/shadow/update/documents";
    let accepted = documents.replace("documents", "accepted");
    world.govern(&[("iot:Subscribe", format!("topicfilter/{documents}"))]);
    world.connect();
    world.pair.run_for(SECOND * 10);
    assert_eq!(world.pair.sockets, 3);
    let (filter, state) = world.states().remove(3);
    assert_eq!((&*filter, state), (documents, SubscriptionState::SetAside));
    let heard = (accepted.clone(), SubscriptionState::Granted);
    assert_eq!(world.states().last(), Some(&heard));
    // Nobody told of the lamps before.
    world.report();
    world.pair.run_for(SECOND);
    world.wish(0);
    world.pair.run_for(SECOND);
    let stage = |world: &mut World| world.change(0).expect("it was wished").stage;
    assert!(matches!(stage(&mut world), Stage::Accepted { .. }));
    world.obey();
    world.pair.run_for(SECOND);
    assert_eq!(stage(&mut world), Stage::Reported);
    let asked = |world: &World| world.pair.tap.published.len();
    let before = asked(&world);
    for _ in 0..100 {
        world.report();
        world.pair.run_for(SECOND / 50);
    }
    world.pair.run_for(SECOND);
    assert!(asked(&world) - before <= 30, "asks at its pace");
    // Once they may be heard, nothing stands in for them any more.
    world.govern(&[]);
    world.check_end("documents");
    assert!(world.states().iter().all(|(filter, _)| *filter != accepted));
    let before = asked(&world);
    world.report();
    world.pair.run_for(SECOND * 5);
    assert_eq!(asked(&world), before);
}

#[test]
fn the_latency_is_alive_while_it_is_looked_at() {
    let mut world = World::new(1);
    world.pair.latency = Duration::from_millis(40);
    world.connect();
    world.pair.run_for(SECOND * 5);
    world.pair.latency = Duration::from_millis(90);
    for _ in 0..80 {
        world.pair.look();
        world.pair.run_for(SECOND / 10);
    }
    let link = world.link();
    assert_eq!(link.latency_ms, Some(180));
    assert_eq!(link.latency_p50_ms, Some(180));
    assert_eq!(link.latency_p95_ms, Some(180));
}

/// Somebody else with the page's identifier comes back each time that it is cut, after such a while.
fn fight(seed: u64) {
    const SLICE: Duration = Duration::from_millis(20);
    let what = format!("seed {seed}");
    let mut rng = Rng::new(seed);
    let mut world = World::new(seed);
    let latencies = [1, 20, 100, 200];
    world.pair.latency = Duration::from_millis(latencies[rng.below(4) as usize]);
    let pause = rng.below(3000);
    world.connect();
    world.pair.run_for(SECOND * (1 + rng.below(20) as u32));
    world.locate();
    let mut rival = Device::connect(&mut world.pair, "gnomon-1");
    let (mut fights, mut back_at) = (1, None);
    for slice in 0..2500 {
        world.pair.run_for(SLICE);
        if slice == 100 {
            world.wish(0);
        }
        let now = world.pair.now().instant;
        if rival.was_closed(&world.pair) && back_at.is_none() {
            back_at = Some(now + Duration::from_millis(pause));
        }
        if back_at.take_if(|at| now >= *at).is_some() {
            rival = Device::connect(&mut world.pair, "gnomon-1");
            fights += 1;
        }
    }
    assert!(fights <= 4, "{what}: {fights} fights");
    assert!(!rival.was_closed(&world.pair), "{what}");
    let link = world.link();
    assert_eq!(link.taken_over.as_deref(), Some("gnomon-1"), "{what}");
    assert!(link.client_id.starts_with("gnomon-1-"), "{what}");
    world.check_end(&what);
}

#[test]
fn a_client_of_the_same_identifier_is_not_fought_over() {
    each_seed(200, fight);
}

#[test]
fn an_identifier_that_alone_may_connect_is_left_to_a_person() {
    let mut world = World::new(1);
    world.govern(&[]);
    world.connect();
    world.pair.run_for(SECOND);
    world.govern(&[("iot:Connect", "client/gnomon-1-*".to_owned())]);
    for _ in 0..2 {
        let _rival = Device::connect(&mut world.pair, "gnomon-1");
        world.pair.run_for(SECOND * 6);
    }
    let fault = gnomon::engine::frame::LinkFault::TakenOver;
    assert_eq!(world.link().state, LinkState::Failed { fault });
    let connects = world.pair.sockets;
    world.pair.run_for(SECOND * 600);
    assert_eq!(world.pair.sockets, connects);
    world.pair.command(Command::Reconnect);
    world.pair.run_for(SECOND);
    assert_eq!(world.link().state, LinkState::Connected);
    assert_eq!(world.link().client_id, "gnomon-1");
}

#[test]
fn a_wish_that_the_broker_closes_on_may_be_made_again() {
    let mut world = World::new(1);
    world.connect();
    world.pair.run_for(SECOND);
    world.locate();
    world.pair.run_for(SECOND);
    let update = format!("topic/$aws/things/{}/shadow/update", LAMPS[0]);
    world.govern(&[("iot:Publish", update)]);
    world.wish(0);
    world.wish(1);
    world.pair.run_for(SECOND * 15);
    let (code, message) = (0, String::new());
    let stage = world.change(0).map(|change| change.stage);
    assert_eq!(stage, Some(Stage::Rejected { code, message }));
    let stage = world.change(1).map(|change| change.stage);
    assert!(matches!(stage, Some(Stage::Accepted { .. })), "{stage:?}");
    let refused = world.link().publish_refused;
    assert_eq!(refused.as_deref(), Some("$aws/things/lamp-0/shadow/update"));
    world.govern(&[]);
    world.pair.command(Command::SendAgain(power(0)));
    world.pair.run_for(SECOND);
    let stage = world.change(0).map(|change| change.stage);
    assert!(matches!(stage, Some(Stage::Accepted { .. })), "{stage:?}");
    assert_eq!(world.link().publish_refused, None);
}

#[test]
fn a_wish_that_is_under_way_when_a_person_connects_again_is_made_once() {
    let mut world = World::new(1);
    world.pair.latency = Duration::from_millis(200);
    world.connect();
    world.pair.run_for(SECOND * 2);
    world.locate();
    world.pair.run_for(SECOND * 2);
    world.wish(0);
    world.pair.run_for(Duration::from_millis(100));
    world.connect();
    world.pair.run_for(SECOND * 4);
    let change = world.change(0).expect("it was wished");
    assert!(was_accepted(&change), "{change:?}");
    world.check_end("connected again");
}

#[test]
fn a_lasting_session_loses_nothing_in_either_direction() {
    each_seed(2000, |seed| Lasting::new(seed).run());
}
