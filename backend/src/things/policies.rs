//! Policies by their names, each with its versions, and to which certificates they are attached. What a policy's text
//! means, and for whom, the files below know; nobody is asked here.

pub mod document;
pub(crate) mod grant;
pub(crate) mod variable;

mod condition;
mod pattern;
#[cfg(test)]
mod tests;
mod written;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use gnomon::time::UnixMillis;
use serde::{Deserialize, Serialize};

use super::certificates::{CertificateId, CertificateIdError};
use crate::record::{self, RecordError, Table};
use document::{Document, DocumentError};

pub use variable::ConnectAttributes;

/// Characters of a policy's text that are no white space, as on AWS.
const TEXT: usize = 2048;
/// Bytes of it with its white space, of which AWS counts none.
const WHOLE_TEXT: usize = 8192;
const NAME: usize = 128;
const VERSIONS: usize = 5;
const ATTACHED: usize = 10;

/// Why policies stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("a policy's name has 1 to 128 letters, digits and +=,.@-_")]
    Name,
    #[error("the policy is malformed: {0}")]
    Malformed(#[from] DocumentError),
    #[error(
        "the policy is malformed: it has more than 2048 characters, or 8192 bytes with its white space"
    )]
    TooLong,
    #[error("there is a policy of this name already")]
    Exists,
    #[error("there is no such policy")]
    Unknown,
    #[error("the policy has no such version")]
    UnknownVersion,
    #[error("the policy has five versions: delete one of them first")]
    TooManyVersions,
    #[error("the default version cannot be deleted: make another one the default first")]
    DefaultVersion,
    #[error("the policy has other versions: delete them first")]
    OtherVersions,
    #[error("the policy is attached to a certificate: detach it first")]
    Attached,
    #[error("no more than 10 policies can be attached to a certificate")]
    TooManyAttached,
    #[error("there is no room for more policies")]
    Full,
}

/// A named policy. One of its versions counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    pub name: Arc<str>,
    pub created: UnixMillis,
    /// When a version was added, deleted or made the default.
    pub modified: UnixMillis,
    /// By their numbers, which count from 1 and are never used again.
    pub versions: BTreeMap<u32, PolicyVersion>,
    pub default_version: u32,
    last_version: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyVersion {
    /// As it was written.
    pub text: String,
    pub created: UnixMillis,
    document: Document,
}

/// Every named policy.
#[derive(Debug, Default)]
pub struct Policies {
    by_name: BTreeMap<Arc<str>, Policy>,
    attached: BTreeMap<CertificateId, BTreeSet<Arc<str>>>,
}

impl Policy {
    /// The version that counts.
    pub fn text(&self) -> &str {
        let version = self.versions.get(&self.default_version);
        version.map_or("", |version| &version.text)
    }

    fn document(&self) -> Option<&Document> {
        let version = self.versions.get(&self.default_version)?;
        Some(&version.document)
    }

    fn add(&mut self, version: PolicyVersion, is_default: bool) -> u32 {
        self.last_version += 1;
        self.modified = version.created;
        self.versions.insert(self.last_version, version);
        if is_default {
            self.default_version = self.last_version;
        }
        self.last_version
    }
}

impl PolicyVersion {
    fn new(text: &str, now: UnixMillis) -> Result<Self, PolicyError> {
        let is_long = || text.chars().filter(|it| !it.is_whitespace()).count() > TEXT;
        if text.len() > WHOLE_TEXT || is_long() {
            return Err(PolicyError::TooLong);
        }
        Ok(Self {
            text: text.to_owned(),
            created: now,
            document: Document::parse(text)?,
        })
    }
}

impl Policies {
    /// Far more than one machine's devices need.
    pub const MOST: usize = 10_000;

    pub fn get(&self, name: &str) -> Option<&Policy> {
        self.by_name.get(name)
    }

    /// What stands behind a name, in order; all of it when there is none.
    pub fn after(&self, name: Option<&str>) -> impl Iterator<Item = &Policy> {
        let start = name.map_or(Bound::Unbounded, Bound::Excluded);
        let behind = self.by_name.range::<str, _>((start, Bound::Unbounded));
        behind.map(|(_, policy)| policy)
    }

    pub fn create(
        &mut self,
        name: &str,
        text: &str,
        now: UnixMillis,
    ) -> Result<&Policy, PolicyError> {
        let fits = |it: u8| it.is_ascii_alphanumeric() || b"+=,.@-_".contains(&it);
        if name.is_empty() || name.len() > NAME || !name.bytes().all(fits) {
            return Err(PolicyError::Name);
        }
        let version = PolicyVersion::new(text, now)?;
        if self.by_name.contains_key(name) {
            return Err(PolicyError::Exists);
        }
        if self.by_name.len() >= Self::MOST {
            return Err(PolicyError::Full);
        }
        let name: Arc<str> = name.into();
        let mut policy = Policy {
            name: name.clone(),
            created: now,
            modified: now,
            versions: BTreeMap::new(),
            default_version: 0,
            last_version: 0,
        };
        policy.add(version, true);
        Ok(self.by_name.entry(name).or_insert(policy))
    }

    pub fn delete(&mut self, name: &str) -> Result<(), PolicyError> {
        let policy = self.get(name).ok_or(PolicyError::Unknown)?;
        if policy.versions.len() > 1 {
            return Err(PolicyError::OtherVersions);
        }
        if self.targets(name).next().is_some() {
            return Err(PolicyError::Attached);
        }
        self.by_name.remove(name);
        Ok(())
    }

    /// Returns the number of the new version.
    pub fn create_version(
        &mut self,
        name: &str,
        text: &str,
        is_default: bool,
        now: UnixMillis,
    ) -> Result<u32, PolicyError> {
        let policy = self.by_name.get_mut(name).ok_or(PolicyError::Unknown)?;
        let version = PolicyVersion::new(text, now)?;
        if policy.versions.len() >= VERSIONS {
            return Err(PolicyError::TooManyVersions);
        }
        Ok(policy.add(version, is_default))
    }

    pub fn set_default_version(
        &mut self,
        name: &str,
        version: u32,
        now: UnixMillis,
    ) -> Result<(), PolicyError> {
        let policy = self.with_version(name, version)?;
        policy.default_version = version;
        policy.modified = now;
        Ok(())
    }

    pub fn delete_version(
        &mut self,
        name: &str,
        version: u32,
        now: UnixMillis,
    ) -> Result<(), PolicyError> {
        let policy = self.with_version(name, version)?;
        if policy.default_version == version {
            return Err(PolicyError::DefaultVersion);
        }
        policy.versions.remove(&version);
        policy.modified = now;
        Ok(())
    }

    fn with_version(&mut self, name: &str, version: u32) -> Result<&mut Policy, PolicyError> {
        let policy = self.by_name.get_mut(name).ok_or(PolicyError::Unknown)?;
        match policy.versions.contains_key(&version) {
            true => Ok(policy),
            false => Err(PolicyError::UnknownVersion),
        }
    }

    /// Attached twice is attached.
    pub fn attach(&mut self, name: &str, to: CertificateId) -> Result<(), PolicyError> {
        let policy = self.get(name).ok_or(PolicyError::Unknown)?;
        let name = policy.name.clone();
        let attached = self.attached.entry(to).or_default();
        if attached.len() >= ATTACHED && !attached.contains(&name) {
            return Err(PolicyError::TooManyAttached);
        }
        attached.insert(name);
        Ok(())
    }

    /// What was not attached is not attached afterwards either.
    pub fn detach(&mut self, name: &str, from: CertificateId) -> Result<(), PolicyError> {
        self.get(name).ok_or(PolicyError::Unknown)?;
        if let Some(attached) = self.attached.get_mut(&from) {
            attached.remove(name);
            if attached.is_empty() {
                self.attached.remove(&from);
            }
        }
        Ok(())
    }

    /// The policies of a certificate, in the order of their names.
    pub fn attached(&self, to: CertificateId) -> impl Iterator<Item = &Policy> {
        let names = self.attached.get(&to).into_iter().flatten();
        names.filter_map(|name| self.get(name))
    }

    /// The certificates that a policy is attached to.
    pub fn targets(&self, name: &str) -> impl Iterator<Item = CertificateId> {
        let attached = self.attached.iter();
        attached
            .filter(move |(_, names)| names.contains(name))
            .map(|(id, _)| *id)
    }

    /// What counts for a certificate.
    pub(super) fn documents(&self, id: CertificateId) -> impl Iterator<Item = &Document> {
        self.attached(id).filter_map(Policy::document)
    }
}

/// A policy, by its name.
#[derive(Debug, Serialize, Deserialize)]
struct PolicyRecord<'a> {
    created: i64,
    modified: i64,
    default_version: u32,
    last_version: u32,
    /// Number, when it was made, text.
    versions: Vec<(u32, i64, Cow<'a, str>)>,
}

/// The names of the policies of a certificate, by its identifier.
type AttachedRecord<'a> = Vec<Cow<'a, str>>;

impl Policies {
    pub(crate) fn record(&self, name: &str) -> Option<Vec<u8>> {
        let policy = self.get(name)?;
        let versions = policy.versions.iter();
        record::encoded(&PolicyRecord {
            created: policy.created.0,
            modified: policy.modified.0,
            default_version: policy.default_version,
            last_version: policy.last_version,
            versions: versions
                .map(|(number, it)| (*number, it.created.0, Cow::Borrowed(it.text.as_str())))
                .collect(),
        })
    }

    pub(crate) fn attached_record(&self, id: CertificateId) -> Option<Vec<u8>> {
        let names = self.attached.get(&id)?.iter();
        let names: AttachedRecord<'_> = names.map(|name| Cow::Borrowed(&**name)).collect();
        record::encoded(&names)
    }

    /// A policy that cannot be read any more would let in, or keep out, others than it says.
    pub(crate) fn restore(&mut self, key: &[u8], value: &[u8]) -> Result<(), RecordError> {
        let table = Table::Policies;
        let name: Arc<str> = record::text(table, key)?.into();
        let kept: PolicyRecord<'_> = record::decoded(table, value)?;
        let version = |(number, created, text): (u32, i64, Cow<'_, str>)| {
            let document = Document::parse(&text).map_err(|_| RecordError(table))?;
            let version = PolicyVersion {
                text: text.into_owned(),
                created: UnixMillis(created),
                document,
            };
            Ok((number, version))
        };
        let versions = kept.versions.into_iter().map(version);
        let policy = Policy {
            name: name.clone(),
            created: UnixMillis(kept.created),
            modified: UnixMillis(kept.modified),
            versions: versions.collect::<Result<_, _>>()?,
            default_version: kept.default_version,
            last_version: kept.last_version,
        };
        policy.document().ok_or(RecordError(table))?;
        self.by_name.insert(name, policy);
        Ok(())
    }

    pub(crate) fn restore_attached(&mut self, key: &[u8], value: &[u8]) -> Result<(), RecordError> {
        let table = Table::Attached;
        let bad = |_: CertificateIdError| RecordError(table);
        let id = record::text(table, key)?.parse().map_err(bad)?;
        let names: AttachedRecord<'_> = record::decoded(table, value)?;
        for name in names {
            let policy = self.get(&name).ok_or(RecordError(table))?;
            let name = policy.name.clone();
            self.attached.entry(id).or_default().insert(name);
        }
        Ok(())
    }
}
