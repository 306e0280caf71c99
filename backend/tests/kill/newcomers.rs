//! A row of clients that open persistent sessions, one after another: after their SUBACK the session stays.

use std::net::SocketAddr;

use gnomon::mqtt::wire::Packet;

use super::End;
use super::model::Broken;
use super::totals::Totals;
use crate::client::{Client, read};

/// Sessions of one round: each is looked at after it.
const SESSIONS: usize = 60;

#[derive(Debug, Default)]
pub(crate) struct Newcomers {
    /// Those that have their SUBACK.
    subscribed: Vec<String>,
    opened: u64,
}

impl Newcomers {
    /// Takes every session up again, sends it a message and ends it for good.
    pub(crate) async fn verify(&mut self, address: SocketAddr) -> Result<(), End> {
        for client_id in self.subscribed.drain(..) {
            let (mut client, present) = Client::resume(address, &client_id, false).await?;
            if !present {
                return Err(Broken(format!("{client_id}: the session is gone")).into());
            }
            client.publish(&client_id, b"still here?", false)?;
            client.queue(&Packet::PingReq)?;
            client.flush().await?;
            let mut came = false;
            loop {
                let frame = client.next().await?;
                match read(&frame)? {
                    Packet::Publish(publish) => came |= publish.topic == client_id,
                    Packet::PingResp => break,
                    _ => {}
                }
            }
            if !came {
                return Err(Broken(format!("{client_id}: the subscription is gone")).into());
            }
            Client::connect(address, &client_id).await?;
        }
        Ok(())
    }

    /// Opens sessions until the connection ends, or enough of them, and then waits for that end.
    pub(crate) async fn load(
        &mut self,
        address: SocketAddr,
        totals: &mut Totals,
    ) -> Result<(), End> {
        loop {
            self.opened += 1;
            let client_id = format!("newcomer-{}", self.opened);
            let (mut client, present) = Client::resume(address, &client_id, false).await?;
            if present {
                return Err(Broken(format!("{client_id}: a session that nobody opened")).into());
            }
            client.subscribe(&[&client_id], 1).await?;
            self.subscribed.push(client_id);
            totals.sessions += 1;
            if self.subscribed.len() >= SESSIONS {
                let frame = client.next().await?;
                return Err(Broken(format!("{:?} came unasked", read(&frame)?)).into());
            }
        }
    }
}
