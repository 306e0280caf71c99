//! The messages of every rule: each rule's own queue, in order, of which a bounded number is under way.

use std::collections::{BTreeSet, HashMap, VecDeque};

use slotmap::SlotMap;

use super::book::{Entry, RuleKey};
use super::{Ended, Item, UNDER_WAY, Work};
use crate::broker::Limits;
use crate::journal::{Journal, Key, Mark};

/// A message for one rule that has not ended.
#[derive(Debug)]
pub(crate) struct Queued {
    pub(super) rule: RuleKey,
    pub(super) item: Item,
    /// It is on disk, or will be: whoever published it is told so.
    pub(super) kept: bool,
    /// It tells of what is in this batch, and is not handed out before that is saved.
    pub(super) mark: Mark,
    /// An action of it failed and is tried again.
    retrying: bool,
}

/// The messages of one rule by their numbers.
#[derive(Debug, Default)]
pub(super) struct Queue {
    pub(super) waiting: VecDeque<u64>,
    pub(super) under_way: BTreeSet<u64>,
    bytes: usize,
    /// It is among those that are looked at when work is taken.
    is_named: bool,
}

/// The messages of all rules.
#[derive(Debug, Default)]
pub(super) struct Queues {
    messages: HashMap<u64, Queued>,
    /// The newest one's. Grows with each message and is never used twice.
    last_number: u64,
    bytes: usize,
    /// Rules that may have work to be taken.
    ready: Vec<RuleKey>,
    /// Those whose oldest message waits for a batch.
    held_back: Vec<RuleKey>,
}

impl Queued {
    pub(crate) fn new(rule: RuleKey, item: Item, kept: bool, mark: Mark) -> Self {
        Self {
            rule,
            item,
            kept,
            mark,
            retrying: false,
        }
    }
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.waiting.len() + self.under_way.len()
    }
}

impl Entry {
    fn may_hand_out(&self) -> bool {
        let queue = &self.queue;
        !self.rule.definition.disabled
            && !queue.waiting.is_empty()
            && queue.under_way.len() < UNDER_WAY
    }
}

impl Queues {
    pub(super) fn get(&self, number: u64) -> Option<&Queued> {
        self.messages.get(&number)
    }

    /// Queues a message, unless there is no room for it: then it is lost.
    pub(super) fn offer(
        &mut self,
        entry: &mut Entry,
        queued: Queued,
        limits: &Limits,
        journal: &mut Journal,
    ) {
        let size = size(&queued.item);
        if entry.queue.len() >= limits.rule_queue
            || entry.queue.bytes + size > limits.rule_queue_bytes
            || self.bytes + size > limits.rule_queues_bytes
        {
            entry.figures.matched += 1;
            entry.figures.lost += 1;
            return;
        }
        let number = self.last_number + 1;
        if queued.kept {
            journal.note(Key::RuleQueued(number));
        }
        self.restore(number, entry, queued);
    }

    /// Queues a message that was there before, whatever the limits are now.
    pub(super) fn restore(&mut self, number: u64, entry: &mut Entry, queued: Queued) {
        let (rule, size) = (queued.rule, size(&queued.item));
        entry.figures.matched += 1;
        self.last_number = self.last_number.max(number);
        self.bytes += size;
        entry.queue.bytes += size;
        entry.queue.waiting.push_back(number);
        self.messages.insert(number, queued);
        self.wake(rule, entry);
    }

    /// Looks at a rule when work is taken next, if there may be any.
    pub(super) fn wake(&mut self, rule: RuleKey, entry: &mut Entry) {
        if !entry.queue.is_named && entry.may_hand_out() {
            entry.queue.is_named = true;
            self.ready.push(rule);
        }
    }

    /// Whether [`Self::take`] may give anything.
    pub(super) fn has_work(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Of each rule its oldest messages, as many as may be under way.
    pub(super) fn take(
        &mut self,
        entries: &mut SlotMap<RuleKey, Entry>,
        saved: Mark,
        taken: &mut Vec<Work>,
    ) {
        for rule in std::mem::take(&mut self.ready) {
            if let Some(entry) = entries.get_mut(rule) {
                entry.queue.is_named = self.take_of(entry, saved, taken);
                if entry.queue.is_named {
                    self.held_back.push(rule);
                }
            }
        }
    }

    /// Returns whether the oldest one waits for a batch.
    fn take_of(&self, entry: &mut Entry, saved: Mark, taken: &mut Vec<Work>) -> bool {
        while entry.may_hand_out() {
            let Some(number) = entry.queue.waiting.pop_front() else {
                return false;
            };
            let Some(queued) = self.messages.get(&number) else {
                continue;
            };
            if queued.mark > saved {
                entry.queue.waiting.push_front(number);
                return true;
            }
            entry.queue.under_way.insert(number);
            taken.push(Work {
                number,
                rule: entry.rule.clone(),
                item: queued.item.clone(),
            });
        }
        false
    }

    /// A batch is on disk.
    pub(super) fn handle_saved(&mut self) {
        self.ready.append(&mut self.held_back);
    }

    pub(super) fn note_retry(
        &mut self,
        entries: &mut SlotMap<RuleKey, Entry>,
        number: u64,
        action: Option<u8>,
        error: &str,
    ) {
        if let Some(queued) = self.messages.get_mut(&number)
            && let Some(entry) = entries.get_mut(queued.rule)
        {
            entry.figures.retrying += u64::from(!queued.retrying);
            entry.figures.note_failure(action, error);
            queued.retrying = true;
        }
    }

    /// Of a rule that was deleted meanwhile nothing is known any more.
    pub(super) fn end(
        &mut self,
        entries: &mut SlotMap<RuleKey, Entry>,
        number: u64,
        ended: &Ended,
        journal: &mut Journal,
    ) {
        let rule = self.messages.get(&number).map(|queued| queued.rule);
        let Some(rule) = rule else {
            return;
        };
        if let Some(entry) = entries.get_mut(rule)
            && entry.queue.under_way.remove(&number)
            && let Some(queued) = self.remove(number, journal)
        {
            entry.queue.bytes -= size(&queued.item);
            entry.figures.retrying -= u64::from(queued.retrying);
            entry.figures.note_ended(ended);
            self.wake(rule, entry);
        }
    }

    /// Drops what waits for a rule that is gone.
    pub(super) fn clear(&mut self, queue: &Queue, journal: &mut Journal) {
        for number in queue.under_way.iter().chain(&queue.waiting) {
            self.remove(*number, journal);
        }
    }

    fn remove(&mut self, number: u64, journal: &mut Journal) -> Option<Queued> {
        let queued = self.messages.remove(&number)?;
        self.bytes -= size(&queued.item);
        if queued.kept {
            journal.note_gone(Key::RuleQueued(number));
        }
        Some(queued)
    }
}

fn size(item: &Item) -> usize {
    item.topic.len() + item.payload.len()
}
