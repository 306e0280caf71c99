//! `SELECT … FROM 'topic filter' WHERE …`: parsed once, evaluated for each message (AWS IoT developer guide: AWS IoT
//! SQL reference). Every version is read the same way; they differ in what a whole number is.

mod evaluate;
mod function;
mod marks;
mod parse;
mod pattern;
mod syntax;
mod token;
mod walk;

use bytes::Bytes;

use super::message::Incoming;
use crate::topic::TopicFilter;

pub(super) use evaluate::text;
pub use function::function_names;
pub use marks::{Mark, MarkKind, marks};
pub(super) use parse::Parser;
pub(super) use parse::fault::Fault;
pub(super) use syntax::{Expr, Statement};
pub(super) use walk::{needs_origin, needs_zones};

/// A longer statement is none, as on AWS.
pub const MAX_SQL: usize = 256 * 1024;

/// `awsIotSqlVersion`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SqlVersion {
    #[default]
    V20151008,
    V20160323,
    Beta,
}

impl SqlVersion {
    pub fn name(self) -> &'static str {
        match self {
            Self::V20151008 => "2015-10-08",
            Self::V20160323 => "2016-03-23",
            Self::Beta => "beta",
        }
    }

    pub fn by_name(name: &str) -> Option<Self> {
        let all = [Self::V20151008, Self::V20160323, Self::Beta];
        all.into_iter().find(|version| version.name() == name)
    }
}

/// What keeps a text from being SQL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (line {line}, column {column})")]
pub struct SqlError {
    /// The faulty part of the text, in bytes; empty where something is missing.
    pub at: usize,
    pub len: usize,
    /// From 1; columns in characters.
    pub line: u32,
    pub column: u32,
    pub message: String,
    /// What would stand there in its place, where one thing is likely: `Some("FROM")` for `FORM`.
    pub repair: Option<String>,
}

/// Why there is no answer for a message: half of one would be a wrong one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Cut {
    #[error("evaluating this took too long")]
    TooLong,
    #[error("what SELECT makes is larger than 1 MB")]
    TooLarge,
    #[error("what a template is filled with is larger than 256 KB")]
    TemplateTooLarge,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Sql {
    statement: Statement,
    version: SqlVersion,
}

/// What a rule makes of a message that it fires for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fired {
    /// The outgoing payload.
    pub payload: Bytes,
}

/// A path of the payload that a statement reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathUse {
    pub path: Vec<String>,
    /// Where its last level stands in the text, in bytes.
    pub at: usize,
    pub len: usize,
    /// It stands in the WHERE clause.
    pub decides: bool,
    /// And that cannot be true where it is Undefined.
    pub needed: bool,
}

impl Sql {
    pub fn parse(text: &str, version: SqlVersion) -> Result<Self, SqlError> {
        let statement = parse::statement(text)?;
        Ok(Self { statement, version })
    }

    /// None: it has no FROM, and runs for Basic Ingest only.
    pub fn filter(&self) -> Option<&TopicFilter> {
        self.statement.filter.as_ref()
    }

    pub fn version(&self) -> SqlVersion {
        self.version
    }

    /// None where the WHERE clause is not true. The topic is not looked at.
    pub fn evaluate(&self, message: &Incoming<'_>) -> Result<Option<Fired>, Cut> {
        let made = evaluate::payload(&self.statement, self.version, message)?;
        let payload = made.map(|made| match made {
            evaluate::Made::Same => Bytes::copy_from_slice(message.payload),
            evaluate::Made::New(text) => Bytes::from(text),
        });
        Ok(payload.map(|payload| Fired { payload }))
    }

    /// In the order of the text. Of a SELECT in brackets only what it reads FROM.
    pub fn paths(&self) -> Vec<PathUse> {
        walk::paths(&self.statement)
    }

    /// Whether it may need time zones that a page does not know: there, such times are Undefined.
    pub fn needs_zones(&self) -> bool {
        walk::exprs(&self.statement).into_iter().any(needs_zones)
    }

    /// Whether it asks who published, or for a shadow: a page knows neither.
    pub fn needs_origin(&self) -> bool {
        walk::exprs(&self.statement).into_iter().any(needs_origin)
    }

    pub(super) fn statement(&self) -> &Statement {
        &self.statement
    }
}

#[cfg(test)]
mod tests;
