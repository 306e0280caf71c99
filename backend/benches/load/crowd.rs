//! Many clients that connect and then say nothing: how fast they get in, and what each costs in memory.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use tokio::task::JoinSet;

use super::socket::{Socket, Transport};
use super::usage::memory_mb;

/// Connections that are under way at a time.
const AT_A_TIME: usize = 64;

#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) connects_per_s: f64,
    /// Resident memory of the broker for each connection.
    pub(crate) kb_each: Option<f64>,
    pub(crate) process_mb: Option<f64>,
}

/// Connects so many clients to a broker process, and lets them go again.
pub(crate) async fn run(
    broker: u32,
    address: SocketAddr,
    transport: Transport,
    clients: usize,
) -> io::Result<Measured> {
    let before = memory_mb(broker);
    let begun = Instant::now();
    let connected = connect(address, transport, clients).await?;
    let took = begun.elapsed().as_secs_f64();
    let after = memory_mb(broker);
    drop(connected);
    let grown = after.zip(before).map(|(after, before)| after - before);
    Ok(Measured {
        connects_per_s: clients as f64 / took,
        kb_each: grown.map(|mb| mb * 1e3 / clients as f64),
        process_mb: after,
    })
}

/// Connects so many clients, some at a time: a broker that looks around only so often serves them together.
pub(crate) async fn connect(
    address: SocketAddr,
    transport: Transport,
    clients: usize,
) -> io::Result<Vec<Socket>> {
    let mut connected = Vec::with_capacity(clients);
    let mut under_way = JoinSet::new();
    for number in 0..clients {
        if under_way.len() == AT_A_TIME {
            connected.extend(next(&mut under_way).await?);
        }
        under_way.spawn(async move {
            let client_id = format!("bench-{}-{number}", transport.name());
            Socket::connect(address, transport, &client_id).await
        });
    }
    while let Some(socket) = next(&mut under_way).await? {
        connected.push(socket);
    }
    Ok(connected)
}

async fn next(under_way: &mut JoinSet<io::Result<Socket>>) -> io::Result<Option<Socket>> {
    match under_way.join_next().await {
        None => Ok(None),
        Some(joined) => joined.map_err(io::Error::other)?.map(Some),
    }
}
