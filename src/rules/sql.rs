//! `SELECT … FROM 'topic filter' WHERE …`: parsed once, evaluated for each message.

use bytes::Bytes;

use super::message::Incoming;
use crate::topic::TopicFilter;

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
    /// The faulty part of the text, in bytes.
    pub at: usize,
    pub len: usize,
    /// From 1; columns in characters.
    pub line: u32,
    pub column: u32,
    pub message: String,
    /// What would stand there in its place, where one thing is likely: `Some("FROM")` for `FORM`.
    pub repair: Option<String>,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Sql {}

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
}

impl Sql {
    pub fn parse(_text: &str, _version: SqlVersion) -> Result<Self, SqlError> {
        Ok(Self {})
    }

    /// None: it has no FROM, and runs for Basic Ingest only.
    pub fn filter(&self) -> Option<&TopicFilter> {
        None
    }

    /// None where the WHERE clause is not true. The topic is not looked at.
    pub fn evaluate(&self, _message: &Incoming<'_>) -> Option<Fired> {
        None
    }

    /// In the order of the text.
    pub fn paths(&self) -> Vec<PathUse> {
        Vec::new()
    }
}
