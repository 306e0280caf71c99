//! The leaves of what is edited: one signal each, in an order that is taken once and then kept.

use leptos::prelude::*;

use super::desk::Desk;
use super::reactive::watch;
use crate::engine::frame::{Changed, EditorLeaf};

/// A leaf that has its place on the screen.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) id: u32,
    pub(super) leaf: ArcRwSignal<EditorLeaf>,
    pub(super) changed: Changed,
    path: Vec<String>,
    /// Where it stood in the last update: most updates change values only.
    place: usize,
}

impl Entry {
    /// Joined by dots, for a person.
    pub(super) fn name(&self) -> String {
        self.path.join(".")
    }
}

/// Lives as long as the view that asks for it.
pub(super) fn leaves(desk: Desk) -> RwSignal<Vec<Entry>> {
    let entries = RwSignal::new(Vec::new());
    let mut next_id = 0;
    watch(move || {
        let changed = desk.read(|view| {
            entries.try_update_untracked(|entries| apply(entries, &view.leaves, &mut next_id))
        });
        if changed.flatten() == Some(true) {
            entries.notify();
        }
    });
    entries
}

/// Takes over the values. True when leaves came, went, or were changed by somebody else than before.
fn apply(entries: &mut Vec<Entry>, leaves: &[EditorLeaf], next_id: &mut u32) -> bool {
    let mut seen = vec![false; leaves.len()];
    let before = entries.len();
    let mut changed = false;
    entries.retain_mut(|entry| {
        let Some(place) = find(entry, leaves) else {
            return false;
        };
        let leaf = &leaves[place];
        seen[place] = true;
        entry.place = place;
        changed |= entry.changed != leaf.changed;
        entry.changed = leaf.changed;
        if entry.leaf.with_untracked(|shown| shown != leaf) {
            entry.leaf.set(leaf.clone());
        }
        true
    });
    changed |= entries.len() != before;
    for (place, leaf) in leaves.iter().enumerate().filter(|(place, _)| !seen[*place]) {
        entries.push(Entry {
            id: *next_id,
            leaf: ArcRwSignal::new(leaf.clone()),
            changed: leaf.changed,
            path: leaf.path.clone(),
            place,
        });
        *next_id += 1;
        changed = true;
    }
    changed
}

fn find(entry: &Entry, leaves: &[EditorLeaf]) -> Option<usize> {
    let same = |leaf: &EditorLeaf| leaf.path == entry.path;
    match leaves.get(entry.place).is_some_and(same) {
        true => Some(entry.place),
        false => leaves.iter().position(same),
    }
}
