//! A publisher of numbered messages at QoS 1. It knows which of them were acknowledged, and sends the others again
//! when it connects anew, as clients do.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use gnomon::message::QoS;
use gnomon::mqtt::wire::{Packet, PacketId, Publish};
use serde_json::Value;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::client::{Client, read, unexpected};
use crate::process::PATIENCE;

/// Messages on their way at most.
const WINDOW: usize = 100;

/// What the article's phone publishes, and a number; never twice the same, and written as no serializer writes it.
pub(crate) fn body(number: u64) -> String {
    let text = "payload ".repeat((number % 23) as usize);
    format!(
        "{{\"n\" : {number},\t\"state\":{{ \"reported\":{{\"location\":{{\"longitude\":135.7848895,\"latitude\":35.0115832}}}}}},\r\n\"text\":\"é {text}\"}}\n"
    )
}

/// The number of a payload that was published.
#[track_caller]
pub(crate) fn number(payload: &[u8]) -> u64 {
    read_number(payload).unwrap_or_else(|| panic!("nobody sent this: {}", payload.escape_ascii()))
}

/// None unless the payload is exactly as [`body`] made it.
fn read_number(payload: &[u8]) -> Option<u64> {
    let read: Value = serde_json::from_slice(payload).ok()?;
    let number = read["n"].as_u64()?;
    (body(number).as_bytes() == payload).then_some(number)
}

#[derive(Debug)]
pub(crate) struct Numbers {
    topic: &'static str,
    next: u64,
    on_their_way: BTreeMap<PacketId, u64>,
    pub(crate) acknowledged: BTreeSet<u64>,
    /// How often a message was sent again.
    pub(crate) repeated: usize,
}

impl Numbers {
    pub(crate) fn new(topic: &'static str) -> Self {
        Self {
            topic,
            next: 0,
            on_their_way: BTreeMap::new(),
            acknowledged: BTreeSet::new(),
            repeated: 0,
        }
    }

    /// How many were sent.
    pub(crate) fn sent(&self) -> u64 {
        self.next
    }

    /// Connects, and publishes as fast as may be until `count` messages were acknowledged. Up to `count + ahead` are
    /// sent, so that with `ahead` some are on their way in the end.
    pub(crate) async fn publish(
        &mut self,
        address: SocketAddr,
        count: usize,
        ahead: usize,
    ) -> io::Result<()> {
        let mut client = self.connect(address).await?;
        while self.acknowledged.len() < count {
            while self.on_their_way.len() < WINDOW && (self.next as usize) < count + ahead {
                self.send_next(&mut client)?;
            }
            client.flush().await?;
            self.take_acknowledgement(&mut client).await?;
        }
        Ok(())
    }

    /// Connects, and publishes `count` more messages one after another, `period` apart, and then `burst` at once.
    /// Returns when all of them are acknowledged.
    pub(crate) async fn publish_paced(
        &mut self,
        address: SocketAddr,
        period: Duration,
        count: usize,
        burst: usize,
    ) -> io::Result<()> {
        let mut client = self.connect(address).await?;
        // The pace is the experiment. What this machine misses of it is not caught up with.
        let mut pace = interval(period);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for _ in 0..count {
            pace.tick().await;
            self.send_next(&mut client)?;
            client.flush().await?;
        }
        for _ in 0..burst {
            self.send_next(&mut client)?;
        }
        client.flush().await?;
        while !self.on_their_way.is_empty() {
            self.take_acknowledgement(&mut client).await?;
        }
        Ok(())
    }

    async fn connect(&mut self, address: SocketAddr) -> io::Result<Client> {
        let mut client = Client::connect(address, "numbers").await?;
        for (packet_id, number) in &self.on_their_way {
            queue(&mut client, self.topic, *packet_id, *number, true)?;
        }
        self.repeated += self.on_their_way.len();
        client.flush().await?;
        Ok(client)
    }

    fn send_next(&mut self, client: &mut Client) -> io::Result<()> {
        let packet_id = PacketId::new((self.next % 60_000) as u16 + 1).unwrap();
        queue(client, self.topic, packet_id, self.next, false)?;
        self.on_their_way.insert(packet_id, self.next);
        self.next += 1;
        Ok(())
    }

    async fn take_acknowledgement(&mut self, client: &mut Client) -> io::Result<()> {
        let frame = timeout(PATIENCE, client.next()).await??;
        match read(&frame)? {
            Packet::PubAck(id) => self.acknowledged.extend(self.on_their_way.remove(&id)),
            other => return Err(unexpected("PUBACK", &other)),
        }
        Ok(())
    }
}

fn queue(
    client: &mut Client,
    topic: &str,
    packet_id: PacketId,
    number: u64,
    dup: bool,
) -> io::Result<()> {
    client.queue(&Packet::Publish(Publish {
        dup,
        qos: QoS::AtLeastOnce,
        retain: false,
        packet_id: Some(packet_id),
        topic,
        payload: body(number).as_bytes(),
    }))
}

#[test]
fn a_payload_that_is_changed_in_any_way_is_found_out() {
    assert_eq!(read_number(body(42).as_bytes()), Some(42));
    let other = body(42).replace("\"n\" : 42", "\"n\":42");
    for wrong in [other.as_str(), "", "42", body(42).trim_end()] {
        assert_eq!(read_number(wrong.as_bytes()), None);
    }
}
