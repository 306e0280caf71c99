//! Creates many shadows through MQTT, with many updates in flight, and looks whether they are there.

use std::io;
use std::net::SocketAddr;

use gnomon::mqtt::wire::{Packet, PacketId};
use tokio::task::JoinSet;

use super::client::{Client, read, unexpected};

const CONNECTIONS: usize = 8;
/// Updates in flight on one connection, each of another thing.
const WINDOW: usize = 200;
/// Shadows that are asked for to see whether all are there.
const SAMPLES: usize = 100;

/// Updates `count` things, each once, and returns when the last one is acknowledged.
pub(crate) async fn create(address: SocketAddr, count: usize) -> io::Result<()> {
    let mut connections = JoinSet::new();
    for connection in 0..CONNECTIONS {
        let things = (connection..count).step_by(CONNECTIONS);
        connections.spawn(async move {
            let mut client = Client::connect(address, &format!("fill-{connection}")).await?;
            let rejected = "$aws/things/+/shadow/update/rejected";
            client.subscribe(&[rejected], 0).await?;
            update(client, things).await
        });
    }
    while let Some(ended) = connections.join_next().await {
        ended.map_err(io::Error::other)??;
    }
    Ok(())
}

async fn update(mut client: Client, things: impl Iterator<Item = usize>) -> io::Result<()> {
    let mut things = things.peekable();
    let mut in_flight = 0;
    while in_flight > 0 || things.peek().is_some() {
        for thing in things.by_ref().take(WINDOW - in_flight) {
            let topic = format!("{}/update", prefix(thing));
            let _: PacketId = client.publish(&topic, document(thing).as_bytes(), false)?;
            in_flight += 1;
        }
        client.flush().await?;
        let frame = client.next().await?;
        match read(&frame)? {
            Packet::PubAck(_) => in_flight -= 1,
            other => return Err(unexpected("PUBACK", &other)),
        }
    }
    Ok(())
}

/// Of how many of a hundred things, spread over all of them, there is a shadow.
pub(crate) async fn sample(address: SocketAddr, count: usize) -> io::Result<usize> {
    let mut client = Client::connect(address, "sample").await?;
    let answers = "$aws/things/+/shadow/get/+";
    client.subscribe(&[answers], 0).await?;
    let mut found = 0;
    for sample in 0..SAMPLES {
        let prefix = prefix(sample * count / SAMPLES);
        client.publish(&format!("{prefix}/get"), b"", false)?;
        client.flush().await?;
        let accepted = format!("{prefix}/get/accepted");
        let rejected = format!("{prefix}/get/rejected");
        loop {
            let frame = client.next().await?;
            match read(&frame)? {
                Packet::Publish(publish) if publish.topic == accepted => found += 1,
                Packet::Publish(publish) if publish.topic == rejected => {}
                _ => continue,
            }
            break;
        }
    }
    Ok(found)
}

fn prefix(thing: usize) -> String {
    format!("$aws/things/thing-{thing:06}/shadow")
}

/// A shadow of about 400 bytes.
fn document(thing: usize) -> String {
    let (latitude, longitude) = (thing as f64 / 1e4, thing as f64 / 2e4 - 20.0);
    format!(
        r#"{{"state":{{"desired":{{"power":"on","mode":"automatic","interval":{},"thresholds":{{"low":{},"high":{}}}}},"reported":{{"power":"off","mode":"automatic","interval":{},"thresholds":{{"low":{},"high":{}}},"battery":{},"firmware":"3.{}.1","location":{{"latitude":{latitude:.6},"longitude":{longitude:.6},"accuracy":7.5}},"network":{{"operator":"example","signal":-{},"address":"fd00::{:x}"}}}}}}}}"#,
        thing % 600,
        thing % 20,
        thing % 20 + 60,
        thing % 500,
        thing % 30,
        thing % 30 + 40,
        thing % 101,
        thing % 12,
        thing % 90 + 10,
        thing,
    )
}
