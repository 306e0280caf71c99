//! A rule tried on the messages that are kept, a slice at a time, and then on those that come. Nothing is ever sent.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::time::Duration;

use super::hints::{Fix, Hints, repaired};
use super::record::{Message, Messages};
use super::{DrySpan, RuleAction};
use crate::location::pattern::TopicPattern;
use crate::rules::{Incoming, Origin, Sql, SqlVersion, Template};
use crate::shadow::text::parse_value;
use crate::shadow::topics::ShadowTopic;
use crate::shadow::value::Value;
use crate::time::{Instant, Now, UnixMillis};

/// Work of one slice: messages, and bytes of payload.
const SLICE: usize = 500;
const SLICE_BYTES: usize = 128 * 1024;

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

/// The messages that were evaluated, and what came of them.
pub(super) struct Run {
    sql: Sql,
    /// The first path of WHERE.
    column: Vec<String>,
    /// The numbers of those that were evaluated are from this one on.
    first: u64,
    tried: VecDeque<Tried>,
    /// How many messages each device has, by a hash of its name.
    devices: HashMap<u64, u32>,
    matched: u32,
    fired: u32,
}

#[derive(Clone, Copy)]
struct Tried {
    device: u64,
    matched: bool,
    fired: bool,
}

/// What is shown of a trial but for its rows.
pub(super) struct Sums {
    pub(super) done: u32,
    pub(super) messages: u32,
    pub(super) devices: u32,
    pub(super) matched: u32,
    pub(super) fired: u32,
}

impl Trial {
    pub(super) fn new(
        text: &str,
        version: SqlVersion,
        sql: Sql,
        span: DrySpan,
        messages: &Messages,
        now: Now,
    ) -> Self {
        let mut trial = Self {
            text: text.to_owned(),
            version,
            span,
            topic_fix: None,
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
        trial.hinted = trial.run.first;
        trial
    }

    pub(super) fn is_of(&self, text: &str, version: SqlVersion, span: DrySpan) -> bool {
        self.text == text && self.version == version && self.span == span
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
        let run = &self.run;
        let done = run.tried.len() as u32;
        let left = self.end.saturating_sub(run.end()) as u32;
        Sums {
            done,
            messages: done + left,
            devices: run.devices.len() as u32,
            matched: run.matched,
            fired: run.fired,
        }
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
        self.hinted = self.run.first;
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

impl Run {
    fn new(sql: Sql, first: u64) -> Self {
        let paths = sql.paths();
        let column = paths.into_iter().find(|path| path.decides);
        Self {
            sql,
            column: column.map(|path| path.path).unwrap_or_default(),
            first,
            tried: VecDeque::new(),
            devices: HashMap::new(),
            matched: 0,
            fired: 0,
        }
    }

    fn end(&self) -> u64 {
        self.first + self.tried.len() as u64
    }

    fn advance(&mut self, messages: &Messages, end: u64, patterns: &[TopicPattern]) {
        self.let_go(messages.first());
        let mut bytes = 0;
        for _ in 0..SLICE {
            let number = self.end();
            let Some(message) = messages.get(number).filter(|_| number < end) else {
                break;
            };
            let tried = self.try_on(number, &message, patterns);
            self.count(tried, true);
            self.tried.push_back(tried);
            bytes += if tried.matched {
                message.payload.len()
            } else {
                0
            };
            if bytes > SLICE_BYTES {
                break;
            }
        }
    }

    fn try_on(&self, number: u64, message: &Message<'_>, patterns: &[TopicPattern]) -> Tried {
        let filter = self.sql.filter();
        let matched = filter.is_some_and(|filter| filter.matches(message.topic));
        Tried {
            device: hash(&device_of(patterns, message.topic)),
            matched,
            fired: matched && self.sql.evaluate(&incoming(number, message)).is_some(),
        }
    }

    /// Forgets what came before `first`.
    fn let_go(&mut self, first: u64) {
        while self.first < first {
            match self.tried.pop_front() {
                Some(tried) => {
                    self.count(tried, false);
                    self.first += 1;
                }
                None => self.first = first,
            }
        }
    }

    fn count(&mut self, tried: Tried, comes: bool) {
        let change = |count: &mut u32, by: bool| match comes {
            true => *count += u32::from(by),
            false => *count = count.saturating_sub(by.into()),
        };
        change(&mut self.matched, tried.matched);
        change(&mut self.fired, tried.fired);
        let messages = self.devices.entry(tried.device).or_default();
        change(messages, true);
        if *messages == 0 {
            self.devices.remove(&tried.device);
        }
    }

    pub(super) fn sql(&self) -> &Sql {
        &self.sql
    }

    pub(super) fn column(&self) -> &str {
        self.column.last().map_or("", String::as_str)
    }

    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// The numbers of those it would have fired for, newest first.
    pub(super) fn fired(&self) -> impl Iterator<Item = u64> {
        let tried = self.tried.iter().enumerate().rev();
        let fired = tried.filter(|(_, tried)| tried.fired);
        fired.map(|(index, _)| self.first + index as u64)
    }

    pub(super) fn has_fired(&self, number: u64) -> bool {
        let index = number.checked_sub(self.first);
        let tried = index.and_then(|index| self.tried.get(index as usize));
        tried.is_some_and(|tried| tried.fired)
    }

    /// Sixty bars over a span: messages, and those it would have fired for.
    pub(super) fn bars(
        &self,
        messages: &Messages,
        (from, until): (UnixMillis, UnixMillis),
    ) -> Vec<(u32, u32)> {
        let mut bars = vec![(0, 0); 60];
        let span = (until.0.saturating_sub(from.0)).max(1);
        let numbers = self.first..;
        for (number, tried) in numbers.zip(&self.tried) {
            let Some(at) = messages.at(number) else {
                continue;
            };
            let place = at.0.saturating_sub(from.0).saturating_mul(60) / span;
            let bar = &mut bars[place.clamp(0, 59) as usize];
            bar.0 += 1;
            bar.1 += u32::from(tried.fired);
        }
        bars
    }

    /// What the first path of WHERE leads to in a message.
    pub(super) fn value(&self, message: &Message<'_>) -> String {
        if self.column.is_empty() {
            return String::new();
        }
        let text = std::str::from_utf8(message.payload).unwrap_or_default();
        let payload = parse_value(text);
        let mut value = &payload;
        for level in &self.column {
            match value {
                Value::Object(members) => match members.get(level) {
                    Some(member) => value = member,
                    None => return String::new(),
                },
                _ => return String::new(),
            }
        }
        value.to_text()
    }
}

/// Where one action would have sent a message.
pub(super) fn target(action: &RuleAction, sql: &Sql, of: &Incoming<'_>) -> String {
    let text = match action {
        RuleAction::Store { key, .. } => key,
        RuleAction::Republish { topic, .. } => topic,
    };
    match Template::parse_for(text, sql) {
        Ok(template) => template.fill(sql, of),
        Err(_) => String::new(),
    }
}

/// Who published it, nobody tells a subscriber.
pub(super) fn incoming<'a>(number: u64, message: &Message<'a>) -> Incoming<'a> {
    let origin = Origin {
        topic: message.topic,
        at: message.at,
        client_id: None,
        principal: "",
        account: "",
        seed: number,
    };
    Incoming::new(origin, message.payload)
}

/// The device of a topic by its shadow or its pattern; the topic where it names none.
pub(super) fn device_of<'t>(patterns: &[TopicPattern], topic: &'t str) -> Cow<'t, str> {
    if let Some(shadow) = ShadowTopic::parse(topic) {
        return Cow::Borrowed(shadow.id.thing());
    }
    let name = patterns.iter().find_map(|pattern| pattern.name(topic));
    name.unwrap_or(Cow::Borrowed(topic))
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}
