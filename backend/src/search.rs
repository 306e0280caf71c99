//! Searching the fleet as AWS IoT's index is searched: a query, and whether a thing fits it. A thing comes as JSON:
//! `thingName`, `thingTypeName`, `attributes`, `connectivity` and `shadow`, the way the answer shows it.

mod parse;
mod pattern;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::ops::RangeInclusive;

use serde_json::Value;

pub use parse::QueryError;
use pattern::Pattern;

/// A search under way, which goes through the things in the order of their names.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    pub query: Query,
    /// It goes on behind this thing.
    pub after: Option<String>,
    pub size: usize,
    pub found: Vec<Value>,
    /// Of what was found, roughly.
    pub bytes: usize,
}

impl Search {
    /// Things that are found at a time.
    pub const SIZES: RangeInclusive<usize> = 1..=100;

    pub fn new(query: Query, after: Option<String>, size: usize) -> Self {
        Self {
            query,
            after,
            size,
            found: Vec::new(),
            bytes: 0,
        }
    }

    /// Takes a thing that fits, as the answer shows it.
    pub fn add(&mut self, thing: Value) {
        let shadow = thing["shadow"].as_str().unwrap_or_default();
        // Beside its shadow a thing has 50 attributes at most.
        self.bytes += 1024 + shadow.len();
        self.found.push(thing);
    }
}

/// What things are looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Query(Node);

#[derive(Clone, Debug, PartialEq)]
enum Node {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Term(Term),
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
    /// Whether somebody has to look at shadows for it.
    pub fn needs_shadows(&self) -> bool {
        self.0.needs_shadows()
    }

    pub fn matches(&self, thing: &Value) -> bool {
        self.0.matches(thing)
    }
}

impl Node {
    fn needs_shadows(&self) -> bool {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().any(Self::needs_shadows),
            Self::Not(node) => node.needs_shadows(),
            Self::Term(Term { field, test }) => match field {
                Some(field) => field.starts_with("shadow"),
                None => !test.is_anything(),
            },
        }
    }

    fn matches(&self, thing: &Value) -> bool {
        match self {
            Self::All(nodes) => nodes.iter().all(|node| node.matches(thing)),
            Self::Any(nodes) => nodes.iter().any(|node| node.matches(thing)),
            Self::Not(node) => !node.matches(thing),
            Self::Term(Term { field, test }) => match field {
                Some(field) => any_at(thing, field, test),
                None => test.is_anything() || everywhere(thing, test),
            },
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
