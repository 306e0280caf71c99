//! AWS's own device library against the backend: npm's `aws-iot-device-sdk`, over TLS with a certificate and over secure
//! WebSocket with keys. `npm ci` installs it; `cargo xtask setup` calls that.

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

use std::path::Path;

use common::patiently;
use folder::fresh;
use http::device::Device;
use program::Program;
use serde_json::{Value, json};
use tokio::process::Command;

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/sdk");
const TOPICS: &str = "connect\nconnect\nmessage topic_1 Hello mqtt\n\n\n";
const SHADOW: &str = r#"lamp registered
app registered
app update accepted {"desired":{"power":"on"}}
lamp delta delta {"power":"on"}
lamp foreignStateChange update {"desired":{"power":"on"}}
lamp update accepted {"reported":{"power":"on"}}
app foreignStateChange update {"reported":{"power":"on"}}
app get accepted {"desired":{"power":"on"},"reported":{"power":"on"}}
app update rejected "Desired node must be an object"
app delete accepted null
lamp foreignStateChange delete null
app get rejected "No shadow exists with name: 'iPhone-6'"
"#;

/// Runs a script to its end, and gives what it printed.
async fn run(script: &str, options: &Value, ca: &Path) -> Result<String, String> {
    let output = Command::new("node")
        .arg(format!("{SCRIPTS}/{script}"))
        .arg(options.to_string())
        // What it takes of keys must come from its options alone.
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .env("NODE_EXTRA_CA_CERTS", ca)
        .kill_on_drop(true)
        .output();
    let output = patiently(output).await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    match output.status.success() {
        true => Ok(text(output.stdout)),
        false => Err(text(output.stderr)),
    }
}

#[tokio::test]
async fn it_publishes_and_shares_a_shadow_with_a_certificate() {
    let folder = fresh("sdk-mqtts");
    let program = Program::start(&folder, &[]).await;
    let device = Device::create(program.http, &folder).await;
    let options = json!({
        "keyPath": device.key,
        "certPath": device.certificate,
        "caPath": program.ca(),
        "host": "localhost",
        "port": program.mqtts.port(),
    });
    let ca = program.ca();
    assert_eq!(
        run("topics.mjs", &options, &ca).await.as_deref(),
        Ok(TOPICS)
    );
    assert_eq!(
        run("shadow.mjs", &options, &ca).await.as_deref(),
        Ok(SHADOW)
    );
}

#[tokio::test]
async fn it_publishes_and_shares_a_shadow_with_keys() {
    let folder = fresh("sdk-wss");
    std::fs::write(folder.join("keys"), "AKIDEXAMPLE wJalrXUtnFEMI/K7MDENG\n").unwrap();
    let program = Program::start(&folder, &["--sigv4-keys", "keys"]).await;
    let options = |secret: &str| {
        json!({
            "protocol": "wss",
            "accessKeyId": "AKIDEXAMPLE",
            "secretKey": secret,
            "region": "us-east-1",
            "host": "localhost",
            "port": program.https.port(),
        })
    };
    let ca = program.ca();
    let right = options("wJalrXUtnFEMI/K7MDENG");
    assert_eq!(run("topics.mjs", &right, &ca).await.as_deref(), Ok(TOPICS));
    assert_eq!(run("shadow.mjs", &right, &ca).await.as_deref(), Ok(SHADOW));
    let wrong = run("topics.mjs", &options("another secret"), &ca).await;
    assert_eq!(wrong, Err("closed\n".to_owned()));
}
