//! MQTT straight over a byte stream.

use std::io;
use std::sync::Arc;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use super::hub::{Hub, Link};
use crate::things::Principal;

/// A connection that is silent holds a buffer of the smallest size.
const READ: std::ops::RangeInclusive<usize> = 1024..=64 * 1024;

pub(super) async fn serve(mut stream: TcpStream, hub: Arc<Hub>) {
    // Packets are packed before they are written: waiting for more would only delay them.
    let _ = stream.set_nodelay(true);
    let link = hub.connect(Principal::Anonymous);
    let (read, write) = stream.split();
    // However it ends, it ends; the broker hears of it when the link is dropped.
    tokio::select! {
        _ = receive(read, &link) => {}
        _ = send(write, &link) => {}
        () = link.overdue() => {}
    }
}

async fn receive(mut read: impl AsyncRead + Unpin, link: &Link) -> io::Result<()> {
    let mut size = *READ.start();
    loop {
        let mut buffer = BytesMut::with_capacity(size);
        let count = read.read_buf(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        size = match count {
            _ if count == size => size * 4,
            _ if count < size / 4 => size / 2,
            _ => size,
        }
        .clamp(*READ.start(), *READ.end());
        link.receive(buffer.freeze()).await;
    }
}

async fn send(mut write: impl AsyncWrite + Unpin, link: &Link) -> io::Result<()> {
    while let Some(chunk) = link.transmit().await {
        write.write_all(&chunk).await?;
    }
    write.shutdown().await
}
