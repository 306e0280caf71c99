//! Rules as they were entered and not saved: by name, for one broker, kept beyond the tab. Knows no storage, only the
//! name of a place in it.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;

use super::{RuleAction, RuleDraft};
use crate::auth::sigv4::sha256;
use crate::engine::Output;
use crate::shadow::text::{parse_value, to_json};
use crate::shadow::value::{Object, Value};
use crate::time::Instant;

const MAX_DRAFTS: usize = 100;

/// Bytes of all texts of one draft.
const MAX_BYTES: usize = 256 * 1024;

/// After the first change, before all is written.
const SOON: Duration = Duration::from_millis(500);

/// Of the form in which they are kept.
const VERSION: u64 = 1;

#[derive(Default)]
pub(super) struct Drafts {
    drafts: BTreeMap<String, RuleDraft>,
    /// The last one that was entered did not fit.
    not_kept: bool,
    /// A name made from what identifies the broker. Empty before one was chosen.
    place: String,
    phase: Phase,
    due: Option<Instant>,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Phase {
    /// There is no storage, or no broker.
    #[default]
    Nowhere,
    Asked,
    Ready,
}

impl Drafts {
    /// Turns to another broker, whose place it gives.
    pub(super) fn begin(&mut self, url: &str) -> String {
        let mut name = sha256(url.as_bytes());
        name.truncate(32);
        *self = Self {
            place: "rules-".to_owned() + &name,
            phase: Phase::Asked,
            ..Self::default()
        };
        self.place.clone()
    }

    pub(super) fn find(&self, name: &str) -> Option<&RuleDraft> {
        self.drafts.get(name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.drafts.keys()
    }

    pub(super) fn was_not_kept(&self) -> bool {
        self.not_kept
    }

    pub(super) fn edit(&mut self, draft: RuleDraft, now: Instant) {
        let is_known = self.drafts.contains_key(&draft.name);
        let fits = size(&draft) <= MAX_BYTES && (is_known || self.drafts.len() < MAX_DRAFTS);
        self.not_kept = !fits;
        if fits && self.drafts.get(&draft.name) != Some(&draft) {
            self.drafts.insert(draft.name.clone(), draft);
            self.changed(now);
        }
    }

    /// A person took back what they had entered.
    pub(super) fn give_up(&mut self, name: &str, now: Instant) {
        self.not_kept = false;
        self.remove(name, now);
    }

    pub(super) fn remove(&mut self, name: &str, now: Instant) {
        if self.drafts.remove(name).is_some() {
            self.changed(now);
        }
    }

    fn changed(&mut self, now: Instant) {
        self.due.get_or_insert(now + SOON);
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.due.filter(|_| self.phase == Phase::Ready)
    }

    /// None: the browser gives no storage, or it is full. What was entered meanwhile counts more than what was kept.
    pub(super) fn handle_recalled(&mut self, place: &str, bytes: Option<Bytes>) {
        if place != self.place {
            return;
        }
        let Some(bytes) = bytes else {
            self.phase = Phase::Nowhere;
            return;
        };
        if self.phase != Phase::Asked {
            return;
        }
        self.phase = Phase::Ready;
        for draft in read(&bytes) {
            let fits = self.drafts.len() < MAX_DRAFTS && size(&draft) <= MAX_BYTES;
            if fits && !self.drafts.contains_key(&draft.name) {
                self.drafts.insert(draft.name.clone(), draft);
            }
        }
    }

    /// Writes them all, once it is time.
    pub(super) fn write(&mut self, now: Instant) -> Option<Output> {
        self.poll_timeout().filter(|due| *due <= now)?;
        self.finish()
    }

    /// Writes at once what is new.
    pub(super) fn finish(&mut self) -> Option<Output> {
        self.poll_timeout()?;
        self.due = None;
        let drafts = self.drafts.values().map(to_value);
        let kept = object([
            ("version", VERSION.into()),
            ("drafts", Value::Array(drafts.collect())),
        ]);
        Some(Output::Remember {
            place: self.place.clone(),
            bytes: to_json(&kept).into_bytes().into(),
        })
    }
}

fn size(draft: &RuleDraft) -> usize {
    let of_action = |action: &RuleAction| match action {
        RuleAction::Store { bucket, key } => bucket.len() + key.len(),
        RuleAction::Republish { topic, .. } => topic.len(),
    };
    let actions = draft.actions.iter().chain(&draft.error_action);
    // Each action weighs something: no number of empty ones fits.
    let actions: usize = actions.map(|action| of_action(action) + 64).sum();
    draft.name.len() + draft.sql.len() + draft.description.len() + actions
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let members = members.into_iter();
    Value::Object(members.map(|(key, member)| (key.into(), member)).collect())
}

fn to_value(draft: &RuleDraft) -> Value {
    let text = |text: &String| Value::from(&**text);
    let action = |action: &RuleAction| match action {
        RuleAction::Store { bucket, key } => object([("bucket", text(bucket)), ("key", text(key))]),
        RuleAction::Republish { topic, qos } => {
            object([("topic", text(topic)), ("qos", u64::from(*qos).into())])
        }
    };
    object([
        ("name", text(&draft.name)),
        ("sql", text(&draft.sql)),
        ("description", text(&draft.description)),
        (
            "actions",
            Value::Array(draft.actions.iter().map(action).collect()),
        ),
        (
            "errorAction",
            draft.error_action.as_ref().map_or(Value::Null, action),
        ),
    ])
}

/// Nothing where it is of another version or damaged.
fn read(bytes: &[u8]) -> Vec<RuleDraft> {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let Value::Object(kept) = parse_value(text) else {
        return Vec::new();
    };
    match (kept.get("version"), kept.get("drafts")) {
        (Some(version), Some(Value::Array(drafts))) if *version == Value::from(VERSION) => {
            drafts.iter().filter_map(read_draft).collect()
        }
        _ => Vec::new(),
    }
}

fn read_draft(kept: &Value) -> Option<RuleDraft> {
    let Value::Object(kept) = kept else {
        return None;
    };
    let Some(Value::Array(actions)) = kept.get("actions") else {
        return None;
    };
    Some(RuleDraft {
        name: text(kept, "name")?,
        sql: text(kept, "sql")?,
        description: text(kept, "description")?,
        actions: actions.iter().map(read_action).collect::<Option<_>>()?,
        error_action: match kept.get("errorAction") {
            None | Some(Value::Null) => None,
            Some(action) => Some(read_action(action)?),
        },
    })
}

fn read_action(kept: &Value) -> Option<RuleAction> {
    let Value::Object(kept) = kept else {
        return None;
    };
    Some(match text(kept, "topic") {
        Some(topic) => RuleAction::Republish {
            topic,
            qos: u8::from(kept.get("qos") == Some(&1.into())),
        },
        None => RuleAction::Store {
            bucket: text(kept, "bucket")?,
            key: text(kept, "key")?,
        },
    })
}

fn text(members: &Object<Value>, name: &str) -> Option<String> {
    match members.get(name) {
        Some(Value::Text(text)) => Some(text.to_string()),
        _ => None,
    }
}
