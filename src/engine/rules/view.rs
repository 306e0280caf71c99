//! The page of rules as it is shown: what was entered, what the other side has, and what the trial says so far.

use super::Rules;
use super::dry::{Trial, device_of, incoming, target};
use super::heard::heard;
use super::hints::Fix;
use super::judged::Judged;
use super::layout::{cut, shown};
use super::written::Written;
use super::{
    ActionCounters, DryClose, DryRow, DryRun, DrySpan, FaultPlace, Heard, RuleAction, RuleDraft,
    RuleFault, RuleProblem, RuleRow, RuleState, RuleView, RulesRequest,
};
use crate::location::pattern::TopicPattern;
use crate::rules::Sql;
use crate::time::Now;

/// Rows of a dry run, bytes of a value in one, and bytes of a text that is looked at closely.
const MAX_ROWS: usize = 200;
const MAX_VALUE: usize = 200;
const MAX_CLOSE: usize = 8 * 1024;

/// What a dry run was made of: another one of the same is equal to it.
#[derive(PartialEq)]
pub(super) struct TriedOf {
    revision: u64,
    first: u32,
    rows: u32,
    close: Option<u64>,
    actions: Vec<RuleAction>,
}

impl Rules {
    /// By name; drafts among them.
    pub(super) fn rows(&self, now: Now) -> Vec<RuleRow> {
        let mut names: Vec<&String> = self.remote.names().chain(self.drafts.names()).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(|name| self.row(name, now)).collect()
    }

    fn row(&self, name: &str, now: Now) -> RuleRow {
        let known = self.remote.find(name);
        let edited = match (known, self.drafts.find(name)) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(known), Some(draft)) => {
                let written = known.written.as_ref();
                written.is_none_or(|written| written.draft(name) != *draft)
            }
        };
        RuleRow {
            name: name.to_owned(),
            state: known.map_or(RuleState::Draft, |known| known.state(now.instant)),
            edited,
            counters: known.and_then(|known| known.counters().cloned()),
        }
    }

    /// What is entered, or else what the other side has; and the latter.
    pub(super) fn open(&self, name: &str) -> Option<(RuleDraft, Option<&Written>)> {
        let written = self.remote.find(name).and_then(|it| it.written.as_ref());
        let draft = self.drafts.find(name).cloned();
        let draft = draft.or_else(|| written.map(|written| written.draft(name)));
        draft.map(|draft| (draft, written))
    }

    pub(super) fn rule_view(
        &mut self,
        name: &str,
        request: &RulesRequest,
        patterns: &[TopicPattern],
        now: Now,
    ) -> Option<RuleView> {
        let judged = self.judged.take();
        let (draft, written) = self.open(name)?;
        let judged = judged.filter(|judged| judged.is_of(&draft, written));
        let judged = judged.unwrap_or_else(|| Judged::new(&draft, written));
        let foreign_error = written.and_then(Written::foreign_error);
        let foreign_error = foreign_error.filter(|_| draft.error_action.is_none());
        let foreign_actions = written.map(Written::foreign).unwrap_or_default();
        let counters = self.counters(&draft, written);
        match &judged.sql {
            Ok(sql) if !draft.sql.trim().is_empty() => {
                self.try_out(&draft.sql, sql, request.span, now);
            }
            _ => self.trial = None,
        }
        let fixes = self.trial.as_ref().map(Trial::fixes).unwrap_or_default();
        let warnings = fixes.iter().map(warning);
        let dry = self.dry_view(&draft, request, patterns);
        let view = RuleView {
            marks: judged.marks.clone(),
            row: self.row(name, now),
            faults: judged.faults.iter().cloned().chain(warnings).collect(),
            foreign_actions,
            dry,
            draft,
            counters,
            version: judged.version.name().to_owned(),
            foreign_error,
            needs_zones: judged.needs_zones,
            needs_origin: judged.needs_origin,
            payload: judged.payload.clone(),
        };
        self.judged = Some(judged);
        Some(view)
    }

    /// Of the actions as they are entered, where the other side has them so.
    fn counters(
        &self,
        draft: &RuleDraft,
        written: Option<&Written>,
    ) -> Vec<Option<ActionCounters>> {
        let known = self.remote.find(&draft.name);
        let counters = known.and_then(|known| known.counters());
        match (written, counters) {
            (Some(written), Some(counters)) => written.align(&counters.actions, draft),
            _ => vec![None; draft.actions.len() + usize::from(draft.error_action.is_some())],
        }
    }

    fn try_out(&mut self, text: &str, sql: &Sql, span: DrySpan, now: Now) {
        let trial = self.trial.as_ref();
        let (version, is_heard) = (sql.version(), self.heard(sql) == Heard::All);
        if !trial.is_some_and(|trial| trial.is_of(text, version, span, is_heard)) {
            let sql = sql.clone();
            let trial = Trial::new(text, version, sql, span, is_heard, &self.messages, now);
            self.trial = Some(trial);
            self.tried = None;
        }
    }

    /// Made anew only where something of it changed: a page asks thirty times a second.
    fn dry_view(
        &mut self,
        draft: &RuleDraft,
        request: &RulesRequest,
        patterns: &[TopicPattern],
    ) -> Option<DryRun> {
        let trial = self.trial.as_ref()?;
        let of = TriedOf {
            revision: trial.revision(),
            first: request.first,
            rows: request.rows,
            close: request.close,
            actions: draft.actions.clone(),
        };
        let heard = self.heard(trial.entered());
        let before = self.tried.take_if(|(before, _)| *before == of);
        let dry = match before {
            Some((_, dry)) => DryRun { heard, ..dry },
            None => DryRun {
                heard,
                ..self.dry_run(trial, draft, request, patterns)
            },
        };
        self.tried = Some((of, dry.clone()));
        Some(dry)
    }

    fn dry_run(
        &self,
        trial: &Trial,
        draft: &RuleDraft,
        request: &RulesRequest,
        patterns: &[TopicPattern],
    ) -> DryRun {
        let messages = &self.messages;
        let (run, sums) = (trial.run(), trial.sums());
        let (from, until) = trial.span();
        let (first, rows) = (request.first as usize, request.rows as usize);
        let numbers = run.fired().skip(first).take(rows.min(MAX_ROWS));
        let rows = numbers.filter_map(|number| {
            let message = messages.get(number)?;
            let of = incoming(number, &message);
            let action = draft.actions.first();
            let target = action.map(|action| target(action, run.sql(), &of));
            Some(DryRow {
                number,
                at: message.at,
                device: device_of(patterns, message.topic).into_owned(),
                target: cut(target.unwrap_or_default(), MAX_VALUE),
                value: cut(run.value(&message), MAX_VALUE),
            })
        });
        DryRun {
            rows: rows.collect(),
            done: sums.done,
            messages: sums.messages,
            devices: sums.devices,
            matched: sums.matched,
            fired: sums.fired,
            repaired: repairs(&draft.sql, &trial.taken()),
            from,
            until,
            bars: run.bars(messages, (from, until)),
            not_kept: messages.missed_since(run.first()),
            column: run.column().to_owned(),
            first: request.first,
            close: (request.close).and_then(|number| self.close(number, draft, trial)),
            heard: Heard::Nothing,
        }
    }

    fn heard(&self, sql: &Sql) -> Heard {
        let filters = self.filters.iter().map(|filter| filter.as_str());
        sql.filter()
            .map_or(Heard::Nothing, |from| heard(from.as_str(), filters))
    }

    fn close(&self, number: u64, draft: &RuleDraft, trial: &Trial) -> Option<DryClose> {
        let run = trial.run();
        let message = self.messages.get(number)?;
        let of = incoming(number, &message);
        let fired = run
            .has_fired(number)
            .then(|| run.sql().evaluate(&of))?
            .ok()??;
        let target = |action: &RuleAction| cut(target(action, run.sql(), &of), MAX_CLOSE);
        Some(DryClose {
            number,
            topic: message.topic.to_owned(),
            message: shown(message.payload, MAX_CLOSE),
            result: shown(&fired.payload, MAX_CLOSE),
            targets: draft.actions.iter().map(target).collect(),
        })
    }
}

fn warning(fix: &Fix) -> RuleFault {
    let (path, messages) = (fix.never_seen.clone(), fix.messages);
    let repair_in = fix.repair_in;
    RuleFault {
        place: FaultPlace::Sql,
        at: fix.at as u32,
        len: fix.len as u32,
        problem: match fix.is_topic {
            true => RuleProblem::NoSuchTopic {
                filter: path,
                messages,
                repair_in,
            },
            false => RuleProblem::NeverSeen {
                path,
                messages,
                repair_in,
                decides: fix.decides,
            },
        },
        repair: Some(fix.repair.clone()),
    }
}

/// What stood there and what was taken in its place.
fn repairs(text: &str, fixes: &[Fix]) -> Option<(String, String)> {
    let stood = |fix: &Fix| {
        text.get(fix.at..fix.at + fix.len)
            .unwrap_or_default()
            .to_owned()
    };
    let stood: Vec<String> = fixes.iter().map(stood).collect();
    let taken: Vec<&str> = fixes.iter().map(|fix| &*fix.repair).collect();
    (!fixes.is_empty()).then(|| (stood.join(", "), taken.join(", ")))
}
