//! A rule tried on the messages that are kept, a slice at a time, and then on those that come. Nothing is ever sent.

mod run;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::time::Duration;

use super::DrySpan;
use super::hints::{Fix, Hints, repaired};
use super::record::Messages;
use crate::location::pattern::TopicPattern;
use crate::rules::{Sql, SqlVersion};
use crate::time::{Instant, Now, UnixMillis};

pub(super) use run::{Run, Sums, device_of, incoming, target};

/// Work of one slice: messages, bytes of payload, and steps of evaluation.
const SLICE: usize = 500;
const SLICE_BYTES: usize = 128 * 1024;
const SLICE_STEPS: u64 = 50_000;

/// Between two slices: whatever else waits comes in between.
const BREATH: u64 = 4;

/// How often new messages are looked at.
const EVERY: Duration = Duration::from_secs(2);

/// The trial of one rule over one span.
pub(super) struct Trial {
    text: String,
    version: SqlVersion,
    span: DrySpan,
    /// As it was entered.
    entered: Sql,
    /// The same, but for [`Self::topic_fix`].
    sql: Sql,
    /// A filter near the one that matches nothing, which was then taken.
    topic_fix: Option<Fix>,
    /// One that was not taken: its messages may be there and not come to this page.
    topic_hint: Option<Fix>,
    /// All of what FROM matches comes to this page.
    is_heard: bool,
    hints: Hints,
    /// The next message that is looked at for hints.
    hinted: u64,
    /// Of the SQL as it was taken after [`Self::topic_fix`].
    path_fixes: Vec<Fix>,
    run: Run,
    /// Messages of this number and later are for the next time.
    end: u64,
    until: UnixMillis,
    from: UnixMillis,
    refreshed: Instant,
    next: Instant,
    /// Grows with everything that could be seen.
    revision: u64,
}

impl Trial {
    pub(super) fn new(
        text: &str,
        version: SqlVersion,
        sql: Sql,
        span: DrySpan,
        is_heard: bool,
        messages: &Messages,
        now: Now,
    ) -> Self {
        let mut trial = Self {
            text: text.to_owned(),
            version,
            span,
            topic_fix: None,
            topic_hint: None,
            is_heard,
            hints: Hints::new(&sql),
            hinted: 0,
            path_fixes: Vec::new(),
            run: Run::new(sql.clone(), 0),
            entered: sql.clone(),
            sql,
            end: messages.end(),
            until: now.wall,
            from: now.wall,
            refreshed: now.instant,
            next: now.instant,
            revision: 0,
        };
        trial.refresh(messages, now);
        trial.hinted = trial.run.first();
        trial
    }

    pub(super) fn is_of(
        &self,
        text: &str,
        version: SqlVersion,
        span: DrySpan,
        is_heard: bool,
    ) -> bool {
        self.text == text && (self.version, self.span, self.is_heard) == (version, span, is_heard)
    }

    /// As it was entered.
    pub(super) fn entered(&self) -> &Sql {
        &self.entered
    }

    pub(super) fn poll_timeout(&self) -> Instant {
        self.next
    }

    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    pub(super) fn run(&self) -> &Run {
        &self.run
    }

    pub(super) fn span(&self) -> (UnixMillis, UnixMillis) {
        (self.from, self.until)
    }

    /// What would better stand in the SQL as it was entered, in the order of the text.
    pub(super) fn fixes(&self) -> Vec<Fix> {
        let mut fixes = self.taken();
        fixes.extend(self.topic_hint.clone());
        fixes.sort_by_key(|fix| fix.at);
        fixes
    }

    /// Those of them that it is tried with.
    pub(super) fn taken(&self) -> Vec<Fix> {
        let mut fixes = self.path_fixes.clone();
        if let Some(topic) = &self.topic_fix {
            // The others stand where they do once this one is in the text.
            let grown = topic.repair.len() as isize - topic.len as isize;
            for fix in &mut fixes {
                if fix.at > topic.at {
                    fix.at = fix.at.saturating_add_signed(-grown);
                }
            }
            fixes.push(topic.clone());
        }
        fixes.sort_by_key(|fix| fix.at);
        fixes
    }

    pub(super) fn sums(&self) -> Sums {
        self.run.sums(self.end)
    }

    /// Does one slice of what there is to do.
    pub(super) fn advance(&mut self, messages: &Messages, patterns: &[TopicPattern], now: Now) {
        if now.instant < self.next {
            return;
        }
        self.next = Instant(now.instant.0 + BREATH);
        if !self.hints.is_done() && self.hinted < self.end {
            self.look_for_hints(messages);
            if self.hinted >= self.end || self.hints.is_done() {
                self.take_fixes(messages);
            }
        } else if self.run.end() < self.end {
            self.run.advance(messages, self.end, patterns);
        } else if now.instant < self.refreshed + EVERY {
            self.next = self.refreshed + EVERY;
            return;
        } else {
            self.refresh(messages, now);
        }
        self.revision += 1;
    }

    /// Takes in what came meanwhile, and lets go what is too old.
    fn refresh(&mut self, messages: &Messages, now: Now) {
        (self.refreshed, self.until) = (now.instant, now.wall);
        let new = std::mem::replace(&mut self.end, messages.end())..messages.end();
        let start = self.start(messages);
        self.from = messages.at(start).unwrap_or(now.wall).min(now.wall);
        self.run.let_go(start);
        self.hinted = self.hinted.max(messages.first());
        if self.topic_fix.is_some() && self.is_met_by(new, messages) {
            // The filter matches as it was entered.
            self.topic_fix = None;
            self.take(self.entered.clone(), messages);
        }
    }

    fn is_met_by(&self, mut numbers: Range<u64>, messages: &Messages) -> bool {
        let filter = self.entered.filter();
        let matches = |number| {
            let message = messages.get(number);
            message.is_some_and(|it| filter.is_some_and(|filter| filter.matches(it.topic)))
        };
        numbers.any(matches)
    }

    /// The first message of the span.
    fn start(&self, messages: &Messages) -> u64 {
        let span = match self.span {
            DrySpan::FiveMinutes => 5 * 60_000,
            DrySpan::HalfAnHour => 30 * 60_000,
            DrySpan::AllKept => return messages.first(),
        };
        messages.since(UnixMillis(self.until.0.saturating_sub(span)))
    }

    fn look_for_hints(&mut self, messages: &Messages) {
        let filter = self.sql.filter();
        let mut bytes = 0;
        for _ in 0..SLICE {
            if self.hinted >= self.end || bytes > SLICE_BYTES || self.hints.is_done() {
                break;
            }
            if let Some(message) = messages.get(self.hinted) {
                let matches = filter.is_some_and(|filter| filter.matches(message.topic));
                self.hints.look(&message, matches);
                bytes += if matches { message.payload.len() } else { 0 };
            }
            self.hinted += 1;
        }
    }

    /// Goes on with the SQL that is likely meant. What was evaluated in vain is evaluated again.
    fn take_fixes(&mut self, messages: &Messages) {
        let text = self.text_in_use();
        let fixes = self.hints.fixes(&text);
        let of_topic = fixes.first().filter(|fix| fix.is_topic).cloned();
        if !self.is_heard {
            self.topic_hint.clone_from(&of_topic);
            if of_topic.is_some() {
                return;
            }
        }
        if let (Some(fix), None) = (of_topic, &self.topic_fix) {
            if let Ok(sql) = Sql::parse(&repaired(&text, &fixes), self.version) {
                self.topic_fix = Some(fix);
                self.take(sql, messages);
            }
            return;
        }
        let same = |a: &Fix, b: &Fix| (a.at, &a.repair) == (b.at, &b.repair);
        let is_as_before = fixes.len() == self.path_fixes.len()
            && fixes.iter().zip(&self.path_fixes).all(|(a, b)| same(a, b));
        if !is_as_before {
            match Sql::parse(&repaired(&text, &fixes), self.version) {
                Ok(sql) => self.begin(sql, messages),
                Err(_) => return,
            }
        }
        self.path_fixes = fixes;
    }

    /// Begins anew with this SQL.
    fn take(&mut self, sql: Sql, messages: &Messages) {
        self.hints = Hints::new(&sql);
        self.path_fixes.clear();
        self.begin(sql.clone(), messages);
        self.hinted = self.run.first();
        self.sql = sql;
    }

    fn begin(&mut self, sql: Sql, messages: &Messages) {
        self.run = Run::new(sql, self.start(messages));
    }

    fn text_in_use(&self) -> String {
        match &self.topic_fix {
            Some(fix) => repaired(&self.text, std::slice::from_ref(fix)),
            None => self.text.clone(),
        }
    }
}
