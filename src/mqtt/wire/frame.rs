//! Cuts a stream of bytes into frames, one packet each, and refuses what is too long before it arrives.

use std::collections::VecDeque;

use bytes::{Buf, Bytes, BytesMut};

use super::{PacketId, WireError};

/// Collects chunks, of any size and cut anywhere, and hands out whole frames without copying where it can.
#[derive(Debug)]
pub struct FrameReader {
    max_packet: usize,
    max_skipped: usize,
    /// Bytes of an over-long packet that have yet to come.
    skipping: usize,
    skipped: u64,
    /// Identifiers of QoS 1 messages that went by.
    unread: VecDeque<PacketId>,
    /// The newest chunk, from which frames are cut without copying.
    chunk: Bytes,
    /// A frame whose end has not come yet, when it began in an earlier chunk.
    partial: BytesMut,
}

impl FrameReader {
    /// `max_packet` is the largest remaining length that is let in.
    pub fn new(max_packet: usize) -> Self {
        Self {
            max_packet,
            max_skipped: 0,
            skipping: 0,
            skipped: 0,
            unread: VecDeque::new(),
            chunk: Bytes::new(),
            partial: BytesMut::new(),
        }
    }

    /// Lets packets of up to `max_skipped` bytes go by unread instead of refusing them.
    pub fn skipping(self, max_skipped: usize) -> Self {
        Self {
            max_skipped,
            ..self
        }
    }

    /// Packets that went by unread.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// The identifier of a QoS 1 message that went by: it is to be acknowledged like any other.
    pub fn take_unread(&mut self) -> Option<PacketId> {
        self.unread.pop_front()
    }

    /// Takes the next bytes of the stream. Take the frames out before the next push.
    pub fn push(&mut self, mut chunk: Bytes) {
        let skipped = self.skipping.min(chunk.len());
        self.skipping -= skipped;
        chunk.advance(skipped);
        if self.partial.is_empty() && self.chunk.is_empty() {
            self.chunk = chunk;
        } else {
            self.partial.extend_from_slice(&self.chunk);
            self.partial.extend_from_slice(&chunk);
            self.chunk = Bytes::new();
        }
    }

    /// The next whole frame; `None` when more bytes are needed.
    pub fn next_frame(&mut self) -> Result<Option<Bytes>, WireError> {
        let from_chunk = self.partial.is_empty();
        let available: &[u8] = if from_chunk {
            &self.chunk
        } else {
            &self.partial
        };
        let Some((header, remaining)) = header(available)? else {
            return Ok(None);
        };
        let len = header + remaining;
        if remaining > self.max_packet {
            if remaining > self.max_skipped {
                return Err(WireError::TooLarge(remaining));
            }
            if is_publish_1(available[0]) {
                match packet_id(&available[header..]) {
                    Some(id) => self.unread.extend(PacketId::new(id)),
                    None => return Ok(None),
                }
            }
            return self.skip(len);
        }
        if available.len() < len {
            return Ok(None);
        }
        Ok(Some(if from_chunk {
            self.chunk.split_to(len)
        } else {
            self.partial.split_to(len).freeze()
        }))
    }

    fn skip(&mut self, len: usize) -> Result<Option<Bytes>, WireError> {
        self.skipped += 1;
        // What is here belongs to one chunk or to the frame that it continued.
        let mut rest = match self.partial.is_empty() {
            true => std::mem::take(&mut self.chunk),
            false => self.partial.split().freeze(),
        };
        let here = len.min(rest.len());
        rest.advance(here);
        self.skipping = len - here;
        self.chunk = rest;
        self.next_frame()
    }
}

/// First byte and body of a whole frame.
pub(super) fn split(frame: &[u8]) -> Result<(u8, &[u8]), WireError> {
    match header(frame)? {
        Some((header, remaining)) if frame.len() == header + remaining => {
            Ok((frame[0], &frame[header..]))
        }
        _ => Err(WireError::Length),
    }
}

fn is_publish_1(first: u8) -> bool {
    first & 0b1111_0110 == 0b0011_0010
}

/// The packet identifier behind the topic of a PUBLISH; `None` when it has not come yet.
fn packet_id(body: &[u8]) -> Option<u16> {
    let (len, rest) = body.split_first_chunk::<2>()?;
    let rest = rest.get(usize::from(u16::from_be_bytes(*len))..)?;
    rest.first_chunk::<2>().map(|id| u16::from_be_bytes(*id))
}

/// Length of the fixed header and the remaining length; `None` when the header is not whole.
fn header(bytes: &[u8]) -> Result<Option<(usize, usize)>, WireError> {
    let mut remaining = 0;
    for index in 0..4 {
        let Some(&byte) = bytes.get(1 + index) else {
            return Ok(None);
        };
        remaining |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            // A longer form of a number than it needs is malformed.
            if byte == 0 && index > 0 {
                return Err(WireError::RemainingLength);
            }
            return Ok(Some((2 + index, remaining)));
        }
    }
    Err(WireError::RemainingLength)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(reader: &mut FrameReader) -> Vec<Vec<u8>> {
        let mut frames = Vec::new();
        while let Some(frame) = reader.next_frame().unwrap() {
            frames.push(frame.to_vec());
        }
        frames
    }

    #[test]
    fn a_stream_may_be_cut_anywhere() {
        let stream = [0xd0, 0, 0x30, 5, 0, 1, b'a', b'h', b'i', 0xc0, 0];
        for cut in 0..=stream.len() {
            let mut reader = FrameReader::new(100);
            reader.push(Bytes::copy_from_slice(&stream[..cut]));
            let mut seen = frames(&mut reader);
            reader.push(Bytes::copy_from_slice(&stream[cut..]));
            seen.extend(frames(&mut reader));
            assert_eq!(
                seen,
                [&stream[..2], &stream[2..9], &stream[9..]],
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn bytes_may_come_one_by_one_and_empty() {
        let mut reader = FrameReader::new(100);
        let mut seen = Vec::new();
        for byte in [0x30, 5, 0, 1, b'a', b'h', b'i'] {
            reader.push(Bytes::copy_from_slice(&[byte]));
            reader.push(Bytes::new());
            seen.extend(frames(&mut reader));
        }
        assert_eq!(seen, [[0x30, 5, 0, 1, b'a', b'h', b'i']]);
    }

    #[test]
    fn a_claim_of_256_megabytes_is_refused_from_its_header() {
        let mut reader = FrameReader::new(131_072);
        reader.push(Bytes::from_static(&[0x30, 0xff, 0xff, 0xff, 0x7f]));
        assert_eq!(reader.next_frame(), Err(WireError::TooLarge(268_435_455)));
    }

    #[test]
    fn an_over_long_packet_goes_by_and_the_next_one_is_read() {
        let mut stream = vec![0x30, 0xe8, 0x07];
        stream.extend_from_slice(&[b'x'; 1000]);
        stream.extend_from_slice(&[0xd0, 0]);
        for cut in 0..stream.len() {
            let mut reader = FrameReader::new(100).skipping(2000);
            reader.push(Bytes::copy_from_slice(&stream[..cut]));
            let mut seen = frames(&mut reader);
            reader.push(Bytes::copy_from_slice(&stream[cut..]));
            seen.extend(frames(&mut reader));
            assert_eq!(
                (seen, reader.skipped()),
                (vec![vec![0xd0, 0]], 1),
                "cut at {cut}"
            );
        }
        let mut reader = FrameReader::new(100).skipping(500);
        reader.push(Bytes::from(stream));
        assert_eq!(reader.next_frame(), Err(WireError::TooLarge(1000)));
    }

    #[test]
    fn a_message_of_qos_1_that_goes_by_leaves_its_identifier() {
        let mut stream = vec![0x32, 0xe8, 0x07, 0, 3, b'a', b'/', b'b', 0x12, 0x34];
        stream.resize(3 + 1000, b'x');
        stream.extend_from_slice(&[0xd0, 0]);
        for cut in 0..stream.len() {
            let mut reader = FrameReader::new(100).skipping(usize::MAX);
            reader.push(Bytes::copy_from_slice(&stream[..cut]));
            let mut seen = frames(&mut reader);
            reader.push(Bytes::copy_from_slice(&stream[cut..]));
            seen.extend(frames(&mut reader));
            assert_eq!(seen, [[0xd0, 0]], "cut at {cut}");
            assert_eq!(reader.take_unread(), PacketId::new(0x1234), "cut at {cut}");
            assert_eq!(reader.take_unread(), None);
        }
    }

    #[test]
    fn a_remaining_length_must_be_short_and_end() {
        for header in [&[0x30, 0x80, 0x00][..], &[0x30, 0xff, 0xff, 0xff, 0xff]] {
            let mut reader = FrameReader::new(131_072);
            reader.push(Bytes::copy_from_slice(header));
            assert_eq!(reader.next_frame(), Err(WireError::RemainingLength));
        }
    }
}
