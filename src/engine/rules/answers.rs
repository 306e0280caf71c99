//! What the API of rules answers, read with care: any of it may be cut, wrong or hostile.

use super::{ActionCounters, ObjectRow, RuleCounters};
use crate::auth::cognito::{self, Answer};
use crate::engine::ask::FetchAnswer;
use crate::rules::definition::is_name;
use crate::shadow::text::parse_value;
use crate::shadow::value::{Object, Value};
use crate::time::UnixMillis;

/// Rules that are listed, and actions of one.
const MAX_RULES: usize = 1_000;
const MAX_ACTIONS: usize = 16;

/// Bytes of a token that leads to the next page, and of an object's name.
const MAX_TOKEN: usize = 4096;

/// A rule as a list or the counters tell it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) disabled: bool,
    /// Told with the counters only.
    pub(super) sql: Option<String>,
    pub(super) counters: Option<RuleCounters>,
}

/// Rules of one page, and the token of the next one.
pub(super) struct Page {
    pub(super) rules: Vec<Listed>,
    pub(super) next: Option<String>,
}

pub(super) fn read_counters(body: &[u8]) -> Option<Vec<Listed>> {
    let answer = read(body)?;
    let since = UnixMillis(number(&answer, "since") as i64);
    let rules = array(&answer, "rules")?.iter().filter_map(as_object);
    let rule = |rule: &Object<Value>| {
        let actions = array(rule, "actions").unwrap_or_default().iter();
        let actions = actions.filter_map(as_object).take(MAX_ACTIONS);
        Some(Listed {
            name: text(rule, "ruleName").filter(|name| is_name(name))?,
            disabled: flag(rule, "ruleDisabled"),
            sql: Some(text(rule, "sql").unwrap_or_default()),
            counters: Some(RuleCounters {
                since,
                matched: number(rule, "matched"),
                fired: number(rule, "fired"),
                failed: number(rule, "failed"),
                retrying: number(rule, "retrying"),
                lost: number(rule, "lost"),
                overwritten: number(rule, "overwritten"),
                queued: number(rule, "queued"),
                queue_limit: number(rule, "queueLimit"),
                actions: actions.map(read_action).collect(),
            }),
        })
    };
    Some(rules.take(MAX_RULES).filter_map(rule).collect())
}

fn read_action(action: &Object<Value>) -> ActionCounters {
    let median = action.get("medianMs").and_then(Value::as_number);
    ActionCounters {
        done: number(action, "done"),
        failed: number(action, "failed"),
        median_ms: median.map(|median| median as u32),
        target: text(action, "target").unwrap_or_default(),
        error: text(action, "error"),
    }
}

/// ListTopicRules.
pub(super) fn read_list(body: &[u8]) -> Option<Page> {
    let answer = read(body)?;
    let rules = array(&answer, "rules")?.iter().filter_map(as_object);
    let rule = |rule: &Object<Value>| {
        Some(Listed {
            name: text(rule, "ruleName").filter(|name| is_name(name))?,
            disabled: flag(rule, "ruleDisabled"),
            ..Listed::default()
        })
    };
    Some(Page {
        rules: rules.take(MAX_RULES).filter_map(rule).collect(),
        next: text(&answer, "nextToken").filter(|it| (1..=MAX_TOKEN).contains(&it.len())),
    })
}

/// Stored objects, and whether there are more behind them.
pub(super) fn read_objects(body: &[u8]) -> Option<(Vec<ObjectRow>, bool)> {
    let answer = read(body)?;
    let objects = array(&answer, "objects")?.iter().filter_map(as_object);
    let object = |object: &Object<Value>| {
        Some(ObjectRow {
            name: text(object, "name").filter(|it| (1..=MAX_TOKEN).contains(&it.len()))?,
            bytes: number(object, "bytes"),
            at: UnixMillis(number(object, "at") as i64),
        })
    };
    Some((objects.filter_map(object).collect(), flag(&answer, "more")))
}

/// Code, and the words: the name of AWS's error and what it says.
pub(super) fn refusal(answer: &FetchAnswer) -> (u16, String) {
    let (name, message) = cognito::error_of(Answer {
        status: answer.status,
        error_type: answer.error_type.as_deref(),
        body: &answer.body,
    });
    let words = match (&*name, &*message) {
        (name, "") => name.to_owned(),
        ("", message) => message.to_owned(),
        (name, message) => [name, ": ", message].concat(),
    };
    (answer.status, words)
}

fn read(body: &[u8]) -> Option<Object<Value>> {
    match parse_value(std::str::from_utf8(body).ok()?) {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

fn as_object(value: &Value) -> Option<&Object<Value>> {
    match value {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

fn array<'a>(members: &'a Object<Value>, name: &str) -> Option<&'a [Value]> {
    match members.get(name) {
        Some(Value::Array(elements)) => Some(elements),
        _ => None,
    }
}

fn text(members: &Object<Value>, name: &str) -> Option<String> {
    match members.get(name) {
        Some(Value::Text(text)) => Some(text.to_string()),
        _ => None,
    }
}

/// 0 for what is none.
fn number(members: &Object<Value>, name: &str) -> u64 {
    let number = members.get(name).and_then(Value::as_number);
    number.map_or(0, |number| number as u64)
}

fn flag(members: &Object<Value>, name: &str) -> bool {
    members.get(name) == Some(&true.into())
}
