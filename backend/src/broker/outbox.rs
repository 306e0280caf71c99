//! What waits to be sent on one connection, packed so that many packets leave in one write or WebSocket frame.
//! Knows bytes only, and for which batch they have to wait: nothing overtakes what waits.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

use crate::journal::Mark;

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
    chunks: VecDeque<(Mark, Bytes)>,
    /// The chunk that small packets are copied into.
    tail: BytesMut,
    tail_mark: Mark,
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
    pub(super) fn push_shared(&mut self, packet: &Bytes, mark: Mark) {
        if packet.len() > SHARE {
            self.close_tail();
            self.chunks.push_back((mark, packet.clone()));
        } else {
            self.make_room(packet.len(), mark);
            self.tail.extend_from_slice(packet);
        }
        self.bytes += packet.len();
    }

    /// Appends what `write` writes, for a packet of about `len` bytes that only this receiver gets.
    pub(super) fn push_with<E>(
        &mut self,
        len: usize,
        mark: Mark,
        write: impl FnOnce(&mut BytesMut) -> Result<(), E>,
    ) -> Result<(), E> {
        self.make_room(len, mark);
        let before = self.tail.len();
        write(&mut self.tail)?;
        self.bytes += self.tail.len() - before;
        Ok(())
    }

    /// Takes the oldest chunk: whole packets, at most 64 KiB of them unless one alone is longer.
    /// `None` too while it waits for a batch after `saved`.
    pub(super) fn take_chunk(&mut self, saved: Mark) -> Option<Bytes> {
        let chunk = match self.chunks.front() {
            Some((mark, _)) if *mark > saved => return None,
            Some(_) => self.chunks.pop_front()?.1,
            None if self.tail.is_empty() || self.tail_mark > saved => return None,
            None => self.take_tail(),
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

    /// A packet that waits for less than the tail does waits with it; one that waits for more begins a new chunk.
    fn make_room(&mut self, len: usize, mark: Mark) {
        if self.tail.len() + len > PACK || mark > self.tail_mark {
            self.close_tail();
        }
        self.tail_mark = self.tail_mark.max(mark);
        if self.tail.capacity() == 0 {
            self.tail.reserve(self.last_len.max(len));
        }
    }

    fn close_tail(&mut self) {
        if !self.tail.is_empty() {
            let mark = self.tail_mark;
            let chunk = self.take_tail();
            self.chunks.push_back((mark, chunk));
        }
    }

    fn take_tail(&mut self) -> Bytes {
        self.tail_mark = Mark::NONE;
        std::mem::take(&mut self.tail).freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(outbox: &mut Outbox) -> Vec<Bytes> {
        std::iter::from_fn(|| outbox.take_chunk(Mark::NONE)).collect()
    }

    #[test]
    fn small_packets_leave_together() {
        let mut outbox = Outbox::default();
        for _ in 0..100 {
            outbox.push_shared(&Bytes::from_static(&[0xd0, 0]), Mark::NONE);
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
            outbox.push_shared(&packet, Mark::NONE);
        }
        let lens: Vec<_> = drain(&mut outbox).iter().map(Bytes::len).collect();
        assert_eq!(lens, [65_000, 35_000]);
    }

    #[test]
    fn long_packets_are_shared_and_keep_their_place() {
        let mut outbox = Outbox::default();
        let long = Bytes::from(vec![1; 5000]);
        outbox.push_shared(&Bytes::from_static(b"before"), Mark::NONE);
        outbox.push_shared(&long, Mark::NONE);
        outbox.push_shared(&Bytes::from_static(b"after"), Mark::NONE);
        let chunks = drain(&mut outbox);
        assert_eq!(chunks, [&b"before"[..], &long, b"after"]);
        assert_eq!(chunks[1].as_ptr(), long.as_ptr());
    }

    #[test]
    fn what_waits_for_a_batch_holds_back_what_follows_and_nothing_before() {
        let mut outbox = Outbox::default();
        let (small, long) = (Bytes::from_static(b"."), Bytes::from(vec![1; 5000]));
        outbox.push_shared(&small, Mark::NONE);
        outbox.push_shared(&small, Mark(1));
        outbox.push_shared(&long, Mark::NONE);
        outbox.push_shared(&small, Mark(2));
        outbox.push_shared(&small, Mark(1));
        let mut taken = |saved| outbox.take_chunk(Mark(saved)).map(|chunk| chunk.len());
        assert_eq!((taken(0), taken(0)), (Some(1), None));
        assert_eq!((taken(1), taken(1), taken(1)), (Some(1), Some(5000), None));
        assert_eq!((taken(2), taken(2)), (Some(2), None));
    }

    #[test]
    fn a_packet_that_cannot_be_written_leaves_no_trace() {
        let mut outbox = Outbox::default();
        assert_eq!(outbox.push_with(10, Mark::NONE, |_| Err(())), Err(()));
        assert!(outbox.is_empty());
        assert_eq!(outbox.take_chunk(Mark::NONE), None);
    }

    #[test]
    fn a_receiver_that_is_stuck_is_waited_for_a_few_times() {
        let mut outbox = Outbox::default();
        outbox.push_shared(&Bytes::from(vec![0; 100]), Mark::NONE);
        for _ in 0..PATIENCE {
            assert!(outbox.is_pressed(200));
            outbox.note_pause();
        }
        assert!(!outbox.is_pressed(200));
        outbox.take_chunk(Mark::NONE);
        outbox.push_shared(&Bytes::from(vec![0; 100]), Mark::NONE);
        assert!(outbox.is_pressed(200));
    }

    #[test]
    fn a_receiver_that_overflowed_presses_nobody_until_it_caught_up() {
        let mut outbox = Outbox::default();
        outbox.push_shared(&Bytes::from(vec![0; 100]), Mark::NONE);
        assert!(outbox.is_pressed(200));
        outbox.note_overflow();
        assert!(!outbox.is_pressed(200));
        outbox.take_chunk(Mark::NONE);
        outbox.push_shared(&Bytes::from(vec![0; 100]), Mark::NONE);
        assert!(outbox.is_pressed(200));
    }
}
