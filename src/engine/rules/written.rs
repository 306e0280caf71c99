//! A rule as the other side has it, with those of its actions that this page does not know: they go back as they came.

use super::{ActionCounters, RuleAction, RuleDraft};
use crate::rules::{Action, Definition, SqlVersion};
use crate::shadow::text::{parse_value, to_json};
use crate::shadow::value::{Object, Value};

/// Of a rule that was never asked for one. A stand-in takes any; AWS IoT says what is wrong with it.
const NO_ROLE: &str = "arn:aws:iam::000000000000:role/rules";

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Written {
    pub(super) definition: Definition,
    foreign: Vec<Value>,
    foreign_error: Option<Value>,
}

impl Written {
    /// Reads GetTopicRule's answer. None for what is none, also when it was cut.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let Value::Object(answer) = parse_value(std::str::from_utf8(body).ok()?) else {
            return None;
        };
        let Some(Value::Object(rule)) = answer.get("rule") else {
            return None;
        };
        let mut written = Self {
            definition: Definition {
                sql: text(rule, "sql")?,
                version: text(rule, "awsIotSqlVersion")
                    .and_then(|name| SqlVersion::by_name(&name))
                    .unwrap_or_default(),
                description: text(rule, "description").unwrap_or_default(),
                disabled: rule.get("ruleDisabled") == Some(&true.into()),
                ..Definition::default()
            },
            ..Self::default()
        };
        let Some(Value::Array(actions)) = rule.get("actions") else {
            return None;
        };
        for action in actions {
            match read_action(action) {
                Some(known) => written.definition.actions.push(known),
                None => written.foreign.push(action.clone()),
            }
        }
        match rule.get("errorAction") {
            None | Some(Value::Null) => {}
            Some(action) => match read_action(action) {
                Some(known) => written.definition.error_action = Some(known),
                None => written.foreign_error = Some(action.clone()),
            },
        }
        Some(written)
    }

    pub(super) fn draft(&self, name: &str) -> RuleDraft {
        RuleDraft {
            name: name.to_owned(),
            sql: self.definition.sql.clone(),
            description: self.definition.description.clone(),
            actions: self.definition.actions.iter().map(shown).collect(),
            error_action: self.definition.error_action.as_ref().map(shown),
        }
    }

    /// What becomes of it with a draft. What a draft does not say stays.
    pub(super) fn with(mut self, draft: &RuleDraft, live: bool) -> Self {
        let before = std::mem::take(&mut self.definition.actions);
        let error_before = self.definition.error_action.take();
        let role = before.iter().chain(&error_before).map(role_of).next();
        let role = role.unwrap_or(NO_ROLE).to_owned();
        let actions = draft.actions.iter().enumerate();
        self.definition.actions = actions
            .map(|(place, action)| written(action, before.get(place), &role))
            .collect();
        self.definition.error_action = draft
            .error_action
            .as_ref()
            .map(|action| written(action, error_before.as_ref(), &role));
        self.definition.sql.clone_from(&draft.sql);
        self.definition.description.clone_from(&draft.description);
        self.definition.disabled = !live;
        self
    }

    /// A rule that the other side never had.
    pub(super) fn new() -> Self {
        Self {
            definition: Definition {
                version: SqlVersion::V20160323,
                ..Definition::default()
            },
            ..Self::default()
        }
    }

    /// The kinds of the actions that are not known here.
    pub(super) fn foreign(&self) -> Vec<String> {
        self.foreign.iter().map(kind).collect()
    }

    /// The kind of the error action, where it is not known here.
    pub(super) fn foreign_error(&self) -> Option<String> {
        self.foreign_error.as_ref().map(kind)
    }

    /// The counters of those actions of a draft that stand where they do here, its error action last.
    pub(super) fn align(
        &self,
        counters: &[ActionCounters],
        draft: &RuleDraft,
    ) -> Vec<Option<ActionCounters>> {
        let here = &self.definition;
        let known = here.actions.len() + usize::from(here.error_action.is_some());
        // Others are of another definition than this one.
        let is_of_this = self.foreign.is_empty() && counters.len() == known;
        let at = |place: usize, stands: Option<&Action>, action: &RuleAction| {
            let is_same = stands.is_some_and(|stands| shown(stands) == *action);
            let counters = counters.get(place).filter(|_| is_of_this && is_same);
            counters.cloned()
        };
        let actions = draft.actions.iter().enumerate();
        let actions = actions.map(|(place, action)| at(place, here.actions.get(place), action));
        let error = draft.error_action.iter();
        let error = error.map(|action| at(here.actions.len(), here.error_action.as_ref(), action));
        actions.chain(error).collect()
    }

    /// A `topicRulePayload`.
    pub(super) fn to_json(&self) -> String {
        let json = self.definition.to_json();
        let foreign_error = self.foreign_error.clone();
        // One that was entered here takes its place.
        let foreign_error = foreign_error.filter(|_| self.definition.error_action.is_none());
        if self.foreign.is_empty() && foreign_error.is_none() {
            return json;
        }
        let Value::Object(payload) = parse_value(&json) else {
            return json;
        };
        let known = match payload.get("actions") {
            Some(Value::Array(actions)) => actions.to_vec(),
            _ => Vec::new(),
        };
        let actions = known.into_iter().chain(self.foreign.clone()).collect();
        let error = foreign_error.map(|action| ("errorAction".into(), action));
        let members = payload.into_iter();
        let members = members.chain([("actions".into(), Value::Array(actions))]);
        to_json(&Value::Object(members.chain(error).collect()))
    }
}

fn kind(action: &Value) -> String {
    let first = match action {
        Value::Object(members) => members.iter().next(),
        _ => None,
    };
    first.map_or("?", |(kind, _)| kind).to_owned()
}

fn shown(action: &Action) -> RuleAction {
    match action {
        Action::Store { bucket, key, .. } => RuleAction::Store {
            bucket: bucket.clone(),
            key: key.clone(),
        },
        Action::Republish { topic, qos, .. } => RuleAction::Republish {
            topic: topic.clone(),
            qos: *qos,
        },
    }
}

fn role_of(action: &Action) -> &str {
    match action {
        Action::Store { role_arn, .. } | Action::Republish { role_arn, .. } => role_arn,
    }
}

/// `before` is what stood in its place.
fn written(action: &RuleAction, before: Option<&Action>, role: &str) -> Action {
    let role_arn = before.map_or(role, role_of).to_owned();
    match action {
        RuleAction::Store { bucket, key } => Action::Store {
            role_arn,
            bucket: bucket.clone(),
            key: key.clone(),
            canned_acl: match before {
                Some(Action::Store { canned_acl, .. }) => canned_acl.clone(),
                _ => None,
            },
        },
        RuleAction::Republish { topic, qos } => Action::Republish {
            role_arn,
            topic: topic.clone(),
            qos: (*qos).min(1),
        },
    }
}

/// None for one that is not known, and for one that says more than is known of its kind.
fn read_action(action: &Value) -> Option<Action> {
    let Value::Object(action) = action else {
        return None;
    };
    let (kind, Value::Object(said)) = action.iter().next().filter(|_| action.len() == 1)? else {
        return None;
    };
    let only = |known: &[&str]| said.iter().all(|(name, _)| known.contains(&name));
    match kind {
        "s3" if only(&["roleArn", "bucketName", "key", "cannedAcl"]) => Some(Action::Store {
            role_arn: text(said, "roleArn").unwrap_or_default(),
            bucket: text(said, "bucketName")?,
            key: text(said, "key")?,
            canned_acl: text(said, "cannedAcl"),
        }),
        "republish" if only(&["roleArn", "topic", "qos"]) => Some(Action::Republish {
            role_arn: text(said, "roleArn").unwrap_or_default(),
            topic: text(said, "topic")?,
            qos: u8::from(said.get("qos") == Some(&1.into())),
        }),
        _ => None,
    }
}

fn text(members: &Object<Value>, name: &str) -> Option<String> {
    match members.get(name) {
        Some(Value::Text(text)) => Some(text.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = r#"{"rule":{"sql":"SELECT * FROM 'a'","awsIotSqlVersion":"2015-10-08","ruleDisabled":true,
        "actions":[{"s3":{"roleArn":"mine","bucketName":"b","key":"k","cannedAcl":"private"}},
        {"republish":{"roleArn":"other","topic":"t","qos":1}}],
        "errorAction":{"republish":{"roleArn":"third","topic":"e"}}}}"#;

    #[test]
    fn a_rule_s_roles_and_lists_stay_where_they_were() {
        let written = Written::read(RULE.as_bytes()).unwrap();
        assert_eq!(written.definition.version, SqlVersion::V20151008);
        let mut draft = written.draft("r");
        assert_eq!(draft.actions.len(), 2);
        draft.actions.push(draft.actions[0].clone());
        let saved = written.clone().with(&draft, true);
        let actions = &saved.definition.actions;
        assert_eq!(actions[..2], written.definition.actions[..]);
        assert_eq!(role_of(&actions[2]), "mine", "of the first one");
        assert!(!saved.definition.disabled);
        assert_eq!(
            saved.definition.error_action,
            written.definition.error_action
        );
        let read = Definition::from_json(saved.to_json().as_bytes());
        assert_eq!(read, Ok(saved.definition));
    }

    #[test]
    fn a_new_rule_is_of_the_newer_version() {
        let draft = RuleDraft {
            sql: "SELECT 1 FROM 'a'".to_owned(),
            actions: vec![RuleAction::Republish {
                topic: "t".to_owned(),
                qos: 9,
            }],
            ..RuleDraft::default()
        };
        let json = Written::new().with(&draft, false).to_json();
        let read = Definition::from_json(json.as_bytes()).unwrap();
        assert_eq!(read.version, SqlVersion::V20160323);
        assert!(read.disabled);
        assert!(matches!(&read.actions[0], Action::Republish { qos: 1, .. }));
    }

    #[test]
    fn what_is_no_rule_is_none() {
        let without = RULE.replace("\"sql\"", "\"sqll\"");
        for text in ["", "{}", "{\"rule\":7}", &without, &RULE[..100]] {
            assert_eq!(Written::read(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Written::read(&[0xff]), None);
    }
}
