//! A rule as CreateTopicRule takes it and GetTopicRule gives it: SQL and actions, and their JSON (AWS IoT API
//! reference: TopicRulePayload, S3Action, RepublishAction). Knows no rule by its name.

mod read;

use super::json;
use super::sql::SqlVersion;

/// A rule's name: letters, digits and underscores, at most 128.
pub const MAX_NAME: usize = 128;
pub const MAX_ACTIONS: usize = 10;

/// The access control lists that S3 has ready.
pub const CANNED_ACLS: [&str; 8] = [
    "private",
    "public-read",
    "public-read-write",
    "aws-exec-read",
    "authenticated-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
    "log-delivery-write",
];

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

/// Why a JSON text defines no rule. Fields are named by their way from the top: `actions[0].s3.key`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    #[error("a rule is a JSON object with sql and actions")]
    NotARule,
    #[error("{0} is missing")]
    Missing(String),
    #[error("{field} must be {needed}")]
    Wrong { field: String, needed: &'static str },
    #[error("{0} is not known here")]
    Unknown(String),
    #[error("{field}: the action {kind} is not served; s3 and republish are")]
    UnknownAction { field: String, kind: String },
    #[error("a rule has at most 10 actions, and here are {0}")]
    TooManyActions(usize),
}

/// Whether a rule can have this name.
pub fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(fits)
}

impl Definition {
    /// Reads a `topicRulePayload`. Only its shape is looked at, not its SQL.
    pub fn from_json(json: &[u8]) -> Result<Self, DefinitionError> {
        read::definition(json)
    }

    /// A `topicRulePayload`.
    pub fn to_json(&self) -> String {
        let mut out = String::from("{");
        field(&mut out, "sql", &self.sql);
        if !self.description.is_empty() {
            field(&mut out, "description", &self.description);
        }
        out += "\"actions\":[";
        for (index, action) in self.actions.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            action.write(&mut out);
        }
        out += "],\"ruleDisabled\":";
        out += if self.disabled { "true," } else { "false," };
        if let Some(action) = &self.error_action {
            out += "\"errorAction\":";
            action.write(&mut out);
            out.push(',');
        }
        field(&mut out, "awsIotSqlVersion", self.version.name());
        end(&mut out);
        out
    }
}

impl Action {
    fn write(&self, out: &mut String) {
        match self {
            Self::Store {
                role_arn,
                bucket,
                key,
                canned_acl,
            } => {
                *out += "{\"s3\":{";
                field(out, "roleArn", role_arn);
                field(out, "bucketName", bucket);
                field(out, "key", key);
                if let Some(acl) = canned_acl {
                    field(out, "cannedAcl", acl);
                }
            }
            Self::Republish {
                role_arn,
                topic,
                qos,
            } => {
                *out += "{\"republish\":{";
                field(out, "roleArn", role_arn);
                field(out, "topic", topic);
                *out += "\"qos\":";
                *out += if *qos == 0 { "0," } else { "1," };
            }
        }
        end(out);
        out.push('}');
    }
}

/// With a comma behind it.
fn field(out: &mut String, name: &str, text: &str) {
    json::write_text(name, out);
    out.push(':');
    json::write_text(text, out);
    out.push(',');
}

/// Ends an object in the place of its last comma.
fn end(out: &mut String) {
    out.pop();
    out.push('}');
}

#[cfg(test)]
mod tests;
