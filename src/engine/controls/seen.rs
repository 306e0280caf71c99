//! The texts that devices use, path by path: where they are few and come again, they are choices. Knows no control.

use std::collections::HashMap;

use crate::fleet::Slot;
use crate::shadow::document::{Leaf, ShadowDocument};
use crate::shadow::value::Value;

/// Paths that are watched.
const MAX_PATHS: usize = 200;

/// Different texts of a path that are still a choice, and the characters of each.
const MAX_TEXTS: usize = 8;
const MAX_CHARS: usize = 32;

/// Two devices for each text make a choice: what is different on each device is a name.
const DEVICES_PER_TEXT: usize = 2;

#[derive(Debug, Default)]
pub(super) struct SeenTexts {
    /// By the keys of each path, joined by a character that no key holds in practice.
    paths: HashMap<Box<str>, Texts>,
    /// To look up without making a text each time.
    key: String,
}

/// None: too many, or too long, or no words.
type Texts = Option<Few>;

#[derive(Debug, Default)]
struct Few {
    /// In their order.
    texts: Vec<Box<str>>,
    /// The first devices that use any of them.
    devices: Vec<Slot>,
}

impl SeenTexts {
    pub(super) fn clear(&mut self) {
        self.paths.clear();
    }

    pub(super) fn learn(&mut self, slot: Slot, document: &ShadowDocument) {
        document.visit_leaves(&mut |leaf: Leaf<'_>| {
            for stated in leaf.reported.into_iter().chain(leaf.desired) {
                if let Value::Text(text) = &stated.value {
                    self.note(leaf.path, slot, text);
                }
            }
        });
    }

    fn note(&mut self, path: &[&str], slot: Slot, text: &str) {
        join(&mut self.key, path);
        let full = self.paths.len() >= MAX_PATHS;
        let Some(seen) = self.paths.get_mut(&*self.key) else {
            if !full {
                let mut first = Some(Few::default());
                note(&mut first, slot, text);
                self.paths.insert(self.key.as_str().into(), first);
            }
            return;
        };
        note(seen, slot, text);
    }

    /// The texts to choose from at a path. Empty: it is none to choose at.
    pub(super) fn choices(&self, path: &[String]) -> &[Box<str>] {
        let mut key = String::new();
        join(&mut key, path);
        let few = self.paths.get(&*key).and_then(Option::as_ref);
        let few = few.filter(|few| {
            few.texts.len() > 1 && few.devices.len() >= few.texts.len() * DEVICES_PER_TEXT
        });
        few.map_or(&[], |few| &few.texts)
    }
}

fn note(seen: &mut Texts, slot: Slot, text: &str) {
    let Some(few) = seen else { return };
    if let Err(place) = few.texts.binary_search_by(|known| known.as_ref().cmp(text)) {
        // Versions, times and identifiers have figures, and nobody chooses among those.
        let is_word = !text.is_empty() && !text.contains(|char: char| char.is_ascii_digit());
        if few.texts.len() == MAX_TEXTS || text.chars().nth(MAX_CHARS).is_some() || !is_word {
            *seen = None;
            return;
        }
        few.texts.insert(place, text.into());
    }
    if few.devices.len() < MAX_TEXTS * DEVICES_PER_TEXT && !few.devices.contains(&slot) {
        few.devices.push(slot);
    }
}

fn join(key: &mut String, path: &[impl AsRef<str>]) {
    key.clear();
    for part in path {
        key.push_str(part.as_ref());
        key.push('\0');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn see(seen: &mut SeenTexts, slot: u32, text: &str) {
        seen.note(&["mode"], Slot(slot), text);
    }

    fn choices(seen: &SeenTexts) -> Vec<&str> {
        let choices = seen.choices(&["mode".to_owned()]).iter();
        choices.map(|text| &**text).collect()
    }

    #[test]
    fn few_texts_that_come_again_on_other_devices_are_choices() {
        let mut seen = SeenTexts::default();
        for (slot, text) in ["normal", "eco", "eco"].iter().enumerate() {
            see(&mut seen, slot as u32, text);
        }
        assert!(choices(&seen).is_empty(), "three devices, two texts");
        see(&mut seen, 2, "normal");
        assert!(choices(&seen).is_empty(), "the same device again");
        see(&mut seen, 3, "normal");
        assert_eq!(choices(&seen), ["eco", "normal"]);
    }

    #[test]
    fn names_sentences_versions_and_many_texts_are_no_choices() {
        let check = |texts: &[&str]| {
            let mut seen = SeenTexts::default();
            for slot in 0..100 {
                see(&mut seen, slot, texts[slot as usize % texts.len()]);
            }
            assert!(choices(&seen).is_empty(), "{texts:?}");
        };
        check(&["a", "b", "c", "d", "e", "f", "g", "h", "i"]);
        check(&["a", &"b".repeat(33)]);
        check(&["1.2.3", "1.2.4"]);
        check(&["always the same"]);
        check(&["", "a"]);
    }

    #[test]
    fn paths_from_the_network_are_bounded() {
        let mut seen = SeenTexts::default();
        for n in 0..1000 {
            seen.note(&[&format!("key{n}")], Slot(0), "on");
        }
        assert_eq!(seen.paths.len(), MAX_PATHS);
    }
}
