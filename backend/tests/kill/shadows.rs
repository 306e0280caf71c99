//! A client that changes shadows, classic and named, with several requests under way, and looks whether what was
//! answered is there. No other client changes them.

use std::collections::HashMap;
use std::net::SocketAddr;

use gnomon::mqtt::wire::{Packet, PacketId};
use gnomon::rng::Rng;
use serde_json::{Value, json};

use super::End;
use super::model::shadow::{Answer, Change, Sections, Shadow};
use super::model::{Broken, Tracked};
use super::totals::Totals;
use crate::client::{Client, read};

const THINGS: usize = 2;
/// Unanswered requests for one shadow. More than ten for the two of one thing would be too many.
const WINDOW: usize = 4;

#[derive(Debug)]
pub(crate) struct Shadows {
    client_id: String,
    /// Named by what stands before `/update` in their topics.
    shadows: Vec<Tracked<Shadow>>,
    /// Counts requests. The number is a request's client token and the value that it writes.
    asked: u64,
}

/// A connection, and which request each PUBLISH without a PUBACK carries.
struct Link {
    client: Client,
    publishes: HashMap<PacketId, (usize, u64)>,
}

impl Shadows {
    pub(crate) fn new(client_id: String) -> Self {
        let prefixes = (0..THINGS).flat_map(|thing| {
            let classic = format!("$aws/things/{client_id}-{thing}/shadow");
            [format!("{classic}/name/cfg"), classic]
        });
        Self {
            shadows: prefixes
                .map(|prefix| Tracked::new(prefix, Shadow::default()))
                .collect(),
            client_id,
            asked: 0,
        }
    }

    /// Asks for every shadow. One that is gone is made again: only then its version shows.
    pub(crate) async fn verify(
        &mut self,
        address: SocketAddr,
        totals: &mut Totals,
    ) -> Result<(), End> {
        let mut link = self.connect(address).await?;
        for index in 0..self.shadows.len() {
            let topic = format!("{}/get", self.shadows[index].name());
            link.client.publish(&topic, b"", false)?;
            let seen = self.next_reply(&mut link).await?.document()?;
            let shadow = &mut self.shadows[index];
            totals.found += shadow.observe(&seen, |state| state.agrees(seen.as_ref()))?;
            if seen.is_none() {
                let sections = Sections::default();
                let version = None;
                self.ask(&mut link, index, Change::Update { sections, version })?;
                let reply = self.next_reply(&mut link).await?;
                self.note(&reply, totals)?;
            }
        }
        Ok(())
    }

    /// Changes shadows until the connection ends.
    pub(crate) async fn load(
        &mut self,
        address: SocketAddr,
        rng: &mut Rng,
        totals: &mut Totals,
    ) -> Result<(), End> {
        let mut link = self.connect(address).await?;
        loop {
            let index = rng.below(self.shadows.len() as u64) as usize;
            if self.shadows[index].unanswered() < WINDOW {
                let change = self.change(index, rng);
                self.ask(&mut link, index, change)?;
                if rng.below(2) == 0 {
                    continue;
                }
            }
            let reply = self.next_reply(&mut link).await?;
            self.note(&reply, totals)?;
        }
    }

    /// The process has ended. Returns how many requests had no answer.
    pub(crate) fn lose(&mut self) -> usize {
        let unanswered = self.shadows.iter().map(Tracked::unanswered).sum();
        self.shadows.iter_mut().for_each(Tracked::lose);
        unanswered
    }

    async fn connect(&self, address: SocketAddr) -> Result<Link, End> {
        let mut client = Client::connect(address, &self.client_id).await?;
        let filters: Vec<String> = self
            .shadows
            .iter()
            .flat_map(|shadow| {
                ["accepted", "rejected"].map(|it| format!("{}/+/{it}", shadow.name()))
            })
            .collect();
        let filters: Vec<&str> = filters.iter().map(String::as_str).collect();
        client.subscribe(&filters, 1).await?;
        let publishes = HashMap::new();
        Ok(Link { client, publishes })
    }

    fn change(&self, index: usize, rng: &mut Rng) -> Change {
        let number = Some(self.asked + 1);
        let (desired, reported) = match rng.below(8) {
            0 => return Change::Delete,
            1..=3 => (number, None),
            4..=6 => (None, number),
            _ => (number, number),
        };
        let present = self.shadows[index].expected().version;
        let version = match rng.below(8) {
            0 | 1 => Some(present),
            2 => Some(present + 1),
            _ => None,
        };
        let sections = Sections { desired, reported };
        Change::Update { sections, version }
    }

    fn ask(&mut self, link: &mut Link, index: usize, change: Change) -> Result<(), End> {
        self.asked += 1;
        let id = self.asked;
        let mut body = json!({ "clientToken": id.to_string() });
        let verb = match &change {
            Change::Delete => "delete",
            Change::Update { sections, version } => {
                body["state"] = sections.to_state();
                if let Some(version) = version {
                    body["version"] = json!(version);
                }
                "update"
            }
        };
        let shadow = &mut self.shadows[index];
        let topic = format!("{}/{verb}", shadow.name());
        shadow.ask(id, change);
        let body = body.to_string();
        let packet_id = link.client.publish(&topic, body.as_bytes(), false)?;
        link.publishes.insert(packet_id, (index, id));
        Ok(())
    }

    /// Sends what is queued and takes packets up to the next answer of the service.
    async fn next_reply(&mut self, link: &mut Link) -> Result<Reply, End> {
        link.client.flush().await?;
        loop {
            let frame = link.client.next().await?;
            match read(&frame)? {
                Packet::PubAck(packet_id) => {
                    if let Some((index, id)) = link.publishes.remove(&packet_id) {
                        self.shadows[index].acknowledge(id);
                    }
                }
                Packet::Publish(publish) => {
                    if let Some(id) = publish.packet_id {
                        link.client.queue(&Packet::PubAck(id))?;
                    }
                    return Ok(Reply::read(publish.topic, publish.payload)?);
                }
                other => return Err(Broken(format!("{other:?} came unasked")).into()),
            }
        }
    }

    fn note(&mut self, reply: &Reply, totals: &mut Totals) -> Result<(), End> {
        let answer = reply.answer();
        match answer {
            Answer::Accepted(_) => totals.accepted += 1,
            Answer::Rejected(_) => totals.rejected += 1,
        }
        let mut shadows = self.shadows.iter_mut();
        let shadow = shadows.find(|shadow| {
            reply
                .topic
                .starts_with(&format!("{}/{}/", shadow.name(), reply.verb))
        });
        let shadow = shadow.ok_or_else(|| reply.broken())?;
        Ok(shadow.answer(reply.token(), &answer)?)
    }
}

/// What came on an answer topic.
#[derive(Debug)]
struct Reply {
    topic: String,
    verb: String,
    accepted: bool,
    body: Value,
}

impl Reply {
    fn read(topic: &str, payload: &[u8]) -> Result<Self, Broken> {
        let broken = || Broken(format!("{topic}: {}", String::from_utf8_lossy(payload)));
        let (rest, outcome) = topic.rsplit_once('/').ok_or_else(broken)?;
        let (_, verb) = rest.rsplit_once('/').ok_or_else(broken)?;
        Ok(Self {
            topic: topic.to_owned(),
            verb: verb.to_owned(),
            accepted: outcome == "accepted",
            body: serde_json::from_slice(payload).map_err(|_| broken())?,
        })
    }

    fn token(&self) -> u64 {
        let token = self.body["clientToken"].as_str();
        token.and_then(|it| it.parse().ok()).unwrap_or_default()
    }

    fn answer(&self) -> Answer {
        let number = |name: &str| self.body[name].as_u64().unwrap_or_default();
        if self.accepted {
            Answer::Accepted(number("version"))
        } else {
            Answer::Rejected(number("code"))
        }
    }

    /// What a get found: version and state, without the delta that the service adds.
    fn document(mut self) -> Result<Option<(u64, Value)>, Broken> {
        match self.answer() {
            Answer::Accepted(version) => {
                let mut state = self.body["state"].take();
                if let Some(state) = state.as_object_mut() {
                    state.remove("delta");
                }
                Ok(Some((version, state)))
            }
            Answer::Rejected(404) => Ok(None),
            Answer::Rejected(_) => Err(self.broken()),
        }
    }

    fn broken(&self) -> Broken {
        Broken(format!("{}: {}", self.topic, self.body))
    }
}
