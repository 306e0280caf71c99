//! Desired states as a person types and reads them: JSON text with the spot and the kind of its first fault, and a
//! text that is easy to read. Knows nothing of what becomes of them.

mod pretty;
mod scan;

use serde::{Deserialize, Serialize};

use crate::shadow::document::json;
use crate::shadow::three_way::State;
use crate::shadow::value::{Object, Value};

pub use pretty::{member_lines, pretty};

/// A longer text has a fault at the first byte that is too much.
pub const MAX_TEXT: usize = 128 * 1024;

/// Keys and places in arrays on the way from the section to a value.
pub const MAX_DEPTH: usize = 8;

/// Where a text is no desired state. Line and column count from 1, in characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextFault {
    pub line: u32,
    pub column: u32,
    pub problem: TextProblem,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextProblem {
    /// The text ends before it is complete.
    Ended,
    /// A comma before a closing bracket, or two of them.
    ExtraComma,
    /// Two members without a comma between them.
    MissingComma,
    /// A key or a text without double quotes.
    Unquoted(String),
    /// A character that cannot stand here.
    Unexpected(char),
    /// Something after the end of the document.
    Trailing,
    /// The document is not an object.
    NotAnObject,
    DuplicateKey(String),
    /// A null in an array: the service refuses it.
    NullInArray,
    /// More levels than the service takes.
    TooDeep,
}

/// Reads a whole desired state. A key that is null is not in it.
pub fn parse_state(text: &str) -> Result<State, TextFault> {
    let fault = |(at, problem)| fault_at(text, at, problem);
    scan::check(text).map_err(fault)?;
    match json::value(text) {
        Some(Value::Object(mut members)) => {
            drop_nulls(&mut members);
            Ok(members)
        }
        // Whatever the scanner lets pass is JSON; were it not, the text would still not be taken.
        _ => Err(fault((0, TextProblem::NotAnObject))),
    }
}

/// A value that a person entered by itself: JSON, or else a text without quotes.
pub fn parse_value(text: &str) -> Value {
    json::value(text).unwrap_or_else(|| text.into())
}

/// Compact JSON.
pub fn to_json(value: &Value) -> String {
    json::to_text(value)
}

/// Compact JSON of a whole state.
pub fn state_to_json(state: &State) -> String {
    String::from_utf8(json::to_bytes(state)).unwrap_or_default()
}

/// A state from its compact JSON, which was written here: nothing in it is checked.
pub fn state_from_json(text: &str) -> State {
    match json::value(text) {
        Some(Value::Object(members)) => members,
        _ => State::EMPTY,
    }
}

/// The bytes that the service counts for a section.
pub fn state_size(state: &State) -> usize {
    match state.is_empty() {
        true => 0,
        false => json::size(state),
    }
}

fn drop_nulls(members: &mut Object<Value>) {
    let kept = std::mem::take(members).into_iter();
    let kept = kept.filter_map(|(key, mut value)| match &mut value {
        Value::Null => None,
        Value::Object(inner) => {
            drop_nulls(inner);
            Some((key, value))
        }
        _ => Some((key, value)),
    });
    *members = kept.collect();
}

fn fault_at(text: &str, at: usize, problem: TextProblem) -> TextFault {
    let before = text.get(..at).unwrap_or(text);
    let line = before.bytes().filter(|byte| *byte == b'\n').count();
    let column = before.chars().rev().take_while(|it| *it != '\n').count();
    TextFault {
        line: line as u32 + 1,
        column: column as u32 + 1,
        problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, line: u32, column: u32, problem: TextProblem) {
        let fault = TextFault {
            line,
            column,
            problem,
        };
        assert_eq!(parse_state(text), Err(fault), "{text}");
    }

    fn unquoted(word: &str) -> TextProblem {
        TextProblem::Unquoted(word.to_owned())
    }

    #[test]
    fn a_fault_is_named_at_its_spot() {
        check("", 1, 1, TextProblem::Ended);
        check(" \n ", 2, 2, TextProblem::Ended);
        check("{\"a\": 1", 1, 8, TextProblem::Ended);
        check("{\"a", 1, 4, TextProblem::Ended);
        check("{\"a\": 1,\n}", 1, 8, TextProblem::ExtraComma);
        check("{\"é\": [1,,2]}", 1, 10, TextProblem::ExtraComma);
        check("{\"a\": [1,]}", 1, 9, TextProblem::ExtraComma);
        check("{\"a\": 1\n \"b\": 2}", 2, 2, TextProblem::MissingComma);
        check("{\"a\": [1 2]}", 1, 10, TextProblem::MissingComma);
        check("{power: 1}", 1, 2, unquoted("power"));
        check("{\"power\": on}", 1, 11, unquoted("on"));
        check("{'a': 1}", 1, 2, unquoted("'a'"));
        check("{\"a\": True}", 1, 7, unquoted("True"));
        check("{\"a\": 12px}", 1, 7, unquoted("12px"));
        check("{\"a\" = 1}", 1, 6, TextProblem::Unexpected('='));
        check("{\"a\": }", 1, 7, TextProblem::Unexpected('}'));
        check("{\"a\": 01}", 1, 7, TextProblem::Unexpected('0'));
        check("{\"a\": 1e999}", 1, 7, TextProblem::Unexpected('1'));
        check("{\"a\": \"b\n\"}", 1, 9, TextProblem::Unexpected('\n'));
        check("{\"a\": \"\\x\"}", 1, 9, TextProblem::Unexpected('x'));
        check("{\"a\": \"\\ud800\"}", 1, 8, TextProblem::Unexpected('\\'));
        check("{} x", 1, 4, TextProblem::Trailing);
        check("[1]", 1, 1, TextProblem::NotAnObject);
        let twice = |key: &str| TextProblem::DuplicateKey(key.to_owned());
        check("{\"a\": 1,\n  \"a\": 2}", 2, 3, twice("a"));
        check("{\"a\": 1, \"\\u0061\": 2}", 1, 10, twice("a"));
        check("{\"a\": [1, null]}", 1, 11, TextProblem::NullInArray);
        check("{\"a\": [{\"b\": null}]}", 1, 14, TextProblem::NullInArray);
    }

    #[test]
    fn levels_are_counted_as_the_service_counts_them() {
        let deep = |value: &str| "{\"a\":".repeat(8) + value + &"}".repeat(8);
        for value in ["1", "{}", "[]"] {
            assert!(parse_state(&deep(value)).is_ok(), "{value}");
        }
        check(&deep("[1]"), 1, 42, TextProblem::TooDeep);
        check(&deep("{\"b\":1}"), 1, 42, TextProblem::TooDeep);
        check(&"{\"a\":".repeat(9_000), 1, 42, TextProblem::TooDeep);
    }

    #[test]
    fn a_text_that_is_too_long_has_a_fault_where_it_gets_too_long() {
        let long = "{\"a\":\"".to_owned() + &"x".repeat(MAX_TEXT) + "\"}";
        check(&long, 1, MAX_TEXT as u32 + 1, TextProblem::Unexpected('x'));
    }

    #[test]
    fn a_key_that_is_null_is_not_there() {
        let state = parse_state(r#"{"a": null, "b": {"c": null}, "previous": 1}"#).unwrap();
        assert_eq!(state_to_json(&state), r#"{"b":{},"previous":1}"#);
    }

    #[test]
    fn a_value_that_is_no_json_is_a_text() {
        assert_eq!(parse_value("5.5"), Value::from(5.5));
        assert_eq!(parse_value("on"), Value::from("on"));
        assert_eq!(parse_value("\"on\""), Value::from("on"));
        assert_eq!(parse_value(""), Value::from(""));
        assert_eq!(parse_value("null"), Value::Null);
    }
}
