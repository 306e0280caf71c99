//! The numbers that bound a session. Where AWS IoT Core sets a limit, it is that limit.

use std::time::Duration;

/// The largest packet let in: 128 KiB of payload and room for the topic.
pub const MAX_PACKET: usize = 128 * 1024 + 66 * 1024;

/// The largest packet that goes by unread and counted; a claim of more ends the connection.
pub const MAX_SKIPPED: usize = 16 << 20;

/// Filters in one SUBSCRIBE.
pub const MAX_FILTERS_PER_SUBSCRIBE: usize = 8;

/// Subscriptions of one connection.
pub const MAX_SUBSCRIPTIONS: usize = 50;

/// Bytes that may wait for the socket before a publish is refused.
pub const MAX_UNSENT: usize = 1 << 20;

/// Bytes of acknowledgements that may wait for a broker that sends and does not read; more ends the connection.
pub const MAX_UNREAD: usize = 4 << 20;

/// QoS 1 messages that may wait for their acknowledgement.
pub const MAX_IN_FLIGHT: usize = 100;

/// Messages that a connection may publish in any one second. AWS IoT throws away what comes above it.
pub const MAX_PUBLISHES_PER_SECOND: usize = 100;

/// From the wish to connect to CONNACK.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// Before the next attempt after a filter was found that the broker closes the connection on: AWS IoT takes one
/// connection a second under one client identifier.
pub const NEXT_FILTER: Duration = Duration::from_secs(1);

/// How soon after a PUBLISH the end of a connection may be due to it: AWS IoT closes on what its policy forbids.
pub const FRESH_PUBLISH: Duration = Duration::from_secs(2);

/// How long SUBACK keeps publishing back. Some brokers never answer.
pub const SUBACK_PATIENCE: Duration = Duration::from_secs(5);

/// The keep-alive unless the person says otherwise.
pub const KEEP_ALIVE: Duration = Duration::from_secs(60);
