//! Brokers that refuse, fall silent or send what no broker sends.

use super::*;

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
    assert_eq!(scene.events(), [Event::Connected, Event::Lost(Loss::Given)]);
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
    scene.grant(1, 1);
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
fn a_broker_that_sends_and_never_reads_is_given_up_before_memory_is() {
    let mut scene = Scene::up(filters(1));
    let mut burst = BytesMut::new();
    for _ in 0..10_000 {
        wire::encode(&message(b"x", Some(7)), &mut burst).unwrap();
    }
    let burst = burst.freeze();
    let mut bursts = 0;
    while scene.session.phase() == &Phase::Up {
        scene.session.handle_chunk(burst.clone(), at(1), |_| {});
        bursts += 1;
        assert!(bursts < 200);
    }
    assert!(
        scene.session.unsent.len() <= MAX_UNREAD,
        "nothing is kept of it"
    );
}
