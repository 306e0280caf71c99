//! Things that are known by name, though they may say nothing: remembered from earlier, entered, or read from a
//! registry. Their shadows are asked for, one by one.

mod asking;
mod entering;
mod keeping;
mod memory;
mod names;
mod past;
mod reading;
mod view;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::frame::DeviceState;
use super::known::Known;
use super::{Engine, Output};
use crate::engine::ask::{FetchAnswer, NoAnswer};
use crate::fleet::Slot;
use crate::time::{Instant, Now, UnixMillis};
use keeping::Keeping;
use names::Names;
use reading::{Reading, Said, failed};
use view::Shelf;

pub use names::{Refusal, Refused};
pub(super) use past::PastShadows;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ThingsCommand {
    /// Names that a person typed or pasted, in any number of lines.
    Add(String),
    /// Reads the names of the registry, where the other side has one that answers.
    ReadRegistry,
    /// Is not remembered any more. It stays listed while it speaks.
    Forget(String),
    ForgetAll,
    /// Lists and remembers again what was forgotten last.
    Undo,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ThingsRequest {
    pub search: String,
    pub only: ThingsChip,
    pub first: u32,
    pub rows: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThingsChip {
    #[default]
    All,
    /// Nothing was heard of them on this connection.
    Silent,
    /// Their shadow was asked for, and there is none.
    NoShadow,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ThingsView {
    pub things: u32,
    pub silent: u32,
    pub no_shadow: u32,
    /// Shadows that are still to be asked for.
    pub to_ask: u32,
    pub asking: AskState,
    /// Whether names outlive the tab: not where the browser gives no storage.
    pub remembers: bool,
    pub total: u32,
    pub first: u32,
    pub rows: Vec<ThingRow>,
    /// What came of the last names that were entered. It grows while they are read.
    pub added: Option<Added>,
    pub registry: Registry,
    /// How many things were forgotten last and can be had again.
    pub forgotten: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThingRow {
    pub name: String,
    pub state: DeviceState,
    /// None: never.
    pub last_seen: Option<UnixMillis>,
    /// On this connection.
    pub heard: bool,
    pub shadow: ShadowKnowledge,
    /// Named shadows that are known.
    pub named: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShadowKnowledge {
    /// Waits to be asked for.
    Waiting,
    Asked,
    Known {
        version: u64,
    },
    /// There is none.
    Absent,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Added {
    pub new: u32,
    pub known: u32,
    /// Texts that cannot be the name of a thing, at most 20, and how many there were.
    pub refused: Vec<Refused>,
    pub refused_total: u32,
    /// There was more than is read at once: a megabyte, 100,000 names.
    pub cut: bool,
}

/// How the asking for shadows goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AskState {
    /// There is no link.
    #[default]
    Paused,
    Going,
    /// Nobody answers: there may be no shadow service.
    NoAnswer,
    /// The broker closes the link on it.
    Refused,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Registry {
    #[default]
    Unread,
    Reading {
        found: u32,
    },
    Read {
        found: u32,
        new: u32,
    },
    /// This kind of broker has none.
    None,
    /// A page may not ask this address: neither secure nor this machine.
    OutOfReach,
    /// It did not answer, or what it said: status and AWS's name for the error.
    Failed {
        status: Option<u16>,
        error: String,
    },
}

/// Between two pieces of a long work: whatever else waits comes in between.
const BREATH: u64 = 4;

/// All that is known beside what messages taught.
#[derive(Default)]
pub(super) struct Things {
    keeping: Keeping,
    /// Entered names that are still to be read.
    names: Option<Names>,
    added: Option<Added>,
    reading: Option<Reading>,
    registry: Registry,
    /// Not to be remembered, though they may speak.
    forgotten: HashSet<Slot>,
    /// Those that were forgotten last.
    forgotten_last: Vec<Slot>,
    /// When the present or the last connection began.
    since: Option<UnixMillis>,
    shelf: Shelf,
    /// Before it no piece of work is done.
    next: Instant,
}

impl Things {
    /// Whether anything was heard of the thing itself on the present connection. Times of documents are whole seconds.
    fn is_heard(&self, known: &Known, slot: Slot) -> bool {
        let last_seen = known.fleet.last_seen(slot).0.saturating_add(1000);
        self.since.is_some_and(|since| last_seen > since.0)
    }

    pub(super) fn handle_connected(&mut self, now: UnixMillis) {
        self.since = Some(now);
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let busy = self.names.is_some() || self.keeping.is_busy();
        let deadlines = [
            busy.then_some(self.next),
            // Before [`Self::next`] nothing is written.
            self.keeping.poll_timeout().map(|due| due.max(self.next)),
            self.reading.as_ref().map(Reading::poll_timeout),
        ];
        deadlines.into_iter().flatten().min()
    }

    /// Does one piece of what there is to do.
    fn work(&mut self, known: &mut Known, now: Now) -> Option<Output> {
        self.keeping.note(known, now.instant);
        if now.instant < self.next {
            return None;
        }
        self.next = Instant(now.instant.0 + BREATH);
        if self.keeping.recall(known, now.wall) || self.enter_some(known, now.instant) {
            return None;
        }
        self.keeping.write(known, &self.forgotten, now.instant)
    }
}

impl Engine {
    pub(super) fn handle_things(&mut self, command: ThingsCommand, now: Now) {
        let Self { things, known, .. } = self;
        match command {
            ThingsCommand::Add(text) => things.add(text, known, now.instant),
            ThingsCommand::ReadRegistry => {
                if things.reading.is_none() {
                    things.reading = Some(Reading::new(now.instant));
                    things.registry = Registry::Reading { found: 0 };
                }
            }
            ThingsCommand::Forget(name) => {
                let slot = known.fleet.find(&name);
                things.forget(slot.into_iter().collect(), known, now.instant);
            }
            ThingsCommand::ForgetAll => {
                let listed = known.fleet.slots();
                let listed = listed.filter(|slot| !known.fleet.is_gone(*slot)).collect();
                things.forget(listed, known, now.instant);
            }
            ThingsCommand::Undo => things.undo(known, now.instant),
        }
    }

    /// What is known of another broker is asked of memory; what was known of the one before is kept.
    pub(super) fn turn_things_to(&mut self, url: &str, now: Now) {
        self.keep_things(now);
        self.things = Things::default();
        let place = self.things.keeping.begin(url);
        self.questions.push_back(Output::Recall { place });
    }

    /// Keeps what has changed, at once: the page may be about to go.
    pub(super) fn keep_things(&mut self, now: Now) {
        let Self { things, known, .. } = self;
        let kept = things.keeping.finish(known, &things.forgotten, now.wall);
        self.questions.extend(kept);
    }

    pub(super) fn handle_recalled(&mut self, place: &str, bytes: Option<bytes::Bytes>) {
        self.things.keeping.handle_recalled(place, bytes);
    }

    /// Goes on with all that takes its time.
    pub(super) fn advance_things(&mut self, now: Now) {
        let kept = self.things.work(&mut self.known, now);
        self.questions.extend(kept);
        self.read_registry(now);
    }

    fn read_registry(&mut self, now: Now) {
        let (Some(reading), Some(link)) = (&mut self.things.reading, &self.link) else {
            return;
        };
        if reading.is_late(now.instant) {
            return self.end_reading(failed(None, String::new()));
        }
        let Some(page) = reading.due(now.instant) else {
            return;
        };
        match link.list_things(page, now) {
            Ok(question) => {
                self.asked_so_far += 1;
                let id = self.asked_so_far;
                reading.asked(id, now.instant);
                let fetch = question.into();
                self.questions.push_back(Output::Fetch { id, fetch });
            }
            Err(why) => self.end_reading(why),
        }
    }

    fn end_reading(&mut self, how: Registry) {
        self.things.reading = None;
        self.things.registry = how;
    }

    pub(super) fn handle_page(
        &mut self,
        id: u32,
        answer: &Result<FetchAnswer, NoAnswer>,
        now: Now,
    ) {
        let Some(reading) = &mut self.things.reading else {
            return;
        };
        match reading.handle_answer(id, answer, now.instant) {
            Said::Nothing => {}
            Said::Failed(how) => self.end_reading(how),
            Said::Names { names, last } => {
                let end = self.things.take_page(&names, &mut self.known, now.instant);
                match end {
                    Some(end) if last => self.end_reading(end),
                    _ => {}
                }
            }
        }
    }
}
