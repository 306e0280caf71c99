//! What a test asks of a client that subscribes at QoS 1 and takes whatever comes.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use gnomon::message::Message;
use gnomon::mqtt::wire::Packet;
use gnomon::topic::TopicName;

use crate::client::{Client, read};

/// Long enough for any machine; nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends a message at QoS 1.
pub(crate) async fn publish(client: &mut Client, topic: &str, payload: &[u8]) -> io::Result<()> {
    client.publish(topic, payload, false)?;
    client.flush().await
}

/// The next message that comes, acknowledged.
pub(crate) async fn next_message(client: &mut Client) -> io::Result<Message> {
    loop {
        let frame = tokio::time::timeout(PATIENCE, client.next()).await??;
        if let Packet::Publish(publish) = read(&frame)? {
            if let Some(id) = publish.packet_id {
                client.queue(&Packet::PubAck(id))?;
                client.flush().await?;
            }
            return Ok(Message {
                topic: TopicName::new(publish.topic).map_err(io::Error::other)?,
                payload: Bytes::copy_from_slice(publish.payload),
                qos: publish.qos,
                retain: publish.retain,
            });
        }
    }
}
