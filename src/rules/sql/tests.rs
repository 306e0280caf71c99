//! Statements and what they make of messages, family by family.

#[cfg(not(target_arch = "wasm32"))]
mod bounds;
mod clauses;
mod faults;
mod functions;
mod operators;
mod reading;
mod texts;
mod times;

use super::*;
use crate::rules::Origin;
use crate::time::UnixMillis;

fn origin<'a>() -> Origin<'a> {
    Origin {
        topic: "things/myThings/thingOne",
        at: UnixMillis(1_481_825_251_155),
        client_id: Some("client-1"),
        principal: "ba67293af50bf2506f5f93469686da660c7c844e7b3950bfb16813e0d31e9373",
        account: "123456789012",
        seed: 7,
    }
}

fn parsed(text: &str) -> Sql {
    Sql::parse(text, SqlVersion::V20160323).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn run(sql: &Sql, payload: &[u8]) -> Option<String> {
    let fired = sql.evaluate(&Incoming::new(origin(), payload)).unwrap()?;
    Some(String::from_utf8(fired.payload.to_vec()).unwrap())
}

/// What a statement makes of a payload; "-" where it does not fire.
fn check(text: &str, payload: &str, expected: &str) {
    let made = run(&parsed(text), payload.as_bytes());
    assert_eq!(made.as_deref().unwrap_or("-"), expected, "{text}");
}

fn value_in(expression: &str, version: SqlVersion) -> String {
    const PAYLOAD: &[u8] = br#"{"i":5,"d":2.5,"w":10.0,"t":"txt","n":null,"b":true,"a":[1,2,3],
        "o":{"k":"v","my-key":1},"s":"12","e":"1.5E3","neg":-7.9,"u":"\u20ac\u00e9"}"#;
    let text = "SELECT VALUE ".to_owned() + expression + " FROM 't'";
    let sql = Sql::parse(&text, version).unwrap_or_else(|error| panic!("{text}: {error}"));
    let made = run(&sql, PAYLOAD).unwrap();
    if made.is_empty() {
        "undefined".to_owned()
    } else {
        made
    }
}

fn value(expression: &str) -> String {
    value_in(expression, SqlVersion::V20160323)
}

/// Expressions over a payload with one key of each kind, and their JSON, or `undefined`.
fn all(rows: &[(&str, &str)]) {
    for (expression, expected) in rows {
        assert_eq!(value(expression), *expected, "{expression}");
    }
}
