//! Which things fit which query.

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn lamp() -> Value {
    json!({
        "thingName": "lamp-1",
        "thingTypeName": "Light",
        "attributes": { "room": "Living room", "serial": "abce", "load": "75", "a.b": "dotted" },
        "connectivity": { "connected": true, "timestamp": 1_700_000_000_000_i64 },
        "shadow": {
            "desired": { "power": "on" },
            "reported": { "power": "off", "stats": { "battery": 78 }, "modes": ["eco", "Night"] },
            "delta": { "power": "on" },
            "hasDelta": true,
            "metadata": { "reported": { "power": { "timestamp": 1_700_000_000 } } },
            "version": 12,
            "name": { "cfg": { "reported": { "interval": -2.5 }, "hasDelta": false } },
        },
    })
}

fn fits(query: &Query) -> bool {
    let mut held = Held::default();
    query.look(&lamp(), &mut held);
    query.fits(held)
}

fn check(query: &str, expected: bool) {
    let parsed = Query::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
    assert_eq!(fits(&parsed), expected, "{query}");
}

#[test]
fn names_are_found_whole_or_by_wildcards() {
    for query in [
        "thingName:lamp-1",
        "thingName:LAMP-1",
        "thingName:lamp*",
        "thingName:*-1",
        "thingName:*amp*",
        "thingName:lamp-?",
        "thingName: lamp-1",
        "thingTypeName:light",
        "*",
        "thingName:*",
        "thingName:\"lamp-1\"",
        r"thingName:lamp\-1",
        "thingName:(pump* OR lamp*)",
        "thingName:(lamp* AND -lamp-2)",
    ] {
        check(query, true);
    }
    for query in [
        "thingName:lamp",
        "thingName:lamp-?1",
        "thingname:lamp-1",
        "thingName:(lamp* AND -lamp-1)",
        r"thingName:lamp\*",
        "thingName:\"lamp*\"",
        "thingGroupNames:*",
    ] {
        check(query, false);
    }
}

#[test]
fn attributes_are_compared_as_numbers_where_both_are() {
    for query in [
        "attributes.load:75",
        "attributes.load:[75 TO 80]",
        "attributes.load:[70 TO 75]",
        "attributes.load>74.5",
        "attributes.load <= 75",
        "attributes.load:[* TO 80]",
        "attributes.serial:[\"abcd\" TO \"abcf\"]",
        "attributes.serial:a*e",
        "attributes.a.b:dotted",
        "attributes.room:room",
        "attributes.room:\"living room\"",
        "attributes.load:*",
        "attributes.load<100 NOT attributes.load>80",
    ] {
        check(query, true);
    }
    for query in [
        "attributes.load:{75 TO 80]",
        "attributes.load:[70 TO 75}",
        "attributes.load>75",
        "attributes.serial>5",
        "attributes.room:oom",
        "attributes.room:\"room living\"",
        "attributes.none:*",
        "attributes.a:*",
    ] {
        check(query, false);
    }
}

#[test]
fn shadows_and_connectivity_are_searched() {
    for query in [
        "shadow.reported.power:off",
        "shadow.reported.stats.battery < 90",
        "shadow.reported.stats.battery = 78.0",
        "shadow.reported.stats.battery:[70 TO 80}",
        "shadow.reported.modes:night",
        "shadow.reported.stats:*",
        "shadow.delta.power:on",
        "shadow.hasDelta:true",
        "shadow.metadata.reported.power.timestamp>1600000000",
        "shadow.name.cfg.reported.interval:-2.5",
        "shadow.name.cfg.reported.interval<-2",
        "shadow.name.cfg.hasDelta:false",
        "connectivity.connected:true",
        "connectivity.timestamp>1600000000000",
        "connectivity.connected:true AND shadow.reported.power:off",
    ] {
        check(query, true);
    }
    for query in [
        "shadow.reported.power:on",
        "shadow.reported.stats.battery>90",
        "shadow.reported.stats:78",
        "shadow.name.other.reported.interval:*",
        "connectivity.connected:false",
    ] {
        check(query, false);
    }
}

#[test]
fn a_term_without_a_field_is_looked_for_everywhere() {
    for query in [
        "lamp-1",
        "light",
        "living",
        "abce",
        "78",
        "eco",
        "\"living room\"",
    ] {
        check(query, true);
    }
    check("1700000000", false);
    check("12", false);
    check(r"\-2.5", true);
}

#[test]
fn words_between_terms_join_them() {
    check("lamp-1 light", true);
    check("lamp-1 pump", false);
    check("pump OR lamp-1", true);
    check("pump OR lamp-1 AND absent", false);
    check("(pump OR lamp-1) AND light", true);
    check("NOT pump AND NOT (absent OR gone)", true);
    check("- pump", true);
    check("lamp-1 AND NOT light", false);
    check("OR*", false);
}

#[test]
fn what_is_no_query_is_refused_with_a_reason() {
    let error = |query: &str| Query::parse(query).unwrap_err();
    assert_eq!(error(""), QueryError::Empty);
    assert_eq!(error(" \n"), QueryError::Empty);
    assert_eq!(error(&"a".repeat(1001)), QueryError::TooLong);
    assert_eq!(error(&"a ".repeat(13)), QueryError::TooManyTerms);
    assert_eq!(error(&"(".repeat(500)), QueryError::TooDeep);
    assert_eq!(error(&"-".repeat(500)), QueryError::TooDeep);
    for query in [
        "(a",
        "a)",
        "a AND",
        "a OR",
        "NOT",
        "a:",
        "a:[1 2]",
        "a:[1 TO 2",
        "a:\"x",
        "a<",
        ":a",
        "\\",
        "()",
    ] {
        assert!(matches!(error(query), QueryError::Expected(..)), "{query}");
    }
}

#[test]
fn shadows_are_looked_at_only_where_they_are_asked_for() {
    let needs = |query: &str| Query::parse(query).unwrap().needs_shadows();
    assert!(!needs("thingName:a AND connectivity.connected:true OR *"));
    assert!(needs("thingName:a AND shadow.hasDelta:true"));
    assert!(needs("a"));
}

proptest! {
    #[test]
    fn no_text_hangs_or_panics(query in "([a-z:.*?<>=()\\[\\]{}\" \\\\-]|AND|OR|NOT|TO|\\PC){0,60}") {
        if let Ok(query) = Query::parse(&query) {
            fits(&query);
        }
    }
}
