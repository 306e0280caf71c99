//! Finds the wishes that wait for too long, and why each of them does, most likely.

use std::collections::HashMap;

use super::set_back::{SetBack, set_back_at};
use super::{StuckCause, StuckRow};
use crate::engine::command::FieldAddress;
use crate::engine::known::Known;
use crate::engine::panel::view_of;
use crate::fleet::Slot;
use crate::shadow::document::{Leaf, ShadowDocument, Stated};
use crate::time::UnixMillis;

/// One leaf that is stuck.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::engine) struct Stuck {
    pub(in crate::engine) slot: Slot,
    pub(in crate::engine) shadow: Option<Box<str>>,
    /// Its place in [`Search::paths`].
    pub(in crate::engine) path: u32,
    pub(super) since: UnixMillis,
    pub(in crate::engine) cause: StuckCause,
    pub(super) cause_at: Option<UnixMillis>,
}

/// Every leaf that is stuck, longest waiting first.
#[derive(Debug, Default)]
pub(in crate::engine) struct Search {
    pub(in crate::engine) paths: Vec<Vec<String>>,
    pub(in crate::engine) found: Vec<Stuck>,
    /// The places of paths by their keys, each ended by a NUL.
    places: HashMap<String, u32>,
    joined: String,
}

impl Search {
    /// Looks at the devices that differ, and only at them. `older_than` is in seconds.
    pub(in crate::engine) fn new(known: &Known, older_than: u32, now: UnixMillis) -> Self {
        let mut search = Self::default();
        let latest = UnixMillis(now.0.saturating_sub(i64::from(older_than) * 1000));
        let mut under_way: HashMap<&str, Vec<&FieldAddress>> = HashMap::new();
        for (field, _) in known.requests.all_under_way() {
            under_way.entry(&field.device).or_default().push(field);
        }
        for slot in known.fleet.differing() {
            let own = match under_way.is_empty() {
                true => None,
                false => under_way.get(known.fleet.name(slot)),
            };
            for (shadow, document) in known.shadows.documents(slot) {
                let own = own.into_iter().flatten().copied();
                let own = own.filter(|field| field.shadow.as_deref() == shadow);
                let case = Case {
                    known,
                    slot,
                    shadow,
                    document,
                    set_backs: known.set_backs.of(&(slot, shadow.map(Into::into))),
                };
                search.look_at(&case, &own.collect::<Vec<_>>(), latest);
            }
        }
        search.found.sort_by_key(|stuck| (stuck.since, stuck.slot));
        search
    }

    fn look_at(&mut self, case: &Case<'_>, under_way: &[&FieldAddress], latest: UnixMillis) {
        case.document.visit_leaves(&mut |leaf: Leaf<'_>| {
            let (true, Some(desired)) = (leaf.differs, leaf.desired) else {
                return;
            };
            let since = desired.at.unwrap_or(case.document.timestamp);
            let is_ours = || under_way.iter().any(|field| field.path == leaf.path);
            if since > latest || is_ours() {
                return;
            }
            let (cause, cause_at) = case.cause(&leaf, desired, since);
            let path = self.place(leaf.path);
            self.found.push(Stuck {
                slot: case.slot,
                shadow: case.shadow.map(Into::into),
                path,
                since,
                cause,
                cause_at,
            });
        });
    }

    fn place(&mut self, path: &[&str]) -> u32 {
        self.joined.clear();
        for key in path {
            self.joined.push_str(key);
            self.joined.push('\0');
        }
        if let Some(place) = self.places.get(&self.joined) {
            return *place;
        }
        let place = self.paths.len() as u32;
        self.places.insert(self.joined.clone(), place);
        let path = path.iter().map(|key| (*key).to_owned());
        self.paths.push(path.collect());
        place
    }

    /// Whether it has this key and this cause, as far as they are given.
    pub(in crate::engine) fn fits(
        &self,
        stuck: &Stuck,
        key: Option<&[String]>,
        cause: Option<StuckCause>,
    ) -> bool {
        let path = || self.paths.get(stuck.path as usize).map(Vec::as_slice);
        cause.is_none_or(|cause| cause == stuck.cause) && (key.is_none() || key == path())
    }

    pub(in crate::engine) fn field(&self, stuck: &Stuck, known: &Known) -> FieldAddress {
        FieldAddress {
            device: known.fleet.name(stuck.slot).to_owned(),
            shadow: stuck.shadow.as_deref().map(ToOwned::to_owned),
            path: self
                .paths
                .get(stuck.path as usize)
                .cloned()
                .unwrap_or_default(),
        }
    }

    /// None: the wish is gone since it was found.
    pub(super) fn row(&self, stuck: &Stuck, known: &Known) -> Option<StuckRow> {
        let field = self.field(stuck, known);
        let document = known
            .shadows
            .document(stuck.slot, stuck.shadow.as_deref())?;
        let desired = document.desired.leaf(&field.path)?;
        let reported = document.reported.leaf(&field.path);
        let form = reported.and_then(|reported| desired.value.in_form_of(&reported.value));
        Some(StuckRow {
            state: known.fleet.state(stuck.slot),
            reported: reported.map(|reported| view_of(&reported.value)),
            reported_at: reported.and_then(|reported| reported.at),
            desired: view_of(&desired.value),
            since: stuck.since,
            cause: stuck.cause,
            cause_at: stuck.cause_at,
            own_form: form.as_ref().map(view_of),
            field,
        })
    }
}

/// One shadow of a device that differs.
struct Case<'a> {
    known: &'a Known,
    slot: Slot,
    shadow: Option<&'a str>,
    document: &'a ShadowDocument,
    set_backs: &'a [SetBack],
}

impl Case<'_> {
    /// What is certain comes before what is likely.
    fn cause(
        &self,
        leaf: &Leaf<'_>,
        desired: &Stated,
        since: UnixMillis,
    ) -> (StuckCause, Option<UnixMillis>) {
        if let Some(reported) = leaf.reported
            && desired.value.in_form_of(&reported.value).as_ref() == Some(&reported.value)
        {
            return (StuckCause::TypeDiffers, reported.at);
        }
        let set_back = set_back_at(self.set_backs, leaf.path);
        if set_back.is_some() {
            return (StuckCause::SetBack, set_back);
        }
        let heard = self.known.fleet.last_seen(self.slot);
        if self.known.fleet.is_silent(self.slot) || heard < since {
            let heard = Some(heard).filter(|heard| heard.0 > 0);
            return (StuckCause::Silent, heard);
        }
        match leaf.reported {
            None => (StuckCause::NeverReported, None),
            Some(_) => (StuckCause::NotDone, None),
        }
    }
}
