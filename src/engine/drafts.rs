//! What people entered and have not sent. It lives as long as the page, also where no panel shows it.

use std::collections::BTreeMap;

use super::command::FieldAddress;

/// Bytes of one text: a document has no room for a longer one.
const MAX_BYTES: usize = 8192;

const MAX_DRAFTS: usize = 1000;

#[derive(Debug, Default)]
pub(super) struct Drafts {
    /// Those of a shadow, and of a device, stand together.
    of: BTreeMap<FieldAddress, Draft>,
}

#[derive(Debug, Default)]
struct Draft {
    text: String,
    /// A longer text was entered since, which was not kept.
    too_long: bool,
}

impl Drafts {
    pub(super) fn get(&self, field: &FieldAddress) -> Option<&str> {
        self.of.get(field).map(|draft| &*draft.text)
    }

    /// Whether the newest text was too long, and this is the one before it.
    pub(super) fn is_too_long(&self, field: &FieldAddress) -> bool {
        self.of.get(field).is_some_and(|draft| draft.too_long)
    }

    /// In place of what is too long the text of before stays. One too many is not kept.
    pub(super) fn keep(&mut self, field: FieldAddress, text: String) {
        let has_room = self.of.len() < MAX_DRAFTS || self.of.contains_key(&field);
        if has_room {
            let draft = self.of.entry(field).or_default();
            draft.too_long = text.len() > MAX_BYTES;
            if !draft.too_long {
                draft.text = text;
            }
        }
    }

    pub(super) fn discard(&mut self, field: &FieldAddress) {
        self.of.remove(field);
    }

    /// In the order of shadows and paths.
    pub(super) fn of_device(&self, device: &str) -> impl Iterator<Item = &FieldAddress> {
        let first = FieldAddress {
            device: device.to_owned(),
            shadow: None,
            path: Vec::new(),
        };
        let from = self.of.range(first..).map(|(field, _)| field);
        from.take_while(move |field| field.device == device)
    }

    pub(super) fn clear(&mut self) {
        self.of.clear();
    }
}
