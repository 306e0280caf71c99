//! What a statement reads, and what its words are.

use super::*;

#[test]
fn paths_are_told_with_their_spots() {
    let text = "SET @a = x.y SELECT b, get(c.d, 'k').l, (SELECT z FROM e WHERE q = 1) AS s FROM 't' WHERE f.g > h";
    let paths: Vec<_> = parsed(text)
        .paths()
        .into_iter()
        .map(|path| {
            assert_eq!(
                &text[path.at..path.at + path.len],
                path.path.last().unwrap()
            );
            (path.path.join("."), path.decides)
        })
        .collect();
    let expected = [
        ("x.y", false),
        ("b", false),
        ("c.d", false),
        ("e", false),
        ("f.g", true),
        ("h", true),
    ];
    let expected: Vec<_> = expected
        .map(|(path, decides)| (path.to_owned(), decides))
        .to_vec();
    assert_eq!(paths, expected);
}

#[test]
fn a_condition_needs_what_nothing_in_it_can_do_without() {
    for (condition, needed) in [
        ("a > 1 AND b.c + 2 = d", "a b.c d"),
        ("a > 1 OR b > 1", ""),
        ("a > 1 AND (b OR c)", "a"),
        ("NOT a AND isUndefined(b) AND c IS NULL AND d", "d"),
        ("CASE a WHEN b THEN c END", ""),
    ] {
        let text = format!("SELECT x FROM 't' WHERE {condition}");
        let paths = parsed(&text).paths().into_iter();
        let found = paths
            .filter(|path| path.needed)
            .map(|path| path.path.join("."));
        assert_eq!(found.collect::<Vec<_>>().join(" "), needed, "{condition}");
    }
}

#[test]
fn what_asks_who_published_is_told() {
    for (text, expected) in [
        ("SELECT * FROM 't' WHERE clientid() = 'x'", true),
        ("SELECT upper(principal()) AS p FROM 't'", true),
        (
            "SET @s = get_thing_shadow('x', 'role') SELECT 1 AS n FROM 't'",
            true,
        ),
        (
            "SELECT (SELECT accountid() AS a FROM b) AS x FROM 't'",
            true,
        ),
        ("SELECT topic(), timestamp(), clientid AS c FROM 't'", false),
    ] {
        assert_eq!(parsed(text).needs_origin(), expected, "{text}");
    }
}

#[test]
fn words_are_marked_even_in_a_text_with_faults() {
    let text = "SELECT upper(a.from), value AS 'x' FROM 'a' WHERE @v > 1.5 AND 'open";
    let marks: Vec<_> = marks(text)
        .into_iter()
        .map(|mark| (&text[mark.at..mark.at + mark.len], mark.kind))
        .collect();
    use MarkKind::{Function, Keyword, Number, Text, Variable};
    assert_eq!(
        marks,
        [
            ("SELECT", Keyword),
            ("upper", Function),
            ("value", Keyword),
            ("AS", Keyword),
            ("'x'", Text),
            ("FROM", Keyword),
            ("'a'", Text),
            ("WHERE", Keyword),
            ("@v", Variable),
            ("1.5", Number),
            ("AND", Keyword),
            ("'open", Text),
        ]
    );
}

#[test]
fn quotes_hide_in_each_other() {
    all(&[
        ("'it''s'", "\"it's\""),
        ("\"it's\"", "\"it's\""),
        ("'say \"x\"'", "\"say \\\"x\\\"\""),
        ("\"say \"\"x\"\"\"", "\"say \\\"x\\\"\""),
        ("'C:\\'", "\"C:\\\\\""),
        ("'\\d'", "\"\\\\d\""),
        ("''", "\"\""),
        ("007", "7"),
        ("00.50", "0.50"),
        ("1e3", "1e3"),
    ]);
}
