//! What was acknowledged comes again after a crash until it has ended.

use std::collections::BTreeSet;

use gnomon::message::QoS;
use gnomon_backend::api::{Call, Request};
use gnomon_backend::record::Table;
use gnomon_backend::rules::Work;
use gnomon_backend::things::Principal;
use proptest::prelude::*;

use crate::world::{World, payload};

fn with_rule() -> World {
    let mut world = World::new();
    world.store("r", "SELECT * FROM 't'");
    world.save();
    world
}

#[test]
fn a_message_is_acknowledged_once_its_entry_is_saved() {
    let mut world = with_rule();
    world.publish("elsewhere", "0", QoS::AtLeastOnce);
    assert_eq!(world.hear().len(), 1, "no rule wants it");
    world.publish("t", "1", QoS::AtLeastOnce);
    assert_eq!(world.hear().len(), 0);
    assert_eq!(world.save(), 1);
    assert_eq!(world.hear().len(), 1);
    world.publish("$aws/rules/r/x", "2", QoS::AtLeastOnce);
    assert_eq!(world.hear().len(), 0);
    world.save();
    assert_eq!(world.hear().len(), 1);
    world.crash();
    assert_eq!(world.taken(), ["1", "2"]);
}

#[test]
fn nobody_was_promised_anything_about_qos_0() {
    let mut world = with_rule();
    world.publish("t", "1", QoS::AtMostOnce);
    assert_eq!(world.save(), 0);
    world.crash();
    assert_eq!(world.taken(), [""; 0]);
    assert_eq!(world.counts("r", ["matched", "queued"]), [0, 0]);
}

#[test]
fn an_answer_over_http_waits_too_whatever_its_qos() {
    let mut world = with_rule();
    for path in ["/topics/t", "/topics/$aws%2Frules%2Fr%2Ft"] {
        let call = Call::parse(&Request {
            method: "POST",
            path,
            body: "1".into(),
            ..Request::default()
        });
        let (result, mark) =
            world
                .backend
                .handle_call(&Principal::Anonymous, call.unwrap(), world.now);
        assert!(result.is_ok());
        assert_eq!(
            world.backend.take_batch().map(|batch| batch.mark),
            Some(mark)
        );
        world.backend.handle_saved(mark, world.now);
    }
}

#[test]
fn a_shadow_answers_once_what_its_answer_causes_is_saved_and_rules_act_no_sooner() {
    let mut world = World::new();
    world.store("r", "SELECT * FROM '$aws/things/+/shadow/+/accepted'");
    world.save();
    let mut watcher = world.subscriber("w", "$aws/things/lamp/shadow/#");
    let heard = |world: &mut World, watcher: &mut crate::client::Client| {
        let received = world.received(watcher);
        received
            .into_iter()
            .filter(|(topic, _)| topic.contains("accepted"))
            .count()
    };
    let update = r#"{"state":{"reported":{"a":1}}}"#;
    world.publish("$aws/things/lamp/shadow/update", update, QoS::AtLeastOnce);
    assert_eq!(
        (heard(&mut world, &mut watcher), world.hear().len()),
        (0, 0)
    );
    assert_eq!(world.taken(), [""; 0], "the shadow may still be lost");
    assert!(!world.backend.has_rule_work());
    assert_eq!(world.save(), 2, "shadow and entry in one batch");
    assert_eq!(
        (heard(&mut world, &mut watcher), world.hear().len()),
        (1, 1)
    );
    assert_eq!(world.take().len(), 1);
    // A get changes nothing but the queue.
    world.publish("$aws/things/lamp/shadow/get", "", QoS::AtLeastOnce);
    assert_eq!(heard(&mut world, &mut watcher), 0);
    assert_eq!(world.save(), 1);
    assert_eq!(
        (heard(&mut world, &mut watcher), world.take().len()),
        (1, 1)
    );
}

#[test]
fn what_comes_again_is_the_same_message() {
    let mut world = with_rule();
    world.publish("t", "1", QoS::AtLeastOnce);
    world.save();
    let before = world.take();
    world.now.wall.0 += 5000;
    world.crash();
    let again = world.take();
    assert_eq!(before[0].item, again[0].item);
    assert_eq!(again[0].item.client_id.as_deref(), Some("publisher"));
    // A new one never passes for an old one.
    world.publish("t", "1", QoS::AtLeastOnce);
    let new = world.take();
    assert!(new[0].number > again[0].number);
    assert_ne!(new[0].item.seed, again[0].item.seed);
}

#[test]
fn what_came_and_went_between_two_batches_is_never_written() {
    let mut world = with_rule();
    world.publish("t", "1", QoS::AtLeastOnce);
    let work = world.take();
    world.end(&work[0]);
    assert_eq!(world.hear().len(), 0);
    assert_eq!(world.save(), 0);
    assert_eq!(world.hear().len(), 1);
    assert_eq!(world.kept(Table::RuleQueue), 0);
}

#[test]
fn rules_come_again_as_they_were() {
    let mut world = with_rule();
    world.republish("next", "SELECT a FROM 'é/+' WHERE a > 1", "out/${topic(2)}");
    world.call("POST", "/rules/next/disable", "").unwrap();
    world.store("gone", "SELECT * FROM 't'");
    world.save();
    world.publish("t", "x", QoS::AtLeastOnce);
    world.call("DELETE", "/rules/gone", "").unwrap();
    let all = |world: &mut World| {
        let list = world.call("GET", "/rules", "").unwrap();
        let get = world.call("GET", "/rules/next", "").unwrap();
        (list, get)
    };
    let before = all(&mut world);
    world.save();
    world.now.wall.0 += 5000;
    world.crash();
    assert_eq!(all(&mut world), before);
    assert_eq!(world.kept(Table::Rules), 2);
    assert_eq!(
        world.kept(Table::RuleQueue),
        1,
        "that of the deleted one is gone"
    );
}

#[test]
fn who_is_faster_than_the_disk_has_to_wait() {
    let mut world = with_rule();
    for _ in 0..1000 {
        world.publish("t", "x", QoS::AtLeastOnce);
    }
    assert_eq!(world.backend.behind(), None);
    world.publish("t", "x", QoS::AtLeastOnce);
    let behind = world.backend.behind();
    assert!(behind.is_some());
    world.save();
    assert_eq!(world.backend.behind(), None);
}

/// One step of a life.
#[derive(Clone, Debug)]
enum Step {
    Publish {
        kept: bool,
    },
    Take,
    /// One of those under way ends.
    End {
        which: usize,
    },
    /// The host begins to write a batch, and finishes it.
    Save,
    /// The process is killed; a batch that was due may have reached the disk.
    Crash {
        written: bool,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => any::<bool>().prop_map(|kept| Step::Publish { kept }),
        3 => Just(Step::Take),
        4 => (0..9usize).prop_map(|which| Step::End { which }),
        3 => Just(Step::Save),
        1 => any::<bool>().prop_map(|written| Step::Crash { written }),
    ]
}

/// A life of one rule, and what it promised.
struct Life {
    world: World,
    count: u64,
    under_way: Vec<Work>,
    /// Published with QoS 1 and not acknowledged, oldest first.
    unheard: Vec<String>,
    /// Acknowledged, and not ended.
    owed: BTreeSet<String>,
    /// Ended, and whether that is on disk.
    ended: Vec<(String, bool)>,
}

impl Life {
    fn live(&mut self, step: Step) {
        match step {
            Step::Publish { kept } => {
                self.count += 1;
                let payload = self.count.to_string();
                let qos = if kept {
                    QoS::AtLeastOnce
                } else {
                    QoS::AtMostOnce
                };
                self.world.publish("t", &payload, qos);
                if kept {
                    self.unheard.push(payload);
                }
            }
            Step::Take => self.under_way.extend(self.world.take()),
            Step::End { which } => {
                if which < self.under_way.len() {
                    let work = self.under_way.remove(which);
                    self.world.end(&work);
                    self.owed.remove(&payload(&work));
                    self.ended.push((payload(&work), false));
                }
            }
            Step::Save => {
                self.world.save();
                self.ended.iter_mut().for_each(|(_, saved)| *saved = true);
            }
            Step::Crash { written } => self.crash(written),
        }
        for _ in self.world.hear() {
            let heard = self.unheard.remove(0);
            if !self.ended.iter().any(|(payload, _)| *payload == heard) {
                self.owed.insert(heard);
            }
        }
    }

    fn crash(&mut self, written: bool) {
        if written && let Some(batch) = self.world.backend.take_batch() {
            self.world.write(batch);
            self.ended.iter_mut().for_each(|(_, saved)| *saved = true);
        }
        self.world.crash();
        self.unheard.clear();
        self.under_way = self.world.take();
        let found: Vec<_> = self.under_way.iter().map(payload).collect();
        let numbers = found.iter().map(|it| it.parse::<u64>().unwrap());
        assert!(numbers.is_sorted(), "{found:?}");
        for owed in &self.owed {
            assert!(found.contains(owed), "{owed} was acknowledged: {found:?}");
        }
        for (payload, saved) in &self.ended {
            assert!(
                !saved || !found.contains(payload),
                "{payload} had ended: {found:?}"
            );
        }
        self.owed = found.into_iter().collect();
        self.ended
            .retain(|(payload, _)| !self.owed.contains(payload));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_acknowledged_and_not_ended_comes_again_and_nothing_that_ended(
        steps in prop::collection::vec(step(), 1..60)
    ) {
        let mut life = Life {
            world: with_rule(),
            count: 0,
            under_way: Vec::new(),
            unheard: Vec::new(),
            owed: BTreeSet::new(),
            ended: Vec::new(),
        };
        for step in steps {
            life.live(step);
        }
        life.crash(false);
    }
}
