//! What people entered and have not sent. It lives as long as the page, also where no panel shows it.

use std::collections::BTreeMap;

use super::command::FieldAddress;

/// Bytes of one text: a document has no room for a longer one.
const MAX_BYTES: usize = 8192;

const MAX_DRAFTS: usize = 1000;

#[derive(Debug, Default)]
pub(super) struct Drafts {
    /// Those of a shadow, and of a device, stand together.
    of: BTreeMap<FieldAddress, String>,
}

impl Drafts {
    pub(super) fn get(&self, field: &FieldAddress) -> Option<&str> {
        self.of.get(field).map(|text| &**text)
    }

    /// What is too long, or one too many, is not kept.
    pub(super) fn keep(&mut self, field: FieldAddress, text: String) {
        let has_room = self.of.len() < MAX_DRAFTS || self.of.contains_key(&field);
        if text.len() <= MAX_BYTES && has_room {
            self.of.insert(field, text);
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
