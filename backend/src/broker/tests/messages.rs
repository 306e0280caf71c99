//! Messages from publishers to subscribers: matching, retained messages, reserved topics and every bound.

use gnomon::mqtt::wire::{Unsubscribe, WireError};

use super::*;
use crate::journal::Mark;

fn world() -> World {
    World::new(Limits::default())
}

#[test]
fn a_message_reaches_every_subscriber_once() {
    let mut world = world();
    let a = world.subscriber("a", "étage/+", 0);
    let b = world.subscriber("b", "#", 1);
    world.subscribe(b, "étage/1", 0);
    assert_eq!(world.receive(b).len(), 1);
    world.publish(a, "étage/1", "x");
    assert_eq!(world.messages(a), ["étage/1 x 0"]);
    assert_eq!(world.messages(b), ["étage/1 x 0"]);
}

#[test]
fn qos_is_the_lower_of_both() {
    let mut world = world();
    let zero = world.subscriber("zero", "t", 0);
    let one = world.subscriber("one", "t", 1);
    let publisher = world.client("p");
    world.send(publisher, publish("t", "1", QoS::AtLeastOnce, false));
    world.publish(publisher, "t", "0");
    assert_eq!(world.receive(publisher), [encoded(&puback(1))]);
    assert_eq!(world.messages(zero), ["t 1 0", "t 0 0"]);
    assert_eq!(world.messages(one), ["t 1 1", "t 0 0"]);
}

#[test]
fn qos_2_is_granted_as_1_and_closes_when_published() {
    let mut world = world();
    let id = world.client("a");
    world.send(id, subscribe(&[("a", 2), ("b", 1), ("c", 0)]));
    assert_eq!(world.receive(id), [suback(&[1, 1, 0])]);
    world.send_bytes(id, &[0x34, 6, 0, 1, b'a', 0, 1, b'x']);
    assert_eq!(
        world.reason(id),
        Some(&CloseReason::Malformed(WireError::QoS2))
    );
}

#[test]
fn unsubscribing_ends_it_and_an_unknown_filter_is_answered_too() {
    let mut world = world();
    let id = world.subscriber("a", "t", 0);
    let filters = vec![
        TopicFilter::new("t").unwrap(),
        TopicFilter::new("never").unwrap(),
    ];
    let packet_id = PacketId::MIN;
    world.send(id, Packet::Unsubscribe(Unsubscribe { packet_id, filters }));
    assert_eq!(world.receive(id), [encoded(&Packet::UnsubAck(packet_id))]);
    world.publish(id, "t", "x");
    assert_eq!(world.receive(id).len(), 0);
}

#[test]
fn retained_messages_come_with_the_subscription_and_live_ones_without_the_flag() {
    let mut world = world();
    let id = world.subscriber("early", "a/#", 0);
    world.send(id, publish("a/1", "one", QoS::AtMostOnce, true));
    world.send(id, publish("a/2", "two", QoS::AtLeastOnce, true));
    assert_eq!(world.messages(id), ["a/1 one 0", "a/2 two 0"]);
    let late = world.client("late");
    world.subscribe(late, "a/#", 1);
    assert_eq!(world.messages(late), ["a/1 one 0r", "a/2 two 1r"]);
    world.send(id, publish("a/1", "", QoS::AtMostOnce, true));
    assert_eq!(world.messages(id), ["a/1  0"]);
    let last = world.client("last");
    world.subscribe(last, "+/1", 1);
    assert_eq!(world.messages(last), [""; 0]);
}

#[test]
fn a_shadow_request_is_routed_and_handed_to_the_service() {
    let mut world = world();
    let watcher = world.subscriber("w", "$aws/things/+/shadow/update", 0);
    let id = world.client("p");
    world.send(
        id,
        publish(
            "$aws/things/lamp/shadow/update",
            "{}",
            QoS::AtLeastOnce,
            true,
        ),
    );
    assert_eq!(
        world.messages(watcher),
        ["$aws/things/lamp/shadow/update {} 0"]
    );
    let request = world.broker.poll_request().unwrap();
    assert_eq!(
        request.message.topic.as_str(),
        "$aws/things/lamp/shadow/update"
    );
    assert_eq!(request.message.payload, "{}");
    assert_eq!(
        world.receive(id),
        Vec::<Bytes>::new(),
        "it is not answered yet"
    );
    world.broker.end_request(&request, Mark::NONE, world.now);
    assert_eq!(world.receive(id), [encoded(&puback(1))]);
    // RETAIN is not for reserved topics.
    world.subscribe(id, "$aws/things/#", 0);
    assert_eq!(world.messages(id), [""; 0]);
}

#[test]
fn other_reserved_topics_close_the_connection_and_rules_have_no_subscribers() {
    let mut world = world();
    let watcher = world.subscriber("w", "$aws/rules/#", 0);
    let id = world.client("p");
    world.publish(id, "$aws/rules/store/x", "x");
    assert_eq!(world.reason(id), None);
    world.publish(id, "$aws/things/lamp/shadow/update/accepted", "x");
    assert!(matches!(world.reason(id), Some(CloseReason::Reserved(_))));
    assert_eq!(world.messages(watcher), [""; 0]);
}

#[test]
fn a_payload_may_have_128_kib_and_not_a_byte_more() {
    let mut world = world();
    let id = world.subscriber("a", "t", 0);
    let payload = "x".repeat(128 * 1024);
    world.publish(id, "t", &payload);
    assert_eq!(world.messages(id), [format!("t {payload} 0")]);
    world.publish(id, "t", &(payload + "x"));
    assert_eq!(
        world.reason(id),
        Some(&CloseReason::PayloadTooLarge(131_073))
    );
}

#[test]
fn a_claim_of_256_mb_closes_before_the_rest_comes() {
    let mut world = world();
    let id = world.client("a");
    world.send_bytes(id, &[0x30, 0xff, 0xff, 0xff, 0x7f]);
    assert!(matches!(
        world.reason(id),
        Some(CloseReason::Malformed(WireError::TooLarge(_)))
    ));
}

#[test]
fn packets_may_be_cut_and_packed_in_any_way() {
    let mut world = world();
    let id = world
        .broker
        .connect(Principal::Anonymous, world.now.instant);
    for byte in encoded(&Packet::Connect(connect("a"))) {
        world.send_bytes(id, &[byte]);
    }
    let mut packed = encoded(&subscribe(&[("t", 0)])).to_vec();
    for _ in 0..100 {
        packed.extend_from_slice(&encoded(&publish("t", "x", QoS::AtMostOnce, false)));
    }
    world.send_bytes(id, &packed);
    let mut chunks = std::iter::from_fn(|| world.broker.poll_transmit(id));
    let chunk = chunks.next().unwrap();
    assert_eq!(chunk.len(), 4 + 5 + 100 * 6, "all in one chunk");
    assert_eq!(chunks.next(), None);
}

#[test]
fn a_slow_subscriber_loses_qos_0_and_keeps_its_connection() {
    let mut world = World::new(Limits {
        outbox: 1000,
        ..Limits::default()
    });
    let slow = world.subscriber("slow", "t", 0);
    let other = world.subscriber("other", "t", 0);
    let publisher = world.client("p");
    for _ in 0..200 {
        world.publish(publisher, "t", "0123");
        assert_eq!(world.messages(other).len(), 1, "the others get all");
    }
    assert_eq!(world.messages(slow).len(), 1000 / 9);
    assert_eq!(world.broker.counters().dropped, 200 - 1000 / 9);
    world.publish(publisher, "t", "again");
    assert_eq!(world.messages(slow), ["t again 0"]);
}

#[test]
fn a_subscriber_that_lets_its_qos_1_queue_run_full_is_closed() {
    let mut world = World::new(Limits {
        in_flight: 2,
        queued_messages: 3,
        ..Limits::default()
    });
    let slow = world.subscriber("slow", "t", 1);
    let publisher = world.client("p");
    for _ in 0..5 {
        world.send(publisher, publish("t", "x", QoS::AtLeastOnce, false));
    }
    assert_eq!(world.reason(slow), None);
    world.send(publisher, publish("t", "x", QoS::AtLeastOnce, false));
    assert_eq!(world.reason(slow), Some(&CloseReason::TooSlow));
    assert_eq!(world.reason(publisher), None);
}

#[test]
fn a_client_that_asks_and_never_reads_is_closed() {
    let mut world = World::new(Limits {
        outbox: 100,
        ..Limits::default()
    });
    let id = world.client("a");
    for _ in 0..60 {
        world.send(id, Packet::PingReq);
    }
    assert_eq!(world.reason(id), Some(&CloseReason::TooSlow));
    assert_eq!(world.receive(id).len(), 0);
}

#[test]
fn the_qos_1_window_opens_with_acknowledgements() {
    let mut world = World::new(Limits {
        in_flight: 2,
        ..Limits::default()
    });
    let id = world.subscriber("a", "t", 1);
    for payload in ["1", "2", "3", "4"] {
        world.send(id, publish("t", payload, QoS::AtLeastOnce, false));
    }
    assert_eq!(world.messages(id), ["t 1 1", "t 2 1"]);
    world.send(id, puback(77));
    assert_eq!(world.messages(id), [""; 0]);
    world.send(id, puback(2));
    world.send(id, puback(1));
    assert_eq!(world.messages(id), ["t 3 1", "t 4 1"]);
}

#[test]
fn what_cannot_be_subscribed_to_is_refused_in_its_place() {
    let mut world = World::new(Limits {
        subscriptions_per_session: 2,
        filter_levels: 3,
        filters_per_subscribe: Some(4),
        ..Limits::default()
    });
    let id = world.client("a");
    world.send(
        id,
        subscribe(&[("a/b/c/d", 0), ("a", 0), ("$share/g/a", 1), ("b", 1)]),
    );
    assert_eq!(world.receive(id), [suback(&[0x80, 0, 0x80, 1])]);
    world.send(id, subscribe(&[("c", 0), ("a", 1)]));
    assert_eq!(world.receive(id), [suback(&[0x80, 1])]);
    world.send(id, subscribe(&[("a", 0); 5]));
    assert_eq!(world.reason(id), Some(&CloseReason::TooManyFilters(5)));
}
