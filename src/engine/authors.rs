//! With whose client token each desired value came, as far as it was heard.

use std::collections::HashMap;

use super::lookup::Key;
use crate::shadow::document::{Leaf, ShadowDocument};

/// Shadows of which it is remembered.
const MAX_SHADOWS: usize = 20_000;

#[derive(Debug, Default)]
pub(super) struct Authors {
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
        let author = authors.iter().find(|author| is_same(&author.path, path))?;
        Some(&author.token)
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
        let mut authors = self.of.remove(key).unwrap_or_default();
        let mut known = Vec::new();
        new.visit_leaves(&mut |leaf: Leaf<'_>| {
            let Some(desired) = leaf.desired else { return };
            let place = authors
                .iter()
                .position(|author| is_same(&author.path, leaf.path));
            let author = place.map(|place| authors.swap_remove(place));
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

fn is_same(known: &[Box<str>], path: &[impl AsRef<str>]) -> bool {
    let keys = known.iter().map(|key| &**key);
    keys.eq(path.iter().map(AsRef::as_ref))
}
