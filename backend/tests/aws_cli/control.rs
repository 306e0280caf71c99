//! The control plane: from keys to a device that publishes, and the fleet's registry.

use serde_json::{Value, json};

use super::shell::Shell;
use crate::common::Client;

const POLICY: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [{
        "Effect": "Allow",
        "Action": ["iot:*"],
        "Resource": ["*"]
    }]
}"#;

/// The article's lines. Only what it leaves blank is filled in: the principal, the endpoint's port and the CA.
const ARTICLE: &str = r#"
aws iot create-keys-and-certificate --set-as-active > cert.json
cat cert.json | jq .keyPair.PublicKey -r > thing-public-key.pem
cat cert.json | jq .keyPair.PrivateKey -r > private-key.pem
cat cert.json | jq .certificatePem -r > cert.pem
aws iot create-policy --policy-name "PubSubToAnyTopic" --policy-document file://policy.json > policy-made.json
aws iot attach-principal-policy --principal "$(jq .certificateArn -r cert.json)" --policy-name "PubSubToAnyTopic"
HOST=$(aws iot describe-endpoint | jq .endpointAddress -r)
mosquitto_pub --cafile data/ca.pem --cert cert.pem --key private-key.pem -h "$HOST" -p "$MQTTS" -q 1 -d \
    -t topic/test -i clientid2 -m "Hello, World"
aws iot-data update-thing-shadow --thing-name iPhone-6 --payload '{"state": {"reported" : {"power" : "off"}}}' o.json
aws iot-data update-thing-shadow --thing-name iPhone-6 --payload '{"state": {"desired" : {"power" : "on"}}}' o.json
aws iot-data get-thing-shadow --thing-name iPhone-6 outfile4.json
aws iot-data get-thing-shadow --thing-name iPhone-6 outfile4.json | cat outfile4.json | jq .version
"#;

#[tokio::test]
async fn the_article_goes_from_keys_to_a_version() {
    let shell = Shell::open("aws-keys").await;
    shell.write("policy.json", POLICY);
    let mut subscriber = Client::connected(shell.program.mqtt, "clientid1").await;
    subscriber.subscribe("topic/test", 0).await;
    let port = shell.program.mqtts.port();
    let done = shell.sh(&format!("MQTTS={port}\n{ARTICLE}")).await;
    let said = [
        "Client clientid2 sending CONNECT",
        "Client clientid2 received CONNACK (0)",
        "Client clientid2 sending PUBLISH (d0, q1, r0, m1, 'topic/test', ... (12 bytes))",
        "Client clientid2 received PUBACK (Mid: 1, RC:0)",
        "Client clientid2 sending DISCONNECT",
        "2",
    ];
    assert_eq!(done.text().lines().collect::<Vec<_>>(), said);
    let message = ("topic/test".to_owned(), "Hello, World".to_owned());
    assert_eq!(subscriber.message().await, message);
    let made = shell.sh("cat policy-made.json").await.json();
    assert_eq!(made["policyDocument"], POLICY);
    assert_eq!(made["policyVersionId"], "1");
}

/// Runs a line and gives what it printed.
async fn ask(shell: &Shell, line: &str) -> Value {
    shell.sh(&format!("aws iot {line}")).await.json()
}

async fn refuse(shell: &Shell, line: &str, message: &str) {
    let refused = shell.sh(&format!("aws iot {line}")).await;
    refused.expect_error(&format!("An error occurred {message}"));
}

#[tokio::test]
async fn things_are_registered_found_and_taken_away() {
    let shell = Shell::open("aws-things").await;
    ask(&shell, "create-thing-type --thing-type-name Light").await;
    let attributes = r#"--attribute-payload '{"attributes":{"room":"kyoto"}}'"#;
    let create = format!("create-thing --thing-name lamp {attributes}");
    let made = ask(&shell, &create).await;
    assert_eq!(
        made["thingArn"],
        "arn:aws:iot:us-east-1:123456789012:thing/lamp"
    );
    assert_eq!(ask(&shell, &create).await, made, "the same again");
    let exists = "(ResourceAlreadyExistsException) when calling the CreateThing operation: \
        Thing lamp already exists with different attributes";
    refuse(&shell, "create-thing --thing-name lamp", exists).await;
    ask(
        &shell,
        "create-thing --thing-name pump --thing-type-name Light",
    )
    .await;
    let things = "list-things --page-size 1 --query things[].thingName";
    assert_eq!(ask(&shell, things).await, json!(["lamp", "pump"]));
    let of_type = "list-things --thing-type-name Light --query things[].thingName";
    assert_eq!(ask(&shell, of_type).await, json!(["pump"]));

    let update = r#"update-thing --thing-name lamp --expected-version 1 --attribute-payload '{"attributes":{"floor":"2"},"merge":true}'"#;
    ask(&shell, update).await;
    let conflict = "(VersionConflictException) when calling the UpdateThing operation: \
        The version for thing lamp does not match the expected version.";
    refuse(&shell, update, conflict).await;
    let described = ask(&shell, "describe-thing --thing-name lamp").await;
    let expected = json!({
        "defaultClientId": "lamp",
        "thingName": "lamp",
        "thingId": made["thingId"],
        "thingArn": made["thingArn"],
        "attributes": { "floor": "2", "room": "kyoto" },
        "version": 2,
    });
    assert_eq!(described, expected);
    ask(&shell, "delete-thing --thing-name lamp").await;
    let gone = "(ResourceNotFoundException) when calling the DescribeThing operation: Thing lamp cannot be found.";
    refuse(&shell, "describe-thing --thing-name lamp", gone).await;
}

#[tokio::test]
async fn the_fleet_is_searched() {
    let shell = Shell::open("aws-search").await;
    for name in ["lamp-1", "lamp-2"] {
        ask(&shell, &format!("create-thing --thing-name {name}")).await;
    }
    shell
        .update("lamp-1", r#"{"state":{"reported":{"stress":80.5}}}"#)
        .await;
    shell
        .update("lamp-2", r#"{"state":{"reported":{"stress":95}}}"#)
        .await;
    let _connected = Client::connected(shell.program.mqtt, "lamp-2").await;
    let search = async |query: &str| {
        let line = format!("search-index --query things[].thingName --query-string '{query}'");
        ask(&shell, &line).await
    };
    assert_eq!(search("thingName:lamp*").await, json!(["lamp-1", "lamp-2"]));
    assert_eq!(
        search("shadow.reported.stress < 90").await,
        json!(["lamp-1"])
    );
    assert_eq!(
        search("connectivity.connected:true").await,
        json!(["lamp-2"])
    );
    assert_eq!(search("NOT lamp-1 AND (95 OR 96)").await, json!(["lamp-2"]));
    let found = ask(
        &shell,
        "search-index --query-string connectivity.connected:true",
    )
    .await;
    let found = &found["things"][0];
    assert_eq!(found["connectivity"]["connected"], true);
    assert!(found["connectivity"]["timestamp"].as_i64() > Some(1_700_000_000_000));
    let shadow: Value = serde_json::from_str(found["shadow"].as_str().unwrap()).unwrap();
    assert_eq!(shadow["reported"], json!({ "stress": 95 }));
    let bad = "(InvalidQueryException) when calling the SearchIndex operation: \
        Invalid query: ')' is expected before ''";
    refuse(&shell, "search-index --query-string '(a'", bad).await;
}

#[tokio::test]
async fn certificates_and_policies_are_listed_detached_and_deleted() {
    let shell = Shell::open("aws-certificates").await;
    shell.write("policy.json", POLICY);
    let made = ask(&shell, "create-keys-and-certificate --set-as-active").await;
    let (id, arn) = (
        made["certificateId"].as_str().unwrap(),
        made["certificateArn"].as_str().unwrap(),
    );
    ask(
        &shell,
        "create-policy --policy-name P --policy-document file://policy.json",
    )
    .await;
    ask(&shell, "create-policy-version --policy-name P --policy-document file://policy.json --set-as-default").await;
    let versions = "list-policy-versions --policy-name P --query policyVersions[].[versionId,isDefaultVersion]";
    assert_eq!(
        ask(&shell, versions).await,
        json!([["2", true], ["1", false]])
    );
    ask(
        &shell,
        &format!("attach-policy --policy-name P --target {arn}"),
    )
    .await;
    ask(&shell, "create-thing --thing-name lamp").await;
    ask(
        &shell,
        &format!("attach-thing-principal --thing-name lamp --principal {arn}"),
    )
    .await;
    for (line, expected) in [
        (
            format!("list-attached-policies --target {arn} --query policies[].policyName"),
            "P",
        ),
        (
            format!("list-principal-policies --principal {arn} --query policies[].policyName"),
            "P",
        ),
        (
            "list-targets-for-policy --policy-name P --query targets".to_owned(),
            arn,
        ),
        (
            "list-thing-principals --thing-name lamp --query principals".to_owned(),
            arn,
        ),
        (
            format!("list-principal-things --principal {arn} --query things"),
            "lamp",
        ),
        (
            "list-certificates --query certificates[?status==`ACTIVE`].certificateId".to_owned(),
            id,
        ),
    ] {
        let line = line.replace('`', "'\\''");
        let line = line
            .split_once(" --query ")
            .map(|(line, query)| format!("{line} --query '{query}'"));
        assert_eq!(ask(&shell, &line.unwrap()).await, json!([expected]));
    }
    let delete = format!("delete-certificate --certificate-id {id}");
    let attached = format!(
        "(DeleteConflictException) when calling the DeleteCertificate operation: \
        Things must be detached before deletion (arn: {arn})"
    );
    refuse(&shell, &delete, &attached).await;
    ask(
        &shell,
        &format!("detach-thing-principal --thing-name lamp --principal {arn}"),
    )
    .await;
    ask(
        &shell,
        &format!("update-certificate --certificate-id {id} --new-status REVOKED"),
    )
    .await;
    ask(&shell, &format!("{delete} --force-delete")).await;
    assert_eq!(
        ask(&shell, "list-certificates --query certificates").await,
        json!([])
    );
    ask(
        &shell,
        "delete-policy-version --policy-name P --policy-version-id 1",
    )
    .await;
    ask(&shell, "delete-policy --policy-name P").await;
    assert_eq!(
        ask(&shell, "list-policies --query policies").await,
        json!([])
    );
}
