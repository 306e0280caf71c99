//! When memory is read and written: read once for each broker, written when something changed and not too often. Both
//! in pieces, so that nothing else waits long. It knows no storage, only the name of a place in it.

use std::collections::HashSet;
use std::time::Duration;

use bytes::Bytes;

use super::memory::{self, BLOCK, Writer};
use crate::auth::sigv4::sha256;
use crate::engine::Output;
use crate::engine::known::Known;
use crate::fleet::Slot;
use crate::time::{Instant, UnixMillis};

/// Between a person's act, or the first news, and the writing of it.
const SOON: Duration = Duration::from_millis(300);
const FIRST: Duration = Duration::from_secs(2);

/// Between two writings. Of more than 30,000 things a thousand for each second, so that a disk is not worn out.
const REST: Duration = Duration::from_secs(30);

/// Slots that are written at a time.
const PIECE: u32 = 2 * BLOCK as u32;

#[derive(Default)]
pub(super) struct Keeping {
    /// A name made from what identifies the broker. Empty before one was chosen.
    place: String,
    phase: Phase,
    writing: Option<Writing>,
    /// What the fleet had come to when it was written or read.
    saved: u64,
    /// When to write.
    due: Option<Instant>,
    rest_until: Option<Instant>,
}

#[derive(Default)]
enum Phase {
    /// There is no storage, or no broker.
    #[default]
    Nowhere,
    Asked,
    Reading {
        bytes: Bytes,
        at: usize,
    },
    Ready,
}

struct Writing {
    writer: Writer,
    next: u32,
}

impl Keeping {
    /// Turns to another broker, whose place it gives.
    pub(super) fn begin(&mut self, url: &str) -> String {
        let mut name = sha256(url.as_bytes());
        name.truncate(32);
        *self = Self {
            place: "things-".to_owned() + &name,
            phase: Phase::Asked,
            ..Self::default()
        };
        self.place.clone()
    }

    /// Whether names outlive the tab, as far as is known.
    pub(super) fn remembers(&self) -> bool {
        self.place.is_empty() || !matches!(self.phase, Phase::Nowhere)
    }

    /// None: the browser gives no storage, or it is full. Empty: nothing was kept yet.
    pub(super) fn handle_recalled(&mut self, place: &str, bytes: Option<Bytes>) {
        if place != self.place {
            return;
        }
        match bytes {
            None => {
                self.phase = Phase::Nowhere;
                (self.writing, self.due) = (None, None);
            }
            Some(bytes) if matches!(self.phase, Phase::Asked) => {
                self.phase = match memory::is_known(&bytes) {
                    true => Phase::Reading { bytes, at: 0 },
                    false => Phase::Ready,
                };
            }
            Some(_) => {}
        }
    }

    pub(super) fn is_busy(&self) -> bool {
        self.writing.is_some() || matches!(self.phase, Phase::Reading { .. })
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.due.filter(|_| matches!(self.phase, Phase::Ready))
    }

    /// Looks whether there is anything new to keep.
    pub(super) fn note(&mut self, known: &Known, now: Instant) {
        let news = known.fleet.revision() != self.saved;
        if news && self.due.is_none() && self.writing.is_none() {
            let rest = self.rest_until.unwrap_or(now + FIRST);
            self.due = Some(rest.max(now + SOON));
        }
    }

    /// A person did something that is to last: what is being written is out of date.
    pub(super) fn soon(&mut self, now: Instant) {
        self.writing = None;
        let soon = now + SOON;
        self.due = Some(self.due.map_or(soon, |due| due.min(soon)));
    }

    /// Works in a piece of what memory holds. False when nothing is left of it.
    pub(super) fn recall(&mut self, known: &mut Known, now: UnixMillis) -> bool {
        let Phase::Reading { bytes, at } = &mut self.phase else {
            return false;
        };
        if *at == 0 {
            known.fleet.reserve(memory::count(bytes));
        }
        let Some(things) = memory::read_block(bytes, at) else {
            self.phase = Phase::Ready;
            return false;
        };
        let before = known.fleet.revision();
        for thing in things {
            if known.fleet.is_full() && known.fleet.find(&thing.name).is_none() {
                break;
            }
            let Some(slot) = known.fleet.enter(&thing.name) else {
                continue;
            };
            known.fleet.recall(slot, &thing.past, now);
            let had_any = !thing.shadows.is_empty();
            known.past.recall(slot, thing.shadows);
            known.want_remembered(slot, had_any);
        }
        // What comes out of memory need not go back into it.
        self.saved += known.fleet.revision() - before;
        true
    }

    /// Writes a piece, once it is time; with the last one, all of it.
    pub(super) fn write(
        &mut self,
        known: &Known,
        forgotten: &HashSet<Slot>,
        now: Instant,
    ) -> Option<Output> {
        if !matches!(self.phase, Phase::Ready) {
            return None;
        }
        if self.writing.is_none() && self.due.is_some_and(|due| due <= now) {
            self.start(known);
        }
        let writing = self.writing.as_mut()?;
        if writing.push(known, forgotten, PIECE) {
            return None;
        }
        let rest = REST.max(Duration::from_millis(known.fleet.len().into()));
        self.rest_until = Some(now + rest);
        self.take()
    }

    /// Writes all that is new at once.
    pub(super) fn finish(
        &mut self,
        known: &mut Known,
        forgotten: &HashSet<Slot>,
        now: UnixMillis,
    ) -> Option<Output> {
        while self.recall(known, now) {}
        let news = known.fleet.revision() != self.saved || self.due.is_some();
        if !matches!(self.phase, Phase::Ready) || !news && self.writing.is_none() {
            return None;
        }
        self.start(known);
        self.writing.as_mut()?.push(known, forgotten, u32::MAX);
        self.take()
    }

    fn start(&mut self, known: &Known) {
        self.due = None;
        self.saved = known.fleet.revision();
        self.writing = Some(Writing {
            writer: Writer::new(),
            next: 0,
        });
    }

    fn take(&mut self) -> Option<Output> {
        let bytes = self.writing.take()?.writer.finish();
        Some(Output::Remember {
            place: self.place.clone(),
            bytes: bytes.into(),
        })
    }
}

impl Writing {
    /// False when that was the last of them.
    fn push(&mut self, known: &Known, forgotten: &HashSet<Slot>, slots: u32) -> bool {
        let end = known.fleet.len().min(self.next.saturating_add(slots));
        for slot in (self.next..end).map(Slot) {
            if known.fleet.is_gone(slot) || forgotten.contains(&slot) {
                continue;
            }
            let (name, past) = (known.fleet.name(slot), known.fleet.remembered(slot));
            self.writer.push(name, &past, &known.shadow_names(slot));
        }
        self.next = end;
        end < known.fleet.len()
    }
}
