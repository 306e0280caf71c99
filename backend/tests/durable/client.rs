//! A client of the backend in memory: packets in, frames out.

use bytes::{Bytes, BytesMut};
use gnomon::mqtt::wire::{self, Connect, FrameReader, Packet, PacketId, Subscribe};
use gnomon::time::Now;
use gnomon::topic::TopicFilter;
use gnomon_backend::backend::Backend;
use gnomon_backend::broker::ConnectionId;
use gnomon_backend::things::Principal;

pub(crate) struct Client {
    pub(crate) id: ConnectionId,
    reader: FrameReader,
}

impl Client {
    pub(crate) fn connect(
        backend: &mut Backend,
        client_id: &str,
        clean_session: bool,
        now: Now,
    ) -> Self {
        let mut client = Self {
            id: backend.connect(Principal::Anonymous, now),
            reader: FrameReader::new(1 << 20),
        };
        let connect = Packet::Connect(Connect {
            level: 4,
            client_id,
            clean_session,
            keep_alive: 0,
            will: None,
            user_name: None,
            password: None,
        });
        client.send(backend, &connect, now);
        client
    }

    pub(crate) fn subscribe(&mut self, backend: &mut Backend, filters: &[(&str, u8)], now: Now) {
        let filters = filters
            .iter()
            .map(|(text, qos)| (TopicFilter::new(text).unwrap(), *qos));
        let subscribe = Packet::Subscribe(Subscribe {
            packet_id: PacketId::MIN,
            filters: filters.collect(),
        });
        self.send(backend, &subscribe, now);
    }

    pub(crate) fn send(&mut self, backend: &mut Backend, packet: &Packet<'_>, now: Now) {
        let mut out = BytesMut::new();
        wire::encode(packet, &mut out).unwrap();
        backend.handle_bytes(self.id, out.freeze(), now);
    }

    pub(crate) fn receive(&mut self, backend: &mut Backend) -> Vec<Bytes> {
        while let Some(chunk) = backend.poll_transmit(self.id) {
            self.reader.push(chunk);
        }
        std::iter::from_fn(|| self.reader.next_frame().unwrap()).collect()
    }
}
