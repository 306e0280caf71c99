//! Definitions as the AWS CLI sends them, and what is no definition.

use super::*;

const WHOLE: &str = r#"{
    "sql": "SELECT * FROM 'topic_1'", "description": "the \"article\"", "ruleDisabled": true,
    "awsIotSqlVersion": "2016-03-23",
    "actions": [
        {"s3": {"roleArn": "arn:s3", "bucketName": "b", "key": "k-${timestamp()}", "cannedAcl": "private"}},
        {"republish": {"roleArn": "arn:r", "topic": "$$aws/things/x/shadow/update", "qos": 1}}
    ],
    "errorAction": {"republish": {"roleArn": "arn:e", "topic": "errors"}}
}"#;

fn check(json: &str, expected: &str) {
    let error = Definition::from_json(json.as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), expected, "{json}");
}

fn with_action(action: &str) -> String {
    format!(r#"{{"sql": "SELECT *", "actions": [{action}]}}"#)
}

#[test]
fn a_definition_is_read_whole_and_written_so_that_it_is_read_again() {
    let definition = Definition::from_json(WHOLE.as_bytes()).unwrap();
    assert_eq!(definition.version, SqlVersion::V20160323);
    assert!(definition.disabled);
    assert_eq!(definition.description, "the \"article\"");
    let [
        Action::Store { canned_acl, .. },
        Action::Republish { qos: 1, .. },
    ] = &definition.actions[..]
    else {
        panic!("{definition:?}");
    };
    assert_eq!(canned_acl.as_deref(), Some("private"));
    assert!(matches!(
        definition.error_action,
        Some(Action::Republish { qos: 0, .. })
    ));
    let again = Definition::from_json(definition.to_json().as_bytes());
    assert_eq!(again.as_ref(), Ok(&definition));
}

#[test]
fn what_need_not_be_said_has_the_values_of_aws() {
    let text = r#"{"sql": "SELECT 1 AS a", "actions": [], "description": null}"#;
    let definition = Definition::from_json(text.as_bytes()).unwrap();
    assert_eq!(definition.version, SqlVersion::V20151008);
    assert!(!definition.disabled && definition.error_action.is_none());
    let again = Definition::from_json(definition.to_json().as_bytes());
    assert_eq!(again, Ok(definition));
}

#[test]
fn what_is_wrong_is_named_by_its_way() {
    check("[]", "a rule is a JSON object with sql and actions");
    check("{\"sql\"", "a rule is a JSON object with sql and actions");
    check("{\"actions\": []}", "sql is missing");
    check("{\"sql\": \"\"}", "actions is missing");
    check("{\"sql\": 1, \"actions\": []}", "sql must be a text");
    check(
        "{\"sql\": \"\", \"actions\": {}}",
        "actions must be a list of actions",
    );
    check(
        "{\"sql\": \"\", \"ruleName\": \"x\"}",
        "ruleName is not known here",
    );
    check(
        "{\"sql\": \"\", \"actions\": [], \"awsIotSqlVersion\": \"2017\"}",
        "awsIotSqlVersion must be 2015-10-08, 2016-03-23 or beta",
    );
    check(
        &with_action(r#"{"lambda": {"functionArn": "x"}}"#),
        "actions[0]: the action lambda is not served; s3 and republish are",
    );
    check(
        &with_action("{}"),
        "actions[0] must be an object with one action, s3 or republish",
    );
    check(
        &with_action(r#"{"s3": {"roleArn": "r", "bucketName": "b"}}"#),
        "actions[0].s3.key is missing",
    );
    check(
        &with_action(
            r#"{"s3": {"roleArn": "r", "bucketName": "b", "key": "k", "cannedAcl": "x"}}"#,
        ),
        "actions[0].s3.cannedAcl must be one of S3's canned lists, such as private",
    );
    check(
        &with_action(r#"{"republish": {"roleArn": "r", "topic": "t", "qos": 2}}"#),
        "actions[0].republish.qos must be 0 or 1",
    );
    check(
        &with_action(r#"{"republish": {"roleArn": "r", "topic": "t", "headers": {}}}"#),
        "actions[0].republish.headers is not known here",
    );
    let many = ["{}"; 11].join(",");
    check(
        &with_action(&many),
        "a rule has at most 10 actions, and here are 11",
    );
}

#[test]
fn names_are_letters_digits_and_underscores() {
    assert!(is_name("rule_1") && is_name(&"a".repeat(128)));
    for name in ["", "a-b", "a b", "é", &"a".repeat(129)] {
        assert!(!is_name(name), "{name}");
    }
}
