//! How the link comes, fails and goes, and what a person hears of it.

use super::*;

#[test]
fn a_reason_is_said_once_and_a_new_one_again() {
    let mut scene = Scene::new();
    for attempt in 0..3 {
        assert_eq!(
            scene.uplink.poll_output(true, scene.now),
            Some(Output::Open)
        );
        scene
            .uplink
            .handle_closed(format!("refused at {attempt}"), scene.now);
        scene.frames();
        scene.pass();
    }
    assert_eq!(scene.notices(), [trouble("no connection: refused at 0")]);
    scene.frames();
    scene.uplink.handle_opened(scene.now);
    scene.now = scene.now + CONNECT_TIMEOUT;
    scene.uplink.handle_timeout(scene.now);
    let silent = trouble("it took the connection but did not answer CONNECT");
    assert_eq!(scene.notices(), [silent]);
    scene.frames();
    scene.pass();
    scene.connect();
    scene.uplink.handle_closed("reset", scene.now);
    assert_eq!(scene.notices().len(), 1);
}

#[test]
fn garbage_is_named() {
    let mut scene = Scene::new();
    scene.frames();
    scene.uplink.handle_opened(scene.now);
    let garbage = Bytes::from_static(&[b'<'; 200]);
    scene
        .uplink
        .handle_bytes(garbage, scene.now, |_| unreachable!());
    let notices = scene.notices();
    assert!(
        matches!(&notices[..], [Notice::Trouble(words)] if words.contains("no MQTT 3.1.1")),
        "{notices:?}"
    );
}

#[test]
fn a_refused_sign_in_is_said_without_the_password_and_tried_again() {
    let mut scene = Scene::new();
    for _ in 0..2 {
        assert_eq!(
            scene.uplink.poll_output(true, scene.now),
            Some(Output::Open)
        );
        scene.uplink.handle_opened(scene.now);
        scene.accept(5);
        scene.frames();
        scene.pass();
    }
    assert_eq!(scene.now, Instant(60_000));
    let notices = scene.notices();
    assert!(
        matches!(&notices[..], [Notice::Trouble(words)] if words.contains("--password-file")),
        "{notices:?}"
    );
    assert!(!format!("{notices:?}").contains("secret"));
    scene.connect();
}

#[test]
fn a_refused_filter_is_named_and_asked_for_again() {
    let mut scene = Scene::new();
    scene.frames();
    scene.uplink.handle_opened(scene.now);
    scene.accept(0);
    scene.grant([1, 1, 0x80, 1, 1, 1]);
    let words = "it refuses the subscription to $aws/things/+/shadow/update";
    assert_eq!(scene.notices(), [trouble(words)]);
    scene.frames();
    scene.pass();
    assert_eq!(scene.now, Instant(0) + AFTER_REFUSAL);
    scene.connect();
}

#[test]
fn a_broker_that_never_answers_subscribe_is_named_and_tried_again() {
    let mut scene = Scene::new();
    scene.frames();
    scene.uplink.handle_opened(scene.now);
    scene.accept(0);
    scene.request("$aws/things/lamp/shadow/get", "", Some(1));
    while scene.now < Instant(0) + CONNECT_TIMEOUT {
        assert_eq!(scene.notices(), []);
        scene.pass();
    }
    assert_eq!(scene.now, Instant(0) + CONNECT_TIMEOUT);
    let words = "it let the service in but did not answer SUBSCRIBE";
    assert_eq!(scene.notices(), [trouble(words)]);
    scene.frames();
    scene.pass();
    assert_eq!(scene.now, Instant(0) + CONNECT_TIMEOUT + AFTER_REFUSAL);
    scene.connect();
}

#[test]
fn a_filter_at_qos_0_is_said_once() {
    let mut scene = Scene::new();
    for attempt in 0..2 {
        scene.frames();
        scene.uplink.handle_opened(scene.now);
        scene.accept(0);
        scene.grant([1, 1, 0, 1, 1, 1]);
        let notices = scene.notices();
        assert_eq!(notices[0], Notice::Serving);
        match &notices[1..] {
            [Notice::Warning(words)] if attempt == 0 => {
                assert!(
                    words.contains("QoS 0 for $aws/things/+/shadow/update:"),
                    "{words}"
                );
            }
            others => assert!(attempt == 1 && others.is_empty(), "{others:?}"),
        }
        scene.break_off();
    }
}

#[test]
fn no_form_of_it_shows_the_password() {
    let mut scene = Scene::new();
    scene.uplink.handle_opened(scene.now);
    let bytes = format!("{:?}", b"secret");
    let shown = format!("{:?}", scene.uplink);
    assert!(shown.contains("gnomon-shadows"), "{shown}");
    assert!(
        !shown.contains("secret") && !shown.contains(&bytes),
        "{shown}"
    );
    let packed = scene.frames();
    let connect = packed.iter().find(|frame| frame.ends_with(b"secret"));
    assert!(connect.is_some(), "{packed:?}");
}

#[test]
fn leaving_waits_for_the_last_answer_and_takes_no_more_requests() {
    let mut scene = Scene::serving();
    scene.mark = Mark(1);
    scene.request(UPDATE, r#"{"state":{}}"#, Some(1));
    scene.uplink.leave(scene.now);
    scene.request(UPDATE, r#"{"state":{}}"#, Some(2));
    assert!(scene.sent().is_empty() && !scene.uplink.has_left());
    scene.uplink.handle_saved(Mark(1), scene.now);
    assert_eq!(
        scene.sent(),
        [
            "update/accepted",
            "update/documents",
            "taken 1",
            "Disconnect"
        ]
    );
    assert!(scene.uplink.has_left());
}

#[test]
fn leaving_while_there_is_no_link_ends_the_attempts() {
    let mut scene = Scene::serving();
    scene.uplink.publish(answer(0), Mark(1), scene.now);
    scene.break_off();
    scene.uplink.leave(scene.now);
    assert!(scene.uplink.has_left());
    assert_eq!(scene.uplink.poll_timeout(), None);
    let mut scene = Scene::serving();
    scene.uplink.publish(answer(0), Mark(1), scene.now);
    scene.uplink.leave(scene.now);
    scene.uplink.handle_closed("reset", scene.now);
    assert!(scene.uplink.has_left());
}

#[test]
fn leaving_says_disconnect_and_stays_away() {
    let mut scene = Scene::serving();
    scene.frames();
    scene.uplink.leave(scene.now);
    let leave = Bytes::from_static(&[0xe0, 0]);
    assert_eq!(
        scene.uplink.poll_output(true, scene.now),
        Some(Output::Send(leave))
    );
    assert_eq!(
        scene.uplink.poll_output(true, scene.now),
        Some(Output::Close)
    );
    assert_eq!(scene.uplink.poll_timeout(), None);
}

#[test]
fn a_filter_that_ends_the_connection_is_named_and_asked_for_again() {
    let mut scene = Scene::new();
    for attempt in 0..2 {
        scene.frames();
        scene.uplink.handle_opened(scene.now);
        scene.accept(0);
        if attempt == 1 {
            scene.pass();
            let mut one_by_one = 0;
            while let Some(packet_id) = scene.next_subscribe().filter(|_| one_by_one < 2) {
                let codes = vec![1];
                scene.broker(&Packet::SubAck(SubAck { packet_id, codes }));
                one_by_one += 1;
            }
        }
        scene.break_off();
    }
    scene.frames();
    scene.uplink.handle_opened(scene.now);
    scene.accept(0);
    scene.pass();
    while let Some(packet_id) = scene.next_subscribe() {
        let codes = vec![1];
        scene.broker(&Packet::SubAck(SubAck { packet_id, codes }));
    }
    let words = "it refuses the subscription to $aws/things/+/shadow/update";
    assert_eq!(scene.notices(), [trouble(words)]);
    let given_up = scene.now;
    scene.frames();
    scene.pass();
    assert_eq!(scene.now, given_up + AFTER_REFUSAL);
    let asked = scene.uplink.filters(SubscriptionState::Asked);
    assert_eq!(asked, ["$aws/things/+/shadow/update"]);
}
