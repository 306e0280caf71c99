//! Topic rules: made from a file, looked at, changed and taken away.

use serde_json::json;

use super::shell::Shell;

const RULE: &str = r#"{
    "sql": "SELECT * FROM 'topic_1'",
    "description": "positions",
    "ruleDisabled": false,
    "awsIotSqlVersion": "2016-03-23",
    "actions": [{
        "s3": {
            "roleArn": "arn:aws:iam::123456789012:role/service-role/iot",
            "bucketName": "positions",
            "key": "iphone6-location-${timestamp()}"
        }
    }],
    "errorAction": {
        "republish": { "roleArn": "arn:aws:iam::123456789012:role/service-role/iot", "topic": "failed", "qos": 1 }
    }
}"#;

#[tokio::test]
async fn a_rule_is_made_shown_switched_replaced_and_deleted() {
    let shell = Shell::open("aws-rules").await;
    shell.write("rule.json", RULE);
    let run = async |line: &str| shell.sh(&format!("aws iot {line}")).await;
    let create = "create-topic-rule --rule-name positions --topic-rule-payload file://rule.json";
    assert_eq!(run(create).await.text(), "");
    run(create).await.expect_error(
        "An error occurred (ResourceAlreadyExistsException) when calling the CreateTopicRule operation: \
        Rule positions already exists",
    );

    let mut shown = run("get-topic-rule --rule-name positions").await.json();
    let arn = "arn:aws:iot:us-east-1:123456789012:rule/positions";
    assert_eq!(shown["ruleArn"], arn);
    let created = shown["rule"]["createdAt"].take();
    assert!(
        created.as_f64() > Some(1_700_000_000.0) || created.is_string(),
        "{created}"
    );
    let mut expected: serde_json::Value = serde_json::from_str(RULE).unwrap();
    expected["ruleName"] = "positions".into();
    expected["createdAt"] = json!(null);
    assert_eq!(shown["rule"], expected);

    let mut replaced = expected.clone();
    replaced
        .as_object_mut()
        .unwrap()
        .retain(|key, _| !matches!(&**key, "ruleName" | "createdAt"));
    replaced["sql"] = "SELECT * FROM 'fleet/+/location'".into();
    shell.write("rule.json", &replaced.to_string());
    let replace = "replace-topic-rule --rule-name positions --topic-rule-payload file://rule.json";
    assert_eq!(run(replace).await.text(), "");
    let list = "list-topic-rules --query 'rules[].[ruleName,topicPattern,ruleDisabled,ruleArn]'";
    let entry = |disabled| json!([["positions", "fleet/+/location", disabled, arn]]);
    assert_eq!(run(list).await.json(), entry(false));
    run("disable-topic-rule --rule-name positions").await.text();
    assert_eq!(run(list).await.json(), entry(true));
    run("enable-topic-rule --rule-name positions").await.text();
    assert_eq!(run(list).await.json(), entry(false));

    run("delete-topic-rule --rule-name positions").await.text();
    assert_eq!(run(list).await.json(), json!([]));
    run("get-topic-rule --rule-name positions")
        .await
        .expect_error(
            "An error occurred (UnauthorizedException) when calling the GetTopicRule operation: \
        Access to topic rule 'positions' was denied: there is no rule of this name",
        );
}

#[tokio::test]
async fn rules_are_listed_page_by_page_and_by_topic() {
    let shell = Shell::open("aws-rule-lists").await;
    for (name, topic) in [("a", "one"), ("b", "two/+"), ("c", "two/#")] {
        let rule = json!({ "sql": format!("SELECT * FROM '{topic}'"), "actions": [] });
        shell.write("rule.json", &rule.to_string());
        let create = format!(
            "aws iot create-topic-rule --rule-name {name} --topic-rule-payload file://rule.json"
        );
        shell.sh(&create).await.text();
    }
    shell
        .sh("aws iot disable-topic-rule --rule-name c")
        .await
        .text();
    for (options, names) in [
        ("--page-size 1", json!(["a", "b", "c"])),
        ("--topic two/x", json!(["b", "c"])),
        ("--topic 'two/+'", json!(["b"])),
        ("--rule-disabled", json!(["c"])),
        ("--no-rule-disabled", json!(["a", "b"])),
    ] {
        let list = format!("aws iot list-topic-rules {options} --query 'rules[].ruleName'");
        assert_eq!(shell.sh(&list).await.json(), names, "{options}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_rule_is_said() {
    let shell = Shell::open("aws-bad-rules").await;
    let refuse = async |rule: serde_json::Value, exception: &str, words: &[&str]| {
        shell.write("rule.json", &rule.to_string());
        let create =
            "aws iot create-topic-rule --rule-name r --topic-rule-payload file://rule.json";
        let output = shell.sh(create).await;
        let said = output.error();
        let begin =
            format!("An error occurred ({exception}) when calling the CreateTopicRule operation: ");
        assert!(said.starts_with(&begin), "{said}");
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
    };
    let bad = json!({ "sql": "SELECT *\n  FORM 'a'", "actions": [] });
    refuse(bad, "SqlParseException", &["line 2", "column 3"]).await;
    let key = json!([{ "s3": { "roleArn": "r", "bucketName": "b", "key": "${nonsense(" } }]);
    let bad = json!({ "sql": "SELECT * FROM 'a'", "actions": key });
    refuse(bad, "SqlParseException", &["key"]).await;
    let lambda = json!([{ "lambda": { "functionArn": "arn:aws:lambda:f" } }]);
    let bad = json!({ "sql": "SELECT * FROM 'a'", "actions": lambda });
    refuse(
        bad,
        "InvalidRequestException",
        &["lambda", "s3", "republish"],
    )
    .await;
    assert_eq!(
        shell
            .sh("aws iot list-topic-rules --query rules")
            .await
            .json(),
        json!([])
    );
}
