//! With whose client token each desired value came, as far as it was heard.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::lookup::Key;
use crate::shadow::document::{Leaf, ShadowDocument};

/// Shadows of which it is remembered.
const MAX_SHADOWS: usize = 20_000;

#[derive(Debug, Default)]
pub(super) struct Authors {
    /// In the order of the paths, as documents show them.
    of: HashMap<Key, Vec<Author>>,
}

#[derive(Debug)]
struct Author {
    path: Vec<Box<str>>,
    token: Box<str>,
}

impl Authors {
    pub(super) fn of(&self, key: &Key, path: &[impl AsRef<str>]) -> Option<&str> {
        let authors = self.of.get(key)?;
        let place = authors.binary_search_by(|author| order(&author.path, path));
        Some(&authors.get(place.ok()?)?.token)
    }

    /// What is desired otherwise than before came with `token`, if the update that led from one document to the other
    /// was the only one.
    pub(super) fn learn(
        &mut self,
        key: &Key,
        old: Option<&ShadowDocument>,
        new: &ShadowDocument,
        token: Option<&str>,
    ) {
        let before = old.map_or(0, |old| old.version);
        if old.is_some() && new.version == before {
            return;
        }
        let token = token.filter(|_| before.checked_add(1) == Some(new.version));
        let mut authors = self
            .of
            .remove(key)
            .unwrap_or_default()
            .into_iter()
            .peekable();
        let mut known = Vec::new();
        new.visit_leaves(&mut |leaf: Leaf<'_>| {
            let Some(desired) = leaf.desired else { return };
            while authors
                .next_if(|author| order(&author.path, leaf.path).is_lt())
                .is_some()
            {}
            let author = authors.next_if(|author| order(&author.path, leaf.path).is_eq());
            if old.is_some_and(|old| old.desired.leaf(leaf.path) == Some(desired)) {
                known.extend(author);
            } else if let Some(token) = token {
                known.push(Author {
                    path: leaf.path.iter().map(|key| (*key).into()).collect(),
                    token: token.into(),
                });
            }
        });
        if !known.is_empty() && self.of.len() < MAX_SHADOWS {
            self.of.insert(key.clone(), known);
        }
    }

    pub(super) fn clear(&mut self) {
        self.of.clear();
    }
}

fn order(known: &[Box<str>], path: &[impl AsRef<str>]) -> Ordering {
    let keys = known.iter().map(|key| &**key);
    keys.cmp(path.iter().map(AsRef::as_ref))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::Slot;
    use crate::shadow::event::{EventKind, ShadowEvent};
    use crate::shadow::topics::{Operation, Verb};

    fn document(version: u64, desired: &str) -> ShadowDocument {
        let text =
            format!(r#"{{"state":{{"desired":{desired}}},"version":{version},"timestamp":1}}"#);
        let event = ShadowEvent::parse(Operation::Accepted(Verb::Get), text.as_bytes());
        match event.unwrap().kind {
            EventKind::Document(document) => document,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_value_keeps_its_author_until_it_changes_or_goes() {
        let (mut authors, key) = (Authors::default(), (Slot(0), None));
        let first = document(1, r#"{"a":{"b":1,"c":2},"a.b":3,"d":4}"#);
        authors.learn(&key, None, &first, Some("one"));
        let second = document(2, r#"{"a":{"c":2,"d":5},"a.b":4,"d":4}"#);
        authors.learn(&key, Some(&first), &second, Some("two"));
        let of = |path: &[&str]| authors.of(&key, path).map(ToOwned::to_owned);
        assert_eq!(of(&["a", "b"]), None);
        assert_eq!(of(&["a", "c"]).as_deref(), Some("one"));
        assert_eq!(of(&["a", "d"]).as_deref(), Some("two"));
        assert_eq!(of(&["a.b"]).as_deref(), Some("two"));
        assert_eq!(of(&["d"]).as_deref(), Some("one"));
    }
}
