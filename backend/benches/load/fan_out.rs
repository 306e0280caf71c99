//! One publisher, many subscribers: how many messages reach them in a second. The publisher never runs further ahead
//! than a window, so that nothing has to be dropped, and the totals must come out even.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use gnomon::message::QoS;
use gnomon::mqtt::wire::{self, Packet, Publish};
use tokio::sync::Notify;
use tokio::task::{JoinSet, LocalSet};

use super::process::PATIENCE;
use super::socket::{Socket, Transport};

const TOPIC: &str = "bench/fan-out";
const PAYLOAD: [u8; 120] = [b'x'; 120];
/// Messages that are on their way to a subscriber at most.
const WINDOW: u64 = 512;
/// Messages in one write of the publisher.
const PACK: u64 = 32;

/// Where to send to and where to receive from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) publish_to: std::net::SocketAddr,
    pub(crate) subscribe_at: std::net::SocketAddr,
    pub(crate) transport: Transport,
    pub(crate) subscribers: usize,
    /// Before anything counts.
    pub(crate) warm_up: Duration,
    pub(crate) window: Duration,
}

#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) messages_per_s: f64,
    /// Copies that never arrived.
    pub(crate) lost: u64,
}

/// Bytes that arrived at all subscribers together.
#[derive(Default)]
struct Arrived {
    bytes: Cell<u64>,
    more: Notify,
}

/// Needs a current-thread runtime.
pub(crate) async fn run(plan: Plan) -> io::Result<Measured> {
    LocalSet::new().run_until(measure(plan)).await
}

async fn measure(plan: Plan) -> io::Result<Measured> {
    let arrived = Rc::new(Arrived::default());
    let mut listening = JoinSet::new();
    for number in 0..plan.subscribers {
        let client_id = format!("bench-sub-{number}");
        let mut socket = Socket::connect(plan.subscribe_at, plan.transport, &client_id).await?;
        socket.subscribe(TOPIC).await?;
        listening.spawn_local(listen(socket, arrived.clone()));
    }
    let packet = packet()?;
    let copies = plan.subscribers as u64 * packet.len() as u64;
    let mut publisher = Socket::connect(plan.publish_to, Transport::Tcp, "bench-pub").await?;
    let pack = packet.repeat(PACK as usize);
    let from = Instant::now() + plan.warm_up;
    let until = from + plan.window;
    let (mut sent, mut first) = (0, None);
    while Instant::now() < until {
        if first.is_none() && Instant::now() >= from {
            first = Some((Instant::now(), arrived.bytes.get()));
        }
        if (sent + PACK) * copies > arrived.bytes.get() + WINDOW * copies {
            arrived.wait(&mut listening).await?;
            continue;
        }
        publisher.send(&pack).await?;
        sent += PACK;
    }
    let (begun, before) = first.unwrap_or_else(|| (from, 0));
    let counted = arrived.bytes.get() - before;
    let took = begun.elapsed().as_secs_f64();
    while arrived.bytes.get() < sent * copies {
        if arrived.wait(&mut listening).await.is_err() {
            break;
        }
    }
    let missing = (sent * copies).saturating_sub(arrived.bytes.get());
    Ok(Measured {
        messages_per_s: counted as f64 / packet.len() as f64 / took,
        lost: missing / packet.len() as u64,
    })
}

async fn listen(mut socket: Socket, arrived: Rc<Arrived>) -> io::Result<()> {
    let mut buffer = Socket::buffer();
    loop {
        let mut count = 0;
        socket
            .receive(&mut buffer, |bytes| count += bytes.len() as u64)
            .await?;
        arrived.bytes.set(arrived.bytes.get() + count);
        arrived.more.notify_one();
    }
}

impl Arrived {
    /// Waits for more bytes; a subscriber that ends is an error.
    async fn wait(&self, listening: &mut JoinSet<io::Result<()>>) -> io::Result<()> {
        let more = tokio::time::timeout(PATIENCE, self.more.notified());
        tokio::select! {
            more = more => Ok(more?),
            Some(ended) = listening.join_next() => ended.map_err(io::Error::other)?,
        }
    }
}

fn packet() -> io::Result<Vec<u8>> {
    let mut packet = BytesMut::new();
    let publish = Packet::Publish(Publish {
        dup: false,
        qos: QoS::AtMostOnce,
        retain: false,
        packet_id: None,
        topic: TOPIC,
        payload: &PAYLOAD,
    });
    wire::encode(&publish, &mut packet).map_err(io::Error::other)?;
    Ok(packet.to_vec())
}
