//! How it went with a rule since the process started, in numbers.

use std::collections::VecDeque;

use super::{DeedEnded, Ended};

/// Deeds that a median is of.
const TIMES: usize = 100;
/// Characters of an error that are kept.
const ERROR: usize = 200;

/// Of one rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Messages that were for it, those that were queued before a restart among them.
    pub matched: u64,
    /// Those for which WHERE was true.
    pub fired: u64,
    /// Those of which an action failed for good.
    pub failed: u64,
    /// Those of which an action is tried again at present.
    pub retrying: u64,
    /// Those for which there was no room.
    pub lost: u64,
    /// Objects that replaced another one of this rule.
    pub overwritten: u64,
    pub actions: Vec<ActionFigures>,
    pub error_action: ActionFigures,
}

/// Of one of its actions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionFigures {
    pub done: u64,
    pub failed: u64,
    /// What the newest failure said.
    pub error: Option<Box<str>>,
    /// How long each of the newest ones took, in milliseconds, oldest first.
    times: VecDeque<u32>,
}

impl Figures {
    /// Its actions are others from now on.
    pub(super) fn begin_actions(&mut self, count: usize) {
        self.actions = vec![ActionFigures::default(); count];
        self.error_action = ActionFigures::default();
    }

    pub(super) fn note_ended(&mut self, ended: &Ended) {
        self.fired += u64::from(ended.fired);
        let failed = |deed: &DeedEnded| deed.action.is_some() && deed.error.is_some();
        self.failed += u64::from(ended.deeds.iter().any(failed));
        for deed in &ended.deeds {
            self.overwritten += u64::from(deed.overwrote);
            if let Some(action) = self.action(deed.action) {
                action.note(deed);
            }
        }
    }

    pub(super) fn note_failure(&mut self, action: Option<u8>, error: &str) {
        if let Some(action) = self.action(action) {
            action.note_error(error);
        }
    }

    /// None where the rule was replaced meanwhile by one with fewer actions.
    fn action(&mut self, action: Option<u8>) -> Option<&mut ActionFigures> {
        match action {
            None => Some(&mut self.error_action),
            Some(index) => self.actions.get_mut(usize::from(index)),
        }
    }
}

impl ActionFigures {
    /// Of the newest hundred that were done.
    pub fn median_ms(&self) -> Option<u32> {
        let mut times: Vec<_> = self.times.iter().copied().collect();
        times.sort_unstable();
        times.get(times.len() / 2).copied()
    }

    fn note(&mut self, deed: &DeedEnded) {
        if let Some(error) = &deed.error {
            self.failed += 1;
            return self.note_error(error);
        }
        self.done += 1;
        if self.times.len() == TIMES {
            self.times.pop_front();
        }
        self.times.push_back(deed.took_ms);
    }

    fn note_error(&mut self, error: &str) {
        self.error = Some(error.chars().take(ERROR).collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deed(action: Option<u8>, error: Option<&str>, took_ms: u32) -> DeedEnded {
        DeedEnded {
            action,
            error: error.map(str::to_owned),
            took_ms,
            overwrote: false,
        }
    }

    fn ended(deeds: Vec<DeedEnded>) -> Ended {
        Ended { fired: true, deeds }
    }

    #[test]
    fn the_median_is_of_the_newest_hundred_that_were_done() {
        let mut action = ActionFigures::default();
        assert_eq!(action.median_ms(), None);
        for took in 0..200 {
            action.note(&deed(Some(0), None, took));
            action.note(&deed(Some(0), Some("no"), 9999));
        }
        assert_eq!((action.done, action.failed), (200, 200));
        assert_eq!(action.median_ms(), Some(150));
    }

    #[test]
    fn a_message_failed_once_however_many_of_its_actions_did() {
        let mut figures = Figures::default();
        figures.begin_actions(2);
        let long = "é".repeat(300);
        let both = vec![
            deed(Some(0), Some(&long), 1),
            deed(Some(1), Some("full"), 1),
            deed(None, None, 1),
        ];
        figures.note_ended(&ended(both));
        assert_eq!((figures.fired, figures.failed), (1, 1));
        let error = figures.actions[0].error.as_deref();
        assert_eq!(error, Some(&*"é".repeat(200)));
        assert_eq!(figures.error_action.done, 1);
        // Of a rule that had more actions.
        figures.note_ended(&ended(vec![deed(Some(7), None, 1)]));
        assert_eq!((figures.fired, figures.failed), (2, 1));
    }
}
