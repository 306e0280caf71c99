//! The process attached to somebody else's broker: mosquitto where it can do what is needed, else a few bytes.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "common/mosquitto.rs"]
mod mosquitto;
#[path = "common/mqtt.rs"]
mod mqtt;

use std::cell::Cell;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use mosquitto::Mosquitto;
use mqtt::Client;

/// Long enough for any machine; nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(30);
const UPDATE: &str = "$aws/things/lamp/shadow/update";
const GET: &str = "$aws/things/lamp/shadow/get";

/// What a backend keeps, removed at the end.
struct Data(PathBuf);

impl Data {
    fn new() -> Rc<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("gnomon-attach-{}-{number}", std::process::id());
        Rc::new(Self(std::env::temp_dir().join(name)))
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The process, killed when it is dropped.
struct Backend {
    data: Rc<Data>,
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

impl Backend {
    fn attached_to(address: SocketAddr) -> Self {
        Self::again(Data::new(), address)
    }

    /// With what an earlier one kept.
    fn again(data: Rc<Data>, address: SocketAddr) -> Self {
        Self::start(data, &["--attach", &format!("mqtt://{address}")], &[])
    }

    fn start(data: Rc<Data>, flags: &[&str], environment: &[(&str, &OsStr)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gnomon-backend"))
            .args(["--http", "off", "--https", "off", "--data"])
            .arg(&data.0)
            .args(flags)
            // It would add to the certificates that a test names.
            .env_remove("SSL_CERT_DIR")
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = lines(child.stdout.take().unwrap());
        let stderr = lines(child.stderr.take().unwrap());
        Self {
            data,
            child,
            stdout,
            stderr,
        }
    }

    fn wait_until_ready(&self) {
        while !next(&self.stdout).starts_with("attached") {}
        assert_eq!(next(&self.stdout), "ready");
    }

    /// Sends a signal, waits for the end, and gives what it kept.
    fn end(mut self, signal: &str) -> Rc<Data> {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(sent.unwrap().success());
        self.child.wait().unwrap();
        self.data.clone()
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

fn next(lines: &Receiver<String>) -> String {
    lines.recv_timeout(PATIENCE).unwrap()
}

fn client(address: SocketAddr) -> Client {
    let answers = ["$aws/things/+/shadow/+/+"];
    Client::connect(address, &answers).unwrap()
}

/// The payload of the next message on this topic.
fn answer(client: &mut Client, topic: &str) -> String {
    loop {
        let message = client.next().unwrap();
        if message.topic.as_str() == topic {
            return String::from_utf8(message.payload.to_vec()).unwrap();
        }
    }
}

fn check_service(client: &mut Client) {
    let update = br#"{"state":{"desired":{"on":true}},"clientToken":"now"}"#;
    client.publish(UPDATE, update).unwrap();
    let accepted = answer(client, &format!("{UPDATE}/accepted"));
    assert!(accepted.contains(r#""clientToken":"now""#), "{accepted}");
}

/// A broker of a few bytes: takes a connection, and reads a packet with a header of two bytes.
fn accept(listener: &TcpListener) -> TcpStream {
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    assert_eq!(read_packet(&mut stream)[0], 0x10);
    stream
}

fn read_packet(stream: &mut TcpStream) -> Vec<u8> {
    let mut packet = vec![0; 2];
    stream.read_exact(&mut packet).unwrap();
    let mut len = usize::from(packet[1]);
    if len > 127 {
        let mut high = [0];
        stream.read_exact(&mut high).unwrap();
        packet.push(high[0]);
        len = (len & 127) | usize::from(high[0]) << 7;
    }
    let head = packet.len();
    packet.resize(head + len, 0);
    stream.read_exact(&mut packet[head..]).unwrap();
    packet
}

#[test]
fn a_broker_may_come_later_and_go_and_come_again() {
    let mut broker = Mosquitto::stopped(|_| "allow_anonymous true".to_owned()).unwrap();
    let backend = Backend::attached_to(broker.address);
    let trouble = next(&backend.stderr);
    assert!(trouble.contains("refused"), "{trouble}");
    broker.restart().unwrap();
    backend.wait_until_ready();
    check_service(&mut client(broker.address));
    broker.kill();
    let trouble = next(&backend.stderr);
    assert!(trouble.contains("closed"), "{trouble}");
    broker.restart().unwrap();
    while !next(&backend.stdout).starts_with("attached") {}
    check_service(&mut client(broker.address));
}

#[test]
fn a_stored_request_is_none() {
    let broker = Mosquitto::start().unwrap();
    let port = broker.address.port().to_string();
    let stored = Command::new("mosquitto_pub")
        .args(["-h", "127.0.0.1", "-p", &port, "-q", "1", "-r"])
        .args(["-t", UPDATE, "-m", r#"{"state":{"desired":{"on":true}}}"#])
        .status();
    assert!(stored.unwrap().success());
    let backend = Backend::attached_to(broker.address);
    backend.wait_until_ready();
    let mut client = client(broker.address);
    client.publish(GET, b"").unwrap();
    let message = client.next().unwrap();
    assert_eq!(message.topic.as_str(), format!("{GET}/rejected"));
}

#[test]
fn the_http_port_says_where_the_broker_is() {
    // Nobody listens there, which matters to nobody here.
    let url = "mqtt://127.0.0.1:9";
    let backend = Backend::start(
        Data::new(),
        &["--attach", url, "--http", "127.0.0.1:0"],
        &[],
    );
    let line = next(&backend.stdout);
    let address = line.strip_prefix("HTTP on ").unwrap();
    let ask = |path: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response
    };
    let response = ask("/mqtt");
    assert!(response.starts_with("HTTP/1.1 404 "), "{response}");
    assert!(response.contains(url), "{response}");
    // By this header the page would look for a broker here.
    assert!(!ask("/").contains("server: gnomon-backend"));
}

#[test]
fn requests_wait_for_the_service_to_return() {
    for signal in ["TERM", "KILL"] {
        let broker = Mosquitto::start().unwrap();
        let backend = Backend::attached_to(broker.address);
        backend.wait_until_ready();
        let mut client = client(broker.address);
        check_service(&mut client);
        let data = backend.end(signal);
        for token in ["first", "second"] {
            let update = format!(r#"{{"state":{{}},"clientToken":"{token}"}}"#);
            client.publish(UPDATE, update.as_bytes()).unwrap();
        }
        let backend = Backend::again(data, broker.address);
        backend.wait_until_ready();
        for (token, version) in [("first", 2), ("second", 3)] {
            let accepted = answer(&mut client, &format!("{UPDATE}/accepted"));
            assert!(accepted.contains(token), "{accepted}");
            let version = format!(r#""version":{version},"#);
            // A process that is killed may find a request again that it had answered.
            assert!(
                signal == "KILL" || accepted.contains(&version),
                "{accepted}"
            );
        }
    }
}

#[test]
fn a_password_opens_the_door_and_is_never_said() {
    let broker = Mosquitto::start_with(|folder| {
        let passwords = folder.join("passwords");
        let made = Command::new("mosquitto_passwd")
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
        Backend::start(Data::new(), &flags, &[])
    };
    let refused = start("wrong");
    let trouble = next(&refused.stderr);
    assert!(trouble.contains("refuses"), "{trouble}");
    assert!(!trouble.contains("let me in"), "{trouble}");
    drop(refused);
    start("right").wait_until_ready();
    let absent = start("absent");
    let error = next(&absent.stderr);
    assert!(error.contains("--password-file"), "{error}");
}

/// A certificate for this machine and its key, in files.
fn write_certificate(folder: &Path) {
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    std::fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
}

#[test]
fn tls_trusts_the_given_certificates_and_no_others() {
    let port = Cell::new(0);
    let broker = Mosquitto::start_with(|folder| {
        write_certificate(folder);
        let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
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
        Backend::start(Data::new(), &["--attach", &url], &environment)
    };
    let backend = start(&broker.folder().join("cert.pem"));
    backend.wait_until_ready();
    check_service(&mut client(broker.address));
    drop(backend);
    let other = broker.folder().join("other");
    std::fs::create_dir(&other).unwrap();
    write_certificate(&other);
    let wary = start(&other.join("cert.pem"));
    let trouble = next(&wary.stderr);
    assert!(trouble.contains("certificate"), "{trouble}");
    let lost = start(Path::new("/nowhere"));
    let error = next(&lost.stderr);
    assert!(error.contains("SSL_CERT_FILE"), "{error}");
}

#[test]
fn what_is_no_broker_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let backend = Backend::attached_to(listener.local_addr().unwrap());
    drop(accept(&listener));
    let trouble = next(&backend.stderr);
    assert!(trouble.contains("did not answer CONNECT"), "{trouble}");
    let mut garbage = accept(&listener);
    garbage.write_all(&[b'<'; 300]).unwrap();
    let trouble = next(&backend.stderr);
    assert!(trouble.contains("no MQTT 3.1.1"), "{trouble}");
    // Nor does it hold up the end of the process.
    let _silent = accept(&listener);
    backend.end("TERM");
}

#[test]
fn it_leaves_with_a_word() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let backend = Backend::attached_to(listener.local_addr().unwrap());
    let mut broker = accept(&listener);
    broker.write_all(&[0x20, 2, 0, 0]).unwrap();
    let subscribe = read_packet(&mut broker);
    assert_eq!(subscribe[0], 0x82);
    let suback = [0x90, 8, subscribe[3], subscribe[4], 1, 1, 1, 1, 1, 1];
    broker.write_all(&suback).unwrap();
    backend.wait_until_ready();
    backend.end("TERM");
    let mut rest = Vec::new();
    broker.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, [0xe0, 0]);
}
