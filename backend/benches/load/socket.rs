//! A connection that carries MQTT, over TCP or WebSocket, made for speed: packets go out as given, and what comes in
//! is taken out of its frames and handed on as bytes.

use std::io;
use std::net::SocketAddr;

use gnomon::mqtt::wire::{self, Connect, Packet, Subscribe};
use gnomon::mqtt::wire::{FrameReader, PacketId};
use gnomon::topic::TopicFilter;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const BINARY: u8 = 0x82;
const MASKED: u8 = 0x80;
const READ: usize = 64 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Tcp,
    WebSocket,
}

impl Transport {
    pub(crate) const ALL: [Self; 2] = [Self::Tcp, Self::WebSocket];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::WebSocket => "websocket",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    frames: Option<Frames>,
}

impl Socket {
    /// Opens a transport and connects as this client, with a clean session.
    pub(crate) async fn connect(
        address: SocketAddr,
        transport: Transport,
        client_id: &str,
    ) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mut socket = Self {
            stream,
            frames: None,
        };
        if transport == Transport::WebSocket {
            socket.upgrade(address).await?;
        }
        socket
            .exchange(&Packet::Connect(Connect {
                level: 4,
                client_id,
                clean_session: true,
                keep_alive: 0,
                will: None,
                user_name: None,
                password: None,
            }))
            .await?;
        Ok(socket)
    }

    /// Subscribes with QoS 0.
    pub(crate) async fn subscribe(&mut self, filter: &str) -> io::Result<()> {
        let filter = TopicFilter::new(filter).map_err(io::Error::other)?;
        self.exchange(&Packet::Subscribe(Subscribe {
            packet_id: PacketId::MIN,
            filters: vec![(filter, 0)],
        }))
        .await
    }

    /// Whole packets.
    pub(crate) async fn send(&mut self, packets: &[u8]) -> io::Result<()> {
        if self.frames.is_some() {
            let header = client_header(packets.len());
            self.stream.write_all(&header).await?;
        }
        self.stream.write_all(packets).await
    }

    /// Waits for bytes and returns how many of them are MQTT's; they are read into `buffer`, whose length is kept.
    pub(crate) async fn receive(
        &mut self,
        buffer: &mut [u8],
        mut take: impl FnMut(&[u8]),
    ) -> io::Result<()> {
        let count = self.stream.read(buffer).await?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match &mut self.frames {
            None => take(&buffer[..count]),
            Some(frames) => frames.read(&buffer[..count], take)?,
        }
        Ok(())
    }

    pub(crate) fn buffer() -> Vec<u8> {
        vec![0; READ]
    }

    /// Sends a packet and waits for the one that answers it, which says that all is well.
    async fn exchange(&mut self, packet: &Packet<'_>) -> io::Result<()> {
        let mut out = bytes::BytesMut::new();
        wire::encode(packet, &mut out).map_err(io::Error::other)?;
        self.send(&out).await?;
        let mut reader = FrameReader::new(1024);
        let mut buffer = [0; 256];
        let answer = loop {
            if let Some(frame) = reader.next_frame().map_err(io::Error::other)? {
                break frame;
            }
            let push = |bytes: &[u8]| reader.push(bytes::Bytes::copy_from_slice(bytes));
            self.receive(&mut buffer, push).await?;
        };
        match wire::parse_from_broker(&answer).map_err(io::Error::other)? {
            Packet::ConnAck(ack) if ack.code == 0 => Ok(()),
            Packet::SubAck(ack) if ack.codes == [0] => Ok(()),
            other => Err(io::Error::other(format!("{other:?} came as an answer"))),
        }
    }

    async fn upgrade(&mut self, address: SocketAddr) -> io::Result<()> {
        let request = format!(
            "GET /mqtt HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: mqtt\r\n\r\n"
        );
        self.stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(self.stream.read_u8().await?);
        }
        if !answer.starts_with(b"HTTP/1.1 101 ") {
            return Err(io::Error::other("the WebSocket was refused"));
        }
        self.frames = Some(Frames::default());
        Ok(())
    }
}

/// A client masks what it sends; with zeros that changes nothing.
fn client_header(len: usize) -> Vec<u8> {
    let mut header = vec![BINARY];
    match len {
        0..=125 => header.push(MASKED | len as u8),
        126..=0xffff => {
            header.push(MASKED | 126);
            header.extend_from_slice(&(len as u16).to_be_bytes());
        }
        _ => {
            header.push(MASKED | 127);
            header.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    header.extend_from_slice(&[0; 4]);
    header
}

/// Takes the payloads out of a server's frames, wherever the stream is cut.
#[derive(Debug, Default)]
struct Frames {
    header: Vec<u8>,
    /// Bytes of the present frame that are still to come.
    left: u64,
}

impl Frames {
    fn read(&mut self, mut bytes: &[u8], mut take: impl FnMut(&[u8])) -> io::Result<()> {
        while !bytes.is_empty() {
            if self.left == 0 {
                self.header.push(bytes[0]);
                bytes = &bytes[1..];
                self.end_header()?;
                continue;
            }
            let len = bytes.len().min(self.left as usize);
            take(&bytes[..len]);
            bytes = &bytes[len..];
            self.left -= len as u64;
        }
        Ok(())
    }

    fn end_header(&mut self) -> io::Result<()> {
        let len = match *self.header {
            [first, ..] if first != BINARY => {
                return Err(io::Error::other("a frame that is not binary came"));
            }
            [_, len @ 0..=125] => u64::from(len),
            [_, 126, high, low] => u64::from(u16::from_be_bytes([high, low])),
            [_, 127, a, b, c, d, e, f, g, h] => u64::from_be_bytes([a, b, c, d, e, f, g, h]),
            _ => return Ok(()),
        };
        self.header.clear();
        self.left = len;
        Ok(())
    }
}
