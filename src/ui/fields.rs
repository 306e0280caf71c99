//! The fields of the shadow in an open panel: one signal each, in an order that is taken once and then kept.

use leptos::prelude::*;

use super::field::{Edge, edge};
use crate::engine::frame::{Control, FieldView};

/// A field that has its place in the panel.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) id: u32,
    pub(super) view: ArcRwSignal<FieldView>,
    /// Somebody wishes something of it, or could with a control.
    pub(super) is_control: bool,
    path: Vec<String>,
    /// Where it stood in the last update: most updates change values only.
    place: usize,
}

#[derive(Default)]
pub(super) struct Fields {
    entries: Vec<Entry>,
    next_id: u32,
}

impl Fields {
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Takes over the values. True when fields came, went or changed sides.
    pub(super) fn apply(&mut self, fields: &[FieldView]) -> bool {
        let mut seen = vec![false; fields.len()];
        let before = self.entries.len();
        let mut turned = Vec::new();
        self.entries.retain_mut(|entry| {
            let Some(place) = entry.find(fields) else {
                return false;
            };
            seen[place] = true;
            entry.place = place;
            if entry.view.with_untracked(|view| *view != fields[place]) {
                entry.view.set(fields[place].clone());
            }
            if entry.is_control == is_control(&fields[place]) {
                return true;
            }
            turned.push(Entry {
                is_control: !entry.is_control,
                ..entry.clone()
            });
            false
        });
        let mut changed = before != self.entries.len() || !turned.is_empty();
        self.entries.extend(turned);
        let kept = self.entries.len();
        for (place, field) in fields.iter().enumerate().filter(|(place, _)| !seen[*place]) {
            // What needs a person comes first, but only as it was when the panel opened: later it stays where it is.
            let rank = (rank_of(field), &field.path);
            let new = &self.entries[kept..];
            let at = new.partition_point(|entry| {
                entry
                    .view
                    .with_untracked(|view| (rank_of(view), &entry.path) <= rank)
            });
            self.entries.insert(
                kept + at,
                Entry {
                    id: self.next_id,
                    view: ArcRwSignal::new(field.clone()),
                    is_control: is_control(field),
                    path: field.path.clone(),
                    place,
                },
            );
            self.next_id += 1;
            changed = true;
        }
        changed
    }
}

impl Entry {
    fn find(&self, fields: &[FieldView]) -> Option<usize> {
        let same = |field: &FieldView| field.path == self.path;
        match fields.get(self.place).is_some_and(same) {
            true => Some(self.place),
            false => fields.iter().position(same),
        }
    }
}

/// Busy, failed, pinned, the rest.
fn rank_of(field: &FieldView) -> u8 {
    match edge(field) {
        Edge::OnItsWay => 0,
        Edge::NeedsYou => 1,
        Edge::Settled if field.pinned => 2,
        Edge::Settled => 3,
    }
}

fn is_control(field: &FieldView) -> bool {
    field.control != Control::None
        || field.desired.is_some()
        || field.change.is_some()
        || field.draft.is_some()
}
