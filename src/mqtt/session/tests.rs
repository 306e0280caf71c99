//! The session against a broker played by hand, in virtual time.

mod careful;
mod faults;
mod lasting;
mod rival;

use super::*;
use crate::mqtt::wire::{ConnAck, SubAck};
use crate::topic::TopicFilter;

const KEEP_ALIVE: Duration = Duration::from_secs(60);

struct Scene {
    session: Session,
    now: Instant,
}

fn at(seconds: u64) -> Instant {
    Instant(seconds * 1000)
}

fn filters(count: usize) -> Vec<TopicFilter> {
    (0..count)
        .map(|n| TopicFilter::new(&format!("fleet/{n}/+")).unwrap())
        .collect()
}

impl Scene {
    fn new(filters: Vec<TopicFilter>) -> Self {
        let config = Config {
            client_id: "gnomon-1".to_owned(),
            user_name: None,
            password: None,
            keep_alive: KEEP_ALIVE,
            clean_session: true,
            filters,
            left_out: Vec::new(),
        };
        Self {
            session: Session::new(config, 1, at(0)),
            now: at(0),
        }
    }

    /// A lasting session that is up.
    fn lasting() -> Self {
        let mut scene = Self::new(filters(1));
        scene.session.config.clean_session = false;
        scene.session.reader = frame_reader(false);
        scene.connect(false);
        scene
    }

    fn connect(&mut self, session_present: bool) {
        self.session.connect(self.now);
        self.session.handle_opened(self.now);
        self.broker(&Packet::ConnAck(ConnAck {
            session_present,
            code: 0,
        }));
    }

    /// Connected, with what the session said meanwhile thrown away.
    fn up(filters: Vec<TopicFilter>) -> Self {
        let mut scene = Self::new(filters);
        scene.session.connect(scene.now);
        scene.session.handle_opened(scene.now);
        scene.broker(&Packet::ConnAck(ConnAck {
            session_present: false,
            code: 0,
        }));
        scene
    }

    /// Answers a SUBSCRIBE: every filter is granted.
    fn grant(&mut self, packet_id: u16, filters: usize) {
        let packet_id = PacketId::new(packet_id).unwrap();
        let codes = vec![1; filters];
        self.broker(&Packet::SubAck(SubAck { packet_id, codes }));
    }

    fn broker(&mut self, packet: &Packet<'_>) -> Vec<(String, Vec<u8>)> {
        let mut bytes = BytesMut::new();
        wire::encode(packet, &mut bytes).unwrap();
        self.chunk(bytes.freeze())
    }

    fn chunk(&mut self, chunk: Bytes) -> Vec<(String, Vec<u8>)> {
        let mut messages = Vec::new();
        self.session.handle_chunk(chunk, self.now, |publish| {
            messages.push((publish.topic.to_owned(), publish.payload.to_vec()));
        });
        messages
    }

    fn outputs(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.session.poll_output(true)).collect()
    }

    /// The packets in everything sent since the last look.
    fn sent(&mut self) -> Vec<String> {
        let mut reader = FrameReader::new(MAX_PACKET);
        let mut packets = Vec::new();
        for output in self.outputs() {
            if let Output::Send(bytes) = output {
                reader.push(bytes);
                while let Some(frame) = reader.next_frame().unwrap() {
                    packets.push(format!("{:?}", wire::parse(&frame).unwrap()));
                }
            }
        }
        packets
    }

    fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.session.poll_event()).collect()
    }

    /// Lets the timer fire until the given time is reached.
    fn pass_until(&mut self, end: Instant) {
        while let Some(due) = self.session.poll_timeout().filter(|due| *due <= end) {
            assert!(due >= self.now, "a deadline in the past is never cleared");
            self.now = due;
            self.session.handle_timeout(due);
        }
        self.now = end;
    }
}

fn message(payload: &'static [u8], packet_id: Option<u16>) -> Packet<'static> {
    let packet_id = packet_id.and_then(PacketId::new);
    let qos = if packet_id.is_some() {
        QoS::AtLeastOnce
    } else {
        QoS::AtMostOnce
    };
    Packet::Publish(Publish {
        dup: false,
        qos,
        retain: false,
        packet_id,
        topic: "topic_1",
        payload,
    })
}

#[test]
fn connects_subscribes_and_hands_messages_over() {
    let mut scene = Scene::new(filters(13));
    scene.session.connect(scene.now);
    assert_eq!(scene.outputs(), [Output::Open]);
    scene.session.handle_opened(scene.now);
    assert!(scene.sent()[0].starts_with("Connect("));
    scene.broker(&Packet::ConnAck(ConnAck {
        session_present: false,
        code: 0,
    }));
    assert_eq!(scene.events(), [Event::Connected]);
    let sent = scene.sent();
    assert_eq!(
        sent.len(),
        2,
        "8 filters in one SUBSCRIBE, 5 in the next: {sent:?}"
    );
    assert_eq!(
        scene.broker(&message(b"hi", Some(9))),
        [("topic_1".to_owned(), b"hi".to_vec())]
    );
    assert_eq!(scene.sent(), ["PubAck(9)"]);
    assert_eq!(scene.broker(&message(b"ho", None)).len(), 1);
    assert!(scene.sent().is_empty());
}

#[test]
fn all_packets_of_one_turn_share_one_frame() {
    let mut scene = Scene::up(filters(1));
    scene.outputs();
    for _ in 0..3 {
        scene
            .session
            .publish("a", b"x", QoS::AtMostOnce, scene.now)
            .unwrap();
    }
    assert_eq!(scene.outputs().len(), 1);
}

#[test]
fn packets_wait_for_a_full_socket_but_closing_does_not() {
    let mut scene = Scene::up(filters(1));
    scene.outputs();
    scene
        .session
        .publish("a", b"x", QoS::AtMostOnce, scene.now)
        .unwrap();
    assert_eq!(scene.session.poll_output(false), None);
    assert!(scene.session.has_unsent());
    scene.now = at(90);
    scene.session.handle_timeout(scene.now);
    assert_eq!(scene.session.poll_output(false), Some(Output::Close));
}

#[test]
fn keeps_what_the_broker_said_to_each_filter() {
    let mut scene = Scene::up(filters(2));
    let packet_id = PacketId::new(1).unwrap();
    scene.now = scene.now + Duration::from_millis(7);
    scene.broker(&Packet::SubAck(SubAck {
        packet_id,
        codes: vec![1, 0x80],
    }));
    assert_eq!(scene.session.latency(), Some(7));
    let states: Vec<_> = scene
        .session
        .subscriptions()
        .map(|(_, state)| state)
        .collect();
    assert_eq!(
        states,
        [SubscriptionState::Granted, SubscriptionState::Refused]
    );
}

#[test]
fn pings_at_half_the_keep_alive_and_measures_the_answer() {
    let mut scene = Scene::up(filters(1));
    scene.sent();
    scene.pass_until(at(29));
    assert!(scene.sent().is_empty());
    scene.pass_until(at(30));
    assert_eq!(scene.sent(), ["PingReq"]);
    scene.now = scene.now + Duration::from_millis(38);
    scene.broker(&Packet::PingResp);
    assert_eq!(scene.session.latency(), Some(38));
}

#[test]
fn pings_every_second_while_somebody_looks_and_only_then() {
    let mut scene = Scene::up(filters(0));
    scene.sent();
    for second in 0..5 {
        scene.session.look(scene.now);
        scene.pass_until(at(second));
        assert_eq!(scene.sent(), ["PingReq"], "at {second} s");
        scene.now = scene.now + Duration::from_millis(10 + 10 * second);
        scene.broker(&Packet::PingResp);
        assert_eq!(scene.session.pinged_at(), Some(scene.now));
    }
    assert_eq!(scene.session.latency_percentile(50), Some(30));
    assert_eq!(scene.session.latency_percentile(95), Some(50));
    // One ping at most is out.
    scene.session.look(scene.now);
    scene.pass_until(at(6));
    scene.session.look(scene.now);
    scene.pass_until(at(8));
    assert_eq!(scene.sent(), ["PingReq"]);
    scene.broker(&Packet::PingResp);
    scene.sent();
    scene.pass_until(at(35));
    assert!(scene.sent().len() <= 1);
}

#[test]
fn publishing_is_bounded_and_acknowledged() {
    let mut scene = Scene::up(filters(0));
    scene.events();
    let id = scene
        .session
        .publish("a", b"x", QoS::AtLeastOnce, scene.now)
        .unwrap()
        .unwrap();
    scene.now = scene.now + Duration::from_millis(5);
    scene.broker(&Packet::PubAck(id));
    assert_eq!(scene.events(), [Event::Acknowledged(id)]);
    assert_eq!(scene.session.latency(), Some(5));
    for _ in 0..MAX_IN_FLIGHT {
        scene
            .session
            .publish("a", b"x", QoS::AtLeastOnce, scene.now)
            .unwrap();
    }
    assert_eq!(
        scene
            .session
            .publish("a", b"x", QoS::AtLeastOnce, scene.now),
        Err(PublishError::Full)
    );
    scene.session.handle_closed(1006, scene.now);
    assert_eq!(
        scene.session.publish("a", b"x", QoS::AtMostOnce, scene.now),
        Err(PublishError::NotConnected)
    );
}

#[test]
fn leaving_says_so_first() {
    let mut scene = Scene::up(filters(0));
    scene.outputs();
    scene.session.disconnect(scene.now);
    let outputs = scene.outputs();
    assert_eq!(
        outputs,
        [Output::Send(Bytes::from_static(&[0xe0, 0])), Output::Close]
    );
    assert_eq!(scene.session.phase(), &Phase::Idle);
    assert_eq!(scene.session.poll_timeout(), None);
}
