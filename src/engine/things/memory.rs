//! The form in which known things are kept from one time to the next: bytes out, bytes in. It knows no storage.
//!
//! Eight bytes name the form and its version, four say how many things there are; blocks of at most [`BLOCK`] things follow, each with its length and a
//! checksum. A block that is damaged, cut or of another form ends the reading: what came before it counts. All
//! numbers are little-endian. There is no secret and no payload in it.

use crate::fleet::Remembered;
use crate::fleet::silent::Place;
use crate::geo::World;
use crate::time::UnixMillis;

/// Things of one block: as many as are worked in at a time.
pub(super) const BLOCK: usize = 1024;

/// Things that are kept at all.
pub(super) const MAX_THINGS: usize = 200_000;

/// Bytes of the whole. A fleet of the most devices with names of usual length takes a third.
pub(super) const MAX_BYTES: usize = 32 << 20;

/// Of one thing.
const MAX_NAME: usize = 512;
const MAX_SHADOWS: usize = 64;
const MAX_SHADOW_NAME: usize = 64;

/// The last byte is the version of the form.
const FORM: &[u8; 8] = b"gnomon\x01\x01";

/// Before the first block.
const START: usize = FORM.len() + 4;

/// Before each block: its length, its checksum.
const HEAD: usize = 12;

const SEEN: u8 = 1;
const PLACED: u8 = 2;
const OWN_CLOCK: u8 = 4;
const CLASSIC: u8 = 8;
const NAMED: u8 = 16;

/// One thing, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) name: String,
    pub(super) past: Remembered,
    /// None: the classic one.
    pub(super) shadows: Vec<Option<Box<str>>>,
}

/// Writes block by block.
pub(super) struct Writer {
    bytes: Vec<u8>,
    /// Where the open block begins, and how many things are in it.
    block: usize,
    in_block: usize,
    things: usize,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self {
            bytes: [&FORM[..], &[0; 4]].concat(),
            block: 0,
            in_block: 0,
            things: 0,
        }
    }

    /// False when there is no room for it.
    pub(super) fn push(&mut self, name: &str, past: &Remembered, shadows: &[Option<&str>]) -> bool {
        let fits = !name.is_empty() && name.len() <= MAX_NAME;
        if !fits || self.things >= MAX_THINGS || self.bytes.len() >= MAX_BYTES - 2 * MAX_ENTRY {
            return false;
        }
        if self.in_block == 0 {
            self.block = self.bytes.len();
            self.bytes.extend_from_slice(&[0; HEAD]);
        }
        self.entry(name, past, shadows);
        self.things += 1;
        self.in_block += 1;
        if self.in_block == BLOCK {
            self.close();
        }
        true
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.close();
        let count = (self.things as u32).to_le_bytes();
        self.bytes[FORM.len()..START].copy_from_slice(&count);
        self.bytes
    }

    fn entry(&mut self, name: &str, past: &Remembered, shadows: &[Option<&str>]) {
        let seen = past.last_seen.0 > 0;
        let named = shadows.iter().flatten().take(MAX_SHADOWS);
        let named = named.filter(|name| (1..=MAX_SHADOW_NAME).contains(&name.len()));
        let count = named.clone().count() as u8;
        let own_clock = past.place.is_some_and(|place| place.own_clock);
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        let flags = flag(seen, SEEN)
            | flag(past.place.is_some(), PLACED)
            | flag(own_clock, OWN_CLOCK)
            | flag(shadows.contains(&None), CLASSIC)
            | flag(count > 0, NAMED);
        let out = &mut self.bytes;
        out.push(flags);
        out.extend_from_slice(&(name.len() as u16).to_le_bytes());
        out.extend_from_slice(name.as_bytes());
        if seen {
            out.extend_from_slice(&past.last_seen.0.to_le_bytes());
        }
        if let Some(place) = past.place {
            out.extend_from_slice(&place.world.x.to_le_bytes());
            out.extend_from_slice(&place.world.y.to_le_bytes());
            out.extend_from_slice(&place.at.0.to_le_bytes());
        }
        if count > 0 {
            out.push(count);
            for name in named {
                out.push(name.len() as u8);
                out.extend_from_slice(name.as_bytes());
            }
        }
    }

    fn close(&mut self) {
        if self.in_block == 0 {
            return;
        }
        let (start, body) = (self.block, self.block + HEAD);
        let length = (self.bytes.len() - body) as u32;
        let sum = checksum(&self.bytes[body..]);
        self.bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
        self.bytes[start + 4..body].copy_from_slice(&sum.to_le_bytes());
        self.in_block = 0;
    }
}

/// The longest entry, in bytes.
const MAX_ENTRY: usize = 32 + MAX_NAME + MAX_SHADOWS * (MAX_SHADOW_NAME + 1);

/// Whether bytes are of this form at all.
pub(super) fn is_known(bytes: &[u8]) -> bool {
    (START..=MAX_BYTES).contains(&bytes.len()) && bytes.starts_with(FORM)
}

/// How many things there should be. Not to be trusted, only good for making room.
pub(super) fn count(bytes: &[u8]) -> usize {
    let count = bytes.get(FORM.len()..).and_then(<[u8]>::first_chunk);
    count.map_or(0, |count| u32::from_le_bytes(*count) as usize)
}

/// Reads the block at `at`, which begins as 0, and moves `at` behind it. None at the end, and where the bytes cannot be
/// what was written.
pub(super) fn read_block(bytes: &[u8], at: &mut usize) -> Option<Vec<Kept>> {
    if *at == 0 {
        *at = START;
    }
    let mut head = bytes.get(*at..)?;
    let length = u32::from_le_bytes(take(&mut head)?) as usize;
    let sum = u64::from_le_bytes(take(&mut head)?);
    let mut body = head.get(..length).filter(|body| !body.is_empty())?;
    if checksum(body) != sum {
        return None;
    }
    let mut things = Vec::new();
    while !body.is_empty() {
        if things.len() == BLOCK {
            return None;
        }
        things.push(read_entry(&mut body)?);
    }
    *at += HEAD + length;
    Some(things)
}

fn read_entry(body: &mut &[u8]) -> Option<Kept> {
    let [flags] = take(body)?;
    let length = u16::from_le_bytes(take(body)?) as usize;
    let name = read_text(body, length, MAX_NAME)?;
    let mut kept = Kept {
        name: name.to_owned(),
        ..Kept::default()
    };
    if flags & SEEN != 0 {
        kept.past.last_seen = UnixMillis(i64::from_le_bytes(take(body)?));
    }
    if flags & PLACED != 0 {
        kept.past.place = Some(Place {
            world: World {
                x: u32::from_le_bytes(take(body)?),
                y: u32::from_le_bytes(take(body)?),
            },
            at: UnixMillis(i64::from_le_bytes(take(body)?)),
            own_clock: flags & OWN_CLOCK != 0,
        });
    }
    if flags & CLASSIC != 0 {
        kept.shadows.push(None);
    }
    if flags & NAMED != 0 {
        let [count] = take(body)?;
        if count as usize > MAX_SHADOWS {
            return None;
        }
        for _ in 0..count {
            let [length] = take(body)?;
            let name = read_text(body, length.into(), MAX_SHADOW_NAME)?;
            kept.shadows.push(Some(name.into()));
        }
    }
    Some(kept)
}

fn read_text<'a>(body: &mut &'a [u8], length: usize, longest: usize) -> Option<&'a str> {
    let text = body
        .get(..length)
        .filter(|_| (1..=longest).contains(&length))?;
    *body = &body[length..];
    std::str::from_utf8(text).ok()
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*first)
}

/// FNV-1a, eight bytes at a time: against accidents, not against people.
fn checksum(bytes: &[u8]) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325 ^ bytes.len() as u64;
    let mut words = bytes.chunks_exact(8);
    let mut mix = |word: u64| {
        sum = (sum ^ word)
            .wrapping_mul(0x0000_0100_0000_01b3)
            .rotate_left(29)
    };
    for word in &mut words {
        mix(word.try_into().map_or(0, u64::from_le_bytes));
    }
    words
        .remainder()
        .iter()
        .for_each(|byte| mix((*byte).into()));
    sum
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kept(name: &str, last_seen: i64, place: Option<(u32, bool)>, named: &[&str]) -> Kept {
        let mut shadows: Vec<Option<Box<str>>> = vec![None];
        shadows.extend(named.iter().map(|name| Some((*name).into())));
        Kept {
            name: name.to_owned(),
            past: Remembered {
                last_seen: UnixMillis(last_seen),
                place: place.map(|(x, own_clock)| Place {
                    world: World { x, y: !x },
                    at: UnixMillis(last_seen - 5),
                    own_clock,
                }),
            },
            shadows,
        }
    }

    fn written(things: &[Kept]) -> Vec<u8> {
        let mut writer = Writer::new();
        for thing in things {
            let shadows: Vec<_> = thing.shadows.iter().map(Option::as_deref).collect();
            assert!(writer.push(&thing.name, &thing.past, &shadows));
        }
        writer.finish()
    }

    fn read(bytes: &[u8]) -> Vec<Kept> {
        let (mut things, mut at) = (Vec::new(), 0);
        while is_known(bytes)
            && let Some(block) = read_block(bytes, &mut at)
        {
            things.extend(block);
        }
        things
    }

    fn fleet(things: usize) -> Vec<Kept> {
        let thing = |n: usize| {
            let place = (!n.is_multiple_of(3)).then_some((n as u32 * 7919, n.is_multiple_of(2)));
            let named: &[&str] = if n.is_multiple_of(5) {
                &["cfg", "fw"]
            } else {
                &[]
            };
            kept(&format!("pump-{n}"), n as i64 * 1000, place, named)
        };
        (0..things).map(thing).collect()
    }

    #[test]
    fn what_was_written_is_read_again_over_many_blocks() {
        for things in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7] {
            let things = fleet(things);
            assert_eq!(read(&written(&things)), things);
            assert_eq!(count(&written(&things)), things.len());
        }
        let silent = Kept {
            name: "é".repeat(256),
            ..Kept::default()
        };
        assert_eq!(read(&written(std::slice::from_ref(&silent))), [silent]);
    }

    #[test]
    fn a_file_that_was_cut_gives_whole_blocks_or_nothing() {
        let things = fleet(2 * BLOCK + 3);
        let bytes = written(&things);
        for cut in (0..bytes.len()).step_by(97) {
            let read = read(&bytes[..cut]);
            assert!([0, BLOCK, 2 * BLOCK].contains(&read.len()), "{cut}");
            assert_eq!(read, things[..read.len()]);
        }
    }

    #[test]
    fn what_is_foreign_or_newer_is_ignored() {
        let mut bytes = written(&fleet(3));
        assert!(is_known(&bytes));
        bytes[7] += 1;
        assert!(!is_known(&bytes));
        for foreign in [
            &b""[..],
            b"gnomon",
            b"{\"things\":[]}",
            b"PNG\r\n\x1a\n1234567890",
        ] {
            assert!(!is_known(foreign));
        }
    }

    #[test]
    fn there_is_an_end_to_it() {
        let mut writer = Writer::new();
        let past = Remembered::default();
        assert!(!writer.push("", &past, &[]));
        assert!(!writer.push(&"x".repeat(513), &past, &[]));
        let shadows: Vec<String> = (0..64).map(|n| format!("{n:064}")).collect();
        let shadows: Vec<_> = shadows.iter().map(|name| Some(&**name)).collect();
        let mut things = 0;
        while writer.push(&"x".repeat(512), &past, &shadows) {
            things += 1;
        }
        let bytes = writer.finish();
        assert!(bytes.len() <= MAX_BYTES && things > 6_000, "{things}");
        assert_eq!(read(&bytes).len(), things);
        let mut writer = Writer::new();
        let names = (0..MAX_THINGS + 5).filter(|n| writer.push(&n.to_string(), &past, &[]));
        assert_eq!(names.count(), MAX_THINGS);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(
            mut bytes in prop::collection::vec(any::<u8>(), 0..400),
            known in any::<bool>(),
        ) {
            if known {
                bytes.splice(0..0, *FORM);
                count(&bytes);
            }
            read(&bytes);
        }

        #[test]
        fn a_body_of_any_bytes_with_a_true_checksum_is_read_without_harm(
            body in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let mut bytes = [&FORM[..], &[0xff; 4]].concat();
            bytes.extend((body.len() as u32).to_le_bytes());
            bytes.extend(checksum(&body).to_le_bytes());
            bytes.extend(&body);
            for thing in read(&bytes) {
                prop_assert!((1..=MAX_NAME).contains(&thing.name.len()));
                prop_assert!(thing.shadows.len() <= MAX_SHADOWS + 1);
            }
        }

        #[test]
        fn a_changed_byte_costs_its_block_and_what_follows(at in 0usize..1000, change in 1u8..) {
            let things = fleet(2 * BLOCK);
            let mut bytes = written(&things);
            // Nothing rests on the count.
            let at = START + at * (bytes.len() - START) / 1000;
            bytes[at] ^= change;
            let read = read(&bytes);
            prop_assert!([0, BLOCK].contains(&read.len()));
            prop_assert_eq!(&read[..], &things[..read.len()]);
        }
    }
}
