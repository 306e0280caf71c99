//! What is known of the devices, and how a message changes it.

mod shadow;
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
use super::own::Own;
use super::rates::Owner;
use super::shadows::Shadows;
use super::things::PastShadows;
use crate::fleet::{Fleet, Limits, Slot};
use crate::location::pattern::TopicPattern;
use crate::mqtt::wire::Publish;
use crate::shadow::document::ShadowDocument;
use crate::shadow::requests::{FieldAddress, Request, Requests};
use crate::shadow::topics::{ShadowId, ShadowTopic};
use crate::shadow::value::Value;
use crate::time::{Now, UnixMillis};

/// For how long a difference counts as on its way before it counts as one that needs somebody.
const ON_ITS_WAY: Duration = Duration::from_secs(30);

/// Young differences that are watched; above it they count as old at once.
const MAX_WATCHED: usize = 10_000;

/// Whether a wish of that time may still be on its way. A clock that runs ahead elsewhere keeps none young for long.
pub(super) fn is_young(at: UnixMillis, now: UnixMillis) -> bool {
    now.0.abs_diff(at.0) < ON_ITS_WAY.as_millis() as u64
}

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
    pub(super) own: Own,
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
            own: Own::default(),
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
        // Nobody asked that another broker be told where this browser is.
        self.own = Own::default();
        self.backlog = Backlog::default();
        self.watched.clear();
    }

    /// The connection is gone, and with it perhaps answers.
    pub(super) fn handle_lost(&mut self) {
        self.requests.handle_lost();
        self.editing.handle_lost();
        self.own.handle_lost();
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

    /// The next update to publish, see [`Requests::poll_request`].
    pub(super) fn poll_update(&mut self, alone: bool, now: Now) -> Option<Request> {
        let request = self.requests.poll_request(alone, now)?;
        let field = &request.field;
        let slot = self.fleet.find(&field.device);
        let document = slot.and_then(|slot| self.shadows.document(slot, field.shadow.as_deref()));
        let desired = document.and_then(|document| document.desired.leaf(&field.path));
        self.requests.remember(field, desired.cloned());
        Some(request)
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

    fn document(&self, id: ShadowId<'_>) -> Option<&ShadowDocument> {
        let slot = self.fleet.find(id.thing())?;
        self.shadows.document(slot, id.shadow())
    }

    /// A person asks for a thing that was forgotten: what is told of it counts again.
    pub(super) fn bring_back(&mut self, device: &str, shadow: Option<&str>) {
        let slot = self.fleet.find(device);
        if let Some(slot) = slot.filter(|slot| self.fleet.is_gone(*slot)) {
            self.fleet.bring_back(slot);
            self.lookup.ask_once_more((slot, shadow.map(Into::into)));
        }
    }

    /// Opens the editor on what is known of a shadow. One that is open on it stays as it is.
    pub(super) fn open_editor(&mut self, shadow: ShadowAddress) {
        self.bring_back(&shadow.device, shadow.shadow.as_deref());
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
        if is_young(difference.since, now) && self.watched.len() < MAX_WATCHED {
            let patience = ON_ITS_WAY.as_millis() as i64;
            let old_at = UnixMillis(difference.since.0.saturating_add(patience));
            self.watched.insert((old_at, slot));
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
