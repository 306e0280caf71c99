//! The last message of each topic that was published with RETAIN.

use std::collections::BTreeMap;
use std::ops::Bound;

use gnomon::message::Message;
use gnomon::topic::{TopicFilter, TopicName};

use super::limits::Limits;

/// Messages by topic, in the order of their topics.
#[derive(Debug, Default)]
pub(super) struct Retained {
    messages: BTreeMap<TopicName, Message>,
    bytes: usize,
}

impl Retained {
    /// Keeps a message in place of the one before, or forgets that one when the payload is empty.
    /// Returns false when there is no room for it; then the one before is gone too.
    pub(super) fn store(&mut self, message: Message, limits: &Limits) -> bool {
        if let Some(old) = self.messages.remove(&message.topic) {
            self.bytes -= size(&old);
        }
        if message.payload.is_empty() {
            return true;
        }
        let bytes = self.bytes + size(&message);
        if self.messages.len() >= limits.retained_messages || bytes > limits.retained_bytes {
            return false;
        }
        self.bytes = bytes;
        self.messages.insert(message.topic.clone(), message);
        true
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
            .map(|(_, message)| message)
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
            assert!(retained.store(message(topic, "x"), &Limits::default()));
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
        assert!(retained.store(message("a", ""), &Limits::default()));
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
        assert!(!retained.store(message("a", "0123456789"), &limits));
        assert!(retained.store(message("a", "1"), &limits));
        assert!(retained.store(message("b", "1"), &limits));
        assert!(!retained.store(message("c", "1"), &limits));
        assert!(retained.store(message("b", "22"), &limits));
    }
}
