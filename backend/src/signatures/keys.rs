//! The access keys that may sign, from a text with one on each line: its identifier, a blank, its secret. Empty lines,
//! and those that begin with `#`, say nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Secrets by the identifiers of their keys.
pub struct Keys(BTreeMap<Arc<str>, Box<str>>);

/// What is wrong with such a text. It shows no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    #[error("there is no key in it")]
    Empty,
    #[error("line {0}: a line is an access key identifier, a blank, and its secret access key")]
    Line(usize),
    #[error("line {0}: an access key identifier has 1 to 128 letters, digits and underscores")]
    Identifier(usize),
    #[error("line {0}: this access key identifier stands on a line before")]
    Twice(usize),
}

impl Keys {
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        let mut keys = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            let (number, line) = (index + 1, line.trim());
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let mut words = line.split_whitespace();
            let (Some(id), Some(secret), None) = (words.next(), words.next(), words.next()) else {
                return Err(KeysError::Line(number));
            };
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            if id.len() > 128 || !id.bytes().all(fits) {
                return Err(KeysError::Identifier(number));
            }
            if keys.insert(id.into(), secret.into()).is_some() {
                return Err(KeysError::Twice(number));
            }
        }
        match keys.is_empty() {
            true => Err(KeysError::Empty),
            false => Ok(Self(keys)),
        }
    }

    pub(super) fn find(&self, id: &str) -> Option<(Arc<str>, &str)> {
        let (id, secret) = self.0.get_key_value(id)?;
        Some((id.clone(), secret))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} access keys", self.0.len())
    }
}
