//! Nothing panics, hangs or grows without bound.

use proptest::prelude::*;

use super::*;

/// What keeps a statement from being evaluated to its end.
fn cut(text: &str, payload: &str) -> Cut {
    let message = Incoming::new(origin(), payload.as_bytes());
    parsed(text).evaluate(&message).unwrap_err()
}

fn fault(text: &str) -> SqlError {
    Sql::parse(text, SqlVersion::default()).unwrap_err()
}

#[test]
fn nesting_has_a_bound() {
    let deep = |open: &str, close: &str, levels: usize| {
        format!(
            "SELECT {}1{} AS a FROM 't'",
            open.repeat(levels),
            close.repeat(levels)
        )
    };
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("abs(", ")"),
        ("- ", ""),
        ("NOT ", ""),
        ("{'a':", "}"),
        ("CASE 1 WHEN ", " THEN 1 END"),
        ("(SELECT a FROM ", ")"),
        ("cast(", " AS Int)"),
        ("EXISTS(SELECT VALUE ", " FROM a)"),
    ] {
        assert!(
            Sql::parse(&deep(open, close, 20), SqlVersion::default()).is_ok(),
            "{open}"
        );
        assert!(
            fault(&deep(open, close, 5_000))
                .message
                .contains("too deep"),
            "{open}"
        );
    }
}

#[test]
fn long_chains_are_no_nesting() {
    let sum = "1 + ".repeat(20_000) + "1";
    assert_eq!(value(&sum), "20001");
    let or = format!(
        "SELECT * FROM 't' WHERE {} a = 1",
        "a = 2 OR ".repeat(5_000)
    );
    check(&or, "{\"a\":1}", "{\"a\":1}");
    let path = "a.".repeat(60_000) + "a";
    assert_eq!(value(&path), "undefined");
    let names = format!("SELECT 1 AS {} FROM 't'", "a.".repeat(1_000) + "a");
    assert!(fault(&names).message.contains("too deep"));
    assert!(fault(&" ".repeat(MAX_SQL + 1)).message.contains("too long"));
}

#[test]
fn what_grows_too_large_is_undefined() {
    let long = "x".repeat(100_000);
    let payload = format!("{{\"t\":\"{long}\"}}");
    check(
        "SELECT t + t AS a, concat(t, t) AS b, replace(t, 'x', 'yyy') AS c FROM 't'",
        &payload,
        "{}",
    );
    let replace = "SELECT length(regexp_replace(t, 'x', 'yy')) AS d FROM 't'";
    assert_eq!(cut(replace, &payload), Cut::TooLong);
    let groups = format!(
        "SELECT VALUE regexp_replace(t, '.*', '{}') FROM 't'",
        "$0".repeat(9_000)
    );
    check(&groups, &payload, "");
    check("SET @a = [t, t] SELECT @a FROM 't'", &payload, "{}");
    let many = vec!["*"; 60_000].join(",");
    let many = format!("SELECT VALUE [{many}] FROM 't'");
    assert_eq!(cut(&many, &payload), Cut::TooLarge);
}

#[test]
fn work_has_an_end() {
    let payload = format!("{{\"a\":[{}]}}", vec!["1"; 50_000].join(","));
    let nested = "SELECT VALUE (SELECT VALUE (SELECT VALUE (SELECT VALUE x + y + z FROM a AS z) FROM a AS y) FROM a AS x) FROM 't'";
    assert_eq!(cut(nested, &payload), Cut::TooLong);
    let equal = format!(
        "SELECT * FROM 't' WHERE {} false",
        "a = a AND ".repeat(20_000)
    );
    assert_eq!(cut(&equal, &payload), Cut::TooLong);
    let text = format!("{{\"t\":\"{}\"}}", "a".repeat(120_000));
    let replace = "SELECT VALUE regexp_replace(t, '(a.*b)?', '') FROM 't'";
    assert_eq!(cut(replace, &text), Cut::TooLong);
    let like = format!("SELECT VALUE t LIKE '{}b' FROM 't'", "%a".repeat(400));
    assert_eq!(cut(&like, &text), Cut::TooLong);
}

const WORDS: [&str; 48] = [
    "SELECT",
    "FROM",
    "WHERE",
    "AS",
    "VALUE",
    "SET",
    "AND",
    "OR",
    "NOT",
    "IN",
    "LIKE",
    "BETWEEN",
    "IS",
    "NULL",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "EXISTS",
    "cast",
    "Int",
    "a",
    "b.c",
    "@v",
    "=",
    "<>",
    "<",
    "+",
    "-",
    "*",
    "/",
    "%",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "'t'",
    "\"é\"",
    "1",
    "2.5E3",
    "get(",
    "concat(",
    "regexp_replace(",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_has_a_fault_with_a_spot(text in "\\PC{0,80}") {
        look_at(&text);
    }

    #[test]
    fn any_words_are_read_or_have_a_fault_with_a_spot(words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..40)) {
        let text = words.join(" ");
        look_at(&text);
        look_at(&format!("SELECT VALUE {text} FROM 't'"));
    }

    #[test]
    fn any_pattern_and_any_text_of_a_time(pattern in "[a-zA-Z'\\[\\] :+.-]{0,30}", text in "\\PC{0,40}", at in any::<i64>()) {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let expression = format!("[parse_time({0}, {at}), time_to_epoch({1}, {0})]", quoted(&pattern), quoted(&text));
        let sql = Sql::parse(&format!("SELECT VALUE {expression} FROM 't'"), SqlVersion::V20160323).unwrap();
        let made = run(&sql, b"{}");
        prop_assert!(made.is_some());
    }

    #[test]
    fn a_time_that_is_written_is_read_again(at in -60_000_000_000_000_i64..250_000_000_000_000) {
        let pattern = "'yyyy-MM-dd''T''HH:mm:ss.SSS'";
        prop_assert_eq!(value(&format!("time_to_epoch(parse_time({pattern}, {at}), {pattern})")), at.to_string());
    }

    #[test]
    fn calculation_agrees_with_whole_numbers(a in any::<i64>(), b in any::<i64>()) {
        let (a, b) = (i128::from(a), i128::from(b));
        prop_assert_eq!(value(&format!("{a} + {b}")), (a + b).to_string());
        prop_assert_eq!(value(&format!("{a} - {b}")), (a - b).to_string());
        if b != 0 {
            prop_assert_eq!(value(&format!("{a} / {b}")), (a / b).to_string());
            prop_assert_eq!(value(&format!("{a} % {b}")), (a % b).to_string());
        }
        prop_assert_eq!(value(&format!("{a} < {b}")), (a < b).to_string());
    }
}

fn look_at(text: &str) {
    marks(text);
    match Sql::parse(text, SqlVersion::default()) {
        Ok(sql) => {
            sql.paths();
            run(&sql, br#"{"a":[1,{"b":2}],"b":{"c":"x"}}"#);
        }
        Err(error) => {
            let part = text.get(error.at..error.at + error.len);
            assert!(
                part.is_some() && !error.message.is_empty() && error.column > 0,
                "{text}: {error:?}"
            );
        }
    }
}
