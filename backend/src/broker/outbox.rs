//! What waits to be sent on one connection, packed so that many packets leave in one write or WebSocket frame.
//! Knows bytes only.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

/// The most bytes that are packed together.
const PACK: usize = 64 * 1024;
/// Longer packets are shared between their receivers instead of copied.
const SHARE: usize = 2 * 1024;
/// So many pauses without progress show that its receiver is stuck.
const PATIENCE: u8 = 5;

/// Whole packets in the order of sending.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// Closed chunks, oldest first.
    chunks: VecDeque<Bytes>,
    /// The chunk that small packets are copied into.
    tail: BytesMut,
    bytes: usize,
    /// The length of the last chunk taken: what to expect of the next one.
    last_len: usize,
    /// It overflowed and has not been empty since.
    lagging: bool,
    /// Pauses that publishers made since a chunk was taken.
    pauses: u8,
}

impl Outbox {
    pub(super) fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether it is filling up, though its receiver kept pace until now: worth a short wait of the senders.
    pub(super) fn is_pressed(&self, limit: usize) -> bool {
        self.bytes > limit / 8 && !self.lagging && self.pauses < PATIENCE
    }

    pub(super) fn note_pause(&mut self) {
        self.pauses = self.pauses.saturating_add(1);
    }

    pub(super) fn note_overflow(&mut self) {
        self.lagging = true;
    }

    /// Appends a packet that may go to many receivers.
    pub(super) fn push_shared(&mut self, packet: &Bytes) {
        if packet.len() > SHARE {
            self.close_tail();
            self.chunks.push_back(packet.clone());
        } else {
            self.make_room(packet.len());
            self.tail.extend_from_slice(packet);
        }
        self.bytes += packet.len();
    }

    /// Appends what `write` writes, for a packet of about `len` bytes that only this receiver gets.
    pub(super) fn push_with<E>(
        &mut self,
        len: usize,
        write: impl FnOnce(&mut BytesMut) -> Result<(), E>,
    ) -> Result<(), E> {
        self.make_room(len);
        let before = self.tail.len();
        write(&mut self.tail)?;
        self.bytes += self.tail.len() - before;
        Ok(())
    }

    /// Takes the oldest chunk: whole packets, at most 64 KiB of them unless one alone is longer.
    pub(super) fn take_chunk(&mut self) -> Option<Bytes> {
        let chunk = match self.chunks.pop_front() {
            Some(chunk) => chunk,
            None if self.tail.is_empty() => return None,
            None => std::mem::take(&mut self.tail).freeze(),
        };
        self.last_len = chunk.len().min(PACK);
        self.bytes -= chunk.len();
        self.pauses = 0;
        self.lagging &= self.bytes > 0;
        Some(chunk)
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    fn make_room(&mut self, len: usize) {
        if self.tail.len() + len > PACK {
            self.close_tail();
        }
        if self.tail.capacity() == 0 {
            self.tail.reserve(self.last_len.max(len));
        }
    }

    fn close_tail(&mut self) {
        if !self.tail.is_empty() {
            self.chunks
                .push_back(std::mem::take(&mut self.tail).freeze());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(outbox: &mut Outbox) -> Vec<Bytes> {
        std::iter::from_fn(|| outbox.take_chunk()).collect()
    }

    #[test]
    fn small_packets_leave_together() {
        let mut outbox = Outbox::default();
        for _ in 0..100 {
            outbox.push_shared(&Bytes::from_static(&[0xd0, 0]));
        }
        assert_eq!(outbox.bytes(), 200);
        assert_eq!(drain(&mut outbox), [[0xd0, 0].repeat(100)]);
        assert!(outbox.is_empty());
    }

    #[test]
    fn a_chunk_ends_with_a_whole_packet_before_64_kib() {
        let mut outbox = Outbox::default();
        let packet = Bytes::from(vec![7; 1000]);
        for _ in 0..100 {
            outbox.push_shared(&packet);
        }
        let lens: Vec<_> = drain(&mut outbox).iter().map(Bytes::len).collect();
        assert_eq!(lens, [65_000, 35_000]);
    }

    #[test]
    fn long_packets_are_shared_and_keep_their_place() {
        let mut outbox = Outbox::default();
        let long = Bytes::from(vec![1; 5000]);
        outbox.push_shared(&Bytes::from_static(b"before"));
        outbox.push_shared(&long);
        outbox.push_shared(&Bytes::from_static(b"after"));
        let chunks = drain(&mut outbox);
        assert_eq!(chunks, [&b"before"[..], &long, b"after"]);
        assert_eq!(chunks[1].as_ptr(), long.as_ptr());
    }

    #[test]
    fn a_packet_that_cannot_be_written_leaves_no_trace() {
        let mut outbox = Outbox::default();
        assert_eq!(outbox.push_with(10, |_| Err(())), Err(()));
        assert!(outbox.is_empty());
        assert_eq!(outbox.take_chunk(), None);
    }

    #[test]
    fn a_receiver_that_is_stuck_is_waited_for_a_few_times() {
        let mut outbox = Outbox::default();
        outbox.push_shared(&Bytes::from(vec![0; 100]));
        for _ in 0..PATIENCE {
            assert!(outbox.is_pressed(200));
            outbox.note_pause();
        }
        assert!(!outbox.is_pressed(200));
        outbox.take_chunk();
        outbox.push_shared(&Bytes::from(vec![0; 100]));
        assert!(outbox.is_pressed(200));
    }

    #[test]
    fn a_receiver_that_overflowed_presses_nobody_until_it_caught_up() {
        let mut outbox = Outbox::default();
        outbox.push_shared(&Bytes::from(vec![0; 100]));
        assert!(outbox.is_pressed(200));
        outbox.note_overflow();
        assert!(!outbox.is_pressed(200));
        outbox.take_chunk();
        outbox.push_shared(&Bytes::from(vec![0; 100]));
        assert!(outbox.is_pressed(200));
    }
}
