//! Clients that come, go, come back and take each other's place.

use super::*;

fn world() -> World {
    World::new(Limits::default())
}

#[test]
fn the_first_packet_is_connect_and_it_comes_once() {
    let mut world = world();
    let id = world
        .broker
        .connect(Principal::Anonymous, world.now.instant);
    world.send(id, Packet::PingReq);
    assert_eq!(world.reason(id), Some(&CloseReason::NotConnected));
    let id = world.client("a");
    world.send(id, Packet::Connect(connect("a")));
    assert_eq!(world.reason(id), Some(&CloseReason::OutOfPlace));
    let id = world.client("b");
    world.send(id, Packet::PingResp);
    assert_eq!(world.reason(id), Some(&CloseReason::OutOfPlace));
}

#[test]
fn an_empty_client_identifier_is_made_up_only_for_a_clean_session() {
    let mut world = world();
    let (a, b) = (world.client(""), world.client(""));
    assert_eq!((world.reason(a), world.reason(b)), (None, None));
    let level_3 = Connect {
        level: 3,
        ..connect("")
    };
    let long = "x".repeat(129);
    for refused in [lasting(""), level_3, connect(&long)] {
        let id = world.connect(refused);
        assert_eq!(world.reason(id), Some(&CloseReason::Refused(2)));
        assert_eq!(world.receive(id), [connack(false, 2)]);
    }
}

#[test]
fn levels_3_and_4_are_spoken_and_others_refused() {
    let mut world = world();
    let id = world.connect(Connect {
        level: 3,
        ..connect("old")
    });
    assert_eq!(world.receive(id), [connack(false, 0)]);
    let mut five = encoded(&Packet::Connect(connect("new"))).to_vec();
    five[8] = 5;
    let id = world
        .broker
        .connect(Principal::Anonymous, world.now.instant);
    world.send_bytes(id, &five);
    assert_eq!(world.receive(id), [connack(false, 1)]);
    assert_eq!(world.reason(id), Some(&CloseReason::Refused(1)));
}

#[test]
fn the_will_is_sent_unless_the_client_said_disconnect() {
    let mut world = world();
    let watcher = world.subscriber("w", "wills", 1);
    let lost = world.connect(with_will("lost", "wills"));
    world.lose(lost);
    assert_eq!(world.messages(watcher), ["wills gone 1"]);
    let polite = world.connect(with_will("polite", "wills"));
    world.send(polite, Packet::Disconnect);
    world.lose(polite);
    assert_eq!(world.reason(polite), Some(&CloseReason::Disconnected));
    assert_eq!(world.messages(watcher), [""; 0]);
    let rude = world.connect(with_will("rude", "wills"));
    world.send_bytes(rude, &[0xff, 0]);
    assert_eq!(world.messages(watcher), ["wills gone 1"]);
}

#[test]
fn a_will_with_qos_2_or_on_a_reserved_topic_is_refused() {
    let mut world = world();
    let mut twice = with_will("a", "wills");
    twice.will.as_mut().unwrap().qos = 2;
    let id = world.connect(twice);
    assert_eq!(world.reason(id), Some(&CloseReason::WillQoS2));
    assert_eq!(world.receive(id).len(), 0);
    let id = world.connect(with_will("a", "$SYS/x"));
    assert!(matches!(world.reason(id), Some(CloseReason::Reserved(_))));
}

#[test]
fn a_will_to_a_shadow_reaches_subscribers_and_not_the_service() {
    let mut world = world();
    let watcher = world.subscriber("w", "$aws/things/#", 0);
    let id = world.connect(with_will("a", "$aws/things/a/shadow/update"));
    world.lose(id);
    assert_eq!(
        world.messages(watcher),
        ["$aws/things/a/shadow/update gone 0"]
    );
    assert_eq!(world.broker.poll_request(), None);
}

#[test]
fn a_newcomer_takes_the_identifier_and_the_will_of_the_old_one_is_sent() {
    let mut world = world();
    let watcher = world.subscriber("w", "wills", 0);
    let old = world.connect(with_will("a", "wills"));
    world.subscribe(old, "t", 0);
    let new = world.connect(connect("a"));
    assert_eq!(world.reason(old), Some(&CloseReason::TakenOver));
    assert_eq!(world.receive(new), [connack(false, 0)]);
    assert_eq!(world.messages(watcher), ["wills gone 0"]);
    world.lose(old);
    world.publish(new, "t", "x");
    assert_eq!(
        world.receive(new).len(),
        0,
        "a clean session inherits nothing"
    );
    assert_eq!(world.reason(new), None);
}

#[test]
fn a_lasting_session_keeps_its_subscriptions_and_what_came_meanwhile() {
    let mut world = world();
    let id = world.connect(lasting("a"));
    world.subscribe(id, "t", 1);
    world.lose(id);
    let publisher = world.client("p");
    world.send(publisher, publish("t", "kept", QoS::AtLeastOnce, false));
    world.publish(publisher, "t", "not kept");
    let id = world.connect(lasting("a"));
    let frames = world.receive(id);
    assert_eq!(frames[0], connack(true, 0));
    assert_eq!(written(&frames[1]).unwrap(), "t kept 1");
    assert_eq!(frames.len(), 2);
}

#[test]
fn what_was_not_acknowledged_comes_again_marked_dup_before_anything_new() {
    let mut world = world();
    let id = world.connect(lasting("a"));
    world.subscribe(id, "t", 1);
    let publisher = world.client("p");
    for payload in ["1", "2", "3"] {
        world.send(publisher, publish("t", payload, QoS::AtLeastOnce, false));
    }
    world.receive(id);
    world.send(id, puback(2));
    let id = world.connect(lasting("a"));
    world.send(publisher, publish("t", "4", QoS::AtLeastOnce, false));
    assert_eq!(world.messages(id), ["t 1 1d", "t 3 1d", "t 4 1"]);
}

#[test]
fn a_clean_connect_ends_the_lasting_session() {
    let mut world = world();
    let id = world.connect(lasting("a"));
    world.subscribe(id, "t", 1);
    world.lose(id);
    let id = world.connect(connect("a"));
    assert_eq!(world.receive(id), [connack(false, 0)]);
    world.lose(id);
    let id = world.connect(lasting("a"));
    assert_eq!(world.receive(id), [connack(false, 0)]);
}

#[test]
fn the_session_of_an_absent_client_ends_after_an_hour() {
    let mut world = world();
    let id = world.connect(lasting("a"));
    world.send(id, Packet::Disconnect);
    world.lose(id);
    world.advance(Duration::from_secs(3599));
    let id = world.connect(lasting("a"));
    assert_eq!(world.receive(id), [connack(true, 0)]);
    world.advance(Duration::from_secs(7200));
    world.lose(id);
    world.advance(Duration::from_secs(3600));
    let id = world.connect(lasting("a"));
    assert_eq!(world.receive(id), [connack(false, 0)]);
}

#[test]
fn a_queue_that_is_full_while_the_client_is_away_drops_the_newest() {
    let mut world = World::new(Limits {
        queued_messages: 2,
        ..Limits::default()
    });
    let id = world.connect(lasting("a"));
    world.subscribe(id, "t", 1);
    world.lose(id);
    let publisher = world.client("p");
    for payload in ["1", "2", "3"] {
        world.send(publisher, publish("t", payload, QoS::AtLeastOnce, false));
    }
    let id = world.connect(lasting("a"));
    assert_eq!(world.messages(id), ["t 1 1", "t 2 1"]);
    assert_eq!(world.broker.counters().dropped, 1);
}

#[test]
fn silence_for_one_and_a_half_keep_alives_closes() {
    let mut world = world();
    let id = world.connect(Connect {
        keep_alive: 60,
        ..connect("a")
    });
    let forever = world.client("b");
    for _ in 0..10 {
        world.advance(Duration::from_secs(89));
        world.send(id, Packet::PingReq);
    }
    assert_eq!(world.reason(id), None);
    world.advance(Duration::from_millis(89_999));
    assert_eq!(world.reason(id), None);
    world.advance(Duration::from_millis(1));
    assert_eq!(world.reason(id), Some(&CloseReason::KeepAliveTimeout));
    assert_eq!(world.reason(forever), None);
}

#[test]
fn a_connection_without_connect_is_closed_after_ten_seconds() {
    let mut world = world();
    let id = world
        .broker
        .connect(Principal::Anonymous, world.now.instant);
    world.send_bytes(id, &[0x10]);
    world.advance(Duration::from_secs(9));
    assert_eq!(world.reason(id), None);
    world.advance(Duration::from_secs(1));
    assert_eq!(world.reason(id), Some(&CloseReason::ConnectTimeout));
}

#[test]
fn sessions_make_room_for_each_other() {
    let mut world = World::new(Limits {
        sessions: 2,
        ..Limits::default()
    });
    for name in ["first", "second", "third"] {
        let id = world.connect(lasting(name));
        world.lose(id);
        world.advance(Duration::from_secs(1));
    }
    let id = world.connect(lasting("second"));
    assert_eq!(world.receive(id), [connack(true, 0)]);
    let id = world.connect(lasting("first"));
    assert_eq!(world.receive(id), [connack(false, 0)]);
}

#[test]
fn nothing_is_left_of_clients_that_are_gone() {
    let mut world = world();
    for round in 0..100 {
        let id = world.subscriber(&format!("c{round}"), "a/+/#", 0);
        world.lose(id);
    }
    assert!(world.broker.sessions.is_empty());
    assert!(world.broker.connections.is_empty());
    assert!(world.broker.by_client_id.is_empty());
}

#[test]
fn random_bytes_never_panic() {
    let mut rng = gnomon::rng::Rng::new(3);
    let mut world = world();
    for _ in 0..3000 {
        let id = world.connect(connect("fuzz"));
        let bytes: Vec<u8> = (0..rng.below(40))
            .map(|_| {
                let byte = rng.next_u64() as u8;
                // Mostly headers that mean something, and short lengths.
                if byte < 100 { byte % 8 } else { byte & 0xf3 }
            })
            .collect();
        world.send_bytes(id, &bytes);
        world.lose(id);
    }
}
