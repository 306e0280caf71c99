//! Faults: the spot, the words and the repair.

use super::*;

fn error(text: &str) -> SqlError {
    match Sql::parse(text, SqlVersion::V20160323) {
        Err(error) => error,
        Ok(sql) => panic!("{text}: {sql:?}"),
    }
}

/// The faulty part, some words of the message, and what the text is once it is repaired.
fn check(text: &str, part: &str, words: &str, repaired: Option<&str>) {
    let error = error(text);
    assert_eq!(
        &text[error.at..error.at + error.len],
        part,
        "{text}: {error}"
    );
    assert!(error.message.contains(words), "{text}: {error}");
    let fixed = error
        .repair
        .map(|repair| text[..error.at].to_owned() + &repair + &text[error.at + error.len..]);
    assert_eq!(fixed.as_deref(), repaired, "{text}");
}

fn repairs(text: &str, part: &str, words: &str, repaired: &str) {
    check(text, part, words, Some(repaired));
    parsed(repaired);
}

#[test]
fn misspelt_words_are_repaired() {
    repairs(
        "SELECT * FORM 'a/b'",
        "FORM",
        "FROM belongs here",
        "SELECT * FROM 'a/b'",
    );
    repairs(
        "SELCT * FROM 'a'",
        "SELCT",
        "SELECT belongs here",
        "SELECT * FROM 'a'",
    );
    repairs(
        "SELECT * FROM 'a' WEHRE b = 1",
        "WEHRE",
        "WHERE belongs here",
        "SELECT * FROM 'a' WHERE b = 1",
    );
    repairs("SELECT a, b FRO 'x'", "FRO", "FROM", "SELECT a, b FROM 'x'");
    repairs(
        "SELECT tiemstamp() AS t FROM 'a'",
        "tiemstamp",
        "no function tiemstamp",
        "SELECT timestamp() AS t FROM 'a'",
    );
    repairs(
        "SELECT lenght(a) AS t FROM 'a'",
        "lenght",
        "no function",
        "SELECT length(a) AS t FROM 'a'",
    );
    repairs(
        "SELECT cast(a AS Strng) AS t FROM 'a'",
        "Strng",
        "cast makes",
        "SELECT cast(a AS String) AS t FROM 'a'",
    );
    repairs(
        "SET @temp = 1 SELECT @tmep AS t FROM 'a'",
        "@tmep",
        "not set",
        "SET @temp = 1 SELECT @temp AS t FROM 'a'",
    );
    check(
        "SELECT frobnicate(a) AS t FROM 'a'",
        "frobnicate",
        "no function frobnicate",
        None,
    );
    check(
        "SELECT cast(a AS Blob) AS t FROM 'a'",
        "Blob",
        "cast makes",
        None,
    );
}

#[test]
fn a_topic_stands_in_single_quotes() {
    repairs(
        "SELECT * FROM \"a/b\"",
        "\"a/b\"",
        "single quotes",
        "SELECT * FROM 'a/b'",
    );
    repairs(
        "SELECT * FROM topic/#",
        "topic/#",
        "single quotes",
        "SELECT * FROM 'topic/#'",
    );
    repairs(
        "SELECT * FROM $aws/things/+/x WHERE a = 1",
        "$aws/things/+/x",
        "single quotes",
        "SELECT * FROM '$aws/things/+/x' WHERE a = 1",
    );
    repairs(
        "SELECT * FROM ‘a/b’",
        "‘a/b’",
        "single quotes",
        "SELECT * FROM 'a/b'",
    );
    repairs(
        "SELECT * FROM 'a/b",
        "'a/b",
        "no closing quote",
        "SELECT * FROM 'a/b'",
    );
    repairs(
        "SELECT * FROM 'a/b WHERE c = 1",
        "'a/b WHERE c = 1",
        "no closing quote",
        "SELECT * FROM 'a/b' WHERE c = 1",
    );
    repairs(
        "SELECT * 'a/b'",
        "",
        "FROM is missing: a rule reads FROM 'topic/filter'",
        "SELECT * FROM 'a/b'",
    );
    check("SELECT * FROM", "", "single quotes", None);
    check("SELECT * FROM WHERE a = 1", "", "single quotes", None);
    check(
        "SELECT * FROM 'a/#/b'",
        "'a/#/b'",
        "'#' must be the last level",
        None,
    );
    check("SELECT * FROM ''", "''", "empty", None);
}

#[test]
fn what_is_missing_is_put_in() {
    repairs(
        "SELECT upper(a AS b FROM 'x'",
        "",
        ") is missing here",
        "SELECT upper(a) AS b FROM 'x'",
    );
    repairs(
        "SELECT (a + 1 AS b FROM 'x'",
        "",
        ") is missing here",
        "SELECT (a + 1) AS b FROM 'x'",
    );
    repairs(
        "SELECT [a, b AS c FROM 'x'",
        "",
        "] is missing here",
        "SELECT [a, b] AS c FROM 'x'",
    );
    repairs(
        "SELECT {'a': b AS c FROM 'x'",
        "",
        "} is missing here",
        "SELECT {'a': b} AS c FROM 'x'",
    );
    repairs(
        "SELECT FROM 'x'",
        "",
        "something to select is missing",
        "SELECT * FROM 'x'",
    );
    repairs(
        "SELECT CASE a WHEN 1 THEN 2 AS b FROM 'x'",
        "",
        "END is missing",
        "SELECT CASE a WHEN 1 THEN 2 END AS b FROM 'x'",
    );
    repairs("* FROM 'x'", "", "SELECT is missing", "SELECT * FROM 'x'");
    check("", "", "SELECT is missing", None);
    check(
        "SELECT * FROM 'x' WHERE",
        "",
        "a value is missing at the end",
        None,
    );
    check(
        "SELECT a + FROM 'x'",
        "FROM",
        "a value is missing before this",
        None,
    );
    check(
        "SELECT a AS FROM 'x'",
        "FROM",
        "a name belongs after AS",
        None,
    );
}

#[test]
fn what_is_too_much_is_taken_out() {
    repairs(
        "SELECT a, FROM 'x'",
        ",",
        "nothing follows this comma",
        "SELECT a FROM 'x'",
    );
    repairs(
        "SELECT [1, 2,] AS a FROM 'x'",
        ",",
        "nothing follows",
        "SELECT [1, 2] AS a FROM 'x'",
    );
    repairs(
        "SELECT * FROM 'x';",
        ";",
        "without a semicolon",
        "SELECT * FROM 'x'",
    );
    repairs(
        "SELECT * FROM 'x' WHERE a = 1)",
        ")",
        "closes nothing",
        "SELECT * FROM 'x' WHERE a = 1",
    );
    check("SELECT * FROM 'x' 'y'", "'y'", "only WHERE", None);
    check("SELECT * FROM 'x' WHERE a = 1 b", "b", "complete", None);
}

#[test]
fn other_dialects_are_translated() {
    repairs(
        "SELECT * FROM 'x' WHERE a != 1",
        "!=",
        "<>",
        "SELECT * FROM 'x' WHERE a <> 1",
    );
    repairs(
        "SELECT * FROM 'x' WHERE a == 1",
        "==",
        "=",
        "SELECT * FROM 'x' WHERE a = 1",
    );
    repairs(
        "SELECT * FROM 'x' WHERE a = 1 && b = 2",
        "&&",
        "AND",
        "SELECT * FROM 'x' WHERE a = 1 AND b = 2",
    );
    repairs(
        "SELECT (a – 32) * 5 AS c FROM 'x'",
        "–",
        "no minus",
        "SELECT (a - 32) * 5 AS c FROM 'x'",
    );
    repairs(
        "SELECT {a: 1} AS c FROM 'x'",
        "a",
        "quotes",
        "SELECT {\"a\": 1} AS c FROM 'x'",
    );
    repairs(
        "SELECT my-key FROM 'x'",
        "my-key",
        "hyphen",
        "SELECT get(*, \"my-key\") FROM 'x'",
    );
    repairs(
        "SELECT CASE WHEN a > 1 THEN 2 END AS b FROM 'x'",
        "CASE",
        "CASE compares a value",
        "SELECT CASE true WHEN a > 1 THEN 2 END AS b FROM 'x'",
    );
    check("SELECT a.0 AS b FROM 'x'", "0", "get(", None);
    check("SELECT a + 1 FROM 'x'", "a + 1", "AS gives it one", None);
    check(
        "SELECT aws_lambda('arn', *) AS a FROM 'x'",
        "aws_lambda",
        "not served",
        None,
    );
    check(
        "SELECT decode(a, 'proto', b) AS a FROM 'x'",
        "decode",
        "not served",
        None,
    );
}

#[test]
fn a_spot_has_a_line_and_a_column() {
    let text = "SELECT é,\n  ünknown(a) AS b\nFROM 'x'";
    let fault = error(text);
    assert_eq!((fault.line, fault.column), (2, 3));
    assert_eq!(&text[fault.at..fault.at + fault.len], "ünknown");
    assert!(fault.to_string().ends_with("(line 2, column 3)"));
    let fault = error("SELECT *\nFORM 'x'");
    assert_eq!(
        (fault.line, fault.column, fault.at, fault.len),
        (2, 1, 9, 4)
    );
}

#[test]
fn variables_have_rules() {
    check("SET a = 1 SELECT * FROM 'x'", "a", "@name", None);
    check(
        "SET @a = 1, @a = 2 SELECT * FROM 'x'",
        "@a",
        "set already",
        None,
    );
    check("SET @é = 1 SELECT * FROM 'x'", "@é", "letters", None);
    check("SELECT @a FROM 'x'", "@a", "not set", None);
    check(
        "SET @a = @b, @b = 1 SELECT @a FROM 'x'",
        "@b",
        "not set",
        None,
    );
    let many: Vec<_> = (0..11).map(|index| format!("@v{index} = 1")).collect();
    let text = format!("SET {} SELECT * FROM 'x'", many.join(", "));
    check(&text, "@v10", "10 variables at most", None);
}
