//! The uplink with the real shadow service, against a broker played by hand, in virtual time.

mod link;

use bytes::BytesMut;
use gnomon::message::QoS;
use gnomon::mqtt::limits::{CONNECT_TIMEOUT, MAX_IN_FLIGHT, MAX_PACKET};
use gnomon::mqtt::wire::{self, ConnAck, FrameReader, Packet, PacketId, Publish, SubAck};
use gnomon::shadow::service::{Limits, ShadowService};
use gnomon::time::UnixMillis;

use super::*;

const UPDATE: &str = "$aws/things/lamp/shadow/update";

struct Scene {
    uplink: Uplink,
    service: ShadowService,
    /// The batch that answers wait for.
    mark: Mark,
    now: Instant,
}

impl Scene {
    fn new() -> Self {
        let credentials = Credentials {
            user_name: Some("me".to_owned()),
            password: Some(b"secret".to_vec()),
        };
        let now = Instant(0);
        Self {
            uplink: Uplink::new(credentials, 1, now),
            service: ShadowService::new(Limits::default()),
            mark: Mark::NONE,
            now,
        }
    }

    /// Serving, with what was said on the way thrown away.
    fn serving() -> Self {
        let mut scene = Self::new();
        scene.connect();
        scene
    }

    fn connect(&mut self) {
        assert_eq!(
            self.uplink.poll_output(true, self.now),
            Some(Output::Open),
            "{:?}",
            self.uplink.session.phase()
        );
        self.uplink.handle_opened(self.now);
        self.accept(0);
        self.grant([1; 6]);
        assert_eq!(self.notices().last(), Some(&Notice::Serving));
    }

    /// Answers SUBSCRIBE.
    fn grant(&mut self, codes: [u8; 6]) {
        let packet_id = self.subscribe_id();
        let codes = codes.to_vec();
        self.broker(&Packet::SubAck(SubAck { packet_id, codes }));
    }

    fn accept(&mut self, code: u8) {
        self.broker(&Packet::ConnAck(ConnAck {
            session_present: false,
            code,
        }));
    }

    fn broker(&mut self, packet: &Packet<'_>) {
        let mut bytes = BytesMut::new();
        wire::encode(packet, &mut bytes).unwrap();
        let (service, mark) = (&mut self.service, self.mark);
        self.uplink
            .handle_bytes(bytes.freeze(), self.now, |request| {
                (service.handle(request, UnixMillis(0)).messages, mark)
            });
    }

    fn request(&mut self, topic: &str, payload: &str, packet_id: Option<u16>) {
        self.request_with(topic, payload, packet_id, false);
    }

    fn request_with(&mut self, topic: &str, payload: &str, packet_id: Option<u16>, retain: bool) {
        let packet_id = packet_id.and_then(PacketId::new);
        self.broker(&Packet::Publish(Publish {
            dup: false,
            qos: match packet_id {
                Some(_) => QoS::AtLeastOnce,
                None => QoS::AtMostOnce,
            },
            retain,
            packet_id,
            topic,
            payload: payload.as_bytes(),
        }));
    }

    /// Every packet that leaves now.
    fn frames(&mut self) -> Vec<Bytes> {
        let mut reader = FrameReader::new(MAX_PACKET);
        let mut frames = Vec::new();
        while let Some(output) = self.uplink.poll_output(true, self.now) {
            if let Output::Send(bytes) = output {
                reader.push(bytes);
                while let Some(frame) = reader.next_frame().unwrap() {
                    frames.push(frame);
                }
            }
        }
        frames
    }

    /// The same, a short word for each: the end of its topic, or which request it acknowledges.
    fn sent(&mut self) -> Vec<String> {
        let frames = self.frames();
        let word = |frame: &Bytes| match wire::parse(frame).unwrap() {
            Packet::Publish(publish) => {
                assert_eq!((publish.qos, publish.retain), (QoS::AtLeastOnce, false));
                let topic = publish.topic.strip_prefix("$aws/things/lamp/shadow/");
                topic.unwrap_or(publish.topic).to_owned()
            }
            Packet::PubAck(id) => format!("taken {id}"),
            other => format!("{other:?}"),
        };
        frames.iter().map(word).collect()
    }

    fn subscribe_id(&mut self) -> PacketId {
        self.next_subscribe().unwrap()
    }

    fn next_subscribe(&mut self) -> Option<PacketId> {
        let frames = self.frames();
        frames.iter().find_map(|frame| match wire::parse(frame) {
            Ok(Packet::Subscribe(subscribe)) => Some(subscribe.packet_id),
            _ => None,
        })
    }

    fn notices(&mut self) -> Vec<Notice> {
        std::iter::from_fn(|| self.uplink.poll_notice()).collect()
    }

    /// Lets the timer fire once.
    fn pass(&mut self) {
        self.now = self.uplink.poll_timeout().unwrap();
        self.uplink.handle_timeout(self.now);
    }

    /// The link breaks, and the next attempt begins.
    fn break_off(&mut self) {
        self.uplink.handle_closed("reset", self.now);
        assert_eq!(self.uplink.poll_output(true, self.now), Some(Output::Close));
        self.notices();
        self.pass();
    }
}

fn trouble(text: &str) -> Notice {
    Notice::Trouble(text.to_owned())
}

fn answer(n: usize) -> Message {
    Message {
        topic: gnomon::topic::TopicName::new(&format!("answer/{n}")).unwrap(),
        payload: Bytes::from(vec![b'x'; 60 * 1024]),
        qos: QoS::AtLeastOnce,
        retain: false,
    }
}

#[test]
fn it_asks_for_six_filters_at_once_in_a_lasting_session() {
    let mut scene = Scene::new();
    assert_eq!(
        scene.uplink.poll_output(true, scene.now),
        Some(Output::Open)
    );
    scene.uplink.handle_opened(scene.now);
    let sent = scene.sent();
    assert!(sent[0].contains(r#"client_id: "gnomon-shadows", clean_session: false"#));
    scene.accept(0);
    let frames = scene.frames();
    let Ok(Packet::Subscribe(subscribe)) = wire::parse(&frames[0]) else {
        panic!("{frames:?}");
    };
    let filters: Vec<_> = subscribe
        .filters
        .iter()
        .map(|(filter, qos)| (filter.as_str(), *qos))
        .collect();
    assert_eq!(
        filters,
        [
            ("$aws/things/+/shadow/get", 1),
            ("$aws/things/+/shadow/name/+/get", 1),
            ("$aws/things/+/shadow/update", 1),
            ("$aws/things/+/shadow/name/+/update", 1),
            ("$aws/things/+/shadow/delete", 1),
            ("$aws/things/+/shadow/name/+/delete", 1),
        ]
    );
    assert_eq!(scene.notices(), []);
    scene.broker(&Packet::SubAck(SubAck {
        packet_id: subscribe.packet_id,
        codes: vec![1; 6],
    }));
    assert_eq!(scene.notices(), [Notice::Serving]);
}

#[test]
fn a_request_is_acknowledged_behind_its_answers() {
    let mut scene = Scene::serving();
    scene.request(UPDATE, r#"{"state":{"desired":{"on":true}}}"#, Some(7));
    scene.request("$aws/things/lamp/shadow/get", "", None);
    scene.request("$aws/things/lamp/shadow/name/cfg/delete", "", Some(8));
    assert_eq!(
        scene.sent(),
        [
            "update/accepted",
            "update/delta",
            "update/documents",
            "taken 7",
            "get/accepted",
            "name/cfg/delete/rejected",
            "taken 8"
        ]
    );
}

#[test]
fn stored_copies_and_what_is_no_request_are_only_acknowledged() {
    let mut scene = Scene::serving();
    scene.request_with(UPDATE, r#"{"state":{}}"#, Some(1), true);
    scene.request("$aws/things/lamp/shadow/update/accepted", "{}", Some(2));
    scene.request("$aws/things/a lamp/shadow/get", "", Some(3));
    scene.request("topic_1", "{}", None);
    assert_eq!(scene.sent(), ["taken 1", "taken 2", "taken 3"]);
}

#[test]
fn what_waits_while_the_service_was_away_is_answered_before_suback() {
    let mut scene = Scene::new();
    scene.frames();
    scene.uplink.handle_opened(scene.now);
    scene.accept(0);
    scene.frames();
    scene.request("$aws/things/lamp/shadow/get", "", Some(1));
    assert_eq!(scene.sent(), ["get/rejected", "taken 1"]);
}

#[test]
fn nothing_leaves_before_it_is_on_disk() {
    let mut scene = Scene::serving();
    scene.mark = Mark(5);
    scene.request(UPDATE, r#"{"state":{}}"#, Some(1));
    scene.mark = Mark(6);
    scene.request("$aws/things/lamp/shadow/delete", "", Some(2));
    assert!(scene.sent().is_empty());
    scene.uplink.handle_saved(Mark(4), scene.now);
    assert!(scene.sent().is_empty());
    scene.uplink.handle_saved(Mark(5), scene.now);
    assert_eq!(
        scene.sent(),
        ["update/accepted", "update/documents", "taken 1"]
    );
    scene.uplink.handle_saved(Mark(7), scene.now);
    assert_eq!(scene.sent(), ["delete/accepted", "taken 2"]);
}

#[test]
fn answers_go_on_in_order_as_the_broker_acknowledges_them() {
    let mut scene = Scene::serving();
    let count = MAX_IN_FLIGHT + 30;
    for _ in 0..count {
        scene.request("$aws/things/lamp/shadow/get", "", None);
    }
    let frames = scene.frames();
    assert_eq!(frames.len(), MAX_IN_FLIGHT);
    for frame in frames {
        let Ok(Packet::Publish(publish)) = wire::parse(&frame) else {
            panic!("{frame:?}");
        };
        scene.broker(&Packet::PubAck(publish.packet_id.unwrap()));
    }
    assert_eq!(scene.sent().len(), 30);
}

#[test]
fn answers_outlive_the_link_and_acknowledgements_do_not() {
    let mut scene = Scene::serving();
    scene.request(UPDATE, r#"{"state":{}}"#, Some(1));
    // They left, but nothing says that they arrived.
    assert_eq!(scene.sent().len(), 3);
    scene.mark = Mark(1);
    scene.request("$aws/things/lamp/shadow/get", "", Some(2));
    scene.break_off();
    scene.uplink.publish(answer(0), Mark::NONE, scene.now);
    scene.uplink.handle_saved(Mark(1), scene.now);
    assert_eq!(
        scene.uplink.poll_output(true, scene.now),
        Some(Output::Open)
    );
    scene.uplink.handle_opened(scene.now);
    scene.accept(0);
    let sent = scene.sent();
    let publishes: Vec<_> = sent.iter().filter(|word| !word.contains("{")).collect();
    assert_eq!(
        publishes,
        [
            "update/accepted",
            "update/documents",
            "get/accepted",
            "answer/0"
        ]
    );
}

#[test]
fn too_much_that_waits_drops_the_oldest_and_says_so() {
    let mut scene = Scene::serving();
    scene.break_off();
    let room = (16 << 20) / (60 * 1024);
    for n in 0..room + 10 {
        scene.uplink.publish(answer(n), Mark::NONE, scene.now);
    }
    let notices = scene.notices();
    assert_eq!(notices[0], Notice::Dropped(1));
    assert_eq!(notices[1], Notice::Dropped(2));
    assert!(notices.len() < 8, "{notices:?}");
    scene.frames();
    scene.uplink.handle_opened(scene.now);
    scene.accept(0);
    let sent = scene.sent();
    let numbers: Vec<usize> = sent
        .iter()
        .filter_map(|word| word.strip_prefix("answer/")?.parse().ok())
        .collect();
    assert!(numbers[0] > 10, "{numbers:?}");
    assert!(numbers.is_sorted_by(|a, b| a + 1 == *b), "{numbers:?}");
}
