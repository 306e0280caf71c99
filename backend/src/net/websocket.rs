//! MQTT over WebSocket: the bytes of all binary messages in a row are the stream, wherever they are cut.

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use futures_util::{Sink, SinkExt, Stream, StreamExt};

use super::hub::Link;

/// `mqttv3.1` is what the older AWS SDKs ask for.
const SUBPROTOCOLS: [&str; 2] = ["mqtt", "mqttv3.1"];
/// One message may hold many packets.
const MAX_MESSAGE: usize = 1024 * 1024;
const READ_BUFFER: usize = 8 * 1024;

/// A subprotocol is named in the answer only when the client offered it.
pub(super) fn prepare(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .protocols(SUBPROTOCOLS)
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE)
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
}

pub(super) async fn serve(socket: WebSocket, link: Link) {
    let (sink, stream) = socket.split();
    tokio::select! {
        () = receive(stream, &link) => {}
        _ = send(sink, &link) => {}
        () = link.overdue() => {}
    }
}

async fn receive(
    mut stream: impl Stream<Item = Result<Message, axum::Error>> + Unpin,
    link: &Link,
) {
    while let Some(Ok(message)) = stream.next().await {
        match message {
            Message::Binary(chunk) if chunk.is_empty() => {}
            Message::Binary(chunk) => link.receive(chunk).await,
            Message::Ping(_) | Message::Pong(_) => {}
            // MQTT is binary [MQTT-6.0.0-1].
            Message::Text(_) | Message::Close(_) => return,
        }
    }
}

/// All that waits goes out as one message: a browser's limit is the number of frames.
async fn send(
    mut sink: impl Sink<Message, Error = axum::Error> + Unpin,
    link: &Link,
) -> Result<(), axum::Error> {
    while let Some(chunk) = link.transmit().await {
        sink.send(Message::Binary(chunk)).await?;
    }
    sink.close().await
}
