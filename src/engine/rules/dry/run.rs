//! The messages that a rule was evaluated for, and what came of each. It counts; it decides nothing about when.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

use super::super::RuleAction;
use super::super::record::{Message, Messages};
use super::{SLICE, SLICE_BYTES, SLICE_STEPS};
use crate::location::pattern::TopicPattern;
use crate::rules::{Incoming, Origin, Sql, Template};
use crate::shadow::text::parse_value;
use crate::shadow::topics::ShadowTopic;
use crate::shadow::value::Value;
use crate::time::UnixMillis;

/// The messages that were evaluated, and what came of them.
pub(in crate::engine::rules) struct Run {
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
pub(in crate::engine::rules) struct Sums {
    pub(in crate::engine::rules) done: u32,
    pub(in crate::engine::rules) messages: u32,
    pub(in crate::engine::rules) devices: u32,
    pub(in crate::engine::rules) matched: u32,
    pub(in crate::engine::rules) fired: u32,
}

impl Run {
    pub(super) fn new(sql: Sql, first: u64) -> Self {
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

    pub(super) fn end(&self) -> u64 {
        self.first + self.tried.len() as u64
    }

    pub(super) fn advance(&mut self, messages: &Messages, end: u64, patterns: &[TopicPattern]) {
        self.let_go(messages.first());
        let (mut bytes, mut steps) = (0, 0);
        for _ in 0..SLICE {
            let number = self.end();
            let Some(message) = messages.get(number).filter(|_| number < end) else {
                break;
            };
            let (tried, spent) = self.try_on(number, &message, patterns);
            steps += spent;
            self.count(tried, true);
            self.tried.push_back(tried);
            bytes += if tried.matched {
                message.payload.len()
            } else {
                0
            };
            if bytes > SLICE_BYTES || steps > SLICE_STEPS {
                break;
            }
        }
    }

    /// With the steps that it took.
    fn try_on(
        &self,
        number: u64,
        message: &Message<'_>,
        patterns: &[TopicPattern],
    ) -> (Tried, u64) {
        let filter = self.sql.filter();
        let matched = filter.is_some_and(|filter| filter.matches(message.topic));
        let incoming = incoming(number, message);
        let tried = Tried {
            device: hash(&device_of(patterns, message.topic)),
            matched,
            fired: matched && matches!(self.sql.evaluate(&incoming), Ok(Some(_))),
        };
        (tried, incoming.spent())
    }

    /// `end`: the number of the first that is not to be looked at.
    pub(super) fn sums(&self, end: u64) -> Sums {
        let done = self.tried.len() as u32;
        Sums {
            done,
            messages: done + end.saturating_sub(self.end()) as u32,
            devices: self.devices.len() as u32,
            matched: self.matched,
            fired: self.fired,
        }
    }

    /// Forgets what came before `first`.
    pub(super) fn let_go(&mut self, first: u64) {
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

    pub(in crate::engine::rules) fn sql(&self) -> &Sql {
        &self.sql
    }

    pub(in crate::engine::rules) fn column(&self) -> &str {
        self.column.last().map_or("", String::as_str)
    }

    pub(in crate::engine::rules) fn first(&self) -> u64 {
        self.first
    }

    /// The numbers of those it would have fired for, newest first.
    pub(in crate::engine::rules) fn fired(&self) -> impl Iterator<Item = u64> {
        let tried = self.tried.iter().enumerate().rev();
        let fired = tried.filter(|(_, tried)| tried.fired);
        fired.map(|(index, _)| self.first + index as u64)
    }

    pub(in crate::engine::rules) fn has_fired(&self, number: u64) -> bool {
        let index = number.checked_sub(self.first);
        let tried = index.and_then(|index| self.tried.get(index as usize));
        tried.is_some_and(|tried| tried.fired)
    }

    /// Sixty bars over a span: messages, and those it would have fired for.
    pub(in crate::engine::rules) fn bars(
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
    pub(in crate::engine::rules) fn value(&self, message: &Message<'_>) -> String {
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
pub(in crate::engine::rules) fn target(
    action: &RuleAction,
    sql: &Sql,
    of: &Incoming<'_>,
) -> String {
    let text = match action {
        RuleAction::Store { key, .. } => key,
        RuleAction::Republish { topic, .. } => topic,
    };
    match Template::parse_for(text, sql) {
        Ok(template) => template.fill(sql, of).unwrap_or_default(),
        Err(_) => String::new(),
    }
}

/// Who published it, nobody tells a subscriber.
pub(in crate::engine::rules) fn incoming<'a>(number: u64, message: &Message<'a>) -> Incoming<'a> {
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
pub(in crate::engine::rules) fn device_of<'t>(
    patterns: &[TopicPattern],
    topic: &'t str,
) -> Cow<'t, str> {
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
