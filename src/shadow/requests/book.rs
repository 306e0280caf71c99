//! Where the changes are kept, and what finds one among many: its field, its token, what it waits for, its deadline.
//! What a change makes of a message is the change's own affair.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::mem::discriminant;
use std::sync::Arc;

use super::change::{Change, Lane};
use super::ended::EndedChanges;
use super::outbox::Outbox;
use super::{FieldAddress, Stage};
use crate::shadow::topics::ShadowId;
use crate::time::{Instant, Now};

/// Changes are numbered in the order of the wishes.
#[derive(Debug, Default)]
pub(super) struct Book {
    newest: u64,
    entries: BTreeMap<u64, Entry>,
    /// By device, shadow and path: those of a shadow, and of a device, stand together.
    fields: BTreeMap<Arc<FieldAddress>, u64>,
    tokens: HashMap<Box<str>, u64>,
    lanes: [BTreeSet<u64>; Lane::COUNT],
    deadlines: BTreeSet<(Instant, u64)>,
    queued: usize,
    pub(super) outbox: Outbox,
    pub(super) ended: EndedChanges,
}

#[derive(Debug)]
struct Entry {
    field: Arc<FieldAddress>,
    change: Change,
    /// Where the indexes hold it.
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    lane: Lane,
    deadline: Option<Instant>,
    queued: bool,
}

impl Place {
    fn of(change: &Change) -> Self {
        Self {
            lane: change.lane(),
            deadline: change.deadline(),
            queued: change.stage == Stage::Queued,
        }
    }
}

impl Book {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn queued(&self) -> usize {
        self.queued
    }

    pub(super) fn find(&self, field: &FieldAddress) -> Option<u64> {
        self.fields.get(field).copied()
    }

    pub(super) fn by_token(&self, token: &str) -> Option<u64> {
        self.tokens.get(token).copied()
    }

    pub(super) fn get(&self, number: u64) -> Option<(&Arc<FieldAddress>, &Change)> {
        let entry = self.entries.get(&number)?;
        Some((&entry.field, &entry.change))
    }

    pub(super) fn lane(&self, lane: Lane) -> &BTreeSet<u64> {
        &self.lanes[lane as usize]
    }

    /// From the oldest wish to the newest.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (&FieldAddress, &Change)> {
        let entries = self.entries.values();
        entries.map(|entry| (&*entry.field, &entry.change))
    }

    /// In the order of shadows and paths.
    pub(super) fn of_device<'a>(&'a self, device: &'a str) -> impl Iterator<Item = u64> + 'a {
        let changes = self.from(device, None);
        changes
            .take_while(move |(field, _)| field.device == device)
            .map(|(_, number)| *number)
    }

    /// In the order of the paths.
    pub(super) fn of_shadow<'a>(
        &'a self,
        device: &'a str,
        shadow: Option<&'a str>,
    ) -> impl Iterator<Item = u64> + 'a {
        let changes = self.from(device, shadow);
        changes
            .take_while(move |(field, _)| {
                field.device == device && field.shadow.as_deref() == shadow
            })
            .map(|(_, number)| *number)
    }

    pub(super) fn numbers_of(&self, id: ShadowId<'_>) -> Vec<u64> {
        self.of_shadow(id.thing(), id.shadow()).collect()
    }

    fn from(
        &self,
        device: &str,
        shadow: Option<&str>,
    ) -> impl Iterator<Item = (&Arc<FieldAddress>, &u64)> {
        let first = FieldAddress {
            device: device.to_owned(),
            shadow: shadow.map(ToOwned::to_owned),
            path: Vec::new(),
        };
        self.fields.range(first..)
    }

    /// In place of an older one for the same field.
    pub(super) fn insert(&mut self, field: FieldAddress, change: Change) -> u64 {
        if let Some(old) = self.find(&field) {
            self.remove(old);
        }
        self.newest += 1;
        let (number, field) = (self.newest, Arc::new(field));
        self.fields.insert(field.clone(), number);
        if !change.token.is_empty() {
            self.tokens.insert(change.token.as_str().into(), number);
        }
        let place = Place::of(&change);
        self.enter(number, &field.device, place);
        let entry = Entry {
            field,
            change,
            place,
        };
        self.entries.insert(number, entry);
        number
    }

    pub(super) fn remove(&mut self, number: u64) -> Option<(Arc<FieldAddress>, Change)> {
        let entry = self.entries.remove(&number)?;
        self.leave(number, &entry.field.device, entry.place);
        self.fields.remove(&entry.field);
        self.tokens.remove(entry.change.token.as_str());
        Some((entry.field, entry.change))
    }

    /// Lets something happen to a change, and keeps the indexes right. One that is void then is forgotten.
    pub(super) fn alter(
        &mut self,
        number: u64,
        act: &mut dyn FnMut(&FieldAddress, &mut Change),
    ) -> bool {
        let Some(entry) = self.entries.get_mut(&number) else {
            return false;
        };
        let (old, stage) = (entry.place, discriminant(&entry.change.stage));
        act(&entry.field, &mut entry.change);
        entry.place = Place::of(&entry.change);
        let (field, new) = (entry.field.clone(), entry.place);
        if new.lane == Lane::Ended && stage != discriminant(&entry.change.stage) {
            self.ended.note(number, &field, &entry.change);
        }
        if old != new {
            self.leave(number, &field.device, old);
            self.enter(number, &field.device, new);
        }
        if self
            .entries
            .get(&number)
            .is_some_and(|it| it.change.is_void())
        {
            self.remove(number);
        }
        true
    }

    pub(super) fn send(&mut self, number: u64, token: &str, now: Now) {
        let Some(entry) = self.entries.get(&number) else {
            return;
        };
        let field = entry.field.clone();
        self.tokens.remove(entry.change.token.as_str());
        self.tokens.insert(token.into(), number);
        self.alter(number, &mut |_, change| change.send(token, now));
        self.outbox.handle_sent(&field.device, token, now);
    }

    /// The next change whose deadline has come.
    pub(super) fn poll_deadline(&mut self, now: Now) -> Option<u64> {
        let (at, number) = *self.deadlines.first()?;
        (at <= now.instant).then_some(number)
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let deadline = self.deadlines.first().map(|(at, _)| *at);
        let deadlines = [deadline, self.outbox.poll_timeout()];
        deadlines.into_iter().flatten().min()
    }

    fn enter(&mut self, number: u64, device: &str, place: Place) {
        self.lanes[place.lane as usize].insert(number);
        self.deadlines.extend(place.deadline.map(|at| (at, number)));
        self.queued += usize::from(place.queued);
        if place.lane == Lane::Due {
            self.outbox.put(device, number);
        }
    }

    fn leave(&mut self, number: u64, device: &str, place: Place) {
        self.lanes[place.lane as usize].remove(&number);
        if let Some(at) = place.deadline {
            self.deadlines.remove(&(at, number));
        }
        self.queued -= usize::from(place.queued);
        if place.lane == Lane::Due {
            self.outbox.take(device, number);
        }
    }
}
