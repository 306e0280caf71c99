//! An MQTT client over TCP for benchmarks and tests: packets out, frames in. It keeps no session and waits for no
//! answer of its own accord: whoever drives it decides what an answer means.

use std::io;
use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};
use gnomon::message::QoS;
use gnomon::mqtt::wire::{self, Connect, FrameReader, Packet, PacketId, Publish, Subscribe};
use gnomon::topic::TopicFilter;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const READ: usize = 4 * 1024;
const LONGEST_PACKET: usize = 256 * 1024;

#[derive(Debug)]
pub(crate) struct Client {
    stream: TcpStream,
    frames: FrameReader,
    read: BytesMut,
    /// What [`Self::flush`] will send, in one write.
    out: BytesMut,
    last_id: u16,
}

impl Client {
    /// Connects with a clean session.
    pub(crate) async fn connect(address: SocketAddr, client_id: &str) -> io::Result<Self> {
        let (client, _) = Self::resume(address, client_id, true).await?;
        Ok(client)
    }

    /// Connects; the flag tells whether the broker kept a session of this client.
    pub(crate) async fn resume(
        address: SocketAddr,
        client_id: &str,
        clean_session: bool,
    ) -> io::Result<(Self, bool)> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mut client = Self {
            stream,
            frames: FrameReader::new(LONGEST_PACKET),
            read: BytesMut::new(),
            out: BytesMut::new(),
            last_id: 0,
        };
        client.queue(&Packet::Connect(Connect {
            level: 4,
            client_id,
            clean_session,
            keep_alive: 0,
            will: None,
            user_name: None,
            password: None,
        }))?;
        client.flush().await?;
        let frame = client.next().await?;
        match read(&frame)? {
            Packet::ConnAck(ack) if ack.code == 0 => Ok((client, ack.session_present)),
            other => Err(unexpected("CONNACK", &other)),
        }
    }

    /// Subscribes where nothing else is on its way to this client.
    pub(crate) async fn subscribe(&mut self, filters: &[&str], qos: u8) -> io::Result<()> {
        self.queue_subscribe(filters, qos)?;
        self.flush().await?;
        let frame = self.next().await?;
        match read(&frame)? {
            Packet::SubAck(ack) if ack.codes == vec![qos; filters.len()] => Ok(()),
            other => Err(unexpected("SUBACK", &other)),
        }
    }

    pub(crate) fn queue_subscribe(&mut self, filters: &[&str], qos: u8) -> io::Result<()> {
        let asked = |filter: &&str| Ok((TopicFilter::new(filter)?, qos));
        let filters = filters
            .iter()
            .map(asked)
            .collect::<Result<_, wire::WireError>>()
            .map_err(io::Error::other)?;
        let packet_id = self.next_id();
        self.queue(&Packet::Subscribe(Subscribe { packet_id, filters }))
    }

    /// Queues a PUBLISH with QoS 1 and returns what its PUBACK will carry.
    pub(crate) fn publish(
        &mut self,
        topic: &str,
        payload: &[u8],
        retain: bool,
    ) -> io::Result<PacketId> {
        let packet_id = self.next_id();
        self.queue(&Packet::Publish(Publish {
            dup: false,
            qos: QoS::AtLeastOnce,
            retain,
            packet_id: Some(packet_id),
            topic,
            payload,
        }))?;
        Ok(packet_id)
    }

    pub(crate) fn queue(&mut self, packet: &Packet<'_>) -> io::Result<()> {
        wire::encode(packet, &mut self.out).map_err(io::Error::other)
    }

    pub(crate) async fn flush(&mut self) -> io::Result<()> {
        self.stream.write_all_buf(&mut self.out).await
    }

    /// The next whole frame; the end of the stream is an error. Nothing is lost when it is dropped halfway.
    pub(crate) async fn next(&mut self) -> io::Result<Bytes> {
        loop {
            if let Some(frame) = self.frames.next_frame().map_err(io::Error::other)? {
                return Ok(frame);
            }
            self.read.reserve(READ);
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.frames.push(self.read.split().freeze());
        }
    }

    fn next_id(&mut self) -> PacketId {
        self.last_id = self.last_id.checked_add(1).unwrap_or(1);
        PacketId::new(self.last_id).unwrap_or(PacketId::MIN)
    }
}

/// A frame as a packet.
pub(crate) fn read(frame: &[u8]) -> io::Result<Packet<'_>> {
    wire::parse_from_broker(frame).map_err(io::Error::other)
}

pub(crate) fn unexpected(awaited: &str, packet: &Packet<'_>) -> io::Error {
    io::Error::other(format!("{packet:?} came instead of {awaited}"))
}
