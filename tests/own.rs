//! This browser as a device in virtual time, against the real backend: the article's messages, the queue of a link that
//! is down, the shadow with its refusals, and a policy that forbids it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[allow(dead_code, reason = "each test file uses its part")]
mod pair {
    pub(crate) mod beside;
    pub(crate) mod device;
    pub(crate) mod line;
    pub(crate) mod tap;
}

use std::time::Duration;

use gnomon::engine::command::{Command, OwnCommand, OwnPosition, OwnSettings, OwnTarget};
use gnomon::engine::frame::{LinkState, OwnInvalid, OwnView};
use gnomon::rng::Rng;
use gnomon::shadow::topics::ShadowId;
use gnomon_backend::things::policies::document::Document;

use pair::device::Device;
use pair::line::{Break, Pair};

const SECOND: Duration = Duration::from_secs(1);

/// A page that is a device, and somebody who listens.
struct Desk {
    pair: Pair,
    watcher: Device,
    /// How many positions the browser gave.
    given: u32,
}

impl Desk {
    fn new(seed: u64, filter: &str) -> Self {
        let mut pair = Pair::new(seed);
        let watcher = Device::connect(&mut pair, "watcher");
        watcher.listen(&mut pair, filter);
        pair.connect();
        pair.run_for(SECOND);
        Self {
            pair,
            watcher,
            given: 0,
        }
    }

    fn say(&mut self, command: OwnCommand) {
        self.pair.command(Command::Own(command));
    }

    fn start(&mut self, target: OwnTarget, every: u16) {
        self.say(OwnCommand::Start(OwnSettings {
            thing: "phone".to_owned(),
            target,
            every,
            details: false,
        }));
    }

    /// The browser moved on by a thousandth of a degree.
    fn go(&mut self) {
        self.given += 1;
        self.say(OwnCommand::Position(OwnPosition {
            latitude: 35.0 + f64::from(self.given) / 1000.0,
            longitude: 135.784_889_5,
            accuracy: 8.0,
            speed: None,
            heading: None,
            at: self.pair.now().wall,
        }));
    }

    /// It moves each second.
    fn walk(&mut self, seconds: u32) {
        for _ in 0..seconds {
            self.go();
            self.pair.run_for(SECOND);
        }
    }

    fn view(&mut self) -> OwnView {
        self.pair.frame().own.expect("a fresh frame has every part")
    }

    /// Topics and payloads as texts.
    fn heard(&mut self) -> Vec<(String, String)> {
        let messages = self.watcher.messages(&mut self.pair).into_iter();
        let text = |payload| String::from_utf8(payload).expect("the page speaks UTF-8");
        messages
            .map(|(topic, payload)| (topic, text(payload)))
            .collect()
    }

    /// The thousandths of a degree of what was heard, in the order of their first coming.
    fn steps(&mut self) -> Vec<u32> {
        let mut steps = Vec::new();
        for (_, payload) in self.heard() {
            let body: serde_json::Value = serde_json::from_str(&payload).expect("it is JSON");
            let latitude = body["state"]["reported"]["location"]["latitude"].as_f64();
            let step = ((latitude.expect("it has a place") - 35.0) * 1000.0).round() as u32;
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
        steps
    }
}

fn topic_1() -> OwnTarget {
    OwnTarget::Topic("topic_1".to_owned())
}

#[test]
fn the_articles_messages_go_out_and_the_page_lists_what_the_broker_tells() {
    let mut desk = Desk::new(1, "topic_1");
    desk.go();
    assert_eq!(desk.view(), OwnView::default(), "nobody pressed Start");
    desk.start(topic_1(), 1);
    desk.go();
    desk.say(OwnCommand::Text("iOSからのpublish!!!".to_owned()));
    desk.pair.run_for(SECOND);
    let place =
        r#"{"state":{"reported":{"location":{"longitude":135.7848895,"latitude":35.002}}}}"#;
    let expected = [place, "iOSからのpublish!!!"].map(|it| ("topic_1".to_owned(), it.to_owned()));
    let mut heard = desk.heard();
    heard.sort_by_key(|(_, payload)| !payload.starts_with('{'));
    assert_eq!(heard, expected);
    let view = desk.view();
    assert_eq!((view.sent, view.texts, view.waiting), (2, 1, 0));
    assert_eq!(view.listed_as.as_deref(), Some("topic_1"));
    assert!(view.last_sent.is_some());
    let list = desk.pair.list();
    assert_eq!(list.rows.len(), 1);
    assert!((list.rows[0].position.unwrap().lat - 35.002).abs() < 1e-6);
    desk.say(OwnCommand::Stop);
    desk.walk(3);
    assert_eq!(desk.heard(), []);
    assert_eq!(desk.view(), OwnView::default());
}

#[test]
fn it_sends_at_its_rate_and_an_unchanged_place_once_a_minute() {
    let mut desk = Desk::new(2, "fleet/phone/location");
    desk.start(OwnTarget::Topic("fleet/{thing}/location".to_owned()), 10);
    desk.walk(60);
    let steps = desk.steps();
    assert_eq!(steps, [1, 10, 20, 30, 40, 50]);
    let mut still = OwnPosition {
        latitude: 35.0,
        longitude: 135.0,
        accuracy: 8.0,
        speed: None,
        heading: None,
        at: desk.pair.now().wall,
    };
    for _ in 0..301 {
        still.at = desk.pair.now().wall;
        desk.say(OwnCommand::Position(still));
        desk.pair.run_for(SECOND);
    }
    assert_eq!(desk.heard().len(), 6);
    // What the browser does not vouch for any more is not repeated.
    desk.pair.run_for(SECOND * 61);
    assert_eq!(desk.heard().len(), 1);
    desk.pair.run_for(SECOND * 300);
    assert_eq!(desk.heard().len(), 0);
}

#[test]
fn what_waits_for_the_link_goes_out_in_order_and_not_at_once() {
    let mut desk = Desk::new(3, "topic_1");
    desk.start(topic_1(), 1);
    desk.walk(2);
    desk.pair.command(Command::Disconnect);
    desk.walk(120);
    let view = desk.view();
    assert_eq!((view.sent, view.waiting, view.dropped), (2, 120, 0));
    assert_eq!(desk.steps(), [1, 2]);
    desk.pair.command(Command::Reconnect);
    desk.pair.run_for(SECOND * 3 / 2);
    let soon = desk.view().sent;
    assert!((20..110).contains(&soon), "{soon} went out within a second");
    desk.pair.run_for(SECOND * 3);
    assert_eq!(desk.steps(), (3..=122).collect::<Vec<_>>());
    let view = desk.view();
    assert_eq!((view.sent, view.waiting, view.dropped), (122, 0, 0));
    // A thousand are kept; the oldest go first.
    desk.pair.command(Command::Disconnect);
    desk.walk(1010);
    assert_eq!((desk.view().waiting, desk.view().dropped), (1000, 10));
    desk.pair.command(Command::Reconnect);
    desk.pair.run_for(SECOND * 30);
    assert_eq!(desk.steps(), (133..=1132).collect::<Vec<_>>());
}

#[test]
fn every_position_arrives_however_the_link_breaks() {
    let mut rng = Rng::new(4);
    for scenario in 0..400 {
        let mut desk = Desk::new(rng.next_u64(), "topic_1");
        desk.pair.latency = Duration::from_millis([1, 40, 700][rng.below(3) as usize]);
        if rng.below(2) == 0 {
            desk.pair.split = Some(Rng::new(rng.next_u64()));
        }
        desk.start(topic_1(), 1);
        for _ in 0..4 {
            let how = Break::ALL[rng.below(4) as usize];
            desk.pair.cut_after(rng.below(30) as u32, how);
            desk.walk(rng.below(20) as u32);
        }
        desk.pair.cut_after = None;
        desk.pair.run_for(SECOND * 240);
        if desk.pair.frame_state() != LinkState::Connected {
            // Such losses may look like another page of the same name. A person tries again.
            desk.pair.command(Command::Reconnect);
            desk.pair.run_for(SECOND * 60);
        }
        let view = desk.view();
        assert_eq!((view.waiting, view.dropped), (0, 0), "{scenario}");
        // Some may come twice; all come, each first in its turn.
        let steps = desk.steps();
        assert_eq!(view.sent, steps.len() as u64, "{scenario}");
        assert!(steps.is_sorted(), "{scenario}: {steps:?}");
    }
}

#[test]
fn a_shadow_holds_the_newest_position() {
    let mut desk = Desk::new(5, "$aws/things/phone/shadow/update/accepted");
    desk.start(OwnTarget::Shadow, 1);
    desk.walk(2);
    assert_eq!(desk.steps(), [1, 2]);
    assert_eq!(desk.view().listed_as.as_deref(), Some("phone"));
    desk.pair.command(Command::Disconnect);
    desk.walk(30);
    assert_eq!((desk.view().waiting, desk.view().dropped), (1, 0));
    desk.pair.command(Command::Reconnect);
    desk.pair.run_for(SECOND * 2);
    assert_eq!(desk.steps(), [32]);
    let id = ShadowId::new("phone", None).unwrap();
    let document = desk.pair.backend.shadow(id).unwrap();
    let latitude = document.reported.leaf(&["location", "latitude"]).unwrap();
    assert_eq!(latitude.value.to_text(), "35.032");
    assert_eq!(desk.view().refused, None);
    assert_eq!(desk.pair.list().rows[0].name, "phone");
}

#[test]
fn what_the_shadow_service_refuses_is_told_until_it_accepts_again() {
    let mut desk = Desk::new(6, "$aws/things/phone/shadow/update/rejected");
    let mut other = Device::connect(&mut desk.pair, "phone");
    // So full that no position fits.
    let full = format!(
        r#"{{"state":{{"reported":{{"x":"{}"}}}}}}"#,
        "x".repeat(8150)
    );
    other.update(&mut desk.pair, &full);
    desk.start(OwnTarget::Shadow, 1);
    desk.walk(2);
    let (code, message) = desk.view().refused.expect("it is refused");
    assert_eq!(code, 413, "{message}");
    assert!(!message.is_empty());
    other.update(&mut desk.pair, r#"{"state":{"reported":{"x":null}}}"#);
    desk.walk(2);
    assert_eq!(desk.view().refused, None);
    assert!(!desk.view().paused);
}

#[test]
fn a_policy_that_forbids_it_is_found_told_and_tried_again_by_a_person() {
    let mut desk = Desk::new(7, "topic_1");
    let policy = |deny: &str| {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"iot:*","Resource":"*"}}{deny}]}}"#
        );
        Document::parse(&text).unwrap()
    };
    let deny =
        r#",{"Effect":"Deny","Action":"iot:Publish","Resource":"arn:aws:iot:::topic/topic_1"}"#;
    desk.pair.backend.govern(policy(deny));
    desk.start(topic_1(), 1);
    desk.walk(60);
    let view = desk.view();
    assert!(view.paused);
    assert_eq!(view.refused, Some((0, "topic_1".to_owned())));
    assert_eq!((view.sent, desk.heard().len()), (0, 0));
    let link = desk.pair.frame().link.unwrap();
    assert_eq!(link.publish_refused.as_deref(), Some("topic_1"));
    let sockets = desk.pair.sockets;
    desk.walk(30);
    assert_eq!(desk.pair.sockets, sockets, "the link is left alone");
    desk.pair.backend.govern(policy(""));
    desk.say(OwnCommand::Resume);
    desk.walk(5);
    let view = desk.view();
    assert_eq!((view.refused, view.waiting), (None, 0));
    assert!(view.sent > 3);
}

#[test]
fn another_broker_is_told_nothing_and_a_reload_starts_nothing() {
    let mut desk = Desk::new(8, "topic_1");
    desk.start(topic_1(), 1);
    desk.walk(1);
    desk.pair.connect_to("ws://127.0.0.1:8084/mqtt");
    desk.walk(3);
    assert_eq!(desk.view(), OwnView::default());
    assert_eq!(desk.steps(), [1]);
    desk.start(topic_1(), 1);
    desk.pair.reload(true);
    desk.pair.connect();
    desk.walk(3);
    assert_eq!(desk.view(), OwnView::default());
    assert_eq!(desk.heard(), []);
}

#[test]
fn a_start_that_cannot_be_says_why_and_leaves_what_runs() {
    let mut desk = Desk::new(9, "#");
    desk.start(OwnTarget::Topic("a/#".to_owned()), 1);
    let view = desk.view();
    assert_eq!(
        (view.invalid, view.settings),
        (Some(OwnInvalid::Topic), None)
    );
    desk.start(topic_1(), 0);
    assert_eq!(desk.view().settings.unwrap().every, 1);
    desk.start(OwnTarget::Topic(String::new()), 1);
    let view = desk.view();
    assert_eq!(view.invalid, Some(OwnInvalid::Topic));
    assert_eq!(view.topic, "topic_1");
}
