//! Rules as the backend runs them, but for what they act on: which messages they get, in queues that are kept on disk,
//! and how it went. Pure: whoever carries actions out takes [`Work`] and says how each ended.

mod book;
mod error;
mod figures;
mod queue;
mod read;
mod record;

use std::sync::Arc;

use bytes::Bytes;
use gnomon::message::QoS;
use gnomon::rules::{Definition, Origin, Sql, Template};
use gnomon::time::UnixMillis;

pub(crate) use book::RuleKey;
pub use book::{Rules, Shown};
pub use error::RuleError;
pub use figures::{ActionFigures, Figures};
pub(crate) use queue::Queued;

/// Messages of one rule that wait, those under way among them. What does not fit is lost, and counted.
pub const QUEUE: usize = 10_000;
/// Work of one rule that is handed out and not ended.
pub const UNDER_WAY: usize = 64;
/// A message that rules made of a message that rules made …, so often, is the work of a loop.
pub const MAX_HOPS: u8 = 8;
pub const MAX_RULES: usize = 1000;

/// Whose rules these are, as everywhere in this stand-in.
const ACCOUNT: &str = "123456789012";

/// A rule, its SQL and its templates read.
#[derive(Clone, Debug)]
pub struct Rule {
    pub name: Arc<str>,
    pub definition: Definition,
    pub created: UnixMillis,
    pub sql: Sql,
    /// As in the definition.
    pub actions: Vec<Deed>,
    pub error_action: Option<Deed>,
}

/// Everything else is read from these.
impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.definition, self.created)
            == (&other.name, &other.definition, other.created)
    }
}

impl Eq for Rule {}

/// An action with its templates read.
#[derive(Clone, Debug)]
pub enum Deed {
    Store { bucket: Template, key: Template },
    Republish { topic: Template, qos: QoS },
}

/// Why a rule could not publish what it made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RepublishError {
    #[error("{0} is no topic that can be published to")]
    Topic(String),
    #[error("this message went through {MAX_HOPS} rules already: they feed each other")]
    Loop,
    #[error("the payload has more than 128 KB")]
    TooLarge,
    #[error("the rule was deleted meanwhile")]
    Gone,
}

/// A message for one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// As `topic()` says it.
    pub topic: Arc<str>,
    pub payload: Bytes,
    pub at: UnixMillis,
    pub client_id: Option<Arc<str>>,
    pub principal: Arc<str>,
    /// Decides everything random about it: done again after a crash it makes the same keys.
    pub seed: u64,
    /// How many rules it went through.
    pub hops: u8,
}

impl Item {
    /// What a rule's SQL and templates may know of it.
    pub fn origin(&self) -> Origin<'_> {
        Origin {
            topic: &self.topic,
            at: self.at,
            client_id: self.client_id.as_deref(),
            principal: &self.principal,
            account: ACCOUNT,
            seed: self.seed,
        }
    }
}

/// To be carried out, and ended by its number. After a restart it comes again.
#[derive(Clone, Debug)]
pub struct Work {
    pub number: u64,
    pub rule: Arc<Rule>,
    pub item: Item,
}

/// How work ended. It is not handed out again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// WHERE was true.
    pub fired: bool,
    /// One for each action, and one for the error action if it was asked to act.
    pub deeds: Vec<DeedEnded>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeedEnded {
    /// Which action; `None`: the error action.
    pub action: Option<u8>,
    /// What failed for good, in words.
    pub error: Option<String>,
    pub took_ms: u32,
    /// An object of this rule with the same key was replaced.
    pub overwrote: bool,
}
