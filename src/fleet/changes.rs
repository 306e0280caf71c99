//! Which slots changed since the page last asked, in blocks that go straight into its buffers.

use super::{Fleet, Slot, SlotRun};

/// Slots of one block: the unit that is sent again when any of it changed.
const BLOCK: u32 = 1024;

/// One bit for each block.
#[derive(Default)]
pub(super) struct Dirty {
    words: Vec<u64>,
}

/// Slots to draw anew, in the shape of a frame update.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// Ascending, without overlap, with a gap between any two, all of it in use.
    pub runs: Vec<SlotRun>,
    /// x and y of each slot of each run, one after the other.
    pub positions: Vec<u32>,
    /// The mark of each slot of each run.
    pub marks: Vec<u8>,
}

impl Dirty {
    pub(super) fn mark(&mut self, slot: Slot) {
        let block = (slot.0 / BLOCK) as usize;
        if self.words.len() <= block / 64 {
            self.words.resize(block / 64 + 1, 0);
        }
        self.words[block / 64] |= 1 << (block % 64);
    }

    /// Returns the marked slots below `len` and forgets the marks.
    fn take(&mut self, len: u32) -> Vec<SlotRun> {
        let mut runs: Vec<SlotRun> = Vec::new();
        for block in 0..len.div_ceil(BLOCK) {
            let word = self.words.get((block / 64) as usize).copied();
            if word.unwrap_or(0) >> (block % 64) & 1 == 0 {
                continue;
            }
            let first = block * BLOCK;
            let size = BLOCK.min(len - first);
            match runs.last_mut() {
                Some(last) if last.first + last.len == first => last.len += size,
                _ => runs.push(SlotRun { first, len: size }),
            }
        }
        self.words.fill(0);
        runs
    }
}

impl Fleet {
    /// The slots that changed since the last call, or all of them for a page that holds nothing.
    pub fn take_changes(&mut self, fresh: bool) -> Changes {
        let len = self.len();
        let mut runs = self.dirty.take(len);
        if fresh {
            runs.clear();
            runs.extend((len > 0).then_some(SlotRun { first: 0, len }));
        }
        let slots: usize = runs.iter().map(|run| run.len as usize).sum();
        let mut positions = Vec::with_capacity(slots * 2);
        let mut marks = Vec::with_capacity(slots * 4);
        for run in &runs {
            let range = run.first as usize..(run.first + run.len) as usize;
            positions.extend_from_slice(self.positions[range.clone()].as_flattened());
            marks.extend_from_slice(self.marks[range].as_flattened());
        }
        Changes {
            runs,
            positions,
            marks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::Limits;

    fn run(first: u32, len: u32) -> SlotRun {
        SlotRun { first, len }
    }

    fn fleet_of(devices: u32) -> Fleet {
        let mut fleet = Fleet::new(Limits::default());
        for device in 0..devices {
            fleet.intern(&format!("sim-{device}")).unwrap();
        }
        fleet.take_changes(false);
        fleet
    }

    #[test]
    fn adjacent_blocks_become_one_run_that_ends_with_the_used_slots() {
        let mut fleet = fleet_of(5000);
        for slot in [0, 1030, 3072, 4999] {
            fleet.dirty.mark(Slot(slot));
        }
        let changes = fleet.take_changes(false);
        assert_eq!(changes.runs, [run(0, 2048), run(3072, 1928)]);
        assert_eq!(changes.positions.len(), 3976 * 2);
        assert_eq!(changes.marks.len(), 3976 * 4);
        assert_eq!(fleet.take_changes(false), Changes::default());
    }

    #[test]
    fn a_fresh_page_gets_everything_once() {
        let mut fleet = fleet_of(5000);
        fleet.dirty.mark(Slot(7));
        assert_eq!(fleet.take_changes(true).runs, [run(0, 5000)]);
        assert_eq!(fleet.take_changes(false).runs, []);
        assert_eq!(Fleet::default().take_changes(true).runs, []);
    }

    #[test]
    fn blocks_far_apart_are_found() {
        let mut fleet = fleet_of(200_000);
        fleet.dirty.mark(Slot(70 * BLOCK));
        fleet.dirty.mark(Slot(199_999));
        let expected = [
            run(70 * BLOCK, BLOCK),
            run(195 * BLOCK, 200_000 - 195 * BLOCK),
        ];
        assert_eq!(fleet.take_changes(false).runs, expected);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use proptest::prelude::*;

    use super::*;
    use crate::fleet::fixture::{after, fix_with_speed};
    use crate::fleet::view::Badge;

    /// The buffers of a page, kept up to date by changes alone.
    #[derive(Default, PartialEq, Debug)]
    struct Page {
        positions: Vec<u32>,
        marks: Vec<u8>,
    }

    impl Page {
        fn draw(&mut self, changes: &Changes, slots: u32) {
            self.positions.resize(slots as usize * 2, 0xdead);
            self.marks.resize(slots as usize * 4, 0xee);
            let (mut positions, mut marks) = (&changes.positions[..], &changes.marks[..]);
            for run in &changes.runs {
                let (first, len) = (run.first as usize, run.len as usize);
                let (head, rest) = positions.split_at(len * 2);
                self.positions[first * 2..][..len * 2].copy_from_slice(head);
                positions = rest;
                let (head, rest) = marks.split_at(len * 4);
                self.marks[first * 4..][..len * 4].copy_from_slice(head);
                marks = rest;
            }
            assert!(positions.is_empty() && marks.is_empty());
        }
    }

    fn act(fleet: &mut Fleet, action: u8, device: u32, time: i64) {
        let Some(slot) = fleet.intern(&device.to_string()) else {
            return;
        };
        let (lng, lat) = (f64::from(device % 360) - 180.0, (time % 80) as f64);
        match action {
            0..4 => fleet.apply_fix(
                slot,
                &fix_with_speed(lng, lat, (time % 2) as f32),
                after(time),
            ),
            4 => fleet.touch(slot, after(time)),
            5 => fleet.set_offline(slot, time % 2 == 0),
            6 => fleet.set_alarm(slot, (time % 2 == 0).then_some(("key", "value"))),
            7 => fleet.set_badge(slot, Badge::Differs(1)),
            8 => fleet.tick(after(time)),
            // Many devices at once, so that there is more than one block.
            _ => (0..device * 2).for_each(|other| {
                fleet.intern(&other.to_string());
            }),
        }
    }

    proptest! {
        #[test]
        fn changes_reproduce_the_arrays_after_any_sequence(
            actions in prop::collection::vec((0u8..10, 0u32..3000, 0i64..300, any::<bool>()), 0..40)
        ) {
            let mut fleet = Fleet::default();
            let mut page = Page::default();
            for (action, device, time, look) in actions {
                act(&mut fleet, action, device, time);
                if !look {
                    continue;
                }
                let changes = fleet.take_changes(false);
                let gaps = changes.runs.windows(2).all(|pair| pair[0].first + pair[0].len < pair[1].first);
                prop_assert!(gaps);
                prop_assert!(changes.runs.last().is_none_or(|run| run.first + run.len <= fleet.len()));
                page.draw(&changes, fleet.len());
                let truth = Page {
                    positions: fleet.positions.as_flattened().to_vec(),
                    marks: fleet.marks.as_flattened().to_vec(),
                };
                prop_assert_eq!(&page, &truth);
            }
        }
    }
}
