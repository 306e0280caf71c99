//! How a message of the shadow service changes what is known.

use super::Known;
use crate::engine::shadows::newest_report;
use crate::location::{self, Fix, Reading};
use crate::shadow::document::ShadowDocument;
use crate::shadow::event::{EventKind, ShadowEvent};
use crate::shadow::topics::{ShadowId, ShadowTopic, Verb};
use crate::time::Now;

/// The service knows no such shadow.
const NOT_FOUND: u16 = 404;

/// The service has too much to do.
const TOO_MANY: u16 = 429;

impl Known {
    pub(super) fn handle_shadow(&mut self, topic: ShadowTopic<'_>, payload: &[u8], now: Now) {
        let Ok(event) = ShadowEvent::parse(topic.operation, payload) else {
            self.counters.unreadable += 1;
            return;
        };
        if let Some(slot) = self.fleet.find(topic.id.thing()) {
            self.work_in_one(slot);
        }
        let token = event.client_token.as_deref();
        match event.kind {
            EventKind::Documents(document) => {
                self.lookup.told(topic.id.shadow().is_some(), now.instant);
                let (version, at) = (document.version, document.timestamp);
                let is_answer = self.handle_accepted(token, version, now);
                if self.is_overtaken(topic.id, version, now) {
                    return;
                }
                let is_news = self.handle_document(topic.id, document, token, now);
                if is_answer && !is_news {
                    self.compare(topic.id, version, now);
                }
                self.editing.handle_accepted(token, version, at);
            }
            EventKind::Document(document) => {
                self.lookup.answered(now.instant);
                let slot = self.fleet.find(topic.id.thing());
                if let Some(slot) = slot {
                    let key = (slot, topic.id.shadow().map(Into::into));
                    self.shadows.note_answered(&key);
                }
                if slot.is_some_and(|slot| self.fleet.is_gone(slot)) {
                    // An answer to what was asked before a person forgot the thing.
                    return;
                }
                if let Some(slot) = slot {
                    let key = (slot, topic.id.shadow().map(Into::into));
                    self.shadows.forget_deletion(&key);
                }
                self.handle_document(topic.id, document, None, now);
            }
            // `update/documents` says the same and more; this one is heard only where that one is not to be had.
            EventKind::Updated { version, at, .. } => {
                if self.handle_accepted(token, version, now) {
                    self.compare(topic.id, version, now);
                }
                if self.is_overtaken(topic.id, version, now) {
                    return;
                }
                self.editing.handle_accepted(token, version, at);
                self.handle_changed(topic.id, version);
            }
            EventKind::Deleted { version } => {
                self.requests.handle_deleted(topic.id, version, token, now);
                if let Some(slot) = self.fleet.find(topic.id.thing()) {
                    self.shadows.delete(slot, topic.id.shadow(), version);
                    self.past.remove(slot, topic.id.shadow());
                    let key = (slot, topic.id.shadow().map(Into::into));
                    self.set_backs.forget(&key);
                    self.refresh(slot, now);
                }
                if self.document(topic.id).is_none() {
                    self.editing.handle_gone(topic.id, version);
                }
            }
            EventKind::Rejected {
                verb: Verb::Get,
                code,
                message,
            } => {
                self.lookup.answered(now.instant);
                let slot = self.fleet.find(topic.id.thing());
                let key = slot.map(|slot| (slot, topic.id.shadow().map(Into::into)));
                let is_newest = key.is_some_and(|key| self.shadows.note_answered(&key));
                match code {
                    NOT_FOUND => self.handle_absent(topic.id, is_newest, now),
                    TOO_MANY => self.handle_throttled(topic.id, now),
                    _ => self.editing.handle_refused(topic.id, code, &message),
                }
            }
            EventKind::Rejected { code, message, .. } => {
                self.requests
                    .handle_rejected(token.unwrap_or_default(), code, &message, now);
                self.editing.handle_rejected(token, code, &message, now);
                self.own.handle_rejected(token, code, &message);
                self.refresh_named(topic.id.thing(), now);
            }
        }
    }

    /// True when a change waited for it. The document that tells what became of it may have come before.
    fn handle_accepted(&mut self, token: Option<&str>, version: u64, now: Now) -> bool {
        self.own.handle_accepted(token);
        token.is_some_and(|token| self.requests.handle_accepted(token, version, now))
    }

    /// Whether the deletion of the shadow, which came after this version, was told before it. To be sure, the shadow is
    /// asked for: versions may have begun anew.
    fn is_overtaken(&mut self, id: ShadowId<'_>, version: u64, now: Now) -> bool {
        let Some(slot) = self.fleet.find(id.thing()) else {
            return false;
        };
        let key = (slot, id.shadow().map(Into::into));
        let Some(deleted) = self.shadows.deleted_at(&key, version) else {
            return false;
        };
        self.requests.handle_deleted(id, deleted, None, now);
        self.lookup.ask_once_more(key);
        self.refresh(slot, now);
        true
    }

    /// Shows the known document to the changes of its shadow, if it is of `version` or newer.
    pub(super) fn compare(&mut self, id: ShadowId<'_>, version: u64, now: Now) {
        let Some(slot) = self.fleet.find(id.thing()) else {
            return;
        };
        let document = self.shadows.document(slot, id.shadow());
        if let Some(document) = document.filter(|document| document.version >= version) {
            let (key, authors) = ((slot, id.shadow().map(Into::into)), &self.authors);
            let by = |path: &[String]| authors.of(&key, path);
            self.requests.handle_document_by(id, document, &by, now);
        }
    }

    /// False for one that is older than what is known.
    fn handle_document(
        &mut self,
        id: ShadowId<'_>,
        document: ShadowDocument,
        token: Option<&str>,
        now: Now,
    ) -> bool {
        let Some(slot) = self.fleet.intern(id.thing()) else {
            return false;
        };
        let (newest, version) = (newest_report(&document.reported), document.version);
        let reported = document.reported_json();
        let key = (slot, id.shadow().map(Into::into));
        let before = self.shadows.document(slot, id.shadow());
        let set_back = self.set_backs.compare(&key, before, &document, now);
        if !self.shadows.is_old(slot, id.shadow(), version) {
            self.history.note(id, before, &document, token);
            self.authors.learn(&key, before, &document, token);
            self.controls.learn(slot, &document);
        }
        if !self.shadows.insert(slot, id.shadow(), document) {
            return false;
        }
        self.lookup.heard(&key);
        self.shadows.note_heard(&key);
        self.set_backs.remember(key, set_back);
        self.compare(id, version, now);
        if let Some(document) = self.shadows.document(slot, id.shadow()) {
            self.editing.handle_document(id, document, token);
        }
        let at = newest.unwrap_or_default().min(now.wall);
        match location::read(&reported) {
            Ok(Reading::Fix(fix)) => {
                // Without a time of its own a position is as old as the report that holds it.
                let fix = Fix {
                    time: fix.time.or(Some(at)),
                    ..fix
                };
                self.fleet.apply_fix(slot, &fix, at);
            }
            Ok(_) => self.fleet.touch(slot, at),
            Err(_) => self.counters.unreadable += 1,
        }
        self.refresh(slot, now);
        true
    }

    /// The shadow has come to this version. Which state that is, nobody said.
    fn handle_changed(&mut self, id: ShadowId<'_>, version: u64) {
        let Some(slot) = self.fleet.intern(id.thing()) else {
            return;
        };
        let known = self.shadows.document(slot, id.shadow());
        if known.is_none_or(|known| known.version < version) {
            self.lookup.changed((slot, id.shadow().map(Into::into)));
        }
    }

    /// There is no such shadow: if one was known, it was deleted while nobody listened. One that was heard of on this
    /// connection is gone when the answer `is_newest`: it was asked for after that.
    fn handle_absent(&mut self, id: ShadowId<'_>, is_newest: bool, now: Now) {
        self.requests.handle_absent(id);
        let known = self.document(id).map(|document| document.version);
        let gone_at = known.filter(|_| is_newest).unwrap_or_default();
        if gone_at > 0 {
            self.requests.handle_deleted(id, gone_at, None, now);
        }
        if let Some(slot) = self.fleet.find(id.thing()) {
            self.shadows.remove(slot, id.shadow(), gone_at);
            self.note_absent(slot, id.shadow());
            self.refresh(slot, now);
        }
        if self.document(id).is_none() {
            self.editing.handle_absent(id);
        }
    }

    /// A `get` goes out.
    pub(in crate::engine) fn note_asked(&mut self, device: &str, shadow: Option<&str>) {
        if let Some(slot) = self.fleet.find(device) {
            self.shadows.note_asked((slot, shadow.map(Into::into)));
        }
    }

    fn handle_throttled(&mut self, id: ShadowId<'_>, now: Now) {
        if let Some(slot) = self.fleet.find(id.thing()) {
            let key = (slot, id.shadow().map(Into::into));
            self.lookup.refused_for_now(key, now.instant);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::command::{Command, EditorCommand, FieldAddress, ShadowAddress};
    use crate::engine::frame::{Badge, EditorFrame, EditorStage};
    use crate::engine::{Engine, Input};
    use crate::fleet::Slot;
    use crate::message::QoS;
    use crate::mqtt::wire::Publish;
    use crate::shadow::requests::Stage;

    fn hear(known: &mut Known, end: &str, payload: &str) {
        let publish = Publish {
            dup: false,
            qos: QoS::AtLeastOnce,
            retain: false,
            packet_id: None,
            topic: &("$aws/things/lamp/shadow/".to_owned() + end),
            payload: payload.as_bytes(),
        };
        known.handle_message(&publish, &[], Now::default());
    }

    fn documents(known: &mut Known, version: u64, token: &str) {
        let payload = format!(
            r#"{{"current":{{"state":{{"desired":{{"power":"on"}}}},"version":{version}}},"timestamp":1,"clientToken":"{token}"}}"#
        );
        hear(known, "update/documents", &payload);
    }

    fn version(known: &Known) -> Option<u64> {
        let document = known.shadows.document(known.fleet.find("lamp")?, None);
        document.map(|document| document.version)
    }

    fn power() -> FieldAddress {
        FieldAddress {
            device: "lamp".into(),
            shadow: None,
            path: vec!["power".into()],
        }
    }

    #[test]
    fn a_deletion_that_overtakes_the_last_document_stands() {
        let mut known = Known::new("desk");
        documents(&mut known, 4, "others");
        let now = Now::default();
        known.requests.desire(power(), "on".into(), now);
        let token = known.requests.poll_request(true, now).unwrap().token;
        hear(&mut known, "delete/accepted", r#"{"version":5}"#);
        documents(&mut known, 5, &token);
        assert_eq!(version(&known), None);
        let change = known.requests.change(&power()).unwrap();
        assert!(matches!(change.stage, Stage::Superseded { version: 5, .. }));
        // Versions may have begun anew: the service is asked, and its word counts.
        let key = (Slot(0), None);
        assert_eq!(known.lookup.poll(now.instant), Some(key));
        let state = r#"{"state":{},"version":1,"timestamp":1}"#;
        hear(&mut known, "get/accepted", state);
        assert_eq!(version(&known), Some(1));
        documents(&mut known, 2, "others");
        assert_eq!(version(&known), Some(2));
    }

    #[test]
    fn a_shadow_that_is_made_anew_goes_on_above_its_deletion() {
        let mut known = Known::new("desk");
        documents(&mut known, 5, "others");
        hear(&mut known, "delete/accepted", r#"{"version":5}"#);
        let now = Now::default();
        known.requests.desire(power(), "on".into(), now);
        let token = known.requests.poll_request(true, now).unwrap().token;
        documents(&mut known, 7, &token);
        assert_eq!(version(&known), Some(7));
        // Told once more: the wish is of the shadow that came after it.
        hear(&mut known, "delete/accepted", r#"{"version":5}"#);
        assert_eq!(version(&known), Some(7));
        let change = known.requests.change(&power()).unwrap();
        assert_eq!(change.stage, Stage::Accepted { version: 7 });
    }

    #[test]
    fn a_wish_from_a_clock_far_ahead_is_not_on_its_way_for_ever() {
        let mut known = Known::new("desk");
        let wished_at = |seconds| {
            format!(
                r#"{{"state":{{"desired":{{"a":1}}}},"metadata":{{"desired":{{"a":{{"timestamp":{seconds}}}}}}},"version":1,"timestamp":1}}"#
            )
        };
        hear(&mut known, "get/accepted", &wished_at(3600));
        let now = Now::default().wall;
        assert_eq!(known.badge(Slot(0), now), Badge::Differs(1));
        hear(&mut known, "get/accepted", &wished_at(20));
        assert_eq!(known.badge(Slot(0), now), Badge::OnItsWay("a".to_owned()));
    }

    #[test]
    fn what_is_not_found_after_it_was_heard_of_is_gone() {
        let gone = r#"{"code":404,"message":"none","timestamp":1}"#;
        for asked_after in [false, true] {
            let mut known = Known::new("desk");
            documents(&mut known, 4, "others");
            if asked_after {
                let now = Now::default();
                known.requests.desire(power(), "on".into(), now);
                let token = known.requests.poll_request(true, now).unwrap().token;
                known.requests.handle_accepted(&token, 4, now);
                known.note_asked("lamp", None);
                hear(&mut known, "get/rejected", gone);
                assert_eq!(version(&known), None);
                let change = known.requests.change(&power()).unwrap();
                assert!(matches!(change.stage, Stage::Superseded { version: 4, .. }));
                continue;
            }
            // It may have been made after the answer was given, and somebody else may have asked.
            known.note_asked("lamp", None);
            documents(&mut known, 5, "others");
            hear(&mut known, "get/rejected", gone);
            hear(&mut known, "get/rejected", gone);
            assert_eq!(version(&known), Some(5));
        }
    }

    #[test]
    fn a_forgotten_thing_is_heard_again_once_a_person_opens_it() {
        use crate::engine::frame::FrameRequest;
        let state = |version: u64| format!(r#"{{"state":{{}},"version":{version},"timestamp":1}}"#);
        let mut engine = Engine::new(1, Now::default());
        documents(&mut engine.known, 4, "others");
        let look = |engine: &mut Engine, name: Option<&str>| {
            let request = FrameRequest {
                selected: name.map(ToOwned::to_owned),
                fresh: true,
                ..FrameRequest::default()
            };
            engine.frame(&request, Now::default());
        };
        look(&mut engine, Some("lamp"));
        engine.known.fleet.hide(Slot(0));
        look(&mut engine, Some("lamp"));
        hear(&mut engine.known, "get/accepted", &state(5));
        assert_eq!(version(&engine.known), Some(4), "it was forgotten");
        look(&mut engine, None);
        look(&mut engine, Some("lamp"));
        hear(&mut engine.known, "get/accepted", &state(5));
        assert_eq!(version(&engine.known), Some(5));
        engine.known.fleet.hide(Slot(0));
        let shadow = ShadowAddress {
            device: "lamp".into(),
            shadow: None,
        };
        let open = Command::Editor(EditorCommand::Open(shadow));
        engine.handle(Input::Command(open), Now::default());
        hear(&mut engine.known, "get/accepted", &state(6));
        assert_eq!(version(&engine.known), Some(6));
    }

    #[test]
    fn a_lost_deletion_goes_out_again_only_for_the_shadow_that_was_confirmed() {
        for (found, goes_out) in [(4, true), (5, false), (1, false)] {
            let mut engine = Engine::new(1, Now::default());
            let known = &mut engine.known;
            documents(known, 4, "others");
            let shadow = ShadowAddress {
                device: "lamp".into(),
                shadow: None,
            };
            let delete = Command::Editor(EditorCommand::Delete(shadow));
            engine.handle(Input::Command(delete), Now::default());
            let known = &mut engine.known;
            let poll = |known: &mut Known| {
                let request = known.editing.poll_request(true, true, Now::default());
                request.map(|request| request.verb)
            };
            assert_eq!(poll(known), Some(Verb::Delete));
            known.editing.handle_lost();
            known.shadows.restart();
            assert_eq!(poll(known), Some(Verb::Get));
            let state = format!(r#"{{"state":{{}},"version":{found},"timestamp":1}}"#);
            hear(known, "get/accepted", &state);
            assert_eq!(poll(known), goes_out.then_some(Verb::Delete), "{found}");
            let EditorFrame::Open(view) = known.editing.frame() else {
                panic!("it is open");
            };
            assert_eq!(view.stage == EditorStage::Editing, !goes_out, "{found}");
            assert_eq!(view.version, Some(found));
        }
    }

    #[test]
    fn an_accepted_save_stands_before_its_document_comes() {
        let mut engine = Engine::new(1, Now::default());
        let shadow = ShadowAddress {
            device: "lamp".into(),
            shadow: None,
        };
        let text = EditorCommand::Leaf {
            path: vec!["a".into()],
            value: Some("1".into()),
        };
        for command in [EditorCommand::Open(shadow), text, EditorCommand::Save] {
            let command = Command::Editor(command);
            engine.handle(Input::Command(command), Now::default());
        }
        let known = &mut engine.known;
        let gone = r#"{"code":404,"message":"none","timestamp":1}"#;
        hear(known, "get/rejected", gone);
        let request = known.editing.poll_request(true, true, Now::default());
        let token = request.unwrap().token.unwrap();
        let accepted = format!(
            r#"{{"state":{{"desired":{{"a":1}}}},"version":1,"timestamp":1,"clientToken":"{token}"}}"#
        );
        hear(known, "update/accepted", &accepted);
        let EditorFrame::Open(view) = known.editing.frame() else {
            panic!("it is open");
        };
        assert!(matches!(view.stage, EditorStage::Saved { version: 1, .. }));
        assert_eq!((view.version, view.changes, view.incoming), (Some(1), 0, 0));
        assert!(view.text.contains("\"a\": 1"), "{}", view.text);
    }
}
