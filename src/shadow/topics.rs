//! Names of things and shadows, and the topics that AWS IoT reserves for them. Nothing here knows a payload.

use std::fmt;

const PREFIX: &str = "$aws/things/";

/// Why a text names no thing or no shadow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("a thing name has 1 to 128 of the characters a-z A-Z 0-9 : _ -")]
    Thing,
    #[error("a shadow name has 1 to 64 of the characters a-z A-Z 0-9 : _ - $")]
    Shadow,
}

/// Which shadow of which thing. Both names are valid. It is written `thing` or `thing/shadow`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShadowId<'a> {
    thing: &'a str,
    shadow: Option<&'a str>,
}

impl<'a> ShadowId<'a> {
    /// `shadow` is None for the classic shadow.
    pub fn new(thing: &'a str, shadow: Option<&'a str>) -> Result<Self, NameError> {
        if !is_name(thing, 128, |byte| byte != b'$') {
            return Err(NameError::Thing);
        }
        if shadow.is_some_and(|name| !is_name(name, 64, |_| true)) {
            return Err(NameError::Shadow);
        }
        Ok(Self { thing, shadow })
    }

    pub fn thing(self) -> &'a str {
        self.thing
    }

    pub fn shadow(self) -> Option<&'a str> {
        self.shadow
    }
}

fn is_name(text: &str, longest: usize, also: impl Fn(u8) -> bool) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b":_-$".contains(&byte);
    (1..=longest).contains(&text.len()) && text.bytes().all(|byte| fits(byte) && also(byte))
}

impl fmt::Display for ShadowId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.shadow {
            None => f.write_str(self.thing),
            Some(shadow) => write!(f, "{}/{shadow}", self.thing),
        }
    }
}

/// What a client asks of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    Get,
    Update,
    Delete,
}

/// What a topic of a shadow is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    Request(Verb),
    Accepted(Verb),
    Rejected(Verb),
    /// `update/delta`
    Delta,
    /// `update/documents`
    Documents,
}

impl Operation {
    const ALL: [Self; 11] = [
        Self::Request(Verb::Get),
        Self::Request(Verb::Update),
        Self::Request(Verb::Delete),
        Self::Accepted(Verb::Get),
        Self::Accepted(Verb::Update),
        Self::Accepted(Verb::Delete),
        Self::Rejected(Verb::Get),
        Self::Rejected(Verb::Update),
        Self::Rejected(Verb::Delete),
        Self::Delta,
        Self::Documents,
    ];

    /// What the service subscribes to.
    pub const REQUESTS: [Self; 3] = [
        Self::Request(Verb::Get),
        Self::Request(Verb::Update),
        Self::Request(Verb::Delete),
    ];

    /// What a client must hear to know every shadow of a fleet.
    pub const WATCHED: [Self; 5] = [
        Self::Documents,
        Self::Rejected(Verb::Update),
        Self::Accepted(Verb::Get),
        Self::Rejected(Verb::Get),
        Self::Accepted(Verb::Delete),
    ];

    /// The end of the topic, after `shadow/` or `shadow/name/NAME/`.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Request(Verb::Get) => "get",
            Self::Request(Verb::Update) => "update",
            Self::Request(Verb::Delete) => "delete",
            Self::Accepted(Verb::Get) => "get/accepted",
            Self::Accepted(Verb::Update) => "update/accepted",
            Self::Accepted(Verb::Delete) => "delete/accepted",
            Self::Rejected(Verb::Get) => "get/rejected",
            Self::Rejected(Verb::Update) => "update/rejected",
            Self::Rejected(Verb::Delete) => "delete/rejected",
            Self::Delta => "update/delta",
            Self::Documents => "update/documents",
        }
    }

    /// The filters that reach this topic of every thing: of classic shadows, of named ones.
    pub fn filters_for_all_things(self) -> [String; 2] {
        let suffix = self.suffix();
        [
            format!("{PREFIX}+/shadow/{suffix}"),
            format!("{PREFIX}+/shadow/name/+/{suffix}"),
        ]
    }
}

/// One topic of one shadow. `Display` writes the topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShadowTopic<'a> {
    pub id: ShadowId<'a>,
    pub operation: Operation,
}

impl<'a> ShadowTopic<'a> {
    /// None where the topic belongs to no shadow, or a name in it is none.
    pub fn parse(topic: &'a str) -> Option<Self> {
        let (thing, rest) = topic.strip_prefix(PREFIX)?.split_once('/')?;
        let rest = rest.strip_prefix("shadow/")?;
        let (shadow, suffix) = match rest.strip_prefix("name/") {
            Some(rest) => {
                let (shadow, suffix) = rest.split_once('/')?;
                (Some(shadow), suffix)
            }
            None => (None, rest),
        };
        let operation = |operation: &Operation| operation.suffix() == suffix;
        Some(Self {
            id: ShadowId::new(thing, shadow).ok()?,
            operation: Operation::ALL.into_iter().find(operation)?,
        })
    }
}

impl fmt::Display for ShadowTopic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}/shadow/", self.id.thing)?;
        if let Some(shadow) = self.id.shadow {
            write!(f, "name/{shadow}/")?;
        }
        f.write_str(self.operation.suffix())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topic::TopicFilter;

    #[test]
    fn every_topic_is_read_as_it_was_written() {
        for shadow in [None, Some("cfg"), Some("name"), Some("$a:_-")] {
            let id = ShadowId::new("iPhone-6", shadow).unwrap();
            for operation in Operation::ALL {
                let topic = ShadowTopic { id, operation };
                assert_eq!(ShadowTopic::parse(&topic.to_string()), Some(topic));
            }
        }
        let topic = ShadowTopic::parse("$aws/things/a/shadow/name/b/update/documents").unwrap();
        assert_eq!((topic.id.thing(), topic.id.shadow()), ("a", Some("b")));
        assert_eq!(topic.operation, Operation::Documents);
    }

    #[test]
    fn other_topics_are_of_no_shadow() {
        for topic in [
            "",
            "$aws/things",
            "$aws/things/a/shadow",
            "$aws/things/a/shadow/",
            "$aws/things/a/shadow/Get",
            "$aws/things/a/shadow/get/",
            "$aws/things/a/shadow/get/accepted/x",
            "$aws/things/a/shadow/name/get",
            "$aws/things/a/shadow/name/b",
            "$aws/things/a/shadow/name//get",
            "$aws/things//shadow/get",
            "$aws/things/é/shadow/get",
            "$aws/things/$a/shadow/get",
            "$aws/things/a/b/shadow/get",
            "aws/things/a/shadow/get",
            "$aws/things/a/jobs/get",
        ] {
            assert_eq!(ShadowTopic::parse(topic), None, "{topic}");
        }
    }

    #[test]
    fn names_have_limits() {
        let long = "a".repeat(128);
        assert!(ShadowId::new(&long, Some(&long[..64])).is_ok());
        let longer = "a".repeat(129);
        assert_eq!(ShadowId::new(&longer, None), Err(NameError::Thing));
        let shadow = Some(&long[..65]);
        assert_eq!(ShadowId::new("a", shadow), Err(NameError::Shadow));
        assert_eq!(ShadowId::new("a", Some("")), Err(NameError::Shadow));
        assert_eq!(ShadowId::new("a b", None), Err(NameError::Thing));
    }

    #[test]
    fn the_filters_reach_both_kinds_of_shadow_and_no_other_operation() {
        for operation in Operation::ALL {
            let filters = operation.filters_for_all_things();
            for (filter, shadow) in filters.iter().zip([None, Some("cfg")]) {
                let filter = TopicFilter::new(filter).unwrap();
                let id = ShadowId::new("lamp", shadow).unwrap();
                for other in Operation::ALL {
                    let topic = ShadowTopic {
                        id,
                        operation: other,
                    }
                    .to_string();
                    assert_eq!(filter.matches(&topic), other == operation, "{topic}");
                }
            }
        }
    }
}
