//! Rules and the rest of the backend: what they get, and what they publish.

use bytes::Bytes;
use gnomon::message::QoS;
use gnomon::time::Now;

use super::Backend;
use crate::rules::{Ended, RepublishError, Work};

impl Backend {
    /// Whether [`Self::take_rule_work`] would give any.
    pub fn has_rule_work(&self) -> bool {
        false
    }

    /// What may be carried out now: of each rule its oldest messages, a bounded number under way. Each is handed out
    /// once, and ended by [`Self::end_rule_work`].
    pub fn take_rule_work(&mut self) -> Vec<Work> {
        Vec::new()
    }

    /// An action failed and is tried again later. Only counted.
    pub fn note_rule_retry(&mut self, _number: u64, _action: Option<u8>, _error: &str) {}

    pub fn end_rule_work(&mut self, _number: u64, _ended: Ended, _now: Now) {}

    /// Publishes what the work of that number made. Requests to the shadow service are carried out.
    pub fn republish(
        &mut self,
        _number: u64,
        topic: &str,
        _payload: Bytes,
        _qos: QoS,
        _now: Now,
    ) -> Result<(), RepublishError> {
        Err(RepublishError::Topic(topic.to_owned()))
    }

    /// The document of a shadow, for rules that ask for one.
    pub fn shadow_text(&self, _thing: &str, _shadow: Option<&str>) -> Option<String> {
        None
    }
}
