//! SET, SELECT, FROM and WHERE.

use super::*;

#[test]
fn a_star_alone_is_the_payload_byte_by_byte() {
    for payload in ["{ \"b\" : 1.0,\n \"a\": 2 }", "[1]", "80", "hello", ""] {
        check("SELECT * FROM 't'", payload, payload);
        check(
            "SELECT VALUE * FROM 't' WHERE timestamp() > 0",
            payload,
            payload,
        );
    }
    let sql = parsed("SELECT * FROM 't'");
    let fired = sql.evaluate(&Incoming::new(origin(), b"\x00\xff")).unwrap();
    assert_eq!(&fired.unwrap().payload[..], b"\x00\xff");
}

#[test]
fn a_star_beside_others_keeps_order_and_digits() {
    let payload = r#"{"z":1.50,"a":1e3,"k":"é"}"#;
    check(
        "SELECT *, 15 as speed FROM 't'",
        payload,
        r#"{"z":1.50,"a":1e3,"k":"é","speed":15}"#,
    );
    check(
        "SELECT *, upper(k) AS k FROM 't'",
        payload,
        r#"{"z":1.50,"a":1e3,"k":"É"}"#,
    );
    check(
        "SELECT 1 AS a, * FROM 't'",
        payload,
        r#"{"a":1e3,"z":1.50,"k":"é"}"#,
    );
    check("SELECT *, 1 AS x FROM 't'", "[1,2]", r#"{"x":1}"#);
    check(
        "SELECT * AS payload, topic(1) AS of FROM 't'",
        "[1]",
        r#"{"payload":[1],"of":"things"}"#,
    );
    check(
        "SELECT *, timestamp() AS ts FROM 't'",
        "binary",
        r#"{"ts":1481825251155}"#,
    );
}

#[test]
fn items_are_named() {
    let payload = r#"{"a":{"b":{"c":1},"value":2},"value":3,"from":4,"end":5}"#;
    check("SELECT a.b.c FROM 't'", payload, r#"{"c":1}"#);
    check(
        "SELECT a.b.c AS x.y.z, a.value AS x.y.v FROM 't'",
        payload,
        r#"{"x":{"y":{"z":1,"v":2}}}"#,
    );
    check(
        "SELECT topic(1), timestamp() FROM 't'",
        payload,
        r#"{"topic":"things","timestamp":1481825251155}"#,
    );
    check(
        "SELECT cast(value AS String) FROM 't'",
        payload,
        r#"{"cast":"3"}"#,
    );
    check("SELECT value FROM 't'", payload, r#"{"value":3}"#);
    check(
        "SELECT value, a.value AS second FROM 't'",
        payload,
        r#"{"value":3,"second":2}"#,
    );
    check("SELECT value * 2 AS x FROM 't'", payload, r#"{"x":6}"#);
    check("SELECT value AS from FROM 't'", payload, r#"{"from":3}"#);
    check("SELECT VALUE value FROM 't'", payload, "3");
    check("SELECT VALUE -value FROM 't' WHERE 1 = 2", payload, "-");
    check(
        "SELECT get(*, \"from\") AS f, get(*, 'end') FROM 't'",
        payload,
        r#"{"f":4,"get":5}"#,
    );
    check(
        "SELECT 1 AS 'two words' FROM 't'",
        payload,
        r#"{"two words":1}"#,
    );
    check("SELECT 1 AS a, 2 AS a FROM 't'", payload, r#"{"a":2}"#);
    check(
        "SELECT a.b AS a, 2 AS a.d FROM 't'",
        payload,
        r#"{"a":{"c":1,"d":2}}"#,
    );
}

#[test]
fn undefined_is_left_out_and_null_is_kept() {
    let payload = r#"{"n":null,"a":[1]}"#;
    check(
        "SELECT n, nope, a.b, n.x FROM 't'",
        payload,
        r#"{"n":null}"#,
    );
    check("SELECT nope FROM 't'", payload, "{}");
    check("SELECT VALUE nope FROM 't'", payload, "");
    check("SELECT VALUE n FROM 't'", payload, "null");
    check(
        "SELECT {'x': nope, 'y': n} AS o FROM 't'",
        payload,
        r#"{"o":{"y":null}}"#,
    );
    check(
        "SELECT [nope, n, 1] AS l FROM 't'",
        payload,
        r#"{"l":[null,1]}"#,
    );
    check("SELECT a FROM 't'", "not json", "{}");
}

#[test]
fn where_fires_on_true_alone() {
    let payload = r#"{"t":60,"on":true,"s":"true"}"#;
    check(
        "SELECT t FROM 't' WHERE t > 50 AND on",
        payload,
        r#"{"t":60}"#,
    );
    check("SELECT t FROM 't' WHERE on", payload, r#"{"t":60}"#);
    for condition in [
        "t < 50",
        "nope > 1",
        "s",
        "1",
        "null",
        "t AND on",
        "'true'",
        "nope IS NULL",
    ] {
        check(
            &format!("SELECT t FROM 't' WHERE {condition}"),
            payload,
            "-",
        );
    }
    check("SELECT t AS x FROM 't' WHERE x > 1", payload, "-");
    check(
        "SELECT * FROM 'a/b' WHERE timestamp() % 5 = 0",
        "binary",
        "binary",
    );
    check(
        "SELECT * FROM 'a/b' WHERE device_type = 'thermostat'",
        "binary",
        "-",
    );
}

const SENSORS: &str = r#"{"e":[{"n":"temperature","v":22.5},{"n":"light","v":135},{"n":"acidity","v":7}],
    "wanted":"light","foo":4,"nums":[1,2,3],"data2":{"a":"first","b":2,"c":[{"x":1},{"x":2}]},"v":"outside"}"#;

#[test]
fn selects_inside_of_expressions() {
    check(
        "SELECT (SELECT VALUE n FROM e) AS s FROM 't'",
        SENSORS,
        r#"{"s":["temperature","light","acidity"]}"#,
    );
    check(
        "SELECT (SELECT v FROM e WHERE n = 'temperature') AS t FROM 't'",
        SENSORS,
        r#"{"t":[{"v":22.5}]}"#,
    );
    check(
        "SELECT get((SELECT v FROM e WHERE n = 'temperature'), 0).v AS t FROM 't'",
        SENSORS,
        r#"{"t":22.5}"#,
    );
    check(
        "SELECT (SELECT * FROM e WHERE v < 10) AS s FROM 't'",
        SENSORS,
        r#"{"s":[{"n":"acidity","v":7}]}"#,
    );
    check(
        "SELECT (SELECT VALUE x * 2 FROM nums AS x WHERE x > 1) AS s FROM 't'",
        SENSORS,
        r#"{"s":[4,6]}"#,
    );
    check(
        "SELECT (SELECT VALUE x.v FROM e AS x WHERE x.n = wanted) AS s FROM 't'",
        SENSORS,
        r#"{"s":[135]}"#,
    );
    check(
        "SELECT (SELECT VALUE nope FROM e) AS s FROM 't'",
        SENSORS,
        r#"{"s":[]}"#,
    );
    check(
        "SELECT (SELECT foo FROM e) AS s FROM 't'",
        SENSORS,
        r#"{"s":[{},{},{}]}"#,
    );
    check(
        "SELECT (SELECT a, b FROM data2) AS s FROM 't'",
        SENSORS,
        r#"{"s":{"a":"first","b":2}}"#,
    );
    check(
        "SELECT (SELECT VALUE c FROM data2) AS s FROM 't'",
        SENSORS,
        r#"{"s":[{"x":1},{"x":2}]}"#,
    );
    check(
        "SELECT (SELECT VALUE x FROM data2.c) AS s FROM 't'",
        SENSORS,
        r#"{"s":[1,2]}"#,
    );
    check("SELECT (SELECT a FROM foo) AS s FROM 't'", SENSORS, "{}");
    check(
        "SELECT (SELECT VALUE x + 1 FROM [1, 2] AS x) AS s FROM 't'",
        SENSORS,
        r#"{"s":[2,3]}"#,
    );
    check(
        "SELECT (SELECT VALUE (SELECT VALUE y FROM [x] AS y) FROM nums AS x) AS s FROM 't'",
        SENSORS,
        r#"{"s":[[1],[2],[3]]}"#,
    );
    check(
        "SELECT VALUE (SELECT VALUE encode(*, 'base64') FROM nums) FROM 't'",
        SENSORS,
        r#"["MQ==","Mg==","Mw=="]"#,
    );
    check(
        "select value transform('enrichArray', (select a, b from data2), (select value c from data2)) from 'A/B'",
        SENSORS,
        r#"[{"x":1,"a":"first","b":2},{"x":2,"a":"first","b":2}]"#,
    );
}

#[test]
fn exists_asks_for_a_row() {
    let exists = |query: &str, expected| {
        check(
            &format!("SELECT foo FROM 't' WHERE {query}"),
            SENSORS,
            expected,
        )
    };
    exists(
        "exists (select * from nums as a where a = 3)",
        r#"{"foo":4}"#,
    );
    exists("EXISTS(SELECT * FROM nums AS a WHERE a = 9)", "-");
    exists(
        "NOT EXISTS (SELECT * FROM nums AS a WHERE a = 9)",
        r#"{"foo":4}"#,
    );
    exists(
        "exists (select * from e as e where n = 'light' AND v > 100)",
        r#"{"foo":4}"#,
    );
    exists(
        "exists (select * from e as e where e.n = wanted)",
        r#"{"foo":4}"#,
    );
    exists("exists (select * from nope as e where true)", "-");
    exists(
        "exists (select * from data2 where a = 'first')",
        r#"{"foo":4}"#,
    );
}

#[test]
fn variables_are_set_once_and_used_anywhere() {
    let payload = r#"{"temp_fahrenheit":75,"humidity":60,"d":{"s":{"x":1}}}"#;
    let celsius = "SET @c = (temp_fahrenheit - 32) * 5 / 9.5 ";
    check(
        &(celsius.to_owned() + "SELECT trunc(@c, 2) AS celsius, humidity FROM 't'"),
        payload,
        r#"{"celsius":22.63,"humidity":60}"#,
    );
    check(
        "SET @a = d.s, @b = @a.x + 1 SELECT @a, @b AS b, @a.x FROM 't' WHERE @b = 2",
        payload,
        r#"{"a":{"x":1},"b":2,"x":1}"#,
    );
    check("SET @n = nope SELECT @n FROM 't'", payload, "{}");
    check(
        "SET @x = 1 SELECT (SELECT VALUE @x + y FROM [1] AS y) AS s FROM 't'",
        payload,
        r#"{"s":[2]}"#,
    );
    check(
        "SET @e = encode(*, 'base64') SELECT @e AS raw FROM 't'",
        "\u{1}",
        r#"{"raw":"AQ=="}"#,
    );
}

#[test]
fn the_filter_is_read_and_may_be_missing() {
    assert_eq!(
        parsed("SELECT * FROM '$aws/things/+/shadow/#'")
            .filter()
            .unwrap()
            .as_str(),
        "$aws/things/+/shadow/#"
    );
    assert_eq!(
        parsed("SELECT * FROM 'it''s'").filter().unwrap().as_str(),
        "it's"
    );
    assert!(parsed("SELECT * WHERE a = 1").filter().is_none());
    check("select\n *\nfrom\t't' where 1=1", "x", "x");
}
