//! Why rules stay as they are, in AWS IoT's words where they are known.

use gnomon::rules::{DefinitionError, SqlError};

/// `Display` is the message of the answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    #[error("Invalid ruleName: it has 1 to 128 of the characters a-z A-Z 0-9 _")]
    Name,
    #[error("Rule {0} already exists")]
    Exists(String),
    /// AWS IoT tells nobody whether there is such a rule.
    #[error("Access to topic rule '{0}' was denied: there is no rule of this name")]
    Unknown(String),
    #[error("Invalid topicRulePayload: {0}")]
    Definition(#[from] DefinitionError),
    #[error("Invalid sql: {0}")]
    Sql(SqlError),
    #[error("Invalid {field} of an action: {error}")]
    Template {
        field: &'static str,
        error: SqlError,
    },
    #[error("Invalid sql: the topic filter has more than {0} levels")]
    FilterLevels(usize),
    #[error("There are {0} rules: no more fit in")]
    Full(usize),
}
