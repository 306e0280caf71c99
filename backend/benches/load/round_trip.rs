//! A closed loop: each client sends one message and waits until it has come back before it sends the next.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gnomon::mqtt::wire::Packet;
use tokio::task::JoinSet;

use super::client::{Client, read};

/// What comes back to the client that published.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Echo {
    /// The message itself, from any broker.
    Message,
    /// The shadow service's `update/accepted`.
    Accepted,
}

/// How many clients, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) clients: usize,
    /// Before anything counts.
    pub(crate) warm_up: Duration,
    pub(crate) window: Duration,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) messages_per_s: f64,
    /// Of every message that counts, in ascending order.
    latencies: Vec<Duration>,
}

impl Measured {
    /// `latencies` are those of a window of this length.
    pub(crate) fn of(mut latencies: Vec<Duration>, window: Duration) -> Self {
        latencies.sort_unstable();
        Self {
            messages_per_s: latencies.len() as f64 / window.as_secs_f64(),
            latencies,
        }
    }

    /// In milliseconds; `share` is 0 to 1.
    pub(crate) fn latency_ms(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        let index = (last as f64 * share).round() as usize;
        let latency = self.latencies.get(index).copied();
        latency.unwrap_or_default().as_secs_f64() * 1e3
    }
}

/// Every client has a connection and a topic of its own.
pub(crate) async fn run(address: SocketAddr, echo: Echo, plan: Plan) -> io::Result<Measured> {
    let mut clients = Vec::with_capacity(plan.clients);
    for number in 0..plan.clients {
        clients.push(Looper::connect(address, echo, number).await?);
    }
    let from = Instant::now() + plan.warm_up;
    let until = from + plan.window;
    let mut loops = JoinSet::new();
    for client in clients {
        loops.spawn(client.run(from, until));
    }
    let mut latencies = Vec::new();
    while let Some(ended) = loops.join_next().await {
        latencies.extend(ended.map_err(io::Error::other)??);
    }
    Ok(Measured::of(latencies, plan.window))
}

#[derive(Debug)]
struct Looper {
    client: Client,
    number: usize,
    topic: String,
}

impl Looper {
    async fn connect(address: SocketAddr, echo: Echo, number: usize) -> io::Result<Self> {
        let topic = format!("$aws/things/bench-{number:04}/shadow/update");
        let mut client = Client::connect(address, &format!("bench-{number}")).await?;
        let filter = match echo {
            Echo::Message => topic.clone(),
            Echo::Accepted => format!("{topic}/accepted"),
        };
        client.subscribe(&[&filter], 1).await?;
        Ok(Self {
            client,
            number,
            topic,
        })
    }

    /// Returns the latencies of what was sent after `from` and came back before `until`.
    async fn run(mut self, from: Instant, until: Instant) -> io::Result<Vec<Duration>> {
        let mut latencies = Vec::new();
        for count in 0_u32.. {
            let sent = Instant::now();
            let back = self.exchange(count).await?;
            if back > until {
                break;
            }
            if sent >= from {
                latencies.push(back - sent);
            }
        }
        Ok(latencies)
    }

    /// Sends one message. Returns when it came back, once its PUBACK is here as well.
    async fn exchange(&mut self, count: u32) -> io::Result<Instant> {
        let token = format!("{:04}-{count:08}", self.number);
        let payload = payload(&token, count);
        let sent = self
            .client
            .publish(&self.topic, payload.as_bytes(), false)?;
        self.client.flush().await?;
        let (mut back, mut acknowledged) = (None, false);
        loop {
            let frame = self.client.next().await?;
            match read(&frame)? {
                Packet::PubAck(id) => acknowledged |= id == sent,
                Packet::Publish(publish) => {
                    if holds(publish.payload, &token) {
                        back = Some(Instant::now());
                    }
                    // It leaves together with the next message.
                    if let Some(id) = publish.packet_id {
                        self.client.queue(&Packet::PubAck(id))?;
                    }
                }
                _ => {}
            }
            if let Some(back) = back.filter(|_| acknowledged) {
                return Ok(back);
            }
        }
    }
}

/// About 120 bytes, and never twice the same.
fn payload(token: &str, count: u32) -> String {
    let power = if count.is_multiple_of(2) { "on" } else { "off" };
    format!(
        r#"{{"state":{{"desired":{{"power":"{power}","level":{count}}},"reported":{{"level":{}}}}},"clientToken":"{token}"}}"#,
        count.saturating_sub(1)
    )
}

/// Whether a client token stands in a payload, near whose end it does.
fn holds(payload: &[u8], token: &str) -> bool {
    let token = token.as_bytes();
    payload.windows(token.len()).rev().any(|text| text == token)
}
