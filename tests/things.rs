//! Silent things in virtual time, against the real backend: remembered, listed at once, asked for at their pace,
//! entered, read from the registry, forgotten.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[allow(dead_code, reason = "each test file uses its part")]
mod pair {
    pub(crate) mod beside;
    pub(crate) mod device;
    pub(crate) mod line;
    pub(crate) mod tap;
}

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use gnomon::engine::command::{AwsPlace, Command, ConnectRequest, Keys, ThingsCommand, Way};
use gnomon::engine::frame::{
    AskState, DeviceState, LinkState, Refusal, Registry, ShadowKnowledge, ThingRow, ThingsChip,
    ThingsRequest, ThingsView,
};
use gnomon::time::UnixMillis;

use pair::device::Device;
use pair::line::{Break, Pair};

const SECOND: Duration = Duration::from_secs(1);
const HERE: &str = "ws://127.0.0.1:8083/mqtt";

fn pair() -> Pair {
    let mut pair = Pair::new(7);
    pair.beside.files = Some(HashMap::new());
    pair
}

fn say(pair: &mut Pair, command: ThingsCommand) {
    pair.command(Command::Things(command));
    pair.run_for(SECOND / 10);
}

fn add(pair: &mut Pair, names: &str) {
    say(pair, ThingsCommand::Add(names.to_owned()));
}

fn view(pair: &mut Pair) -> ThingsView {
    only(pair, ThingsChip::All)
}

fn only(pair: &mut Pair, only: ThingsChip) -> ThingsView {
    pair.things(ThingsRequest {
        only,
        rows: 100,
        ..ThingsRequest::default()
    })
}

fn thing(pair: &mut Pair, name: &str) -> Option<ThingRow> {
    let rows = view(pair).rows;
    rows.into_iter().find(|row| row.name == name)
}

fn names(view: &ThingsView) -> Vec<&str> {
    view.rows.iter().map(|row| &*row.name).collect()
}

fn gets(pair: &Pair) -> Vec<&str> {
    let published = pair.tap.published.iter();
    let gets = published.filter_map(|topic| topic.strip_prefix("$aws/things/"));
    gets.filter_map(|topic| topic.strip_suffix("/get"))
        .collect()
}

/// A page that knows a truck by its position, a lamp by its shadows, and a pump by its name.
fn known() -> Pair {
    let mut pair = pair();
    let mut device = Device::connect(&mut pair, "lamp");
    let report = r#"{"state":{"reported":{"power":"on"}}}"#;
    device.publish(&mut pair, "$aws/things/lamp/shadow/update", report);
    device.publish(&mut pair, "$aws/things/lamp/shadow/name/cfg/update", report);
    pair.connect();
    pair.run_for(SECOND);
    device.publish(&mut pair, "fleet/truck/location", r#"{"lat":35,"lng":135}"#);
    device.publish(&mut pair, "$aws/things/lamp/shadow/name/cfg/update", report);
    add(&mut pair, "pump");
    pair.run_for(SECOND * 40);
    pair
}

#[test]
fn what_was_known_is_listed_at_once_with_its_age_before_anything_is_heard() {
    let mut pair = known();
    let seen = thing(&mut pair, "truck").unwrap().last_seen.unwrap();
    pair.reload(false);
    pair.connect();
    pair.run_for(SECOND / 200);
    assert_eq!(pair.frame_state(), LinkState::Connecting);
    let now = view(&mut pair);
    assert_eq!(names(&now), ["lamp", "pump", "truck"]);
    assert_eq!((now.things, now.silent, now.no_shadow), (3, 3, 0));
    assert!(now.remembers && now.asking == AskState::Paused);
    let truck = thing(&mut pair, "truck").unwrap();
    assert_eq!(
        (truck.state, truck.last_seen),
        (DeviceState::Stale, Some(seen))
    );
    assert_eq!(truck.shadow, ShadowKnowledge::Waiting);
    assert_eq!(thing(&mut pair, "pump").unwrap().last_seen, None);
    assert_eq!(thing(&mut pair, "lamp").unwrap().named, 1);
    let list = pair.list();
    assert_eq!((list.devices, list.counts.stale), (3, 3));
    let truck = list.rows.iter().find(|row| row.name == "truck").unwrap();
    assert!((truck.position.unwrap().lng - 135.0).abs() < 1e-6);
    let pump = list.rows.iter().find(|row| row.name == "pump").unwrap();
    assert_eq!((pump.last_seen, pump.position), (UnixMillis(0), None));
}

#[test]
fn remembered_shadows_are_asked_for_also_named_ones_and_what_had_none_comes_last() {
    let mut pair = known();
    pair.reload(true);
    pair.tap.published.clear();
    pair.connect();
    pair.run_for(SECOND * 2);
    let asked = gets(&pair);
    assert_eq!(asked.len(), 4, "{asked:?}");
    assert_eq!(asked[..2], ["lamp/shadow", "lamp/shadow/name/cfg"]);
    let now = view(&mut pair);
    assert_eq!((now.to_ask, now.asking), (0, AskState::Going));
    assert_eq!((now.silent, now.no_shadow), (3, 2));
    assert_eq!(
        names(&only(&mut pair, ThingsChip::NoShadow)),
        ["pump", "truck"]
    );
    let lamp = thing(&mut pair, "lamp").unwrap();
    assert_eq!(lamp.shadow, ShadowKnowledge::Known { version: 1 });
    assert!(!lamp.heard, "the service spoke, not the lamp");
    assert_eq!(
        thing(&mut pair, "pump").unwrap().shadow,
        ShadowKnowledge::Absent
    );
    // A shadow that is gone by now is not remembered for ever.
    pair.call("DELETE", "/things/lamp/shadow");
    pair.run_for(SECOND);
    assert_eq!(
        thing(&mut pair, "lamp").unwrap().shadow,
        ShadowKnowledge::Absent
    );
}

#[test]
fn a_thing_that_speaks_takes_over_from_what_was_remembered() {
    let mut pair = known();
    pair.reload(true);
    pair.connect();
    pair.run_for(SECOND);
    let mut device = Device::connect(&mut pair, "truck");
    device.publish(&mut pair, "fleet/truck/location", r#"{"lat":36,"lng":135}"#);
    pair.run_for(SECOND);
    let truck = thing(&mut pair, "truck").unwrap();
    assert!(truck.heard && truck.state != DeviceState::Stale);
    assert_eq!(view(&mut pair).silent, 2);
    assert_eq!(
        names(&only(&mut pair, ThingsChip::Silent)),
        ["lamp", "pump"]
    );
}

#[test]
fn a_fleet_is_asked_for_fifty_a_second_and_never_more_than_ten_at_once() {
    let mut pair = pair();
    pair.connect();
    pair.run_for(SECOND);
    let many: String = (0..1000).map(|n| format!("pump-{n}\n")).collect();
    add(&mut pair, &many);
    let before = gets(&pair).len();
    pair.run_for(SECOND * 10);
    let asked = gets(&pair).len() - before;
    assert!((480..=505).contains(&asked), "{asked}");
    let now = view(&mut pair);
    assert!((990..=1000).contains(&(now.no_shadow + now.to_ask)));
    // A slow line: each answer takes two seconds, so ten are out at a time.
    pair.latency = SECOND;
    pair.run_for(SECOND * 4);
    let before = gets(&pair).len();
    pair.run_for(SECOND * 10);
    let asked = gets(&pair).len() - before;
    assert!((40..=60).contains(&asked), "{asked}");
}

#[test]
fn what_a_person_looks_at_is_asked_for_first() {
    let mut pair = pair();
    let many: String = (0..500).map(|n| format!("pump-{n}\n")).collect();
    pair.connect();
    add(&mut pair, &many);
    pair.things(ThingsRequest {
        search: "pump-49".to_owned(),
        rows: 100,
        ..ThingsRequest::default()
    });
    pair.run_for(SECOND / 2);
    let asked = gets(&pair);
    assert!(asked.len() > 11, "{asked:?}");
    let of_search = |name: &&str| name.contains("pump-49");
    // What the list had in sight before may have gone out already.
    assert!(
        asked.iter().take(15).filter(|it| of_search(it)).count() >= 11,
        "{asked:?}"
    );
    pair.selected("pump-333");
    pair.run_for(SECOND / 20);
    assert!(gets(&pair).contains(&"pump-333/shadow"));
}

#[test]
fn a_lost_link_in_the_middle_of_asking_costs_nothing_but_time() {
    for how in Break::ALL {
        let mut pair = pair();
        pair.connect();
        pair.run_for(SECOND);
        add(
            &mut pair,
            &(0..200).map(|n| format!("pump-{n}\n")).collect::<String>(),
        );
        pair.run_for(SECOND);
        pair.break_off(how);
        pair.run_until(|pair| view(pair).no_shadow == 200);
    }
}

#[test]
fn where_nobody_answers_the_asking_stops_and_says_so() {
    let mut pair = pair();
    let policy = |denied: &str| {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"iot:*","Resource":"*"}},
            {{"Effect":"Deny","Action":"iot:Subscribe","Resource":"{denied}"}}]}}"#
        );
        gnomon_backend::things::policies::document::Document::parse(&text).unwrap()
    };
    pair.backend.govern(policy(
        "arn:aws:iot:::topicfilter/$aws/things/+/shadow/get/*",
    ));
    pair.connect();
    pair.run_until(|pair| pair.frame_state() == LinkState::Connected);
    pair.run_for(SECOND * 30);
    add(
        &mut pair,
        &(0..50).map(|n| format!("pump-{n}\n")).collect::<String>(),
    );
    pair.run_for(SECOND * 20);
    let now = view(&mut pair);
    assert_eq!((now.asking, now.to_ask), (AskState::NoAnswer, 40));
    assert_eq!(
        thing(&mut pair, "pump-49").unwrap().shadow,
        ShadowKnowledge::Waiting
    );
}

#[test]
fn entered_names_are_counted_and_refused_ones_say_why() {
    let mut pair = pair();
    pair.connect();
    let long = "x".repeat(129);
    add(&mut pair, &format!("pump-1, pump-2;pump-1\nplant/7 {long}"));
    let added = view(&mut pair).added.unwrap();
    assert_eq!((added.new, added.known, added.refused_total), (2, 1, 2));
    let why: Vec<_> = added.refused.iter().map(|refused| refused.why).collect();
    assert_eq!(why, [Refusal::Character('/'), Refusal::TooLong]);
    add(&mut pair, &"a/b ".repeat(100));
    let added = view(&mut pair).added.unwrap();
    assert_eq!((added.refused.len(), added.refused_total), (20, 100));
}

#[test]
fn a_megabyte_of_names_is_taken_in_pieces_and_bounded() {
    let mut pair = pair();
    pair.connect();
    let many: String = (0..100_001).map(|n| format!("n{n}\n")).collect();
    add(&mut pair, &many);
    let some = view(&mut pair).added.unwrap().new;
    assert!(
        (1..100_000).contains(&some),
        "others get their turn: {some}"
    );
    pair.run_for(SECOND * 2);
    let added = view(&mut pair).added.unwrap();
    assert_eq!((added.new, added.cut), (100_000, true));
    add(&mut pair, "another");
    assert_eq!(view(&mut pair).added.unwrap().new, 1);
}

#[test]
fn what_is_forgotten_goes_unless_it_speaks_and_can_be_had_again() {
    let mut pair = known();
    say(&mut pair, ThingsCommand::Forget("pump".to_owned()));
    assert_eq!(names(&view(&mut pair)), ["lamp", "truck"]);
    assert_eq!((view(&mut pair).forgotten, pair.list().devices), (1, 2));
    say(&mut pair, ThingsCommand::Undo);
    assert_eq!((view(&mut pair).things, view(&mut pair).forgotten), (3, 0));
    say(&mut pair, ThingsCommand::ForgetAll);
    let now = view(&mut pair);
    assert_eq!(
        (names(&now), now.forgotten),
        (vec!["lamp", "truck"], 3),
        "they spoke"
    );
    pair.run_for(SECOND);
    pair.reload(false);
    pair.connect();
    pair.run_for(SECOND);
    assert_eq!(view(&mut pair).things, 0);
    // Nothing keeps a thing from being known again.
    let mut device = Device::connect(&mut pair, "truck");
    device.publish(&mut pair, "fleet/truck/location", r#"{"lat":36,"lng":135}"#);
    pair.run_for(SECOND * 5);
    pair.reload(false);
    pair.connect();
    pair.run_for(SECOND);
    assert_eq!(names(&view(&mut pair)), ["truck"]);
}

#[test]
fn a_person_s_names_are_kept_at_once_and_what_is_heard_every_thirty_seconds() {
    let mut pair = pair();
    pair.connect();
    pair.run_for(SECOND * 60);
    assert_eq!(pair.beside.writes, 0, "nothing is known");
    add(&mut pair, "pump");
    pair.run_for(SECOND);
    assert_eq!(pair.beside.writes, 1);
    let mut device = Device::connect(&mut pair, "truck");
    for _ in 0..300 {
        device.publish(&mut pair, "fleet/truck/location", r#"{"lat":36,"lng":135}"#);
        pair.run_for(SECOND);
    }
    assert!(
        (9..=12).contains(&pair.beside.writes),
        "{}",
        pair.beside.writes
    );
    pair.run_for(SECOND * 40);
    let before = pair.beside.writes;
    pair.run_for(SECOND * 300);
    assert_eq!(pair.beside.writes, before, "nothing is new");
    pair.reload(true);
    pair.connect();
    pair.run_for(SECOND * 60);
    assert_eq!(
        pair.beside.writes, before,
        "what was read is not written back"
    );
}

#[test]
fn each_broker_has_its_own_things_and_no_secret_is_kept() {
    let mut pair = pair();
    pair.connect_to("ws://me:hidden@127.0.0.1:8083/mqtt?token=hidden");
    add(&mut pair, "pump");
    pair.connect_to("ws://127.0.0.1:9001/mqtt");
    pair.run_for(SECOND);
    assert_eq!(view(&mut pair).things, 0);
    add(&mut pair, "valve");
    pair.connect_to(HERE);
    pair.run_for(SECOND);
    assert_eq!(names(&view(&mut pair)), ["pump"]);
    let files = pair.beside.files.as_ref().unwrap();
    assert_eq!(files.len(), 2);
    for (place, bytes) in files {
        assert!(place.len() == 39 && place.starts_with("things-"), "{place}");
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("hidden") && !text.contains("127.0.0.1"));
    }
}

#[test]
fn without_storage_everything_works_and_the_page_says_so() {
    let mut pair = Pair::new(7);
    pair.connect();
    add(&mut pair, "pump");
    pair.run_for(SECOND * 60);
    let now = view(&mut pair);
    assert_eq!((now.things, now.no_shadow, now.remembers), (1, 1, false));
    assert_eq!(pair.beside.writes, 0);
    let mut full = self::pair();
    full.connect();
    full.run_for(SECOND);
    full.beside.files = None;
    assert!(view(&mut full).remembers);
    add(&mut full, "pump");
    full.run_for(SECOND);
    assert!(!view(&mut full).remembers, "it could not be written");
}

#[test]
fn a_damaged_memory_does_no_harm() {
    let intact = known().beside.files.unwrap();
    let (place, bytes) = intact.iter().next().unwrap();
    for damage in [
        Bytes::new(),
        Bytes::from_static(b"what is this"),
        bytes.slice(..bytes.len() - 1),
        bytes.slice(..9),
        Bytes::from([&bytes[..20], &[0xff], &bytes[21..]].concat()),
    ] {
        let mut pair = pair();
        let files = HashMap::from([(place.clone(), damage)]);
        pair.beside.files = Some(files);
        pair.connect();
        add(&mut pair, "valve");
        pair.run_for(SECOND * 5);
        assert_eq!(names(&view(&mut pair)), ["valve"]);
        pair.reload(false);
        pair.connect();
        pair.run_for(SECOND);
        assert_eq!(names(&view(&mut pair)), ["valve"]);
    }
}

fn create(pair: &mut Pair, things: u32) {
    for n in 0..things {
        pair.call("POST", &format!("/things/sensor-{n}"));
    }
}

#[test]
fn the_registry_is_read_page_by_page() {
    let mut pair = pair();
    create(&mut pair, 230);
    pair.connect();
    add(&mut pair, "sensor-1");
    say(&mut pair, ThingsCommand::ReadRegistry);
    assert_eq!(view(&mut pair).registry, Registry::Reading { found: 100 });
    // Pressed twice it is read once.
    say(&mut pair, ThingsCommand::ReadRegistry);
    pair.run_for(SECOND);
    let read = Registry::Read {
        found: 230,
        new: 229,
    };
    assert_eq!(
        (view(&mut pair).registry, view(&mut pair).things),
        (read, 230)
    );
    let asked = &pair.beside.asked;
    assert_eq!(asked.len(), 3);
    assert!(asked[0].starts_with("http://127.0.0.1:8083/things?maxResults=100"));
    assert!(asked[1].contains("&nextToken="));
}

#[test]
fn a_registry_that_does_not_answer_or_is_none_is_told_from_one_that_is_out_of_reach() {
    let mut pair = pair();
    pair.beside.is_down = true;
    pair.connect();
    say(&mut pair, ThingsCommand::ReadRegistry);
    let failed = Registry::Failed {
        status: None,
        error: String::new(),
    };
    assert_eq!(view(&mut pair).registry, failed);
    for (url, expected) in [
        ("ws://192.168.1.2:8083/mqtt", Registry::OutOfReach),
        (
            "wss://a1-ats.iot.eu-west-1.amazonaws.com/mqtt",
            Registry::None,
        ),
        ("mqtt://127.0.0.1", Registry::None),
    ] {
        pair.connect_to(url);
        assert_eq!(view(&mut pair).registry, Registry::Unread);
        say(&mut pair, ThingsCommand::ReadRegistry);
        assert_eq!(view(&mut pair).registry, expected, "{url}");
    }
}

#[test]
fn with_keys_the_registry_s_question_is_signed_as_the_control_plane_s() {
    let connect = |pair: &mut Pair, endpoint: &str, secret: &str| {
        pair.command(Command::Connect(ConnectRequest::new(Way::AwsKeys {
            place: AwsPlace {
                endpoint: endpoint.to_owned(),
                region: "eu-west-1".to_owned(),
            },
            keys: Keys {
                access_key_id: "AKIDEXAMPLE".to_owned(),
                secret_access_key: secret.to_owned(),
                session_token: None,
                expires_at: None,
            },
        })));
        say(pair, ThingsCommand::ReadRegistry);
        pair.run_for(SECOND);
        view(pair).registry
    };
    let mut pair = pair();
    create(&mut pair, 120);
    let keys = gnomon_backend::signatures::Keys::parse("AKIDEXAMPLE secret\n");
    pair.beside.keys = Some(keys.unwrap());
    let read = |new| Registry::Read { found: 120, new };
    assert_eq!(connect(&mut pair, HERE, "secret"), read(120));
    let aws = "a1-ats.iot.eu-west-1.amazonaws.com";
    assert_eq!(connect(&mut pair, aws, "secret"), read(120));
    let last = pair.beside.asked.last().unwrap();
    assert!(last.starts_with("https://iot.eu-west-1.amazonaws.com/things?"));
    assert!(!pair.beside.asked.concat().contains("secret"));
    let refused = Registry::Failed {
        status: Some(403),
        error: "ForbiddenException".to_owned(),
    };
    assert_eq!(connect(&mut pair, aws, "wrong"), refused);
}
