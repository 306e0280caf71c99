//! What several policies together let one client do, for one action: Deny over Allow, and nothing that is not
//! allowed.

use super::document::{Document, Effect};
use super::pattern::Pattern;
use super::variable::Context;
use crate::things::Action;

/// The answer to every resource of one action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Grant {
    Nothing,
    Everything,
    Some {
        allowed: Vec<Test>,
        denied: Vec<Test>,
    },
}

/// A resource that a statement names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    Everything,
    /// Compared with what stands behind the type of the resource, such as `topic/`.
    Name(Pattern),
    /// Its wildcards reach into the type.
    Whole(&'static str, Pattern),
}

impl Grant {
    /// Joins policies, once it is known for whom.
    pub(crate) fn new(documents: &[&Document], action: Action, context: &Context<'_>) -> Self {
        let name = action.name().to_ascii_lowercase();
        let kind = action.resource_type();
        let (mut allowed, mut denied) = (Vec::new(), Vec::new());
        for statement in documents.iter().flat_map(|it| &it.statements) {
            let means = statement.actions.iter().any(|it| it.matches(&name));
            let is_connect = action == Action::Connect;
            let mut conditions = statement.conditions.iter();
            if !means || !conditions.all(|it| it.holds(context, is_connect)) {
                continue;
            }
            let patterns = statement.resources.iter().filter_map(|it| it.fill(context));
            let tests = patterns.filter_map(|it| Test::new(kind, it));
            match statement.effect {
                Effect::Allow => allowed.extend(tests),
                Effect::Deny => denied.extend(tests),
            }
        }
        match (allowed.is_empty(), denied.is_empty()) {
            (true, _) => Self::Nothing,
            _ if denied.contains(&Test::Everything) => Self::Nothing,
            (_, true) if allowed.contains(&Test::Everything) => Self::Everything,
            _ => Self::Some { allowed, denied },
        }
    }

    /// `resource` stands behind the type that the action has: a topic, a filter, a client identifier.
    pub(crate) fn allows(&self, resource: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Some { allowed, denied } => {
                allowed.iter().any(|it| it.matches(resource))
                    && !denied.iter().any(|it| it.matches(resource))
            }
        }
    }
}

impl Test {
    /// `None` when it can match nothing of this type.
    fn new(kind: &'static str, pattern: Pattern) -> Option<Self> {
        let beginning = pattern.beginning();
        if beginning.starts_with(kind) {
            let name = pattern.without(kind);
            return Some(match name.is_everything() {
                true => Self::Everything,
                false => Self::Name(name),
            });
        }
        if pattern.is_everything() {
            return Some(Self::Everything);
        }
        let reaches = kind.starts_with(beginning);
        reaches.then_some(Self::Whole(kind, pattern))
    }

    fn matches(&self, resource: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Name(pattern) => pattern.matches(resource),
            Self::Whole(kind, pattern) => pattern.matches(&format!("{kind}{resource}")),
        }
    }
}
