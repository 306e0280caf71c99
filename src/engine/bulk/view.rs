//! A job and its devices, as a page shows them.

use std::cmp::Reverse;

use super::job::{Item, Job};
use super::{ItemStep, JobRequest, JobRow, JobRows, JobView};
use crate::engine::known::Known;
use crate::engine::panel::view_of;
use crate::mqtt::limits::MAX_PUBLISHES_PER_SECOND;
use crate::time::Now;

impl Job {
    pub(super) fn view(&self, now: Now) -> JobView {
        let common = match &self.places[..] {
            [place] => Some(place),
            _ => None,
        };
        let answered: u32 = self.stages.iter().map(|stage| stage.answered).sum();
        let rejected: u32 = self.stages.iter().map(|it| it.view.rejected).sum();
        let permille = (u64::from(rejected) * 1000).checked_div(answered.into());
        let undo_until = self.undo_until(now);
        let mut rejections: Vec<_> = self
            .refusals
            .iter()
            .map(|it| (it.code, it.words.clone(), it.number))
            .collect();
        rejections.sort_by_key(|(_, _, number)| Reverse(*number));
        JobView {
            id: self.id,
            what: self.what.clone(),
            path: common.map(|place| place.path.clone()),
            shadow: common.and_then(|place| place.shadow.clone()),
            captured_at: self.captured_at,
            state: self.state,
            devices: self.items.len() as u32,
            will_change: self.changing as u32,
            already: (self.items.len() - self.changing) as u32,
            silent: self.silent,
            stages: self.stages.iter().map(|stage| stage.view).collect(),
            stop_percent: self.stop_percent,
            rejected_permille: permille.unwrap_or(0) as u32,
            rejections,
            requests_per_second: self.pace.recent(now.instant) as u32,
            request_limit: MAX_PUBLISHES_PER_SECOND as u32,
            undoable: undo_until.map_or(0, |_| self.undoable),
            undo_until,
            undoes: self.undoes,
        }
    }

    pub(super) fn rows(&self, request: &JobRequest, known: &Known) -> JobRows {
        let fits = |item: &&Item| request.step.is_none_or(|step| step == item.step);
        let (first, rows) = (request.first as usize, request.rows as usize);
        let total = match request.step {
            None => self.items.len(),
            Some(_) => self.items.iter().filter(fits).count(),
        };
        let shown = self.items.iter().filter(fits).skip(first).take(rows);
        JobRows {
            job: self.id,
            total: total as u32,
            first: first.min(total) as u32,
            rows: shown.map(|item| self.row(item, known)).collect(),
        }
    }

    fn row(&self, item: &Item, known: &Known) -> JobRow {
        let field = self.field(item, &known.fleet);
        let document = known.shadows.document(item.slot, field.shadow.as_deref());
        let reported = document.and_then(|document| document.reported.leaf(&field.path));
        let stage = self.stages.get(usize::from(item.stage));
        let refusal = self.refusals.get(usize::from(item.refusal));
        let refusal = refusal.filter(|_| item.step == ItemStep::Rejected);
        JobRow {
            state: known.fleet.state(item.slot),
            reported: reported.map(|stated| view_of(&stated.value)),
            before: item.before.as_ref().map(view_of),
            after: item.after.as_ref().map(view_of),
            step: item.step,
            stage: match (item.step, stage) {
                (ItemStep::Already, _) | (_, None) => 0,
                (_, Some(stage)) => stage.view.percent,
            },
            at: item.at,
            code: refusal.map(|refusal| refusal.code),
            message: refusal.map(|refusal| refusal.words.clone()),
            field,
        }
    }
}
