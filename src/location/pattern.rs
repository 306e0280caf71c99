//! Topic patterns such as `fleet/{thing}/location`: a filter to subscribe to, and the device's name out of a topic.

use std::borrow::Cow;

use crate::topic::{TopicError, TopicFilter};

/// The patterns that are subscribed to when a person chose none.
pub const DEFAULT_PATTERNS: [&str; 3] = [
    "topic_1",
    "fleet/{thing}/location",
    "owntracks/{user}/{device}",
];

/// Why a text is no topic pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error(transparent)]
    Topic(#[from] TopicError),
    #[error("'{{' and '}}' must enclose a whole level")]
    Brace,
}

/// A topic filter of which some levels, written in braces, name the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicPattern {
    filter: TopicFilter,
    /// Indices of the levels in braces, ascending. None: the whole topic is the name.
    named: Vec<usize>,
    cut: Cut,
}

/// How a name is found: the usual forms without a look at each level, since messages come by the ten thousand.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Cut {
    /// There is one topic, which is the name.
    Whole,
    /// So many levels between two texts.
    Between {
        before: Box<str>,
        levels: usize,
        after: Box<str>,
    },
    Levels,
}

impl Cut {
    /// `levels` are those of the filter.
    fn new(levels: &[&str], named: &[usize]) -> Self {
        let (first, last) = match named {
            [first, .., last] => (*first, *last),
            [only] => (*only, *only),
            [] if levels.iter().any(|level| is_wild(level)) => return Self::Levels,
            [] => return Self::Whole,
        };
        let (before, after) = (&levels[..first], &levels[last + 1..]);
        let others_are_fixed = !before.iter().chain(after).any(|level| is_wild(level));
        match last - first + 1 == named.len() && others_are_fixed && first > 0 {
            true => Self::Between {
                before: (before.join("/") + "/").into(),
                levels: named.len(),
                after: after.iter().map(|level| "/".to_owned() + level).collect(),
            },
            false => Self::Levels,
        }
    }
}

fn is_wild(level: &str) -> bool {
    matches!(level, "+" | "#")
}

impl TopicPattern {
    pub fn new(text: &str) -> Result<Self, PatternError> {
        let mut levels = Vec::new();
        let mut named = Vec::new();
        for (index, level) in text.split('/').enumerate() {
            let inside = level
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'));
            if inside.unwrap_or(level).contains(['{', '}']) {
                return Err(PatternError::Brace);
            }
            if inside.is_some() {
                named.push(index);
            }
            levels.push(inside.map_or(level, |_| "+"));
        }
        Ok(Self {
            filter: TopicFilter::new(&levels.join("/"))?,
            cut: Cut::new(&levels, &named),
            named,
        })
    }

    /// What to subscribe to.
    pub fn filter(&self) -> &TopicFilter {
        &self.filter
    }

    /// The name of the device that `topic` belongs to, or None when the topic does not fit or names nothing.
    pub fn name<'t>(&self, topic: &'t str) -> Option<Cow<'t, str>> {
        match &self.cut {
            Cut::Whole => return (topic == self.filter.as_str()).then_some(Cow::Borrowed(topic)),
            Cut::Between {
                before,
                levels,
                after,
            } => {
                let name = topic.strip_prefix(&**before)?.strip_suffix(&**after)?;
                let slashes = name.bytes().filter(|byte| *byte == b'/').count();
                let fits = slashes + 1 == *levels && !name.is_empty();
                return fits.then_some(Cow::Borrowed(name));
            }
            Cut::Levels => {}
        }
        if !self.filter.matches(topic) {
            return None;
        }
        let (Some(first), Some(last)) = (self.named.first(), self.named.last()) else {
            return Some(Cow::Borrowed(topic));
        };
        let name = if last - first + 1 == self.named.len() {
            Cow::Borrowed(levels(topic, *first, self.named.len()))
        } else {
            let names = self.named.iter().map(|index| levels(topic, *index, 1));
            Cow::Owned(names.collect::<Vec<_>>().join("/"))
        };
        (!name.is_empty()).then_some(name)
    }
}

/// `count` levels of `topic` from level `first` on, with the slashes between them.
fn levels(topic: &str, first: usize, count: usize) -> &str {
    let mut slashes = topic.bytes().enumerate().filter(|(_, byte)| *byte == b'/');
    let start = match first {
        0 => 0,
        _ => slashes.nth(first - 1).map_or(topic.len(), |(at, _)| at + 1),
    };
    let end = slashes.nth(count - 1).map_or(topic.len(), |(at, _)| at);
    topic.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, filter: &str, topic: &str, name: Option<&str>) {
        let pattern = TopicPattern::new(pattern).unwrap();
        assert_eq!(pattern.filter().as_str(), filter);
        assert_eq!(pattern.name(topic).as_deref(), name, "{topic}");
    }

    #[test]
    fn names_a_device_by_the_levels_in_braces() {
        let fleet = "fleet/{thing}/location";
        let filter = "fleet/+/location";
        check(fleet, filter, "fleet/sim-1/location", Some("sim-1"));
        check(fleet, filter, "fleet/京都-1/location", Some("京都-1"));
        check(fleet, filter, "fleet/sim-1/power", None);
        check(fleet, filter, "fleet/sim-1/location/x", None);
        check(fleet, filter, "fleet//location", None);
    }

    #[test]
    fn joins_several_levels_with_a_slash() {
        let owntracks = "owntracks/{user}/{device}";
        check(
            owntracks,
            "owntracks/+/+",
            "owntracks/jjo/phone",
            Some("jjo/phone"),
        );
        check("{a}/x/{b}", "+/x/+", "one/x/two", Some("one/two"));
        check(
            "{a}/{b}/x/{c}",
            "+/+/x/+",
            "one/two/x/three",
            Some("one/two/three"),
        );
        check("{a}/{b}", "+/+", "one/two", Some("one/two"));
    }

    #[test]
    fn names_a_device_by_the_whole_topic_without_braces() {
        check("topic_1", "topic_1", "topic_1", Some("topic_1"));
        check("topic_1", "topic_1", "topic_2", None);
        check(
            "cars/+/gps/#",
            "cars/+/gps/#",
            "cars/7/gps",
            Some("cars/7/gps"),
        );
    }

    #[test]
    fn mixes_braces_and_wildcards() {
        check(
            "+/{car}/#",
            "+/+/#",
            "kyoto/taxi-7/gps/fine",
            Some("taxi-7"),
        );
        check("{any}/location", "+/location", "$SYS/location", None);
    }

    #[test]
    fn a_name_is_the_same_with_and_without_a_look_at_each_level() {
        let patterns = [
            "topic_1",
            "a/{b}/c",
            "a/{b}/{c}",
            "{b}/c",
            "a/{b}",
            "a/b/{c}/d/e",
        ];
        let topics = [
            "topic_1",
            "a/x/c",
            "a//c",
            "a/c",
            "a/x/y/c",
            "a/x/y",
            "a//",
            "a/",
            "a",
            "/c",
            "x/c",
            "$a/c",
            "a/b/x/d/e",
            "a/b//d/e",
            "a/b/d/e",
            "a/b/x/y/d/e",
        ];
        for text in patterns {
            let pattern = TopicPattern::new(text).unwrap();
            let slow = TopicPattern {
                cut: Cut::Levels,
                ..pattern.clone()
            };
            for topic in topics {
                assert_eq!(pattern.name(topic), slow.name(topic), "{text} of {topic}");
            }
        }
    }

    #[test]
    fn refuses_what_is_no_pattern() {
        let error = |text: &str| TopicPattern::new(text).unwrap_err();
        assert_eq!(error(""), PatternError::Topic(TopicError::Empty));
        assert_eq!(error("a\0"), PatternError::Topic(TopicError::Nul));
        assert_eq!(
            error("a/#/{b}"),
            PatternError::Topic(TopicError::HashNotLast)
        );
        for text in [
            "a/{b", "a/b}", "a/x{b}", "a/{b}x", "a/{{b}}", "a/{b}{c}", "a/{b/c}",
        ] {
            assert_eq!(error(text), PatternError::Brace, "{text}");
        }
    }

    #[test]
    fn the_default_patterns_are_patterns() {
        for text in DEFAULT_PATTERNS {
            assert!(TopicPattern::new(text).is_ok(), "{text}");
        }
    }
}
