//! What one version of a document changed of the one before.

use crate::shadow::document::{Leaf, ShadowDocument, Stated};

/// Paths of each section that are named.
const MAX_PATHS: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Paths joined by dots.
    pub(super) desired: Vec<String>,
    pub(super) reported: Vec<String>,
    /// How many there were.
    pub(super) changed: u32,
    wished: bool,
}

impl Changes {
    pub(super) fn between(old: &ShadowDocument, new: &ShadowDocument) -> Self {
        let mut changes = Self::default();
        new.visit_leaves(&mut |leaf: Leaf<'_>| {
            if leaf.desired.is_some() {
                changes.desire(leaf.path, old.desired.leaf(leaf.path), leaf.desired);
            }
            if leaf.reported.is_some() {
                changes.report(leaf.path, old.reported.leaf(leaf.path), leaf.reported);
            }
        });
        old.visit_leaves(&mut |leaf: Leaf<'_>| {
            if new.desired.leaf(leaf.path).is_none() {
                changes.desire(leaf.path, leaf.desired, None);
            }
            if new.reported.leaf(leaf.path).is_none() {
                changes.report(leaf.path, leaf.reported, None);
            }
        });
        changes
    }

    /// Whether it was about what is desired.
    pub(super) fn wished(&self) -> bool {
        self.wished
    }

    pub(super) fn size(&self) -> usize {
        let paths = self.desired.iter().chain(&self.reported);
        paths.map(String::len).sum()
    }

    fn desire(&mut self, path: &[&str], old: Option<&Stated>, new: Option<&Stated>) {
        if old == new {
            return;
        }
        self.wished = true;
        if !same(old, new) {
            self.changed += 1;
            note(&mut self.desired, path);
        }
    }

    fn report(&mut self, path: &[&str], old: Option<&Stated>, new: Option<&Stated>) {
        if !same(old, new) {
            self.changed += 1;
            note(&mut self.reported, path);
        }
    }
}

fn note(paths: &mut Vec<String>, path: &[&str]) {
    if paths.len() < MAX_PATHS {
        paths.push(path.join("."));
    }
}

fn same(old: Option<&Stated>, new: Option<&Stated>) -> bool {
    old.map(|stated| &stated.value) == new.map(|stated| &stated.value)
}
