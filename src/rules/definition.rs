//! A rule as CreateTopicRule takes it and GetTopicRule gives it: SQL and actions, and their JSON.

use super::sql::SqlVersion;

/// A rule's name: letters, digits and underscores, at most 128.
pub const MAX_NAME: usize = 128;
pub const MAX_ACTIONS: usize = 10;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definition {
    pub sql: String,
    pub version: SqlVersion,
    pub description: String,
    pub disabled: bool,
    pub actions: Vec<Action>,
    pub error_action: Option<Action>,
}

/// What is done with the payload. Texts may be templates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// AWS IoT's `s3`: the payload becomes an object.
    Store {
        role_arn: String,
        bucket: String,
        key: String,
        canned_acl: Option<String>,
    },
    /// The payload is published.
    Republish {
        role_arn: String,
        /// `$$` stands for `$`.
        topic: String,
        /// 0 or 1.
        qos: u8,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    #[error("a rule is a JSON object with sql and actions")]
    NotARule,
}

impl Definition {
    /// Reads a `topicRulePayload`. Only its shape is looked at, not its SQL.
    pub fn from_json(_json: &[u8]) -> Result<Self, DefinitionError> {
        Err(DefinitionError::NotARule)
    }

    /// A `topicRulePayload`.
    pub fn to_json(&self) -> String {
        String::new()
    }
}
