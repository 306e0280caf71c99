//! Whether the clients of registered things are there, and how they went.

use super::*;
use crate::broker::Connectivity;
use crate::journal::Key;
use crate::things::registry::NewThing;

impl World {
    fn add_thing(&mut self, name: &str) {
        let new = NewThing::default();
        let registered = self
            .broker
            .change_registry(Key::Thing(name.into()), |registry| {
                registry.create(name, new, "id".to_owned())
            });
        assert_eq!(registered, Ok(true));
    }
}

#[test]
fn a_thing_is_connected_while_a_client_of_its_name_is() {
    let mut world = World::new(Limits::default());
    world.add_thing("lamp");
    let never = Connectivity::default();
    assert_eq!(world.broker.connectivity("lamp"), never);
    let came = world.now.wall;
    let id = world.client("lamp");
    world.advance(Duration::from_secs(5));
    let connected = Connectivity {
        connected: true,
        since: Some(came),
        reason: None,
    };
    assert_eq!(world.broker.connectivity("lamp"), connected);
    world.send(id, Packet::Disconnect);
    let gone = Connectivity {
        connected: false,
        since: Some(world.now.wall),
        reason: Some("CLIENT_INITIATED_DISCONNECT"),
    };
    assert_eq!(world.broker.connectivity("lamp"), gone);
    let id = world.client("lamp");
    world.lose(id);
    let reason = world.broker.connectivity("lamp").reason;
    assert_eq!(reason, Some("CONNECTION_LOST"));
}

#[test]
fn whoever_took_over_is_there_and_whoever_is_not_registered_is_forgotten() {
    let mut world = World::new(Limits::default());
    world.add_thing("lamp");
    world.client("lamp");
    world.client("lamp");
    assert!(world.broker.connectivity("lamp").connected);
    let stranger = world.client("stranger");
    assert!(world.broker.connectivity("stranger").connected);
    world.lose(stranger);
    let never = Connectivity::default();
    assert_eq!(world.broker.connectivity("stranger"), never);

    world.add_thing("pump");
    let pump = world.client("pump");
    world.lose(pump);
    assert_ne!(world.broker.connectivity("pump"), never);
    let key = Key::Thing("pump".into());
    let deleted = world
        .broker
        .change_registry(key, |registry| registry.delete("pump", None));
    assert_eq!(deleted, Ok(()));
    assert_eq!(world.broker.connectivity("pump"), never);
}
