//! The selected device, as its panel shows it.

use super::command::FieldAddress;
use super::frame::{
    ChangeView, Control, DeviceView, FieldView, Selected, ShadowView, Stage, SwitchView, ValueKind,
    ValueView,
};
use super::known::Known;
use crate::fleet::Slot;
use crate::shadow::document::{Leaf, ShadowDocument, Stated};
use crate::shadow::requests::{self, Change};
use crate::shadow::value::Value;

/// A value in a panel is cut at so many characters: a document may be 8 KB of one text.
const MAX_TEXT: usize = 1000;

impl Known {
    /// `shadow`: which of its shadows the panel shows, None for the classic one.
    pub(super) fn selected(&self, name: &str, shadow: Option<&str>) -> Selected {
        match self.fleet.find(name) {
            Some(slot) => Selected::Device(Box::new(self.device(slot, shadow))),
            None => Selected::Unknown(name.to_owned()),
        }
    }

    fn device(&self, slot: Slot, shadow: Option<&str>) -> DeviceView {
        let document = self.shadows.document(slot, shadow);
        DeviceView {
            slot: slot.0,
            name: self.fleet.name(slot).to_owned(),
            state: self.fleet.state(slot),
            last_seen: self.fleet.last_seen(slot),
            fix: self.fleet.fix(slot),
            last_message: self.fleet.last_message(slot).cloned(),
            shadows: self.shadows.names(slot),
            shadow: document.map(|document| self.shadow(slot, shadow, document)),
            trail: self.fleet.trail(slot),
        }
    }

    fn shadow(&self, slot: Slot, shadow: Option<&str>, document: &ShadowDocument) -> ShadowView {
        let mut fields = Vec::new();
        document.visit_leaves(&mut |leaf: Leaf<'_>| {
            let address = FieldAddress {
                device: self.fleet.name(slot).to_owned(),
                shadow: shadow.map(ToOwned::to_owned),
                path: leaf.path.iter().map(|key| (*key).to_owned()).collect(),
            };
            let change = self.requests.change(&address);
            fields.push(field(&leaf, address, change));
        });
        ShadowView {
            version: document.version,
            at: document.timestamp,
            differs: fields.iter().filter(|field| field.differs).count() as u32,
            fields,
        }
    }
}

fn field(leaf: &Leaf<'_>, address: FieldAddress, change: Option<&Change>) -> FieldView {
    let value = |stated: Option<&Stated>| stated.map(|stated| view_of(&stated.value));
    FieldView {
        reported: value(leaf.reported),
        reported_at: leaf.reported.and_then(|stated| stated.at),
        desired: value(leaf.desired),
        desired_at: leaf.desired.and_then(|stated| stated.at),
        differs: leaf.differs,
        control: Control::None,
        switch: switch(leaf, change),
        label: String::new(),
        unit: String::new(),
        pinned: false,
        draft: None,
        desired_by: None,
        change: change.map(|change| change_view(&address, change)),
        path: address.path,
    }
}

fn switch(leaf: &Leaf<'_>, change: Option<&Change>) -> Option<SwitchView> {
    let key = leaf.path.last().copied().unwrap_or_default();
    let value = |stated: Option<&Stated>| stated.map(|stated| stated.value.clone());
    let (reported, desired) = (value(leaf.reported), value(leaf.desired));
    let shown = reported.as_ref().or(desired.as_ref())?;
    if !shown.is_switch(key) {
        return None;
    }
    let reported = reported.as_ref().and_then(Value::as_switch);
    let under_way = change
        .filter(|change| change.is_under_way())
        .map(|change| &change.wish);
    let wish = under_way.or_else(|| desired.as_ref().filter(|_| leaf.differs));
    let wished = wish
        .and_then(Value::as_switch)
        .filter(|wished| Some(*wished) != reported);
    Some(SwitchView { reported, wished })
}

pub(super) fn change_view(field: &FieldAddress, change: &Change) -> ChangeView {
    ChangeView {
        field: field.clone(),
        wish: view_of(&change.wish),
        stage: match change.stage.clone() {
            requests::Stage::Queued => Stage::Queued,
            requests::Stage::Sent => Stage::Sent,
            requests::Stage::Accepted { version } => Stage::Accepted { version },
            requests::Stage::Reported => Stage::Reported,
            requests::Stage::Rejected { code, message } => Stage::Rejected { code, message },
            requests::Stage::TimedOut => Stage::TimedOut,
            requests::Stage::Superseded { by, value, version } => Stage::Superseded {
                by,
                value: value.as_ref().map(view_of),
                version,
            },
        },
        steps: change.steps.clone(),
    }
}

pub(super) fn view_of(value: &Value) -> ValueView {
    let kind = match value {
        Value::Text(_) => ValueKind::Text,
        Value::Number(_) => ValueKind::Number,
        Value::Bool(_) => ValueKind::Boolean,
        Value::Null | Value::Array(_) | Value::Object(_) => ValueKind::Structure,
    };
    let mut text = value.to_text();
    if let Some((end, _)) = text.char_indices().nth(MAX_TEXT) {
        text.truncate(end);
        text.push('…');
    }
    ValueView { text, kind }
}
