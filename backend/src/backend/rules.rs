//! Rules and the rest of the backend: what they get, and what they publish.

use std::collections::BTreeSet;

use bytes::Bytes;
use gnomon::message::{Message, QoS};
use gnomon::rules::Action;
use gnomon::shadow::service::Request;
use gnomon::shadow::topics::ShadowId;
use gnomon::time::Now;
use gnomon::topic::TopicName;

use super::Backend;
use crate::broker::{Author, Limits};
use crate::rules::{Ended, MAX_HOPS, RepublishError, Work};

impl Backend {
    /// Whether [`Self::take_rule_work`] may give anything.
    pub fn has_rule_work(&self) -> bool {
        self.uplink.is_none() && self.broker.rules().has_work()
    }

    /// What may be carried out now: of each rule its oldest messages, a bounded number under way. Each is handed out
    /// once, and ended by [`Self::end_rule_work`].
    pub fn take_rule_work(&mut self) -> Vec<Work> {
        match self.has_rule_work() {
            true => self.broker.take_rule_work(),
            false => Vec::new(),
        }
    }

    /// An action failed and is tried again later. Only counted.
    pub fn note_rule_retry(&mut self, number: u64, action: Option<u8>, error: &str) {
        self.broker.note_rule_retry(number, action, error);
    }

    pub fn end_rule_work(&mut self, number: u64, ended: Ended, _now: Now) {
        self.broker.end_rule_work(number, &ended);
    }

    /// Publishes what the work of that number made. Requests to the shadow service are carried out.
    pub fn republish(
        &mut self,
        number: u64,
        topic: &str,
        payload: Bytes,
        qos: QoS,
        now: Now,
    ) -> Result<(), RepublishError> {
        let origin = self.broker.rules().origin(number);
        let (hops, kept) = origin.ok_or(RepublishError::Gone)?;
        if hops >= MAX_HOPS {
            return Err(RepublishError::Loop);
        }
        if payload.len() > self.broker.limits().payload {
            return Err(RepublishError::TooLarge);
        }
        let unfit = || RepublishError::Topic(topic.to_owned());
        let message = Message {
            topic: TopicName::new(unescaped(topic)).map_err(|_| unfit())?,
            payload,
            qos,
            retain: false,
        };
        let hops = hops + 1;
        let kept = kept || qos == QoS::AtLeastOnce;
        let author = Author::Service { hops, kept };
        let published = self.broker.publish_for_client(&message, author, now);
        published.ok_or_else(unfit)?;
        if let Some(request) = Request::from_message(message.topic.as_str(), &message.payload) {
            // What came of it is told over MQTT only.
            let _ = self.ask(request, hops, now);
        }
        self.run_fleet(now);
        Ok(())
    }

    /// The document of a shadow, for rules that ask for one.
    pub fn shadow_text(&self, thing: &str, shadow: Option<&str>) -> Option<String> {
        let id = ShadowId::new(thing, shadow).ok()?;
        String::from_utf8(self.shadows.text(id)?).ok()
    }

    pub fn limits(&self) -> &Limits {
        self.broker.limits()
    }

    /// The buckets that rules store in, but for those that depend on the message.
    pub fn buckets(&self) -> BTreeSet<String> {
        let rules = self.broker.rules().after(None);
        let definitions = rules.map(|shown| &shown.rule.definition);
        let actions = definitions.flat_map(|it| it.actions.iter().chain(&it.error_action));
        let buckets = actions.filter_map(|action| match action {
            Action::Store { bucket, .. } if !bucket.contains("${") => Some(bucket.clone()),
            _ => None,
        });
        buckets.collect()
    }

    /// From when on rules are counted.
    pub fn note_start(&mut self, now: Now) {
        self.since = now.wall;
    }

    /// Where stored objects go, as counters show it: a folder, or `s3://`.
    pub fn set_object_target(&mut self, target: String) {
        self.object_target = target;
    }
}

/// `$$` at the beginning stands for `$`.
fn unescaped(topic: &str) -> &str {
    match topic.starts_with("$$") {
        true => topic.get(1..).unwrap_or_default(),
        false => topic,
    }
}
