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

use super::crowd;
use super::process::PATIENCE;
use super::socket::{Socket, Transport};
use super::usage::Share;

const TOPIC: &str = "bench/fan-out";
const PAYLOAD: [u8; 120] = [b'x'; 120];
/// Messages that are on their way to a subscriber at most, and to all of them together.
const WINDOW: u64 = 512;
const WINDOW_OF_ALL: u64 = 65_536;
/// Messages in one write of the publisher.
const PACK: u64 = 32;

/// Where to send to and where to receive from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) publish_to: std::net::SocketAddr,
    pub(crate) subscribe_at: std::net::SocketAddr,
    /// The broker's process.
    pub(crate) broker: u32,
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
    /// What share of the machine each took while it counted.
    pub(crate) broker_cpu: Option<f64>,
    pub(crate) generator_cpu: Option<f64>,
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
    let sockets = crowd::connect(plan.subscribe_at, plan.transport, plan.subscribers).await?;
    let mut subscribing = JoinSet::new();
    for mut socket in sockets {
        subscribing.spawn(async move { socket.subscribe(TOPIC).await.map(|()| socket) });
    }
    while let Some(subscribed) = subscribing.join_next().await {
        let socket = subscribed.map_err(io::Error::other)??;
        listening.spawn_local(listen(socket, arrived.clone()));
    }
    let packet = packet()?;
    let mut publisher = Publisher {
        socket: Socket::connect(plan.publish_to, Transport::Tcp, "bench-pub").await?,
        pack: packet.repeat(PACK as usize),
        copies: plan.subscribers as u64 * packet.len() as u64,
        sent: 0,
    };
    let stop = Cell::new(false);
    let (published, counted) = tokio::join!(
        publisher.publish(&arrived, &mut listening, &stop),
        count(&arrived, &stop, plan),
    );
    published?;
    let total = publisher.sent * publisher.copies;
    while arrived.bytes.get() < total {
        if arrived.wait(&mut listening).await.is_err() {
            break;
        }
    }
    let missing = total.saturating_sub(arrived.bytes.get());
    let size = packet.len() as u64;
    Ok(Measured {
        messages_per_s: counted.bytes_per_s / size as f64,
        lost: missing / size,
        broker_cpu: counted.broker_cpu,
        generator_cpu: counted.generator_cpu,
    })
}

struct Publisher {
    socket: Socket,
    pack: Vec<u8>,
    /// Bytes that each message becomes.
    copies: u64,
    sent: u64,
}

impl Publisher {
    async fn publish(
        &mut self,
        arrived: &Arrived,
        listening: &mut JoinSet<io::Result<()>>,
        stop: &Cell<bool>,
    ) -> io::Result<()> {
        let window = WINDOW.min(WINDOW_OF_ALL / listening.len() as u64);
        while !stop.get() {
            if (self.sent + PACK) * self.copies > arrived.bytes.get() + window * self.copies {
                arrived.wait(listening).await?;
                continue;
            }
            self.socket.send(&self.pack).await?;
            self.sent += PACK;
        }
        Ok(())
    }
}

struct Counted {
    bytes_per_s: f64,
    broker_cpu: Option<f64>,
    generator_cpu: Option<f64>,
}

/// Looks twice, and says `stop`.
async fn count(arrived: &Arrived, stop: &Cell<bool>, plan: Plan) -> Counted {
    tokio::time::sleep(plan.warm_up).await;
    let (begun, before) = (Instant::now(), arrived.bytes.get());
    let broker = Share::begin(plan.broker);
    let generator = Share::begin(std::process::id());
    tokio::time::sleep(plan.window).await;
    stop.set(true);
    let bytes = arrived.bytes.get() - before;
    Counted {
        bytes_per_s: bytes as f64 / begun.elapsed().as_secs_f64(),
        broker_cpu: broker.end(),
        generator_cpu: generator.end(),
    }
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
