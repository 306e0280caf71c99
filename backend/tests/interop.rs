//! Debian's mosquitto clients against the backend, and the process itself: its flags, its output, its end.

#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
mod common;

use std::process::Stdio;

use common::{Server, patiently};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdout, Command};

const UPDATE: &str = "$aws/things/sim-0001/shadow/update";

/// mosquitto_sub, its subscription made: a retained message on a second topic tells.
async fn subscriber(server: &Server, filter: &str) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut retained = mosquitto("mosquitto_pub", server);
    retained.args(["-r", "-q", "1", "-t", "subscribed", "-m", "yes"]);
    assert!(patiently(retained.status()).await.unwrap().success());
    let mut child = mosquitto("mosquitto_sub", server)
        .args(["-t", filter, "-t", "subscribed", "-q", "1", "-v"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    message(&mut lines, "subscribed").await;
    (child, lines)
}

async fn publish(server: &Server, topic: &str, payload: &str) {
    let mut command = mosquitto("mosquitto_pub", server);
    command.args(["-q", "1", "-t", topic, "-m", payload]);
    assert!(patiently(command.status()).await.unwrap().success());
}

fn mosquitto(tool: &str, server: &Server) -> Command {
    let mut command = Command::new(tool);
    let port = server.mqtt.port().to_string();
    command.args(["-h", "127.0.0.1", "-p", &port]);
    command
}

async fn next(lines: &mut Lines<BufReader<ChildStdout>>) -> String {
    patiently(lines.next_line()).await.unwrap().unwrap()
}

/// The next message on this topic.
async fn message(lines: &mut Lines<BufReader<ChildStdout>>, topic: &str) -> String {
    loop {
        let line = next(lines).await;
        if let Some(message) = line.strip_prefix(topic) {
            return message.trim_start().to_owned();
        }
    }
}

#[tokio::test]
async fn mosquitto_sees_the_desired_and_then_the_reported_update() {
    let server = Server::start_with("nowhere".into(), 1).await;
    let (_child, mut lines) = subscriber(&server, "$aws/things/+/shadow/update/accepted").await;
    publish(&server, UPDATE, r#"{"state":{"desired":{"power":"off"}}}"#).await;
    let accepted = format!("{UPDATE}/accepted");
    let mut seen = Vec::new();
    while seen.len() < 2 {
        let line = message(&mut lines, &accepted).await;
        // The device may still be introducing itself.
        if line.contains(r#""power":"off""#) {
            seen.push(line);
        }
    }
    assert!(
        seen[0].starts_with(r#"{"state":{"desired":{"power":"off"}}"#),
        "{}",
        seen[0]
    );
    assert!(
        seen[1].starts_with(r#"{"state":{"reported":{"power":"off"}}"#),
        "{}",
        seen[1]
    );
    server.stop().await;
}

#[tokio::test]
async fn mosquitto_speaks_both_levels_and_large_messages() {
    let server = Server::start().await;
    let (_child, mut lines) = subscriber(&server, "étage/#").await;
    let large = "x".repeat(100 * 1024);
    publish(&server, "étage/1", &large).await;
    assert_eq!(message(&mut lines, "étage/1").await, large);
    let mut old = mosquitto("mosquitto_pub", &server);
    old.args(["-V", "mqttv31", "-t", "étage/2", "-m", "from level 3"]);
    assert!(patiently(old.status()).await.unwrap().success());
    assert_eq!(message(&mut lines, "étage/2").await, "from level 3");
    server.stop().await;
}

/// A backend with a data folder of its own.
fn backend(name: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gnomon-backend"));
    let data = format!("{}/interop-{name}", env!("CARGO_TARGET_TMPDIR"));
    command
        .args([
            "--data", &data, "--mqtts", "off", "--http", "off", "--https", "off",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

#[tokio::test]
async fn the_process_says_ready_and_ends_with_a_signal() {
    for signal in ["TERM", "INT"] {
        let mut command = backend("ready");
        let mut child = command.args(["--mqtt", "127.0.0.1:0"]).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let listener = next(&mut lines).await;
        assert!(
            listener.starts_with("MQTT over TCP on 127.0.0.1:"),
            "{listener}"
        );
        let read = next(&mut lines).await;
        assert!(
            read.ends_with("shadows 0, retained messages 0, sessions 0"),
            "{read}"
        );
        assert_eq!(next(&mut lines).await, "ready");
        let pid = child.id().unwrap().to_string();
        let sent = Command::new("kill")
            .args(["-s", signal, &pid])
            .status()
            .await;
        assert!(sent.unwrap().success());
        assert!(patiently(child.wait()).await.unwrap().success());
    }
}

#[tokio::test]
async fn a_taken_port_is_named_with_its_flag() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for flag in ["--mqtt", "--mqtts", "--http", "--https"] {
        let mut command = backend("taken");
        let output = command.args(["--mqtt", "off", flag, &address]).output();
        let output = patiently(output).await.unwrap();
        assert_eq!(output.status.code(), Some(1));
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(&format!("{flag} {address}")), "{error}");
        assert!(!String::from_utf8(output.stdout).unwrap().contains("ready"));
    }
}

#[tokio::test]
async fn a_flag_that_does_not_exist_is_named() {
    let output = patiently(backend("flag").arg("--mqtt5=off").output())
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("--mqtt5")
    );
}
