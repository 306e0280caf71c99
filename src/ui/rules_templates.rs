//! What a new rule starts from. A person changes every word of it.

use super::text::{Phrase, rules as words};
use crate::engine::command::{RuleAction, RuleDraft};

pub(super) struct Template {
    pub(super) words: Phrase,
    pub(super) name: &'static str,
    sql: &'static str,
    then: Then,
}

enum Then {
    /// The key, in the bucket `gnomon`.
    Store(&'static str),
    Republish(&'static str),
}

pub(super) const TEMPLATES: [Template; 3] = [
    Template {
        words: words::FROM_ARTICLE,
        name: "iphone6_location",
        sql: "SELECT * FROM 'topic_1'",
        then: Then::Store("iphone6-location-${timestamp()}"),
    },
    Template {
        words: words::FROM_ALERT,
        name: "speed_alert",
        sql: "SELECT topic(2) AS device,\n       speed,\n       timestamp() AS at\n  FROM 'fleet/+/location'\n WHERE speed > 10",
        then: Then::Republish("alerts/${topic(2)}"),
    },
    Template {
        words: words::FROM_SHADOW,
        name: "lamp_follows_switch",
        sql: "SELECT state.reported.power AS state.desired.power\n  FROM '$aws/things/switch/shadow/update/accepted'\n WHERE NOT isUndefined(state.reported.power)",
        then: Then::Republish("$$aws/things/lamp/shadow/update"),
    },
];

impl Template {
    pub(super) fn draft(&self, name: String) -> RuleDraft {
        let action = match self.then {
            Then::Store(key) => RuleAction::Store {
                bucket: "gnomon".to_owned(),
                key: key.to_owned(),
            },
            Then::Republish(topic) => RuleAction::Republish {
                topic: topic.to_owned(),
                qos: 1,
            },
        };
        RuleDraft {
            name,
            sql: self.sql.to_owned(),
            actions: vec![action],
            ..RuleDraft::default()
        }
    }
}
