//! The last text that each device sent, within a budget of bytes for the whole fleet.

use std::collections::{HashMap, VecDeque};

use super::{LastMessage, Slot};
use crate::time::UnixMillis;

/// Characters of one text, and of its topic, that are kept.
const MAX_CHARS: usize = 1000;

/// Beyond it the device that has had a text for longest loses it.
const BUDGET: usize = 16 * 1024 * 1024;

/// What an entry costs beside its text, in bytes, roughly.
const OVERHEAD: usize = 128;

#[derive(Default)]
pub(super) struct Texts {
    by_slot: HashMap<Slot, LastMessage>,
    /// Every key of `by_slot`, by the time of its first text.
    order: VecDeque<Slot>,
    bytes: usize,
}

impl Texts {
    pub(super) fn insert(&mut self, slot: Slot, topic: &str, text: &str, at: UnixMillis) {
        let message = LastMessage {
            topic: cut(topic, MAX_CHARS).into(),
            text: cut(text, MAX_CHARS).into(),
            at,
        };
        self.bytes += cost(&message);
        match self.by_slot.insert(slot, message) {
            Some(old) => self.bytes -= cost(&old),
            None => self.order.push_back(slot),
        }
        while self.bytes > BUDGET {
            let oldest = self.order.pop_front();
            match oldest.and_then(|slot| self.by_slot.remove(&slot)) {
                Some(old) => self.bytes -= cost(&old),
                None => break,
            }
        }
    }

    pub(super) fn of(&self, slot: Slot) -> Option<&LastMessage> {
        self.by_slot.get(&slot)
    }
}

fn cost(message: &LastMessage) -> usize {
    OVERHEAD + message.topic.len() + message.text.len()
}

/// The first `chars` characters.
pub(super) fn cut(text: &str, chars: usize) -> &str {
    match text.char_indices().nth(chars) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_newest_text_cut_at_a_thousand_characters() {
        let mut texts = Texts::default();
        texts.insert(Slot(3), "topic_1", "Hello mqtt", UnixMillis(1));
        texts.insert(Slot(3), "topic_1", &"京".repeat(2000), UnixMillis(2));
        let message = texts.of(Slot(3)).unwrap();
        assert_eq!(message.text, "京".repeat(1000));
        assert_eq!(message.at, UnixMillis(2));
        assert_eq!(texts.of(Slot(4)), None);
    }

    #[test]
    fn a_flood_of_texts_stays_within_the_budget() {
        let mut texts = Texts::default();
        let long = "x".repeat(MAX_CHARS);
        for slot in 0..20_000 {
            texts.insert(Slot(slot), "t", &long, UnixMillis(0));
        }
        assert!(texts.bytes <= BUDGET);
        assert_eq!(texts.bytes, texts.by_slot.values().map(cost).sum::<usize>());
        assert_eq!(texts.order.len(), texts.by_slot.len());
        assert_eq!(texts.of(Slot(0)), None);
        assert!(texts.of(Slot(19_999)).is_some());
    }
}
