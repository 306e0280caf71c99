//! A message as a rule sees it: topic, payload and where they came from. The payload is read as JSON once, however many
//! rules look at it.

use std::cell::OnceCell;

use super::json;
use super::value::Value;
use crate::rng::Rng;
use crate::time::UnixMillis;

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

pub struct Incoming<'a> {
    pub origin: Origin<'a>,
    pub payload: &'a [u8],
    /// For `get_thing_shadow`.
    pub shadow: Option<&'a ShadowText>,
    /// The payload as JSON, once it was asked for; None in it: it is no JSON.
    root: OnceCell<Option<Value<'a>>>,
}

impl<'a> Incoming<'a> {
    pub fn new(origin: Origin<'a>, payload: &'a [u8]) -> Self {
        Self {
            origin,
            payload,
            shadow: None,
            root: OnceCell::new(),
        }
    }

    pub(super) fn root(&self) -> Option<&Value<'a>> {
        self.root.get_or_init(|| json::parse(self.payload)).as_ref()
    }
}
