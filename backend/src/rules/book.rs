//! Every rule by its name, which messages are for which of them, and what waits for each.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use gnomon::message::QoS;
use slotmap::{SlotMap, new_key_type};

use super::queue::{Queue, Queued, Queues};
use super::{Ended, Figures, Rule, RuleError, Work};
use crate::broker::Limits;
use crate::broker::subscriptions::Subscriptions;
use crate::journal::{Journal, Key, Mark};

new_key_type! {
    /// One rule, replaced or not. Never used again.
    pub(crate) struct RuleKey;
}

/// All rules.
#[derive(Debug)]
pub struct Rules {
    by_name: BTreeMap<Arc<str>, RuleKey>,
    pub(super) entries: SlotMap<RuleKey, Entry>,
    /// Of those that are enabled.
    filters: Subscriptions<RuleKey>,
    pub(super) queues: Queues,
}

/// A rule, its messages, and how it went with them.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) rule: Arc<Rule>,
    pub(super) queue: Queue,
    pub(super) figures: Figures,
}

/// A rule as it is shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    pub rule: &'a Rule,
    pub figures: &'a Figures,
    /// Messages that it has not ended.
    pub queued: usize,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            by_name: BTreeMap::new(),
            entries: SlotMap::with_key(),
            filters: Subscriptions::new(),
            queues: Queues::default(),
        }
    }
}

impl Rules {
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    pub fn get(&self, name: &str) -> Result<&Rule, RuleError> {
        let entry = self.entries.get(self.key(name)?);
        let rule = entry.map(|entry| &*entry.rule);
        rule.ok_or_else(|| RuleError::Unknown(name.to_owned()))
    }

    /// What stands behind a name, in order; all of it when there is none.
    pub fn after(&self, name: Option<&str>) -> impl Iterator<Item = Shown<'_>> {
        let start = name.map_or(Bound::Unbounded, Bound::Excluded);
        let behind = self.by_name.range::<str, _>((start, Bound::Unbounded));
        let entries = behind.filter_map(|(_, key)| self.entries.get(*key));
        entries.map(|entry| Shown {
            rule: &entry.rule,
            figures: &entry.figures,
            queued: entry.queue.len(),
        })
    }

    pub(crate) fn create(
        &mut self,
        rule: Rule,
        limits: &Limits,
        journal: &mut Journal,
    ) -> Result<(), RuleError> {
        if self.by_name.contains_key(&rule.name) {
            return Err(RuleError::Exists(rule.name.as_ref().to_owned()));
        }
        if self.by_name.len() >= limits.rules {
            return Err(RuleError::Full(limits.rules));
        }
        journal.note(Key::Rule(rule.name.clone()));
        self.insert(rule);
        Ok(())
    }

    pub(super) fn insert(&mut self, rule: Rule) {
        let mut figures = Figures::default();
        figures.begin_actions(rule.actions.len());
        let name = rule.name.clone();
        let key = self.entries.insert(Entry {
            rule: Arc::new(rule),
            queue: Queue::default(),
            figures,
        });
        self.by_name.insert(name, key);
        self.listen(key);
    }

    /// What waits for it goes on under the new definition.
    pub(crate) fn replace(&mut self, rule: Rule, journal: &mut Journal) -> Result<(), RuleError> {
        let name = rule.name.clone();
        self.change(&name, journal, |entry| {
            let before = &entry.rule;
            let created = before.created;
            if before.definition.actions != rule.definition.actions
                || before.definition.error_action != rule.definition.error_action
            {
                entry.figures.begin_actions(rule.actions.len());
            }
            entry.rule = Arc::new(Rule { created, ..rule });
        })
    }

    /// What waits for it stays, and is handed out only while it is enabled.
    pub(crate) fn enable(
        &mut self,
        name: &str,
        on: bool,
        journal: &mut Journal,
    ) -> Result<(), RuleError> {
        self.change(name, journal, |entry| {
            Arc::make_mut(&mut entry.rule).definition.disabled = !on;
        })
    }

    fn change(
        &mut self,
        name: &str,
        journal: &mut Journal,
        change: impl FnOnce(&mut Entry),
    ) -> Result<(), RuleError> {
        let key = self.key(name)?;
        self.ignore(key);
        if let Some(entry) = self.entries.get_mut(key) {
            change(entry);
            journal.note(Key::Rule(entry.rule.name.clone()));
            self.queues.wake(key, entry);
        }
        self.listen(key);
        Ok(())
    }

    /// What waits for it goes with it.
    pub(crate) fn delete(&mut self, name: &str, journal: &mut Journal) -> Result<(), RuleError> {
        let key = self.key(name)?;
        self.ignore(key);
        self.by_name.remove(name);
        if let Some(entry) = self.entries.remove(key) {
            self.queues.clear(&entry.queue, journal);
            journal.note(Key::Rule(entry.rule.name.clone()));
        }
        Ok(())
    }

    /// Whether an enabled rule may match topics that begin with these two levels.
    pub(crate) fn reach_below(&self, first: &str, second: &str) -> bool {
        self.filters.reach_below(first, second)
    }

    /// The enabled rules that a message is for.
    pub(crate) fn find(&self, topic: &str, found: &mut Vec<(RuleKey, QoS)>) {
        self.filters.find(topic, found);
    }

    /// The same for a message that names its rule.
    pub(crate) fn find_named(&self, name: &str, found: &mut Vec<(RuleKey, QoS)>) {
        found.clear();
        if let Ok(key) = self.key(name)
            && let Some(entry) = self.entries.get(key)
            && !entry.rule.definition.disabled
        {
            found.push((key, QoS::AtMostOnce));
        }
    }

    /// Queues a message for its rule.
    pub(crate) fn offer(&mut self, queued: Queued, limits: &Limits, journal: &mut Journal) {
        if let Some(entry) = self.entries.get_mut(queued.rule) {
            self.queues.offer(entry, queued, limits, journal);
        }
    }

    pub(crate) fn has_work(&self) -> bool {
        self.queues.has_work()
    }

    pub(crate) fn take_work(&mut self, saved: Mark) -> Vec<Work> {
        let mut taken = Vec::new();
        self.queues.take(&mut self.entries, saved, &mut taken);
        taken
    }

    pub(crate) fn handle_saved(&mut self) {
        self.queues.handle_saved();
    }

    /// How many rules the message went through, and whether it is kept on disk; None where its rule is gone.
    pub(crate) fn origin(&self, number: u64) -> Option<(u8, bool)> {
        let queued = self.queues.get(number)?;
        Some((queued.item.hops, queued.kept))
    }

    pub(crate) fn note_retry(&mut self, number: u64, action: Option<u8>, error: &str) {
        self.queues
            .note_retry(&mut self.entries, number, action, error);
    }

    pub(crate) fn end_work(&mut self, number: u64, ended: &Ended, journal: &mut Journal) {
        self.queues.end(&mut self.entries, number, ended, journal);
    }

    pub(super) fn key(&self, name: &str) -> Result<RuleKey, RuleError> {
        let key = self.by_name.get(name).copied();
        key.ok_or_else(|| RuleError::Unknown(name.to_owned()))
    }

    fn listen(&mut self, key: RuleKey) {
        if let Some(entry) = self.entries.get(key)
            && !entry.rule.definition.disabled
            && let Some(filter) = entry.rule.sql.filter()
        {
            self.filters.insert(filter, key, QoS::AtMostOnce);
        }
    }

    fn ignore(&mut self, key: RuleKey) {
        if let Some(entry) = self.entries.get(key)
            && let Some(filter) = entry.rule.sql.filter()
        {
            self.filters.remove(filter, key);
        }
    }
}
