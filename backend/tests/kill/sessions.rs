//! A persistent session: one client publishes to its topics, another holds it, comes now and then, acknowledges some
//! of what waits and leaves again.

use std::collections::{HashMap, VecDeque};
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use gnomon::mqtt::wire::{Packet, PacketId, Publish};
use gnomon::rng::Rng;
use tokio::time::{Instant, sleep_until};

use super::End;
use super::body::{body, number};
use super::model::Broken;
use super::model::queue::Queue;
use super::totals::Totals;
use crate::client::{Client, read};

const TOPICS: usize = 2;
/// Messages that the publisher has no PUBACK for.
const WINDOW: usize = 8;
/// Messages of one round: no queue runs full.
const MESSAGES: usize = 800;
/// The most messages that the subscriber leaves unacknowledged, below the window of the broker.
const HELD: u64 = 60;
/// The longest time in milliseconds that the subscriber stays or stays away.
const STAY: u64 = 60;

#[derive(Debug)]
pub(crate) struct Session {
    client_id: String,
    queues: Vec<Queue>,
    /// The broker has said that it is subscribed.
    subscribed: bool,
}

/// The subscriber's connection, and what came on it that it has not acknowledged.
struct Subscriber {
    client: Client,
    held: VecDeque<(PacketId, usize, u64)>,
    hold: usize,
}

/// The publisher's connection, and the message of each PUBLISH without a PUBACK.
struct Publisher {
    client: Client,
    publishes: HashMap<PacketId, (usize, u64)>,
    left: usize,
}

impl Session {
    pub(crate) fn new(client_id: String) -> Self {
        let topics = (0..TOPICS).map(|topic| format!("{client_id}/{topic}"));
        Self {
            queues: topics.map(Queue::new).collect(),
            client_id,
            subscribed: false,
        }
    }

    /// Whether the broker has promised anything yet.
    pub(crate) fn is_subscribed(&self) -> bool {
        self.subscribed
    }

    /// Takes everything that waits, up to a last message on each topic, and acknowledges all but some.
    pub(crate) async fn verify(
        &mut self,
        address: SocketAddr,
        rng: &mut Rng,
        totals: &mut Totals,
    ) -> Result<(), End> {
        let mut last = self.publish_last(address).await?;
        let mut subscriber = self.resume(address, rng).await?;
        while !last.is_empty() {
            let frame = subscriber.client.next().await?;
            let come = self.take(&mut subscriber, &frame, totals)?;
            last.retain(|it| *it != come);
            subscriber.client.flush().await?;
        }
        subscriber.client.queue(&Packet::PingReq)?;
        subscriber.client.flush().await?;
        let frame = subscriber.client.next().await?;
        match read(&frame)? {
            Packet::PingResp => self.queues.iter_mut().for_each(Queue::end_look),
            other => return Err(Broken(format!("{other:?} came after the last message")).into()),
        }
        leave(subscriber, rng).await
    }

    /// Publishes, subscribes, comes and goes until a connection ends.
    pub(crate) async fn load(
        &mut self,
        address: SocketAddr,
        rng: &mut Rng,
        totals: &mut Totals,
    ) -> Result<(), End> {
        let mut subscriber = match self.subscribed {
            true => None,
            false => Some(self.subscribe(address, rng).await?),
        };
        let mut publisher = self.publisher(address).await?;
        let mut change_at = Instant::now() + stay(rng);
        loop {
            while publisher.publishes.len() < WINDOW && publisher.left > 0 {
                self.publish(&mut publisher, rng.below(TOPICS as u64) as usize)?;
            }
            publisher.client.flush().await?;
            tokio::select! {
                frame = publisher.client.next() => {
                    self.note_puback(&mut publisher, &frame?)?;
                    totals.queued += 1;
                }
                frame = next_of(&mut subscriber) => {
                    let frame = frame?;
                    if let Some(subscriber) = &mut subscriber {
                        self.take(subscriber, &frame, totals)?;
                        subscriber.client.flush().await?;
                    }
                }
                () = sleep_until(change_at) => {
                    subscriber = match subscriber {
                        Some(subscriber) => leave(subscriber, rng).await.map(|()| None)?,
                        None => Some(self.resume(address, rng).await?),
                    };
                    change_at = Instant::now() + stay(rng);
                }
            }
        }
    }

    /// How many messages the publisher has no PUBACK for.
    pub(crate) fn unanswered(&self) -> usize {
        self.queues.iter().map(Queue::unanswered).sum()
    }

    /// Other promises were kept on disk since the subscriber was last heard.
    pub(crate) fn settle(&mut self) {
        self.queues.iter_mut().for_each(Queue::settle);
    }

    /// Ends the session for good.
    pub(crate) async fn retire(self, address: SocketAddr) -> io::Result<()> {
        Client::connect(address, &self.client_id).await.map(drop)
    }

    /// Opens the session where there was none.
    async fn subscribe(&mut self, address: SocketAddr, rng: &mut Rng) -> Result<Subscriber, End> {
        let (mut client, present) = Client::resume(address, &self.client_id, false).await?;
        if present {
            return Err(Broken(format!("{}: a session that nobody opened", self.client_id)).into());
        }
        client
            .subscribe(&[&format!("{}/+", self.client_id)], 1)
            .await?;
        self.subscribed = true;
        Ok(Subscriber::new(client, rng))
    }

    /// Takes the session up again.
    async fn resume(&mut self, address: SocketAddr, rng: &mut Rng) -> Result<Subscriber, End> {
        let (client, present) = Client::resume(address, &self.client_id, false).await?;
        if !present {
            return Err(Broken(format!("{}: the session is gone", self.client_id)).into());
        }
        self.queues.iter_mut().for_each(Queue::reconnect);
        Ok(Subscriber::new(client, rng))
    }

    /// Notes a message that came, and acknowledges the oldest when enough are held. Returns queue and number.
    fn take(
        &mut self,
        subscriber: &mut Subscriber,
        frame: &Bytes,
        totals: &mut Totals,
    ) -> Result<(usize, u64), End> {
        let (queue, number, packet_id) = match read(frame)? {
            Packet::Publish(Publish {
                topic,
                payload,
                packet_id: Some(packet_id),
                ..
            }) if let Some(queue) = self.queues.iter().position(|it| it.topic() == topic) => {
                (queue, number(payload)?, packet_id)
            }
            other => return Err(Broken(format!("{other:?} came unasked")).into()),
        };
        let again = self.queues[queue].come(number)?;
        totals.delivered += 1;
        totals.again += usize::from(again);
        subscriber.held.push_back((packet_id, queue, number));
        if subscriber.held.len() > subscriber.hold
            && let Some((packet_id, queue, number)) = subscriber.held.pop_front()
        {
            self.queues[queue].acknowledge(number);
            subscriber.client.queue(&Packet::PubAck(packet_id))?;
        }
        Ok((queue, number))
    }

    async fn publisher(&self, address: SocketAddr) -> Result<Publisher, End> {
        let client_id = format!("{}-publisher", self.client_id);
        Ok(Publisher {
            client: Client::connect(address, &client_id).await?,
            publishes: HashMap::new(),
            left: MESSAGES,
        })
    }

    fn publish(&mut self, publisher: &mut Publisher, queue: usize) -> Result<u64, End> {
        publisher.left -= 1;
        let number = self.queues[queue].publish();
        let topic = self.queues[queue].topic();
        let packet_id = publisher
            .client
            .publish(topic, body(number).as_bytes(), false)?;
        publisher.publishes.insert(packet_id, (queue, number));
        Ok(number)
    }

    fn note_puback(&mut self, publisher: &mut Publisher, frame: &Bytes) -> Result<(), End> {
        if let Packet::PubAck(packet_id) = read(frame)?
            && let Some((queue, number)) = publisher.publishes.remove(&packet_id)
        {
            self.queues[queue].store(number);
        }
        Ok(())
    }

    /// Publishes one message to each topic and waits until the broker has them. Returns queues and numbers.
    async fn publish_last(&mut self, address: SocketAddr) -> Result<Vec<(usize, u64)>, End> {
        let mut publisher = self.publisher(address).await?;
        let mut last = Vec::new();
        for queue in 0..self.queues.len() {
            last.push((queue, self.publish(&mut publisher, queue)?));
        }
        publisher.client.flush().await?;
        while !publisher.publishes.is_empty() {
            let frame = publisher.client.next().await?;
            self.note_puback(&mut publisher, &frame)?;
        }
        Ok(last)
    }
}

impl Subscriber {
    fn new(client: Client, rng: &mut Rng) -> Self {
        Self {
            client,
            held: VecDeque::new(),
            hold: rng.below(HELD) as usize,
        }
    }
}

async fn next_of(subscriber: &mut Option<Subscriber>) -> io::Result<Bytes> {
    match subscriber {
        Some(subscriber) => subscriber.client.next().await,
        None => pending().await,
    }
}

/// With a word or without one.
async fn leave(mut subscriber: Subscriber, rng: &mut Rng) -> Result<(), End> {
    if rng.below(2) == 0 {
        subscriber.client.queue(&Packet::Disconnect)?;
    }
    Ok(subscriber.client.flush().await?)
}

fn stay(rng: &mut Rng) -> Duration {
    Duration::from_millis(rng.below(STAY))
}
