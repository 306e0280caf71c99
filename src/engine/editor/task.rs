//! Saving and deleting: what goes out, when, and what its answers mean. It sends nothing itself.
//!
//! A save carries the version that it was merged with, so that it can neither overwrite what it has not seen nor be
//! carried out twice. Whatever makes that version old (a conflict, a lost connection) makes the newest document
//! wanted first, and the save is made anew from it: what was carried out already is found to stand.

mod steps;

use std::time::Duration;

use super::ShadowAddress;
use super::editing::{Editing, Open};
use crate::shadow::three_way::State;
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
