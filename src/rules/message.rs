//! A message as one rule sees it: topic, payload and where they came from, and what the statement and its templates share
//! while they look at it. The payload is read as JSON once, and SET is evaluated once.

use std::cell::{Cell, OnceCell};

use super::json;
use super::value::Value;
use crate::rng::Rng;
use crate::time::UnixMillis;

/// Expressions, items and stretches of text that a statement and its templates may look at together for one message:
/// they cannot hang.
const MAX_STEPS: u32 = 1 << 20;

/// What is known of a message beside its payload.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// What `topic()` says; for Basic Ingest only what follows the rule's name.
    pub topic: &'a str,
    /// What `timestamp()` says: when it arrived.
    pub at: UnixMillis,
    /// None: it came by no MQTT connection.
    pub client_id: Option<&'a str>,
    pub principal: &'a str,
    pub account: &'a str,
    /// Decides `traceid()`, `newuuid()` and `rand()`: the same message makes the same ones again.
    pub seed: u64,
}

impl Origin<'_> {
    /// What `traceid()` says of a message that came by MQTT.
    pub fn trace_id(&self) -> String {
        Rng::new(self.seed).uuid()
    }
}

/// The document of a shadow, by its thing and its name.
pub type ShadowText = dyn Fn(&str, Option<&str>) -> Option<String>;

/// For one statement and the templates of its actions.
pub struct Incoming<'a> {
    pub origin: Origin<'a>,
    pub payload: &'a [u8],
    /// For `get_thing_shadow`.
    pub shadow: Option<&'a ShadowText>,
    /// The payload as JSON, once it was asked for; None in it: it is no JSON.
    root: OnceCell<Option<Value<'a>>>,
    /// The values of SET in their order, once they were asked for.
    pub(super) variables: OnceCell<Vec<Value<'static>>>,
    /// How many are left.
    pub(super) steps: Cell<u32>,
}

impl<'a> Incoming<'a> {
    pub fn new(origin: Origin<'a>, payload: &'a [u8]) -> Self {
        Self {
            origin,
            payload,
            shadow: None,
            root: OnceCell::new(),
            variables: OnceCell::new(),
            steps: Cell::new(MAX_STEPS),
        }
    }

    /// How many steps its evaluation took so far.
    pub fn spent(&self) -> u64 {
        (MAX_STEPS - self.steps.get()).into()
    }

    pub(super) fn root(&self) -> Option<&Value<'a>> {
        self.root.get_or_init(|| json::parse(self.payload)).as_ref()
    }
}
