//! More messages than an engine can work in, in no time at all: what it keeps, what it counts, and what it never drops.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::panic)]

use bytes::{Bytes, BytesMut};
use gnomon::engine::command::{Command, ConnectRequest};
use gnomon::engine::frame::{FrameRequest, FrameView, LinkView, ListRequest, Selected};
use gnomon::engine::{Engine, Input, Output};
use gnomon::message::QoS;
use gnomon::mqtt::wire::{self, FrameReader, Packet, PacketId, Publish};
use gnomon::time::{Instant, Now, UnixMillis};

const DEVICES: u32 = 1_000;
const PACKETS: u32 = 64;

/// An engine that is connected, and the clock of its world.
struct Firehose {
    engine: Engine,
    now: Now,
    /// Packets that the engine sent.
    sent: FrameReader,
}

impl Firehose {
    fn connected() -> Self {
        let now = Now {
            instant: Instant(10_000),
            wall: UnixMillis(1_790_676_000_000),
        };
        let mut firehose = Self {
            engine: Engine::new(7, now),
            now,
            sent: FrameReader::new(1 << 20),
        };
        let request = ConnectRequest::to("ws://127.0.0.1/mqtt");
        firehose.hear(Input::Command(Command::Connect(request)));
        firehose.hear(Input::SocketOpened);
        firehose.receive(&[0x20, 2, 0, 0]);
        firehose
    }

    fn hear(&mut self, input: Input) {
        self.engine.handle(input, self.now);
        while let Some(output) = self.engine.poll_output(true) {
            if let Output::Send(bytes) = output {
                self.sent.push(bytes);
            }
        }
    }

    fn receive(&mut self, bytes: &[u8]) {
        self.hear(Input::Chunk(Bytes::copy_from_slice(bytes)));
    }

    /// Time passes, and the engine is woken when it wants to be.
    fn pass(&mut self, millis: u64) {
        let end = Instant(self.now.instant.0 + millis);
        while let Some(due) = self.engine.poll_timeout().filter(|due| *due <= end) {
            self.advance(due);
            self.hear(Input::Timeout);
        }
        self.advance(end);
    }

    fn advance(&mut self, to: Instant) {
        self.now.wall.0 += (to.0 - self.now.instant.0) as i64;
        self.now.instant = to;
    }

    fn frame(&mut self, selected: Option<String>) -> FrameView {
        let request = FrameRequest {
            fresh: true,
            list: ListRequest {
                rows: DEVICES,
                ..ListRequest::default()
            },
            selected,
            ..FrameRequest::default()
        };
        self.engine.frame(&request, self.now).view
    }

    fn link(&mut self) -> LinkView {
        self.frame(None).link.expect("a fresh frame has every part")
    }

    /// The latitude of each device, in the order of their names.
    fn latitudes(&mut self) -> Vec<Option<f64>> {
        let list = self.frame(None).list.expect("a fresh frame has every part");
        let latitude = |row: &gnomon::engine::frame::Row| row.position.map(|at| at.lat);
        list.rows.iter().map(latitude).collect()
    }
}

fn put(out: &mut BytesMut, topic: &str, payload: &str, packet_id: Option<PacketId>) {
    let qos = match packet_id {
        None => QoS::AtMostOnce,
        Some(_) => QoS::AtLeastOnce,
    };
    let publish = Publish {
        dup: false,
        qos,
        retain: false,
        packet_id,
        topic,
        payload: payload.as_bytes(),
    };
    wire::encode(&Packet::Publish(publish), out).expect("a valid packet");
}

fn latitude(serial: u32) -> f64 {
    f64::from(serial % 800_000) / 10_000.0 + 1.0
}

fn put_position(out: &mut BytesMut, serial: u32) {
    let topic = format!("fleet/dev-{:04}/location", serial % DEVICES);
    let payload = format!(r#"{{"lat":{:.4},"lng":135.5}}"#, latitude(serial));
    put(out, &topic, &payload, None);
}

/// So many positions in one instant, as [`PACKETS`] a frame; `beside` adds to each frame.
fn pour(firehose: &mut Firehose, messages: u32, mut beside: impl FnMut(u32, &mut BytesMut)) {
    let mut frame = BytesMut::new();
    for serial in 0..messages {
        put_position(&mut frame, serial);
        if serial % PACKETS == PACKETS - 1 || serial == messages - 1 {
            beside(serial / PACKETS, &mut frame);
            firehose.hear(Input::Chunk(frame.split().freeze()));
        }
    }
}

#[test]
fn of_a_million_messages_in_one_instant_the_newest_of_each_device_is_shown() {
    let mut firehose = Firehose::connected();
    pour(&mut firehose, 1_000_000, |_, _| {});
    let before = firehose.frame(None);
    let link = before.link.expect("a fresh frame has every part");
    assert_eq!(before.received, 1_000_000);
    assert_eq!(link.backlog, DEVICES);
    assert!(link.dropped > 900_000, "{}", link.dropped);
    let newest: Vec<_> = (999_000..1_000_000)
        .map(|serial| Some(latitude(serial)))
        .collect();
    assert_eq!(firehose.latitudes(), newest);
    assert_eq!(firehose.link().backlog, 0);
    assert_eq!(firehose.link().dropped, link.dropped);
}

#[test]
fn what_was_not_worked_in_was_counted_as_dropped() {
    let mut firehose = Firehose::connected();
    // Texts are counted as they are worked in.
    let mut frame = BytesMut::new();
    for serial in 0..100_000_u32 {
        let topic = format!("fleet/dev-{:04}/location", serial % DEVICES);
        put(&mut frame, &topic, "on my way", None);
        if serial % PACKETS == 0 {
            firehose.hear(Input::Chunk(frame.split().freeze()));
        }
    }
    firehose.hear(Input::Chunk(frame.freeze()));
    firehose.pass(1_000);
    let link = firehose.link();
    assert_eq!(link.texts + link.dropped, 100_000);
    assert_eq!((link.backlog, link.unreadable), (0, 0));
    assert!(link.dropped > 0);
}

#[test]
fn at_fifty_thousand_a_second_nothing_waits_and_nothing_is_dropped() {
    let mut firehose = Firehose::connected();
    for tick in 0..200 {
        let mut frame = BytesMut::new();
        for serial in 0..250 {
            put_position(&mut frame, tick * 250 + serial);
        }
        firehose.hear(Input::Chunk(frame.freeze()));
        assert_eq!(firehose.link().backlog, 0);
        firehose.pass(5);
    }
    let link = firehose.link();
    assert_eq!((link.dropped, link.messages_per_second), (0, 50_000));
    let rates = link.subscriptions.iter();
    let rates: Vec<_> = rates
        .map(|it| (&*it.filter, it.messages_per_second))
        .collect();
    assert_eq!(rates[1], ("fleet/+/location", 50_000));
    assert!(rates.iter().all(|(_, rate)| *rate == 0 || *rate == 50_000));
}

#[test]
fn a_page_that_never_asks_lets_nothing_grow() {
    let mut firehose = Firehose::connected();
    for _ in 0..20 {
        pour(&mut firehose, 50_000, |_, _| {});
        let due = firehose.engine.poll_timeout().expect("something waits");
        assert!(due.0 <= firehose.now.instant.0 + 100);
        firehose.pass(100);
    }
    assert_eq!(
        firehose.link().backlog,
        0,
        "it was worked in without a frame"
    );
    let newest: Vec<_> = (49_000..50_000)
        .map(|serial| Some(latitude(serial)))
        .collect();
    assert_eq!(firehose.latitudes(), newest);
}

#[test]
fn no_shadow_is_dropped_from_among_a_burst() {
    let mut firehose = Firehose::connected();
    pour(&mut firehose, 200_000, |number, frame| {
        let thing = format!("dev-{:04}", number % DEVICES);
        let topic = format!("$aws/things/{thing}/shadow/update/documents");
        let state = format!(
            r#"{{"state":{{"reported":{{"serial":{number}}}}},"version":{}}}"#,
            number + 1
        );
        let payload = format!(r#"{{"previous":null,"current":{state},"timestamp":1790676000}}"#);
        put(frame, &topic, &payload, None);
    });
    let frames = 200_000 / PACKETS;
    for device in [0, 7, 500, 999] {
        let last = (0..frames).rev().find(|number| number % DEVICES == device);
        let Some(Selected::Device(view)) =
            firehose.frame(Some(format!("dev-{device:04}"))).selected
        else {
            panic!("dev-{device:04} is known");
        };
        let shadow = view.shadow.expect("its shadow is known");
        assert_eq!(Some(shadow.version as u32 - 1), last);
    }
    let link = firehose.link();
    assert_eq!(link.unreadable, 0);
    assert!(link.dropped > 100_000);
}

#[test]
fn a_shadow_that_came_later_is_not_overtaken_by_what_waited() {
    let mut firehose = Firehose::connected();
    pour(&mut firehose, 100_000, |_, _| {});
    let reported = r#"{"location":{"latitude":-5.0,"longitude":135.5}}"#;
    let state = format!(r#"{{"state":{{"reported":{reported}}},"version":1}}"#);
    let payload = format!(r#"{{"previous":null,"current":{state},"timestamp":1790676000}}"#);
    let mut frame = BytesMut::new();
    put(
        &mut frame,
        "$aws/things/dev-0003/shadow/update/documents",
        &payload,
        None,
    );
    firehose.hear(Input::Chunk(frame.freeze()));
    assert_eq!(firehose.latitudes()[3], Some(-5.0));
}

#[test]
fn every_qos_1_message_is_acknowledged_also_those_that_are_dropped() {
    let mut firehose = Firehose::connected();
    firehose.sent = FrameReader::new(1 << 20);
    let mut frame = BytesMut::new();
    for serial in 0..60_000_u16 {
        let topic = format!("fleet/dev-{:04}/location", u32::from(serial) % DEVICES);
        put(
            &mut frame,
            &topic,
            r#"{"lat":1,"lng":2}"#,
            PacketId::new(serial + 1),
        );
        if u32::from(serial) % PACKETS == 0 {
            firehose.hear(Input::Chunk(frame.split().freeze()));
        }
    }
    firehose.hear(Input::Chunk(frame.freeze()));
    assert!(firehose.link().dropped > 0);
    let mut acknowledged = 0;
    while let Some(frame) = firehose.sent.next_frame().expect("whole packets") {
        if let Packet::PubAck(_) = wire::parse(&frame).expect("a packet") {
            acknowledged += 1;
        }
    }
    assert_eq!(acknowledged, 60_000);
}

#[test]
fn a_device_that_nobody_knew_finds_its_place_in_the_midst_of_a_burst() {
    let mut firehose = Firehose::connected();
    pour(&mut firehose, 100_000, |number, frame| {
        if number < 100 {
            let topic = format!("fleet/new-{number:03}/location");
            put(frame, &topic, r#"{"lat":1,"lng":2}"#, None);
        } else if number == 100 {
            put(frame, "fleet/broken/location", r#"{"lat":1,"#, None);
        }
    });
    let list = firehose
        .frame(None)
        .list
        .expect("a fresh frame has every part");
    assert_eq!(list.devices, DEVICES + 100);
    assert_eq!(firehose.link().unreadable, 1);
}

#[test]
fn the_devices_of_another_broker_take_their_backlog_along() {
    let mut firehose = Firehose::connected();
    pour(&mut firehose, 100_000, |_, _| {});
    let request = ConnectRequest::to("ws://127.0.0.1/other");
    firehose.hear(Input::Command(Command::Connect(request)));
    let view = firehose.frame(None);
    assert_eq!(view.list.expect("a fresh frame has every part").devices, 0);
    let link = view.link.expect("a fresh frame has every part");
    assert_eq!((link.backlog, link.dropped), (0, 0));
}
