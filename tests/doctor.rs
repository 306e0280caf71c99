//! The connection doctor under virtual time: each way in which a link fails, and what the doctor makes of it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::panic)]

mod doctor {
    mod aws;
    mod policy;
    pub(crate) mod scene;
}

use std::time::Duration;

use gnomon::engine::command::{AwsPlace, Command, ConnectRequest, Keys, Way};
use gnomon::engine::frame::{Cause, ConnectStep, DoctorView, LinkFault, Outcome};
use gnomon::engine::{Engine, Input, Output};
use gnomon::time::UnixMillis;

use doctor::scene::Scene;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_link_that_stands_has_every_step_done_with_its_time() {
    let mut scene = Scene::connected();
    let doctor = scene.doctor();
    assert_eq!(doctor.finding, None);
    assert!(!doctor.examining);
    assert_eq!(doctor.policy.missing, None);
    assert_eq!(scene.outcomes(), "DDDDD");
    let times: Vec<_> = doctor.steps.iter().map(|step| step.took_ms).collect();
    assert_eq!(times, [None, Some(84), Some(131), Some(52), None]);
    let subscribe = ConnectStep::Subscribe {
        granted: 13,
        asked: 13,
    };
    assert_eq!(doctor.steps[3].step, subscribe);
    assert_eq!(doctor.at, UnixMillis(1_795_400_000_000));
    assert_eq!(scene.ask(false), None, "it did not change");
    scene.wait(SECOND * 20);
    assert_eq!(scene.ask(false), None, "nor does time alone change it");
    assert!(scene.asked.is_empty());
}

#[test]
fn nothing_is_said_and_nothing_asked_before_a_person_chose_and_after_they_left() {
    let mut scene = Scene::connected();
    scene.input(Input::Command(Command::Disconnect));
    assert_eq!(scene.outcomes(), "");
    scene.input(Input::Command(Command::Examine));
    assert!(scene.asked.is_empty());
    let mut idle = Scene::to("ws://127.0.0.1:8083/mqtt");
    idle.engine = Engine::new(1, idle.now);
    assert_eq!(idle.doctor(), DoctorView::default());
}

#[test]
fn a_refused_sign_in_is_certain() {
    let mut scene = Scene::to("ws://127.0.0.1:8083/mqtt");
    scene.input(Input::SocketOpened);
    scene.receive(&[0x20, 2, 0, 4]);
    assert_eq!(scene.outcomes(), "DDF--");
    let finding = scene.doctor().finding.expect("a finding");
    assert_eq!(finding.causes, [Cause::SignIn]);
    assert_eq!(finding.code.as_deref(), Some("CONNACK 4"));
    scene.wait(SECOND * 60);
    assert_eq!((scene.opened, scene.asked.len()), (1, 0));
}

#[test]
fn a_connect_that_is_closed_on_may_lack_a_permission() {
    let mut scene = Scene::to("wss://a1-ats.iot.eu-west-1.amazonaws.com/mqtt");
    scene.input(Input::SocketOpened);
    scene.input(Input::SocketClosed(1006));
    assert_eq!(scene.outcomes(), "DDF--");
    assert_eq!(scene.causes(), [Cause::NoConnack]);
    let missing = scene.doctor().policy.missing.expect("a statement");
    assert!(missing.contains("\"iot:Connect\""), "{missing}");
    assert!(missing.contains("arn:aws:iot:eu-west-1:*:client/gnomon-*"));
    assert!(
        scene.asked.is_empty(),
        "the socket opens: no question helps"
    );
}

#[test]
fn a_connect_that_is_never_answered_ends_at_the_time_limit() {
    let mut scene = Scene::to("ws://127.0.0.1:8083/mqtt");
    scene.input(Input::SocketOpened);
    assert_eq!(scene.outcomes(), "DDR--");
    scene.wait(SECOND * 15);
    assert_eq!(scene.causes(), [Cause::NoConnack]);
    let step = scene.doctor().steps[2].clone();
    assert_eq!(
        (step.outcome, step.took_ms),
        (Outcome::Failed, Some(15_000))
    );
}

#[test]
fn a_link_that_is_closed_or_falls_silent_was_lost_at_the_last_step() {
    let mut closed = Scene::connected();
    closed.input(Input::SocketClosed(1001));
    assert_eq!(closed.outcomes(), "DDDDF");
    let finding = closed.doctor().finding.expect("a finding");
    assert_eq!(finding.causes, [Cause::Closed]);
    assert_eq!(finding.code.as_deref(), Some("WebSocket 1001"));

    let mut silent = Scene::connected();
    silent.wait(SECOND * 89);
    assert_eq!(silent.outcomes(), "DDDDD");
    silent.wait(SECOND);
    assert_eq!(silent.outcomes(), "DDDDF");
    assert_eq!(silent.causes(), [Cause::KeepAlive]);
}

#[test]
fn what_is_no_mqtt_is_said_at_the_step_where_it_came() {
    let mut scene = Scene::to("ws://127.0.0.1:8083/mqtt");
    scene.input(Input::SocketOpened);
    scene.receive(&[0x90, 3, 0, 1, 1]);
    assert_eq!(scene.causes(), [Cause::Malformed]);
    assert_eq!(scene.outcomes(), "DDF--");
    let mut scene = Scene::connected();
    scene.receive(&[0x82, 6, 0, 1, 0, 1, 0x61, 5]);
    assert_eq!(scene.causes(), [Cause::Malformed]);
    assert_eq!(scene.outcomes(), "DDDDF");
}

#[test]
fn an_address_that_is_none_fails_at_the_first_step() {
    let mut scene = Scene::to("mqtt://127.0.0.1:1883");
    assert_eq!(scene.causes(), [Cause::BadAddress]);
    assert_eq!(scene.outcomes(), "F----");
    assert_eq!(scene.doctor().at, scene.now.wall);
    scene.input(Input::Command(Command::Examine));
    assert!(scene.asked.is_empty());
    let mut mixed = Scene::to("ws://192.0.2.1/mqtt");
    mixed.input(Input::SocketRefused(LinkFault::MixedContent));
    assert_eq!(mixed.causes(), [Cause::MixedContent]);
    assert_eq!(mixed.outcomes(), "F----");
}

#[test]
fn a_filter_that_is_refused_is_named_with_what_it_lacks() {
    let mut scene = Scene::to("ws://127.0.0.1:8083/mqtt");
    scene.accept();
    scene.grant(0x80);
    // What stands in for two of them is refused too.
    scene.grant(0x80);
    let doctor = scene.doctor();
    let finding = doctor.finding.expect("a finding");
    assert_eq!(finding.causes, [Cause::FilterRefused]);
    assert_eq!(finding.topics.len(), 15);
    assert_eq!(finding.code.as_deref(), Some("SUBACK 0x80"));
    let refusals = ConnectStep::Refusals {
        filters: 15,
        close_code: None,
    };
    assert_eq!(doctor.steps[4].step, refusals);
    assert_eq!(scene.outcomes(), "DDDDFD");
    let missing = doctor.policy.missing.expect("a statement");
    assert!(missing.contains("topicfilter/topic_1"), "{missing}");
}

#[test]
fn the_doctor_asks_once_for_each_series_of_failures() {
    let mut scene = Scene::to("ws://127.0.0.1:8083/mqtt");
    assert_eq!(scene.outcomes(), "DR---");
    assert!(scene.asked.is_empty(), "nothing failed yet");
    scene.input(Input::SocketClosed(1006));
    assert!(scene.asked.is_empty(), "nobody looks");
    assert_eq!(scene.causes(), [Cause::Refused, Cause::NoWebSocket]);
    assert_eq!(scene.asked.len(), 3);
    assert!(scene.doctor().examining);
    scene.answer(true, false, false);
    assert_eq!(scene.causes(), [Cause::NoWebSocket]);
    assert!(!scene.doctor().examining);
    for _ in 0..5 {
        scene.wait(SECOND * 30);
        scene.input(Input::SocketClosed(1006));
        assert_eq!(scene.causes(), [Cause::NoWebSocket]);
    }
    assert!(scene.asked.is_empty(), "it knows already");

    scene.input(Input::Command(Command::Examine));
    assert_eq!(scene.asked.len(), 3, "a person may ask again");
    scene.answer(true, true, false);
    assert_eq!(scene.causes(), [Cause::Subprotocol]);

    scene.input(Input::Command(Command::Reconnect));
    scene.accept();
    scene.grant(1);
    assert_eq!(scene.causes(), []);
    scene.input(Input::SocketClosed(1006));
    assert_eq!(scene.causes(), [Cause::Closed]);
    scene.input(Input::Command(Command::Reconnect));
    scene.input(Input::SocketClosed(1006));
    assert_eq!(scene.causes().len(), 2);
    assert_eq!(scene.asked.len(), 3, "this is another series");
}

#[test]
fn answers_about_an_earlier_link_are_passed_over() {
    let mut scene = Scene::to("ws://127.0.0.1:8083/mqtt");
    scene.input(Input::SocketClosed(1006));
    scene.doctor();
    let request = ConnectRequest::to("wss://127.0.0.1:8084/mqtt");
    scene.input(Input::Command(Command::Connect(request)));
    scene.input(Input::SocketClosed(1006));
    scene.answer(true, true, true);
    let likely = [Cause::Tls, Cause::Refused, Cause::NoWebSocket];
    assert_eq!(scene.causes(), likely);
    scene.answer(false, false, false);
    assert_eq!(scene.causes(), likely[..2]);
}

#[test]
fn silence_is_told_from_a_refusal_by_its_time() {
    let mut scene = Scene::to("ws://a.example.net/mqtt");
    scene.wait(SECOND * 15);
    assert_eq!(scene.causes(), [Cause::NoAnswer]);
    assert_eq!(scene.asked.len(), 2, "plain http may not be asked there");
    scene.answer(false, false, false);
    assert_eq!(scene.causes(), [Cause::NoAnswer]);
    // The next attempt does not take the explanation away.
    scene.wait(SECOND * 2);
    assert_eq!(scene.opened, 2);
    assert_eq!(scene.outcomes(), "DR---");
    assert_eq!(scene.causes(), [Cause::NoAnswer]);
}

#[test]
fn no_secret_is_in_what_the_doctor_says_or_asks() {
    let mut request = ConnectRequest::new(Way::Broker {
        url: "wss://ann:SECRET@h.example.net/mqtt?X-Amz-Signature=SECRET&token=SECRET".to_owned(),
        user_name: Some("ann".to_owned()),
        password: Some("SECRET".to_owned()),
    });
    request.client_id = "desk".to_owned();
    let mut scene = Scene::new(request);
    scene.input(Input::SocketClosed(1006));
    let mut said = format!("{:?}", scene.doctor());
    scene.answer(true, false, false);
    said += &format!("{:?}", scene.doctor());
    scene.wait(SECOND * 2);
    scene.input(Input::Command(Command::Examine));
    for question in &scene.asked {
        said += match question {
            Output::Fetch { fetch, .. } => &fetch.url,
            Output::Knock { knock, .. } => &knock.url,
            _ => panic!("a question"),
        };
    }
    scene.input(Input::SocketOpened);
    scene.receive(&[0x20, 2, 0, 5]);
    said += &format!("{:?}", scene.doctor());
    assert!(said.contains("desk") && said.contains("h.example.net"));
    assert!(!said.contains("SECRET"), "{said}");
    assert!(!said.contains("ann"));
}

#[test]
fn keys_and_what_is_signed_with_them_stay_out_too() {
    let place = AwsPlace {
        endpoint: "wss://localhost:8084/mqtt".to_owned(),
        region: "eu-west-1".to_owned(),
    };
    let keys = Keys {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: "SECRET".to_owned(),
        session_token: Some("SECRET".to_owned()),
        expires_at: Some(UnixMillis(1_795_400_000_000 + 3_600_000)),
    };
    let mut scene = Scene::new(ConnectRequest::new(Way::AwsKeys { place, keys }));
    let said = format!("{:?}", scene.doctor());
    assert!(!said.contains("SECRET") && !said.contains("AKID") && !said.contains("X-Amz"));
    assert!(said.contains("arn:aws:iot:eu-west-1:*:"), "{said}");
    let until = Some(UnixMillis(1_795_400_000_000 + 3_600_000));
    let steps = scene.doctor().steps;
    assert_eq!(steps[1].step, ConnectStep::Credentials { until });
    assert_eq!(scene.outcomes(), "DDR---");
}
