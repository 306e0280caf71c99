//! The session against a broker played by hand, in virtual time.

use super::*;
use crate::mqtt::wire::{ConnAck, SubAck};

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
    assert_eq!(scene.session.latency(), Some(Duration::from_millis(7)));
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
fn a_suback_with_a_wrong_count_is_malformed() {
    let mut scene = Scene::up(filters(2));
    let packet_id = PacketId::new(1).unwrap();
    scene.broker(&Packet::SubAck(SubAck {
        packet_id,
        codes: vec![1],
    }));
    assert!(matches!(
        scene.session.phase(),
        Phase::Waiting {
            fault: LinkFault::Malformed(_),
            ..
        }
    ));
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
    assert_eq!(scene.session.latency(), Some(Duration::from_millis(38)));
}

#[test]
fn a_silent_broker_is_given_up_after_one_and_a_half_keep_alives() {
    let mut scene = Scene::up(filters(1));
    scene.pass_until(at(89));
    assert_eq!(scene.session.phase(), &Phase::Up);
    scene.outputs();
    scene.pass_until(at(90));
    assert!(matches!(
        scene.session.phase(),
        Phase::Waiting {
            fault: LinkFault::Silent,
            ..
        }
    ));
    assert_eq!(scene.outputs(), [Output::Close]);
    assert_eq!(scene.events(), [Event::Connected, Event::Lost]);
}

#[test]
fn a_late_timer_does_not_save_a_silent_link() {
    // A page that slept wakes with a message in the socket: deadlines are checked on input too.
    let mut scene = Scene::up(filters(1));
    scene.now = at(31);
    scene.broker(&message(b"x", None));
    assert!(scene.sent().contains(&"PingReq".to_owned()));
}

#[test]
fn tries_again_by_itself_and_asks_for_every_filter_again() {
    let mut scene = Scene::up(filters(1));
    scene.session.handle_closed(1006, scene.now);
    let Phase::Waiting { fault, until } = scene.session.phase().clone() else {
        panic!("{:?}", scene.session.phase());
    };
    assert_eq!(fault, LinkFault::Closed(1006));
    scene.outputs();
    scene.pass_until(until);
    assert_eq!(scene.outputs(), [Output::Open]);
    scene.session.handle_opened(scene.now);
    scene.sent();
    scene.broker(&Packet::ConnAck(ConnAck {
        session_present: false,
        code: 0,
    }));
    assert!(scene.sent()[0].starts_with("Subscribe("));
}

#[test]
fn a_refused_sign_in_waits_for_a_person() {
    let mut scene = Scene::new(filters(1));
    scene.session.connect(scene.now);
    scene.session.handle_opened(scene.now);
    scene.broker(&Packet::ConnAck(ConnAck {
        session_present: false,
        code: 4,
    }));
    assert_eq!(
        scene.session.phase(),
        &Phase::Failed {
            fault: LinkFault::Refused(4)
        }
    );
    assert_eq!(scene.session.poll_timeout(), None);
    scene.outputs();
    scene.session.connect(scene.now);
    assert_eq!(scene.outputs(), [Output::Open]);
}

#[test]
fn each_step_that_hangs_is_named() {
    let mut scene = Scene::new(filters(1));
    scene.session.connect(scene.now);
    scene.session.handle_timeout(at(15));
    assert!(matches!(
        scene.session.phase(),
        Phase::Waiting {
            fault: LinkFault::Unreachable,
            ..
        }
    ));
    let mut scene = Scene::new(filters(1));
    scene.session.connect(scene.now);
    scene.session.handle_opened(scene.now);
    scene.session.handle_timeout(at(15));
    assert!(matches!(
        scene.session.phase(),
        Phase::Waiting {
            fault: LinkFault::NoConnack,
            ..
        }
    ));
}

#[test]
fn what_no_broker_sends_ends_the_link_and_nothing_else() {
    for chunk in [
        &[0x30, 0xff, 0xff, 0xff, 0x7f][..],
        &[0x30, 4, 0, 2, b'a', 0],
        &[0xc0, 0],
        &[0x20, 2, 0, 0],
        &[0x40, 2, 0, 77],
        &[b'<'; 200],
    ] {
        let mut scene = Scene::up(filters(1));
        scene.chunk(Bytes::copy_from_slice(chunk));
        assert!(
            matches!(
                scene.session.phase(),
                Phase::Waiting {
                    fault: LinkFault::Malformed(_),
                    ..
                }
            ),
            "{chunk:02x?}: {:?}",
            scene.session.phase()
        );
    }
}

#[test]
fn a_publish_before_connack_is_malformed() {
    let mut scene = Scene::new(filters(1));
    scene.session.connect(scene.now);
    scene.session.handle_opened(scene.now);
    assert!(scene.broker(&message(b"early", None)).is_empty());
    assert!(matches!(
        scene.session.phase(),
        Phase::Waiting {
            fault: LinkFault::Malformed(_),
            ..
        }
    ));
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
    assert_eq!(scene.session.latency(), Some(Duration::from_millis(5)));
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

#[test]
fn a_client_identifier_that_cannot_be_sent_is_said() {
    let mut scene = Scene::new(filters(0));
    scene.session.config.client_id = "a\0b".to_owned();
    scene.session.connect(scene.now);
    scene.session.handle_opened(scene.now);
    assert!(matches!(
        scene.session.phase(),
        Phase::Failed {
            fault: LinkFault::Unsendable(_)
        }
    ));
}

#[test]
fn a_lasting_session_says_so_and_acknowledges_only_what_its_owner_took() {
    let mut scene = Scene::lasting();
    assert!(scene.sent()[0].contains("clean_session: false"));
    // What came while the client was away comes before SUBACK.
    assert_eq!(scene.broker(&message(b"kept", Some(7))).len(), 1);
    assert!(scene.sent().is_empty());
    scene
        .session
        .acknowledge(PacketId::new(7).unwrap(), scene.now);
    assert_eq!(scene.sent(), ["PubAck(7)"]);
    scene.session.handle_closed(1006, scene.now);
    scene
        .session
        .acknowledge(PacketId::new(8).unwrap(), scene.now);
    assert!(!scene.session.has_unsent());
}

#[test]
fn a_lasting_session_repeats_what_was_not_acknowledged() {
    let mut scene = Scene::lasting();
    let [first, second, third] = [b"1", b"2", b"3"].map(|payload| {
        let sent = scene
            .session
            .publish("a", payload, QoS::AtLeastOnce, scene.now);
        sent.unwrap().unwrap()
    });
    scene.broker(&Packet::PubAck(second));
    scene.session.handle_closed(1006, scene.now);
    scene.outputs();
    scene.connect(true);
    let sent = scene.sent();
    let repeated = |id: PacketId, payload: u8| {
        format!(
            "Publish(Publish {{ dup: true, qos: AtLeastOnce, retain: false, packet_id: Some({id}), \
             topic: \"a\", payload: [{payload}] }})"
        )
    };
    assert_eq!(sent[1..3], [repeated(first, b'1'), repeated(third, b'3')]);
    assert!(sent[3].starts_with("Subscribe("), "{sent:?}");
    scene.events();
    scene.broker(&Packet::PubAck(first));
    scene.broker(&Packet::PubAck(third));
    assert_eq!(
        scene.events(),
        [Event::Acknowledged(first), Event::Acknowledged(third)]
    );
    scene.session.handle_closed(1006, scene.now);
    scene.outputs();
    scene.connect(true);
    assert_eq!(scene.sent().len(), 2, "CONNECT and SUBSCRIBE only");
}

#[test]
fn an_over_long_message_is_acknowledged_unread() {
    // The longest remaining lengths of three and of four bytes.
    for (mut scene, header, length) in [
        (
            Scene::up(filters(0)),
            &[0x32, 0xff, 0xff, 0x7f][..],
            2_097_151,
        ),
        (
            Scene::lasting(),
            &[0x32, 0xff, 0xff, 0xff, 0x7f],
            268_435_455,
        ),
    ] {
        scene.sent();
        let mut bytes = BytesMut::new();
        wire::encode(&message(b"x", Some(5)), &mut bytes).unwrap();
        let head = bytes.split_off(2);
        let mut rest = length - head.len();
        scene.chunk(Bytes::copy_from_slice(&[header, &head].concat()));
        let filler = Bytes::from(vec![0; 1 << 20]);
        while rest > 0 {
            let piece = filler.slice(..rest.min(filler.len()));
            rest -= piece.len();
            assert!(scene.chunk(piece).is_empty());
        }
        assert_eq!(scene.sent(), ["PubAck(5)"]);
        assert_eq!(scene.broker(&message(b"next", None)).len(), 1);
    }
}
