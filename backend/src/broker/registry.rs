//! What the broker does when things and policies come, change and go: it keeps them, and asks anew what everybody may
//! do.

use super::Broker;
use crate::journal::Key;
use crate::things::policies::{Policies, PolicyError};
use crate::things::registry::{Registry, RegistryError};

impl Broker {
    /// Changes the registry, and keeps what goes by `key`.
    pub fn change_registry<T>(
        &mut self,
        key: Key,
        change: impl FnOnce(&mut Registry) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        let changed = change(&mut self.things.registry)?;
        self.things.begin_change();
        if let Key::Thing(name) = &key
            && self.things.registry().get(name).is_none()
        {
            self.departures.remove(&**name);
        }
        self.note_change(key);
        Ok(changed)
    }

    /// Changes the policies, and keeps what goes by `key`.
    pub fn change_policies<T>(
        &mut self,
        key: Key,
        change: impl FnOnce(&mut Policies) -> Result<T, PolicyError>,
    ) -> Result<T, PolicyError> {
        let changed = change(&mut self.things.policies)?;
        self.things.begin_change();
        self.note_change(key);
        Ok(changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::Limits;
    use crate::things::Principal;
    use crate::things::registry::NewThing;
    use gnomon::time::UnixMillis;

    #[test]
    fn only_a_change_that_was_made_lets_everybody_be_asked_anew() {
        const TEXT: &str = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
        let mut broker = Broker::new(Limits::default(), 1);
        let permit = broker.things().permit(Principal::Anonymous, None);
        let no_name = |it: &mut Registry| it.create("a b", NewThing::default(), "1".to_owned());
        let no_thing = broker.change_registry(Key::Thing("a b".into()), no_name);
        assert!(no_thing.is_err());
        let no_policy = broker.change_policies(Key::Policy("p".into()), |it| it.delete("p"));
        assert!(no_policy.is_err());
        assert!(broker.things().is_current(&permit));

        let create = |it: &mut Registry| it.create("a", NewThing::default(), "1".to_owned());
        let created = broker.change_registry(Key::Thing("a".into()), create);
        assert_eq!(created, Ok(true));
        assert!(!broker.things().is_current(&permit));
        let permit = broker.things().permit(Principal::Anonymous, None);
        let create = |it: &mut Policies| it.create("p", TEXT, UnixMillis(0)).map(|_| ());
        let created = broker.change_policies(Key::Policy("p".into()), create);
        assert_eq!(created, Ok(()));
        assert!(!broker.things().is_current(&permit));
    }
}
