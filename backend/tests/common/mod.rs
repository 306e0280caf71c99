//! A backend on ports of its own, and a client that speaks bytes.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use gnomon_backend::broker::Limits;
use gnomon_backend::fleet::FleetOptions;
use gnomon_backend::net::{self, Access, Config, Core, Listeners, RunError};
use gnomon_backend::things::policies::document::Document;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Long enough for any machine; nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Server {
    /// Of its broker, which may be somebody else's.
    pub(crate) mqtt: SocketAddr,
    pub(crate) http: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), RunError>>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with("nowhere".into(), 0).await
    }

    pub(crate) async fn start_with(site: PathBuf, devices: u32) -> Self {
        let mut config = config();
        config.site = site;
        config.fleet.devices = devices;
        let core = Core::in_memory(&config).unwrap();
        Self::run(core, config, None).await
    }

    /// Whoever has no certificate may do what this policy allows.
    pub(crate) async fn governed(policy: &str) -> Self {
        let config = config();
        let mut core = Core::in_memory(&config).unwrap();
        core.govern(Document::parse(policy).unwrap());
        Self::run(core, config, None).await
    }

    /// `broker` is one that it is attached to; without it, it is its own.
    pub(crate) async fn run(core: Core, config: Config, broker: Option<SocketAddr>) -> Self {
        let bind = || TcpListener::bind("127.0.0.1:0");
        let http = bind().await.unwrap();
        let mqtt = match broker {
            None => Some(bind().await.unwrap()),
            Some(_) => None,
        };
        let address = |listener: &TcpListener| listener.local_addr().unwrap();
        let addresses = (mqtt.as_ref().map(address).or(broker), address(&http));
        let (stop, stopped) = oneshot::channel();
        let (ready, is_ready) = oneshot::channel();
        let listeners = Listeners {
            mqtt,
            http: Some(http),
            tls: None,
        };
        let ready = || {
            let _ = ready.send(());
        };
        let task = tokio::spawn(net::run(core, listeners, config, ready, async {
            let _ = stopped.await;
        }));
        patiently(is_ready).await.unwrap();
        Self {
            mqtt: addresses.0.unwrap(),
            http: addresses.1,
            stop,
            task,
        }
    }

    /// Stops it, and waits until it has returned.
    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        patiently(self.task).await.unwrap().unwrap();
    }

    /// A connected client.
    pub(crate) async fn client(&self, client_id: &str) -> Client {
        Client::connected(self.mqtt, client_id).await
    }

    pub(crate) async fn open(&self) -> Client {
        Client(TcpStream::connect(self.mqtt).await.unwrap())
    }
}

/// A backend with neither devices nor a dashboard.
pub(crate) fn config() -> Config {
    Config {
        limits: Limits::default(),
        seed: 1,
        fleet: FleetOptions {
            devices: 0,
            rate: None,
            seed: 1,
        },
        site: "nowhere".into(),
        access: Access::new([], &[], &["https://gnomon.example".to_owned()]),
        keys: None,
        attach: None,
    }
}

pub(crate) async fn patiently<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap()
}

/// MQTT over TCP, byte for byte.
pub(crate) struct Client(TcpStream);

impl Client {
    pub(crate) async fn connected(address: SocketAddr, client_id: &str) -> Self {
        let mut client = Self(TcpStream::connect(address).await.unwrap());
        client.send(&connect(client_id)).await;
        client.expect(CONNACK).await;
        client
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    pub(crate) async fn expect(&mut self, bytes: &[u8]) {
        let mut got = vec![0; bytes.len()];
        patiently(self.0.read_exact(&mut got)).await.unwrap();
        assert_eq!(got, bytes);
    }

    /// The next packet, a PUBLISH with QoS 0, as topic and payload.
    pub(crate) async fn message(&mut self) -> (String, String) {
        assert_eq!(patiently(self.0.read_u8()).await.unwrap(), 0x30);
        let mut len = 0;
        for shift in [0, 7, 14, 21] {
            let byte = patiently(self.0.read_u8()).await.unwrap();
            len |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        let mut packet = vec![0; len];
        patiently(self.0.read_exact(&mut packet)).await.unwrap();
        let topic_len = usize::from(u16::from_be_bytes([packet[0], packet[1]]));
        let (topic, payload) = packet[2..].split_at(topic_len);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (text(topic), text(payload))
    }

    /// Nothing more comes but the end.
    pub(crate) async fn expect_end(mut self) {
        let mut rest = Vec::new();
        // A reset is an end as well.
        let _ = patiently(self.0.read_to_end(&mut rest)).await;
        assert_eq!(rest, [0; 0]);
    }

    /// Subscribes with QoS 0 or 1.
    pub(crate) async fn subscribe(&mut self, filter: &str, qos: u8) {
        self.send(&subscribe(filter, qos)).await;
        self.expect(&[0x90, 3, 0, 1, qos]).await;
    }
}

pub(crate) const CONNACK: &[u8] = &[0x20, 2, 0, 0];

/// CONNECT with a clean session and no keep-alive.
pub(crate) fn connect(client_id: &str) -> Vec<u8> {
    connect_with(client_id, 0b10, &[])
}

/// CONNECT with these flags and, after the client identifier, these fields.
pub(crate) fn connect_with(client_id: &str, flags: u8, fields: &[&str]) -> Vec<u8> {
    let mut body = b"\0\x04MQTT\x04".to_vec();
    body.extend_from_slice(&[flags, 0, 0]);
    for text in [&[client_id][..], fields].concat() {
        put(&mut body, text);
    }
    packet(0x10, &body)
}

pub(crate) fn subscribe(filter: &str, qos: u8) -> Vec<u8> {
    let mut body = vec![0, 1];
    put(&mut body, filter);
    body.push(qos);
    packet(0x82, &body)
}

/// PUBLISH with QoS 0; `flags` may hold RETAIN.
pub(crate) fn publish(topic: &str, payload: &str, flags: u8) -> Vec<u8> {
    let mut body = Vec::new();
    put(&mut body, topic);
    body.extend_from_slice(payload.as_bytes());
    packet(0x30 | flags, &body)
}

/// PUBLISH with QoS 1.
pub(crate) fn publish_1(topic: &str, packet_id: u8, payload: &str) -> Vec<u8> {
    let mut body = Vec::new();
    put(&mut body, topic);
    body.extend_from_slice(&[0, packet_id]);
    body.extend_from_slice(payload.as_bytes());
    packet(0x32, &body)
}

fn put(body: &mut Vec<u8>, text: &str) {
    body.extend_from_slice(&(text.len() as u16).to_be_bytes());
    body.extend_from_slice(text.as_bytes());
}

fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    assert!(body.len() < 128, "these packets have a header of two bytes");
    let mut packet = vec![first, body.len() as u8];
    packet.extend_from_slice(body);
    packet
}
