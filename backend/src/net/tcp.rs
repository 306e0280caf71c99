//! MQTT straight over a byte stream, or over TLS.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::hub::{Hub, Link};
use super::tls;
use crate::things::Principal;

/// A connection that is silent holds a buffer of the smallest size.
const READ: std::ops::RangeInclusive<usize> = 1024..=64 * 1024;

pub(super) async fn serve(mut stream: TcpStream, from: IpAddr, hub: Arc<Hub>) {
    let link = hub.connect(Principal::Anonymous, from);
    let (read, write) = stream.split();
    converse(read, write, &link).await;
}

/// Whoever shook hands, but was refused meanwhile, is told nothing.
pub(super) async fn serve_tls<S: AsyncRead + AsyncWrite + Unpin>(
    stream: TlsStream<S>,
    from: IpAddr,
    hub: Arc<Hub>,
) {
    if let Some(id) = tls::shown(&stream)
        && let Ok(link) = hub.connect_with(id, from)
    {
        let (read, write) = tokio::io::split(stream);
        converse(read, write, &link).await;
    }
}

async fn converse(read: impl AsyncRead + Unpin, write: impl AsyncWrite + Unpin, link: &Link) {
    // However it ends, it ends; the broker hears of it when the link is dropped.
    tokio::select! {
        _ = receive(read, link) => {}
        _ = send(write, link) => {}
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
        // TLS keeps what the socket did not take at once.
        write.flush().await?;
    }
    write.shutdown().await
}
