//! Somebody else with the same client identifier, and ends of a link that look alike.

use super::*;

impl Scene {
    /// From CONNECT to the answer of the last filter. Gives the client identifier of the CONNECT.
    fn stand(&mut self) -> String {
        self.session.handle_opened(self.now);
        let connect = self.sent().remove(0);
        self.broker(&Packet::ConnAck(ConnAck {
            session_present: false,
            code: 0,
        }));
        self.answer_subscribes();
        assert!(self.session.is_settled());
        let (_, rest) = connect.split_once("client_id: \"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }

    fn answer_subscribes(&mut self) {
        for packet in self.sent() {
            let (_, rest) = packet.split_once("packet_id: ").unwrap();
            let id = rest.split_once(',').unwrap().0.parse().unwrap();
            self.grant(id, 1);
        }
    }

    /// Waits for the next attempt, which opens its socket.
    fn wait(&mut self) {
        let Phase::Waiting { until, .. } = *self.session.phase() else {
            panic!("{:?}", self.session.phase());
        };
        self.outputs();
        self.pass_until(until);
        assert_eq!(self.outputs(), [Output::Open]);
    }

    /// The link stands for so long, and is closed by the other side.
    fn cut_after(&mut self, seconds: u64) {
        self.pass_until(self.now + Duration::from_secs(seconds));
        self.session.handle_closed(1006, self.now);
    }

    /// Twice cut after two seconds, with the next attempt under way.
    fn fought() -> Self {
        let mut scene = Self::new(filters(1));
        scene.session.connect(scene.now);
        for _ in 0..2 {
            assert_eq!(scene.stand(), "gnomon-1");
            scene.cut_after(2);
            scene.wait();
        }
        scene
    }
}

#[test]
fn a_fight_is_left_to_the_other_under_another_identifier() {
    let mut scene = Scene::fought();
    let other = scene.stand();
    assert!(
        other.len() == 13 && other.starts_with("gnomon-1-"),
        "{other}"
    );
    assert_eq!(scene.session.client_id(), other);
    scene.pass_until(scene.now + Duration::from_millis(9999));
    assert_eq!(scene.session.taken_over(), None, "not certain yet");
    scene.pass_until(scene.now + Duration::from_millis(1));
    assert_eq!(scene.session.taken_over(), Some("gnomon-1"));
    // It stays with it, whatever ends this link.
    scene.cut_after(1);
    scene.wait();
    assert_eq!(scene.stand(), other);
    assert_eq!(scene.session.taken_over(), Some("gnomon-1"));
    scene.outputs();
    scene.session.reconnect(scene.now);
    let outputs = scene.outputs();
    assert!(matches!(
        outputs[..],
        [Output::Send(_), Output::Close, Output::Open]
    ));
    assert_eq!(scene.stand(), "gnomon-1");
    assert_eq!(scene.session.taken_over(), None);
}

#[test]
fn an_end_that_comes_under_any_identifier_is_no_fight() {
    let mut scene = Scene::fought();
    assert_ne!(scene.stand(), "gnomon-1");
    for _ in 0..5 {
        scene.cut_after(5);
        scene.wait();
        assert_eq!(scene.stand(), "gnomon-1");
        assert_eq!(scene.session.taken_over(), None);
    }
}

#[test]
fn the_proof_takes_twice_as_long_as_the_links_before_stood() {
    let mut scene = Scene::new(filters(0));
    scene.session.connect(scene.now);
    for seconds in [3000, 20] {
        scene.stand();
        let end = scene.now + Duration::from_secs(seconds);
        while scene.now < end {
            scene.pass_until(scene.now + Duration::from_secs(30));
            scene.broker(&Packet::PingResp);
        }
        scene.session.handle_closed(1006, scene.now);
        scene.wait();
    }
    scene.stand();
    let up = scene.now;
    while scene.session.taken_over().is_none() {
        scene.pass_until(scene.session.poll_timeout().unwrap());
        scene.broker(&Packet::PingResp);
    }
    assert_eq!(scene.now, up + Duration::from_secs(120));
}

#[test]
fn a_broker_that_restarts_is_no_fight() {
    let mut scene = Scene::new(filters(1));
    scene.session.connect(scene.now);
    for _ in 0..4 {
        assert_eq!(scene.stand(), "gnomon-1");
        scene.cut_after(2);
        scene.wait();
        scene.session.handle_closed(1006, scene.now);
        scene.wait();
    }
}

#[test]
fn ends_far_apart_or_with_a_reason_of_their_own_are_no_fight() {
    let mut scene = Scene::new(filters(0));
    scene.session.connect(scene.now);
    for seconds in [2, 61, 61] {
        assert_eq!(scene.stand(), "gnomon-1");
        scene.pass_until(scene.now + Duration::from_secs(seconds / 2));
        scene.broker(&Packet::PingResp);
        scene.cut_after(seconds / 2 + 1);
        scene.wait();
    }
    let mut scene = Scene::new(filters(0));
    scene.session.connect(scene.now);
    for _ in 0..4 {
        assert_eq!(scene.stand(), "gnomon-1");
        let sent = scene
            .session
            .publish("a", b"x", QoS::AtLeastOnce, scene.now);
        sent.unwrap();
        scene.cut_after(1);
        scene.wait();
    }
}

#[test]
fn a_broker_that_lets_no_other_identifier_in_ends_the_fight() {
    let refusal = Packet::ConnAck(ConnAck {
        session_present: false,
        code: 2,
    });
    for silent in [false, true] {
        let mut scene = Scene::fought();
        scene.session.handle_opened(scene.now);
        if silent {
            scene.session.handle_closed(1006, scene.now);
            scene.wait();
            scene.session.handle_opened(scene.now);
            scene.session.handle_closed(1006, scene.now);
        } else {
            scene.broker(&refusal);
        }
        let fault = LinkFault::TakenOver;
        assert_eq!(scene.session.phase(), &Phase::Failed { fault });
        assert_eq!(scene.session.poll_timeout(), None);
        scene.outputs();
        scene.session.reconnect(scene.now);
        assert_eq!(scene.outputs(), [Output::Open]);
        assert_eq!(scene.stand(), "gnomon-1");
    }
}

#[test]
fn another_that_comes_back_at_once_is_not_mistaken_for_a_filter() {
    let mut scene = Scene::new(filters(3));
    scene.session.connect(scene.now);
    for _ in 0..3 {
        scene.session.handle_opened(scene.now);
        scene.broker(&Packet::ConnAck(ConnAck {
            session_present: false,
            code: 0,
        }));
        scene.pass_until(scene.now + Duration::from_millis(20));
        scene.session.handle_closed(1006, scene.now);
        scene.wait();
    }
    assert_ne!(scene.session.client_id(), "gnomon-1");
    let mut states = scene.session.subscriptions();
    assert!(states.all(|(_, state)| state == SubscriptionState::Asked));
}

#[test]
fn the_other_identifier_is_never_longer_than_aws_iot_takes() {
    let mut scene = Scene::new(filters(0));
    scene.session.config.client_id = format!("a{}", "é".repeat(100));
    scene.session.connect(scene.now);
    for _ in 0..2 {
        scene.stand();
        scene.cut_after(1);
        scene.wait();
    }
    let other = scene.session.client_id();
    assert_eq!(other.len(), 128);
}

#[test]
fn a_lasting_session_keeps_its_identifier() {
    let mut scene = Scene::lasting();
    scene.outputs();
    scene.grant(1, 1);
    for _ in 0..4 {
        scene.cut_after(2);
        scene.wait();
        assert_eq!(scene.stand(), "gnomon-1");
    }
}
