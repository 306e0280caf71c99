//! Searching the fleet as AWS IoT's index is searched: a query, and whether a thing fits it. A thing comes as JSON:
//! `thingName`, `thingTypeName`, `attributes`, `connectivity` and `shadow`, the way the answer shows it.

mod parse;
mod pattern;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::ops::RangeInclusive;

use serde_json::{Map, Value};

pub use parse::QueryError;
use pattern::Pattern;

/// A search under way, which goes through the things in the order of their names.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    pub query: Query,
    /// It goes on behind this thing.
    pub after: Option<String>,
    /// Before it goes on: a thing that was not looked at as a whole.
    pub look: Option<Look>,
    pub size: usize,
    pub found: Vec<Value>,
    /// Of what was found, roughly.
    pub bytes: usize,
}

impl Search {
    /// Things that are found at a time.
    pub const SIZES: RangeInclusive<usize> = 1..=100;
    /// A page ends behind the thing with which it reaches this many bytes.
    pub const PAGE_BYTES: usize = 1024 * 1024;

    pub fn new(query: Query, after: Option<String>, size: usize) -> Self {
        Self {
            query,
            after,
            look: None,
            size,
            found: Vec::new(),
            bytes: 0,
        }
    }

    pub fn is_full(&self) -> bool {
        self.found.len() >= self.size || self.bytes >= Self::PAGE_BYTES
    }

    /// Takes a thing that fits, as the answer shows it.
    pub fn add(&mut self, thing: Value) {
        let shadow = thing["shadow"].as_str().unwrap_or_default();
        // Beside its shadow a thing has 50 attributes at most.
        self.bytes += 1024 + shadow.len();
        self.found.push(thing);
    }
}

/// What is known of a thing that is looked at part by part.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    pub name: String,
    /// As the answer shows it, without its shadows.
    pub shown: Value,
    pub held: Held,
    /// The named shadows that the answer shows, and how long they are.
    pub named: Map<String, Value>,
    pub bytes: usize,
    /// The named shadows up to this one were looked at.
    pub after: Option<String>,
}

/// What things are looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    node: Node,
    terms: Vec<Term>,
}

/// Which terms of a query held for some part of a thing, a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held(u16);

#[derive(Clone, Debug, PartialEq)]
enum Node {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    /// By its place.
    Term(usize),
}

/// One thing that is asked of a field, or of any field.
#[derive(Clone, Debug, PartialEq)]
struct Term {
    /// Keys joined by dots.
    field: Option<String>,
    test: Test,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    Text(Pattern),
    /// What is `None` is open.
    Range(Option<Limit>, Option<Limit>),
}

#[derive(Clone, Debug, PartialEq)]
struct Limit {
    /// In lower case.
    text: String,
    number: Option<f64>,
    /// It is within the range itself.
    included: bool,
}

impl Query {
    /// Characters of a pattern that cost as much as to read a text does.
    const PATTERN: usize = 16;

    /// Whether somebody has to look at shadows for it.
    pub fn needs_shadows(&self) -> bool {
        self.terms.iter().any(Term::needs_shadows)
    }

    /// How many times as much as to read a text it may take to look at it.
    pub fn weight(&self) -> usize {
        let steps = self.terms.iter().map(|term| match &term.test {
            Test::Text(pattern) => pattern.steps(),
            Test::Range(..) => 1,
        });
        1 + steps.sum::<usize>() / Self::PATTERN
    }

    /// Looks at a part of a thing. Each term asks whether there is something somewhere: so the parts of a thing may
    /// come one after another.
    pub fn look(&self, part: &Value, held: &mut Held) {
        for (at, term) in self.terms.iter().enumerate() {
            if !held.has(at) && term.holds(part) {
                held.0 |= 1 << at;
            }
        }
    }

    /// Whether a thing fits of which all parts were looked at.
    pub fn fits(&self, held: Held) -> bool {
        self.node.fits(held)
    }
}

impl Held {
    fn has(self, term: usize) -> bool {
        self.0 & 1 << term != 0
    }
}

impl Node {
    fn fits(&self, held: Held) -> bool {
        match self {
            Self::All(nodes) => nodes.iter().all(|node| node.fits(held)),
            Self::Any(nodes) => nodes.iter().any(|node| node.fits(held)),
            Self::Not(node) => !node.fits(held),
            Self::Term(at) => held.has(*at),
        }
    }
}

impl Term {
    fn needs_shadows(&self) -> bool {
        match &self.field {
            Some(field) => field.starts_with("shadow"),
            None => !self.test.is_anything(),
        }
    }

    fn holds(&self, part: &Value) -> bool {
        match &self.field {
            Some(field) => any_at(part, field, &self.test),
            None => self.test.is_anything() || everywhere(part, &self.test),
        }
    }
}

impl Test {
    /// A lone `*`.
    fn is_anything(&self) -> bool {
        matches!(self, Self::Text(pattern) if pattern.is_anything())
    }

    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Text(pattern) => pattern.matches(value),
            Self::Range(low, high) => {
                let within = |limit: &Limit, outside| {
                    let order = limit.compare(value);
                    order.is_some_and(|order| {
                        order != outside && (limit.included || order != Ordering::Equal)
                    })
                };
                low.as_ref().is_none_or(|low| within(low, Ordering::Less))
                    && high
                        .as_ref()
                        .is_none_or(|high| within(high, Ordering::Greater))
            }
        }
    }
}

impl Limit {
    fn new(text: &str, included: bool) -> Self {
        Self {
            text: text.to_lowercase(),
            number: text.parse().ok(),
            included,
        }
    }

    /// How a value stands to the limit; `None` where the two are not of a kind.
    fn compare(&self, value: &Value) -> Option<Ordering> {
        match (self.number, value) {
            (Some(limit), Value::Number(number)) => number.as_f64()?.partial_cmp(&limit),
            (Some(limit), Value::String(text)) => text.parse::<f64>().ok()?.partial_cmp(&limit),
            (None, Value::String(text)) => Some(text.to_lowercase().cmp(&self.text)),
            _ => None,
        }
    }
}

/// Whether something at this path holds: keys may have dots themselves, and of an array each element counts.
fn any_at(value: &Value, path: &str, test: &Test) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(|element| any_at(element, path, test)),
        Value::Object(_) if path.is_empty() => test.is_anything(),
        Value::Object(members) => members.iter().any(|(key, member)| {
            let Some(rest) = path.strip_prefix(key.as_str()) else {
                return false;
            };
            match rest.strip_prefix('.') {
                Some(rest) => any_at(member, rest, test),
                None => rest.is_empty() && any_at(member, rest, test),
            }
        }),
        value => path.is_empty() && !value.is_null() && test.holds(value),
    }
}

/// Whether something of the registry or of a shadow's state holds.
fn everywhere(thing: &Value, test: &Test) -> bool {
    let state = |shadow: &Value| {
        let sections = ["desired", "reported", "delta"].into_iter();
        sections
            .into_iter()
            .any(|name| anywhere(&shadow[name], test))
    };
    let named = thing["shadow"]["name"].as_object();
    let mut named = named.into_iter().flat_map(|names| names.values());
    ["thingName", "thingTypeName", "attributes"]
        .into_iter()
        .any(|field| anywhere(&thing[field], test))
        || state(&thing["shadow"])
        || named.any(state)
}

fn anywhere(value: &Value, test: &Test) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(|element| anywhere(element, test)),
        Value::Object(members) => members.values().any(|member| anywhere(member, test)),
        value => !value.is_null() && test.holds(value),
    }
}
