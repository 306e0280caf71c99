//! The rules of the other side: read, watched and changed over its API, one call at a time. It knows what to ask next
//! and what the answer means; it sends nothing.

mod answering;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::answers::Listed;
use super::written::Written;
use super::{RuleCounters, RuleDraft, RuleState, RulesSource};
use crate::auth::rules::RulesCall;
use crate::engine::ask::{FetchAnswer, NoAnswer};
use crate::rules::definition::is_name;
use crate::time::{Instant, Now, UnixMillis};

/// Between two looks at counters; at the list, where there are none; and at one who does not answer.
const COUNTERS_EVERY: Duration = Duration::from_secs(2);
const LIST_EVERY: Duration = Duration::from_secs(30);
const AGAIN: Duration = Duration::from_secs(5);

/// How long a definition is taken for true. A change of its SQL is seen sooner, by the counters.
const FRESH: Duration = Duration::from_secs(30);

/// The host gives up after ten seconds by itself.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a rule is shown as failing after a failure for good.
const FAILING: Duration = Duration::from_secs(30);

/// Changes that wait for each other, and rules that are known.
const MAX_WRITES: usize = 16;
const MAX_RULES: usize = 1_000;

#[derive(Default)]
pub(super) struct Remote {
    source: RulesSource,
    way: Way,
    rules: BTreeMap<String, Known>,
    /// When the counters or the list are to be read. None: nobody looks.
    due: Option<Instant>,
    /// Pages of the list so far, and the token of the next one.
    pages: Vec<Listed>,
    token: Option<String>,
    writes: VecDeque<Write>,
    flight: Option<Flight>,
    refused: Option<(String, u16, String)>,
    /// When the rules were told last.
    as_of: Option<UnixMillis>,
}

/// How it tells its rules.
#[derive(Clone, Copy, Default, PartialEq)]
enum Way {
    #[default]
    Unknown,
    Counters,
    List,
}

#[derive(Default)]
pub(super) struct Known {
    pub(super) listed: Listed,
    pub(super) written: Option<Written>,
    /// When the definition is to be read again.
    stale_at: Instant,
    /// Why it could not be read: code and words.
    pub(super) unreadable: Option<(u16, String)>,
    failing_until: Instant,
}

enum Write {
    Save { draft: RuleDraft, live: bool },
    Enable { name: String, on: bool },
    Delete(String),
}

struct Flight {
    id: u32,
    what: What,
    until: Instant,
}

enum What {
    Counters,
    List,
    Rule(String),
    /// The first of [`Remote::writes`], and what it saves.
    Write(Option<Written>),
}

/// What came true.
pub(super) enum Done {
    Saved(RuleDraft),
    Deleted(String),
}

impl Write {
    fn name(&self) -> &str {
        match self {
            Self::Save { draft, .. } => &draft.name,
            Self::Enable { name, .. } | Self::Delete(name) => name,
        }
    }
}

impl Known {
    pub(super) fn counters(&self) -> Option<&RuleCounters> {
        self.listed.counters.as_ref()
    }

    pub(super) fn state(&self, now: Instant) -> RuleState {
        let retrying = self.counters().is_some_and(|it| it.retrying > 0);
        match self.listed.disabled {
            true => RuleState::Paused,
            false if retrying || now < self.failing_until => RuleState::Failing,
            false => RuleState::Live,
        }
    }
}

impl Remote {
    pub(super) fn source(&self) -> &RulesSource {
        &self.source
    }

    pub(super) fn find(&self, name: &str) -> Option<&Known> {
        self.rules.get(name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.rules.keys()
    }

    pub(super) fn refused(&self) -> Option<&(String, u16, String)> {
        self.refused.as_ref()
    }

    pub(super) fn as_of(&self) -> Option<UnixMillis> {
        self.as_of
    }

    pub(super) fn dismiss(&mut self) {
        self.refused = None;
    }

    pub(super) fn is_busy(&self) -> bool {
        !self.writes.is_empty()
    }

    /// Reads everything anew.
    pub(super) fn read(&mut self, now: Instant) {
        self.way = Way::Unknown;
        self.due = Some(now);
        self.rules.values_mut().for_each(|it| it.stale_at = now);
        if !matches!(self.source, RulesSource::Here { .. }) {
            self.source = RulesSource::Asking;
        }
    }

    /// Somebody looks: it is read from time to time.
    pub(super) fn look(&mut self, now: Instant) {
        match self.source {
            RulesSource::Unknown => self.read(now),
            RulesSource::None | RulesSource::Refused(..) => {}
            _ if self.is_listing() => {}
            _ => {
                self.due.get_or_insert(now);
            }
        }
    }

    /// Nobody looks any more. What a person wanted done is done nevertheless.
    pub(super) fn rest(&mut self) {
        self.due = None;
    }

    fn is_listing(&self) -> bool {
        let flight = self.flight.as_ref();
        flight.is_some_and(|it| matches!(it.what, What::Counters | What::List))
    }

    pub(super) fn save(&mut self, draft: RuleDraft, live: bool) {
        self.write(Write::Save { draft, live });
    }

    pub(super) fn enable(&mut self, name: String, on: bool) {
        self.write(Write::Enable { name, on });
    }

    pub(super) fn delete(&mut self, name: String) {
        self.write(Write::Delete(name));
    }

    fn write(&mut self, write: Write) {
        if self.writes.len() < MAX_WRITES && is_name(write.name()) {
            self.refused = None;
            self.writes.push_back(write);
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        match &self.flight {
            Some(flight) => Some(flight.until),
            None => self.due,
        }
    }

    /// The next call, if there is one to make. `wanted`: rules whose definitions are looked at. `is_aws`: it has no
    /// counters.
    pub(super) fn poll_call<'a>(
        &mut self,
        wanted: impl Iterator<Item = &'a str>,
        is_aws: bool,
        now: Instant,
    ) -> Option<RulesCall> {
        if self.flight.is_some() {
            return None;
        }
        let (what, call) = self
            .next_write(now)
            .or_else(|| self.next_list(is_aws, now))
            .or_else(|| self.next_rule(wanted, now))?;
        self.flight = Some(Flight {
            id: 0,
            what,
            until: now + PATIENCE,
        });
        Some(call)
    }

    /// The call that was just given went out under this number. None: nobody may be asked.
    pub(super) fn asked(&mut self, id: Option<u32>, now: Instant) {
        match (id, &mut self.flight) {
            (Some(id), Some(flight)) => flight.id = id,
            // That may change: keys may still be on their way.
            _ => {
                let waiting = self.writes.front().map(Write::name);
                let refused = waiting.map(|name| (name.to_owned(), 0, String::new()));
                *self = Self {
                    source: RulesSource::None,
                    due: Some(now + AGAIN),
                    refused: refused.or_else(|| self.refused.take()),
                    ..Self::default()
                }
            }
        }
    }

    fn next_write(&self, now: Instant) -> Option<(What, RulesCall)> {
        let write = self.writes.front()?;
        let name = write.name().to_owned();
        let known = self.rules.get(&name);
        Some(match write {
            Write::Enable { on, .. } => (What::Write(None), RulesCall::Enable(name, *on)),
            Write::Delete(_) => (What::Write(None), RulesCall::Delete(name)),
            Write::Save { draft, live } => {
                let before = known.map(|known| (&known.written, known.stale_at <= now));
                match before {
                    // What it holds beside the draft is to stay.
                    Some((None, _) | (_, true)) => rule(name),
                    Some((Some(before), _)) => {
                        let written = before.clone().with(draft, *live);
                        let call = RulesCall::Replace(name, written.to_json());
                        (What::Write(Some(written)), call)
                    }
                    None => {
                        let written = Written::new().with(draft, *live);
                        let call = RulesCall::Create(name, written.to_json());
                        (What::Write(Some(written)), call)
                    }
                }
            }
        })
    }

    fn next_list(&mut self, is_aws: bool, now: Instant) -> Option<(What, RulesCall)> {
        self.due.take_if(|due| *due <= now)?;
        if is_aws {
            self.way = Way::List;
        }
        Some(match self.way {
            Way::List => (What::List, RulesCall::List(self.token.clone())),
            Way::Unknown | Way::Counters => (What::Counters, RulesCall::Counters),
        })
    }

    fn next_rule<'a>(
        &self,
        mut wanted: impl Iterator<Item = &'a str>,
        now: Instant,
    ) -> Option<(What, RulesCall)> {
        let is_due = |name: &&str| {
            let known = self.rules.get(*name);
            known.is_some_and(|known| known.stale_at <= now)
        };
        wanted.find(is_due).map(|name| rule(name.to_owned()))
    }

    /// Gives up what was not answered.
    pub(super) fn handle_timeout(&mut self, now: Now) -> Option<Done> {
        let flight = self.flight.as_ref()?;
        let id = flight.id;
        (flight.until <= now.instant).then(|| self.handle_answer(id, &Err(NoAnswer), now))?
    }

    pub(super) fn handle_answer(
        &mut self,
        id: u32,
        answer: &Result<FetchAnswer, NoAnswer>,
        now: Now,
    ) -> Option<Done> {
        let flight = self.flight.take_if(|flight| flight.id == id)?;
        match flight.what {
            What::Counters => self.take_counters(answer, now),
            What::List => self.take_list(answer, now),
            What::Rule(name) => self.take_rule(&name, answer, now.instant),
            What::Write(written) => return self.take_written(written, answer, now.instant),
        }
        None
    }
}

fn rule(name: String) -> (What, RulesCall) {
    (What::Rule(name.clone()), RulesCall::Rule(name))
}
