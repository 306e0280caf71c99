//! Names of devices and their slots: each name is stored once and keeps its slot.
//!
//! Also puts names in the order in which people expect them: sim-2 before sim-10.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use super::Slot;

/// The longest name in bytes. AWS IoT allows 128; a whole topic may serve as a name.
pub(super) const MAX_NAME: usize = 512;

#[derive(Default)]
pub(super) struct Names {
    slots: HashMap<Arc<str>, Slot>,
    names: Vec<Name>,
}

struct Name {
    text: Arc<str>,
    /// In lower case; None when that is the same.
    lower: Option<Box<str>>,
}

impl Names {
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    pub(super) fn find(&self, name: &str) -> Option<Slot> {
        self.slots.get(name).copied()
    }

    /// Makes room at once: a table that grows step by step hashes every name again at each.
    pub(super) fn reserve(&mut self, names: usize) {
        self.slots.reserve(names);
        self.names.reserve(names);
    }

    /// Gives a name that is not there yet the next slot.
    pub(super) fn add(&mut self, name: &str) -> Slot {
        let slot = Slot(self.names.len() as u32);
        let text: Arc<str> = name.into();
        let lower = name.to_lowercase();
        self.slots.insert(text.clone(), slot);
        self.names.push(Name {
            text,
            lower: (lower != name).then(|| lower.into()),
        });
        slot
    }

    /// Empty for a slot that is not in use.
    pub(super) fn text(&self, slot: Slot) -> &str {
        self.names.get(slot.index()).map_or("", |name| &name.text)
    }

    /// The name in lower case.
    pub(super) fn lower(&self, slot: Slot) -> &str {
        self.names
            .get(slot.index())
            .map_or("", |name| name.lower.as_deref().unwrap_or(&*name.text))
    }

    /// By the numbers and letters of the names; equal for equal names only.
    pub(super) fn compare(&self, a: Slot, b: Slot) -> Ordering {
        natural_order(self.lower(a), self.lower(b)).then_with(|| self.text(a).cmp(self.text(b)))
    }
}

/// Compares text as text and the numbers in it as numbers; `07` and `7` are equal.
fn natural_order(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        let (Some(x), Some(y)) = (a.first(), b.first()) else {
            return a.len().cmp(&b.len());
        };
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (number_a, number_b) = (take_number(&mut a), take_number(&mut b));
            number_a
                .len()
                .cmp(&number_b.len())
                .then_with(|| number_a.cmp(number_b))
        } else {
            let order = x.cmp(y);
            (a, b) = (&a[1..], &b[1..]);
            order
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Takes the leading digits off and returns them without leading zeros.
fn take_number<'t>(text: &mut &'t [u8]) -> &'t [u8] {
    let end = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = text.split_at(end);
    *text = rest;
    let zeros = number.iter().take_while(|byte| **byte == b'0').count();
    &number[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(names: &[&str]) -> Vec<String> {
        let mut store = Names::default();
        let mut slots: Vec<_> = names.iter().map(|name| store.add(name)).collect();
        slots.sort_by(|a, b| store.compare(*a, *b));
        slots.iter().map(|slot| store.text(*slot).into()).collect()
    }

    #[test]
    fn numbers_inside_names_count_as_numbers() {
        assert_eq!(
            sorted(&[
                "sim-10", "Sim-2", "sim-1b", "sim-1", "sim-02", "a", "10", "9"
            ]),
            [
                "9", "10", "a", "sim-1", "sim-1b", "Sim-2", "sim-02", "sim-10"
            ]
        );
    }

    #[test]
    fn numbers_longer_than_any_machine_word_are_compared_too() {
        let (small, large) = (
            "x1".to_owned() + &"0".repeat(400),
            "x2".to_owned() + &"0".repeat(400),
        );
        assert_eq!(sorted(&[&large, &small]), [small, large]);
    }

    #[test]
    fn a_name_keeps_its_slot() {
        let mut names = Names::default();
        let first = names.add("Étage");
        let second = names.add("étage");
        assert_ne!(first, second);
        assert_eq!(names.find("Étage"), Some(first));
        assert_eq!(names.lower(first), "étage");
        assert_eq!(names.find("nobody"), None);
        assert_eq!(names.text(Slot(7)), "");
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_order_of_names_is_total(texts in prop::collection::vec("[aAbé0-2/:-]{0,5}", 3)) {
            let mut names = Names::default();
            let slots: Vec<_> = texts.iter().map(|text| names.add(text)).collect();
            let order = |a: usize, b: usize| names.compare(slots[a], slots[b]);
            prop_assert_eq!(order(0, 1), order(1, 0).reverse());
            prop_assert_eq!(order(0, 1).is_eq(), texts[0] == texts[1]);
            if order(0, 1).is_le() && order(1, 2).is_le() {
                prop_assert!(order(0, 2).is_le());
            }
        }
    }
}
