//! An MQTT client that blocks: connects, subscribes, publishes at QoS 1, and takes what comes in its order.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use gnomon::message::{Message, QoS};
use gnomon::mqtt::limits::MAX_PACKET;
use gnomon::mqtt::wire::{
    self, ConnAck, Connect, FrameReader, Packet, PacketId, Publish, Subscribe,
};
use gnomon::topic::{TopicFilter, TopicName};

/// Long enough for any machine; nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Client {
    stream: TcpStream,
    reader: FrameReader,
    packet_id: PacketId,
}

impl Client {
    /// Connects with a clean session, and subscribes at QoS 1.
    pub(crate) fn connect(address: SocketAddr, filters: &[&str]) -> Result<Self, String> {
        let stream = TcpStream::connect(address).map_err(|error| error.to_string())?;
        let prepared = stream
            .set_read_timeout(Some(PATIENCE))
            .and_then(|()| stream.set_nodelay(true));
        prepared.map_err(|error| error.to_string())?;
        let mut client = Self {
            stream,
            reader: FrameReader::new(MAX_PACKET),
            packet_id: PacketId::MIN,
        };
        client.send(&Packet::Connect(Connect {
            level: 4,
            client_id: "gnomon-test",
            clean_session: true,
            keep_alive: 0,
            will: None,
            user_name: None,
            password: None,
        }))?;
        client.expect(|packet| matches!(packet, Packet::ConnAck(ConnAck { code: 0, .. })))?;
        client.subscribe(filters)?;
        Ok(client)
    }

    fn subscribe(&mut self, filters: &[&str]) -> Result<(), String> {
        let filters = filters
            .iter()
            .map(|filter| TopicFilter::new(filter).map(|filter| (filter, 1)))
            .collect::<Result<_, _>>();
        let subscribe = Subscribe {
            packet_id: self.packet_id,
            filters: filters.map_err(|error| error.to_string())?,
        };
        self.send(&Packet::Subscribe(subscribe))?;
        self.expect(|packet| matches!(packet, Packet::SubAck(ack) if ack.codes.iter().all(|code| *code == 1)))
    }

    pub(crate) fn publish(&mut self, topic: &str, payload: &[u8]) -> Result<(), String> {
        self.packet_id = self.packet_id.checked_add(1).unwrap_or(PacketId::MIN);
        self.send(&Packet::Publish(Publish {
            dup: false,
            qos: QoS::AtLeastOnce,
            retain: false,
            packet_id: Some(self.packet_id),
            topic,
            payload,
        }))
    }

    /// The next message that comes, acknowledged.
    pub(crate) fn next(&mut self) -> Result<Message, String> {
        loop {
            let frame = self.frame()?;
            match wire::parse(&frame).map_err(|error| error.to_string())? {
                Packet::Publish(publish) => {
                    if let Some(id) = publish.packet_id {
                        self.send(&Packet::PubAck(id))?;
                    }
                    return Ok(Message {
                        topic: TopicName::new(publish.topic).map_err(|error| error.to_string())?,
                        payload: Bytes::copy_from_slice(publish.payload),
                        qos: publish.qos,
                        retain: publish.retain,
                    });
                }
                Packet::PubAck(_) => {}
                other => return Err(format!("{other:?} came")),
            }
        }
    }

    fn expect(&mut self, fits: impl Fn(&Packet<'_>) -> bool) -> Result<(), String> {
        let frame = self.frame()?;
        let packet = wire::parse(&frame).map_err(|error| error.to_string())?;
        match fits(&packet) {
            true => Ok(()),
            false => Err(format!("{packet:?} came")),
        }
    }

    fn frame(&mut self) -> Result<Bytes, String> {
        loop {
            let next = self.reader.next_frame();
            if let Some(frame) = next.map_err(|error| error.to_string())? {
                return Ok(frame);
            }
            let mut chunk = vec![0; 64 * 1024];
            let read = self.stream.read(&mut chunk);
            match read.map_err(|error| error.to_string())? {
                0 => return Err("the broker closed the connection".to_owned()),
                len => self.reader.push(Bytes::copy_from_slice(&chunk[..len])),
            }
        }
    }

    fn send(&mut self, packet: &Packet<'_>) -> Result<(), String> {
        let mut bytes = BytesMut::new();
        wire::encode(packet, &mut bytes).map_err(|error| error.to_string())?;
        let sent = self.stream.write_all(&bytes);
        sent.map_err(|error| error.to_string())
    }
}
