//! What a person wishes of one key, in the form in which its device writes such things.

use super::Engine;
use super::command::{FieldAddress, Wish};
use super::controls::{Subject, typed, value_of};
use super::frame::Control;
use crate::shadow::value::Value;
use crate::time::Now;

/// Why a wish is not made.
const NO_ROOM: (u16, &str) = (429, "too many changes are under way on this page");

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
        if self.known.drafts.is_too_long(&field) {
            return;
        }
        let value = self.with_subject(&field, |subject, control| match control {
            Control::None => None,
            control => typed(text, &control, subject.form()).ok(),
        });
        if let Some(value) = value {
            if self.known.requests.desire(field.clone(), value, now) {
                self.known.drafts.discard(&field);
            }
            self.known.refresh_named(&field.device, now);
        }
    }

    fn wish(&mut self, field: FieldAddress, value: Value, now: Now) {
        let device = field.device.clone();
        let requests = &mut self.known.requests;
        if !requests.desire(field.clone(), value.clone(), now) {
            requests.refuse(field, value, NO_ROOM, now);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Input;
    use crate::engine::command::Command;
    use crate::engine::frame::{
        Badge, DraftFault, FieldView, FrameRequest, Selected, Stage, ValueKind, ValueView,
    };
    use crate::message::QoS;
    use crate::mqtt::wire::Publish;

    /// A page that heard of one document.
    fn engine(state: &str) -> Engine {
        let mut engine = Engine::new(1, Now::default());
        hear(&mut engine, "get/accepted", state, 1);
        engine
    }

    fn hear(engine: &mut Engine, verb: &str, state: &str, version: u64) {
        let payload = format!(r#"{{"state":{state},"version":{version},"timestamp":0}}"#);
        let publish = Publish {
            dup: false,
            qos: QoS::AtLeastOnce,
            retain: false,
            packet_id: None,
            topic: &("$aws/things/lamp/shadow/".to_owned() + verb),
            payload: payload.as_bytes(),
        };
        engine.known.handle_message(&publish, &[], Now::default());
    }

    fn at(path: &str) -> FieldAddress {
        FieldAddress {
            device: "lamp".into(),
            shadow: None,
            path: path.split('.').map(ToOwned::to_owned).collect(),
        }
    }

    fn command(engine: &mut Engine, command: Command) {
        engine.handle(Input::Command(command), Now::default());
    }

    fn draft(engine: &mut Engine, path: &str, text: &str) {
        let (field, text) = (at(path), Some(text.to_owned()));
        command(engine, Command::Draft { field, text });
    }

    fn fields(engine: &mut Engine) -> Vec<FieldView> {
        let request = FrameRequest {
            fresh: true,
            selected: Some("lamp".to_owned()),
            ..FrameRequest::default()
        };
        match engine.frame(&request, Now::default()).view.selected {
            Some(Selected::Device(view)) => view.shadow.unwrap().fields,
            other => panic!("{other:?}"),
        }
    }

    fn field(engine: &mut Engine, path: &str) -> Option<FieldView> {
        let mut fields = fields(engine).into_iter();
        fields.find(|field| field.path == at(path).path)
    }

    fn badge(engine: &mut Engine) -> Badge {
        let request = FrameRequest {
            fresh: true,
            list: crate::engine::frame::ListRequest {
                rows: 1,
                ..Default::default()
            },
            ..FrameRequest::default()
        };
        let list = engine.frame(&request, Now::default()).view.list.unwrap();
        list.rows[0].badge.clone()
    }

    fn wish(engine: &Engine, path: &str) -> Option<Value> {
        let change = engine.known.requests.change(&at(path));
        change.map(|change| change.wish.clone())
    }

    #[test]
    fn a_draft_stays_until_it_is_sent_or_discarded() {
        let mut engine = engine(r#"{"desired":{"fan":40},"reported":{"fan":40}}"#);
        draft(&mut engine, "fan", "much");
        let view = field(&mut engine, "fan").unwrap().draft.unwrap();
        assert_eq!(view.fault, Some(DraftFault::NotANumber));
        assert_eq!(badge(&mut engine), Badge::OnItsWay("fan".to_owned()));
        command(&mut engine, Command::SendDraft(at("fan")));
        assert_eq!(wish(&engine, "fan"), None, "it has a fault");
        assert!(field(&mut engine, "fan").unwrap().draft.is_some());
        draft(&mut engine, "fan", "72");
        command(&mut engine, Command::SendDraft(at("fan")));
        assert_eq!(wish(&engine, "fan"), Some(72.into()));
        let sent = field(&mut engine, "fan").unwrap();
        assert!(sent.draft.is_none() && sent.busy);
        command(&mut engine, Command::EmptyQueue);
        assert_eq!(badge(&mut engine), Badge::None);
        draft(&mut engine, "fan", "9");
        let (field, text) = (at("fan"), None);
        command(&mut engine, Command::Draft { field, text });
        assert_eq!(badge(&mut engine), Badge::None);
    }

    #[test]
    fn drafts_are_bounded() {
        let mut engine = engine(r#"{"desired":{"a":"x"}}"#);
        draft(&mut engine, "a", &"x".repeat(8192));
        draft(&mut engine, "a", &"y".repeat(8193));
        assert!(engine.known.drafts.get(&at("a")).unwrap().starts_with('x'));
        let fault = |engine: &mut Engine| field(engine, "a").unwrap().draft.unwrap().fault;
        assert_eq!(fault(&mut engine), Some(DraftFault::TooLong));
        command(&mut engine, Command::SendDraft(at("a")));
        assert_eq!(wish(&engine, "a"), None, "it is not what was entered");
        draft(&mut engine, "a", "z");
        assert_eq!(fault(&mut engine), None);
        for number in 0..3000 {
            draft(&mut engine, &format!("b{number}"), "x");
        }
        assert_eq!(engine.known.drafts.of_device("lamp").count(), 1000);
    }

    #[test]
    fn a_key_that_nobody_reported_is_shown_for_its_draft_and_its_change() {
        let mut engine = engine(r#"{"desired":{"b":1},"reported":{"b":1,"z":2}}"#);
        draft(&mut engine, "new.key", "x");
        let (address, wish) = (at("a"), Wish::Switch(true));
        command(
            &mut engine,
            Command::Desire {
                field: address,
                wish,
            },
        );
        let shown = fields(&mut engine);
        let paths: Vec<_> = shown.iter().map(|field| field.path.join(".")).collect();
        assert_eq!(paths, ["a", "b", "new.key", "z"]);
        assert!(shown[0].reported.is_none() && shown[0].busy);
        assert_eq!(shown[2].control, Control::Text);
        // Refused by the service: still to be seen.
        let request = engine.known.requests.poll_request(false, Now::default());
        let token = request.unwrap().token;
        let requests = &mut engine.known.requests;
        requests.handle_rejected(&token, 400, "no", Now::default());
        let change = field(&mut engine, "a").unwrap().change.unwrap();
        assert!(matches!(change.stage, Stage::Rejected { code: 400, .. }));
    }

    #[test]
    fn a_change_is_seen_when_its_key_left_the_document() {
        let mut engine = engine(r#"{"desired":{"a":"x"},"reported":{"b":1}}"#);
        let requests = &mut engine.known.requests;
        requests.adopt(at("a"), "x".into(), "t", 1, Now::default());
        hear(&mut engine, "get/accepted", r#"{"reported":{"b":1}}"#, 2);
        let change = field(&mut engine, "a").unwrap().change.unwrap();
        assert!(matches!(
            change.stage,
            Stage::Superseded { value: None, .. }
        ));
    }

    #[test]
    fn wishes_take_the_form_of_the_device() {
        let check = |state: &str, text: &str, kind: ValueKind, expected: Value| {
            let mut engine = engine(state);
            let text = text.to_owned();
            let wished = Wish::Value(ValueView { text, kind });
            let (field, wished) = (at("a"), wished);
            command(
                &mut engine,
                Command::Desire {
                    field,
                    wish: wished,
                },
            );
            assert_eq!(wish(&engine, "a"), Some(expected), "{state}");
        };
        let (number, boolean) = (ValueKind::Number, ValueKind::Boolean);
        check(r#"{"desired":{"a":5}}"#, "7", number, 7.into());
        check(r#"{"reported":{"a":"5"}}"#, "7", number, "7".into());
        check(r#"{"reported":{"a":"off"}}"#, "true", boolean, "on".into());
        check(r#"{"reported":{"b":1}}"#, "x", ValueKind::Text, "x".into());
        let mut engine = engine(r#"{"desired":{"a":5}}"#);
        let field = at("a");
        let cut = Wish::Value(ValueView {
            text: "[1,…".to_owned(),
            kind: ValueKind::Structure,
        });
        command(&mut engine, Command::Desire { field, wish: cut });
        assert_eq!(wish(&engine, "a"), None, "it is no value");
        let field = at("a");
        let wish_away = Wish::Remove;
        command(
            &mut engine,
            Command::Desire {
                field,
                wish: wish_away,
            },
        );
        assert_eq!(wish(&engine, "a"), Some(Value::Null));
    }

    #[test]
    fn what_was_never_sent_is_only_forgotten_when_it_is_taken_back() {
        let mut engine = engine(r#"{"reported":{"a":true}}"#);
        let (field, off) = (at("a"), Wish::Switch(false));
        command(&mut engine, Command::Desire { field, wish: off });
        command(&mut engine, Command::TakeBack(at("a")));
        assert_eq!(wish(&engine, "a"), None);
        // A wish of somebody else stands before it: that one is to go too.
        let state = r#"{"desired":{"a":false},"reported":{"a":true}}"#;
        hear(&mut engine, "get/accepted", state, 2);
        let (field, off) = (at("a"), Wish::Switch(false));
        command(&mut engine, Command::Desire { field, wish: off });
        command(&mut engine, Command::TakeBack(at("a")));
        assert_eq!(wish(&engine, "a"), Some(true.into()));
    }
}
