//! Templates and what they are filled with.

use super::*;
use crate::rules::Origin;
use crate::time::UnixMillis;

fn origin() -> Origin<'static> {
    Origin {
        topic: "a/b",
        at: UnixMillis(1_481_825_251_155),
        client_id: Some("c"),
        principal: "p",
        account: "1",
        seed: 7,
    }
}

fn filled(text: &str, statement: &str) -> String {
    let sql = Sql::parse(statement, SqlVersion::V20160323).unwrap();
    let payload = br#"{"color":"red","n":null,"w":10.0,"big":12345678901234567890,"o":{"k":[1]}}"#;
    let template =
        Template::parse_for(text, &sql).unwrap_or_else(|error| panic!("{text}: {error}"));
    template
        .fill(&sql, &Incoming::new(origin(), payload))
        .unwrap()
}

#[test]
fn expressions_see_the_payload_as_it_came() {
    let check = |text: &str, expected: &str| {
        let statement = "SET @v = upper(color) SELECT color AS my_color FROM 't'";
        assert_eq!(filled(text, statement), expected, "{text}");
    };
    check(
        "iphone6-location-${timestamp()}",
        "iphone6-location-1481825251155",
    );
    check("${topic(2)}/${clientid()}.json", "b/c.json");
    check("x-${my_color}-y", "x--y");
    check(
        "${color}${n}|${w}|${big}|${o}",
        "rednull|10|12345678901234567890|{\"k\":[1]}",
    );
    check("${@v}", "RED");
    check("${ { 'a': '}' }.a }", "}");
    check("${parse_time('yyyy', timestamp())}/plain", "2016/plain");
    check(
        "${*}",
        "{\"color\":\"red\",\"n\":null,\"w\":10.0,\"big\":12345678901234567890,\"o\":{\"k\":[1]}}",
    );
    check("", "");
}

#[test]
fn two_dollars_are_one() {
    let check = |text: &str, expected: &str| {
        assert_eq!(filled(text, "SELECT * FROM 't'"), expected, "{text}")
    };
    check(
        "$$aws/things/${topic(1)}/shadow/update",
        "$aws/things/a/shadow/update",
    );
    check("$${color}", "${color}");
    check("$$${color}", "$red");
    check("$aws/$", "$aws/$");
    check("10$", "10$");
}

#[test]
fn chance_differs_between_templates_and_not_between_times() {
    let statement = "SELECT newuuid() AS id FROM 't'";
    let first = filled("a-${newuuid()}", statement);
    assert_eq!(filled("a-${newuuid()}", statement), first);
    assert_ne!(filled("b-${newuuid()}", statement)[2..], first[2..]);
    let both = filled("${newuuid()}${newuuid()}", statement);
    assert_ne!(both[..36], both[36..]);
}

#[test]
fn faults_have_their_spot_in_the_template() {
    let fault = |text: &str| Template::parse(text, SqlVersion::V20160323).unwrap_err();
    let error = fault("key-${tiemstamp()}");
    assert_eq!((error.at, error.len, error.column), (6, 9, 7));
    assert_eq!(error.repair.as_deref(), Some("timestamp"));
    let error = fault("key-${timestamp()");
    assert_eq!((error.at, error.len), (17, 0));
    assert_eq!(error.repair.as_deref(), Some("}"));
    assert_eq!(fault("${}").at, 2);
    assert_eq!(fault("é${a b}").at, 6);
    assert!(Template::parse("${@v}", SqlVersion::V20160323).is_ok());
    let sql = Sql::parse("SELECT * FROM 't'", SqlVersion::V20160323).unwrap();
    assert!(Template::parse_for("${@v}", &sql).is_err());
}

#[test]
fn zones_are_told_beforehand() {
    let needs = |text: &str| {
        Template::parse(text, SqlVersion::V20160323)
            .unwrap()
            .needs_zones()
    };
    assert!(needs("a-${parse_time('HH', timestamp(), 'Asia/Tokyo')}"));
    assert!(!needs("a-${parse_time('HH', timestamp())}"));
}

#[test]
fn a_statement_and_its_templates_share_what_they_may_spend() {
    let sql = Sql::parse(
        "SET @v = [1, 2, 3] SELECT @v FROM 't'",
        SqlVersion::V20160323,
    )
    .unwrap();
    let message = Incoming::new(origin(), b"{}");
    sql.evaluate(&message).unwrap();
    let first = message.spent();
    let template = Template::parse_for("${get(@v, 1)}", &sql).unwrap();
    assert_eq!(template.fill(&sql, &message).as_deref(), Ok("2"));
    let second = message.spent() - first;
    // SET is not evaluated again.
    assert!(second > 0 && second < first, "{second} after {first}");
    message.steps.set(1);
    assert_eq!(template.fill(&sql, &message), Err(Cut::TooLong));
    assert_eq!(sql.evaluate(&message), Err(Cut::TooLong));
}

#[test]
fn no_key_with_a_hole_is_made() {
    let sql = Sql::parse("SELECT * FROM 't'", SqlVersion::V20160323).unwrap();
    let payload = "\"".to_owned() + &"x".repeat(100_000) + "\"";
    let message = Incoming::new(origin(), payload.as_bytes());
    let template = Template::parse_for("${*}${*}${*}", &sql).unwrap();
    assert_eq!(template.fill(&sql, &message), Err(Cut::TemplateTooLarge));
    let parts = "${a}".repeat(1_001);
    assert!(Template::parse(&parts, SqlVersion::V20160323).is_err());
    assert!(Template::parse(&parts[4..], SqlVersion::V20160323).is_ok());
}
