//! What cannot be a rule, and what is said of it; and a disk that holds what is none.

use gnomon::time::{Instant, Now, UnixMillis};
use gnomon_backend::backend::Backend;
use gnomon_backend::broker::Limits;
use gnomon_backend::record::{RecordError, Table};
use serde_json::json;

use crate::world::World;

fn refused(world: &mut World, method: &str, name: &str, sql: &str) -> (u16, &'static str) {
    let error = world.put(method, name, sql, json!([])).unwrap_err();
    (error.status(), error.exception())
}

#[test]
fn a_rule_is_refused_by_its_name_its_sql_or_for_want_of_room() {
    let mut world = World::with(Limits {
        rules: 2,
        ..Limits::default()
    });
    let sql = "SELECT * FROM 'a'";
    let invalid = (400, "InvalidRequestException");
    let long = "n".repeat(129);
    for name in ["", "a-b", "é", "a%2Fb", &long] {
        assert_eq!(refused(&mut world, "POST", name, sql), invalid, "{name}");
    }
    let bad = refused(&mut world, "POST", "r", "SELECT * FROM");
    assert_eq!(bad, (400, "SqlParseException"));
    let deep = format!("SELECT * FROM '{}a'", "a/".repeat(128));
    assert_eq!(refused(&mut world, "POST", "r", &deep), invalid);
    for name in ["r", &long[1..]] {
        world.store(name, sql);
    }
    let exists = (409, "ResourceAlreadyExistsException");
    assert_eq!(refused(&mut world, "POST", "r", sql), exists);
    assert_eq!(refused(&mut world, "POST", "third", sql), invalid);
    let bad = refused(&mut world, "PATCH", "r", "SELECT");
    assert_eq!(bad, (400, "SqlParseException"), "the one of before stays");
    assert_eq!(world.figures("r")["sql"], sql);
}

#[test]
fn a_template_with_a_variable_that_nothing_sets_is_refused_at_its_spot() {
    let mut world = World::new();
    let actions = |key| json!([{ "s3": { "roleArn": "r", "bucketName": "b", "key": key } }]);
    let sql = "SET @v = 1 SELECT * FROM 'a'";
    let error = world.put("POST", "r", sql, actions("k/${@w}"));
    let error = error.unwrap_err();
    assert_eq!(error.status(), 400);
    let words = error.to_string();
    assert!(
        words.contains("key") && words.contains("column 5"),
        "{words}"
    );
    assert!(world.put("POST", "r", sql, actions("k/${@v}")).is_ok());
}

/// AWS IoT does not tell a rule that is not there from one that is none of the caller's business.
#[test]
fn a_rule_that_is_not_there_is_denied() {
    let mut world = World::new();
    let denied = (401, "UnauthorizedException");
    let sql = "SELECT * FROM 'a'";
    assert_eq!(refused(&mut world, "PATCH", "r", sql), denied);
    for (method, path) in [
        ("GET", "/rules/r"),
        ("DELETE", "/rules/r"),
        ("POST", "/rules/r/enable"),
        ("POST", "/rules/r/disable"),
    ] {
        let error = world.call(method, path, "").unwrap_err();
        assert_eq!((error.status(), error.exception()), denied, "{path}");
    }
}

#[test]
fn a_disk_with_something_else_is_refused() {
    let mut world = World::new();
    world.store("r", "SELECT * FROM 't'");
    world.publish("t", "x", gnomon::message::QoS::AtLeastOnce);
    let changes = world.backend.take_batch().unwrap().changes;
    let find = |table| changes.iter().find(|change| change.table == table).unwrap();
    let (rule, queued) = (find(Table::Rules), find(Table::RuleQueue));
    let value = |change: &gnomon_backend::record::Change| change.value.clone().unwrap();
    let now = Now {
        instant: Instant(0),
        wall: UnixMillis(0),
    };
    let mut backend = Backend::new(Limits::default(), 1);
    let mut check = |table, key: &[u8], bytes: &[u8], fits: bool| {
        let expected = if fits {
            Ok(())
        } else {
            Err(RecordError(table))
        };
        assert_eq!(backend.restore(table, key, bytes, now), expected);
    };
    check(Table::RuleQueue, &queued.key, &value(queued), false);
    check(Table::Rules, b"no-name", &value(rule), false);
    check(Table::Rules, b"r", b"\0\0", false);
    let mut no_sql = value(rule);
    let from = no_sql.windows(4).position(|it| it == b"FROM").unwrap();
    no_sql[from] = b'X';
    check(Table::Rules, b"r", &no_sql, false);
    check(Table::Rules, b"r", &value(rule), true);
    check(Table::RuleQueue, b"1", &value(queued), false);
    check(Table::RuleQueue, &queued.key, &value(queued)[1..], false);
    check(Table::RuleQueue, &queued.key, &value(queued), true);
    assert_eq!(backend.take_rule_work().len(), 1);
}
