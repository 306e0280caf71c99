//! What policies let clients do: who is closed, who is kept from what, and that changes are felt at once.

use super::*;
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
    let narrow = policy(&["Allow iot:Connect *", "Allow iot:Receive topic/other"]);
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
