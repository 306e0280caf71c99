//! Saving and deleting: what goes out, when, and what its answers mean. It sends nothing itself.
//!
//! A save carries the version that it was merged with, so that it can neither overwrite what it has not seen nor be
//! carried out twice. Whatever makes that version old (a conflict, a lost connection) makes the newest document
//! wanted first, and the save is made anew from it: what was carried out already is found to stand.

use std::time::Duration;

use super::editing::{Editing, Open};
use super::{EditorStage, ShadowAddress};
use crate::shadow::document::{desired_patch, named_request};
use crate::shadow::three_way::{State, leaves, patch};
use crate::shadow::topics::{ShadowId, Verb};
use crate::shadow::value::Value;
use crate::time::{Instant, Now, UnixMillis};

/// How long to wait for an answer before a person is told that there is none.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long to wait for a document before it is asked for again, and how often.
const ASK_AGAIN: Duration = Duration::from_secs(5);
const MAX_ASKS: u8 = 4;

/// Merges without a question of one save, and the wait before the first; each further one waits twice as long.
const MAX_MERGES: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_millis(250);

/// Ends of a connection upon a request after which it is not sent any more.
const MAX_CUTS: u8 = 2;

const NOT_FOUND: u16 = 404;
const CONFLICT: u16 = 409;

/// Something to publish on the request topic of a shadow.
#[derive(Debug)]
pub(in crate::engine) struct Request {
    pub(in crate::engine) shadow: ShadowAddress,
    pub(in crate::engine) verb: Verb,
    pub(in crate::engine) payload: Vec<u8>,
    /// None: it is a `get`.
    pub(in crate::engine) token: Option<String>,
    /// A connection ended upon it: it must be the only one under way.
    pub(in crate::engine) suspected: bool,
}

/// What was saved: each leaf that the update named, with null for those that it removed.
#[derive(Debug)]
pub(in crate::engine) struct Saved {
    pub(in crate::engine) shadow: ShadowAddress,
    pub(in crate::engine) leaves: Vec<(Vec<String>, Value)>,
    pub(in crate::engine) token: String,
    pub(in crate::engine) version: u64,
}

#[derive(Debug)]
pub(super) struct Task {
    what: What,
    step: Step,
    /// Of the last request; empty before it.
    token: String,
    not_before: Instant,
    /// None: there was no connection since.
    until: Option<Instant>,
    /// So often it was merged and sent again.
    pub(super) merged: u32,
    /// How often the other side closed the connection upon it.
    cuts: u8,
}

#[derive(Debug)]
enum What {
    Delete {
        /// What the person saw when they confirmed it, or what was found then.
        confirmed: Option<u64>,
        /// Another one was sent before it and not answered.
        repeated: bool,
    },
    Save {
        /// As the person had it when they saved.
        mine: State,
        /// What the last request makes of the newest document then, and what it names for that.
        result: State,
        sent: State,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Due,
    Sent,
    /// Nobody answered in time. A late answer still counts, and the loss of the connection explains it: then it is
    /// as if it had been lost at once.
    GivenUp,
}

impl Task {
    fn new(what: What) -> Self {
        Self {
            what,
            step: Step::Due,
            token: String::new(),
            not_before: Instant(0),
            until: None,
            merged: 0,
            cuts: 0,
        }
    }

    pub(super) fn deletes(&self) -> bool {
        matches!(self.what, What::Delete { .. })
    }

    /// Whether a deletion went out that may have been carried out.
    fn deleted(&self) -> bool {
        match self.what {
            What::Delete { repeated, .. } => repeated || !self.token.is_empty(),
            What::Save { .. } => false,
        }
    }

    /// Whether what is found now may be another shadow of that name, made after the deletion.
    fn is_next_life(&self, found: Option<u64>) -> bool {
        match self.what {
            What::Delete { confirmed, .. } => {
                self.deleted() && confirmed.is_some() && confirmed != found
            }
            What::Save { .. } => false,
        }
    }

    pub(super) fn is_given_up(&self) -> bool {
        self.step == Step::GivenUp
    }
}

impl Editing {
    /// Saves, unless it is about to be known what that would meet.
    pub(in crate::engine) fn save(&mut self) {
        let ready = self.ready;
        self.edit(|open| {
            if !open.is_asking(ready) {
                open.save();
            }
        });
    }

    /// The next request, to be called while there is a connection. `can_be_had`: documents are given when asked for.
    pub(in crate::engine) fn poll_request(
        &mut self,
        alone: bool,
        can_be_had: bool,
        now: Now,
    ) -> Option<Request> {
        let mut request = None;
        self.edit_if(Open::has_work, |open| {
            // Where none can be had, the last one known has to do.
            open.fresh |= !can_be_had;
            request = open.poll_get(now.instant);
            if request.is_none() && open.fresh {
                request = open.poll_task(alone, now.instant);
            }
        });
        request
    }

    /// A save that came to its end since this was asked last.
    pub(in crate::engine) fn poll_saved(&mut self) -> Option<Saved> {
        self.open.as_mut()?.saved.pop()
    }

    fn edit_if(&mut self, when: impl FnOnce(&Open) -> bool, act: impl FnOnce(&mut Open)) {
        if self.open.as_ref().is_some_and(when) {
            self.edit(act);
        }
    }

    fn answer(&mut self, token: Option<&str>, act: impl FnOnce(&mut Open)) {
        let token = token.unwrap_or_default();
        let ours = |open: &Open| {
            let task = open.task.as_ref();
            !token.is_empty() && task.is_some_and(|task| task.token == token)
        };
        self.edit_if(ours, act);
    }

    /// The request could not be published after all.
    pub(in crate::engine) fn requeue(&mut self) {
        self.edit(|open| match &mut open.task {
            Some(task) if task.step == Step::Sent => task.step = Step::Due,
            _ => open.asked_at = None,
        });
    }

    pub(in crate::engine) fn handle_unsendable(&mut self, message: &str) {
        self.edit(|open| {
            // It cannot be asked for either, and is not asked for again.
            (open.asks, open.fresh) = (MAX_ASKS, true);
            open.refuse(400, message);
        });
    }

    /// The broker has the request.
    pub(in crate::engine) fn handle_acknowledged(&mut self, token: &str) {
        self.answer(Some(token), |open| {
            if let Some(task) = &mut open.task {
                task.cuts = 0;
            }
        });
    }

    /// The other side closed the connection, with the request fresh and unacknowledged.
    pub(in crate::engine) fn handle_cut(&mut self, token: &str) {
        self.answer(Some(token), |open| match &mut open.task {
            Some(task) if task.step == Step::Sent => task.cuts += 1,
            _ => {}
        });
    }

    /// The connection is gone, and with it perhaps an answer: the newest document tells.
    pub(in crate::engine) fn handle_lost(&mut self) {
        self.edit(|open| {
            (open.fresh, open.asked_at, open.asks) = (false, None, 0);
            if let Some(task) = &mut open.task {
                (task.step, task.until) = (Step::Due, None);
            }
        });
    }

    /// The service accepted the update with this token.
    pub(in crate::engine) fn handle_accepted(
        &mut self,
        token: Option<&str>,
        version: u64,
        at: UnixMillis,
    ) {
        self.answer(token, |open| open.finish_save(version, at));
    }

    /// The service refused the request with this token.
    pub(in crate::engine) fn handle_rejected(
        &mut self,
        token: Option<&str>,
        code: u16,
        message: &str,
        now: Now,
    ) {
        self.answer(token, |open| match &mut open.task {
            Some(task) if task.deletes() && code == NOT_FOUND => open.find_nothing(),
            Some(task) if !task.deletes() && code == CONFLICT && task.merged < MAX_MERGES => {
                task.not_before = now.instant + FIRST_WAIT * (1 << task.merged);
                task.merged += 1;
                task.step = Step::Due;
                (open.fresh, open.asked_at, open.asks) = (false, None, 0);
            }
            _ => open.refuse(code, message),
        });
    }

    /// The service refused to give a document.
    pub(in crate::engine) fn handle_refused(&mut self, id: ShadowId<'_>, code: u16, message: &str) {
        self.hear(id, |open| {
            if !open.fresh && open.task.is_some() {
                open.refuse(code, message);
            }
        });
    }
}

impl Open {
    /// Nothing is known of the shadow, and an answer may come at any time. Without a connection a save waits, and asks
    /// first; where nobody answers it says so.
    pub(super) fn is_asking(&self, ready: bool) -> bool {
        ready && !self.known && !self.fresh && self.asks < MAX_ASKS
    }

    pub(super) fn save(&mut self) {
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

    pub(super) fn delete(&mut self) {
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

    fn refuse(&mut self, code: u16, message: &str) {
        if self.task.take().is_some() {
            self.stage = EditorStage::Rejected {
                code,
                message: message.to_owned(),
            };
            self.flow();
        }
    }

    /// Whether something is to be asked for or to be sent.
    fn has_work(&self) -> bool {
        let due = |task: &Task| task.step == Step::Due;
        !self.fresh || self.task.as_ref().is_some_and(due)
    }

    fn poll_get(&mut self, now: Instant) -> Option<Request> {
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

    fn poll_task(&mut self, alone: bool, now: Instant) -> Option<Request> {
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
    fn finish_save(&mut self, version: u64, at: UnixMillis) {
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
    pub(super) fn settle(&mut self) {
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
    pub(super) fn give_up(&mut self, now: Instant) -> bool {
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
    pub(super) fn poll_timeout(&self, now: Instant) -> Option<Instant> {
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
