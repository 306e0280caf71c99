//! Operators, row by row of AWS's tables.

use super::*;

#[test]
fn and_or_not_take_booleans_and_their_words() {
    all(&[
        ("true AND true", "true"),
        ("true AND false", "false"),
        ("'TRUE' and 'true'", "true"),
        ("b AND 'False'", "false"),
        ("1 AND true", "undefined"),
        ("nope AND false", "undefined"),
        ("n OR true", "undefined"),
        ("false OR 'true'", "true"),
        ("false OR false", "false"),
        ("'yes' OR true", "undefined"),
        ("NOT true", "false"),
        ("NOT 'false'", "true"),
        ("NOT 'x'", "undefined"),
        ("NOT 0", "undefined"),
        ("NOT NOT b", "true"),
        ("NOT i = 5", "false"),
        ("NOT i = 4 AND b", "true"),
        ("true OR true AND false", "true"),
        ("(true OR true) AND false", "false"),
    ]);
}

#[test]
fn equality_converts_nothing() {
    all(&[
        ("5 = 5", "true"),
        ("5 = 5.0", "true"),
        ("i = '5'", "false"),
        ("i <> '5'", "true"),
        ("'a' = 'a'", "true"),
        ("'a' = 'A'", "false"),
        ("'a' <> 'b'", "true"),
        ("n = null", "true"),
        ("n <> null", "false"),
        ("n = 0", "false"),
        ("nope = 5", "undefined"),
        ("nope <> nope", "undefined"),
        ("b = true", "true"),
        ("b = 'true'", "false"),
        ("a = [1, 2.0, 3]", "true"),
        ("a = [3, 2, 1]", "false"),
        ("a <> [1, 2]", "true"),
        ("o = {'my-key': 1, 'k': 'v'}", "true"),
        ("o = {'k': 'v'}", "false"),
        ("a = o", "false"),
        ("9007199254740993 = 9007199254740992", "false"),
        ("0.1 + 0.2 = 0.3", "true"),
    ]);
}

#[test]
fn an_order_is_one_of_numbers_and_texts_that_are_numbers() {
    all(&[
        ("5 > 4", "true"),
        ("5 >= 5.0", "true"),
        ("'5' < '10'", "true"),
        ("'5E-12' <= 0", "false"),
        ("s > 11.9", "true"),
        ("'abc' > 1", "undefined"),
        ("b > 0", "undefined"),
        ("n < 1", "undefined"),
        ("nope < 1", "undefined"),
        ("a < o", "undefined"),
        ("'+5' > 1", "undefined"),
        ("-5 < -4", "true"),
        ("1 < 2 = true", "true"),
    ]);
}

#[test]
fn calculation_keeps_ints_and_is_exact() {
    all(&[
        ("1 + 2", "3"),
        ("1 + 2.5", "3.5"),
        ("0.1 + 0.2", "0.3"),
        ("5 - '3'", "2"),
        ("'10' / '4'", "2.5"),
        ("2 * d", "5"),
        ("7 / 2", "3"),
        ("-7 / 2", "-3"),
        ("7 / 2.0", "3"),
        ("7.5 / 2", "3.75"),
        ("w / 4", "2"),
        ("1 / 0", "undefined"),
        ("1.5 / 0", "undefined"),
        ("7 % 3", "1"),
        ("7.5 % 2", "1.5"),
        ("'7' % '4'", "3"),
        ("5 % 0", "undefined"),
        ("i - b", "undefined"),
        ("i * n", "undefined"),
        ("i + nope", "undefined"),
        ("a + o", "undefined"),
        ("n + 1", "undefined"),
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 4 - 3", "3"),
        ("100 / 10 / 2", "5"),
        ("-i", "-5"),
        ("0 - -5", "5"),
        ("-'5'", "-5"),
        ("0 + +i", "5"),
        ("-t", "undefined"),
        ("1.0 / 3.5", "0.2857142857142857142857142857142857"),
        ("2.0 / 3.5 * 3.5", "2"),
        ("1E-7 + 0", "1E-7"),
        (
            "9999999999999999999999999999999999 + 0",
            "9999999999999999999999999999999999",
        ),
        ("1E600 * 1E600", "undefined"),
    ]);
}

#[test]
fn plus_joins_where_one_side_is_a_text() {
    all(&[
        ("'con' + 'cat'", "\"concat\""),
        ("'a' + 1", "\"a1\""),
        ("1 + 'a'", "\"1a\""),
        ("'5' + 5", "\"55\""),
        ("'a' + true", "\"atrue\""),
        ("'a' + w", "\"a10\""),
        ("'a' + d", "\"a2.5\""),
        ("'a' + [1, 'b', null]", "\"a[1,\\\"b\\\",null]\""),
        ("o + ''", "\"{\\\"k\\\":\\\"v\\\",\\\"my-key\\\":1}\""),
        ("'a' + n", "undefined"),
        ("'a' + nope", "undefined"),
        ("1 + 1 + 'a'", "\"2a\""),
    ]);
}

#[test]
fn before_2016_a_whole_decimal_stays_a_decimal() {
    let check = |expression: &str, expected: &str| {
        assert_eq!(
            value_in(expression, SqlVersion::V20151008),
            expected,
            "{expression}"
        );
    };
    check("5 / 2", "2");
    check("5.0 / 2", "2.5");
    check("w / 4", "2.5");
    check("'a' + w", "\"a10.0\"");
    check("power(2, 5)", "32.0");
    check("cast(10.0 AS Decimal)", "10.0");
    check("sql_version()", "\"2015-10-08\"");
    assert_eq!(value_in("5.0 / 2", SqlVersion::Beta), "2");
}

#[test]
fn membership_patterns_ranges_and_null() {
    all(&[
        ("3 IN a", "true"),
        ("4 in a", "false"),
        ("'3' IN a", "false"),
        ("3.0 IN [1, 2, 3]", "true"),
        ("3 IN (1, 2, 3)", "true"),
        ("3 NOT IN (1, 2)", "true"),
        ("3 IN (3)", "true"),
        ("3 IN (a)", "true"),
        ("3 IN i", "undefined"),
        ("3 IN nope", "undefined"),
        ("nope IN a", "undefined"),
        ("nope NOT IN a", "undefined"),
        ("n IN [null]", "true"),
        ("[1] IN [[1], [2]]", "true"),
        (
            "2 IN (SELECT VALUE x FROM [{'x': 1}, {'x': 2}] AS row)",
            "true",
        ),
        ("t LIKE 't%'", "true"),
        ("t LIKE '_x_'", "true"),
        ("t LIKE 'x'", "false"),
        ("t NOT LIKE '%x%'", "false"),
        ("'a.b' LIKE 'a_b'", "true"),
        ("'' LIKE '%'", "true"),
        ("'abcabd' LIKE '%ab_'", "true"),
        ("'abc' LIKE '%'", "true"),
        ("'abc' LIKE 'abc_'", "false"),
        ("12 LIKE '1%'", "true"),
        ("n LIKE '%'", "undefined"),
        ("i BETWEEN 1 AND 5", "true"),
        ("i BETWEEN 6 AND 9", "false"),
        ("i NOT BETWEEN 6 AND 9", "true"),
        ("s BETWEEN '11' AND 13", "true"),
        ("t BETWEEN 1 AND 2", "undefined"),
        ("i BETWEEN 1 AND 9 AND b", "true"),
        ("n IS NULL", "true"),
        ("i IS NULL", "false"),
        ("i IS NOT NULL", "true"),
        ("nope IS NULL", "undefined"),
        ("nope IS NOT NULL", "undefined"),
    ]);
}

#[test]
fn case_takes_the_first_arm_that_is_equal() {
    all(&[
        (
            "CASE i WHEN 4 THEN 'four' WHEN 5 THEN 'five' ELSE 'more' END",
            "\"five\"",
        ),
        ("CASE i WHEN 5 THEN 1 WHEN 5 THEN 2 END", "1"),
        ("CASE i WHEN 6 THEN 1 END", "undefined"),
        ("CASE i WHEN 6 THEN 1 ELSE 2 END", "2"),
        ("CASE nope WHEN 6 THEN 1 ELSE 2 END", "undefined"),
        ("CASE i WHEN nope THEN 1 ELSE 2 END", "2"),
        ("CASE n WHEN null THEN 'null' END", "\"null\""),
        ("CASE i WHEN '5' THEN 1 ELSE 2 END", "2"),
        ("CASE true WHEN i > 4 THEN 'hot' ELSE 'cold' END", "\"hot\""),
        (
            "case i when 5 then case b when true then 'deep' end end",
            "\"deep\"",
        ),
        ("CASE i % 2 WHEN 1 THEN 'odd' END + '!'", "\"odd!\""),
    ]);
}
