//! Every bound of the broker in one place: no client makes it grow without end.

use std::time::Duration;

use crate::rules;

/// What one client, and all of them together, may ask of the broker.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a payload; a larger one closes the connection, as on AWS IoT.
    pub payload: usize,
    /// Bytes that wait for one connection. Beyond it QoS 0 is dropped.
    pub outbox: usize,
    /// QoS 1 messages sent to one client and not yet acknowledged.
    pub in_flight: usize,
    /// QoS 1 messages that wait behind the window of one session.
    pub queued_messages: usize,
    /// Bytes of their topics and payloads.
    pub queued_bytes: usize,
    /// Filters in one SUBSCRIBE. AWS IoT allows 8; clients of a plain broker send more.
    pub filters_per_subscribe: Option<usize>,
    pub subscriptions_per_session: usize,
    /// Levels of a filter. Bounds the depth of the subscription tree.
    pub filter_levels: usize,
    /// Bytes of a client identifier.
    pub client_id: usize,
    /// Sessions kept, connected or not. Beyond it the absent ones go, the longest absent first.
    pub sessions: usize,
    pub retained_messages: usize,
    pub retained_bytes: usize,
    pub rules: usize,
    /// Messages that wait for one rule, those under way among them. What does not fit is lost, and counted.
    pub rule_queue: usize,
    /// Bytes of their topics and payloads.
    pub rule_queue_bytes: usize,
    /// The same of all rules together.
    pub rule_queues_bytes: usize,
    /// How long a connection may wait with its CONNECT.
    pub connect_timeout: Duration,
    /// How long the session of an absent client is kept.
    pub session_expiry: Duration,
}

impl Limits {
    /// The largest remaining length that is let in: a PUBLISH with the longest topic and payload.
    pub fn packet(&self) -> usize {
        self.payload + usize::from(u16::MAX) + 4
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            payload: 128 * 1024,
            outbox: 8 * 1024 * 1024,
            in_flight: 100,
            queued_messages: 10_000,
            queued_bytes: 8 * 1024 * 1024,
            filters_per_subscribe: None,
            subscriptions_per_session: 10_000,
            filter_levels: 128,
            client_id: 128,
            sessions: 100_000,
            retained_messages: 100_000,
            retained_bytes: 256 * 1024 * 1024,
            rules: rules::MAX_RULES,
            rule_queue: rules::QUEUE,
            rule_queue_bytes: 64 * 1024 * 1024,
            rule_queues_bytes: 512 * 1024 * 1024,
            connect_timeout: Duration::from_secs(10),
            session_expiry: Duration::from_secs(3600),
        }
    }
}
