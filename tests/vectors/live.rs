//! A running backend, a real MQTT connection and real HTTP requests; each scenario has a backend of its own.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use gnomon::message::Message;
use gnomon_backend::net::{Attach, Core};
use gnomon_backend::uplink::Credentials;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::client::Client;
use crate::common::{self, Server};
use crate::folder::Folder;
use crate::http;
use crate::mqtt::{next_message, publish};
use crate::world::{Answer, HttpRequest, Outcome};

/// All answers of the service, and none of the requests.
const ANSWERS: [&str; 2] = [
    "$aws/things/+/shadow/+/+",
    "$aws/things/+/shadow/name/+/+/+",
];
/// What the names of all things begin with that are only asked for to see how far the service is.
const BARRIER: &str = "$aws/things/gnomon-barrier-";

pub(crate) struct Live {
    runtime: Runtime,
    /// Until the end.
    server: Option<Server>,
    client: Client,
    number: u32,
    barriers: u32,
    _folder: Folder,
}

impl Live {
    /// `broker` is one that the backend is attached to; without it, it is its own.
    pub(crate) fn start(broker: Option<SocketAddr>) -> Result<Self, String> {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let folder = Folder::new("vectors");
        let mut config = common::config();
        config.attach = broker.map(attach).transpose()?;
        let core = Core::open(folder.path(), &config).map_err(|error| error.to_string())?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        let server = runtime.block_on(Server::run(core, config, broker));
        let client = runtime.block_on(subscriber(server.mqtt));
        Ok(Self {
            runtime,
            server: Some(server),
            client: client.map_err(|error| error.to_string())?,
            number: STARTED.fetch_add(1, Ordering::Relaxed),
            barriers: 0,
            _folder: folder,
        })
    }

    pub(crate) fn publish(&mut self, topic: &str, payload: &[u8]) -> Result<Outcome, String> {
        let began = seconds();
        let sent = publish(&mut self.client, topic, payload);
        let sent = self.runtime.block_on(sent);
        sent.map_err(|error| error.to_string())?;
        self.outcome(began, None)
    }

    pub(crate) fn ask(&mut self, request: &HttpRequest<'_>) -> Result<Outcome, String> {
        let began = seconds();
        let server = self.server.as_ref().ok_or("it has ended")?;
        let HttpRequest { method, path, body } = request;
        let answer = http::call_with(server, method, path, "", body);
        let answer = self.runtime.block_on(answer);
        let answer = Answer {
            status: answer.status,
            headers: answer.headers.into_iter().collect(),
            body: serde_json::from_str(&answer.body).unwrap_or(Value::Null),
        };
        self.outcome(began, Some(answer))
    }

    fn outcome(&mut self, began: i64, answer: Option<Answer>) -> Result<Outcome, String> {
        self.barriers += 1;
        let token = format!("{}-{}", self.number, self.barriers);
        let messages = everything_before(&mut self.client, self.number, &token);
        let messages = self.runtime.block_on(messages);
        Ok(Outcome {
            began,
            messages: messages.map_err(|error| error.to_string())?,
            ended: seconds(),
            answer,
        })
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        if let Some(server) = self.server.take().filter(|_| !std::thread::panicking()) {
            self.runtime.block_on(server.stop());
        }
    }
}

async fn subscriber(address: SocketAddr) -> io::Result<Client> {
    let mut client = Client::connect(address, "gnomon-test").await?;
    client.subscribe(&ANSWERS, 1).await?;
    Ok(client)
}

/// The service answers in order: when the answer to a later question is here, there is nothing more to come. A broker
/// may repeat the questions of scenarios before this one.
async fn everything_before(
    client: &mut Client,
    number: u32,
    token: &str,
) -> io::Result<Vec<Message>> {
    let question = format!(r#"{{"clientToken":"{token}"}}"#);
    publish(
        client,
        &format!("{BARRIER}{number}/shadow/get"),
        question.as_bytes(),
    )
    .await?;
    let mut messages = Vec::new();
    loop {
        let message = next_message(client).await?;
        if !message.topic.as_str().starts_with(BARRIER) {
            messages.push(message);
            continue;
        }
        let answer: Value = serde_json::from_slice(&message.payload)?;
        if answer["clientToken"] == token {
            return Ok(messages);
        }
    }
}

fn attach(broker: SocketAddr) -> Result<Attach, String> {
    let address = format!("mqtt://{broker}").parse();
    let address = address.map_err(|error| format!("{error}"))?;
    Attach::new(address, Credentials::default(), |_, _| ()).map_err(|error| error.to_string())
}

fn seconds() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_secs() as i64
}
