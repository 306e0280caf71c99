//! Messages on location topics: worked in at once as long as there is time, else when the page asks or after a moment.

use super::backlog::Said;
use super::known::Known;
use crate::fleet::Slot;
use crate::location::{self, Fix, Reading};
use crate::shadow::topics::ShadowId;
use crate::time::{Instant, UnixMillis};

impl Known {
    pub(super) fn handle_position(&mut self, device: &str, said: &Said<'_>, now: Instant) {
        let known = self.fleet.find(device);
        if self.backlog.admits(said, now) {
            return self.read(known, device, said);
        }
        match known {
            Some(slot) if self.backlog.put(slot, said, now) => {}
            Some(slot) => {
                self.work_in();
                self.backlog.put(slot, said, now);
            }
            // Whether it says anything has to be known before it gets a place.
            None => self.read(None, device, said),
        }
    }

    /// Works in all that waits.
    pub(super) fn work_in(&mut self) {
        if self.backlog.len() == 0 {
            return;
        }
        let mut backlog = std::mem::take(&mut self.backlog);
        for (slot, said) in backlog.iter() {
            self.read(Some(slot), "", &said);
        }
        backlog.clear();
        self.backlog = backlog;
    }

    /// Works in what waits of one device, before something newer.
    pub(super) fn work_in_one(&mut self, slot: Slot) {
        let mut backlog = std::mem::take(&mut self.backlog);
        if let Some(said) = backlog.take(slot) {
            self.read(Some(slot), "", &said);
        }
        self.backlog = backlog;
    }

    /// `device` names one that has no slot yet.
    fn read(&mut self, known: Option<Slot>, device: &str, said: &Said<'_>) {
        let Ok(reading) = location::read(said.payload) else {
            self.counters.unreadable += 1;
            return;
        };
        let Some(slot) = known.or_else(|| self.fleet.intern(device)) else {
            return;
        };
        match reading {
            Reading::Fix(fix) => self.fleet.apply_fix(slot, &fix, heard_at(said, &fix)),
            Reading::Text(text) => {
                self.counters.texts += 1;
                self.fleet.apply_text(slot, said.topic, text, said.at);
            }
            Reading::Offline => self.fleet.set_offline(slot, true),
            Reading::Nothing => self.fleet.touch(slot, said.at),
        }
        let shadow = (slot, None);
        if !self.lookup.knows(&shadow) && ShadowId::new(self.fleet.name(slot), None).is_ok() {
            self.lookup.want(shadow);
        }
    }
}

/// A retained message was said when the device was there, by its own word, not when it was delivered.
fn heard_at(said: &Said<'_>, fix: &Fix) -> UnixMillis {
    match fix.time {
        Some(time) if said.retain => time.min(said.at),
        _ => said.at,
    }
}
