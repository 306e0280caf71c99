//! Things that come by name and go by name: entered, read from a registry, forgotten, and had again.

use super::names::{MAX_TEXT, Names, refused};
use super::reading::Reading;
use super::{Added, Refusal, Registry, Things};
use crate::engine::known::Known;
use crate::fleet::Slot;
use crate::time::Instant;

/// Names that are worked in at a time.
const PIECE: usize = 1000;

/// Bytes that a name takes, about.
const USUAL: usize = 12;

/// Refused texts that are named.
const MAX_REFUSED: usize = 20;

/// What became of a name.
enum Entered {
    New,
    Known,
    Full,
}

impl Things {
    pub(super) fn add(&mut self, text: String, known: &mut Known, now: Instant) {
        // What was entered before comes first.
        while self.enter_some(known, now) {}
        known.fleet.reserve(text.len().min(MAX_TEXT) / USUAL);
        self.names = Some(Names::new(text));
        self.added = Some(Added::default());
    }

    /// Works in some of the entered names. False when there were none.
    pub(super) fn enter_some(&mut self, known: &mut Known, now: Instant) -> bool {
        let Some(mut names) = self.names.take() else {
            return false;
        };
        let mut added = self.added.take().unwrap_or_default();
        for _ in 0..PIECE {
            let Some((name, wrong)) = names.next() else {
                added.cut = names.cut;
                self.added = Some(added);
                self.keeping.soon(now);
                return true;
            };
            let wrong = wrong.or_else(|| match self.enter(name, known) {
                Entered::New => {
                    added.new += 1;
                    None
                }
                Entered::Known => {
                    added.known += 1;
                    None
                }
                Entered::Full => Some(Refusal::Full),
            });
            if let Some(why) = wrong {
                added.refused_total += 1;
                if added.refused.len() < MAX_REFUSED {
                    added.refused.push(refused(name, why));
                }
            }
        }
        (self.names, self.added) = (Some(names), Some(added));
        true
    }

    fn enter(&mut self, name: &str, known: &mut Known) -> Entered {
        let before = known.fleet.find(name);
        if let Some(slot) = before {
            self.forgotten.remove(&slot);
            if !known.fleet.is_gone(slot) {
                return Entered::Known;
            }
        } else if known.fleet.is_full() {
            return Entered::Full;
        }
        match known.fleet.enter(name) {
            Some(slot) => {
                known.want_shadow(slot);
                Entered::New
            }
            None => Entered::Full,
        }
    }

    /// Takes over a page of the registry. What a reading that ends with it has come to.
    pub(super) fn take_page(
        &mut self,
        names: &[String],
        known: &mut Known,
        now: Instant,
    ) -> Option<Registry> {
        let mut new = 0;
        for name in names {
            if crate::shadow::topics::ShadowId::new(name, None).is_ok() {
                new += u32::from(matches!(self.enter(name, known), Entered::New));
            }
        }
        if new > 0 {
            self.keeping.soon(now);
        }
        let Reading {
            found, new: total, ..
        } = self.reading.as_mut()?;
        *found += names.len() as u32;
        *total += new;
        let (found, new) = (*found, *total);
        self.registry = Registry::Reading { found };
        Some(Registry::Read { found, new })
    }

    /// Those that speak stay listed; the others go.
    pub(super) fn forget(&mut self, slots: Vec<Slot>, known: &mut Known, now: Instant) {
        if slots.is_empty() {
            return;
        }
        for slot in &slots {
            self.forgotten.insert(*slot);
            if !self.is_heard(known, *slot) {
                known.fleet.hide(*slot);
                known.lookup.drop_waiting(&(*slot, None));
            }
        }
        self.forgotten_last = slots;
        self.keeping.soon(now);
    }

    pub(super) fn undo(&mut self, known: &mut Known, now: Instant) {
        for slot in std::mem::take(&mut self.forgotten_last) {
            self.forgotten.remove(&slot);
            known.fleet.bring_back(slot);
            known.want_shadow(slot);
        }
        self.keeping.soon(now);
    }
}
