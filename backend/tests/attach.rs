//! The process attached to somebody else's broker: mosquitto where it can do what is needed, else a few bytes.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "attach/backend.rs"]
mod backend;
#[path = "../benches/load/client.rs"]
#[allow(dead_code)]
mod client;
#[path = "common/folder.rs"]
mod folder;
#[path = "common/mosquitto.rs"]
#[allow(dead_code)]
mod mosquitto;
#[path = "common/mqtt.rs"]
mod mqtt;

use std::cell::Cell;
use std::net::SocketAddr;
use std::path::Path;

use backend::{Backend, command, data, next, patiently};
use client::Client;
use mosquitto::Mosquitto;
use mqtt::{next_message, publish};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;

const UPDATE: &str = "$aws/things/lamp/shadow/update";
const GET: &str = "$aws/things/lamp/shadow/get";

async fn client(address: SocketAddr) -> Client {
    let mut client = patiently(Client::connect(address, "client")).await.unwrap();
    let answers = client.subscribe(&["$aws/things/+/shadow/+/+"], 1);
    patiently(answers).await.unwrap();
    client
}

/// The payload of the next message on this topic.
async fn answer(client: &mut Client, topic: &str) -> String {
    loop {
        let message = next_message(client).await.unwrap();
        if message.topic.as_str() == topic {
            return String::from_utf8(message.payload.to_vec()).unwrap();
        }
    }
}

async fn check_service(client: &mut Client) {
    let update = br#"{"state":{"desired":{"on":true}},"clientToken":"now"}"#;
    publish(client, UPDATE, update).await.unwrap();
    let accepted = answer(client, &format!("{UPDATE}/accepted")).await;
    assert!(accepted.contains(r#""clientToken":"now""#), "{accepted}");
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A broker of a few bytes: takes a connection and its CONNECT.
async fn accept(listener: &TcpListener) -> TcpStream {
    let (mut stream, _) = patiently(listener.accept()).await.unwrap();
    assert_eq!(read_packet(&mut stream).await.0, 0x10);
    stream
}

/// The same, and it grants everything.
async fn serve(listener: &TcpListener) -> TcpStream {
    let mut stream = accept(listener).await;
    stream.write_all(&[0x20, 2, 0, 0]).await.unwrap();
    let (first, body) = read_packet(&mut stream).await;
    assert_eq!(first, 0x82);
    let suback = [0x90, 8, body[0], body[1], 1, 1, 1, 1, 1, 1];
    stream.write_all(&suback).await.unwrap();
    stream
}

/// The first byte, and what follows the length, which has at most two bytes.
async fn read_packet(stream: &mut TcpStream) -> (u8, Vec<u8>) {
    let read = async {
        let (first, low) = (stream.read_u8().await?, stream.read_u8().await?);
        let high = match low {
            0..128 => 0,
            _ => stream.read_u8().await?,
        };
        let mut body = vec![0; usize::from(low & 127) | usize::from(high) << 7];
        stream.read_exact(&mut body).await?;
        std::io::Result::Ok((first, body))
    };
    patiently(read).await.unwrap()
}

#[tokio::test]
async fn a_broker_may_come_later_and_go_and_come_again() {
    let mut broker = Mosquitto::stopped(|_| "allow_anonymous true".to_owned()).unwrap();
    let mut backend = Backend::attached_to(broker.address);
    let trouble = backend.trouble().await;
    assert!(trouble.contains("refused"), "{trouble}");
    broker.restart().unwrap();
    backend.wait_until_ready().await;
    check_service(&mut client(broker.address).await).await;
    broker.kill();
    let trouble = backend.trouble().await;
    assert!(trouble.contains("closed"), "{trouble}");
    broker.restart().unwrap();
    backend.wait_until_attached().await;
    check_service(&mut client(broker.address).await).await;
}

#[tokio::test]
async fn a_stored_request_is_none() {
    let broker = Mosquitto::start().unwrap();
    let port = broker.address.port().to_string();
    let stored = Command::new("mosquitto_pub")
        .args(["-h", "127.0.0.1", "-p", &port, "-q", "1", "-r"])
        .args(["-t", UPDATE, "-m", r#"{"state":{"desired":{"on":true}}}"#])
        .status();
    assert!(patiently(stored).await.unwrap().success());
    let mut backend = Backend::attached_to(broker.address);
    backend.wait_until_ready().await;
    let mut client = client(broker.address).await;
    publish(&mut client, GET, b"").await.unwrap();
    let message = next_message(&mut client).await.unwrap();
    assert_eq!(message.topic.as_str(), format!("{GET}/rejected"));
}

#[tokio::test]
async fn the_http_port_says_where_the_broker_is() {
    // Nobody listens there, which matters to nobody here.
    let url = "mqtt://127.0.0.1:9";
    let mut backend = Backend::start(data(), &["--attach", url, "--http", "127.0.0.1:0"], &[]);
    let line = next(&mut backend.stdout).await;
    let address = line.strip_prefix("HTTP on ").unwrap();
    let ask = async |path: &str| {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        patiently(stream.read_to_string(&mut response))
            .await
            .unwrap();
        response
    };
    let response = ask("/mqtt").await;
    assert!(response.starts_with("HTTP/1.1 404 "), "{response}");
    assert!(response.contains(url), "{response}");
    // By this header the page would look for a broker here.
    assert!(!ask("/").await.contains("server: gnomon-backend"));
}

#[tokio::test]
async fn requests_wait_for_the_service_to_return() {
    for signal in ["TERM", "KILL"] {
        let broker = Mosquitto::start().unwrap();
        let mut backend = Backend::attached_to(broker.address);
        backend.wait_until_ready().await;
        let mut client = client(broker.address).await;
        check_service(&mut client).await;
        let data = backend.end(signal).await;
        for token in ["first", "second"] {
            let update = format!(r#"{{"state":{{}},"clientToken":"{token}"}}"#);
            publish(&mut client, UPDATE, update.as_bytes())
                .await
                .unwrap();
        }
        let mut backend = Backend::again(data, broker.address);
        backend.wait_until_ready().await;
        for (token, version) in [("first", 2), ("second", 3)] {
            let accepted = loop {
                let accepted = answer(&mut client, &format!("{UPDATE}/accepted")).await;
                // A process that is killed may answer once more what it had answered.
                if !accepted.contains(r#""clientToken":"now""#) {
                    break accepted;
                }
            };
            assert!(accepted.contains(token), "{accepted}");
            let version = format!(r#""version":{version},"#);
            assert!(
                signal == "KILL" || accepted.contains(&version),
                "{accepted}"
            );
        }
    }
}

#[tokio::test]
async fn a_password_opens_the_door_and_is_never_said() {
    let broker = Mosquitto::start_with(|folder| {
        let passwords = folder.join("passwords");
        let made = std::process::Command::new("mosquitto_passwd")
            .args(["-c", "-b"])
            .arg(&passwords)
            .args(["me", "open sesame"])
            .status();
        assert!(made.unwrap().success());
        std::fs::write(folder.join("right"), "open sesame\r\n").unwrap();
        std::fs::write(folder.join("wrong"), "let me in\n").unwrap();
        format!("password_file {}", passwords.display())
    });
    let broker = broker.unwrap();
    let url = format!("mqtt://{}", broker.address);
    let start = |file: &str| {
        let file = broker.folder().join(file).display().to_string();
        let flags = ["--attach", &url, "--user", "me", "--password-file", &file];
        Backend::start(data(), &flags, &[])
    };
    let mut refused = start("wrong");
    let trouble = refused.trouble().await;
    assert!(trouble.contains("refuses"), "{trouble}");
    assert!(!trouble.contains("let me in"), "{trouble}");
    drop(refused);
    start("right").wait_until_ready().await;
    let mut absent = start("absent");
    let error = absent.trouble().await;
    assert!(error.contains("--password-file"), "{error}");
}

#[tokio::test]
async fn a_password_in_the_clear_is_not_sent_without_a_warning() {
    let (listener, address) = listen().await;
    // It leads to this machine, but is no loopback address.
    let url = format!("mqtt://0.0.0.0:{}", address.port());
    let data = data();
    let file = data.path().join("password");
    std::fs::write(&file, "open sesame").unwrap();
    let file = file.display().to_string();
    let flags = ["--attach", &url, "--user", "me", "--password-file", &file];
    let mut backend = Backend::start(data, &flags, &[]);
    let warning = backend.trouble().await;
    assert!(warning.contains("in the clear"), "{warning}");
    assert!(!warning.contains("sesame"), "{warning}");
    accept(&listener).await;
}

/// A certificate for this machine and its key, in files.
fn write_certificate(folder: &Path) {
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    std::fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
}

#[tokio::test]
async fn tls_trusts_the_given_certificates_and_no_others() {
    let port = Cell::new(0);
    let broker = Mosquitto::start_with(|folder| {
        write_certificate(folder);
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        port.set(free.unwrap().port());
        format!(
            "allow_anonymous true\nlistener {} 127.0.0.1\ncertfile {folder}/cert.pem\nkeyfile {folder}/key.pem",
            port.get(),
            folder = folder.display()
        )
    });
    let broker = broker.unwrap();
    let url = format!("mqtts://127.0.0.1:{}", port.get());
    let start = |trusted: &Path| {
        let environment = [("SSL_CERT_FILE", trusted.as_os_str())];
        Backend::start(data(), &["--attach", &url], &environment)
    };
    let mut backend = start(&broker.folder().join("cert.pem"));
    backend.wait_until_ready().await;
    check_service(&mut client(broker.address).await).await;
    drop(backend);
    let other = broker.folder().join("other");
    std::fs::create_dir(&other).unwrap();
    write_certificate(&other);
    let mut wary = start(&other.join("cert.pem"));
    let trouble = wary.trouble().await;
    assert!(trouble.contains("certificate"), "{trouble}");
    let mut lost = start(Path::new("/nowhere"));
    let error = lost.trouble().await;
    assert!(error.contains("SSL_CERT_FILE"), "{error}");
}

#[tokio::test]
async fn what_is_no_broker_is_named() {
    let (listener, address) = listen().await;
    let mut backend = Backend::attached_to(address);
    drop(accept(&listener).await);
    let trouble = backend.trouble().await;
    assert!(trouble.contains("did not answer CONNECT"), "{trouble}");
    let mut garbage = accept(&listener).await;
    garbage.write_all(&[b'<'; 300]).await.unwrap();
    let trouble = backend.trouble().await;
    assert!(trouble.contains("no MQTT 3.1.1"), "{trouble}");
    // Nor does it hold up the end of the process.
    let _silent = accept(&listener).await;
    backend.end("TERM").await;
}

#[tokio::test]
async fn it_leaves_with_a_word() {
    let (listener, address) = listen().await;
    let mut backend = Backend::attached_to(address);
    let mut broker = serve(&listener).await;
    backend.wait_until_ready().await;
    backend.end("TERM").await;
    let mut rest = Vec::new();
    patiently(broker.read_to_end(&mut rest)).await.unwrap();
    assert_eq!(rest, [0xe0, 0]);
}

#[tokio::test]
async fn nobody_has_to_read_what_it_says() {
    let (listener, address) = listen().await;
    let (reader, unread) = std::io::pipe().unwrap();
    drop(reader);
    let data = data();
    let mut process = command(&data)
        .args(["--attach", &format!("mqtt://{address}")])
        .stdout(unread.try_clone().unwrap())
        .stderr(unread)
        .spawn()
        .unwrap();
    // It has to say why it tries again, and then that it is attached.
    drop(accept(&listener).await);
    let mut broker = serve(&listener).await;
    let topic = GET.as_bytes();
    let head = [0x30, topic.len() as u8 + 2, 0, topic.len() as u8];
    broker.write_all(&[&head, topic].concat()).await.unwrap();
    let (first, body) = read_packet(&mut broker).await;
    assert_eq!(first, 0x32);
    let answered = format!("{GET}/rejected");
    assert!(body[2..].starts_with(answered.as_bytes()), "{body:?}");
    process.kill().await.unwrap();
}
