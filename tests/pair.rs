//! The engine and the backend joined in memory under virtual time: thousands of scenarios, no socket, no sleep.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::panic)]

#[allow(dead_code, reason = "each test file uses its part")]
mod pair {
    pub(crate) mod beside;
    pub(crate) mod device;
    pub(crate) mod line;
    pub(crate) mod tap;
}

use std::time::Duration;

use gnomon::engine::command::{Command, FieldAddress, Wish};
use gnomon::engine::frame::{
    Badge, DeviceState, LinkFault, LinkState, Selected, Stage, SubscriptionState,
};
use gnomon_backend::fleet::FleetOptions;

use pair::device::Device;
use pair::line::{Break, Pair};

const SECOND: Duration = Duration::from_secs(1);

fn power(device: &str) -> FieldAddress {
    FieldAddress {
        device: device.to_owned(),
        shadow: None,
        path: vec!["power".to_owned()],
    }
}

fn wish(pair: &mut Pair, device: &str, on: bool) {
    let field = power(device);
    pair.command(Command::Desire {
        field,
        wish: Wish::Switch(on),
    });
}

/// What the panel shows of the key `power`: the switch and the stage of a change.
fn shown(pair: &mut Pair, device: &str) -> (Option<bool>, Option<bool>, Option<Stage>) {
    let Selected::Device(view) = pair.selected(device) else {
        return (None, None, None);
    };
    let fields = view.shadow.into_iter().flat_map(|shadow| shadow.fields);
    let Some(field) = fields.into_iter().find(|field| field.path == ["power"]) else {
        return (None, None, None);
    };
    let switch = field.switch.expect("power is a switch");
    let stage = field.change.map(|change| change.stage);
    (switch.reported, switch.wished, stage)
}

/// Desired and reported alike.
fn both(value: &str) -> [Option<String>; 2] {
    [value, value].map(|value| Some(value.to_owned()))
}

fn lamp() -> (Pair, Device) {
    let mut pair = Pair::new(1);
    let mut lamp = Device::connect(&mut pair, "lamp");
    lamp.update(&mut pair, r#"{"state":{"reported":{"power":"off"}}}"#);
    pair.connect();
    pair.run_until(|pair| shown(pair, "lamp").0 == Some(false));
    (pair, lamp)
}

#[test]
fn thirteen_filters_are_granted_and_the_fleet_appears() {
    let options = FleetOptions {
        devices: 25,
        rate: None,
        seed: 3,
    };
    let mut pair = Pair::with_fleet(3, &options);
    pair.connect();
    pair.run_until(|pair| pair.list().devices == 25);
    pair.run_for(SECOND * 5);
    let view = pair.frame();
    let link = view.link.unwrap();
    assert_eq!(link.state, LinkState::Connected);
    assert_eq!(link.subscriptions.len(), 13);
    let granted = |state: &SubscriptionState| *state == SubscriptionState::Granted;
    assert!(link.subscriptions.iter().all(|it| granted(&it.state)));
    assert!(
        link.messages_per_second >= 10,
        "{}",
        link.messages_per_second
    );
    let list = pair.list();
    assert_eq!(list.total, 25);
    assert!(list.rows.iter().all(|row| row.position.is_some()));
    assert!(list.counts.moving > 5, "{:?}", list.counts);
    let Selected::Device(view) = pair.selected("sim-0010") else {
        panic!("sim-0010 is in the list");
    };
    assert!(
        view.shadow.is_some(),
        "its shadow was heard of or asked for"
    );
}

#[test]
fn a_simulated_device_obeys_within_three_seconds() {
    let options = FleetOptions {
        devices: 3,
        rate: None,
        seed: 5,
    };
    let mut pair = Pair::with_fleet(5, &options);
    pair.connect();
    pair.run_until(|pair| shown(pair, "sim-0001").0.is_some());
    let before = shown(&mut pair, "sim-0001").0.unwrap();
    wish(&mut pair, "sim-0001", !before);
    pair.run_for(Duration::from_millis(200));
    let (reported, wished, stage) = shown(&mut pair, "sim-0001");
    assert_eq!((reported, wished), (Some(before), Some(!before)));
    assert!(matches!(stage, Some(Stage::Accepted { .. })), "{stage:?}");
    let start = pair.now();
    pair.run_until(|pair| shown(pair, "sim-0001").0 == Some(!before));
    assert!(pair.now().instant.since(start.instant) <= SECOND * 3);
    assert_eq!(shown(&mut pair, "sim-0001").2, Some(Stage::Reported));
}

#[test]
fn a_wish_is_shown_beside_the_report_and_never_as_one() {
    let (mut pair, mut lamp) = lamp();
    wish(&mut pair, "lamp", true);
    assert_eq!(shown(&mut pair, "lamp").0, Some(false));
    pair.run_for(SECOND);
    let (reported, wished, stage) = shown(&mut pair, "lamp");
    assert_eq!((reported, wished), (Some(false), Some(true)));
    assert_eq!(stage, Some(Stage::Accepted { version: 2 }));
    let row = pair.list().rows[0].clone();
    assert_eq!(row.badge, Badge::OnItsWay("power".to_owned()));
    lamp.update(&mut pair, r#"{"state":{"reported":{"power":"on"}}}"#);
    pair.run_for(SECOND);
    assert_eq!(
        shown(&mut pair, "lamp"),
        (Some(true), None, Some(Stage::Reported))
    );
    assert_eq!(pair.list().rows[0].badge, Badge::None);
}

#[test]
fn taking_back_makes_the_desired_value_the_reported_one() {
    let (mut pair, _lamp) = lamp();
    wish(&mut pair, "lamp", true);
    pair.run_for(SECOND);
    pair.command(Command::TakeBack(power("lamp")));
    pair.run_for(SECOND);
    assert_eq!(
        shown(&mut pair, "lamp"),
        (Some(false), None, Some(Stage::Reported))
    );
    assert_eq!(pair.power("lamp"), both("off"));
}

#[test]
fn a_difference_that_lasts_turns_from_on_its_way_to_differs() {
    let (mut pair, mut lamp) = lamp();
    lamp.update(&mut pair, r#"{"state":{"desired":{"power":"on"}}}"#);
    pair.run_for(SECOND);
    assert_eq!(
        pair.list().rows[0].badge,
        Badge::OnItsWay("power".to_owned())
    );
    pair.run_for(SECOND * 31);
    assert_eq!(pair.list().rows[0].badge, Badge::Differs(1));
    assert_eq!(pair.list().counts.differs, 1);
}

#[test]
fn a_wish_survives_the_loss_of_the_link_at_every_step() {
    for step in 0..60 {
        for latency in [1, 40, 900] {
            let (mut pair, mut lamp) = lamp();
            pair.latency = Duration::from_millis(latency);
            wish(&mut pair, "lamp", true);
            pair.cut_after(step, Break::Both);
            pair.run_for(SECOND * 8);
            lamp.update(&mut pair, r#"{"state":{"reported":{"power":"on"}}}"#);
            pair.run_until(|pair| shown(pair, "lamp").0 == Some(true));
            pair.run_for(SECOND * 20);
            let what = format!("cut after {step} events at {latency} ms");
            assert_eq!(shown(&mut pair, "lamp"), (Some(true), None, None), "{what}");
            assert_eq!(pair.power("lamp"), both("on"), "{what}");
            assert_eq!(pair.list().rows[0].badge, Badge::None, "{what}");
        }
    }
}

#[test]
fn what_changed_while_the_link_was_down_is_asked_for() {
    let (mut pair, mut lamp) = lamp();
    pair.cut();
    lamp.update(&mut pair, r#"{"state":{"reported":{"power":"on"}}}"#);
    assert_eq!(shown(&mut pair, "lamp").0, Some(false));
    pair.run_until(|pair| shown(pair, "lamp").0 == Some(true));
}

#[test]
fn a_broker_that_comes_back_empty_is_believed() {
    let (mut pair, mut lamp) = lamp();
    for _ in 0..5 {
        lamp.update(&mut pair, r#"{"state":{"reported":{"power":"on"}}}"#);
    }
    pair.run_until(|pair| shown(pair, "lamp").0 == Some(true));
    pair.restart_backend();
    let mut lamp = Device::connect(&mut pair, "lamp");
    lamp.update(&mut pair, r#"{"state":{"reported":{"power":"off"}}}"#);
    pair.run_until(|pair| shown(pair, "lamp").0 == Some(false));
}

#[test]
fn a_shadow_deleted_while_nobody_listened_is_gone() {
    let (mut pair, mut lamp) = lamp();
    pair.cut();
    lamp.publish(&mut pair, "$aws/things/lamp/shadow/delete", "");
    pair.run_until(
        |pair| matches!(pair.selected("lamp"), Selected::Device(view) if view.shadow.is_none()),
    );
}

#[test]
fn a_named_shadow_is_its_own() {
    let (mut pair, mut lamp) = lamp();
    let topic = "$aws/things/lamp/shadow/name/cfg/update";
    lamp.publish(&mut pair, topic, r#"{"state":{"reported":{"power":true}}}"#);
    pair.run_for(SECOND);
    let Selected::Device(view) = pair.selected("lamp") else {
        panic!("the lamp is known");
    };
    assert_eq!(view.shadows, [None, Some("cfg".to_owned())]);
    assert_eq!(shown(&mut pair, "lamp").0, Some(false));
}

#[test]
fn the_article_s_messages_make_a_device() {
    let mut pair = Pair::new(1);
    pair.connect();
    pair.run_for(SECOND);
    let mut phone = Device::connect(&mut pair, "server_cert_test");
    let location =
        r#"{"state":{"reported":{"location":{"longitude":135.7848895,"latitude":35.0115832}}}}"#;
    phone.publish(&mut pair, "topic_1", location);
    phone.publish(&mut pair, "topic_1", "Hello mqtt\n\n");
    pair.run_until(|pair| pair.list().devices == 1);
    pair.run_for(SECOND);
    let Selected::Device(view) = pair.selected("topic_1") else {
        panic!("topic_1 is a device");
    };
    let position = view.fix.unwrap().position;
    assert_eq!((position.lng, position.lat), (135.7848895, 35.0115832));
    assert_eq!(view.last_message.unwrap().text.trim(), "Hello mqtt");
    assert_eq!(view.state, DeviceState::Still);
    assert_eq!(pair.frame().link.unwrap().unreadable, 0);
}

#[test]
fn what_cannot_be_read_is_counted_and_nothing_else_happens() {
    let mut pair = Pair::new(1);
    pair.connect();
    pair.run_for(SECOND);
    let mut phone = Device::connect(&mut pair, "phone");
    for payload in [
        r#"{"lat":91,"lng":0}"#,
        r#"{"lat":3"#,
        r#"{"lat":0,"lng":0}"#,
    ] {
        phone.publish(&mut pair, "topic_1", payload);
    }
    pair.run_for(SECOND);
    assert_eq!(pair.frame().link.unwrap().unreadable, 3);
    assert_eq!(pair.list().devices, 0);
}

#[test]
fn an_address_that_is_none_is_said_before_anything_is_opened() {
    let mut pair = Pair::new(1);
    pair.connect_to("mqtt://127.0.0.1:1883");
    let state = pair.frame().link.unwrap().state;
    let fault = LinkFault::BadUrl;
    assert_eq!(state, LinkState::Failed { fault });
    pair.command(Command::Reconnect);
    assert!(matches!(pair.frame_state(), LinkState::Failed { .. }));
}

#[test]
fn leaving_a_broker_takes_its_devices_along() {
    let (mut pair, _lamp) = lamp();
    pair.connect_to("ws://elsewhere.example/mqtt");
    assert_eq!(pair.list().devices, 0);
    assert!(matches!(pair.selected("lamp"), Selected::Unknown(_)));
}
