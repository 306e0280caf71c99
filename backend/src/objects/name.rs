//! Names of objects that mean the same wherever they are stored: in a folder they cannot lead out of it, and what was
//! stored under a name is listed under it.

/// Bytes of a key, as in S3.
const MAX_KEY: usize = 1024;
/// A folder in a folder in a folder …: each takes a file that is open while all are listed.
const MAX_LEVELS: usize = 32;
/// Bytes of a bucket's name, as in S3 of old.
const MAX_BUCKET: usize = 255;
/// What is shown of a name that is none.
const SHOWN: usize = 100;

/// A bucket and a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObjectName {
    whole: String,
    /// Where the `/` behind the bucket stands.
    slash: usize,
}

/// Why nothing can be stored under a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error(
        "{0:?} is no name of a bucket: it has letters, digits, dots, hyphens and underscores, the first of them a letter or a digit, at most {MAX_BUCKET}"
    )]
    Bucket(String),
    #[error("the key is empty")]
    Empty,
    #[error("the key has {0} bytes; there may be {MAX_KEY}")]
    Long(usize),
    #[error("the key has {0} levels; there may be {MAX_LEVELS}")]
    Deep(usize),
    #[error(
        "the key {0:?} has an empty level: it begins or ends with a slash, or has two in a row"
    )]
    EmptyLevel(String),
    #[error("the key {0:?} has a level that is . or ..")]
    Dots(String),
    #[error("the key {0:?} has a control character")]
    Control(String),
}

impl ObjectName {
    pub fn new(bucket: &str, key: &str) -> Result<Self, NameError> {
        if !is_bucket(bucket) {
            return Err(NameError::Bucket(shown(bucket)));
        }
        check_key(key)?;
        Ok(Self {
            whole: [bucket, "/", key].concat(),
            slash: bucket.len(),
        })
    }

    /// Reads `BUCKET/KEY`.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let (bucket, key) = text.split_once('/').unwrap_or((text, ""));
        Self::new(bucket, key)
    }

    pub fn as_str(&self) -> &str {
        &self.whole
    }

    pub fn bucket(&self) -> &str {
        &self.whole[..self.slash]
    }

    pub fn key(&self) -> &str {
        &self.whole[self.slash + 1..]
    }

    /// What stands before the last slash, and behind it.
    pub(super) fn split(&self) -> (&str, &str) {
        self.whole.rsplit_once('/').unwrap_or_default()
    }
}

pub(super) fn is_bucket(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    text.len() <= MAX_BUCKET
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.bytes().all(inner)
}

fn check_key(key: &str) -> Result<(), NameError> {
    if key.is_empty() {
        return Err(NameError::Empty);
    }
    if key.len() > MAX_KEY {
        return Err(NameError::Long(key.len()));
    }
    let levels = key.split('/').count();
    if levels > MAX_LEVELS {
        return Err(NameError::Deep(levels));
    }
    if key.chars().any(char::is_control) {
        return Err(NameError::Control(shown(key)));
    }
    for level in key.split('/') {
        match level {
            "" => return Err(NameError::EmptyLevel(shown(key))),
            "." | ".." => return Err(NameError::Dots(shown(key))),
            _ => {}
        }
    }
    Ok(())
}

fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart_as_they_were_put_together() {
        for key in ["a", "a/b/c", "京都/ü %2e~#1", "...", "a..", "-", " "] {
            let name = ObjectName::new("my.bucket-1_x", key).unwrap();
            assert_eq!((name.bucket(), name.key()), ("my.bucket-1_x", key));
            assert_eq!(ObjectName::parse(name.as_str()), Ok(name));
        }
        let name = ObjectName::parse("b/c/d").unwrap();
        assert_eq!(name.split(), ("b/c", "d"));
    }

    #[test]
    fn what_would_lead_elsewhere_is_no_key() {
        let check = |key: &str, expected: fn(String) -> NameError| {
            let error = ObjectName::new("b", key).unwrap_err();
            assert_eq!(error, expected(key.to_owned()), "{key:?}");
        };
        for key in ["/", "/a", "a/", "a//b"] {
            check(key, NameError::EmptyLevel);
        }
        for key in [".", "..", "../a", "a/..", "a/./b", "a/../../b"] {
            check(key, NameError::Dots);
        }
        for key in ["a\0", "a\n", "\u{7f}", "\u{85}"] {
            check(key, NameError::Control);
        }
        assert_eq!(ObjectName::new("b", ""), Err(NameError::Empty));
        let deep = ["a"; MAX_LEVELS + 1].join("/");
        let error = NameError::Deep(MAX_LEVELS + 1);
        assert_eq!(ObjectName::new("b", &deep), Err(error));
        assert!(ObjectName::new("b", &deep[2..]).is_ok());
        let long = "京".repeat(342);
        assert_eq!(ObjectName::new("b", &long), Err(NameError::Long(1026)));
        assert!(ObjectName::new("b", &long[3..]).is_ok());
    }

    #[test]
    fn a_bucket_is_one_plain_level() {
        for bucket in ["", ".", "..", ".new", "-a", "a/b", "a b", "ä", "a\0"] {
            let error = NameError::Bucket(bucket.to_owned());
            assert_eq!(ObjectName::new(bucket, "k"), Err(error));
        }
        let long = "a".repeat(70_000);
        let error = ObjectName::new(&long, "k").unwrap_err();
        assert!(error.to_string().len() < 400);
    }
}
