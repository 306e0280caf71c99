//! Substitution templates: `iphone6-location-${timestamp()}`. An expression sees the payload as it came, not what
//! SELECT made of it, and the variables of SET.

use super::message::Incoming;
use super::sql::{Sql, SqlError, SqlVersion};

#[derive(Clone, Debug)]
pub struct Template {}

impl Template {
    pub fn parse(_text: &str, _version: SqlVersion) -> Result<Self, SqlError> {
        Ok(Self {})
    }

    /// `sql` is the rule's statement, for its variables.
    pub fn fill(&self, _sql: &Sql, _message: &Incoming<'_>) -> String {
        String::new()
    }
}
