//! What AWS IoT SQL computes with: JSON values and Undefined. They borrow from the payload, the statement and each
//! other as far as they can.

use std::borrow::Cow;
use std::ops::Deref;

use super::decimal::Decimal;

#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    /// Nothing: a missing key, or a function that could not be applied.
    Undefined,
    Null,
    Bool(bool),
    Number(Number<'a>),
    Text(Cow<'a, str>),
    Array(List<'a, Self>),
    /// In their order. Of members with the same name the last one counts.
    Object(List<'a, Member<'a>>),
}

pub(super) type Member<'a> = (Cow<'a, str>, Value<'a>);

#[derive(Clone, Debug)]
pub(super) enum Number<'a> {
    /// A JSON number as it came: it goes out the same way.
    Written(Cow<'a, str>),
    Made(Decimal),
}

#[derive(Clone, Debug)]
pub(super) enum List<'a, T> {
    Borrowed(&'a [T]),
    Owned(Vec<T>),
}

impl<T> Deref for List<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::Borrowed(items) => items,
            Self::Owned(items) => items,
        }
    }
}

impl<T> FromIterator<T> for List<'_, T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::Owned(items.into_iter().collect())
    }
}

impl<'a> List<'a, Value<'a>> {
    /// What is borrowed stays where it is.
    pub(super) fn into_vec(self) -> Vec<Value<'a>> {
        match self {
            Self::Borrowed(items) => items.iter().map(Value::view).collect(),
            Self::Owned(items) => items,
        }
    }
}

impl<'a> List<'a, Member<'a>> {
    /// What is borrowed stays where it is.
    pub(super) fn into_members(self) -> Vec<Member<'a>> {
        let view = |(key, value): &'a Member<'a>| (Cow::Borrowed(&**key), value.view());
        match self {
            Self::Borrowed(members) => members.iter().map(view).collect(),
            Self::Owned(members) => members,
        }
    }
}

impl Number<'_> {
    pub(super) fn decimal(&self) -> Option<Decimal> {
        match self {
            Self::Written(text) => Decimal::parse(text),
            Self::Made(decimal) => Some(*decimal),
        }
    }

    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Written(text) => Cow::Borrowed(text),
            Self::Made(decimal) => Cow::Owned(decimal.text()),
        }
    }
}

impl<'a> Value<'a> {
    /// The same value, which holds nothing of its own.
    pub(super) fn view(&'a self) -> Self {
        match self {
            Self::Undefined => Self::Undefined,
            Self::Null => Self::Null,
            Self::Bool(it) => Self::Bool(*it),
            Self::Number(Number::Made(it)) => Self::Number(Number::Made(*it)),
            Self::Number(Number::Written(it)) => Self::Number(Number::Written(Cow::Borrowed(it))),
            Self::Text(it) => Self::Text(Cow::Borrowed(it)),
            Self::Array(it) => Self::Array(List::Borrowed(it)),
            Self::Object(it) => Self::Object(List::Borrowed(it)),
        }
    }

    /// The member of this name; None also where it is no object.
    pub(super) fn member(&'a self, name: &str) -> Option<&'a Self> {
        match self {
            Self::Object(members) => find(members, name),
            _ => None,
        }
    }

    /// Takes the member of this name out of it.
    pub(super) fn into_member(self, name: &str) -> Self {
        match self {
            Self::Object(List::Borrowed(members)) => {
                find(members, name).map_or(Self::Undefined, Self::view)
            }
            Self::Object(List::Owned(members)) => {
                let found = members.into_iter().rfind(|(key, _)| key == name);
                found.map_or(Self::Undefined, |(_, value)| value)
            }
            _ => Self::Undefined,
        }
    }

    /// How many values and stretches of text a clone makes.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Array(List::Owned(items)) => items.iter().map(|it| 1 + it.weight()).sum(),
            Self::Object(List::Owned(members)) => {
                let weights = members.iter();
                let weights = weights.map(|(key, it)| 1 + key.len() / 16 + it.weight());
                weights.sum()
            }
            Self::Text(Cow::Owned(text)) | Self::Number(Number::Written(Cow::Owned(text))) => {
                1 + text.len() / 16
            }
            _ => 1,
        }
    }

    /// A copy that lives as long as it likes, of a value without others inside.
    pub(super) fn detached_leaf(&self) -> Value<'static> {
        let owned = |text: &str| Cow::Owned(text.to_owned());
        match self {
            Self::Null => Value::Null,
            Self::Bool(it) => Value::Bool(*it),
            Self::Number(Number::Made(it)) => Value::Number(Number::Made(*it)),
            Self::Number(Number::Written(it)) => Value::Number(Number::Written(owned(it))),
            Self::Text(it) => Value::Text(owned(it)),
            Self::Undefined | Self::Array(_) | Self::Object(_) => Value::Undefined,
        }
    }
}

fn find<'a>(members: &'a [Member<'a>], name: &str) -> Option<&'a Value<'a>> {
    let found = members.iter().rfind(|(key, _)| key == name);
    found.map(|(_, value)| value)
}

/// Gives the member of this name a value, at its place or at the end.
pub(super) fn set<'a>(members: &mut Vec<Member<'a>>, name: Cow<'a, str>, value: Value<'a>) {
    match members.iter_mut().rfind(|(key, _)| *key == name) {
        Some(member) => member.1 = value,
        None => members.push((name, value)),
    }
}
