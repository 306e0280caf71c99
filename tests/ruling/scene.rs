//! A page of rules that is looked at, vehicles that drive, and somebody who carries rules out.

use std::collections::HashMap;
use std::time::Duration;

use gnomon::engine::ask::FetchAnswer;
use gnomon::engine::command::{Command, RuleAction, RuleDraft, RulesCommand};
use gnomon::engine::frame::{
    DryRun, FrameRequest, ObjectsRequest, RuleRow, RuleView, RulesRequest, RulesView,
};
use gnomon::rules::Incoming;
use gnomon_backend::rules::{DeedEnded, Ended};

use crate::pair::device::Device;
use crate::pair::line::Pair;

pub(crate) const SECOND: Duration = Duration::from_secs(1);

pub(crate) const SQL: &str = "SELECT state.reported.location.latitude AS lat, topic(2) AS device\n\
    FROM 'fleet/+/location'\nWHERE state.reported.speed > 60";

/// Each vehicle's shadow is asked for once, and the answer is a message, too.
pub(crate) const ANSWERS: u32 = 4;

pub(crate) struct Scene {
    pub(crate) pair: Pair,
    pub(crate) request: RulesRequest,
    devices: Vec<Device>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let mut pair = Pair::new(7);
        pair.beside.files = Some(HashMap::new());
        pair.connect();
        pair.run_for(SECOND);
        let names = ["truck-0", "truck-1", "truck-2", "truck-3"];
        let devices = names.map(|name| Device::connect(&mut pair, name));
        Self {
            pair,
            request: RulesRequest {
                rows: 20,
                ..RulesRequest::default()
            },
            devices: devices.into(),
        }
    }

    /// The page of rules with this one open.
    pub(crate) fn open(&mut self, name: &str) -> RuleView {
        self.request.open = Some(name.to_owned());
        self.look();
        self.rule()
    }

    pub(crate) fn say(&mut self, command: RulesCommand) {
        self.pair.command(Command::Rules(command));
    }

    pub(crate) fn edit(&mut self, draft: &RuleDraft) {
        self.say(RulesCommand::Edit(draft.clone()));
        self.look();
    }

    /// The page is looked at for three seconds.
    pub(crate) fn look(&mut self) -> RulesView {
        for _ in 0..30 {
            self.view();
            self.pair.run_for(SECOND / 10);
        }
        self.view()
    }

    pub(crate) fn view(&mut self) -> RulesView {
        let request = FrameRequest {
            rules: Some(self.request.clone()),
            ..FrameRequest::default()
        };
        let view = self.pair.answer(request).rules;
        view.expect("a fresh frame has what was asked for")
    }

    pub(crate) fn rule(&mut self) -> RuleView {
        self.view().rule.expect("the rule that is open is shown")
    }

    pub(crate) fn dry(&mut self) -> DryRun {
        self.rule().dry.expect("it can be tried")
    }

    pub(crate) fn row(&mut self, name: &str) -> Option<RuleRow> {
        let rules = self.view().rules;
        rules.into_iter().find(|row| row.name == name)
    }

    pub(crate) fn publish(&mut self, device: usize, topic: &str, payload: &str) {
        self.devices[device].publish(&mut self.pair, topic, payload);
    }

    /// So many positions of four vehicles, ten a second. Every tenth is faster than 60.
    pub(crate) fn drive(&mut self, positions: usize) {
        for number in 0..positions {
            let speed = if number % 10 == 3 { 78 } else { 40 };
            self.position(number % 4, speed);
            self.pair.run_for(SECOND / 10);
        }
    }

    pub(crate) fn position(&mut self, device: usize, speed: u32) {
        let topic = format!("fleet/truck-{device}/location");
        let location = r#"{"latitude":34.98531,"longitude":135.86}"#;
        let reported = format!(r#"{{"location":{location},"speed":{speed}}}"#);
        let payload = format!(r#"{{"state":{{"reported":{reported}}}}}"#);
        self.publish(device, &topic, &payload);
    }

    /// The backend's rules do what they have to do. It hands out a bounded number at a time.
    pub(crate) fn carry_out(&mut self, error: Option<&str>) {
        while self.carry_some_out(error) {}
    }

    fn carry_some_out(&mut self, error: Option<&str>) -> bool {
        let now = self.pair.now();
        let works = self.pair.backend.take_rule_work();
        let any = !works.is_empty();
        for work in works {
            let item = &work.item;
            let fired = work
                .rule
                .sql
                .evaluate(&Incoming::new(item.origin(), &item.payload))
                .unwrap();
            let deeds = 0..work.rule.actions.len() as u8;
            let deed = |action| DeedEnded {
                action: Some(action),
                error: error.map(str::to_owned),
                took_ms: 3,
                overwrote: false,
            };
            let ended = Ended {
                fired: fired.is_some(),
                deeds: fired.iter().flat_map(|_| deeds.clone().map(deed)).collect(),
            };
            self.pair.backend.end_rule_work(work.number, ended, now);
        }
        any
    }

    /// Calls that were made so far: `METHOD path`.
    pub(crate) fn calls(&self) -> Vec<String> {
        let sent = self.pair.beside.sent.iter();
        sent.map(|(method, path, _)| [*method, " ", path].concat())
            .collect()
    }

    /// Those of them that change something.
    pub(crate) fn writes(&self) -> Vec<String> {
        let calls = self.calls().into_iter();
        calls.filter(|call| !call.starts_with("GET ")).collect()
    }

    pub(crate) fn can(&mut self, call: &'static str, status: u16, body: &str) {
        let answer = answer(status, body);
        self.pair.beside.canned.retain(|(of, _)| *of != call);
        self.pair.beside.canned.push((call, answer));
    }

    pub(crate) fn look_at_objects(&mut self, prefix: &str, open: Option<&str>) -> RulesView {
        self.request.objects = Some(ObjectsRequest {
            prefix: prefix.to_owned(),
            open: open.map(str::to_owned),
            rows: 50,
        });
        self.look()
    }
}

pub(crate) fn answer(status: u16, body: &str) -> FetchAnswer {
    FetchAnswer {
        status,
        date: None,
        error_type: None,
        body: body.as_bytes().to_vec(),
    }
}

pub(crate) fn draft(name: &str, sql: &str) -> RuleDraft {
    RuleDraft {
        name: name.to_owned(),
        sql: sql.to_owned(),
        description: "Vehicles that speed".to_owned(),
        actions: vec![
            RuleAction::Store {
                bucket: "my-bucket".to_owned(),
                key: "${topic(2)}-${timestamp()}".to_owned(),
            },
            RuleAction::Republish {
                topic: "alerts/${topic(2)}".to_owned(),
                qos: 1,
            },
        ],
        error_action: None,
    }
}
