//! SUBSCRIBE and UNSUBSCRIBE: what is asked for when, and what the answers mean.

use std::time::Duration;

use super::{LinkFault, Phase, Session, SubscriptionState};
use crate::mqtt::inflight::Awaited;
use crate::mqtt::limits::SUBACK_PATIENCE;
use crate::mqtt::wire::{Packet, SubAck, Subscribe, Unsubscribe};
use crate::time::Instant;
use crate::topic::TopicFilter;

/// While filters are suspected a new connection begins with so much silence, or as much as CONNACK took: what ends
/// it then is no filter, but perhaps somebody who connects under the same client identifier.
const QUIET: Duration = Duration::from_millis(500);

impl Session {
    pub fn subscriptions(&self) -> impl Iterator<Item = (&TopicFilter, SubscriptionState)> {
        self.subscriptions.iter()
    }

    /// Asks for `other` wherever `filter` is refused, set aside or left out. To be called before the first attempt.
    pub fn stand_in(&mut self, other: &TopicFilter, filter: &str) {
        self.subscriptions
            .stand_in(other, filter, &self.config.left_out);
    }

    /// Asks again for a filter that was refused, set aside or left out: at once where the link stands.
    pub fn try_filter(&mut self, filter: &str, now: Instant) {
        if self.subscriptions.try_again(filter) {
            self.subscribe(now);
        }
    }

    /// Asks for a filter no more, and gives it back where it was granted.
    pub fn leave_out(&mut self, filter: &str, now: Instant) {
        let granted = self.subscriptions.leave_out(filter);
        if self.phase == Phase::Up {
            self.unsubscribe(granted.into_iter().collect(), now);
        }
        self.subscribe(now);
        self.note_settled(now);
    }

    /// Whether the link stands and every filter has its answer, or had its time for one. What is published before
    /// that may go without its answer, or be taken for what ended the connection.
    pub fn is_settled(&self) -> bool {
        self.phase == Phase::Up && self.settle_by.is_none()
    }

    pub(super) fn start_subscribing(&mut self, now: Instant) {
        self.subscriptions.restart();
        let quiet = self.trace.accepted.unwrap_or_default().max(QUIET);
        self.quiet_until = self.subscriptions.is_wary().then(|| now + quiet);
        self.settle_by = self.quiet_until.map(|until| until + SUBACK_PATIENCE);
        self.subscribe(now);
    }

    /// Sends what is due of the filters that wait.
    pub(super) fn subscribe(&mut self, now: Instant) {
        if self.phase != Phase::Up || self.quiet_until.is_some_and(|until| now < until) {
            return;
        }
        self.quiet_until = None;
        while let Some(places) = self.subscriptions.poll() {
            let filters = self.subscriptions.filters(&places);
            if let Some(packet_id) = self.in_flight.begin(Awaited::Subscribe(places), now) {
                self.send(&Packet::Subscribe(Subscribe { packet_id, filters }), now);
                self.settle_by = Some(now + SUBACK_PATIENCE);
            }
        }
    }

    pub(super) fn handle_suback(
        &mut self,
        places: &[usize],
        ack: &SubAck,
        now: Instant,
    ) -> Result<(), LinkFault> {
        let Some(unwanted) = self.subscriptions.answered(places, &ack.codes) else {
            return Err(LinkFault::Malformed("SUBACK for nothing".to_owned()));
        };
        self.unsubscribe(unwanted, now);
        self.subscribe(now);
        self.note_settled(now);
        Ok(())
    }

    fn note_settled(&mut self, now: Instant) {
        if self.phase == Phase::Up && self.subscriptions.is_settled() {
            self.settle_by = None;
            let took = now.since(self.since);
            self.trace.subscribed.get_or_insert(took);
        }
    }

    fn unsubscribe(&mut self, filters: Vec<TopicFilter>, now: Instant) {
        if filters.is_empty() {
            return;
        }
        if let Some(packet_id) = self.in_flight.begin(Awaited::Unsubscribe, now) {
            let packet = Unsubscribe { packet_id, filters };
            self.send(&Packet::Unsubscribe(packet), now);
        }
    }
}
