//! The control plane over real sockets: what the aws CLI does not show.

#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
mod common;
#[allow(dead_code)]
#[path = "common/folder.rs"]
mod folder;
#[allow(dead_code)]
mod http {
    pub(crate) mod client;
}
#[allow(dead_code)]
#[path = "common/program.rs"]
mod program;

use std::net::SocketAddr;

use common::{Server, patiently};
use folder::fresh;
use http::client::{Answer, call, call_at, get};
use program::Program;
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const POLICY: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iot:*","Resource":"*"}}"#;
const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mqtt\r\n";

async fn ask(address: SocketAddr, method: &str, path: &str, body: &Value) -> Value {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let answer = call_at(address, method, path, "", body.as_bytes()).await;
    assert_eq!(answer.status, 200, "{method} {path}: {}", answer.body);
    serde_json::from_str(&answer.body).unwrap_or(Value::Null)
}

#[tokio::test]
async fn everything_is_there_again_after_a_kill() {
    let folder = fresh("control-kill");
    let program = Program::start(&folder, &[]).await;
    let http = program.http;
    let made = ask(http, "POST", "/keys-and-certificate", &Value::Null).await;
    let (id, arn) = (&made["certificateId"], &made["certificateArn"]);
    let (id, arn) = (id.as_str().unwrap(), arn.as_str().unwrap());
    ask(
        http,
        "POST",
        "/policies/P",
        &json!({ "policyDocument": POLICY }),
    )
    .await;
    ask(http, "PUT", "/target-policies/P", &json!({ "target": arn })).await;
    let properties = json!({ "thingTypeProperties": { "thingTypeDescription": "glows" } });
    ask(http, "POST", "/thing-types/Light", &properties).await;
    let new =
        json!({ "thingTypeName": "Light", "attributePayload": { "attributes": { "a": "1" } } });
    ask(http, "POST", "/things/lamp", &new).await;
    let principal = format!("x-amzn-principal: {arn}\r\n");
    let attached = call_at(http, "PUT", "/things/lamp/principals", &principal, b"").await;
    assert_eq!(attached.status, 200, "{}", attached.body);
    ask(http, "POST", "/things/gone", &Value::Null).await;
    ask(http, "DELETE", "/things/gone", &Value::Null).await;
    let certificate = format!("/certificates/{id}");
    let paths = [
        "/things",
        "/things/lamp",
        "/things/lamp/principals",
        "/thing-types/Light",
        "/policies/P",
        "/policies/P/version",
        &certificate,
    ];
    let mut before = Vec::new();
    for path in paths {
        before.push(ask(http, "GET", path, &Value::Null).await);
    }
    assert_eq!(before[0]["things"].as_array().unwrap().len(), 1);
    program.kill().await;
    let program = Program::start(&folder, &[]).await;
    for (path, before) in paths.iter().zip(before) {
        let after = ask(program.http, "GET", path, &Value::Null).await;
        assert_eq!(after, before, "{path}");
    }
    let targets = ask(program.http, "POST", "/policy-targets/P", &Value::Null).await;
    assert_eq!(targets["targets"], json!([arn]));
}

#[tokio::test]
async fn a_request_is_signed_and_a_certificate_registered_once() {
    let server = Server::start().await;
    let key = KeyPair::generate().unwrap();
    let request = CertificateParams::default()
        .serialize_request(&key)
        .unwrap();
    let body = json!({ "certificateSigningRequest": request.pem().unwrap() });
    let path = "/certificates?setAsActive=true";
    let made = ask(server.http, "POST", path, &body).await;
    let pem = made["certificatePem"].as_str().unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n"), "{pem}");
    assert_eq!(made.get("keyPair"), None);

    let again = json!({ "certificatePem": pem }).to_string();
    let path = "/certificate/register-no-ca";
    let answer = call(&server, "POST", path, &again).await;
    assert_eq!(
        answer.header("x-amzn-errortype"),
        "ResourceAlreadyExistsException"
    );
    assert_eq!(answer.json()["resourceArn"], made["certificateArn"]);
    let own = CertificateParams::default()
        .self_signed(&key)
        .unwrap()
        .pem();
    let own = json!({ "certificatePem": own, "status": "ACTIVE" });
    let registered = ask(server.http, "POST", path, &own).await;
    let path = format!(
        "/certificates/{}",
        registered["certificateId"].as_str().unwrap()
    );
    let shown = ask(server.http, "GET", &path, &Value::Null).await;
    assert_eq!(shown["certificateDescription"]["status"], "ACTIVE");
    for (body, exception) in [
        (
            json!({ "certificatePem": "no" }),
            "CertificateValidationException",
        ),
        (json!({}), "InvalidRequestException"),
    ] {
        let path = "/certificate/register-no-ca";
        let answer = call(&server, "POST", path, &body.to_string()).await;
        assert_eq!(answer.header("x-amzn-errortype"), exception);
    }
    server.stop().await;
}

/// The answer to a request for a WebSocket, which has a body only where it is refused.
async fn upgrade(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{UPGRADE}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 4096];
    let len = patiently(stream.read(&mut answer)).await.unwrap();
    String::from_utf8(answer[..len].to_vec()).unwrap()
}

#[tokio::test]
async fn with_keys_only_the_dashboards_files_are_open() {
    let folder = fresh("control-keys");
    std::fs::write(folder.join("keys"), "AKIDEXAMPLE secret\n").unwrap();
    std::fs::write(folder.join("index.html"), "<title>Gnomon</title>").unwrap();
    let program = Program::start(&folder, &["--sigv4-keys", "keys", "--site", "."]).await;
    let get = async |path: &str| -> Answer { call_at(program.http, "GET", path, "", b"").await };
    assert_eq!(get("/").await.body, "<title>Gnomon</title>");
    let missing = "Missing Authentication Token";
    let exception = "MissingAuthenticationTokenException";
    get("/things").await.expect_error(403, exception, missing);
    let exception = "ForbiddenException";
    let shadow = get("/things/lamp/shadow").await;
    shadow.expect_error(403, exception, missing);
    let refused = upgrade(program.http, "/mqtt").await;
    assert!(refused.starts_with("HTTP/1.1 403 "), "{refused}");
    assert!(refused.contains(missing), "{refused}");
    let expired = "/mqtt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
        &X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fiotdevicegateway%2Faws4_request\
        &X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host&X-Amz-Signature=00";
    let refused = upgrade(program.http, expired).await;
    assert!(refused.starts_with("HTTP/1.1 403 "), "{refused}");
    assert!(
        refused.contains("Signature expired: 20150830T123600Z is now earlier than"),
        "{refused}"
    );
    let asked = "Origin: http://127.0.0.1:8080\r\nAccess-Control-Request-Method: GET\r\n";
    let allowed = call_at(program.http, "OPTIONS", "/things", asked, b"").await;
    assert_eq!(allowed.status, 204, "a browser asks without a signature");
}

#[tokio::test]
async fn a_file_of_keys_that_cannot_be_read_is_named() {
    let folder = fresh("control-bad-keys");
    std::fs::write(folder.join("keys"), "AKIDEXAMPLE\n").unwrap();
    for (file, words) in [("keys", "line 1: "), ("absent", "No such file")] {
        let error = Program::refuse(&folder, &["--sigv4-keys", file]).await;
        let expected = format!("gnomon-backend: --sigv4-keys {file}: {words}");
        assert!(error.starts_with(&expected), "{error}");
    }
}

#[tokio::test]
async fn a_host_is_told_as_it_was_called() {
    let server = Server::start().await;
    let path = "/endpoint?endpointType=iot:Data-ATS";
    let endpoint = get(&server, path).await.json();
    assert_eq!(endpoint, json!({ "endpointAddress": "127.0.0.1" }));
    server.stop().await;
}
