//! What the page of things shows: counts, a window of rows in the order of their names, and how the asking goes.

use std::time::Duration;

use super::{AskState, ShadowKnowledge, ThingRow, Things, ThingsChip, ThingsRequest, ThingsView};
use crate::engine::Engine;
use crate::engine::known::Known;
use crate::fleet::Slot;
use crate::time::{Instant, Now};

/// How old the counts of a large fleet may be.
const MAX_AGE: Duration = Duration::from_millis(500);

/// Up to so many things they are counted whenever they are asked for.
const FEW: u32 = 2000;

/// Which things fit the question, by name, and how many there are of each sort.
#[derive(Default)]
pub(super) struct Shelf {
    search: String,
    only: ThingsChip,
    /// None: never worked out.
    at: Option<Instant>,
    slots: Vec<Slot>,
    silent: u32,
    no_shadow: u32,
}

impl Things {
    fn update_shelf(&mut self, request: &ThingsRequest, known: &mut Known, now: Instant) {
        let same = self.shelf.search == request.search && self.shelf.only == request.only;
        let young = |at: Instant| now.since(at) < MAX_AGE && known.fleet.len() > FEW;
        if same && self.shelf.at.is_some_and(young) {
            return;
        }
        let is_silent = |slot: Slot| !self.is_heard(known, slot);
        let listed = known.fleet.slots();
        let listed: Vec<Slot> = listed.filter(|slot| !known.fleet.is_gone(*slot)).collect();
        let mut fits = vec![false; known.fleet.len() as usize];
        let (mut silent, mut no_shadow) = (0, 0);
        for slot in listed {
            let (is_silent, has_none) = (is_silent(slot), has_no_shadow(known, slot));
            silent += u32::from(is_silent);
            no_shadow += u32::from(has_none);
            fits[slot.index()] = match request.only {
                ThingsChip::All => true,
                ThingsChip::Silent => is_silent,
                ThingsChip::NoShadow => has_none,
            };
        }
        let fits = |slot: Slot| fits.get(slot.index()).is_some_and(|fits| *fits);
        let slots = known
            .fleet
            .named_like(&request.search, |_, slot| fits(slot));
        self.shelf = Shelf {
            search: request.search.clone(),
            only: request.only,
            at: Some(now),
            slots,
            silent,
            no_shadow,
        };
    }

    fn row(&self, known: &Known, slot: Slot) -> ThingRow {
        let last_seen = known.fleet.last_seen(slot);
        let names = known.shadow_names(slot);
        ThingRow {
            name: known.fleet.name(slot).to_owned(),
            state: known.fleet.state(slot),
            last_seen: (last_seen.0 > 0).then_some(last_seen),
            heard: self.is_heard(known, slot),
            shadow: known.knowledge(slot),
            named: names.iter().flatten().count() as u32,
        }
    }
}

/// It was asked for, and there is none of either kind.
fn has_no_shadow(known: &Known, slot: Slot) -> bool {
    let absent = known.knowledge(slot) == ShadowKnowledge::Absent;
    absent && known.shadow_names(slot).is_empty()
}

impl Engine {
    pub(in crate::engine) fn things_view(
        &mut self,
        request: &ThingsRequest,
        now: Now,
    ) -> ThingsView {
        let asking = self.ask_state();
        let Self { things, known, .. } = self;
        things.update_shelf(request, known, now.instant);
        let shelf = &things.shelf;
        let first = (request.first as usize).min(shelf.slots.len());
        let window = shelf.slots[first..].iter().take(request.rows as usize);
        // Of a shelf that is a moment old something may be gone.
        let window = window.filter(|slot| !known.fleet.is_gone(**slot));
        let rows = window.map(|slot| things.row(known, *slot)).collect();
        ThingsView {
            things: known.fleet.listed(),
            silent: shelf.silent,
            no_shadow: shelf.no_shadow,
            to_ask: known.lookup.waiting(),
            asking,
            remembers: things.keeping.remembers(),
            total: shelf.slots.len() as u32,
            first: first as u32,
            rows,
            added: things.added.clone(),
            registry: things.registry.clone(),
            forgotten: things.forgotten_last.len() as u32,
        }
    }

    fn ask_state(&self) -> AskState {
        if self.publishing.gives_no_gets() {
            AskState::Refused
        } else if !self.may_ask() {
            AskState::Paused
        } else if self.known.lookup.is_unanswered() {
            AskState::NoAnswer
        } else {
            AskState::Going
        }
    }
}
