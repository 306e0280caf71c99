//! A client that gets back what it publishes, at a pace that leaves the broker time: how long each message takes.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gnomon::message::QoS;
use gnomon::mqtt::wire::{Packet, PacketId, Publish};
use tokio::time::{MissedTickBehavior, interval};

use super::book::{PAYLOAD, TOPIC};
use crate::load::client::{Client, read};
use crate::load::round_trip::Measured;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Of the message on its way to the broker and on its way back.
    pub(crate) qos: QoS,
    pub(crate) period: Duration,
    /// Before anything counts.
    pub(crate) warm_up: Duration,
    pub(crate) window: Duration,
}

pub(crate) async fn run(address: SocketAddr, plan: Plan) -> io::Result<Measured> {
    let mut client = Client::connect(address, "bench-paced").await?;
    client.subscribe(&[TOPIC], plan.qos as u8).await?;
    let from = Instant::now() + plan.warm_up;
    let until = from + plan.window;
    let mut pace = interval(plan.period);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut latencies = Vec::new();
    loop {
        pace.tick().await;
        let sent = Instant::now();
        if sent > until {
            break;
        }
        let latency = exchange(&mut client, plan.qos).await?;
        if sent >= from {
            latencies.push(latency);
        }
    }
    Ok(Measured::of(latencies, plan.window))
}

/// Until the message is back and, with QoS 1, acknowledged: for a rule's message that means that it is on disk.
async fn exchange(client: &mut Client, qos: QoS) -> io::Result<Duration> {
    let begun = Instant::now();
    let wants_ack = qos == QoS::AtLeastOnce;
    client.queue(&Packet::Publish(Publish {
        dup: false,
        qos,
        retain: false,
        packet_id: wants_ack.then_some(PacketId::MIN),
        topic: TOPIC,
        payload: PAYLOAD.as_bytes(),
    }))?;
    client.flush().await?;
    let (mut back, mut acknowledged) = (false, !wants_ack);
    while !(back && acknowledged) {
        let frame = client.next().await?;
        match read(&frame)? {
            Packet::PubAck(_) => acknowledged = true,
            Packet::Publish(publish) => {
                back = true;
                // It leaves together with the next message.
                if let Some(id) = publish.packet_id {
                    client.queue(&Packet::PubAck(id))?;
                }
            }
            _ => {}
        }
    }
    Ok(begun.elapsed())
}
