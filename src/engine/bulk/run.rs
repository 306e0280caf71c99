//! How a job goes on: what is handed over to be sent, what became of it, and when the next stage begins.
//!
//! It sends nothing itself: an item becomes a change like any other, and the job reads where that change stands.

use std::time::Duration;

use super::job::{ACCEPTED, Item, Job, LATE, LOST, SENT};
use super::{ItemStep, JobState};
use crate::engine::known::Known;
use crate::shadow::requests::{Change, Stage, Step};
use crate::shadow::value::Value;
use crate::time::{Now, UnixMillis};

/// Items that are looked at in one go at most, when they need not be sent at all.
const MAX_PASSED: usize = 1000;

/// How long nothing is concluded from the silence of the service: the link may be dead without anybody's knowledge.
const LINK_PATIENCE: Duration = Duration::from_secs(120);

/// The least of a list of waiting items that is looked at in one go; of a long list it is a quarter.
const MIN_SHARE: usize = 200;

impl Job {
    pub(super) fn start(&mut self, percents: &[u8], stop_percent: u8, now: Now) {
        self.cut(percents);
        self.stop_percent = stop_percent.min(100);
        self.state = match self.stages.first_mut() {
            Some(stage) => {
                stage.view.began = Some(now.wall);
                JobState::Running
            }
            None => JobState::Done,
        };
    }

    pub(super) fn pause(&mut self) {
        if self.state == JobState::Running {
            self.state = JobState::Paused;
        }
    }

    pub(super) fn resume(&mut self) {
        if matches!(self.state, JobState::Paused | JobState::StoppedByRefusals) {
            self.state = JobState::Running;
            if let Some(stage) = self.stages.get_mut(self.stage) {
                stage.forgiven = stage.view.rejected;
            }
        }
    }

    pub(super) fn stop(&mut self) {
        let may_go_on = JobState::StoppedByRefusals;
        if !self.is_over() || self.state == may_go_on {
            self.state = JobState::Stopped;
        }
    }

    /// Reads what became of what was sent: of all that waits for the service, and of a share of the rest.
    pub(super) fn follow(&mut self, known: &mut Known, now: Now) {
        for list in [SENT, ACCEPTED, LATE] {
            let all = self.flight[list].len();
            let share = match list {
                SENT => all,
                _ => all.min(MIN_SHARE.max(all / 4)),
            };
            for _ in 0..share {
                let Some(number) = self.flight[list].pop_front() else {
                    break;
                };
                self.follow_one(number as usize, known, now);
                let Some(item) = self.items.get(number as usize) else {
                    continue;
                };
                let lost = item.is_unheard() && self.is_lost(item, known);
                let next = if lost { Some(LOST) } else { list_of(item.step) };
                if let Some(next) = next {
                    self.flight[next].push_back(number);
                }
            }
        }
    }

    fn follow_one(&mut self, number: usize, known: &Known, now: Now) {
        let Some(item) = self.items.get(number) else {
            return;
        };
        let before = item.step;
        let field = self.field(item, &known.fleet);
        let change = known.requests.change(&field);
        let ours = change.filter(|change| change.wish == item.wish());
        let mut refusal = None;
        let step = match (ours, change) {
            (Some(change), _) => match &change.stage {
                Stage::Queued => return,
                Stage::Sent => ItemStep::Sent,
                Stage::Accepted { .. } => ItemStep::Accepted,
                Stage::Reported => ItemStep::Reported,
                Stage::Rejected { code, message } => {
                    refusal = Some((*code, &**message));
                    ItemStep::Rejected
                }
                Stage::TimedOut => ItemStep::TimedOut,
                Stage::Superseded { .. } => ItemStep::Superseded,
            },
            (None, Some(_)) => ItemStep::Superseded,
            (None, None) => self.settled(number, known),
        };
        let answers = matches!(
            step,
            ItemStep::Accepted | ItemStep::Reported | ItemStep::Rejected
        );
        if answers || ours.is_some_and(was_accepted) {
            self.note_answer(number);
        }
        if step != before {
            let at = ours.and_then(|change| reached(change, step));
            self.enter(number, step, at.unwrap_or(now.wall), refusal);
        }
    }

    /// Whether an update never arrived, because the link that it was sent on was dead. Asks for the document that
    /// tells.
    fn is_lost(&self, item: &Item, known: &mut Known) -> bool {
        if item.connection == known.shadows.connection() {
            return false;
        }
        let field = self.field(item, &known.fleet);
        let shadow = field.shadow.as_deref();
        if !known.shadows.is_heard(item.slot, shadow) {
            known.lookup.want_now((item.slot, shadow.map(Into::into)));
            return false;
        }
        let document = known.shadows.document(item.slot, shadow);
        let desired = document.and_then(|document| document.desired.leaf(&field.path));
        desired.map(|stated| &stated.value) == item.before.as_ref()
    }

    /// How a change ended that nobody remembers any more.
    fn settled(&self, number: usize, known: &Known) -> ItemStep {
        let Some(item) = self.items.get(number) else {
            return ItemStep::Superseded;
        };
        let field = self.field(item, &known.fleet);
        let document = known.shadows.document(item.slot, field.shadow.as_deref());
        let desired = document.and_then(|it| it.desired.leaf(&field.path));
        let reported = document.and_then(|it| it.reported.leaf(&field.path));
        let wish = item.after.as_ref();
        let stands = desired.map(|stated| &stated.value) == wish;
        let done = reported.map(|stated| &stated.value) == wish || wish.is_none();
        match (stands, done) {
            (true, true) => ItemStep::Reported,
            (true, false) => ItemStep::TimedOut,
            // Some devices take the wish away once they have done it.
            (false, true) if desired.is_none() => ItemStep::Reported,
            (false, _) => ItemStep::Superseded,
        }
    }

    /// Hands over as many as `budget` lets out, and gives their number.
    pub(super) fn hand_over(&mut self, known: &mut Known, budget: usize, now: Now) -> usize {
        let mut handed = 0;
        for _ in 0..MAX_PASSED {
            let end = self.stages.get(self.stage).map_or(0, |stage| stage.end);
            let more = self.next < end || !self.flight[LOST].is_empty();
            let running = self.state == JobState::Running && more;
            if !running || handed >= budget || self.is_refused(false) {
                break;
            }
            match self.hand_over_next(known, now) {
                Some(true) => handed += 1,
                Some(false) => {}
                None => break,
            }
        }
        handed
    }

    /// Whether the next item was handed over or passed by. None: its device is busy.
    fn hand_over_next(&mut self, known: &mut Known, now: Now) -> Option<bool> {
        let lost = self.flight[LOST].front().map(|number| *number as usize);
        let number = lost.unwrap_or(self.next);
        let slot = self.items.get(number)?.slot;
        let is_busy = |other: &u32| {
            let other = self.items.get(*other as usize);
            other.is_some_and(|other| other.slot == slot)
        };
        if self.flight[SENT].iter().any(is_busy) {
            return None;
        }
        let overtaken = self.is_overtaken(number, known);
        let item = self.items.get_mut(number)?;
        item.connection = known.shadows.connection();
        let wish = item.wish();
        let item = self.items.get(number)?;
        let field = self.field(item, &known.fleet);
        if !overtaken && !known.requests.desire(field, wish, now) {
            return None;
        }
        match lost {
            Some(_) => drop(self.flight[LOST].pop_front()),
            None => self.next += 1,
        }
        if overtaken {
            self.enter(number, ItemStep::Superseded, now.wall, None);
            return Some(false);
        }
        known.refresh(slot, now);
        self.flight[SENT].push_back(number as u32);
        self.pace.note(now.instant);
        self.last_send = Some(now);
        Some(true)
    }

    /// Whether somebody wished something else of it since it was captured: that stands.
    fn is_overtaken(&self, number: usize, known: &Known) -> bool {
        let Some(item) = self.items.get(number) else {
            return true;
        };
        let field = self.field(item, &known.fleet);
        if let Some(change) = known.requests.change(&field)
            && change.is_under_way()
            && change.wish != item.wish()
        {
            let wished = change.steps.first().map(|(_, at)| *at);
            return wished.is_some_and(|wished| wished > self.captured_at);
        }
        let document = known.shadows.document(item.slot, field.shadow.as_deref());
        let (true, Some(document)) = (item.known, document) else {
            return false;
        };
        let desired = document.desired.leaf(&field.path);
        let desired: Option<&Value> = desired.map(|stated| &stated.value);
        desired != item.before.as_ref() && desired != item.after.as_ref()
    }

    /// Ends stages that are done, begins the next ones, and stops when too many refuse.
    pub(super) fn progress(&mut self, known: &Known, now: Now) {
        if self.state == JobState::Running && self.is_refused(false) {
            self.state = JobState::StoppedByRefusals;
        }
        if self.state == JobState::Sent && self.flight[ACCEPTED].is_empty() {
            self.state = JobState::Done;
            self.end_stage(now);
        }
        let end = self.stages.get(self.stage).map_or(0, |stage| stage.end);
        let waits = self.next < end || self.sent() > 0 || !self.flight[LOST].is_empty();
        if self.state != JobState::Running || waits {
            return;
        }
        let sent = self.last_send.map_or(now.instant, |sent| sent.instant);
        if self.unheard > 0 && now.instant < sent + LINK_PATIENCE {
            return;
        }
        if self.stage + 1 == self.stages.len() {
            self.state = JobState::Sent;
            return self.progress(known, now);
        }
        // A device that is silent follows when it returns.
        let is_silent = |number: &u32| {
            let item = self.items.get(*number as usize);
            item.is_none_or(|item| known.fleet.is_silent(item.slot))
        };
        if self.flight[ACCEPTED].iter().all(is_silent) {
            self.begin_next_stage(now);
        }
    }

    fn begin_next_stage(&mut self, now: Now) {
        self.end_stage(now);
        let stage = self.stages.get(self.stage);
        let unheard = stage.is_some_and(|it| it.answered == 0) && self.unheard > 0;
        if self.is_refused(true) {
            self.state = JobState::StoppedByRefusals;
        } else if unheard {
            // The service answered nobody: to go on would be blind.
            self.state = JobState::Paused;
        }
        self.stage += 1;
        if let Some(stage) = self.stages.get_mut(self.stage) {
            stage.view.began = Some(now.wall);
        }
    }

    fn end_stage(&mut self, now: Now) {
        if let Some(stage) = self.stages.get_mut(self.stage) {
            stage.view.ended = Some(now.wall);
        }
    }

    /// Whether more of the present stage were refused than is allowed: of its devices, which is certain as soon as
    /// it is so, or `at_the_end` of those that were answered.
    fn is_refused(&self, at_the_end: bool) -> bool {
        self.stages.get(self.stage).is_some_and(|stage| {
            let refused = stage.view.rejected.saturating_sub(stage.forgiven);
            let all = match at_the_end {
                true => stage.answered.saturating_sub(stage.forgiven),
                false => stage.view.devices,
            };
            u64::from(refused) * 100 > u64::from(all) * u64::from(self.stop_percent)
        })
    }
}

fn list_of(step: ItemStep) -> Option<usize> {
    match step {
        ItemStep::Waiting | ItemStep::Sent => Some(SENT),
        ItemStep::Accepted => Some(ACCEPTED),
        ItemStep::TimedOut => Some(LATE),
        ItemStep::Already | ItemStep::Reported | ItemStep::Rejected | ItemStep::Superseded => None,
    }
}

fn was_accepted(change: &Change) -> bool {
    let accepted = |(step, _): &(Step, UnixMillis)| matches!(step, Step::Accepted(_));
    change.steps.iter().any(accepted)
}

/// When a change reached a step that leaves its time.
fn reached(change: &Change, step: ItemStep) -> Option<UnixMillis> {
    match step {
        ItemStep::Sent | ItemStep::Accepted | ItemStep::Reported => {
            change.steps.last().map(|(_, at)| *at)
        }
        _ => None,
    }
}
