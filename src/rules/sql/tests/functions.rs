//! Functions: AWS's examples, and each kind of argument.

use super::*;

#[test]
fn examples_of_calculation() {
    all(&[
        ("abs(-5)", "5"),
        ("abs('-5.123')", "5.123"),
        ("abs(b)", "undefined"),
        ("abs(n)", "undefined"),
        ("abs(a)", "undefined"),
        ("abs()", "undefined"),
        ("abs(1, 2)", "undefined"),
        ("ceil(1.2)", "2"),
        ("ceil('-1.2')", "-1"),
        ("floor(neg)", "-8"),
        ("floor('x')", "undefined"),
        ("Round(1.2)", "1"),
        ("Round(1.5)", "2"),
        ("Round(1.7)", "2"),
        ("Round(-1.1)", "-1"),
        ("Round(-1.5)", "-2"),
        ("round('2.5')", "3"),
        ("round(b)", "undefined"),
        ("trunc(2.3, 0)", "2"),
        ("trunc(2.3123, 2)", "2.31"),
        ("trunc(2.888, 2)", "2.88"),
        ("trunc(2.00, 5)", "2"),
        ("trunc(-2.888, -4)", "-2"),
        ("trunc('2.888', 1.9)", "2.8"),
        ("trunc(2.5, '1')", "undefined"),
        ("trunc(2.12345, 99)", "2.12345"),
        ("sign(-7)", "-1"),
        ("sign(0)", "0"),
        ("sign(13)", "1"),
        ("sign('-0.5')", "-1"),
        ("mod(8, 3)", "2"),
        ("remainder(8, 3)", "2"),
        ("mod('8', 3)", "2"),
        ("mod(8, 0)", "undefined"),
        ("mod(b, 3)", "undefined"),
        ("power(2, 5)", "32"),
        ("power('2', 0.5)", "1.4142135623730951"),
        ("power(-1, 0.5)", "undefined"),
        ("sqrt(9)", "3"),
        ("sqrt(-1)", "undefined"),
        ("sqrt(b)", "undefined"),
        ("exp(0)", "1"),
        ("ln(1)", "0"),
        ("ln(0)", "undefined"),
        ("log(100)", "2"),
        ("acos(0)", "1.5707963267948966"),
        ("acos(2)", "undefined"),
        ("asin(0)", "0"),
        ("atan(0)", "0"),
        ("atan2(1, 0)", "1.5707963267948966"),
        ("cos(0)", "1"),
        ("cosh(2.3)", "5.037220649268761"),
        ("sin(0)", "0"),
        ("sinh(2.3)", "4.936961805545957"),
        ("tan(3)", "-0.1425465430742778"),
        ("tanh(2.3)", "0.9800963962661914"),
        ("bitand(13, 5)", "5"),
        ("bitor(8, 5)", "13"),
        ("bitxor(13, 5)", "8"),
        ("bitnot(13)", "-14"),
        ("bitand('13.9', 5.5)", "5"),
        ("bitand(-1, 255)", "255"),
        ("bitand(b, 1)", "undefined"),
    ]);
}

#[test]
fn casts() {
    all(&[
        ("cast(true as Int)", "1"),
        ("cast(false as Decimal)", "0"),
        ("cast(i as String)", "\"5\""),
        ("cast(d as Nvarchar)", "\"2.5\""),
        ("cast(b as varchar)", "\"true\""),
        ("cast(a as text)", "\"[1,2,3]\""),
        ("cast(n as String)", "undefined"),
        ("cast(nope as Ntext)", "undefined"),
        ("cast('abc' as String)", "\"abc\""),
        ("cast('-1.2' as Int)", "-2"),
        ("cast(2.9 as Integer)", "2"),
        ("cast('5E-12' as Decimal)", "5E-12"),
        ("cast('1.5E3' as Int)", "1500"),
        ("cast('x' as Decimal)", "undefined"),
        ("cast(0.1 as Double)", "0.1"),
        ("cast(0 as Bool)", "false"),
        ("cast(0.1 as Boolean)", "true"),
        ("cast('TRUE' as Boolean)", "true"),
        ("cast('1' as Boolean)", "undefined"),
        ("cast(n as Boolean)", "undefined"),
        ("cast(a as Int)", "undefined"),
        ("cast(w as Decimal)", "10"),
        ("cast(cast('7' as int) + 1 as string)", "\"8\""),
    ]);
}

#[test]
fn what_looks_into_collections() {
    all(&[
        ("get([\"a\", \"b\", \"c\"], 1)", "\"b\""),
        ("get({\"a\":\"b\"}, \"a\")", "\"b\""),
        ("get(\"abc\", 0)", "\"a\""),
        ("get(a, '1')", "2"),
        ("get(a, 1.9)", "2"),
        ("get(a, 3)", "undefined"),
        ("get(a, -1)", "undefined"),
        ("get(a, 'x')", "undefined"),
        ("get('abc', 3)", "undefined"),
        ("get(u, 1)", "\"é\""),
        ("get(o, 'my-key')", "1"),
        ("get(*, 'i')", "5"),
        ("get(o, 0)", "undefined"),
        ("get(5, 0)", "undefined"),
        ("get({'a': {'b': 1}}, 'a').b", "1"),
        ("concat()", "undefined"),
        ("concat(1)", "\"1\""),
        ("concat([1, 2, 3], 4)", "[1,2,3,4]"),
        ("concat([1, 2, 3], \"hello\")", "[1,2,3,\"hello\"]"),
        ("concat(\"con\", \"cat\")", "\"concat\""),
        ("concat(1, \"hello\")", "\"1hello\""),
        ("concat(\"he\",\"is\",\"man\")", "\"heisman\""),
        (
            "concat([1, 2, 3], \"hello\", [4, 5, 6])",
            "[1,2,3,\"hello\",4,5,6]",
        ),
        ("concat('a', n)", "undefined"),
        ("concat([1], null)", "[1,null]"),
        ("isNull(5)", "false"),
        ("isNull(Null)", "true"),
        ("isNull(nope)", "false"),
        ("isUndefined(5)", "false"),
        ("isUndefined(n)", "false"),
        ("isUndefined(floor([1,2,3]))", "true"),
        ("Nanvl(8, 3)", "8"),
        ("nanvl(n, 3)", "3"),
        ("nanvl(nope, 'x')", "\"x\""),
        ("nanvl(t, 3)", "\"txt\""),
        ("get_or_default(nope, 3)", "3"),
        ("get_or_default(nope)", "undefined"),
        ("get_or_default(i, 3)", "5"),
        (
            "transform('enrichArray', {'k': i}, [{'a': 1}, {'b': 2}])",
            "[{\"a\":1,\"k\":5},{\"b\":2,\"k\":5}]",
        ),
        ("transform('other', o, [])", "undefined"),
        ("transform('enrichArray', o, [1])", "undefined"),
        ("transform('enrichArray', a, [{}])", "undefined"),
        ("transform('enrichArray', o, [])", "[]"),
    ]);
}

#[test]
fn what_is_known_of_the_message() {
    all(&[
        ("topic()", "\"things/myThings/thingOne\""),
        ("topic(1)", "\"things\""),
        ("topic('3')", "\"thingOne\""),
        ("topic(2.9)", "\"myThings\""),
        ("topic(0)", "undefined"),
        ("topic(4)", "undefined"),
        ("topic(t)", "undefined"),
        ("timestamp()", "1481825251155"),
        ("clientid()", "\"client-1\""),
        ("accountid()", "\"123456789012\""),
        (
            "principal()",
            "\"ba67293af50bf2506f5f93469686da660c7c844e7b3950bfb16813e0d31e9373\"",
        ),
        ("sql_version()", "\"2016-03-23\""),
    ]);
    let sql = parsed("SELECT clientid() AS c, traceid() AS t FROM 't'");
    let origin = Origin {
        client_id: None,
        ..origin()
    };
    let fired = sql.evaluate(&Incoming::new(origin, b"{}")).unwrap();
    assert_eq!(&fired.unwrap().payload[..], b"{\"c\":\"n/a\"}");
}

#[test]
fn chance_is_the_same_for_the_same_message_and_another_for_each_call() {
    let sql = parsed(
        "SELECT newuuid() AS a, newuuid() AS b, traceid() AS c, rand() AS d,
            (SELECT VALUE newuuid() FROM list AS x) AS e FROM 't'",
    );
    let payload = b"{\"list\":[1,2]}";
    let first = run(&sql, payload).unwrap();
    assert_eq!(run(&sql, payload), Some(first.clone()));
    let root = crate::rules::json::parse(first.as_bytes()).unwrap();
    let mut seen: Vec<String> = ["a", "b", "c"]
        .map(|key| format!("{:?}", root.member(key)))
        .to_vec();
    let Some(crate::rules::value::Value::Array(rows)) = root.member("e") else {
        panic!("{first}");
    };
    seen.extend(rows.iter().map(|row| format!("{:?}", Some(row))));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5, "{first}");
    let origin = Origin {
        seed: 8,
        ..origin()
    };
    let other = sql.evaluate(&Incoming::new(origin, payload)).unwrap();
    assert_ne!(other.unwrap().payload, first.as_bytes());
}

#[test]
fn shadows_are_read_through_the_message() {
    let shadow = |thing: &str, name: Option<&str>| match (thing, name) {
        ("MyThing", None) => Some("{\"state\":{\"reported\":{\"alarm\":\"ON\"}}}".to_owned()),
        ("MyThing", Some("s")) => Some("{\"state\":{\"reported\":{\"alarm\":\"OFF\"}}}".to_owned()),
        _ => None,
    };
    let check = |expression: &str, expected: &str| {
        let sql = parsed(&format!("SELECT VALUE {expression} FROM 't'"));
        let mut message = Incoming::new(origin(), b"{}");
        message.shadow = Some(&shadow);
        let fired = sql.evaluate(&message).unwrap();
        assert_eq!(
            &fired.unwrap().payload[..],
            expected.as_bytes(),
            "{expression}"
        );
    };
    check(
        "get_thing_shadow('MyThing', 'arn:aws').state.reported.alarm",
        "\"ON\"",
    );
    check(
        "get_thing_shadow('MyThing', 's', 'arn:aws').state.reported.alarm",
        "\"OFF\"",
    );
    check("get_thing_shadow('Other', 'arn:aws').state", "");
    check("get_thing_shadow('MyThing')", "");
    assert_eq!(value("get_thing_shadow('MyThing', 'arn')"), "undefined");
}
