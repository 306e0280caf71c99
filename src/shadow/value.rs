//! Values as shadow documents hold them. Equality here is the delta's: numbers compare by value, arrays whole.
//! Knows no JSON text; `document` reads and writes it.

use std::cmp::Ordering;

use crate::shadow::document::json;

/// One JSON value. `Null` is a wish to remove, and never stands in a stored document.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(Number),
    Text(Box<str>),
    Array(Box<[Self]>),
    Object(Object<Self>),
}

/// A number in the form in which it came: integers are exact, decimals keep their shortest text.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    Unsigned(u64),
    Signed(i64),
    Decimal(f64),
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Decimal(a), Self::Decimal(b)) => a == b,
            (Self::Decimal(decimal), integer) | (integer, Self::Decimal(decimal)) => {
                // Comparing as f64 would make 2^53 + 1 equal 2^53; as i128 both sides are exact.
                decimal.fract() == 0.0 && Some(*decimal as i128) == integer.as_integer()
            }
            (a, b) => a.as_integer() == b.as_integer(),
        }
    }
}

impl Number {
    fn as_integer(self) -> Option<i128> {
        match self {
            Self::Unsigned(number) => Some(number.into()),
            Self::Signed(number) => Some(number.into()),
            Self::Decimal(_) => None,
        }
    }
}

impl Value {
    /// What a person reads: a text as it is, anything else as JSON.
    pub fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.to_string(),
            other => json::to_text(other),
        }
    }

    /// As near as a decimal comes to it.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(Number::Unsigned(number)) => Some(*number as f64),
            Self::Number(Number::Signed(number)) => Some(*number as f64),
            Self::Number(Number::Decimal(number)) => Some(*number),
            _ => None,
        }
    }

    pub(in crate::shadow) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(in crate::shadow) fn as_unsigned(&self) -> Option<u64> {
        match self {
            Self::Number(Number::Unsigned(number)) => Some(*number),
            _ => None,
        }
    }

    pub(in crate::shadow) fn as_object(&self) -> Option<&Object<Self>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<bool> for Value {
    fn from(on: bool) -> Self {
        Self::Bool(on)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(Number::Unsigned(number))
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(Number::Decimal(number))
    }
}

/// Named members in the order of their names, each name once.
#[derive(Clone, Debug, PartialEq)]
pub struct Object<T>(Vec<(Box<str>, T)>);

impl<T> Object<T> {
    pub const EMPTY: Self = Self(Vec::new());

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, key: &str) -> Option<&T> {
        let index = self.find(key)?;
        self.0.get(index).map(|(_, member)| member)
    }

    pub(in crate::shadow) fn get_mut(&mut self, key: &str) -> Option<&mut T> {
        let index = self.find(key)?;
        self.0.get_mut(index).map(|(_, member)| member)
    }

    pub(in crate::shadow) fn insert(&mut self, key: &str, member: T) {
        match self.0.binary_search_by(|(name, _)| (**name).cmp(key)) {
            Ok(index) => self.0[index].1 = member,
            Err(index) => self.0.insert(index, (key.into(), member)),
        }
    }

    pub(in crate::shadow) fn remove(&mut self, key: &str) -> Option<T> {
        let index = self.find(key)?;
        Some(self.0.remove(index).1)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(key, member)| (&**key, member))
    }

    fn find(&self, key: &str) -> Option<usize> {
        self.0.binary_search_by(|(name, _)| (**name).cmp(key)).ok()
    }
}

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self::EMPTY
    }
}

/// Of members with the same name the last one stays, as in JSON.
impl<T> FromIterator<(Box<str>, T)> for Object<T> {
    fn from_iter<I: IntoIterator<Item = (Box<str>, T)>>(members: I) -> Self {
        let mut members: Vec<_> = members.into_iter().collect();
        members.sort_by(|(a, _), (b, _)| a.cmp(b));
        members.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                std::mem::swap(later, earlier);
            }
            same
        });
        members.shrink_to_fit();
        Self(members)
    }
}

impl<T> IntoIterator for Object<T> {
    type Item = (Box<str>, T);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Both objects side by side, in the order of their names: what stands under each name here and there.
pub(in crate::shadow) fn join<'a, A, B>(
    left: &'a Object<A>,
    right: &'a Object<B>,
) -> impl Iterator<Item = (&'a str, Option<&'a A>, Option<&'a B>)> {
    let mut left = left.iter().peekable();
    let mut right = right.iter().peekable();
    std::iter::from_fn(move || {
        let order = match (left.peek(), right.peek()) {
            (Some((a, _)), Some((b, _))) => a.cmp(b),
            (Some(_), None) => Ordering::Less,
            (None, _) => Ordering::Greater,
        };
        let here = if order.is_le() { left.next() } else { None };
        let there = if order.is_ge() { right.next() } else { None };
        let key = here
            .map(|(key, _)| key)
            .or_else(|| there.map(|(key, _)| key))?;
        Some((key, here.map(|(_, a)| a), there.map(|(_, b)| b)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(members: &[(&str, u64)]) -> Object<u64> {
        let members = members.iter().map(|&(key, member)| (key.into(), member));
        members.collect()
    }

    #[test]
    fn numbers_compare_by_value_and_exactly() {
        let decimal = |number| Value::from(number);
        assert_eq!(Value::from(1), decimal(1.0));
        assert_eq!(Value::Number(Number::Signed(1)), Value::from(1));
        assert_eq!(decimal(0.0), decimal(-0.0));
        assert_ne!(Value::from(1), decimal(1.5));
        let odd = (1u64 << 53) + 1;
        assert_ne!(Value::from(odd), decimal(odd as f64));
        assert_ne!(Value::from(u64::MAX), decimal(u64::MAX as f64));
        assert_ne!(Value::from(u64::MAX), decimal(f64::INFINITY));
        assert_ne!(Value::from(0), decimal(f64::NAN));
    }

    #[test]
    fn a_value_of_another_kind_is_another_value() {
        assert_ne!(Value::from(true), Value::from(1));
        assert_ne!(Value::from("1"), Value::from(1));
        assert_ne!(Value::Null, Value::Object(Object::EMPTY));
    }

    #[test]
    fn of_two_members_with_one_name_the_last_stays() {
        let twice = object(&[("b", 1), ("a", 2), ("b", 3), ("b", 4)]);
        assert_eq!(twice, object(&[("a", 2), ("b", 4)]));
        assert_eq!(twice.get("b"), Some(&4));
        assert_eq!(twice.get("c"), None);
    }

    #[test]
    fn joins_two_objects_by_name() {
        let left = object(&[("a", 1), ("b", 2)]);
        let right = object(&[("b", 3), ("c", 4)]);
        let joined: Vec<_> = join(&left, &right).collect();
        let expected = [
            ("a", Some(&1), None),
            ("b", Some(&2), Some(&3)),
            ("c", None, Some(&4)),
        ];
        assert_eq!(joined, expected);
    }
}
