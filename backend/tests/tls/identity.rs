//! The files that the process shows itself with: made, given, damaged or in another's hands.

use std::fs;

use super::client;
use crate::folder::fresh;
use crate::program::Program;

#[tokio::test]
async fn a_certificate_of_ones_own_is_shown_to_browsers_and_devices() {
    let (folder, mine) = (fresh("identity-given"), fresh("identity-mine"));
    let other = Program::start(&mine, &["--tls-name", "iot.example.net"]).await;
    let (ca, data) = (other.ca(), other.ca().with_file_name("."));
    other.kill().await;
    let file = |name| data.join(name).display().to_string();
    let (certificate, key) = (file("server.pem"), file("server.key"));
    let flags = ["--https-cert", &certificate, "--https-key", &key];
    let program = Program::start(&folder, &flags).await;
    for address in [program.https, program.mqtts] {
        assert!(
            client::open(address, &ca, None, "iot.example.net")
                .await
                .is_ok()
        );
    }
    assert!(
        client::https(&program, "localhost").await.is_err(),
        "its own CA did not sign it"
    );
    assert!(!program.ca().with_file_name("server.pem").exists());
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named_and_left_alone() {
    let folder = fresh("identity-damaged");
    let program = Program::start(&folder, &[]).await;
    let data = program.ca().with_file_name(".");
    program.kill().await;
    fs::write(data.join("server.key"), "damaged").unwrap();
    let error = Program::refuse(&folder, &[]).await;
    assert!(
        error.contains("server.key") && error.contains("--data"),
        "{error}"
    );
    assert_eq!(
        fs::read_to_string(data.join("server.key")).unwrap(),
        "damaged"
    );
    fs::remove_file(data.join("ca.key")).unwrap();
    let error = Program::refuse(&folder, &[]).await;
    assert!(
        error.contains("ca.pem is there, but") && error.contains("ca.key"),
        "{error}"
    );
    assert!(!data.join("ca.key").exists());
}

#[tokio::test]
async fn a_given_certificate_that_cannot_be_read_is_named_with_its_flags() {
    let folder = fresh("identity-unreadable");
    let flags = ["--https-cert", "missing.pem", "--https-key", "missing.key"];
    let error = Program::refuse(&folder, &flags).await;
    assert!(
        error.contains("--https-cert") && error.contains("missing.pem"),
        "{error}"
    );
    fs::write(folder.join("empty"), "").unwrap();
    let flags = ["--https-cert", "empty", "--https-key", "empty"];
    let error = Program::refuse(&folder, &flags).await;
    assert!(
        error.contains("--https-cert") && error.contains("PEM"),
        "{error}"
    );
}
