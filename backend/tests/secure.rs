//! The process over TLS: Debian's mosquitto clients with a certificate, one that is revoked while it is in use, pages
//! over https, and files of certificates that cannot be used.

#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
mod common;
#[allow(dead_code)]
#[path = "common/folder.rs"]
mod folder;
#[allow(dead_code)]
mod http {
    pub(crate) mod client;
    pub(crate) mod device;
}
#[allow(dead_code)]
#[path = "common/program.rs"]
mod program;

mod tls {
    pub(crate) mod client;
    mod https;
    mod identity;
}

use std::process::Stdio;

use common::patiently;
use folder::fresh;
use http::client::call_at;
use http::device::Device;
use program::Program;
use tls::client;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;

/// One of mosquitto's clients with the options of the article.
fn article(tool: &str, program: &Program, host: &str, device: &Device) -> Command {
    // Into a pipe it would keep its lines to itself until its buffer is full.
    let mut command = Command::new("stdbuf");
    command
        .args(["-oL", tool, "--cafile"])
        .arg(program.ca())
        .arg("--cert")
        .arg(&device.certificate)
        .arg("--key")
        .arg(&device.key)
        .args(["-h", host, "-p", &program.mqtts.port().to_string()])
        .args(["-q", "1", "-d", "-t", "topic/test"])
        .kill_on_drop(true);
    command
}

async fn output(mut command: Command) -> (bool, String) {
    let output = patiently(command.output()).await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn mosquitto_publishes_and_subscribes_as_in_the_article() {
    let folder = fresh("tls-article");
    let program = Program::start(&folder, &[]).await;
    let device = Device::create(program.http, &folder).await;
    for host in ["localhost", "127.0.0.1"] {
        let mut subscriber = article("mosquitto_sub", &program, host, &device)
            .args(["-i", "clientid1"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(subscriber.stdout.take().unwrap()).lines();
        let mut until = async |end: &str| {
            let mut said = Vec::new();
            while said.last().is_none_or(|line: &String| line != end) {
                said.push(patiently(lines.next_line()).await.unwrap().unwrap());
            }
            said.join("\n")
        };
        until("Subscribed (mid: 1): 1").await;
        let mut publisher = article("mosquitto_pub", &program, host, &device);
        publisher.args(["-i", "clientid2", "-m", "Hello, World"]);
        let (success, said) = output(publisher).await;
        assert!(success && said.contains("received PUBACK"), "{said}");
        let heard = until("Hello, World").await;
        assert!(heard.contains("received PUBLISH (d0, q1"), "{heard}");
    }
}

#[tokio::test]
async fn mosquitto_is_refused_with_a_certificate_that_is_not_active() {
    let folder = fresh("tls-refused");
    let program = Program::start(&folder, &[]).await;
    let device = Device::create(program.http, &folder).await;
    let publish = async || {
        let mut publisher = article("mosquitto_pub", &program, "localhost", &device);
        publisher.args(["-m", "x", "--tls-version", "tlsv1.2"]);
        output(publisher).await
    };
    for (status, success) in [("INACTIVE", false), ("ACTIVE", true), ("REVOKED", false)] {
        device.set_status(program.http, status).await;
        let (succeeded, said) = publish().await;
        assert_eq!(succeeded, success, "{status}: {said}");
    }
}

#[tokio::test]
async fn a_certificate_that_is_revoked_ends_its_connections_and_stays_revoked_after_a_kill() {
    let folder = fresh("tls-revoked");
    let program = Program::start(&folder, &[]).await;
    let (device, other) = (
        Device::create(program.http, &folder).await,
        Device::create(program.http, &folder).await,
    );
    let mut cut = client::connected(&program, &device).await.unwrap();
    let mut stays = client::connected(&program, &other).await.unwrap();
    device.set_status(program.http, "REVOKED").await;
    let mut rest = Vec::new();
    patiently(cut.read_to_end(&mut rest)).await.unwrap();
    assert_eq!(rest, [0; 0]);
    stays.write_all(&[0xc0, 0]).await.unwrap();
    let mut answer = [0; 2];
    patiently(stays.read_exact(&mut answer)).await.unwrap();
    assert_eq!(answer, [0xd0, 0], "PINGRESP");
    program.kill().await;
    let program = Program::start(&folder, &[]).await;
    assert!(client::connected(&program, &device).await.is_err());
    assert!(client::connected(&program, &other).await.is_ok());
}

#[tokio::test]
async fn a_certificate_that_somebody_else_signed_is_registered_by_its_pem() {
    let (folder, elsewhere) = (fresh("tls-register"), fresh("tls-elsewhere"));
    let program = Program::start(&folder, &[]).await;
    let foreign = {
        let other = Program::start(&elsewhere, &[]).await;
        Device::create(other.http, &elsewhere).await
    };
    assert!(client::connected(&program, &foreign).await.is_err());
    let pem = std::fs::read_to_string(&foreign.certificate).unwrap();
    let body = serde_json::json!({ "certificatePem": pem, "status": "ACTIVE" }).to_string();
    let path = "/certificate/register-no-ca";
    let registered = call_at(program.http, "POST", path, "", body.as_bytes()).await;
    assert_eq!(registered.json()["certificateId"], foreign.id);
    foreign.allow_everything(program.http).await;
    assert!(client::connected(&program, &foreign).await.is_ok());
}
