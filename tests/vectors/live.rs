//! A running backend, a real MQTT connection and real HTTP requests; each scenario has a backend of its own.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gnomon::message::Message;
use gnomon_backend::broker::Limits;
use gnomon_backend::fleet::FleetOptions;
use gnomon_backend::net::{self, Access, Attach, Config, Core, Listeners};
use gnomon_backend::uplink::Credentials;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::mqtt::Client;
use crate::world::{Answer, HttpRequest, Outcome};

const PATIENCE: Duration = Duration::from_secs(20);
/// All answers of the service, and none of the requests.
const ANSWERS: [&str; 2] = [
    "$aws/things/+/shadow/+/+",
    "$aws/things/+/shadow/name/+/+/+",
];

pub(crate) struct Live {
    client: Client,
    http: SocketAddr,
    barriers: u32,
    _server: Server,
}

impl Live {
    /// `broker` is one that the backend is attached to; without it, it is its own.
    pub(crate) fn start(broker: Option<SocketAddr>) -> Result<Self, String> {
        let server = Server::start(broker)?;
        let address = broker.or(server.mqtt).ok_or("there is no broker")?;
        Ok(Self {
            client: Client::connect(address, &ANSWERS)?,
            http: server.http,
            barriers: 0,
            _server: server,
        })
    }

    pub(crate) fn publish(&mut self, topic: &str, payload: &[u8]) -> Result<Outcome, String> {
        let began = seconds();
        self.client.publish(topic, payload)?;
        self.outcome(began, None)
    }

    pub(crate) fn ask(&mut self, request: &HttpRequest<'_>) -> Result<Outcome, String> {
        let began = seconds();
        let answer = self.send(request)?;
        self.outcome(began, Some(answer))
    }

    fn outcome(&mut self, began: i64, answer: Option<Answer>) -> Result<Outcome, String> {
        Ok(Outcome {
            began,
            messages: self.everything_before_now()?,
            ended: seconds(),
            answer,
        })
    }

    /// The service answers in order: when the answer to a later question is here, there is nothing more to come.
    fn everything_before_now(&mut self) -> Result<Vec<Message>, String> {
        self.barriers += 1;
        let token = format!(r#"{{"clientToken":"barrier-{}"}}"#, self.barriers);
        let topic = "$aws/things/gnomon-barrier/shadow/get";
        self.client.publish(topic, token.as_bytes())?;
        let mut messages = Vec::new();
        loop {
            let message = self.client.next()?;
            if message.topic.as_str().starts_with(topic) {
                return Ok(messages);
            }
            messages.push(message);
        }
    }

    /// One request on a connection of its own.
    fn send(&self, request: &HttpRequest<'_>) -> Result<Answer, String> {
        let HttpRequest { method, path, body } = request;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            self.http,
            body.len()
        );
        let mut response = Vec::new();
        let exchanged = TcpStream::connect(self.http).and_then(|mut stream| {
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.write_all(&[head.as_bytes(), body].concat())?;
            stream.read_to_end(&mut response)
        });
        exchanged.map_err(|error| format!("HTTP: {error}"))?;
        let response = String::from_utf8(response).map_err(|error| error.to_string())?;
        parse_response(&response).ok_or_else(|| format!("no HTTP response: {response}"))
    }
}

fn parse_response(response: &str) -> Option<Answer> {
    let (head, body) = response.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    Some(Answer {
        status,
        headers: lines.map(header).collect::<Option<_>>()?,
        body: serde_json::from_str(body).unwrap_or(Value::Null),
    })
}

fn seconds() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_secs() as i64
}

/// A backend on a thread of its own, stopped when it is dropped, and its folder with it.
struct Server {
    folder: PathBuf,
    mqtt: Option<SocketAddr>,
    http: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn start(broker: Option<SocketAddr>) -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        let bind = || runtime.block_on(TcpListener::bind("127.0.0.1:0"));
        let bound = match broker {
            None => bind().map(Some),
            Some(_) => Ok(None),
        };
        let mqtt = bound.map_err(|error| error.to_string())?;
        let http = bind().map_err(|error| error.to_string())?;
        let config = config(broker)?;
        let folder = fresh_folder().map_err(|error| error.to_string())?;
        let core = Core::open(&folder, &config).map_err(|error| error.to_string())?;
        let addresses = (
            mqtt.as_ref().and_then(|mqtt| mqtt.local_addr().ok()),
            http.local_addr().map_err(|error| error.to_string())?,
        );
        let listeners = Listeners {
            mqtt,
            http: Some(http),
            ..Listeners::default()
        };
        let (stop, stopped) = oneshot::channel();
        let (ready, is_ready) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let ready = move || {
                let _ = ready.send(());
            };
            let stopped = async {
                let _ = stopped.await;
            };
            // What ends it early is seen by whoever waits for an answer.
            let _ = runtime.block_on(net::run(core, listeners, config, ready, stopped));
        });
        let server = Self {
            folder,
            mqtt: addresses.0,
            http: addresses.1,
            stop: Some(stop),
            thread: Some(thread),
        };
        let in_time = is_ready.recv_timeout(PATIENCE);
        in_time.map_err(|_| "the backend did not become ready")?;
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn fresh_folder() -> std::io::Result<PathBuf> {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let name = format!("gnomon-vectors-{}-{number}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir(&folder)?;
    Ok(folder)
}

fn config(broker: Option<SocketAddr>) -> Result<Config, String> {
    let attach = broker.map(|broker| {
        let address = format!("mqtt://{broker}").parse();
        let address = address.map_err(|error| format!("{error}"))?;
        Attach::new(address, Credentials::default()).map_err(|error| error.to_string())
    });
    Ok(Config {
        limits: Limits::default(),
        seed: 1,
        fleet: FleetOptions {
            devices: 0,
            rate: None,
            seed: 1,
        },
        site: "nowhere".into(),
        access: Access::default(),
        keys: None,
        attach: attach.transpose()?,
    })
}
