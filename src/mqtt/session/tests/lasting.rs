//! What a lasting session does that a clean one does not.

use super::*;

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
    scene.grant(1, 1);
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
    scene.grant(5, 1);
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
