//! What policies let clients do: who is closed, who is kept from what, and that changes are felt at once.

use gnomon::mqtt::wire::Unsubscribe;

use super::*;
use crate::journal::Key;
use crate::record::Table;
use crate::things::Action;
use crate::things::certificates::CertificateId;
use crate::things::policies::document::Document;
use crate::things::registry::NewThing;

const ID: CertificateId = CertificateId([3; 32]);

/// A policy of statements such as `Allow iot:Publish topic/a`.
fn policy(statements: &[&str]) -> String {
    let statements = statements.iter().map(|text| {
        let words: Vec<_> = text.split(' ').collect();
        let (effect, action, name) = (words[0], words[1], words[2]);
        let resource = format!("arn:aws:iot:eu-west-1:42:{name}");
        format!(r#"{{"Effect":"{effect}","Action":"{action}","Resource":"{resource}"}}"#)
    });
    let statements = statements.collect::<Vec<_>>().join(",");
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

/// Everybody without a certificate is governed by this.
fn governed(statements: &[&str]) -> World {
    let mut world = World::new(Limits::default());
    let document = Document::parse(&policy(statements)).unwrap();
    world.broker.things_mut().govern(document);
    world
}

/// A certificate with one policy.
fn certified(statements: &[&str]) -> World {
    let mut world = World::new(Limits::default());
    let policies = &mut world.broker.things_mut().policies;
    policies
        .create("p", &policy(statements), world.now.wall)
        .unwrap();
    policies.attach("p", ID).unwrap();
    world
}

impl World {
    fn device(&mut self, client_id: &str) -> ConnectionId {
        let id = self.connect_as(Principal::Certificate(ID), connect(client_id));
        assert_eq!(self.receive(id), [connack(false, 0)]);
        id
    }

    /// Registers a thing of the certificate.
    fn register(&mut self, name: &str, floor: &str) {
        let thing = NewThing {
            type_name: None,
            attributes: [("floor".to_owned(), floor.to_owned())].into(),
        };
        let registry = &mut self.broker.things_mut().registry;
        registry.create(name, thing, "id".to_owned()).unwrap();
        registry.attach(name, ID).unwrap();
    }

    fn assert_refused(&self, id: ConnectionId, action: Action, resource: &str) {
        let refused = CloseReason::NotAllowed(action, resource.to_owned());
        assert_eq!(self.reason(id), Some(&refused));
    }
}

#[test]
fn a_connect_that_is_not_allowed_is_closed_without_a_word() {
    let mut world = governed(&["Allow iot:Connect client/lamp-*"]);
    let lamp = world.client("lamp-1");
    let id = world.connect(connect("fan"));
    world.assert_refused(id, Action::Connect, "fan");
    assert_eq!(world.receive(id).len(), 0);
    let taken = world.connect_as(Principal::Certificate(ID), connect("lamp-1"));
    world.assert_refused(taken, Action::Connect, "lamp-1");
    assert_eq!(world.reason(lamp), None, "it was not taken over");
    let key = world.connect_as(Principal::Key("AKID".into()), connect("fan"));
    world.assert_refused(key, Action::Connect, "fan");
    let inside = world.connect_as(Principal::Inside, connect("fan"));
    assert_eq!(world.receive(inside), [connack(false, 0)]);
}

#[test]
fn publishing_and_subscribing_need_their_permission() {
    let mut world = governed(&[
        "Allow iot:Connect *",
        "Allow iot:Publish topic/${iot:ClientId}/*",
        "Allow iot:Subscribe topicfilter/a/+",
        "Allow iot:Receive topic/*",
        "Deny iot:Publish topic/*/secret",
    ]);
    let watcher = world.subscriber("w", "a/+", 0);
    let a = world.client("a");
    world.publish(a, "a/b", "x");
    assert_eq!(world.messages(watcher), ["a/b x 0"]);
    world.send(a, publish("a/secret", "x", QoS::AtLeastOnce, false));
    world.assert_refused(a, Action::Publish, "a/secret");
    assert_eq!(world.receive(a).len(), 0, "no PUBACK");
    let b = world.client("b");
    world.publish(b, "a/b", "x");
    world.assert_refused(b, Action::Publish, "a/b");
    world.send(watcher, subscribe(&[("a/+", 1), ("a/b", 0)]));
    world.assert_refused(watcher, Action::Subscribe, "a/b");
    assert_eq!(world.receive(watcher).len(), 0);
}

#[test]
fn retain_needs_its_own_permission_beside_that_to_publish() {
    let allow = [
        "Allow iot:Connect *",
        "Allow iot:Publish topic/a",
        "Allow iot:RetainPublish topic/b",
    ];
    let mut world = governed(&allow);
    let retained = |topic| publish(topic, "x", QoS::AtMostOnce, true);
    let id = world.client("c");
    world.publish(id, "a", "x");
    world.send(id, retained("a"));
    world.assert_refused(id, Action::RetainPublish, "a");
    let id = world.client("c");
    world.send(id, retained("b"));
    world.assert_refused(id, Action::Publish, "b");
    assert_eq!(world.broker.retained_len(), 0);
}

#[test]
fn who_may_not_receive_gets_nothing_and_stays() {
    let mut world = certified(&[
        "Allow iot:Connect *",
        "Allow iot:Subscribe *",
        "Allow iot:Receive topic/open/*",
    ]);
    let source = world.connect(connect("source"));
    for topic in ["open/kept", "closed/kept"] {
        world.send(source, publish(topic, "r", QoS::AtLeastOnce, true));
    }
    let id = world.device("d");
    world.send(id, subscribe(&[("#", 1)]));
    assert_eq!(world.messages(id), ["open/kept r 1r"]);
    for topic in ["closed/1", "open/1"] {
        world.publish(source, topic, "0");
        world.send(source, publish(topic, "1", QoS::AtLeastOnce, false));
    }
    assert_eq!(world.messages(id), ["open/1 0 0", "open/1 1 1"]);
    assert_eq!(world.reason(id), None);
    assert_eq!(world.broker.counters().dropped, 0);
}

#[test]
fn what_waited_for_somebody_is_asked_for_again_when_they_come() {
    let mut world = certified(&["Allow iot:* *"]);
    let device = |world: &mut World| world.connect_as(Principal::Certificate(ID), lasting("d"));
    let id = device(&mut world);
    world.subscribe(id, "#", 1);
    let source = world.connect(connect("source"));
    world.send(source, publish("sent", "1", QoS::AtLeastOnce, false));
    assert_eq!(world.messages(id), ["sent 1 1"]);
    world.lose(id);
    world.send(source, publish("late", "2", QoS::AtLeastOnce, false));
    world.send(source, publish("other", "3", QoS::AtLeastOnce, false));
    let narrow = policy(&[
        "Allow iot:Connect *",
        "Allow iot:Subscribe topicfilter/#",
        "Allow iot:Receive topic/other",
    ]);
    let now = world.now.wall;
    let policies = &mut world.broker.things_mut().policies;
    policies.create_version("p", &narrow, true, now).unwrap();
    let id = device(&mut world);
    assert_eq!(world.messages(id), ["other 3 1"]);
    world.lose(id);
    let policies = &mut world.broker.things_mut().policies;
    policies.set_default_version("p", 1, now).unwrap();
    let id = device(&mut world);
    assert_eq!(
        world.messages(id),
        ["other 3 1d"],
        "what was withheld is gone"
    );
}

/// A session of `d` with subscriptions to `#` and `mine/+`, a message in flight and two more waiting.
fn leave_a_session(world: &mut World) {
    let id = world.connect_as(Principal::Certificate(ID), lasting("d"));
    world.send(id, subscribe(&[("#", 1), ("mine/+", 1)]));
    let source = world.connect_as(Principal::Inside, connect("source"));
    let publish = |topic, payload| publish(topic, payload, QoS::AtLeastOnce, false);
    world.send(source, publish("secret", "1"));
    world.lose(id);
    world.send(source, publish("secret", "2"));
    world.send(source, publish("mine/x", "3"));
    world.lose(source);
}

fn assert_inherits(world: &mut World, principal: Principal, waiting: &[&str], live: &[&str]) {
    let id = world.connect_as(principal, lasting("d"));
    assert_eq!(world.messages(id), waiting);
    let source = world.connect_as(Principal::Inside, connect("source"));
    for topic in ["secret", "mine/x"] {
        world.publish(source, topic, "live");
    }
    assert_eq!(world.messages(id), live);
    assert_eq!(world.reason(id), None);
    world.lose(id);
    world.lose(source);
}

const MAY_NOT_SUBSCRIBE: &[&str] = &["Allow iot:Connect client/d", "Allow iot:Receive *"];
const MAY_SUBSCRIBE_TO_MINE: &[&str] = &[
    "Allow iot:Connect client/d",
    "Allow iot:Receive *",
    "Allow iot:Subscribe topicfilter/mine/+",
];

#[test]
fn another_certificate_inherits_no_subscription_that_it_could_not_make() {
    for (statements, waiting, live) in [
        (MAY_NOT_SUBSCRIBE, &[][..], &[][..]),
        (MAY_SUBSCRIBE_TO_MINE, &["mine/x 3 1"], &["mine/x live 0"]),
    ] {
        let mut world = certified(&["Allow iot:* *"]);
        leave_a_session(&mut world);
        let other = CertificateId([4; 32]);
        let policies = &mut world.broker.things_mut().policies;
        let text = policy(statements);
        policies.create("other", &text, world.now.wall).unwrap();
        policies.attach("other", other).unwrap();
        assert_inherits(&mut world, Principal::Certificate(other), waiting, live);
        // What was taken from the session does not come back with whoever made it.
        let mine = Principal::Certificate(ID);
        let again: Vec<_> = waiting.iter().map(|text| format!("{text}d")).collect();
        let again: Vec<_> = again.iter().map(String::as_str).collect();
        assert_inherits(&mut world, mine, &again, live);
    }
}

#[test]
fn who_has_no_certificate_inherits_no_subscription_that_they_could_not_make() {
    let mut world = certified(&["Allow iot:* *"]);
    leave_a_session(&mut world);
    let document = Document::parse(&policy(MAY_NOT_SUBSCRIBE)).unwrap();
    world.broker.things_mut().govern(document);
    assert_inherits(&mut world, Principal::Anonymous, &[], &[]);
}

#[test]
fn a_session_taken_over_is_narrowed_too() {
    let mut world = certified(&["Allow iot:* *"]);
    let document = Document::parse(&policy(MAY_NOT_SUBSCRIBE)).unwrap();
    world.broker.things_mut().govern(document);
    let id = world.connect_as(Principal::Certificate(ID), lasting("d"));
    world.subscribe(id, "#", 1);
    assert_inherits(&mut world, Principal::Anonymous, &[], &[]);
    assert_eq!(world.reason(id), Some(&CloseReason::TakenOver));
}

#[test]
fn a_policy_changed_meanwhile_takes_subscriptions_away() {
    let mut world = certified(&["Allow iot:* *"]);
    leave_a_session(&mut world);
    let narrow = policy(MAY_SUBSCRIBE_TO_MINE);
    let policies = &mut world.broker.things_mut().policies;
    let now = world.now.wall;
    policies.create_version("p", &narrow, true, now).unwrap();
    let mine = Principal::Certificate(ID);
    assert_inherits(&mut world, mine, &["mine/x 3 1"], &["mine/x live 0"]);
}

#[test]
fn what_was_unsubscribed_from_still_comes_to_whoever_may_subscribe_to_it() {
    let mut world = World::new(Limits::default());
    let id = world.connect(lasting("d"));
    world.subscribe(id, "t", 1);
    let source = world.connect(connect("source"));
    world.send(source, publish("t", "1", QoS::AtLeastOnce, false));
    let unsubscribe = Unsubscribe {
        packet_id: PacketId::MIN,
        filters: vec![TopicFilter::new("t").unwrap()],
    };
    world.send(id, Packet::Unsubscribe(unsubscribe));
    world.lose(id);
    let id = world.connect(lasting("d"));
    assert_eq!(world.messages(id), ["t 1 1d"]);
}

/// Another broker with the sessions and queues of this one that are among `keys`.
fn restarted<'a>(world: &World, keys: impl IntoIterator<Item = &'a Key>) -> World {
    let mut again = World::new(Limits::default());
    for key in keys {
        let Some(value) = world.broker.record(key) else {
            continue;
        };
        let (table, name) = match key {
            Key::Session(client_id) => (Table::Sessions, client_id.as_bytes().to_vec()),
            Key::Queued(number, _) => (Table::Queues, number.to_be_bytes().to_vec()),
            _ => continue,
        };
        let restored = again.broker.restore(table, &name, &value, again.now);
        assert_eq!(restored, Ok(()));
    }
    again
}

#[test]
fn a_session_is_narrowed_after_a_restart_and_stays_so_after_the_next() {
    let mut world = certified(&["Allow iot:* *"]);
    world.broker.start_journal();
    leave_a_session(&mut world);
    let (_, keys) = world.broker.take_changes().unwrap();
    let mut world = restarted(&world, &keys);
    let document = Document::parse(&policy(MAY_SUBSCRIBE_TO_MINE)).unwrap();
    world.broker.things_mut().govern(document);
    world.broker.start_journal();
    let id = world.connect_as(Principal::Anonymous, lasting("d"));
    let (mark, keys) = world.broker.take_changes().unwrap();
    let session = Key::Session("d".into());
    assert!(keys.contains(&session));
    let gone = |key: &&Key| matches!(key, Key::Queued(..)) && world.broker.record(key).is_none();
    assert_eq!(keys.iter().filter(gone).count(), 2, "what was secret");
    assert_eq!(world.receive(id).len(), 0, "CONNACK waits for that");
    world.broker.handle_saved(mark);
    assert_eq!(world.messages(id), ["mine/x 3 1"]);
    let mut again = restarted(&world, [&session]);
    assert_inherits(&mut again, Principal::Anonymous, &[], &["mine/x live 0"]);
}

#[test]
fn a_will_is_asked_for_when_it_is_left_and_when_it_is_sent() {
    let mut world = certified(&["Allow iot:Connect *", "Allow iot:Publish topic/wills"]);
    let certificate = || Principal::Certificate(ID);
    let id = world.connect_as(certificate(), with_will("d", "elsewhere"));
    world.assert_refused(id, Action::Publish, "elsewhere");
    let mut kept = with_will("d", "wills");
    if let Some(will) = &mut kept.will {
        will.retain = true;
    }
    let id = world.connect_as(certificate(), kept);
    world.assert_refused(id, Action::RetainPublish, "wills");
    let watcher = world.subscriber("w", "wills", 0);
    let id = world.connect_as(certificate(), with_will("d", "wills"));
    world.lose(id);
    assert_eq!(world.messages(watcher), ["wills gone 0"]);
    let id = world.connect_as(certificate(), with_will("d", "wills"));
    world.broker.things_mut().policies.detach("p", ID).unwrap();
    world.lose(id);
    assert_eq!(world.messages(watcher), [""; 0]);
}

#[test]
fn a_certificate_without_a_policy_may_do_nothing_until_it_has_one() {
    let mut world = World::new(Limits::default());
    let id = world.connect_as(Principal::Certificate(ID), connect("d"));
    world.assert_refused(id, Action::Connect, "d");
    let policies = &mut world.broker.things_mut().policies;
    let everything = policy(&["Allow * *"]);
    policies.create("p", &everything, world.now.wall).unwrap();
    policies.attach("p", ID).unwrap();
    let id = world.device("d");
    world.publish(id, "a", "x");
    assert_eq!(world.reason(id), None);
    world.broker.things_mut().policies.detach("p", ID).unwrap();
    world.publish(id, "a", "x");
    world.assert_refused(id, Action::Publish, "a");
}

#[test]
fn a_thing_lends_its_name_and_attributes_to_the_policy() {
    let mut world = certified(&[
        "Allow iot:Connect client/${iot:Connection.Thing.ThingName}",
        "Allow iot:Publish topic/${iot:Connection.Thing.Attributes[floor]}/x",
    ]);
    let id = world.connect_as(Principal::Certificate(ID), connect("lamp"));
    world.assert_refused(id, Action::Connect, "lamp");
    world.register("lamp", "3");
    let id = world.device("lamp");
    world.publish(id, "3/x", "y");
    assert_eq!(world.reason(id), None);
    world.publish(id, "4/x", "y");
    world.assert_refused(id, Action::Publish, "4/x");
}

#[test]
fn closing_a_principal_closes_all_its_connections_and_no_others() {
    let mut world = certified(&["Allow * *"]);
    let (one, two) = (world.device("one"), world.device("two"));
    let waiting = world
        .broker
        .connect(Principal::Certificate(ID), world.now.instant);
    let other = world.client("other");
    world
        .broker
        .close_principal(&Principal::Certificate(ID), world.now);
    world.take_outputs();
    for id in [one, two, waiting] {
        assert_eq!(world.reason(id), Some(&CloseReason::Dismissed));
    }
    assert_eq!(world.reason(other), None);
}
