//! JSON in and out.

use super::*;

fn again(text: &str) -> Option<String> {
    let mut out = String::new();
    write(&parse(text.as_bytes())?, &mut out, usize::MAX).then_some(out)
}

#[test]
fn members_keep_their_order_and_numbers_their_digits() {
    for text in [
        r#"{"b":1,"a":[1.50,-0,1e5,12345678901234567890123],"":{}}"#,
        r#"["",null,true,false,[],"é\\\"\n\u0001"]"#,
        "-0.0",
    ] {
        assert_eq!(again(text).as_deref(), Some(text));
    }
    assert_eq!(
        again(" { \"a\" : [ 1 , 2 ] } \n").as_deref(),
        Some(r#"{"a":[1,2]}"#)
    );
    assert_eq!(
        again(r#""\ud83d\ude00\u00e9\/\b""#).as_deref(),
        Some("\"😀é/\\u0008\"")
    );
}

#[test]
fn what_is_no_json_is_refused() {
    for text in [
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "01",
        "1.",
        ".5",
        "+1",
        "1e",
        "nul",
        "\"a",
        "\"\n\"",
        "\"\\x\"",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\u+123\"",
        "1 2",
        "[1 2]",
        "NaN",
        "'a'",
        "{\"a\"}",
    ] {
        assert_eq!(again(text), None, "{text}");
    }
    assert!(parse(b"\"\xff\"").is_none());
}

#[test]
fn levels_have_a_bound() {
    let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    assert!(parse(nested(MAX_DEPTH).as_bytes()).is_some());
    assert!(parse(nested(MAX_DEPTH + 1).as_bytes()).is_none());
    assert!(parse("[".repeat(1_000_000).as_bytes()).is_none());
}

#[test]
fn writing_stops_at_its_limit() {
    let value = parse(br#"["aaaa","bbbb","cccc"]"#).unwrap();
    assert!(!write(&value, &mut String::new(), 10));
    assert!(write(&value, &mut String::new(), 22));
}
