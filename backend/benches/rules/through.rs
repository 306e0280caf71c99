//! How many messages a second go through rules: a publisher that runs ahead of the slowest rule by a part of its queue,
//! so that nothing is lost and nothing waits for the publisher.

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gnomon::message::QoS;
use gnomon::mqtt::wire::{Packet, PacketId, Publish};
use tokio::sync::Notify;
use tokio::time::sleep;

use super::book::{Book, PAYLOAD, Progress, TOPIC};
use crate::load::client::{Client, read, unexpected};

/// A queue holds 10,000.
const AHEAD: u64 = 4_000;
/// Messages without their PUBACK.
const WINDOW: u64 = 256;
/// Messages in one write.
const PACK: u64 = 32;
/// Between two looks at how far the rules are.
const PAUSE: Duration = Duration::from_millis(20);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) address: SocketAddr,
    pub(crate) qos: QoS,
    /// Before anything counts.
    pub(crate) warm_up: Duration,
    pub(crate) window: Duration,
}

#[derive(Debug)]
pub(crate) struct Measured {
    /// Of all rules together.
    pub(crate) actions_per_s: f64,
    pub(crate) lost: u64,
}

/// How far the slowest rule is, for whoever waits for it.
#[derive(Default)]
struct Done {
    messages: Cell<u64>,
    stop: Cell<bool>,
    more: Notify,
}

impl Done {
    async fn look(&self, book: &Book) -> io::Result<Progress> {
        let progress = book.progress().await?;
        self.messages.set(progress.slowest);
        self.more.notify_one();
        Ok(progress)
    }
}

pub(crate) async fn run(book: &Book, plan: Plan) -> io::Result<Measured> {
    let done = Done::default();
    let (published, measured) = tokio::join!(publish(&done, plan), watch(&done, book, plan));
    published?;
    measured
}

/// Looks again and again, and says `stop`.
async fn watch(done: &Done, book: &Book, plan: Plan) -> io::Result<Measured> {
    let measured = measure(done, book, plan).await;
    done.stop.set(true);
    done.more.notify_one();
    measured
}

async fn measure(done: &Done, book: &Book, plan: Plan) -> io::Result<Measured> {
    let (_, before, _) = look_for(plan.warm_up, done, book).await?;
    let (took, after, lost) = look_for(plan.window, done, book).await?;
    Ok(Measured {
        actions_per_s: (after - before) as f64 / took,
        lost,
    })
}

/// Returns the seconds it took, and what was seen last.
async fn look_for(time: Duration, done: &Done, book: &Book) -> io::Result<(f64, u64, u64)> {
    let begun = Instant::now();
    loop {
        let progress = done.look(book).await?;
        if begun.elapsed() >= time {
            let took = begun.elapsed().as_secs_f64();
            return Ok((took, progress.done, progress.lost));
        }
        sleep(PAUSE).await;
    }
}

async fn publish(done: &Done, plan: Plan) -> io::Result<()> {
    let mut client = Client::connect(plan.address, "bench-rules").await?;
    let (mut sent, mut acknowledged) = (0, 0);
    while !done.stop.get() {
        if sent + PACK > done.messages.get() + AHEAD {
            done.more.notified().await;
            continue;
        }
        for _ in 0..PACK {
            queue(&mut client, plan.qos, sent)?;
            sent += 1;
        }
        client.flush().await?;
        if plan.qos == QoS::AtMostOnce {
            continue;
        }
        while sent - acknowledged > WINDOW {
            let frame = client.next().await?;
            match read(&frame)? {
                Packet::PubAck(_) => acknowledged += 1,
                other => return Err(unexpected("PUBACK", &other)),
            }
        }
    }
    Ok(())
}

fn queue(client: &mut Client, qos: QoS, number: u64) -> io::Result<()> {
    let packet_id = PacketId::new((number % 60_000) as u16 + 1);
    client.queue(&Packet::Publish(Publish {
        dup: false,
        qos,
        retain: false,
        packet_id: packet_id.filter(|_| qos == QoS::AtLeastOnce),
        topic: TOPIC,
        payload: PAYLOAD.as_bytes(),
    }))
}
