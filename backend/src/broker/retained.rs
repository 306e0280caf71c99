//! The last message of each topic that was published with RETAIN.

use std::collections::BTreeMap;
use std::ops::Bound;

use gnomon::message::Message;
use gnomon::time::UnixMillis;
use gnomon::topic::{TopicFilter, TopicName};

use super::limits::Limits;

/// A message and when it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetainedMessage {
    pub message: Message,
    pub stored: UnixMillis,
}

/// Messages by topic, in the order of their topics.
#[derive(Debug, Default)]
pub(super) struct Retained {
    messages: BTreeMap<TopicName, RetainedMessage>,
    bytes: usize,
}

impl Retained {
    /// Keeps a message in place of the one before, or forgets that one when the payload is empty.
    /// Returns false when there is no room for it; then the one before is gone too.
    pub(super) fn store(&mut self, message: Message, now: UnixMillis, limits: &Limits) -> bool {
        if let Some(old) = self.messages.remove(&message.topic) {
            self.bytes -= size(&old.message);
        }
        if message.payload.is_empty() {
            return true;
        }
        let bytes = self.bytes + size(&message);
        if self.messages.len() >= limits.retained_messages || bytes > limits.retained_bytes {
            return false;
        }
        self.bytes = bytes;
        let topic = message.topic.clone();
        let stored = now;
        self.messages
            .insert(topic, RetainedMessage { message, stored });
        true
    }

    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    /// Takes back a message that was kept before, whatever the limits are now.
    pub(super) fn restore(&mut self, retained: RetainedMessage) {
        self.bytes += size(&retained.message);
        let topic = retained.message.topic.clone();
        self.messages.insert(topic, retained);
    }

    pub(super) fn get(&self, topic: &TopicName) -> Option<&RetainedMessage> {
        self.messages.get(topic)
    }

    /// What stands behind a topic, in order; all of it when there is none.
    pub(super) fn after(
        &self,
        topic: Option<&TopicName>,
    ) -> impl Iterator<Item = &RetainedMessage> {
        let start = topic.map_or(Bound::Unbounded, Bound::Excluded);
        let behind = self.messages.range((start, Bound::Unbounded));
        behind.map(|(_, retained)| retained)
    }

    /// The messages that a new subscriber of `filter` gets.
    pub(super) fn matching<'a>(
        &'a self,
        filter: &'a TopicFilter,
    ) -> impl Iterator<Item = &'a Message> {
        let text = filter.as_str();
        let literal = &text[..text.find(['+', '#']).unwrap_or(text.len())];
        // `a/#` reaches `a` too.
        let from = literal.strip_suffix('/').unwrap_or(literal);
        let start = match TopicName::new(from) {
            Ok(name) => Bound::Included(name),
            Err(_) => Bound::Unbounded,
        };
        self.messages
            .range((start, Bound::Unbounded))
            .map(|(_, retained)| &retained.message)
            .take_while(move |message| message.topic.as_str().starts_with(from))
            .filter(|message| filter.matches(message.topic.as_str()))
    }
}

fn size(message: &Message) -> usize {
    message.topic.as_str().len() + message.payload.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use gnomon::message::QoS;

    const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

    fn message(topic: &str, payload: &'static str) -> Message {
        Message {
            topic: TopicName::new(topic).unwrap(),
            payload: Bytes::from_static(payload.as_bytes()),
            qos: QoS::AtMostOnce,
            retain: true,
        }
    }

    fn store(topics: &[&str]) -> Retained {
        let mut retained = Retained::default();
        for topic in topics {
            assert!(retained.store(message(topic, "x"), NOW, &Limits::default()));
        }
        retained
    }

    fn check(retained: &Retained, filter: &str, expected: &[&str]) {
        let filter = TopicFilter::new(filter).unwrap();
        let topics: Vec<_> = retained
            .matching(&filter)
            .map(|message| message.topic.as_str())
            .collect();
        assert_eq!(topics, expected, "{filter:?}");
    }

    #[test]
    fn finds_the_messages_of_a_filter() {
        let retained = store(&["/a", "a", "a-b", "a/b", "a/b/c", "b", "京都/x"]);
        check(&retained, "a/#", &["a", "a/b", "a/b/c"]);
        check(&retained, "a/+", &["a/b"]);
        check(&retained, "a", &["a"]);
        check(&retained, "+/b", &["a/b"]);
        check(&retained, "/+", &["/a"]);
        check(&retained, "/#", &["/a"]);
        check(&retained, "京都/#", &["京都/x"]);
        check(
            &retained,
            "#",
            &["/a", "a", "a-b", "a/b", "a/b/c", "b", "京都/x"],
        );
    }

    #[test]
    fn an_empty_payload_forgets() {
        let mut retained = store(&["a"]);
        assert!(retained.store(message("a", ""), NOW, &Limits::default()));
        check(&retained, "#", &[]);
        assert_eq!(retained.bytes, 0);
    }

    #[test]
    fn refuses_what_is_over_the_bounds() {
        let limits = Limits {
            retained_messages: 2,
            retained_bytes: 10,
            ..Limits::default()
        };
        let mut retained = Retained::default();
        assert!(!retained.store(message("a", "0123456789"), NOW, &limits));
        assert!(retained.store(message("a", "1"), NOW, &limits));
        assert!(retained.store(message("b", "1"), NOW, &limits));
        assert!(!retained.store(message("c", "1"), NOW, &limits));
        assert!(retained.store(message("b", "22"), NOW, &limits));
    }

    #[test]
    fn tells_when_each_was_stored_and_what_comes_behind_it() {
        let mut retained = store(&["c", "a", "b"]);
        let later = UnixMillis(NOW.0 + 1);
        assert!(retained.store(message("b", "y"), later, &Limits::default()));
        let b = TopicName::new("b").unwrap();
        assert_eq!(retained.get(&b).unwrap().stored, later);
        let behind = |topic: Option<&TopicName>| -> Vec<_> {
            let found = retained.after(topic);
            found
                .map(|it| it.message.topic.as_str().to_owned())
                .collect()
        };
        assert_eq!(behind(None), ["a", "b", "c"]);
        assert_eq!(behind(Some(&b)), ["c"]);
        assert_eq!(behind(Some(&TopicName::new("a/x").unwrap())), ["b", "c"]);
        assert_eq!(retained.get(&TopicName::new("d").unwrap()), None);
    }
}
