//! Calls that must be signed.

use super::shell::Shell;

const THINGS: &str = "aws iot list-things --query things";
const SHADOW: &str = "aws iot-data get-thing-shadow --thing-name lamp out.json";

#[tokio::test]
async fn whoever_knows_the_secret_is_let_in_and_nobody_else() {
    let mut shell = Shell::open_signed(
        "aws-signed",
        "wJalrXUtnFEMI/K7MDENG",
        "wJalrXUtnFEMI/K7MDENG",
    )
    .await;
    assert_eq!(shell.sh(THINGS).await.text(), "[]\n");
    shell
        .sh("aws iot create-thing --thing-name a:b")
        .await
        .text();
    let named = "aws iot describe-thing --thing-name a:b --query thingName";
    assert_eq!(shell.sh(named).await.text(), "\"a:b\"\n");
    let publish = "aws iot-data publish --topic 'étage/1 ?' --qos 1 --payload hello";
    assert_eq!(shell.sh(publish).await.text(), "");
    let update =
        r#"aws iot-data update-thing-shadow --thing-name lamp --payload '{"state":{}}' out.json"#;
    shell.sh(update).await.text();
    assert_eq!(shell.sh(SHADOW).await.text(), "");

    shell.believe("another");
    let mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS \
        Secret Access Key and signing method. Consult the service documentation for details.";
    let error = format!(
        "An error occurred (InvalidSignatureException) when calling the ListThings operation: {mismatch}"
    );
    shell.sh(THINGS).await.expect_error(&error);
    let error = format!(
        "An error occurred (ForbiddenException) when calling the GetThingShadow operation: {mismatch}"
    );
    shell.sh(SHADOW).await.expect_error(&error);

    let unknown = format!("AWS_ACCESS_KEY_ID=AKIDOTHER {THINGS}");
    let error = "An error occurred (UnrecognizedClientException) when calling the ListThings operation: \
        The security token included in the request is invalid.";
    shell.sh(&unknown).await.expect_error(error);
    let error = "An error occurred (MissingAuthenticationTokenException) when calling the ListThings operation: \
        Missing Authentication Token";
    shell
        .sh(&format!("{THINGS} --no-sign-request"))
        .await
        .expect_error(error);
}
