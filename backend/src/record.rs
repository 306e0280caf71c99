//! What is kept on disk, as bytes: which table, which key, which value. Knows no file.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::journal::{Key, Mark};
use crate::things::certificates::CertificateStatus;

/// The tables in the order in which they are read: a queue needs its session or its rule, and what is attached
/// needs its policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    Shadows,
    Retained,
    Sessions,
    Queues,
    Certificates,
    ThingTypes,
    Things,
    Policies,
    /// Which policies are attached to which certificates.
    Attached,
    Rules,
    RuleQueue,
}

impl Table {
    pub const ALL: [Self; 11] = [
        Self::Shadows,
        Self::Retained,
        Self::Sessions,
        Self::Queues,
        Self::Certificates,
        Self::ThingTypes,
        Self::Things,
        Self::Policies,
        Self::Attached,
        Self::Rules,
        Self::RuleQueue,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Shadows => "shadows",
            Self::Retained => "retained",
            Self::Sessions => "sessions",
            Self::Queues => "queues",
            Self::Certificates => "certificates",
            Self::ThingTypes => "thing-types",
            Self::Things => "things",
            Self::Policies => "policies",
            Self::Attached => "attached",
            Self::Rules => "rules",
            Self::RuleQueue => "rule-queue",
        }
    }
}

impl Key {
    pub(crate) fn table(&self) -> Table {
        match self {
            Self::Shadow(_) => Table::Shadows,
            Self::Retained(_) => Table::Retained,
            Self::Session(_) => Table::Sessions,
            Self::Queued(..) => Table::Queues,
            Self::Thing(_) => Table::Things,
            Self::ThingType(_) => Table::ThingTypes,
            Self::Certificate(_) => Table::Certificates,
            Self::Policy(_) => Table::Policies,
            Self::Attached(_) => Table::Attached,
            Self::Rule(_) => Table::Rules,
            Self::RuleQueued(_) => Table::RuleQueue,
        }
    }

    /// As it stands in its table.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Shadow(name) | Self::Thing(name) | Self::ThingType(name) => name.as_bytes(),
            Self::Session(name) | Self::Policy(name) | Self::Rule(name) => name.as_bytes(),
            Self::Retained(topic) => topic.as_str().as_bytes(),
            Self::Queued(number, _) | Self::RuleQueued(number) => {
                return number.to_be_bytes().to_vec();
            }
            Self::Certificate(id) => &id.0,
            Self::Attached(id) => return id.to_string().into_bytes(),
        }
        .to_vec()
    }
}

/// One entry as it is to be from now on; `None`: it is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub table: Table,
    pub key: Vec<u8>,
    pub value: Option<Vec<u8>>,
}

/// Changes that are saved together or not at all. An empty batch is saved at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub mark: Mark,
    pub changes: Vec<Change>,
}

/// Bytes that are no entry of their table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an entry of the table '{}' cannot be read", .0.name())]
pub struct RecordError(pub Table);

/// A retained message, by its topic.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Retained<'a> {
    pub(crate) at_least_once: bool,
    pub(crate) stored: i64,
    pub(crate) payload: Cow<'a, [u8]>,
}

/// The subscriptions of a session, by its client identifier: filter, and whether QoS 1 was granted.
pub(crate) type Subscriptions<'a> = Vec<(Cow<'a, str>, bool)>;

/// A QoS 1 message for one session, by its number.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Queued<'a> {
    pub(crate) client_id: Cow<'a, str>,
    pub(crate) topic: Cow<'a, str>,
    pub(crate) payload: Cow<'a, [u8]>,
    pub(crate) retain: bool,
}

/// A client certificate, by its identifier.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Certificate<'a> {
    pub(crate) pem: Cow<'a, str>,
    pub(crate) status: CertificateStatus,
    pub(crate) created: i64,
    pub(crate) modified: i64,
}

/// A rule, by its name.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Rule<'a> {
    pub(crate) created: i64,
    /// The JSON of its definition.
    pub(crate) definition: Cow<'a, str>,
}

/// A message for one rule, by its number.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RuleQueued<'a> {
    pub(crate) rule: Cow<'a, str>,
    pub(crate) topic: Cow<'a, str>,
    pub(crate) payload: Cow<'a, [u8]>,
    pub(crate) at: i64,
    pub(crate) client_id: Option<Cow<'a, str>>,
    pub(crate) principal: Cow<'a, str>,
    pub(crate) seed: u64,
    pub(crate) hops: u8,
}

/// Always Some: these records have nothing that cannot be written.
pub(crate) fn encoded(record: &impl Serialize) -> Option<Vec<u8>> {
    postcard::to_allocvec(record).ok()
}

pub(crate) fn decoded<T: DeserializeOwned>(table: Table, bytes: &[u8]) -> Result<T, RecordError> {
    match postcard::take_from_bytes(bytes) {
        Ok((record, [])) => Ok(record),
        _ => Err(RecordError(table)),
    }
}

pub(crate) fn text(table: Table, bytes: &[u8]) -> Result<&str, RecordError> {
    str::from_utf8(bytes).map_err(|_| RecordError(table))
}
