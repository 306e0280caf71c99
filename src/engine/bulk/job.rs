//! One job: its items, where each of them stands, and the counters that are kept as they move.

use std::collections::VecDeque;

use super::capture::Plan;
use super::{BulkWish, ItemStep, JobState, StageView};
use crate::engine::command::FieldAddress;
use crate::engine::pace::Pace;
use crate::fleet::{Fleet, Slot};
use crate::shadow::value::Value;
use crate::time::{Now, UnixMillis};

/// Different refusals that are told apart, and characters of each that are kept.
const MAX_REFUSALS: usize = 50;
const MAX_WORDS: usize = 300;

/// Items that wait for the service, that wait for the device, that gave up waiting but still listen, and that got lost
/// with a link and have to be sent once more.
pub(super) const SENT: usize = 0;
pub(super) const ACCEPTED: usize = 1;
pub(super) const LATE: usize = 2;
pub(super) const LOST: usize = 3;

pub(super) struct Job {
    pub(super) id: u32,
    pub(super) what: BulkWish,
    pub(super) places: Vec<Place>,
    pub(super) captured_at: UnixMillis,
    pub(super) state: JobState,
    /// Those that change, in the order of sending, and then those that are left alone.
    pub(super) items: Vec<Item>,
    pub(super) changing: usize,
    pub(super) silent: u32,
    pub(super) stages: Vec<StageCount>,
    /// The present one of [`Self::stages`], and the next item to send.
    pub(super) stage: usize,
    pub(super) next: usize,
    pub(super) stop_percent: u8,
    /// Places of items by [`SENT`], [`ACCEPTED`], [`LATE`] and [`LOST`].
    pub(super) flight: [VecDeque<u32>; 4],
    /// How many timed out without a word of the service.
    pub(super) unheard: u32,
    pub(super) refusals: Vec<Refusal>,
    pub(super) pace: Pace,
    pub(super) undoes: Option<u32>,
    pub(super) last_send: Option<Now>,
    pub(super) undone: bool,
    /// How many items are [`Item::undoable`], and the next one to look over.
    pub(super) undoable: u32,
    pub(super) looked_at: usize,
}

/// Which leaf of which shadow.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) shadow: Option<String>,
    pub(super) path: Vec<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) slot: Slot,
    pub(super) place: u32,
    /// Whether the shadow was known when it was captured.
    pub(super) known: bool,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
    pub(super) step: ItemStep,
    /// Its place in [`Job::stages`].
    pub(super) stage: u8,
    /// The service said something about it.
    pub(super) answered: bool,
    /// On which connection it was sent.
    pub(super) connection: u32,
    /// An undo would set it back.
    pub(super) undoable: bool,
    pub(super) at: Option<UnixMillis>,
    /// Its place in [`Job::refusals`].
    pub(super) refusal: u8,
}

#[derive(Debug, Default)]
pub(super) struct StageCount {
    pub(super) view: StageView,
    /// The place after its last item.
    pub(super) end: usize,
    pub(super) answered: u32,
    /// Refusals before a person let it go on.
    pub(super) forgiven: u32,
}

#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: u16,
    pub(super) words: String,
    pub(super) number: u32,
}

impl Item {
    pub(super) fn new(
        slot: Slot,
        place: u32,
        known: bool,
        before: Option<Value>,
        after: Option<Value>,
    ) -> Self {
        let already = before == after;
        Self {
            slot,
            place,
            known,
            step: match already {
                true => ItemStep::Already,
                false => ItemStep::Waiting,
            },
            before,
            after,
            stage: 0,
            answered: false,
            connection: 0,
            undoable: false,
            at: None,
            refusal: 0,
        }
    }

    /// It timed out without a word of the service.
    pub(super) fn is_unheard(&self) -> bool {
        self.step == ItemStep::TimedOut && !self.answered
    }

    pub(super) fn changes(&self) -> bool {
        self.step != ItemStep::Already
    }

    /// What is asked of the service.
    pub(super) fn wish(&self) -> Value {
        self.after.clone().unwrap_or(Value::Null)
    }
}

impl Job {
    pub(super) fn new(id: u32, plan: Plan, now: UnixMillis) -> Self {
        let mut job = Self {
            id,
            what: plan.what,
            places: plan.places,
            captured_at: now,
            state: JobState::Prepared,
            items: plan.items,
            changing: plan.changing,
            silent: plan.silent,
            stages: Vec::new(),
            stage: 0,
            next: 0,
            stop_percent: 0,
            flight: Default::default(),
            unheard: 0,
            refusals: Vec::new(),
            pace: Pace::default(),
            undoes: None,
            last_send: None,
            undone: false,
            undoable: 0,
            looked_at: 0,
        };
        job.cut(&super::STAGES);
        job
    }

    /// Divides the items into stages by cumulative shares; a stage that adds nobody is left out.
    pub(super) fn cut(&mut self, percents: &[u8]) {
        self.stages.clear();
        let mut begin = 0;
        for percent in percents {
            let end = (self.changing * usize::from(*percent)).div_ceil(100);
            let Some(items) = self.items.get_mut(begin..end).filter(|it| !it.is_empty()) else {
                continue;
            };
            items
                .iter_mut()
                .for_each(|item| item.stage = self.stages.len() as u8);
            let devices = items.len() as u32;
            let view = StageView {
                percent: *percent,
                devices,
                waiting: devices,
                ..StageView::default()
            };
            self.stages.push(StageCount {
                view,
                end,
                ..StageCount::default()
            });
            begin = end;
        }
    }

    pub(super) fn field(&self, item: &Item, fleet: &Fleet) -> FieldAddress {
        let place = self.places.get(item.place as usize);
        FieldAddress {
            device: fleet.name(item.slot).to_owned(),
            shadow: place.and_then(|place| place.shadow.clone()),
            path: place.map(|place| place.path.clone()).unwrap_or_default(),
        }
    }

    /// Nothing more is sent of it.
    pub(super) fn is_over(&self) -> bool {
        !matches!(self.state, JobState::Running | JobState::Paused)
    }

    pub(super) fn sent(&self) -> usize {
        self.flight[SENT].len()
    }

    /// Whether it waits for anybody.
    pub(super) fn is_awaited(&self) -> bool {
        let awaited = [SENT, ACCEPTED, LATE];
        awaited.iter().any(|list| !self.flight[*list].is_empty())
    }

    /// Whether the next step may come at any time.
    pub(super) fn hurries(&self) -> bool {
        self.state == JobState::Running || self.sent() > 0
    }

    /// Moves an item to a step and counts.
    pub(super) fn enter(
        &mut self,
        number: usize,
        step: ItemStep,
        at: UnixMillis,
        refusal: Option<(u16, &str)>,
    ) {
        let Some(item) = self.items.get(number) else {
            return;
        };
        let (before, was_undoable) = (item.step, item.undoable);
        let was_unheard = item.is_unheard();
        let refusal = refusal.map_or(0, |(code, words)| self.refusal(code, words));
        let Some(item) = self.items.get_mut(number) else {
            return;
        };
        item.step = step;
        item.at = Some(at);
        item.refusal = refusal;
        // Until it is looked over: somebody else may have changed it meanwhile.
        item.undoable = item.known && !matches!(step, ItemStep::Rejected | ItemStep::Superseded);
        self.undoable -= u32::from(was_undoable);
        self.undoable += u32::from(item.undoable);
        self.unheard -= u32::from(was_unheard);
        self.unheard += u32::from(item.is_unheard());
        if let Some(stage) = self.stages.get_mut(usize::from(item.stage)) {
            stage.count(before, -1);
            stage.count(step, 1);
        }
    }

    pub(super) fn note_answer(&mut self, number: usize) {
        if let Some(item) = self.items.get_mut(number)
            && !item.answered
        {
            self.unheard -= u32::from(item.is_unheard());
            item.answered = true;
        } else {
            return;
        }
        if let Some(item) = self.items.get(number)
            && let Some(stage) = self.stages.get_mut(usize::from(item.stage))
        {
            stage.answered += 1;
        }
    }

    fn refusal(&mut self, code: u16, words: &str) -> u8 {
        let end = words.char_indices().nth(MAX_WORDS);
        let words = &words[..end.map_or(words.len(), |(end, _)| end)];
        let same = |it: &Refusal| it.code == code && it.words == words;
        let full = self.refusals.len() >= MAX_REFUSALS;
        let place = self.refusals.iter().position(same);
        let place = place.or_else(|| full.then_some(MAX_REFUSALS - 1));
        let place = place.unwrap_or(self.refusals.len());
        match self.refusals.get_mut(place) {
            Some(refusal) => refusal.number += 1,
            None => self.refusals.push(Refusal {
                code,
                words: words.to_owned(),
                number: 1,
            }),
        }
        place as u8
    }
}

impl StageCount {
    fn count(&mut self, step: ItemStep, change: i32) {
        let view = &mut self.view;
        let counter = match step {
            ItemStep::Already => return,
            ItemStep::Waiting => &mut view.waiting,
            ItemStep::Sent => &mut view.sent,
            ItemStep::Accepted => &mut view.accepted,
            ItemStep::Reported => &mut view.reported,
            ItemStep::Rejected => &mut view.rejected,
            ItemStep::TimedOut => &mut view.timed_out,
            ItemStep::Superseded => &mut view.superseded,
        };
        *counter = counter.saturating_add_signed(change);
    }
}
