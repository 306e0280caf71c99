//! Topic names and topic filters (MQTT 3.1.1 section 4.7), checked once when they are made.
//!
//! mqttbytes has functions of the same purpose; they miss `$aws/...` and panic on `étage/1`, so they are never called.

use std::fmt;
use std::sync::Arc;

/// The longest name or filter that the wire can carry, in bytes of UTF-8.
pub const MAX_LEN: usize = 65_535;

/// Why a text is no topic name or topic filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TopicError {
    #[error("a topic must not be empty")]
    Empty,
    #[error("a topic must not be longer than 65,535 bytes")]
    TooLong,
    #[error("a topic must not hold the character U+0000")]
    Nul,
    #[error("'+' and '#' are for subscribing, not for publishing")]
    WildcardInName,
    #[error("'+' and '#' must fill a whole level")]
    PartialWildcard,
    #[error("'#' must be the last level")]
    HashNotLast,
}

/// A topic that a message is published to. Cloning is cheap.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicName(Arc<str>);

/// A topic filter, with or without wildcards. Cloning is cheap.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicFilter(Arc<str>);

/// Checks a topic name without keeping it.
pub fn check_name(name: &str) -> Result<(), TopicError> {
    // One look at each byte is enough for the names that come with every message.
    if name.bytes().any(|byte| matches!(byte, 0 | b'+' | b'#')) {
        check_text(name)?;
        return Err(TopicError::WildcardInName);
    }
    match name.len() {
        0 => Err(TopicError::Empty),
        1..=MAX_LEN => Ok(()),
        _ => Err(TopicError::TooLong),
    }
}

fn check_filter(filter: &str) -> Result<(), TopicError> {
    check_text(filter)?;
    let mut levels = filter.split('/').peekable();
    while let Some(level) = levels.next() {
        if level == "#" && levels.peek().is_some() {
            return Err(TopicError::HashNotLast);
        }
        if level.len() > 1 && level.contains(['+', '#']) {
            return Err(TopicError::PartialWildcard);
        }
    }
    Ok(())
}

fn check_text(text: &str) -> Result<(), TopicError> {
    match text {
        "" => Err(TopicError::Empty),
        _ if text.len() > MAX_LEN => Err(TopicError::TooLong),
        _ if text.bytes().any(|byte| byte == 0) => Err(TopicError::Nul),
        _ => Ok(()),
    }
}

impl TopicName {
    pub fn new(name: &str) -> Result<Self, TopicError> {
        check_name(name)?;
        Ok(Self(name.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TopicFilter {
    pub fn new(filter: &str) -> Result<Self, TopicError> {
        check_filter(filter)?;
        Ok(Self(filter.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a message on `topic`, a valid topic name, reaches a subscriber of this filter.
    pub fn matches(&self, topic: &str) -> bool {
        // A leading wildcard does not reach topics that begin with '$' [MQTT-4.7.2-1].
        if topic.starts_with('$') && self.0.starts_with(['+', '#']) {
            return false;
        }
        let mut names = topic.split('/');
        for level in self.0.split('/') {
            if level == "#" {
                return true;
            }
            match names.next() {
                Some(name) if level == "+" || level == name => {}
                _ => return false,
            }
        }
        names.next().is_none()
    }
}

impl fmt::Debug for TopicName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for TopicFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(filter: &str, topic: &str, expected: bool) {
        let filter = TopicFilter::new(filter).unwrap();
        assert!(TopicName::new(topic).is_ok(), "{topic}");
        assert_eq!(filter.matches(topic), expected, "{filter:?} on {topic}");
    }

    #[test]
    fn matches_as_the_specification_says() {
        check("sport/tennis/player1/#", "sport/tennis/player1", true);
        check(
            "sport/tennis/player1/#",
            "sport/tennis/player1/ranking",
            true,
        );
        check("sport/tennis/player1/#", "sport/tennis/player2", false);
        check("#", "any/thing", true);
        check("sport/tennis/+", "sport/tennis/player1", true);
        check("sport/tennis/+", "sport/tennis/player1/ranking", false);
        check("sport/+", "sport", false);
        check("sport/+", "sport/", true);
        check("+/+", "/finance", true);
        check("/+", "/finance", true);
        check("+", "/finance", false);
    }

    #[test]
    fn a_leading_wildcard_misses_dollar_topics() {
        check("#", "$aws/things/lamp/shadow/update", false);
        check("+/things/#", "$aws/things/lamp/shadow/update", false);
        check("$aws/#", "$aws/things/lamp/shadow/update", true);
        check(
            "$aws/things/+/shadow/update",
            "$aws/things/lamp/shadow/update",
            true,
        );
        check(
            "$aws/things/lamp/shadow/update",
            "$aws/things/lamp/shadow/update",
            true,
        );
    }

    #[test]
    fn a_first_character_of_several_bytes_is_ordinary() {
        check("étage/+", "étage/1", true);
        check("#", "étage/1", true);
        check("京都/#", "京都", true);
    }

    #[test]
    fn refuses_what_is_no_filter_and_no_name() {
        let filter = |text: &str| TopicFilter::new(text).map(|_| ());
        assert_eq!(filter(""), Err(TopicError::Empty));
        assert_eq!(filter("a/#/b"), Err(TopicError::HashNotLast));
        assert_eq!(filter("a/b#"), Err(TopicError::PartialWildcard));
        assert_eq!(filter("a+/b"), Err(TopicError::PartialWildcard));
        assert_eq!(filter("a\0b"), Err(TopicError::Nul));
        assert_eq!(filter(&"a".repeat(MAX_LEN + 1)), Err(TopicError::TooLong));
        assert_eq!(check_name("a/+"), Err(TopicError::WildcardInName));
        assert_eq!(check_name("a\0"), Err(TopicError::Nul));
    }
}
