//! The selected device, as its panel shows it.

use super::command::FieldAddress;
use super::controls::{Subject, typed};
use super::frame::{
    ChangeView, Control, DeviceView, DraftFault, DraftView, FieldView, Selected, ShadowView, Stage,
    SwitchView, ValueKind, ValueView,
};
use super::known::{Known, is_young};
use super::lookup::Key;
use crate::fleet::Slot;
use crate::shadow::document::{Leaf, ShadowDocument, Stated};
use crate::shadow::requests::{self, Change};
use crate::shadow::value::Value;
use crate::time::{Now, UnixMillis};

/// A value in a panel is cut at so many characters: a document may be 8 KB of one text.
pub(super) const MAX_TEXT: usize = 1000;

impl Known {
    /// `shadow`: which of its shadows the panel shows, None for the classic one.
    pub(super) fn selected(&self, name: &str, shadow: Option<&str>, now: Now) -> Selected {
        match self.fleet.find(name) {
            Some(slot) if !self.fleet.is_gone(slot) => {
                Selected::Device(Box::new(self.device(slot, shadow, now)))
            }
            _ => Selected::Unknown(name.to_owned()),
        }
    }

    fn device(&self, slot: Slot, shadow: Option<&str>, now: Now) -> DeviceView {
        DeviceView {
            slot: slot.0,
            name: self.fleet.name(slot).to_owned(),
            state: self.fleet.state(slot),
            last_seen: self.fleet.last_seen(slot),
            fix: self.fleet.fix(slot),
            last_message: self.fleet.last_message(slot).cloned(),
            shadows: self.shadows.names(slot),
            shadow: self.shadow(slot, shadow, now.wall),
            trail: self.fleet.trail(slot),
        }
    }

    /// None: nothing was heard of it, and nobody wishes anything of it.
    fn shadow(&self, slot: Slot, shadow: Option<&str>, now: UnixMillis) -> Option<ShadowView> {
        let document = self.shadows.document(slot, shadow);
        let key = (slot, shadow.map(Into::into));
        let mut fields = Vec::new();
        if let Some(document) = document {
            document.visit_leaves(&mut |leaf: Leaf<'_>| {
                let address = FieldAddress {
                    device: self.fleet.name(slot).to_owned(),
                    shadow: shadow.map(ToOwned::to_owned),
                    path: leaf.path.iter().map(|key| (*key).to_owned()).collect(),
                };
                fields.push(self.field(Some(document), &leaf, address, &key, now));
            });
        }
        let heard_of = fields.len();
        for address in self.wished_only(slot, shadow) {
            let is_there = |field: &FieldView| field.path.cmp(&address.path);
            if fields[..heard_of].binary_search_by(is_there).is_err() {
                let leaf = Leaf {
                    path: &[],
                    reported: None,
                    desired: None,
                    differs: false,
                };
                fields.push(self.field(document, &leaf, address.clone(), &key, now));
            }
        }
        fields.sort_by(|a, b| a.path.cmp(&b.path));
        fields.dedup_by(|a, b| a.path == b.path);
        (document.is_some() || !fields.is_empty()).then(|| ShadowView {
            version: document.map_or(0, |document| document.version),
            at: document.map_or_else(UnixMillis::default, |document| document.timestamp),
            differs: fields.iter().filter(|field| field.differs).count() as u32,
            fields,
        })
    }

    /// The keys of which this page wishes something, or a person entered something.
    fn wished_only<'a>(
        &'a self,
        slot: Slot,
        shadow: Option<&'a str>,
    ) -> impl Iterator<Item = &'a FieldAddress> {
        let device = self.fleet.name(slot);
        let changes = self.requests.of_shadow(device, shadow);
        let drafts = self.drafts.of_device(device);
        let drafts = drafts.filter(move |field| field.shadow.as_deref() == shadow);
        changes.map(|(field, _)| field).chain(drafts)
    }

    fn field(
        &self,
        document: Option<&ShadowDocument>,
        leaf: &Leaf<'_>,
        address: FieldAddress,
        key: &Key,
        now: UnixMillis,
    ) -> FieldView {
        let change = self.requests.change(&address);
        let under_way = change.filter(|change| change.is_under_way());
        // What ran out of time may be reported yet: its ghost stays.
        let timed_out = change.filter(|change| change.stage == requests::Stage::TimedOut);
        let wanted = under_way.or(timed_out);
        let value = |stated: Option<&Stated>| stated.map(|stated| view_of(&stated.value));
        let subject = Subject {
            path: &address.path,
            reported: leaf.reported.map(|stated| &stated.value),
            desired: leaf.desired.map(|stated| &stated.value),
            wish: change.map(|change| &change.wish),
            document,
        };
        let control = self.controls.fit(&subject);
        let shape = self.controls.shape(&address.path);
        let draft = self.drafts.get(&address).map(|text| DraftView {
            text: text.to_owned(),
            fault: match self.drafts.is_too_long(&address) {
                true => Some(DraftFault::TooLong),
                false => typed(text, &control, subject.form()).err(),
            },
        });
        let wished_at = leaf.desired.and_then(|stated| stated.at);
        FieldView {
            reported: value(leaf.reported),
            reported_at: leaf.reported.and_then(|stated| stated.at),
            desired: value(leaf.desired),
            desired_at: wished_at,
            differs: leaf.differs,
            busy: match change {
                Some(_) => under_way.is_some(),
                None => leaf.differs && wished_at.is_some_and(|at| is_young(at, now)),
            },
            switch: (control == Control::Switch).then(|| switch(&subject, leaf.differs, wanted)),
            control,
            label: shape.map_or_else(String::new, |shape| shape.label.clone()),
            unit: shape.map_or_else(String::new, |shape| shape.unit.clone()),
            pinned: shape.is_some_and(|shape| shape.pinned),
            draft,
            desired_by: leaf
                .desired
                .and_then(|_| self.authors.of(key, &address.path))
                .map(ToOwned::to_owned),
            change: change.map(|change| change_view(&address, change)),
            path: address.path,
        }
    }
}

fn switch(subject: &Subject<'_>, differs: bool, wanted: Option<&Change>) -> SwitchView {
    let reported = subject.reported.and_then(Value::as_switch);
    let desired = subject.desired.filter(|_| differs);
    let wish = wanted.map(|change| &change.wish).or(desired);
    let wished = wish
        .and_then(Value::as_switch)
        .filter(|wished| Some(*wished) != reported);
    SwitchView { reported, wished }
}

pub(super) fn change_view(field: &FieldAddress, change: &Change) -> ChangeView {
    ChangeView {
        field: field.clone(),
        wish: view_of(&change.wish),
        at: change.at,
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::message::QoS;
    use crate::mqtt::wire::Publish;
    use crate::time::{Instant, Now};

    #[test]
    fn a_wish_that_ran_out_of_time_keeps_its_ghost() {
        let mut now = Now {
            instant: Instant(1000),
            wall: UnixMillis(1_000_000),
        };
        let mut known = Known::new("gnomon-1");
        let reported = Publish {
            topic: "$aws/things/lamp/shadow/get/accepted",
            payload: br#"{"state":{"reported":{"power":"off"}},"version":1,"timestamp":900}"#,
            dup: false,
            qos: QoS::AtMostOnce,
            retain: false,
            packet_id: None,
        };
        known.handle_message(&reported, &[], now);
        let power = FieldAddress {
            device: "lamp".to_owned(),
            shadow: None,
            path: vec!["power".to_owned()],
        };
        known.requests.desire(power, Value::from("on"), now);
        assert!(known.requests.poll_request(true, now).is_some());
        now.instant = now.instant + Duration::from_secs(31);
        known.handle_timeout(now);
        let Selected::Device(device) = known.selected("lamp", None, now) else {
            panic!("the lamp is known");
        };
        let field = &device.shadow.unwrap().fields[0];
        assert_eq!(field.change.as_ref().unwrap().stage, Stage::TimedOut);
        let switch = field.switch.unwrap();
        assert_eq!((switch.reported, switch.wished), (Some(false), Some(true)));
    }
}
