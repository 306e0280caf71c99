//! The newest document of every shadow that was heard of.

use std::collections::{HashMap, VecDeque};

use super::lookup::Key;
use crate::fleet::Slot;
use crate::shadow::document::{Leaf, Node, ShadowDocument};
use crate::shadow::value::{Object, Value};
use crate::time::UnixMillis;

/// Named shadows of one device that are kept.
const MAX_SHADOWS_PER_DEVICE: usize = 64;

/// Deletions that are remembered: what a shadow was before may be told just after its deletion.
const MAX_DELETIONS: usize = 256;

/// A battery charge, in percent, below which a device needs somebody.
const LOW_BATTERY: f64 = 10.0;

#[derive(Debug, Default)]
pub(super) struct Shadows {
    of: HashMap<Slot, Vec<Named>>,
    /// Counts connections: versions are compared only within one, since a broker may come back as another.
    connection: u32,
    /// The deletions of this connection, oldest first, each with the version that was deleted.
    deleted: VecDeque<(Key, u64)>,
    /// What this connection asked for and has no answer to yet.
    asked: HashMap<Key, Asked>,
}

/// Unanswered requests for one document, which the service answers in their order.
#[derive(Debug, Default)]
struct Asked {
    /// Sent before the newest document was heard.
    before: u32,
    since: u32,
}

#[derive(Debug)]
struct Named {
    /// None: the classic shadow.
    name: Option<Box<str>>,
    document: ShadowDocument,
    /// The connection on which it was last heard of.
    connection: u32,
}

/// How far a device is from what is wished of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) keys: u32,
    /// The first of them, and when the youngest wish among them was made.
    pub(super) first: String,
    pub(super) since: UnixMillis,
}

/// What a reported state says about the device itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Health {
    pub(super) alarm: Option<(String, String)>,
    /// None: it says nothing of the kind.
    pub(super) offline: Option<bool>,
}

impl Shadows {
    /// Keeps a document. False when a newer one is known, or there is no room for one more shadow of this device.
    pub(super) fn insert(&mut self, slot: Slot, shadow: Option<&str>, new: ShadowDocument) -> bool {
        let connection = self.connection;
        let shadows = self.of.entry(slot).or_default();
        let place = shadows
            .iter()
            .position(|known| known.name.as_deref() == shadow);
        let Some(known) = place.and_then(|place| shadows.get_mut(place)) else {
            if shadows.len() >= MAX_SHADOWS_PER_DEVICE {
                return false;
            }
            let name = shadow.map(Into::into);
            shadows.push(Named {
                name,
                document: new,
                connection,
            });
            shadows.sort_by(|a, b| a.name.cmp(&b.name));
            return true;
        };
        // Equal is normal: QoS 1 repeats, and every answer of one update carries its version.
        if known.connection == connection && new.version < known.document.version {
            return false;
        }
        known.document = new;
        known.connection = connection;
        true
    }

    /// Whether [`Self::insert`] would drop a document of this version.
    pub(super) fn is_old(&self, slot: Slot, shadow: Option<&str>, version: u64) -> bool {
        self.named(slot, shadow).is_some_and(|known| {
            known.connection == self.connection && version < known.document.version
        })
    }

    /// Whether the shadow was heard of on this connection.
    pub(super) fn is_heard(&self, slot: Slot, shadow: Option<&str>) -> bool {
        let known = self.named(slot, shadow);
        known.is_some_and(|known| known.connection == self.connection)
    }

    fn named(&self, slot: Slot, shadow: Option<&str>) -> Option<&Named> {
        let mut shadows = self.of.get(&slot)?.iter();
        shadows.find(|known| known.name.as_deref() == shadow)
    }

    /// Which connection it is, counted from the first.
    pub(super) fn connection(&self) -> u32 {
        self.connection
    }

    /// A new connection: what is heard on it counts, whatever its version.
    pub(super) fn restart(&mut self) {
        self.connection = self.connection.wrapping_add(1);
        self.deleted.clear();
        self.asked.clear();
    }

    /// The document was asked for.
    pub(super) fn note_asked(&mut self, key: Key) {
        self.asked.entry(key).or_default().since += 1;
    }

    /// The document was heard: what was asked before says less.
    pub(super) fn note_heard(&mut self, key: &Key) {
        if let Some(asked) = self.asked.get_mut(key) {
            asked.before += std::mem::take(&mut asked.since);
        }
    }

    /// A request was answered. True for one of ours that was sent after everything that was heard of the shadow.
    pub(super) fn note_answered(&mut self, key: &Key) -> bool {
        let Some(asked) = self.asked.get_mut(key) else {
            return false;
        };
        let is_newest = asked.before == 0;
        match is_newest {
            true => asked.since = asked.since.saturating_sub(1),
            false => asked.before -= 1,
        }
        if asked.before + asked.since == 0 {
            self.asked.remove(key);
        }
        is_newest
    }

    /// At which version the shadow was deleted on this connection, if that was not before `version`. A shadow that is
    /// made anew goes on above it.
    pub(super) fn deleted_at(&self, key: &Key, version: u64) -> Option<u64> {
        let deleted = self.deleted.iter().find(|(deleted, _)| deleted == key);
        deleted
            .map(|(_, at)| *at)
            .filter(|deleted| version <= *deleted)
    }

    fn note_deleted(&mut self, key: Key, version: u64) {
        self.deleted.retain(|(deleted, _)| *deleted != key);
        if self.deleted.len() >= MAX_DELETIONS {
            self.deleted.pop_front();
        }
        self.deleted.push_back((key, version));
    }

    /// The shadow is there after all: what is told of it counts again.
    pub(super) fn forget_deletion(&mut self, key: &Key) {
        self.deleted.retain(|(deleted, _)| deleted != key);
    }

    /// Forgets a shadow that was deleted at `version`, and what may still be told of it from before.
    pub(super) fn delete(&mut self, slot: Slot, shadow: Option<&str>, version: u64) {
        self.remove(slot, shadow, version);
        self.note_deleted((slot, shadow.map(Into::into)), version);
    }

    /// Forgets a shadow, unless one newer than `version` was heard of on this connection.
    pub(super) fn remove(&mut self, slot: Slot, shadow: Option<&str>, version: u64) {
        let connection = self.connection;
        if let Some(shadows) = self.of.get_mut(&slot) {
            shadows.retain(|known| {
                let newer = known.connection == connection && known.document.version > version;
                known.name.as_deref() != shadow || newer
            });
        }
    }

    pub(super) fn document(&self, slot: Slot, shadow: Option<&str>) -> Option<&ShadowDocument> {
        self.named(slot, shadow).map(|known| &known.document)
    }

    /// All of a device, with their names.
    pub(super) fn documents(
        &self,
        slot: Slot,
    ) -> impl Iterator<Item = (Option<&str>, &ShadowDocument)> {
        let shadows = self.of.get(&slot).into_iter().flatten();
        shadows.map(|known| (known.name.as_deref(), &known.document))
    }

    pub(super) fn names(&self, slot: Slot) -> Vec<Option<String>> {
        let shadows = self.of.get(&slot).into_iter().flatten();
        shadows
            .map(|known| known.name.as_deref().map(ToOwned::to_owned))
            .collect()
    }

    /// The names of a device's shadows.
    pub(super) fn of(&self, slot: Slot) -> impl Iterator<Item = Option<&str>> {
        let shadows = self.of.get(&slot).into_iter().flatten();
        shadows.map(|known| known.name.as_deref())
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = Key> + '_ {
        let keys = |(slot, shadows)| {
            let (slot, shadows): (&Slot, &Vec<Named>) = (slot, shadows);
            shadows.iter().map(|known| (*slot, known.name.clone()))
        };
        self.of.iter().flat_map(keys)
    }

    /// Over all shadows of a device.
    pub(super) fn difference(&self, slot: Slot) -> Difference {
        let mut difference = Difference::default();
        for Named { document, .. } in self.of.get(&slot).into_iter().flatten() {
            document.visit_leaves(&mut |leaf: Leaf<'_>| {
                if !leaf.differs {
                    return;
                }
                if difference.keys == 0 {
                    difference.first = leaf.path.join(".");
                }
                difference.keys += 1;
                let at = leaf
                    .desired
                    .and_then(|stated| stated.at)
                    .unwrap_or_default();
                difference.since = difference.since.max(at);
            });
        }
        difference
    }

    /// Over all shadows of a device.
    pub(super) fn health(&self, slot: Slot) -> Health {
        let mut health = Health::default();
        for Named { document, .. } in self.of.get(&slot).into_iter().flatten() {
            let value = |key: &str| document.reported.leaf(&[key]).map(|stated| &stated.value);
            let low = |battery: &&Value| battery.as_number().is_some_and(|n| n < LOW_BATTERY);
            let battery = value("battery").filter(low);
            if let Some(battery) = battery {
                health.alarm = Some(("battery".to_owned(), format!("{} %", battery.to_text())));
            }
            if value("alarm").and_then(Value::as_switch) == Some(true) {
                health.alarm = Some(("alarm".to_owned(), "on".to_owned()));
            }
            let online = value("online")
                .or_else(|| value("connected"))
                .and_then(Value::as_switch);
            health.offline = online.map(|online| !online).or(health.offline);
        }
        health
    }

    pub(super) fn clear(&mut self) {
        self.of.clear();
        self.deleted.clear();
        self.asked.clear();
    }
}

/// When the device itself last wrote into its shadow.
pub(super) fn newest_report(reported: &Object<Node>) -> Option<UnixMillis> {
    let newest = |node: &Node| match node {
        Node::Leaf(stated) => stated.at,
        Node::Object(members) => newest_report(members),
    };
    reported.iter().filter_map(|(_, node)| newest(node)).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shadow::event::{EventKind, ShadowEvent};
    use crate::shadow::topics::{Operation, Verb};

    fn document(text: &str) -> ShadowDocument {
        let accepted = Operation::Accepted(Verb::Get);
        match ShadowEvent::parse(accepted, text.as_bytes()).unwrap().kind {
            EventKind::Document(document) => document,
            other => panic!("{other:?}"),
        }
    }

    fn at_version(version: u64) -> ShadowDocument {
        ShadowDocument {
            version,
            ..ShadowDocument::default()
        }
    }

    #[test]
    fn an_older_version_is_dropped_and_an_equal_one_is_not() {
        let mut shadows = Shadows::default();
        assert!(shadows.insert(Slot(0), None, at_version(3)));
        assert!(shadows.insert(Slot(0), None, at_version(3)));
        assert!(!shadows.insert(Slot(0), None, at_version(2)));
        assert!(shadows.insert(Slot(0), Some("cfg"), at_version(1)));
        assert_eq!(shadows.names(Slot(0)), [None, Some("cfg".to_owned())]);
        shadows.remove(Slot(0), None, 2);
        assert!(
            shadows.document(Slot(0), None).is_some(),
            "a newer one outlives the deletion"
        );
        shadows.restart();
        assert!(
            shadows.insert(Slot(0), None, at_version(1)),
            "another broker counts anew"
        );
        shadows.remove(Slot(0), None, 1);
        assert!(shadows.document(Slot(0), None).is_none());
    }

    #[test]
    fn deletions_are_remembered_within_bounds_and_for_one_connection() {
        let mut shadows = Shadows::default();
        let key = |slot| (Slot(slot), None);
        for slot in 0..300 {
            shadows.delete(Slot(slot), None, 5);
        }
        assert_eq!(shadows.deleted.len(), MAX_DELETIONS);
        assert_eq!(shadows.deleted_at(&key(299), 5), Some(5));
        assert_eq!(shadows.deleted_at(&key(299), 6), None);
        assert_eq!(shadows.deleted_at(&key(0), 5), None);
        shadows.restart();
        assert_eq!(shadows.deleted_at(&key(299), 5), None);
    }

    #[test]
    fn names_of_shadows_from_the_network_are_bounded() {
        let mut shadows = Shadows::default();
        for n in 0..200 {
            shadows.insert(Slot(0), Some(&format!("s{n}")), at_version(1));
        }
        assert_eq!(shadows.names(Slot(0)).len(), MAX_SHADOWS_PER_DEVICE);
    }

    #[test]
    fn says_how_far_the_device_is_from_the_wish_and_how_it_does() {
        let mut shadows = Shadows::default();
        shadows.insert(
            Slot(0),
            None,
            document(
                r#"{"state":{"desired":{"fan":{"speed":3},"power":"on"},
                "reported":{"power":"off","battery":9,"connected":false}},
                "metadata":{"desired":{"fan":{"speed":{"timestamp":5}},"power":{"timestamp":7}},
                "reported":{"power":{"timestamp":6},"battery":{"timestamp":8}}},
                "version":4,"timestamp":9}"#,
            ),
        );
        let difference = shadows.difference(Slot(0));
        assert_eq!((difference.keys, &*difference.first), (2, "fan.speed"));
        assert_eq!(difference.since, UnixMillis(7000));
        let health = shadows.health(Slot(0));
        assert_eq!(health.alarm, Some(("battery".to_owned(), "9 %".to_owned())));
        assert_eq!(health.offline, Some(true));
        let reported = &shadows.document(Slot(0), None).unwrap().reported;
        assert_eq!(newest_report(reported), Some(UnixMillis(8000)));
    }
}
