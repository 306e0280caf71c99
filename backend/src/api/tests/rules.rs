//! The calls of topic rules, as the aws CLI sends them.

use super::*;
use crate::api::control::RuleCall;
use gnomon::rules::{Action, Definition};

const RULE: &str =
    r#"{"sql":"SELECT * FROM 't'","actions":[{"s3":{"roleArn":"r","bucketName":"b","key":"k"}}]}"#;

fn check_rule(method: &str, uri: &str, body: &str, expected: RuleCall) {
    let parsed = parse_with(method, uri, body);
    let expected = Call::Control(ControlCall::Rule(expected));
    assert_eq!(parsed, Ok(expected), "{method} {uri}");
    let path = uri.split('?').next().unwrap();
    assert_eq!(plane(path), Some(Plane::Control), "{path}");
}

#[test]
fn rules_are_made_replaced_switched_and_deleted() {
    let name = || "lamp_1".to_owned();
    let definition = || Definition {
        sql: "SELECT * FROM 't'".to_owned(),
        actions: vec![Action::Store {
            role_arn: "r".to_owned(),
            bucket: "b".to_owned(),
            key: "k".to_owned(),
            canned_acl: None,
        }],
        ..Definition::default()
    };
    let create = RuleCall::Create {
        name: name(),
        definition: definition(),
    };
    check_rule("POST", "/rules/lamp%5F1", RULE, create);
    let replace = RuleCall::Replace {
        name: name(),
        definition: definition(),
    };
    check_rule("PATCH", "/rules/lamp_1", RULE, replace);
    check_rule("GET", "/rules/lamp_1", "", RuleCall::Get(name()));
    check_rule("DELETE", "/rules/lamp_1", "", RuleCall::Delete(name()));
    for (way, on) in [("enable", true), ("disable", false)] {
        let uri = format!("/rules/lamp_1/{way}");
        check_rule("POST", &uri, "", RuleCall::Enable { name: name(), on });
    }
}

#[test]
fn a_list_of_rules_may_be_about_a_topic() {
    let list = |after: Option<&str>, size, topic: Option<&str>, disabled| RuleCall::List {
        page: Page {
            after: after.map(str::to_owned),
            size,
        },
        topic: topic.map(str::to_owned),
        disabled,
    };
    check_rule("GET", "/rules", "", list(None, 10_000, None, None));
    let query = format!(
        "topic=a%2Fb&maxResults=2&ruleDisabled=false&nextToken={}",
        token::write("lamp")
    );
    let some = list(Some("lamp"), 2, Some("a/b"), Some(false));
    check_rule("GET", &format!("/rules?{query}"), "", some);
}

#[test]
fn what_gnomon_counts_is_asked_for_on_a_path_of_its_own() {
    check_rule("GET", "/gnomon/rules", "", RuleCall::Figures);
    for path in ["/gnomon", "/gnomon/", "/gnomon/rules/x"] {
        assert_eq!(plane(path), None, "{path}");
    }
}

#[test]
fn what_is_no_rule_is_told_apart() {
    for (method, uri, body, exception) in [
        ("POST", "/rules/r", "{", "InvalidRequestException"),
        ("PATCH", "/rules/r", "", "InvalidRequestException"),
        (
            "GET",
            "/rules?maxResults=10001",
            "",
            "InvalidRequestException",
        ),
        (
            "GET",
            "/rules?ruleDisabled=no",
            "",
            "InvalidRequestException",
        ),
        ("PUT", "/rules/r", RULE, "MethodNotAllowedException"),
        ("GET", "/rules/r/enable", "", "MethodNotAllowedException"),
        ("POST", "/gnomon/rules", "", "MethodNotAllowedException"),
        ("POST", "/rules/r/stop", "", "ResourceNotFoundException"),
    ] {
        let error = parse_with(method, uri, body).unwrap_err();
        assert_eq!(error.exception(), exception, "{method} {uri}");
    }
    let body = RULE.replace("s3", "lambda");
    let error = parse_with("POST", "/rules/r", &body).unwrap_err();
    assert_eq!(error.exception(), "InvalidRequestException");
    assert!(error.to_string().contains("lambda"), "{error}");
}
