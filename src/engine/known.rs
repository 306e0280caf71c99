//! What is known of the devices, and how a message changes it.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::time::Duration;

use super::authors::Authors;
use super::backlog::{Backlog, Said};
use super::board::set_back::SetBacks;
use super::controls::Controls;
use super::drafts::Drafts;
use super::editor::{Editing, ShadowAddress};
use super::frame::Badge;
use super::history::History;
use super::lookup::Lookup;
use super::rates::Owner;
use super::shadows::{Shadows, newest_report};
use super::things::PastShadows;
use crate::fleet::{Fleet, Limits, Slot};
use crate::location::pattern::TopicPattern;
use crate::location::{self, Fix, Reading};
use crate::mqtt::wire::Publish;
use crate::shadow::document::ShadowDocument;
use crate::shadow::event::{EventKind, ShadowEvent};
use crate::shadow::requests::{FieldAddress, Requests};
use crate::shadow::topics::{ShadowId, ShadowTopic, Verb};
use crate::shadow::value::Value;
use crate::time::{Now, UnixMillis};

/// For how long a difference counts as on its way before it counts as one that needs somebody.
pub(super) const ON_ITS_WAY: Duration = Duration::from_secs(30);

/// Young differences that are watched; above it they count as old at once.
const MAX_WATCHED: usize = 10_000;

/// The service knows no such shadow.
const NOT_FOUND: u16 = 404;

/// The service has too much to do.
const TOO_MANY: u16 = 429;

/// Everything that messages taught.
pub(super) struct Known {
    pub(super) fleet: Fleet,
    pub(super) shadows: Shadows,
    /// Those that memory names.
    pub(super) past: PastShadows,
    pub(super) requests: Requests,
    pub(super) drafts: Drafts,
    pub(super) controls: Controls,
    pub(super) authors: Authors,
    pub(super) lookup: Lookup,
    pub(super) editing: Editing,
    pub(super) history: History,
    pub(super) counters: Counters,
    pub(super) set_backs: SetBacks,
    /// Messages on location topics that wait.
    pub(super) backlog: Backlog,
    /// Devices whose difference was young, and when it grows old.
    watched: BTreeSet<(UnixMillis, Slot)>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counters {
    pub(super) unreadable: u64,
    pub(super) texts: u64,
}

impl Known {
    pub(super) fn new(client_id: &str) -> Self {
        Self {
            fleet: Fleet::new(Limits::default()),
            shadows: Shadows::default(),
            past: PastShadows::default(),
            requests: Requests::new(client_id),
            drafts: Drafts::default(),
            controls: Controls::default(),
            authors: Authors::default(),
            lookup: Lookup::default(),
            editing: Editing::default(),
            history: History::default(),
            counters: Counters::default(),
            set_backs: SetBacks::default(),
            backlog: Backlog::default(),
            watched: BTreeSet::new(),
        }
    }

    /// Forgets the devices of another broker.
    pub(super) fn clear(&mut self, client_id: &str) {
        self.fleet.clear();
        self.shadows.clear();
        self.past.clear();
        self.requests = Requests::new(client_id);
        self.drafts.clear();
        self.controls.clear();
        self.authors.clear();
        self.lookup = Lookup::default();
        // Not made anew: its texts are counted over everything that was ever open.
        self.editing.close();
        self.history = History::default();
        self.counters = Counters::default();
        self.set_backs = SetBacks::default();
        self.backlog = Backlog::default();
        self.watched.clear();
    }

    /// Says whose the message was.
    pub(super) fn handle_message(
        &mut self,
        publish: &Publish<'_>,
        patterns: &[TopicPattern],
        now: Now,
    ) -> Owner {
        if let Some(topic) = ShadowTopic::parse(publish.topic) {
            self.handle_shadow(topic, publish.payload, now);
            return Owner::Shadow {
                operation: topic.operation,
                named: topic.id.shadow().is_some(),
            };
        }
        for (number, pattern) in patterns.iter().enumerate() {
            if let Some(name) = pattern.name(publish.topic) {
                self.handle_position(&name, &Said::new(publish, now.wall), now.instant);
                return Owner::Location(number);
            }
        }
        Owner::Nobody
    }

    fn handle_shadow(&mut self, topic: ShadowTopic<'_>, payload: &[u8], now: Now) {
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
                let is_news = self.handle_document(topic.id, document, token, now);
                if is_answer && !is_news {
                    self.compare(topic.id, version, now);
                }
                self.editing.handle_accepted(token, version, at);
            }
            EventKind::Document(document) => {
                self.lookup.answered(now.instant);
                let slot = self.fleet.find(topic.id.thing());
                if slot.is_some_and(|slot| self.fleet.is_gone(slot)) {
                    // An answer to what was asked before a person forgot the thing.
                    return;
                }
                self.handle_document(topic.id, document, None, now);
            }
            // `update/documents` says the same and more; this one is heard only where that one is not to be had.
            EventKind::Updated { version, at, .. } => {
                if self.handle_accepted(token, version, now) {
                    self.compare(topic.id, version, now);
                }
                self.editing.handle_accepted(token, version, at);
                self.handle_changed(topic.id, version);
            }
            EventKind::Deleted { version } => {
                self.requests.handle_deleted(topic.id, version, token, now);
                if let Some(slot) = self.fleet.find(topic.id.thing()) {
                    self.shadows.remove(slot, topic.id.shadow(), version);
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
                match code {
                    NOT_FOUND => self.handle_absent(topic.id, now),
                    TOO_MANY => self.handle_throttled(topic.id, now),
                    _ => self.editing.handle_refused(topic.id, code, &message),
                }
            }
            EventKind::Rejected { code, message, .. } => {
                self.requests
                    .handle_rejected(token.unwrap_or_default(), code, &message, now);
                self.editing.handle_rejected(token, code, &message, now);
                self.refresh_named(topic.id.thing(), now);
            }
        }
    }

    /// True when a change waited for it. The document that tells what became of it may have come before.
    fn handle_accepted(&mut self, token: Option<&str>, version: u64, now: Now) -> bool {
        token.is_some_and(|token| self.requests.handle_accepted(token, version, now))
    }

    /// A change that was sent and accepted at `version` by other means now waits for the device.
    fn adopt(&mut self, field: FieldAddress, wish: Value, token: &str, version: u64, now: Now) {
        let (device, shadow) = (field.device.clone(), field.shadow.clone());
        self.requests.adopt(field, wish, token, version, now);
        if let Ok(id) = ShadowId::new(&device, shadow.as_deref()) {
            self.compare(id, version, now);
        }
        self.refresh_named(&device, now);
    }

    /// Shows the known document to the changes of its shadow, if it is of `version` or newer.
    fn compare(&mut self, id: ShadowId<'_>, version: u64, now: Now) {
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

    /// There is no such shadow: if one was known, it was deleted while nobody listened.
    fn handle_absent(&mut self, id: ShadowId<'_>, now: Now) {
        self.requests.handle_absent(id);
        if let Some(slot) = self.fleet.find(id.thing()) {
            self.shadows.remove(slot, id.shadow(), 0);
            self.note_absent(slot, id.shadow());
            self.refresh(slot, now);
        }
        if self.document(id).is_none() {
            self.editing.handle_absent(id);
        }
    }

    fn document(&self, id: ShadowId<'_>) -> Option<&ShadowDocument> {
        let slot = self.fleet.find(id.thing())?;
        self.shadows.document(slot, id.shadow())
    }

    /// Opens the editor on what is known of a shadow. One that is open on it stays as it is.
    pub(super) fn open_editor(&mut self, shadow: ShadowAddress) {
        self.watch(&shadow.device, shadow.shadow.as_deref());
        let name = shadow.shadow.as_deref();
        let slot = self.fleet.find(&shadow.device);
        let document = slot.and_then(|slot| self.shadows.document(slot, name));
        let heard = slot.is_some_and(|slot| self.shadows.is_heard(slot, name));
        let by = document.and_then(|known| self.history.by(&shadow, known.version));
        let prefix = self.requests.token_prefix();
        self.editing
            .open(shadow, document.cloned(), heard, by, prefix);
    }

    /// Each key of what the editor saved begins its life as a change that the service accepted.
    pub(super) fn adopt_saved(&mut self, now: Now) {
        while let Some(saved) = self.editing.poll_saved() {
            let ShadowAddress { device, shadow } = saved.shadow;
            for (path, wish) in saved.leaves {
                let field = FieldAddress {
                    device: device.clone(),
                    shadow: shadow.clone(),
                    path,
                };
                self.adopt(field, wish, &saved.token, saved.version, now);
            }
        }
    }

    /// A person looks at a shadow: its versions are kept from now on.
    pub(super) fn watch(&mut self, device: &str, shadow: Option<&str>) {
        let slot = self.fleet.find(device);
        let document = slot.and_then(|slot| self.shadows.document(slot, shadow));
        self.history.watch(device, shadow, document);
    }

    fn handle_throttled(&mut self, id: ShadowId<'_>, now: Now) {
        if let Some(slot) = self.fleet.find(id.thing()) {
            let key = (slot, id.shadow().map(Into::into));
            self.lookup.refused_for_now(key, now.instant);
        }
    }

    /// Alarm, offline and badge of a device, after anything that they rest on changed.
    pub(super) fn refresh(&mut self, slot: Slot, now: Now) {
        let health = self.shadows.health(slot);
        let reason = health.alarm.as_ref();
        self.fleet
            .set_alarm(slot, reason.map(|(key, value)| (&**key, &**value)));
        if let Some(offline) = health.offline {
            self.fleet.set_offline(slot, offline);
        }
        let badge = self.badge(slot, now.wall);
        self.fleet.set_badge(slot, badge);
    }

    pub(super) fn refresh_named(&mut self, device: &str, now: Now) {
        if let Some(slot) = self.fleet.find(device) {
            self.refresh(slot, now);
        }
    }

    fn badge(&mut self, slot: Slot, now: UnixMillis) -> Badge {
        if let Some(field) = self.requests.under_way(self.fleet.name(slot)).next() {
            return Badge::OnItsWay(field.path.join("."));
        }
        if let Some(field) = self.drafts.of_device(self.fleet.name(slot)).next() {
            return Badge::OnItsWay(field.path.join("."));
        }
        let difference = self.shadows.difference(slot);
        if difference.keys == 0 {
            return Badge::None;
        }
        let old_at = UnixMillis(
            difference
                .since
                .0
                .saturating_add(ON_ITS_WAY.as_millis() as i64),
        );
        if now < old_at && self.watched.len() < MAX_WATCHED {
            // A clock that runs ahead elsewhere must not keep a difference young for ever.
            let latest = UnixMillis(now.0 + ON_ITS_WAY.as_millis() as i64);
            self.watched.insert((old_at.min(latest), slot));
            return Badge::OnItsWay(difference.first);
        }
        Badge::Differs(difference.keys)
    }

    /// Lets requests time out and young differences grow old.
    pub(super) fn handle_timeout(&mut self, now: Now) {
        for device in self.requests.handle_timeout(now) {
            self.refresh_named(&device, now);
        }
        while self.watched.first().is_some_and(|(at, _)| *at <= now.wall) {
            if let Some((_, slot)) = self.watched.pop_first() {
                self.refresh(slot, now);
            }
        }
        if self
            .backlog
            .poll_timeout()
            .is_some_and(|at| at <= now.instant)
        {
            self.work_in();
        }
        self.fleet.tick(now.wall);
    }
}
