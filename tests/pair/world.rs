//! A page, its backend and some lamps, with every promise about the link checked at the end.

use std::collections::HashSet;
use std::time::Duration;

use gnomon::engine::command::{Command, ConnectRequest, FieldAddress, Wish};
use gnomon::engine::frame::{
    ChangeView, FieldView, LinkState, LinkView, Selected, Stage, Step, SubscriptionState,
};
use gnomon::rng::Rng;
use gnomon_backend::things::policies::document::Document;

use super::device::Device;
use super::line::Pair;

pub(crate) const SECOND: Duration = Duration::from_secs(1);

pub(crate) const LAMPS: [&str; 2] = ["lamp-0", "lamp-1"];

pub(crate) struct World {
    pub(crate) pair: Pair,
    lamps: Vec<Device>,
    watcher: Device,
    /// How often a person wished each lamp on.
    wishes: [usize; LAMPS.len()],
    /// The lamp and the client token of every desired update that the service accepted.
    accepted: Vec<(String, String)>,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut pair = Pair::new(seed);
        let lamps: Vec<Device> = LAMPS
            .iter()
            .map(|name| Device::connect(&mut pair, name))
            .collect();
        let watcher = Device::connect(&mut pair, "watcher");
        watcher.listen(&mut pair, "$aws/things/+/shadow/update/accepted");
        let mut world = Self {
            pair,
            lamps,
            watcher,
            wishes: [0; LAMPS.len()],
            accepted: Vec::new(),
        };
        world.report();
        world
    }

    /// Runs until `done`, asked every second.
    pub(crate) fn until(&mut self, mut done: impl FnMut(&mut Self) -> bool) {
        for _ in 0..300 {
            if done(self) {
                return;
            }
            self.pair.run_for(SECOND);
        }
        panic!("it did not happen");
    }

    /// With a latency and pieces of the scenario's own.
    pub(crate) fn random(rng: &mut Rng) -> Self {
        let mut world = Self::new(rng.next_u64());
        let latencies = [1, 5, 40, 200, 900];
        world.pair.latency = Duration::from_millis(latencies[rng.below(5) as usize]);
        if rng.below(2) == 0 {
            world.pair.split = Some(Rng::new(rng.next_u64()));
        }
        world
    }

    pub(crate) fn connect(&mut self) {
        self.pair.command(Command::Connect(ConnectRequest {
            client_id: "gnomon-1".to_owned(),
            keep_alive: 30,
            ..ConnectRequest::to("ws://127.0.0.1:8083/mqtt")
        }));
    }

    /// Every lamp says where it is, so that the page knows it.
    pub(crate) fn locate(&mut self) {
        for (lamp, name) in self.lamps.iter_mut().zip(LAMPS) {
            let topic = format!("fleet/{name}/location");
            lamp.publish(&mut self.pair, &topic, r#"{"lat":35,"lng":135}"#);
        }
    }

    pub(crate) fn govern(&mut self, denied: &[(&str, String)]) {
        let deny = denied.iter().map(|(action, resource)| {
            format!(
                r#",{{"Effect":"Deny","Action":"{action}","Resource":"arn:aws:iot:::{resource}"}}"#
            )
        });
        let deny: String = deny.collect();
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"iot:*","Resource":"*"}}{deny}]}}"#
        );
        let document = Document::parse(&text).expect("a test writes good policies");
        self.pair.backend.govern(document);
    }

    /// A person switches a lamp on, once its switch is there.
    pub(crate) fn wish(&mut self, lamp: usize) {
        if self.wishes[lamp] == 0 && self.field(lamp).is_some() {
            self.wishes[lamp] += 1;
            self.pair.command(Command::Desire {
                field: power(lamp),
                wish: Wish::Switch(true),
            });
        }
    }

    fn field(&mut self, lamp: usize) -> Option<FieldView> {
        let Selected::Device(view) = self.pair.selected(LAMPS[lamp]) else {
            return None;
        };
        let mut fields = view.shadow?.fields.into_iter();
        fields.find(|field| field.path == ["power"])
    }

    pub(crate) fn change(&mut self, lamp: usize) -> Option<ChangeView> {
        self.field(lamp)?.change
    }

    /// Whether the service has not answered a wish yet.
    pub(crate) fn is_awaited(&mut self, lamp: usize) -> bool {
        let change = self.change(lamp);
        change.is_some_and(|change| matches!(change.stage, Stage::Queued | Stage::Sent))
    }

    pub(crate) fn link(&mut self) -> LinkView {
        let link = self.pair.frame().link;
        link.expect("a fresh frame has every part")
    }

    pub(crate) fn states(&mut self) -> Vec<(String, SubscriptionState)> {
        let subscriptions = self.link().subscriptions;
        let states = subscriptions.into_iter().map(|it| (it.filter, it.state));
        states.collect()
    }

    /// No update of a wish was accepted twice, and none that was acknowledged got lost.
    pub(crate) fn check_once(&mut self, what: &str) {
        for (topic, payload) in self.watcher.messages(&mut self.pair) {
            let body: serde_json::Value =
                serde_json::from_slice(&payload).expect("the service speaks JSON");
            if !body["state"]["desired"].is_null() {
                let thing = topic.split('/').nth(2).expect("a shadow's topic has it");
                let token = body["clientToken"].as_str().expect("the page names itself");
                self.accepted.push((thing.to_owned(), token.to_owned()));
            }
        }
        let tokens: HashSet<_> = self.accepted.iter().map(|(_, token)| token).collect();
        assert_eq!(tokens.len(), self.accepted.len(), "{what}: a token twice");
        for (name, wishes) in LAMPS.iter().zip(self.wishes) {
            let accepted = self.accepted.iter().filter(|(thing, _)| thing == name);
            let accepted = accepted.count();
            assert!(
                accepted <= wishes,
                "{what}: {name} was wished {wishes} times and changed {accepted} times"
            );
        }
        for topic in &self.pair.tap.acknowledged {
            let Some(thing) = topic.strip_suffix("/shadow/update") else {
                continue;
            };
            let [desired, _] = self.pair.power(&thing["$aws/things/".len()..]);
            assert!(desired.is_some(), "{what}: {topic} was acknowledged");
        }
    }

    /// A person reads what is shown, and tries again what did not work. False when all did.
    fn try_again(&mut self) -> bool {
        let mut tried = false;
        for (filter, state) in self.states() {
            if state == SubscriptionState::SetAside {
                self.pair.command(Command::TryFilter(filter));
                tried = true;
            }
        }
        for lamp in 0..LAMPS.len() {
            let Some(change) = self.change(lamp) else {
                continue;
            };
            let failed = match change.stage {
                Stage::TimedOut => !was_accepted(&change),
                Stage::Rejected { code, .. } => code == 0,
                _ => false,
            };
            if failed {
                self.wishes[lamp] += 1;
                self.pair.command(Command::SendAgain(power(lamp)));
                tried = true;
            }
        }
        tried
    }

    /// Every lamp does what is wished of it.
    pub(crate) fn obey(&mut self) {
        for (lamp, name) in self.lamps.iter_mut().zip(LAMPS) {
            if let [Some(wish), _] = self.pair.power(name) {
                let report = format!(r#"{{"state":{{"reported":{{"power":"{wish}"}}}}}}"#);
                lamp.update(&mut self.pair, &report);
            }
        }
    }

    /// Every lamp reports that it is off.
    pub(crate) fn report(&mut self) {
        for lamp in &mut self.lamps {
            lamp.update(&mut self.pair, r#"{"state":{"reported":{"power":"off"}}}"#);
        }
    }

    /// Whatever happened, in the end it is as if nothing had.
    pub(crate) fn check_end(&mut self, what: &str) {
        self.pair.run_for(SECOND * 90);
        self.pair.cut_after = None;
        self.check_once(what);
        loop {
            let tried = self.try_again();
            self.pair.run_for(SECOND * 60);
            self.check_once(what);
            if !tried {
                break;
            }
        }
        self.obey();
        self.pair.run_for(SECOND * 10);
        assert_eq!(self.link().state, LinkState::Connected, "{what}");
        for (filter, state) in self.states() {
            assert_eq!(state, SubscriptionState::Granted, "{what}: {filter}");
        }
        for (lamp, name) in LAMPS.iter().enumerate() {
            let on = Some("on".to_owned());
            if self.wishes[lamp] > 0 {
                let accepted = self.accepted.iter().any(|(thing, _)| thing == name);
                assert!(accepted, "{what}: {name}");
                assert_eq!(self.pair.power(name), [on.clone(), on], "{what}: {name}");
            }
            assert_eq!(self.change(lamp), None, "{what}: {name}");
        }
    }
}

/// Whether the service carried a change out.
pub(crate) fn was_accepted(change: &ChangeView) -> bool {
    let accepted = |(step, _): &(Step, _)| matches!(step, Step::Accepted(_));
    change.steps.iter().any(accepted)
}

pub(crate) fn power(lamp: usize) -> FieldAddress {
    FieldAddress {
        device: LAMPS[lamp].to_owned(),
        shadow: None,
        path: vec!["power".to_owned()],
    }
}
