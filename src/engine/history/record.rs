//! What is kept of the versions that were seen, as compact text and within bounds.
//!
//! A person looks at few shadows, and a fleet reports all the time. So every version is kept of the shadows that
//! somebody looked at, and of all others those that changed what is desired: what was wished is known everywhere, and
//! a fleet that only reports costs one comparison a message.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use super::VersionView;
use super::changes::Changes;
use crate::engine::editor::ShadowAddress;
use crate::shadow::document::ShadowDocument;
use crate::shadow::text::{state_from_json, state_to_json};
use crate::shadow::three_way::{State, state_of};
use crate::shadow::topics::ShadowId;
use crate::time::UnixMillis;

/// Versions of one shadow.
const MAX_VERSIONS: usize = 100;

/// All of it, in bytes, and how much is left of it when it gets too much.
const MAX_BYTES: usize = 4 << 20;
const ENOUGH_BYTES: usize = MAX_BYTES / 8 * 7;

/// What a version takes beside its texts.
const OVERHEAD: usize = 128;

#[derive(Debug, Default)]
pub(in crate::engine) struct History {
    /// By device.
    of: HashMap<Box<str>, Vec<Shadow>>,
    bytes: usize,
    /// Counts the versions, over all shadows.
    serial: u64,
}

#[derive(Debug, Default)]
struct Shadow {
    name: Option<Box<str>>,
    /// Somebody looked at it.
    watched: bool,
    /// Oldest first.
    versions: VecDeque<Version>,
}

#[derive(Debug)]
struct Version {
    serial: u64,
    version: u64,
    at: UnixMillis,
    by: Option<Arc<str>>,
    // Shared with the version before, where it is the same.
    desired: Arc<str>,
    reported: Arc<str>,
    changes: Changes,
}

impl History {
    /// A person looks at the shadow: all that comes is kept from now on.
    pub(in crate::engine) fn watch(
        &mut self,
        device: &str,
        shadow: Option<&str>,
        newest: Option<&ShadowDocument>,
    ) {
        let known = self.shadow(device, shadow);
        if known.is_some_and(|known| known.watched) {
            return;
        }
        self.change(device, shadow, |known, serial| {
            known.watched = true;
            if let Some(newest) = newest {
                known.push(newest, None, Changes::default(), serial);
            }
        });
    }

    /// A document came that is not older than the one known of before.
    pub(in crate::engine) fn note(
        &mut self,
        id: ShadowId<'_>,
        old: Option<&ShadowDocument>,
        new: &ShadowDocument,
        token: Option<&str>,
    ) {
        let wished = old.is_some_and(|old| old.desired != new.desired);
        let watched = || {
            let known = self.shadow(id.thing(), id.shadow());
            known.is_some_and(|known| known.watched)
        };
        // Nearly every message of a fleet ends here.
        if !wished && !watched() {
            return;
        }
        self.change(id.thing(), id.shadow(), |known, serial| {
            let mut changes = Changes::default();
            if let Some(old) = old {
                if known.versions.is_empty() {
                    known.push(old, None, Changes::default(), serial);
                }
                changes = Changes::between(old, new);
            }
            known.push(new, token, changes, serial);
        });
        if self.bytes > MAX_BYTES {
            self.shed();
        }
    }

    fn change(
        &mut self,
        device: &str,
        shadow: Option<&str>,
        act: impl FnOnce(&mut Shadow, &mut u64),
    ) {
        let shadows = self.of.entry(device.into()).or_default();
        let place = shadows.iter().position(|it| it.name.as_deref() == shadow);
        let place = place.unwrap_or_else(|| {
            shadows.push(Shadow {
                name: shadow.map(Into::into),
                ..Shadow::default()
            });
            shadows.len() - 1
        });
        let before = shadows[place].size();
        act(&mut shadows[place], &mut self.serial);
        self.bytes = self.bytes + shadows[place].size() - before;
    }

    /// Makes room: versions that changed only what is reported go first, then the oldest.
    fn shed(&mut self) {
        let mut all: Vec<(bool, u64, usize)> = Vec::new();
        for version in self.of.values().flatten().flat_map(|it| &it.versions) {
            all.push((version.changes.wished(), version.serial, version.size()));
        }
        all.sort_unstable();
        let mut surplus = self.bytes.saturating_sub(ENOUGH_BYTES);
        let mut goes = HashSet::new();
        for (_, serial, size) in all {
            if surplus == 0 {
                break;
            }
            surplus = surplus.saturating_sub(size);
            goes.insert(serial);
        }
        self.of.retain(|_, shadows| {
            shadows.retain_mut(|known| {
                known.versions.retain(|it| !goes.contains(&it.serial));
                known.watched || !known.versions.is_empty()
            });
            !shadows.is_empty()
        });
        self.bytes = self.of.values().flatten().map(Shadow::size).sum();
    }

    fn shadow(&self, device: &str, shadow: Option<&str>) -> Option<&Shadow> {
        let mut shadows = self.of.get(device)?.iter();
        shadows.find(|known| known.name.as_deref() == shadow)
    }

    fn find(&self, shadow: &ShadowAddress) -> Option<&Shadow> {
        self.shadow(&shadow.device, shadow.shadow.as_deref())
    }

    fn version(&self, shadow: &ShadowAddress, version: u64) -> Option<&Version> {
        let versions = &self.find(shadow)?.versions;
        let place = versions.binary_search_by_key(&version, |it| it.version);
        versions.get(place.ok()?)
    }

    /// Desired and reported, as they were.
    pub(super) fn states(&self, shadow: &ShadowAddress, version: u64) -> Option<[State; 2]> {
        let version = self.version(shadow, version)?;
        Some([&version.desired, &version.reported].map(|text| state_from_json(text)))
    }

    pub(in crate::engine) fn desired(&self, shadow: &ShadowAddress, version: u64) -> Option<State> {
        self.states(shadow, version).map(|[desired, _]| desired)
    }

    /// The client token of the update that led to a version.
    pub(in crate::engine) fn by(&self, shadow: &ShadowAddress, version: u64) -> Option<String> {
        let by = self.version(shadow, version)?.by.as_ref()?;
        Some(by.to_string())
    }

    /// Newest first.
    pub(super) fn versions(&self, shadow: &ShadowAddress) -> Vec<VersionView> {
        let versions = self.find(shadow).map(|known| known.versions.iter().rev());
        versions.into_iter().flatten().map(Version::view).collect()
    }
}

impl Shadow {
    fn push(
        &mut self,
        document: &ShadowDocument,
        token: Option<&str>,
        changes: Changes,
        serial: &mut u64,
    ) {
        match self.versions.back_mut() {
            Some(last) if last.version == document.version => {
                // Told once more: only whose it is can be news.
                last.by = last.by.take().or_else(|| token.map(Into::into));
                return;
            }
            // The counter began anew: what was before belongs to another life.
            Some(last) if last.version > document.version => self.versions.clear(),
            _ => {}
        }
        let last = self.versions.back();
        let share = |text: String, old: Option<&Arc<str>>| match old {
            Some(old) if **old == *text => Arc::clone(old),
            _ => text.into(),
        };
        let desired = state_to_json(&state_of(&document.desired));
        let reported = state_to_json(&state_of(&document.reported));
        *serial += 1;
        let version = Version {
            serial: *serial,
            version: document.version,
            at: document.timestamp,
            by: token.map(Into::into),
            desired: share(desired, last.map(|last| &last.desired)),
            reported: share(reported, last.map(|last| &last.reported)),
            changes,
        };
        self.versions.push_back(version);
        if self.versions.len() > MAX_VERSIONS {
            let mut versions = self.versions.iter();
            let place = versions.position(|version| !version.changes.wished());
            self.versions.remove(place.unwrap_or_default());
        }
    }

    fn size(&self) -> usize {
        self.versions.iter().map(Version::size).sum()
    }
}

impl Version {
    /// Texts that are shared count for each: it is a bound, not a measure.
    fn size(&self) -> usize {
        OVERHEAD + self.desired.len() + self.reported.len() + self.changes.size()
    }

    fn view(&self) -> VersionView {
        VersionView {
            version: self.version,
            at: self.at,
            by: self.by.as_deref().map(ToOwned::to_owned),
            desired: self.changes.desired.clone(),
            reported: self.changes.reported.clone(),
            changed: self.changes.changed,
        }
    }
}
