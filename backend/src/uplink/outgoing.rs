//! What waits to leave for the broker: for the disk, for the link, or for room in the session. In the order of the
//! requests, and bounded.

use std::collections::VecDeque;

use gnomon::message::Message;
use gnomon::mqtt::wire::PacketId;

use crate::journal::Mark;

/// Bytes that may wait.
const MAX_WAITING: usize = 16 << 20;
/// What anything that waits takes besides its texts.
const OVERHEAD: usize = 128;

#[derive(Debug)]
pub(super) enum Item {
    /// A message of the service.
    Answer(Message),
    /// A request of the present connection, to be acknowledged.
    Taken(PacketId),
}

#[derive(Debug)]
struct Waiting {
    item: Item,
    /// The batch that must be on disk before.
    mark: Mark,
}

#[derive(Debug, Default)]
pub(super) struct Outgoing {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    dropped: u64,
    /// Of `dropped`, what was told.
    told: u64,
}

impl Outgoing {
    pub(super) fn extend(&mut self, answers: Vec<Message>, mark: Mark) {
        for answer in answers {
            self.push(Item::Answer(answer), mark);
        }
    }

    /// Above the bound the oldest answers go: whoever asked has given up on them first.
    pub(super) fn push(&mut self, item: Item, mark: Mark) {
        self.bytes += size(&item);
        self.waiting.push_back(Waiting { item, mark });
        while self.bytes > MAX_WAITING {
            let is_answer = |waiting: &Waiting| matches!(waiting.item, Item::Answer(_));
            let oldest = self.waiting.iter().position(is_answer).unwrap_or(0);
            self.remove(oldest);
            self.dropped += 1;
        }
    }

    /// The first one, if it may leave.
    pub(super) fn due(&self, saved: Mark) -> Option<&Item> {
        let first = self.waiting.front()?;
        (first.mark <= saved).then_some(&first.item)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn pop(&mut self) {
        self.remove(0);
    }

    /// The connection is lost: on the next one the broker repeats the requests that were not acknowledged.
    pub(super) fn forget_taken(&mut self) {
        self.waiting.retain(|waiting| match &waiting.item {
            Item::Answer(_) => true,
            taken @ Item::Taken(_) => {
                self.bytes -= size(taken);
                false
            }
        });
    }

    /// How many were dropped in all, told when it begins and whenever their number has doubled.
    pub(super) fn take_dropped(&mut self) -> Option<u64> {
        if self.dropped < self.told * 2 || self.dropped == self.told {
            return None;
        }
        self.told = self.dropped;
        Some(self.told)
    }

    fn remove(&mut self, place: usize) {
        if let Some(removed) = self.waiting.remove(place) {
            self.bytes -= size(&removed.item);
        }
    }
}

fn size(item: &Item) -> usize {
    OVERHEAD
        + match item {
            Item::Answer(answer) => answer.topic.as_str().len() + answer.payload.len(),
            Item::Taken(_) => 0,
        }
}
