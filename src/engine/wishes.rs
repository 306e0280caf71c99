//! What a person wishes of one key, in the form in which its device writes such things.

use super::Engine;
use super::command::{FieldAddress, Wish};
use super::controls::{Subject, typed, value_of};
use super::frame::Control;
use crate::shadow::value::Value;
use crate::time::Now;

impl Engine {
    pub(super) fn desire(&mut self, field: FieldAddress, wish: Wish, now: Now) {
        if let Some(value) = self.wished(&field, wish) {
            self.wish(field, value, now);
        }
    }

    /// None: it is no value.
    fn wished(&self, field: &FieldAddress, wish: Wish) -> Option<Value> {
        let form = self.with_subject(field, |subject, _| subject.form().cloned());
        Some(match wish {
            Wish::Switch(on) => form.map_or(Value::Bool(on), |form| form.with_switch(on)),
            Wish::Value(view) => {
                let value = value_of(&view)?;
                form.map_or_else(|| value.clone(), |form| value.written_as(&form))
            }
            Wish::Remove => Value::Null,
        })
    }

    /// Wishes what is reported; where nothing ever was, the wish itself goes away. A wish that was never sent is only
    /// forgotten, unless another one stood before it.
    pub(super) fn take_back(&mut self, field: FieldAddress, now: Now) {
        let (reported, desired) = self.with_subject(&field, |subject, _| {
            (subject.reported.cloned(), subject.desired.cloned())
        });
        let is_settled = desired.is_none() || desired == reported;
        if is_settled && self.known.requests.forget_unsent(&field) {
            return self.known.refresh_named(&field.device, now);
        }
        self.wish(field, reported.unwrap_or(Value::Null), now);
    }

    pub(super) fn draft(&mut self, field: FieldAddress, text: Option<String>, now: Now) {
        let device = field.device.clone();
        match text {
            Some(text) => self.known.drafts.keep(field, text),
            None => self.known.drafts.discard(&field),
        }
        self.known.refresh_named(&device, now);
    }

    /// A draft with a fault stays, and so does one for a key that is only shown.
    pub(super) fn send_draft(&mut self, field: FieldAddress, now: Now) {
        let Some(text) = self.known.drafts.get(&field) else {
            return;
        };
        let value = self.with_subject(&field, |subject, control| match control {
            Control::None => None,
            control => typed(text, &control, subject.form()).ok(),
        });
        if let Some(value) = value {
            self.known.drafts.discard(&field);
            self.wish(field, value, now);
        }
    }

    fn wish(&mut self, field: FieldAddress, value: Value, now: Now) {
        let device = field.device.clone();
        self.known.requests.desire(field, value, now);
        self.known.refresh_named(&device, now);
    }

    /// Looks at a key as its panel does.
    fn with_subject<T>(
        &self,
        field: &FieldAddress,
        look: impl FnOnce(&Subject<'_>, Control) -> T,
    ) -> T {
        let known = &self.known;
        let slot = known.fleet.find(&field.device);
        let document = slot.and_then(|slot| known.shadows.document(slot, field.shadow.as_deref()));
        let subject = Subject {
            path: &field.path,
            reported: document
                .and_then(|document| document.reported.leaf(&field.path))
                .map(|stated| &stated.value),
            desired: document
                .and_then(|document| document.desired.leaf(&field.path))
                .map(|stated| &stated.value),
            wish: known.requests.change(field).map(|change| &change.wish),
            document,
        };
        let control = known.controls.fit(&subject);
        look(&subject, control)
    }
}
