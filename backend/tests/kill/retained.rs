//! A client that publishes retained messages, the empty one among them, and looks which are kept.

use std::collections::HashMap;
use std::net::SocketAddr;

use gnomon::mqtt::wire::Packet;
use gnomon::rng::Rng;

use super::End;
use super::body::{body, number};
use super::model::retained::Retained;
use super::model::{Broken, Tracked};
use super::totals::Totals;
use crate::client::{Client, read};

const TOPICS: usize = 8;
const WINDOW: usize = 4;

#[derive(Debug)]
pub(crate) struct Topics {
    client_id: String,
    topics: Vec<Tracked<Retained>>,
    published: u64,
}

impl Topics {
    pub(crate) fn new(client_id: String) -> Self {
        let names = (0..TOPICS).map(|number| format!("{client_id}/{number}"));
        Self {
            topics: names
                .map(|name| Tracked::new(name, Retained::default()))
                .collect(),
            client_id,
            published: 0,
        }
    }

    /// Subscribes anew and compares what comes.
    pub(crate) async fn verify(
        &mut self,
        address: SocketAddr,
        totals: &mut Totals,
    ) -> Result<(), End> {
        let mut kept = self.kept(address).await?;
        for topic in &mut self.topics {
            let payload = kept.remove(topic.name());
            let seen = payload.as_deref().map(number).transpose()?;
            totals.found += topic.observe(&seen, |state| state.0 == seen)?;
        }
        if let Some(topic) = kept.keys().next() {
            return Err(Broken(format!("{topic}: a message that nobody published")).into());
        }
        Ok(())
    }

    /// The retained messages. With QoS 0 all of them come before the answer to a PINGREQ.
    async fn kept(&self, address: SocketAddr) -> Result<HashMap<String, Vec<u8>>, End> {
        let mut client = Client::connect(address, &self.client_id).await?;
        client.queue_subscribe(&[&format!("{}/#", self.client_id)], 0)?;
        client.queue(&Packet::PingReq)?;
        client.flush().await?;
        let mut kept = HashMap::new();
        loop {
            let frame = client.next().await?;
            match read(&frame)? {
                Packet::Publish(publish) if publish.retain => {
                    kept.insert(publish.topic.to_owned(), publish.payload.to_vec());
                }
                Packet::SubAck(_) => {}
                Packet::PingResp => return Ok(kept),
                other => return Err(Broken(format!("{other:?} came unasked")).into()),
            }
        }
    }

    /// Publishes until the connection ends.
    pub(crate) async fn load(
        &mut self,
        address: SocketAddr,
        rng: &mut Rng,
        totals: &mut Totals,
    ) -> Result<(), End> {
        let mut client = Client::connect(address, &self.client_id).await?;
        let mut publishes = HashMap::new();
        loop {
            let index = rng.below(self.topics.len() as u64) as usize;
            let topic = &mut self.topics[index];
            if topic.unanswered() < WINDOW {
                self.published += 1;
                let id = self.published;
                let change = (rng.below(5) > 0).then_some(id);
                topic.ask(id, change);
                let payload = change.map(body).unwrap_or_default();
                let packet_id = client.publish(topic.name(), payload.as_bytes(), true)?;
                publishes.insert(packet_id, (index, id));
                if rng.below(2) == 0 {
                    continue;
                }
            }
            client.flush().await?;
            let frame = client.next().await?;
            if let Packet::PubAck(packet_id) = read(&frame)?
                && let Some((index, id)) = publishes.remove(&packet_id)
            {
                self.topics[index].answer(id, &())?;
                totals.retained += 1;
            }
        }
    }

    /// The process has ended. Returns how many messages were not acknowledged.
    pub(crate) fn lose(&mut self) -> usize {
        let unanswered = self.topics.iter().map(Tracked::unanswered).sum();
        self.topics.iter_mut().for_each(Tracked::lose);
        unanswered
    }
}
