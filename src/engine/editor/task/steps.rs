//! The steps of saving and deleting, one after the other, on the open document.

use super::{ASK_AGAIN, MAX_ASKS, MAX_CUTS, PATIENCE, Request, Saved, Step, Task, What};
use crate::engine::editor::EditorStage;
use crate::engine::editor::editing::Open;
use crate::shadow::document::{desired_patch, named_request};
use crate::shadow::three_way::{State, leaves, patch};
use crate::shadow::topics::Verb;
use crate::time::{Instant, UnixMillis};

impl Open {
    /// Nothing is known of the shadow, and an answer may come at any time. Without a connection a save waits, and asks
    /// first; where nobody answers it says so.
    pub(in crate::engine::editor) fn is_asking(&self, ready: bool) -> bool {
        ready && !self.known && !self.fresh && self.asks < MAX_ASKS
    }

    pub(in crate::engine::editor) fn save(&mut self) {
        let sent = self
            .task
            .as_ref()
            .is_some_and(|task| task.step == Step::Sent);
        if self.fault.is_some() || sent {
            return;
        }
        if self.merged(&self.mine).1 > 0 {
            return self.ask_person();
        }
        self.merging = false;
        let what = What::Save {
            mine: self.mine.clone(),
            result: State::EMPTY,
            sent: State::EMPTY,
        };
        self.begin(what);
    }

    pub(in crate::engine::editor) fn delete(&mut self) {
        self.merging = false;
        let confirmed = self.version();
        let repeated = self.task.as_ref().is_some_and(Task::deleted);
        self.begin(What::Delete {
            confirmed,
            repeated,
        });
    }

    fn begin(&mut self, what: What) {
        // What was sent before and not answered may have been carried out.
        self.fresh &= self.task.is_none();
        (self.asked_at, self.asks) = (None, 0);
        self.stage = EditorStage::Editing;
        self.task = Some(Task::new(what));
    }

    fn ask_person(&mut self) {
        self.task = None;
        self.merging = true;
        self.stage = EditorStage::Editing;
    }

    pub(super) fn refuse(&mut self, code: u16, message: &str) {
        if self.task.take().is_some() {
            self.stage = EditorStage::Rejected {
                code,
                message: message.to_owned(),
            };
            self.flow();
        }
    }

    /// Whether something is to be asked for or to be sent.
    pub(super) fn has_work(&self) -> bool {
        let due = |task: &Task| task.step == Step::Due;
        !self.fresh || self.task.as_ref().is_some_and(due)
    }

    pub(super) fn poll_get(&mut self, now: Instant) -> Option<Request> {
        let waits = |at| now < at + ASK_AGAIN;
        if self.fresh || self.asks >= MAX_ASKS || self.asked_at.is_some_and(waits) {
            return None;
        }
        self.asked_at = Some(now);
        self.asks += 1;
        Some(Request {
            shadow: self.shadow.clone(),
            verb: Verb::Get,
            payload: Vec::new(),
            token: None,
            suspected: false,
        })
    }

    pub(super) fn poll_task(&mut self, alone: bool, now: Instant) -> Option<Request> {
        let task = self.task.as_ref()?;
        let suspected = task.cuts > 0;
        if task.step != Step::Due || now < task.not_before || (suspected && !alone) {
            return None;
        }
        if task.cuts >= MAX_CUTS {
            self.refuse(0, "");
            return None;
        }
        if task.is_next_life(self.version()) && self.theirs.is_some() {
            // A person has to look at it before it is deleted too.
            self.task = None;
            self.stage = EditorStage::Editing;
            self.flow();
            return None;
        }
        self.serials.token += 1;
        let token = self.serials.token_prefix.clone() + "-e" + &self.serials.token.to_string();
        let (verb, payload) = match self.task.as_ref()?.deletes() {
            true if self.known && self.theirs.is_none() => {
                self.find_nothing();
                return None;
            }
            true => (Verb::Delete, named_request(&token)),
            false => (Verb::Update, self.prepare_save(&token)?),
        };
        let found = self.version();
        let task = self.task.as_mut()?;
        if let What::Delete { confirmed, .. } = &mut task.what {
            *confirmed = confirmed.or(found);
        }
        task.step = Step::Sent;
        task.until = Some(now + PATIENCE);
        task.token.clone_from(&token);
        Some(Request {
            shadow: self.shadow.clone(),
            verb,
            payload,
            token: Some(token),
            suspected,
        })
    }

    /// The update that is to be sent, made from the newest document. None: there is nothing to send, or a person has
    /// to decide first.
    fn prepare_save(&mut self, token: &str) -> Option<Vec<u8>> {
        let What::Save { mine, .. } = &self.task.as_ref()?.what else {
            return None;
        };
        let (merged, left) = self.merged(mine);
        if left > 0 {
            self.ask_person();
            return None;
        }
        let patch = patch(self.theirs(), &merged);
        if let Some(What::Save { result, sent, .. }) = self.task.as_mut().map(|task| &mut task.what)
        {
            *result = merged;
            if !patch.is_empty() {
                sent.clone_from(&patch);
            }
        }
        if patch.is_empty()
            && let Some(theirs) = &self.theirs
        {
            let (version, at) = (theirs.document.version, theirs.document.timestamp);
            self.finish_save(version, at);
            return None;
        }
        Some(desired_patch(&patch, self.version(), token))
    }

    /// What was saved stands at that version: the next edit begins there.
    pub(super) fn finish_save(&mut self, version: u64, at: UnixMillis) {
        let Some(task) = self.task.take() else {
            return;
        };
        let What::Save { mine, result, sent } = task.what else {
            return;
        };
        self.saved.push(Saved {
            shadow: self.shadow.clone(),
            leaves: leaves(&sent),
            token: task.token,
            version,
        });
        self.began.clone_from(&result);
        self.began_version = Some(version);
        if self.version() < Some(version) {
            // The document is still to come. That its desired state is this one, the acceptance says.
            let theirs = self.theirs.get_or_insert_default();
            theirs.state.clone_from(&result);
            (theirs.document.version, theirs.document.timestamp) = (version, at);
            theirs.by = None;
            (self.fresh, self.asked_at, self.asks) = (false, None, 0);
        }
        if self.mine == mine && self.fault.is_none() {
            self.base.clone_from(&result);
            if self.mine != result {
                self.mine = result;
                self.write_text();
            }
        } else {
            // They typed on meanwhile, in a text that lacks what the merge brought.
            self.base = mine;
        }
        self.choices.clear();
        self.merging = false;
        self.stage = EditorStage::Saved { version, at };
        self.flow();
    }

    /// Something was heard of the shadow: perhaps it is what a save that nobody answered was about.
    pub(in crate::engine::editor) fn settle(&mut self) {
        let sent = |task: &&Task| task.is_given_up() && !task.token.is_empty();
        let Some(task) = self.task.as_ref().filter(sent) else {
            return;
        };
        if let (What::Save { result, .. }, Some(theirs)) = (&task.what, &self.theirs)
            && *result == theirs.state
        {
            let (version, at) = (theirs.document.version, theirs.document.timestamp);
            self.finish_save(version, at);
        }
    }

    /// True when something was given up.
    pub(in crate::engine::editor) fn give_up(&mut self, now: Instant) -> bool {
        let Some(task) = self.task.as_mut().filter(|task| !task.is_given_up()) else {
            return false;
        };
        let until = *task.until.get_or_insert(now + PATIENCE);
        if now < until {
            // Nobody listens to the refusal of a deletion: whether the shadow is still there has to be asked.
            let unheard = task.deletes() && task.step == Step::Sent;
            if unheard && now >= until - PATIENCE + ASK_AGAIN && self.asks == 0 {
                self.fresh = false;
            }
            return false;
        }
        task.step = Step::GivenUp;
        self.stage = EditorStage::NoAnswer;
        true
    }

    /// The next moment at which something is due by itself.
    pub(in crate::engine::editor) fn poll_timeout(&self, now: Instant) -> Option<Instant> {
        let asks = self.asked_at.map(|at| at + ASK_AGAIN);
        let asks = asks.filter(|_| !self.fresh && self.asks < MAX_ASKS);
        let task = self.task.as_ref().filter(|task| !task.is_given_up());
        let unheard = task.filter(|task| task.deletes() && task.step == Step::Sent);
        let deadlines = [
            asks,
            task.map(|task| task.not_before),
            task.and_then(|task| task.until),
            unheard.and_then(|task| Some(task.until? - PATIENCE + ASK_AGAIN)),
        ];
        deadlines.into_iter().flatten().filter(|at| *at > now).min()
    }
}
