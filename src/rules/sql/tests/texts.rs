//! Functions over texts, and what is made a text for them.

use super::*;

#[test]
fn examples_of_aws() {
    all(&[
        ("chr(65)", "\"A\""),
        ("chr(49)", "\"1\""),
        ("chr('65.9')", "\"A\""),
        ("chr(128)", "undefined"),
        ("chr(-1)", "undefined"),
        ("chr(b)", "undefined"),
        ("endswith(\"cat\",\"at\")", "true"),
        ("endswith(n, 'a')", "undefined"),
        ("endswith(125, 5)", "true"),
        ("startswith(\"ranger\",\"ran\")", "true"),
        ("startswith('a', nope)", "undefined"),
        ("startswith(true, 'tr')", "true"),
        ("indexof(\"abcd\", \"bc\")", "1"),
        ("indexof('abcd', 'x')", "-1"),
        ("indexof(u, 'é')", "1"),
        ("indexof(12345, 34)", "2"),
        ("indexof(n, 'x')", "undefined"),
        ("length(\"hi\")", "2"),
        ("length(false)", "5"),
        ("length(u)", "2"),
        ("length(n)", "undefined"),
        ("numbytes(\"hi\")", "2"),
        ("numbytes(\"€\")", "3"),
        ("lower(\"HELLO\")", "\"hello\""),
        ("lower([\"HELLO\"])", "\"[\\\"hello\\\"]\""),
        ("upper(\"hello\")", "\"HELLO\""),
        ("upper([\"hello\"])", "\"[\\\"HELLO\\\"]\""),
        ("upper(n)", "undefined"),
        ("lpad(\"hello\", 2)", "\"  hello\""),
        ("lpad(1, 3)", "\"   1\""),
        ("lpad('x', -4)", "\"x\""),
        ("lpad('x', '2.9')", "\"  x\""),
        ("lpad('x', b)", "undefined"),
        ("length(lpad('x', 5000))", "1001"),
        ("rpad(\"hello\", 2)", "\"hello  \""),
        ("rpad(1, 3)", "\"1   \""),
        ("rpad(n, 3)", "undefined"),
        ("Ltrim(\" h i \")", "\"h i \""),
        ("rtrim(\" h i \")", "\" h i\""),
        ("Trim(\" hi \")", "\"hi\""),
        ("trim(5)", "\"5\""),
        ("trim(n)", "undefined"),
        ("replace(\"abcd\", \"bc\", \"x\")", "\"axd\""),
        ("replace(\"abcdabcd\", \"b\", \"x\")", "\"axcdaxcd\""),
        ("replace(12321, 2, true)", "\"1true3true1\""),
        ("replace('abc', n, 'x')", "undefined"),
    ]);
}

#[test]
fn parts_of_texts() {
    all(&[
        ("substring(\"012345\", 0)", "\"012345\""),
        ("substring(\"012345\", 2)", "\"2345\""),
        ("substring(\"012345\", 2.745)", "\"2345\""),
        ("substring(123, 2)", "\"3\""),
        ("substring(\"012345\", -1)", "\"012345\""),
        ("substring(true, 1.2)", "\"rue\""),
        ("substring(false, -2.411E247)", "\"false\""),
        ("substring(\"012345\", 1, 3)", "\"12\""),
        ("substring(\"012345\", -50, 50)", "\"012345\""),
        ("substring(\"012345\", 3, 1)", "\"\""),
        ("substring(u, 1, 2)", "\"é\""),
        ("substring(t, 'x')", "undefined"),
        ("substring(n, 1)", "undefined"),
        ("substring('abc', '1')", "\"bc\""),
        ("substring('abc', 9)", "\"\""),
    ]);
}

#[test]
fn regular_expressions() {
    all(&[
        ("regexp_matches(\"aaaa\", \"a{2,}\")", "true"),
        ("regexp_matches(\"aaaa\", \"b\")", "false"),
        ("regexp_matches(12, '^\\d+$')", "true"),
        ("regexp_matches('a', '(')", "undefined"),
        ("regexp_matches(n, 'a')", "undefined"),
        ("regexp_matches(t, t)", "true"),
        ("regexp_replace(\"abcd\", \"bc\", \"x\")", "\"axd\""),
        ("regexp_replace(\"abcd\", \"b(.*)d\", \"$1\")", "\"ac\""),
        ("regexp_replace('aXbX', 'X', '-')", "\"a-b-\""),
        ("regexp_replace('ab', '(a)(b)', '$2$1x$0')", "\"baxab\""),
        ("regexp_replace('ab', '(a)', '$12')", "\"a2b\""),
        ("regexp_replace('a', 'a', '\\$1')", "\"$1\""),
        ("regexp_replace('a', 'a', '$1')", "undefined"),
        ("regexp_replace('a', 'a', '$')", "undefined"),
        ("regexp_replace('abc', 'x*', '-')", "\"-a-b-c-\""),
        ("regexp_substr(\"hihihello\", \"hi\")", "\"hi\""),
        ("regexp_substr(\"hihihello\", \"(hi)*\")", "\"hihi\""),
        ("regexp_substr('abc', 'x')", "undefined"),
        ("regexp_substr(topic(), '[^/]+$')", "\"thingOne\""),
    ]);
}

#[test]
fn digests_of_hello() {
    all(&[
        ("md2(\"hello\")", "\"a9046c73e00331af68917d3804f70655\""),
        ("md2('')", "\"8350e5a3e24c153df2275c9f80692773\""),
        ("md5(\"hello\")", "\"5d41402abc4b2a76b9719d911017c592\""),
        (
            "sha1('hello')",
            "\"aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d\"",
        ),
        (
            "sha224('hello')",
            "\"ea09ae9cc6768c50fcee903ed054556e5bfc8347907f12598aa24193\"",
        ),
        (
            "sha256('hello')",
            "\"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\"",
        ),
        (
            "sha384('hello')",
            "\"59e1748777448c69de6b800d7a33bbfb9ff1b463e44354c3553bcdb9c666fa90125a3c79f90397bdf5f6a13de828684f\"",
        ),
        (
            "sha512('hello')",
            "\"9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca72323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043\"",
        ),
        ("md5(i) = md5('5')", "true"),
        ("md5(n)", "undefined"),
    ]);
}

#[test]
fn base64_goes_both_ways() {
    all(&[
        ("encode('hello', 'base64')", "\"aGVsbG8=\""),
        ("encode(i, 'base64')", "\"NQ==\""),
        ("encode('x', 'hex')", "undefined"),
        ("encode(n, 'base64')", "undefined"),
        ("decode('aGVsbG8=', 'base64')", "\"hello\""),
        ("decode('aGVsbG8', 'base64')", "\"hello\""),
        (
            "decode('eyAidGVtcGVyYXR1cmUiOiAzMyB9Cg==', 'base64').temperature",
            "33",
        ),
        ("decode('WzEsMl0=', 'base64')", "[1,2]"),
        ("decode('?', 'base64')", "null"),
        ("decode('/w==', 'base64')", "null"),
        ("decode(nope, 'base64')", "undefined"),
        ("decode(encode(*, 'base64'), 'base64').i", "5"),
    ]);
    let sql = parsed("SELECT encode(*, 'base64') AS data, timestamp() AS ts FROM 't'");
    let made = run(&sql, b"\x00\xff\x10");
    assert_eq!(
        made.as_deref(),
        Some("{\"data\":\"AP8Q\",\"ts\":1481825251155}")
    );
}
