//! Lifecycle events: who came, who went, who subscribed to what, as AWS IoT publishes it on `$aws/events/…`. They are
//! written only when somebody subscribes to them.

use std::net::IpAddr;

use gnomon::message::{Message, QoS};
use gnomon::time::{Now, UnixMillis};
use gnomon::topic::TopicName;
use serde::Serialize;

use super::connection::{Open, Phase};
use super::rules::Author;
use super::{Broker, CloseReason, ConnectionId};
use crate::journal::Mark;

/// What tells one connection of a client from its others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Presence {
    session: u128,
    /// Grows from one connection to the next, over restarts too, so that whoever gets two events out of order can
    /// tell which is the later one.
    version: i64,
    pub(super) since: UnixMillis,
    address: Option<IpAddr>,
}

#[derive(Clone, Copy)]
pub(super) enum Event<'a> {
    Connected,
    Disconnected(&'a CloseReason),
    Subscribed(&'a [&'a str]),
    Unsubscribed(&'a [&'a str]),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    client_id: &'a str,
    /// Milliseconds.
    timestamp: i64,
    event_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_initiated_disconnect: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disconnect_reason: Option<&'static str>,
    session_identifier: String,
    principal_identifier: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_address: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_number: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    topics: Option<&'a [&'a str]>,
}

impl Broker {
    pub(super) fn next_presence(&mut self, address: Option<IpAddr>, now: Now) -> Presence {
        let (high, low) = (self.rng.next_u64(), self.rng.next_u64());
        self.last_version = now.wall.0.max(self.last_version + 1);
        Presence {
            session: u128::from(high) << 64 | u128::from(low),
            version: self.last_version,
            since: now.wall,
            address,
        }
    }

    /// Publishes an event of a client that is connected.
    pub(super) fn tell(&mut self, id: ConnectionId, event: Event<'_>, now: Now) {
        if let Some(connection) = self.connections.get(id)
            && let Phase::Open(open) = &connection.phase
            && let Some(message) = self.event(open, event, now)
        {
            self.publish_message(&message, Author::SERVICE, Mark::NONE, now);
        }
    }

    /// Whether a client or a rule may be told of events.
    fn has_watchers(&self) -> bool {
        let (first, second) = ("$aws", "events");
        self.subscriptions.reach_below(first, second) || self.rules.reach_below(first, second)
    }

    /// What is to be published; `None` when nobody subscribes to events.
    pub(super) fn event(&self, open: &Open, event: Event<'_>, now: Now) -> Option<Message> {
        let client_id = open.permit.client_id()?;
        // Such a client identifier is in no topic.
        if client_id.contains(['+', '#']) || !self.has_watchers() {
            return None;
        }
        let topic = format!("$aws/events/{}/{client_id}", event.path());
        let written = event.written(open, client_id, now);
        Some(Message {
            topic: TopicName::new(&topic).ok()?,
            payload: serde_json::to_vec(&written).ok()?.into(),
            qos: QoS::AtLeastOnce,
            retain: false,
        })
    }
}

impl Event<'_> {
    fn path(self) -> &'static str {
        match self {
            Self::Connected => "presence/connected",
            Self::Disconnected(_) => "presence/disconnected",
            Self::Subscribed(_) => "subscriptions/subscribed",
            Self::Unsubscribed(_) => "subscriptions/unsubscribed",
        }
    }

    fn written<'a>(&'a self, open: &Open, client_id: &'a str, now: Now) -> Written<'a> {
        let Presence {
            session,
            version,
            address,
            ..
        } = open.presence;
        let written = Written {
            client_id,
            timestamp: now.wall.0,
            event_type: self.path().rsplit('/').next().unwrap_or_default(),
            client_initiated_disconnect: None,
            disconnect_reason: None,
            session_identifier: uuid(session),
            principal_identifier: open.permit.principal().identifier(),
            ip_address: None,
            version_number: None,
            topics: None,
        };
        match self {
            Self::Connected => Written {
                ip_address: address,
                version_number: Some(version),
                ..written
            },
            Self::Disconnected(reason) => Written {
                client_initiated_disconnect: Some(**reason == CloseReason::Disconnected),
                disconnect_reason: Some(word(reason)),
                version_number: Some(version),
                ..written
            },
            Self::Subscribed(topics) | Self::Unsubscribed(topics) => Written {
                topics: Some(topics),
                ..written
            },
        }
    }
}

/// AWS IoT's word for the end of a connection.
pub(super) fn word(reason: &CloseReason) -> &'static str {
    match reason {
        CloseReason::Disconnected => "CLIENT_INITIATED_DISCONNECT",
        CloseReason::Lost => "CONNECTION_LOST",
        CloseReason::NotAllowed(..) | CloseReason::Dismissed => "AUTH_ERROR",
        CloseReason::TakenOver => "DUPLICATE_CLIENTID",
        CloseReason::KeepAliveTimeout => "MQTT_KEEP_ALIVE_TIMEOUT",
        CloseReason::TooSlow => "THROTTLED",
        CloseReason::Malformed(_)
        | CloseReason::NotConnected
        | CloseReason::OutOfPlace
        | CloseReason::Refused(_)
        | CloseReason::WillQoS2
        | CloseReason::Reserved(_)
        | CloseReason::PayloadTooLarge(_)
        | CloseReason::TooManyFilters(_)
        | CloseReason::ConnectTimeout => "CLIENT_ERROR",
    }
}

fn uuid(number: u128) -> String {
    let digits = format!("{number:032x}");
    let cut = |from, to| digits.get(from..to).unwrap_or_default();
    [cut(0, 8), cut(8, 12), cut(12, 16), cut(16, 20), cut(20, 32)].join("-")
}
