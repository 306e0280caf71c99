//! What becomes of the rules of the other side with each of its answers.

use super::super::RulesSource;
use super::super::answers::{self, Listed};
use super::super::written::Written;
use super::{
    AGAIN, COUNTERS_EVERY, Done, FAILING, FRESH, Known, LIST_EVERY, MAX_RULES, Remote, Way, Write,
};
use crate::engine::ask::{FetchAnswer, NoAnswer};
use crate::time::{Instant, Now};

impl Remote {
    pub(super) fn take_counters(&mut self, answer: &Result<FetchAnswer, NoAnswer>, now: Now) {
        let answer = answer.as_ref().ok().filter(|answer| answer.status == 200);
        match answer.and_then(|answer| answers::read_counters(&answer.body)) {
            Some(rules) => {
                self.way = Way::Counters;
                self.take_all(rules, true, now);
                self.due = Some(now.instant + COUNTERS_EVERY);
            }
            // It may have rules all the same.
            None => {
                (self.way, self.due) = (Way::List, Some(now.instant));
                (self.token, self.pages) = (None, Vec::new());
            }
        }
    }

    pub(super) fn take_list(&mut self, answer: &Result<FetchAnswer, NoAnswer>, now: Now) {
        let token = self.token.take();
        let mut pages = std::mem::take(&mut self.pages);
        self.source = match answer {
            Err(NoAnswer) => {
                (self.way, self.due) = (Way::Unknown, Some(now.instant + AGAIN));
                RulesSource::NoAnswer
            }
            Ok(answer) if answer.status == 200 => match answers::read_list(&answer.body) {
                Some(page) => {
                    pages.extend(page.rules);
                    // A token that leads nowhere new would lead there for ever.
                    let next = page.next.filter(|next| Some(next) != token.as_ref());
                    if let Some(next) = next.filter(|_| pages.len() < MAX_RULES) {
                        (self.token, self.pages) = (Some(next), pages);
                        self.due = Some(now.instant);
                    } else {
                        self.take_all(pages, false, now);
                        // That there were no counters may have been a hiccup.
                        self.way = Way::Unknown;
                        self.due = Some(now.instant + LIST_EVERY);
                    }
                    return;
                }
                None => RulesSource::Refused(answer.status, String::new()),
            },
            // There is no such thing there.
            Ok(answer) if matches!(answer.status, 404 | 405 | 501) => RulesSource::None,
            Ok(answer) => {
                let (code, words) = answers::refusal(answer);
                RulesSource::Refused(code, words)
            }
        };
    }

    pub(super) fn take_all(&mut self, rules: Vec<Listed>, counts: bool, now: Now) {
        self.as_of = Some(now.wall);
        self.source = RulesSource::Here {
            at: now.wall,
            counts,
        };
        let mut before = std::mem::take(&mut self.rules);
        for listed in rules.into_iter().take(MAX_RULES) {
            let mut known = before.remove(&listed.name).unwrap_or_default();
            known.take(listed, now.instant);
            self.rules.insert(known.listed.name.clone(), known);
        }
    }

    pub(super) fn take_rule(
        &mut self,
        name: &str,
        answer: &Result<FetchAnswer, NoAnswer>,
        now: Instant,
    ) {
        let Some(known) = self.rules.get_mut(name) else {
            return;
        };
        known.stale_at = now + FRESH;
        let ok = answer.as_ref().ok().filter(|answer| answer.status == 200);
        match ok.and_then(|answer| Written::read(&answer.body)) {
            Some(written) => {
                known.listed.disabled = written.definition.disabled;
                (known.written, known.unreadable) = (Some(written), None);
                return;
            }
            None if matches!(answer, Ok(answer) if answer.status == 404) => {
                self.rules.remove(name);
            }
            None => known.unreadable = Some(refusal(answer)),
        }
        // Nothing is written over what cannot be read.
        let waits = self.writes.front();
        if waits.is_some_and(|it| it.name() == name && matches!(it, Write::Save { .. })) {
            self.writes.pop_front();
            let (code, words) = refusal(answer);
            self.refused = Some((name.to_owned(), code, words));
        }
    }

    pub(super) fn take_written(
        &mut self,
        written: Option<Written>,
        answer: &Result<FetchAnswer, NoAnswer>,
        now: Instant,
    ) -> Option<Done> {
        let write = self.writes.pop_front()?;
        // Whatever came of it: how is it now?
        self.due = Some(now);
        let name = write.name().to_owned();
        match answer {
            Ok(answer) if answer.status < 300 => {}
            _ => {
                let (code, words) = refusal(answer);
                self.forget_definition(&name, now);
                self.refused = Some((name, code, words));
                return None;
            }
        }
        match write {
            Write::Delete(_) => {
                self.rules.remove(&name);
                return Some(Done::Deleted(name));
            }
            Write::Enable { on, .. } => {
                if let Some(known) = self.rules.get_mut(&name) {
                    known.listed.disabled = !on;
                    known.stale_at = now;
                }
            }
            Write::Save { draft, live } => {
                let known = self.rules.entry(name).or_default();
                known.listed.name.clone_from(&draft.name);
                known.listed.disabled = !live;
                known.listed.sql = known.listed.sql.is_some().then(|| draft.sql.clone());
                (known.written, known.stale_at) = (written, now);
                return Some(Done::Saved(draft));
            }
        }
        None
    }

    fn forget_definition(&mut self, name: &str, now: Instant) {
        if let Some(known) = self.rules.get_mut(name) {
            known.stale_at = now;
        }
    }
}

/// Code and words; 0 without an answer.
fn refusal(answer: &Result<FetchAnswer, NoAnswer>) -> (u16, String) {
    match answer {
        Ok(answer) => answers::refusal(answer),
        Err(NoAnswer) => (0, String::new()),
    }
}

impl Known {
    fn take(&mut self, listed: Listed, now: Instant) {
        let failed = |listed: &Listed| listed.counters.as_ref().map(|it| it.failed);
        if let (Some(before), Some(failed)) = (failed(&self.listed), failed(&listed))
            && failed > before
        {
            self.failing_until = now + FAILING;
        }
        let changed = |written: &Written| {
            let sql = listed.sql.as_ref();
            sql.is_some_and(|sql| *sql != written.definition.sql)
        };
        if self.written.as_ref().is_some_and(changed) {
            self.stale_at = now;
        }
        self.listed = listed;
    }
}
