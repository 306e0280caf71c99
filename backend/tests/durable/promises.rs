//! What clients were promised, and what a backend that comes back may therefore hold.

use std::collections::BTreeMap;

use gnomon::shadow::document::ShadowDocument;

/// A value that changed over time, the last change that was acknowledged among them. A later one may have been
/// saved without anybody knowing.
#[derive(Debug)]
pub(crate) struct History<T> {
    /// By the number of the change; 0 is the beginning.
    values: BTreeMap<u64, T>,
    acknowledged: u64,
}

impl<T: Clone + PartialEq + std::fmt::Debug> History<T> {
    pub(crate) fn new(beginning: T) -> Self {
        Self {
            values: BTreeMap::from([(0, beginning)]),
            acknowledged: 0,
        }
    }

    pub(crate) fn last(&self) -> u64 {
        self.values
            .last_key_value()
            .map_or(0, |(number, _)| *number)
    }

    /// As it is now.
    pub(crate) fn value(&self) -> &T {
        &self.values[&self.last()]
    }

    pub(crate) fn change(&mut self, number: u64, value: T) {
        self.values.insert(number, value);
    }

    /// A change whose number means nothing but its place.
    pub(crate) fn push(&mut self, value: T) {
        self.change(self.last() + 1, value);
    }

    pub(crate) fn acknowledge(&mut self, number: u64) {
        assert!(
            self.values.contains_key(&number),
            "{number} never happened: {self:?}"
        );
        self.acknowledged = self.acknowledged.max(number);
    }

    /// A crash left this value behind, which must be a possible one. History goes on from there.
    /// `number` where it is known.
    pub(crate) fn resume(&mut self, found: &T, number: Option<u64>) {
        let possible = self.values.range(self.acknowledged..).rev();
        let mut possible = possible
            .filter(|(at, value)| *value == found && number.is_none_or(|number| number == **at));
        let (&number, _) = possible
            .next()
            .unwrap_or_else(|| panic!("{found:?} at {number:?} breaks a promise: {self:?}"));
        self.values.retain(|at, _| *at <= number);
        self.acknowledged = number;
    }
}

/// Everything that was promised.
#[derive(Debug)]
pub(crate) struct Promises {
    /// By version; a deletion counts as one.
    pub(crate) shadows: [History<Option<ShadowDocument>>; 2],
    pub(crate) retained: [History<Option<String>>; 2],
    pub(crate) session: History<Kept>,
    pub(crate) queue: Queue,
}

/// What is kept of the visitor's session.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kept {
    Nothing,
    Session { subscribed: bool },
}

impl Promises {
    pub(crate) fn new() -> Self {
        Self {
            shadows: [History::new(None), History::new(None)],
            retained: [History::new(None), History::new(None)],
            session: History::new(Kept::Nothing),
            queue: Queue::default(),
        }
    }
}

/// Messages for the lasting session, oldest first. Their payloads are ascending numbers.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    messages: Vec<Queued>,
    /// The last message of a session of which it was said that it ended.
    ended: u64,
}

#[derive(Debug)]
struct Queued {
    payload: String,
    /// Its publisher may forget it.
    acknowledged: bool,
}

impl Queue {
    pub(crate) fn push(&mut self, payload: String) {
        let acknowledged = false;
        self.messages.push(Queued {
            payload,
            acknowledged,
        });
    }

    pub(crate) fn acknowledge(&mut self, payload: &str) {
        for message in &mut self.messages {
            message.acknowledged |= message.payload == payload;
        }
    }

    /// The subscriber has taken this one: whether it comes again is open.
    pub(crate) fn take(&mut self, payload: &str) {
        self.messages.retain(|message| message.payload != payload);
    }

    /// The session is to end: whether its messages come again is open.
    pub(crate) fn clear(&mut self) {
        self.messages.clear();
    }

    /// The session with the messages up to this one has ended for good.
    pub(crate) fn end(&mut self, last: Option<u64>) {
        self.ended = self.ended.max(last.unwrap_or(0));
    }

    /// What the subscriber is given on its return must hold every promised message, in order, and none of an ended
    /// session.
    pub(crate) fn check(&self, delivered: &[String]) {
        for payload in delivered {
            let number: u64 = payload.parse().unwrap();
            assert!(number > self.ended, "{number} is back: {self:?}");
        }
        let mut delivered = delivered.iter();
        for message in self.messages.iter().filter(|message| message.acknowledged) {
            let found = delivered.any(|payload| *payload == message.payload);
            assert!(found, "{} was promised: {self:?}", message.payload);
        }
    }
}
