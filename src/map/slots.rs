//! Every device slot as the page knows it: position and mark, filled from frames, and which stretches of them the
//! graphics card must be told of.

use std::ops::Range;

use crate::engine::frame::FrameUpdate;
use crate::geo::{Bounds, World};

/// Bytes of a mark: shape, heading, badge, and one that is always 0.
pub const MARK_BYTES: usize = 4;
/// Shapes as the first byte names them.
const NOTHING: u8 = 0;
pub const ALARM: u8 = 5;

/// One upload with a few slots too many is cheaper than two uploads.
const MERGE_GAP: usize = 256;

#[derive(Debug, Default)]
pub struct Slots {
    /// x and y of each slot, one after the other, as the card takes them.
    positions: Vec<u32>,
    marks: Vec<u8>,
    special: Special,
}

/// The slots that are drawn once more above the others, in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Special {
    pub alarms: Vec<u32>,
    /// With a badge.
    pub badges: Vec<u32>,
}

/// What an update changed.
#[derive(Debug, Default, PartialEq)]
pub struct Change {
    /// The slots to upload, in ascending order.
    pub uploads: Vec<Range<usize>>,
    /// Others than before are special.
    pub special: bool,
    /// There are more or fewer slots than before.
    pub len: bool,
}

impl Slots {
    pub fn len(&self) -> usize {
        self.marks.len() / MARK_BYTES
    }

    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    pub fn positions(&self, slots: Range<usize>) -> &[u32] {
        self.positions
            .get(slots.start * 2..slots.end * 2)
            .unwrap_or_default()
    }

    pub fn marks(&self, slots: Range<usize>) -> &[u8] {
        self.marks
            .get(slots.start * MARK_BYTES..slots.end * MARK_BYTES)
            .unwrap_or_default()
    }

    pub fn special(&self) -> &Special {
        &self.special
    }

    /// Where a slot is drawn; None when it is not.
    pub fn position(&self, slot: u32) -> Option<World> {
        let slot = slot as usize;
        let drawn = *self.marks.get(slot * MARK_BYTES)? != NOTHING;
        let [x, y] = *self.positions.get(slot * 2..)?.first_chunk()?;
        drawn.then_some(World { x, y })
    }

    /// The badge of a slot: 0 none, 1 on its way, 2 differs.
    pub fn badge(&self, slot: u32) -> u8 {
        let byte = slot as usize * MARK_BYTES + 2;
        self.marks.get(byte).copied().unwrap_or_default()
    }

    /// How many drawn slots lie in the bounds.
    pub fn count_in(&self, bounds: Bounds) -> usize {
        let positions = self.positions.as_chunks().0.iter();
        let shapes = self.marks.iter().step_by(MARK_BYTES);
        positions
            .zip(shapes)
            .filter(|&(&[x, y], &shape)| shape != NOTHING && bounds.contains(World { x, y }))
            .count()
    }

    pub fn apply(&mut self, update: &FrameUpdate) -> Change {
        let slots = update.view.slots as usize;
        let mut change = Change {
            len: slots != self.len(),
            ..Change::default()
        };
        self.positions.resize(slots * 2, 0);
        self.marks.resize(slots * MARK_BYTES, 0);
        let mut taken = 0;
        for run in &update.runs {
            let (first, len) = (run.first as usize, run.len as usize);
            let (source, target) = (taken..taken + len, first..first + len);
            if self.copy(update, source, target.clone()).is_none() {
                break;
            }
            taken += len;
            match change.uploads.last_mut() {
                Some(last) if target.start <= last.end + MERGE_GAP => last.end = target.end,
                _ => change.uploads.push(target),
            }
        }
        if change.len || !change.uploads.is_empty() {
            let special = self.find_special();
            change.special = special != self.special;
            self.special = special;
        }
        change
    }

    fn find_special(&self) -> Special {
        let mut special = Special::default();
        let marks = self.marks.as_chunks::<MARK_BYTES>().0;
        for (slot, [shape, _, badge, _]) in (0..).zip(marks) {
            if *shape == ALARM {
                special.alarms.push(slot);
            }
            if *badge != 0 && *shape != NOTHING {
                special.badges.push(slot);
            }
        }
        special
    }

    /// None when the update is shorter than its runs say, or a run reaches past the last slot.
    fn copy(
        &mut self,
        update: &FrameUpdate,
        source: Range<usize>,
        target: Range<usize>,
    ) -> Option<()> {
        let scaled = |range: &Range<usize>, by: usize| range.start * by..range.end * by;
        let positions = update.positions.get(scaled(&source, 2))?;
        let marks = update.marks.get(scaled(&source, MARK_BYTES))?;
        self.positions
            .get_mut(scaled(&target, 2))?
            .copy_from_slice(positions);
        self.marks
            .get_mut(scaled(&target, MARK_BYTES))?
            .copy_from_slice(marks);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::frame::{FrameView, SlotRun};

    /// Each run as its first slot and the shapes of its slots; a slot stands at its own number.
    fn update(slots: u32, runs: &[(u32, &[u8])]) -> FrameUpdate {
        let mut update = FrameUpdate {
            view: FrameView {
                slots,
                ..Default::default()
            },
            ..Default::default()
        };
        for &(first, shapes) in runs {
            let len = shapes.len() as u32;
            update.runs.push(SlotRun { first, len });
            update
                .positions
                .extend((first..first + len).flat_map(|slot| [slot, slot]));
            update
                .marks
                .extend(shapes.iter().flat_map(|&shape| [shape, 0, 1, 0]));
        }
        update
    }

    #[test]
    fn runs_land_in_their_slots() {
        let mut slots = Slots::default();
        slots.apply(&update(10, &[(2, &[1, 2]), (7, &[3])]));
        assert_eq!(slots.position(3), Some(World { x: 3, y: 3 }));
        assert_eq!(slots.position(7), Some(World { x: 7, y: 7 }));
        assert_eq!(slots.position(5), None);
        assert_eq!(slots.position(10), None);
        assert_eq!((slots.badge(2), slots.badge(5)), (1, 0));
    }

    #[test]
    fn near_runs_are_uploaded_together_and_far_ones_apart() {
        let mut slots = Slots::default();
        let change = slots.apply(&update(2000, &[(2, &[1]), (100, &[1, 1]), (1500, &[1])]));
        assert_eq!(change.uploads, [2..102, 1500..1501]);
        assert!(change.len && change.special);
    }

    #[test]
    fn alarms_and_badges_come_and_go() {
        let mut slots = Slots::default();
        assert!(
            slots
                .apply(&update(9, &[(1, &[5, 1, 5]), (8, &[5])]))
                .special
        );
        assert_eq!(slots.special().alarms, [1, 3, 8]);
        assert_eq!(slots.special().badges, [1, 2, 3, 8]);
        assert!(slots.apply(&update(8, &[(1, &[2, 0])])).special);
        assert_eq!(slots.special().alarms, [3]);
        assert_eq!(slots.special().badges, [1, 3]);
        assert!(!slots.apply(&update(8, &[(1, &[1, 0, 5])])).special);
    }

    #[test]
    fn an_update_that_contradicts_itself_changes_nothing_beyond_its_sound_part() {
        let mut slots = Slots::default();
        let change = slots.apply(&update(4, &[(0, &[1]), (3, &[1, 1])]));
        assert_eq!(change.uploads.first(), Some(&(0..1)));
        assert_eq!(change.uploads.len(), 1);
        let mut short = update(4, &[(0, &[2, 2])]);
        short.positions.pop();
        assert!(slots.apply(&short).uploads.is_empty());
        assert_eq!(slots.marks(0..1), [1, 0, 1, 0]);
    }

    #[test]
    fn only_drawn_slots_in_the_bounds_count() {
        let mut slots = Slots::default();
        slots.apply(&update(9, &[(0, &[1, 0, 1, 1, 1])]));
        let bounds = Bounds {
            north_west: World { x: 1, y: 1 },
            width: 2,
            height: 2,
        };
        assert_eq!(slots.count_in(bounds), 2);
    }
}
