//! What of a job can still be set back, and the job that does so.

use super::ItemStep;
use super::capture::Plan;
use super::job::{Item, Job};
use crate::engine::known::Known;
use crate::shadow::document::ShadowDocument;
use crate::time::{Now, UnixMillis};

/// For how long after the last sending, in milliseconds.
const POSSIBLE_FOR: u64 = 600_000;

/// Items that are looked over in one go.
const SHARE: usize = 1000;

impl Job {
    /// Until when an undo is possible. None: no longer, or nothing was sent.
    pub(super) fn undo_until(&self, now: Now) -> Option<UnixMillis> {
        let sent = self.last_send.filter(|_| !self.undone)?;
        let ends = sent.instant.0 + POSSIBLE_FOR;
        let until = UnixMillis(sent.wall.0 + POSSIBLE_FOR as i64);
        (now.instant.0 < ends).then_some(until)
    }

    /// Stops, and says what to wish so that everything is as it was. What somebody changed since is left alone.
    pub(super) fn undo(&mut self, known: &Known, now: Now) -> Option<Plan> {
        self.undo_until(now)?;
        self.stop();
        self.undone = true;
        let handed = self.items.get(..self.next)?.iter();
        let undone = handed.filter(|item| self.stands(item, known));
        let items = undone.map(|item| {
            let (before, after) = (item.after.clone(), item.before.clone());
            Item::new(item.slot, item.place, true, before, after)
        });
        let items = items.collect();
        let (what, places) = (self.what.clone(), self.places.clone());
        Some(Plan::new(what, places, items, known))
    }

    /// Whether the wish of an item that was sent is still the one that counts.
    fn stands(&self, item: &Item, known: &Known) -> bool {
        let unanswered = matches!(item.step, ItemStep::Waiting | ItemStep::Sent);
        let ended = matches!(item.step, ItemStep::Rejected | ItemStep::Superseded);
        if !item.known || ended {
            return false;
        }
        let field = self.field(item, &known.fleet);
        if let Some(change) = known.requests.change(&field)
            && change.is_under_way()
        {
            return change.wish == item.wish();
        }
        let document = known.shadows.document(item.slot, field.shadow.as_deref());
        let same = |document: &ShadowDocument| {
            let desired = document.desired.leaf(&field.path);
            desired.map(|stated| &stated.value) == item.after.as_ref()
        };
        unanswered || document.is_some_and(same)
    }

    /// Counts what an undo would set back: somebody may have changed it meanwhile.
    pub(super) fn look_over(&mut self, known: &Known, now: Now) {
        if self.undo_until(now).is_none() {
            return;
        }
        for _ in 0..SHARE.min(self.next) {
            let number = self.looked_at % self.next;
            self.looked_at = number + 1;
            let Some(item) = self.items.get(number) else {
                return;
            };
            let stands = self.stands(item, known);
            if let Some(item) = self.items.get_mut(number) {
                self.undoable -= u32::from(item.undoable);
                self.undoable += u32::from(stands);
                item.undoable = stands;
            }
        }
    }
}
