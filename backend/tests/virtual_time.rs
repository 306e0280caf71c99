//! Broker, shadow service and fleet joined, in virtual time: what devices do, seen by an ordinary client.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::HashMap;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use gnomon::message::QoS;
use gnomon::mqtt::wire::{self, Connect, FrameReader, Packet, PacketId, Publish, Subscribe};
use gnomon::time::{Instant, Now, UnixMillis};
use gnomon::topic::TopicFilter;
use gnomon_backend::backend::Backend;
use gnomon_backend::broker::{ConnectionId, Limits};
use gnomon_backend::fleet::FleetOptions;
use gnomon_backend::things::Principal;
use serde_json::{Value, json};

/// A backend with one client, who sees everything.
struct World {
    backend: Backend,
    client: ConnectionId,
    reader: FrameReader,
    now: Now,
    /// Topic, payload and time of each message since the last look.
    seen: Vec<(String, Value, Instant)>,
}

impl World {
    fn new(devices: u32, rate: Option<f64>, seed: u64) -> Self {
        let now = Now {
            instant: Instant(0),
            wall: UnixMillis(1_795_400_000_000),
        };
        let options = FleetOptions {
            devices,
            rate,
            seed,
        };
        let mut backend = Backend::new(Limits::default(), seed);
        let client = backend.connect(Principal::Anonymous, now);
        let mut world = Self {
            client,
            reader: FrameReader::new(1 << 20),
            backend,
            now,
            seen: Vec::new(),
        };
        world.send(&Packet::Connect(Connect {
            level: 4,
            client_id: "watcher",
            clean_session: true,
            keep_alive: 0,
            will: None,
            user_name: None,
            password: None,
        }));
        let filters = ["#", "$aws/things/#"].map(|text| (TopicFilter::new(text).unwrap(), 0));
        world.send(&Packet::Subscribe(Subscribe {
            packet_id: PacketId::MIN,
            filters: filters.to_vec(),
        }));
        world.backend = world.backend.with_fleet(&options, now);
        world
    }

    fn send(&mut self, packet: &Packet<'_>) {
        let mut out = BytesMut::new();
        wire::encode(packet, &mut out).unwrap();
        self.backend
            .handle_bytes(self.client, out.freeze(), self.now);
        self.look();
    }

    fn publish(&mut self, topic: &str, payload: &Value) {
        self.send(&Packet::Publish(Publish {
            dup: false,
            qos: QoS::AtMostOnce,
            retain: false,
            packet_id: None,
            topic,
            payload: payload.to_string().as_bytes(),
        }));
    }

    fn advance(&mut self, duration: Duration) {
        let end = self.now.instant + duration;
        while let Some(due) = self.backend.poll_timeout().filter(|due| *due <= end) {
            self.set_time(due);
            self.backend.handle_timeout(self.now);
            self.look();
        }
        self.set_time(end);
    }

    fn set_time(&mut self, instant: Instant) {
        let passed = instant.since(self.now.instant).as_millis() as i64;
        self.now.wall = UnixMillis(self.now.wall.0 + passed);
        self.now.instant = instant;
    }

    fn look(&mut self) {
        while let Some(chunk) = self.backend.poll_transmit(self.client) {
            self.reader.push(chunk);
            while let Some(frame) = self.reader.next_frame().unwrap() {
                self.note(&frame);
            }
        }
    }

    fn note(&mut self, frame: &Bytes) {
        if let Packet::Publish(publish) = wire::parse(frame).unwrap() {
            let payload = serde_json::from_slice(publish.payload).unwrap();
            let message = (publish.topic.to_owned(), payload, self.now.instant);
            self.seen.push(message);
        }
    }

    /// Messages on topics with this end.
    fn take(&mut self, end: &str) -> Vec<(String, Value, Instant)> {
        let (taken, rest) = self.seen.drain(..).partition(|it| it.0.ends_with(end));
        self.seen = rest;
        taken
    }
}

fn desire(state: Value) -> Value {
    json!({"state": {"desired": state}})
}

#[test]
fn each_device_introduces_itself_once_and_then_moves_every_second() {
    let mut world = World::new(25, None, 1);
    world.advance(Duration::from_secs(1));
    let introduced = world.take("/update/accepted");
    let weak = introduced
        .iter()
        .filter_map(|(_, accepted, _)| accepted["state"]["reported"]["battery"].as_i64())
        .filter(|battery| *battery < 10)
        .count();
    let powered = introduced
        .iter()
        .filter(|(_, accepted, _)| accepted["state"]["reported"]["firmware"].is_string())
        .count();
    assert_eq!(powered, 25);
    assert_eq!(weak, 2);
    world.seen.clear();
    world.advance(Duration::from_secs(10));
    let mut count: HashMap<String, u32> = HashMap::new();
    for (topic, fix, _) in world.take("/location") {
        assert!(
            (34.5..35.3).contains(&fix["lat"].as_f64().unwrap()),
            "{fix}"
        );
        assert!(
            (135.3..136.0).contains(&fix["lng"].as_f64().unwrap()),
            "{fix}"
        );
        assert!(fix["time"].as_i64().unwrap() > 1_795_400_000_000);
        *count.entry(topic).or_default() += 1;
    }
    assert_eq!(count.len(), 25);
    assert!(count.values().all(|fixes| *fixes == 10), "{count:?}");
    assert!(count.contains_key("fleet/sim-0001/location"));
}

#[test]
fn a_desired_power_is_obeyed_in_one_to_two_seconds() {
    let mut world = World::new(3, None, 5);
    world.advance(Duration::from_secs(1));
    world.seen.clear();
    let asked = world.now.instant;
    let topic = "$aws/things/sim-0002/shadow/update";
    world.publish(
        topic,
        &desire(json!({"power": "off", "mode": "eco", "hue": 7})),
    );
    assert_eq!(world.take("/update/delta").len(), 1);
    world.take("/update/accepted");
    world.advance(Duration::from_secs(3));
    let reports = world.take("sim-0002/shadow/update/accepted");
    let (_, accepted, at) = &reports[0];
    assert_eq!(accepted["state"]["reported"]["power"], "off");
    assert_eq!(accepted["state"]["reported"]["mode"], "eco");
    let delay = at.since(asked).as_millis();
    assert!((1000..2020).contains(&delay), "after {delay} ms");
    // What the device does not know still differs.
    let (_, delta, _) = &world.take("sim-0002/shadow/update/delta")[0];
    assert_eq!(delta["state"], json!({"hue": 7}));
}

#[test]
fn a_device_without_power_stands_still() {
    let mut world = World::new(1, None, 5);
    world.publish(
        "$aws/things/sim-0001/shadow/update",
        &desire(json!({"power": "off"})),
    );
    world.advance(Duration::from_secs(30));
    world.seen.clear();
    world.advance(Duration::from_secs(10));
    let fixes = world.take("/location");
    assert_eq!(fixes.len(), 10);
    assert!(fixes.iter().all(|(_, fix, _)| fix["speed"] == 0.0));
}

#[test]
fn nonsense_that_is_desired_breaks_nothing() {
    let mut world = World::new(1, None, 5);
    world.advance(Duration::from_secs(1));
    let topic = "$aws/things/sim-0001/shadow/update";
    for state in [
        json!({"power": {"on": 1}}),
        json!({"power": "explode", "mode": []}),
        json!({"power": true}),
    ] {
        world.publish(topic, &desire(state));
    }
    world.publish(
        "$aws/things/sim-0000/shadow/update",
        &desire(json!({"power": "off"})),
    );
    world.publish(
        "$aws/things/sim-9999/shadow/update",
        &desire(json!({"power": "off"})),
    );
    world.seen.clear();
    world.advance(Duration::from_secs(5));
    assert_eq!(world.take("/location").len(), 5);
    assert_eq!(world.take("sim-0001/shadow/update/accepted").len(), 0);
}

#[test]
fn every_tenth_device_puts_its_position_into_its_shadow_at_most_every_30_seconds() {
    let mut world = World::new(20, None, 2);
    world.advance(Duration::from_secs(120));
    let mut positions: HashMap<String, Vec<Instant>> = HashMap::new();
    for (topic, accepted, at) in world.take("/update/accepted") {
        if accepted["state"]["reported"]["location"]["latitude"].is_f64() {
            positions.entry(topic).or_default().push(at);
        }
    }
    assert_eq!(positions.len(), 2, "sim-0010 and sim-0020");
    for times in positions.values() {
        assert_eq!(times.len(), 4);
        let apart = times.windows(2).map(|pair| pair[1].since(pair[0]));
        assert!(apart.min().unwrap() >= Duration::from_secs(30));
    }
}

#[test]
fn the_same_seed_gives_the_same_fleet() {
    let messages = |seed| {
        let mut world = World::new(12, Some(30.0), seed);
        world.advance(Duration::from_secs(20));
        world.seen
    };
    assert_eq!(messages(9), messages(9));
    assert_ne!(messages(9), messages(10));
}

#[test]
fn the_rate_is_kept_and_a_pause_of_the_host_is_not_made_up_for() {
    let mut world = World::new(50, Some(500.0), 1);
    world.advance(Duration::from_secs(10));
    let fixes = world.take("/location").len();
    assert!((4990..=5000).contains(&fixes), "{fixes} fixes");
    world.set_time(world.now.instant + Duration::from_secs(3600));
    world.backend.handle_timeout(world.now);
    world.look();
    let fixes = world.take("/location").len();
    assert!(
        (400..=501).contains(&fixes),
        "{fixes} fixes after the pause"
    );
}
