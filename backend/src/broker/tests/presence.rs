//! Lifecycle events, as whoever subscribes to them reads them.

use std::net::Ipv4Addr;

use gnomon::mqtt::wire::Unsubscribe;
use serde_json::Value;

use super::*;

impl World {
    /// The events that wait for a connection, as topic and content.
    fn events(&mut self, id: ConnectionId) -> Vec<(String, Value)> {
        let frames = self.receive(id);
        let mut events = Vec::new();
        for frame in &frames {
            if let Packet::Publish(publish) = wire::parse(frame).unwrap() {
                assert_eq!(publish.qos, QoS::AtLeastOnce);
                let content = serde_json::from_slice(publish.payload).unwrap();
                events.push((publish.topic.to_owned(), content));
                self.send(id, Packet::PubAck(publish.packet_id.unwrap()));
            }
        }
        events
    }

    fn watch(&mut self, filter: &str) -> ConnectionId {
        let id = self.subscriber("watcher", filter, 1);
        self.events(id);
        id
    }
}

fn disconnect_reason(world: &mut World, watcher: ConnectionId) -> (String, bool) {
    let events = world.events(watcher);
    let [(topic, event)] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(topic, "$aws/events/presence/disconnected/lamp");
    let initiated = event["clientInitiatedDisconnect"].as_bool().unwrap();
    (
        event["disconnectReason"].as_str().unwrap().to_owned(),
        initiated,
    )
}

#[test]
fn coming_and_going_are_told_with_one_version_and_session() {
    let mut world = World::new(Limits::default());
    let watcher = world.watch("$aws/events/presence/#");
    let id = world
        .broker
        .connect(Principal::Key("AKID".into()), world.now.instant);
    world
        .broker
        .note_address(id, Ipv4Addr::new(192, 0, 2, 7).into());
    world.send(id, Packet::Connect(connect("floor/lamp")));
    let events = world.events(watcher);
    let [(topic, connected)] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(topic, "$aws/events/presence/connected/floor/lamp");
    let session = &connected["sessionIdentifier"];
    let version = &connected["versionNumber"];
    let expected = serde_json::json!({
        "clientId": "floor/lamp",
        "timestamp": world.now.wall.0,
        "eventType": "connected",
        "sessionIdentifier": session,
        "principalIdentifier": "AKID",
        "ipAddress": "192.0.2.7",
        "versionNumber": version,
    });
    assert_eq!(*connected, expected);
    assert_eq!(session.as_str().unwrap().len(), 36);
    world.send(id, Packet::Disconnect);
    let (topic, disconnected) = world.events(watcher).remove(0);
    assert_eq!(topic, "$aws/events/presence/disconnected/floor/lamp");
    let expected = serde_json::json!({
        "clientId": "floor/lamp",
        "timestamp": world.now.wall.0,
        "eventType": "disconnected",
        "clientInitiatedDisconnect": true,
        "disconnectReason": "CLIENT_INITIATED_DISCONNECT",
        "sessionIdentifier": session,
        "principalIdentifier": "AKID",
        "versionNumber": version,
    });
    assert_eq!(disconnected, expected);
    world.connect(connect("floor/lamp"));
    let again = world.events(watcher).remove(0).1;
    assert!(again["versionNumber"].as_i64() > version.as_i64());
    assert_ne!(again["sessionIdentifier"], *session);
}

#[test]
fn why_a_client_went_is_told_in_awss_words() {
    let mut world = World::new(Limits::default());
    let watcher = world.watch("$aws/events/presence/disconnected/+");
    let lamp = |world: &mut World| {
        world.connect(Connect {
            keep_alive: 10,
            ..connect("lamp")
        })
    };
    let id = lamp(&mut world);
    world.lose(id);
    let told = |reason: &str| (reason.to_owned(), false);
    assert_eq!(
        disconnect_reason(&mut world, watcher),
        told("CONNECTION_LOST")
    );
    let id = lamp(&mut world);
    world.publish(id, "$SYS/x", "x");
    assert_eq!(disconnect_reason(&mut world, watcher), told("CLIENT_ERROR"));
    lamp(&mut world);
    lamp(&mut world);
    assert_eq!(
        disconnect_reason(&mut world, watcher),
        told("DUPLICATE_CLIENTID")
    );
    world.advance(Duration::from_secs(16));
    assert_eq!(
        disconnect_reason(&mut world, watcher),
        told("MQTT_KEEP_ALIVE_TIMEOUT")
    );
    let id = world.connect_as(Principal::Key("AKID".into()), connect("lamp"));
    let key = Principal::Key("AKID".into());
    world.broker.close_principal(&key, world.now);
    world.take_outputs();
    assert_eq!(world.reason(id), Some(&CloseReason::Dismissed));
    assert_eq!(disconnect_reason(&mut world, watcher), told("AUTH_ERROR"));
}

#[test]
fn subscriptions_are_told_with_their_filters() {
    let mut world = World::new(Limits::default());
    let watcher = world.watch("$aws/events/subscriptions/+/lamp");
    let id = world.client("lamp");
    world.send(id, subscribe(&[("a/+", 0), ("$share/g/a", 0), ("b", 1)]));
    let (topic, event) = world.events(watcher).remove(0);
    assert_eq!(topic, "$aws/events/subscriptions/subscribed/lamp");
    assert_eq!(event["eventType"], "subscribed");
    assert_eq!(event["topics"], serde_json::json!(["a/+", "b"]));
    assert_eq!(event["principalIdentifier"], "anonymous");
    assert!(event.get("versionNumber").is_none());
    let filters = vec![TopicFilter::new("a/+").unwrap()];
    let packet_id = PacketId::MIN;
    world.send(id, Packet::Unsubscribe(Unsubscribe { packet_id, filters }));
    let (topic, event) = world.events(watcher).remove(0);
    assert_eq!(topic, "$aws/events/subscriptions/unsubscribed/lamp");
    assert_eq!(event["topics"], serde_json::json!(["a/+"]));
}

#[test]
fn some_clients_have_no_events_and_without_a_watcher_nobody_has() {
    let mut world = World::new(Limits::default());
    let published = |world: &World| world.broker.counters().published;
    let id = world.client("lamp");
    world.subscribe(id, "#", 1);
    world.subscribe(id, "$aws/things/#", 1);
    world.send(id, Packet::Disconnect);
    assert_eq!(published(&world), 0);
    let watcher = world.watch("$aws/#");
    let before = published(&world);
    for client_id in ["a+b", "a/#"] {
        let id = world.client(client_id);
        world.subscribe(id, "x", 0);
        world.lose(id);
    }
    assert_eq!(published(&world), before);
    assert_eq!(world.events(watcher).len(), 0);
}
