//! Packet identifiers in use. One is never given out again before its acknowledgement came.

use std::collections::HashMap;

use crate::mqtt::wire::PacketId;
use crate::time::Instant;

/// What an acknowledgement is awaited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Awaited {
    Publish,
    /// For these places in the list of subscriptions.
    Subscribe(Vec<usize>),
    Unsubscribe,
}

#[derive(Clone, Debug)]
pub(super) struct InFlight {
    last: u16,
    /// With the time of sending, which measures the latency.
    awaited: HashMap<PacketId, (Awaited, Instant)>,
}

impl InFlight {
    pub(super) fn new() -> Self {
        Self {
            last: 0,
            awaited: HashMap::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.awaited.len()
    }

    /// A free identifier; `None` when all 65,535 are in use.
    pub(super) fn begin(&mut self, awaited: Awaited, now: Instant) -> Option<PacketId> {
        for _ in 0..=u16::MAX {
            self.last = self.last.wrapping_add(1);
            if let Some(id) = PacketId::new(self.last)
                && !self.awaited.contains_key(&id)
            {
                self.awaited.insert(id, (awaited, now));
                return Some(id);
            }
        }
        None
    }

    /// Takes up again a PUBLISH that an earlier connection left, under its old identifier.
    pub(super) fn resume(&mut self, id: PacketId, now: Instant) {
        self.awaited.insert(id, (Awaited::Publish, now));
    }

    /// What was awaited under this identifier, and since when; `None` when nothing was.
    pub(super) fn end(&mut self, id: PacketId) -> Option<(Awaited, Instant)> {
        self.awaited.remove(&id)
    }

    /// Whether a PUBLISH is unacknowledged that was sent then or later.
    pub(super) fn has_published_since(&self, then: Instant) -> bool {
        let mut all = self.awaited.values();
        all.any(|(awaited, sent)| *awaited == Awaited::Publish && *sent >= then)
    }

    pub(super) fn clear(&mut self) {
        self.awaited.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_wrap_and_skip_those_in_use() {
        let mut in_flight = InFlight::new();
        let kept = in_flight.begin(Awaited::Unsubscribe, Instant(0)).unwrap();
        assert_eq!(kept.get(), 1);
        for _ in 0..65_534 {
            let id = in_flight.begin(Awaited::Publish, Instant(0)).unwrap();
            assert!(in_flight.end(id).is_some());
        }
        assert_eq!(
            in_flight.begin(Awaited::Publish, Instant(0)).unwrap().get(),
            2
        );
        assert_eq!(
            in_flight.end(kept),
            Some((Awaited::Unsubscribe, Instant(0)))
        );
        assert_eq!(in_flight.end(kept), None);
    }

    #[test]
    fn gives_nothing_when_all_are_in_use() {
        let mut in_flight = InFlight::new();
        for _ in 0..65_535 {
            assert!(in_flight.begin(Awaited::Publish, Instant(0)).is_some());
        }
        assert_eq!(in_flight.begin(Awaited::Publish, Instant(0)), None);
        assert_eq!(in_flight.len(), 65_535);
    }
}
