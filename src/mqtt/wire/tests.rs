//! The guard against the specification's examples, against hostile bytes, and against an independent codec.

use bytes::{Bytes, BytesMut};
use proptest::prelude::*;

use super::*;

fn bytes_of(packet: &Packet<'_>) -> Bytes {
    let mut out = BytesMut::new();
    encode(packet, &mut out).unwrap();
    out.freeze()
}

fn id(id: u16) -> PacketId {
    PacketId::new(id).unwrap()
}

fn check_round_trip(packet: &Packet<'_>) {
    let bytes = bytes_of(packet);
    assert_eq!(parse(&bytes).as_ref(), Ok(packet));
    let oracle = mqtt_proto::v3::Packet::decode(&bytes).unwrap().unwrap();
    assert_eq!(oracle.encode().unwrap().as_ref(), &bytes[..], "{packet:?}");
}

fn check_refused(frame: &[u8], error: WireError) {
    assert_eq!(parse(frame), Err(error), "{frame:02x?}");
}

fn connect() -> Connect<'static> {
    Connect {
        level: 4,
        client_id: "gnomon-1",
        clean_session: true,
        keep_alive: 60,
        will: None,
        user_name: None,
        password: None,
    }
}

#[test]
fn every_packet_comes_back_and_an_independent_codec_agrees() {
    let filters = vec![
        (
            TopicFilter::new("$aws/things/+/shadow/update/documents").unwrap(),
            1,
        ),
        (TopicFilter::new("étage/#").unwrap(), 0),
    ];
    let names = filters.iter().map(|(filter, _)| filter.clone()).collect();
    let will = Some(Will {
        topic: "lamp/gone",
        payload: &[0, 255],
        qos: 1,
        retain: true,
    });
    for packet in [
        Packet::Connect(connect()),
        Packet::Connect(Connect {
            will,
            user_name: Some("?SDK=JavaScript"),
            password: Some(b"p\xc3\xa4ss"),
            clean_session: false,
            ..connect()
        }),
        Packet::ConnAck(ConnAck {
            session_present: true,
            code: 0,
        }),
        Packet::ConnAck(ConnAck {
            session_present: false,
            code: 5,
        }),
        Packet::PubAck(id(65_535)),
        Packet::Subscribe(Subscribe {
            packet_id: id(7),
            filters,
        }),
        Packet::SubAck(SubAck {
            packet_id: id(7),
            codes: vec![0, 1, 2],
        }),
        Packet::Unsubscribe(Unsubscribe {
            packet_id: id(8),
            filters: names,
        }),
        Packet::UnsubAck(id(8)),
        Packet::PingReq,
        Packet::PingResp,
        Packet::Disconnect,
    ] {
        check_round_trip(&packet);
    }
}

#[test]
fn a_refused_filter_comes_back() {
    // The independent codec writes this code wrongly, so it is not asked.
    let packet = Packet::SubAck(SubAck {
        packet_id: id(7),
        codes: vec![0, 0x80],
    });
    assert_eq!(&bytes_of(&packet)[..], [0x90, 4, 0, 7, 0, 0x80]);
    assert_eq!(parse(&bytes_of(&packet)), Ok(packet));
}

#[test]
fn a_password_may_be_any_bytes() {
    let packet = Packet::Connect(Connect {
        user_name: Some(""),
        password: Some(&[0, 159, 146, 150]),
        ..connect()
    });
    assert_eq!(parse(&bytes_of(&packet)), Ok(packet));
}

#[test]
fn level_3_is_read_as_older_clients_send_it() {
    let packet = Packet::Connect(Connect {
        level: 3,
        ..connect()
    });
    assert_eq!(parse(&bytes_of(&packet)), Ok(packet));
}

#[test]
fn refuses_what_mqttbytes_lets_pass() {
    check_refused(&[0x80, 5, 0, 1, 0, 0, 0], WireError::Flags(0x80));
    check_refused(&[0xd1, 0], WireError::Flags(0xd1));
    check_refused(&[0xd0, 1, 0], WireError::Length);
    check_refused(&[0xe0, 1, 0], WireError::Length);
    check_refused(&[0x40, 3, 0, 1, 0], WireError::Length);
    check_refused(&[0x40, 2, 0, 0], WireError::PacketIdZero);
    check_refused(&[0x20, 2, 0xff, 0], WireError::Flags(0xff));
    check_refused(&[0x20, 3, 0, 0, 0], WireError::Length);
    check_refused(&[0x20, 2, 0, 6], WireError::ReturnCode(6));
    check_refused(&[0x82, 6, 0, 0, 0, 1, b'a', 0], WireError::PacketIdZero);
    check_refused(
        &[0x82, 8, 0, 1, 0, 3, b'a', b'+', b'b', 0],
        TopicError::PartialWildcard.into(),
    );
    check_refused(&[0x30, 5, 0, 3, b'a', 0, b'b'], TopicError::Nul.into());
    check_refused(
        &[0x30, 4, 0, 2, b'a', b'+'],
        TopicError::WildcardInName.into(),
    );
    check_refused(&[0x30, 2, 0, 0], TopicError::Empty.into());
    check_refused(&[0x38, 3, 0, 1, b'a'], WireError::Flags(0x38));
    check_refused(&[0x32, 5, 0, 1, b'a', 0, 0], WireError::PacketIdZero);
    check_refused(&[0x34, 5, 0, 1, b'a', 0, 1], WireError::QoS2);
    check_refused(&[0x36, 5, 0, 1, b'a', 0, 1], WireError::QoS3);
    check_refused(&[0x62, 2, 0, 1], WireError::QoS2);
    check_refused(&[0x30, 9, 0, 1, b'a'], WireError::Length);
    check_refused(&[0xf0, 0], WireError::PacketType(15));
}

#[test]
fn refuses_a_connect_that_breaks_its_own_flags() {
    let with_flags = |flags: u8| {
        let mut bytes = bytes_of(&Packet::Connect(connect())).to_vec();
        bytes[9] = flags;
        parse(&bytes).map(|_| ())
    };
    assert_eq!(with_flags(0x02), Ok(()));
    assert_eq!(with_flags(0x03), Err(WireError::Flags(0x03)));
    assert_eq!(with_flags(0x0a), Err(WireError::Will));
    assert_eq!(with_flags(0x22), Err(WireError::Will));
    assert_eq!(with_flags(0x42), Err(WireError::Length));
}

#[test]
fn what_cannot_be_written_leaves_the_buffer_as_it_was() {
    let long = "x".repeat(70_000);
    let mut out = BytesMut::from(&b"before"[..]);
    let publish = |topic, packet_id| {
        Packet::Publish(Publish {
            dup: false,
            qos: QoS::AtLeastOnce,
            retain: false,
            packet_id,
            topic,
            payload: b"a",
        })
    };
    let no_filters = Packet::Subscribe(Subscribe {
        packet_id: id(1),
        filters: Vec::new(),
    });
    let no_user = Packet::Connect(Connect {
        password: Some(b"x"),
        ..connect()
    });
    for (packet, error) in [
        (publish(&long, Some(id(1))), TopicError::TooLong.into()),
        (publish("a", None), WireError::PacketIdZero),
        (
            publish("a/#", Some(id(1))),
            TopicError::WildcardInName.into(),
        ),
        (no_filters, WireError::NoFilters),
        (no_user, WireError::PasswordWithoutUser),
        (
            Packet::Connect(Connect {
                client_id: &long,
                ..connect()
            }),
            WireError::FieldTooLong,
        ),
    ] {
        assert_eq!(encode(&packet, &mut out), Err(error));
        assert_eq!(&out[..], b"before");
    }
}

proptest! {
    #[test]
    fn a_publish_comes_back_and_an_independent_codec_agrees(
        topic in "[a-zé京$/ ]{1,40}",
        payload in proptest::collection::vec(any::<u8>(), 0..400),
        retain: bool,
        packet_id in proptest::option::of(1u16..),
    ) {
        let publish = Publish {
            dup: false,
            qos: if packet_id.is_some() { QoS::AtLeastOnce } else { QoS::AtMostOnce },
            retain,
            packet_id: packet_id.and_then(PacketId::new),
            topic: &topic,
            payload: &payload,
        };
        check_round_trip(&Packet::Publish(publish));
    }

    #[test]
    fn bytes_of_any_kind_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let mut reader = FrameReader::new(1000);
        reader.push(Bytes::from(bytes));
        while let Ok(Some(frame)) = reader.next_frame() {
            let _ = parse(&frame);
        }
    }

    /// Whatever the guard lets in, an independent codec takes for the same packet.
    #[test]
    fn the_guard_is_at_least_as_strict_as_an_independent_codec(
        first: u8,
        body in proptest::collection::vec(prop_oneof![Just(0u8), Just(1), Just(4), any::<u8>()], 0..40),
    ) {
        let mut frame = vec![first, body.len() as u8];
        frame.extend_from_slice(&body);
        if let Ok(packet) = parse(&frame) {
            let binary = matches!(&packet, Packet::Connect(_));
            let oracle = mqtt_proto::v3::Packet::decode(&frame);
            prop_assert!(binary || matches!(oracle, Ok(Some(_))), "{packet:?}: {oracle:?}");
            prop_assert_eq!(&bytes_of(&packet)[..], &frame[..]);
        }
    }

    /// A single wrong byte in a valid packet never panics and never changes the number of frames read.
    #[test]
    fn mutated_packets_are_read_or_refused(at in 0usize..64, to: u8) {
        let filters = vec![(TopicFilter::new("fleet/+/location").unwrap(), 1)];
        let mut bytes = bytes_of(&Packet::Subscribe(Subscribe { packet_id: id(1), filters })).to_vec();
        bytes.extend_from_slice(&bytes_of(&Packet::Connect(connect())));
        let at = at % bytes.len();
        bytes[at] = to;
        let mut reader = FrameReader::new(1000);
        reader.push(Bytes::from(bytes));
        let mut frames = 0;
        while let Ok(Some(frame)) = reader.next_frame() {
            let _ = parse(&frame);
            frames += 1;
        }
        prop_assert!(frames <= 20);
    }
}
