//! Operators (AWS IoT developer guide: Operators).

use std::borrow::Cow;
use std::cmp::Ordering;

use super::convert::truth;
use super::{MAX_MADE, Scope};
use crate::rules::decimal::Decimal;
use crate::rules::sql::pattern;
use crate::rules::sql::syntax::{Operator, Test};
use crate::rules::value::{Member, Number, Value};

pub(super) fn not<'e>(value: &Value<'_>) -> Value<'e> {
    truth(value).map_or(Value::Undefined, |it| Value::Bool(!it))
}

impl<'e> Scope<'_, 'e> {
    pub(super) fn operate(
        &self,
        operator: Operator,
        left: &Value<'_>,
        right: &Value<'_>,
    ) -> Value<'e> {
        let found = match operator {
            Operator::Or => both(left, right).map(|(a, b)| a || b),
            Operator::And => both(left, right).map(|(a, b)| a && b),
            Operator::Equal => self.equal(left, right),
            Operator::NotEqual => self.equal(left, right).map(|equal| !equal),
            Operator::Less => self.order(left, right).map(Ordering::is_lt),
            Operator::LessOrEqual => self.order(left, right).map(Ordering::is_le),
            Operator::Greater => self.order(left, right).map(Ordering::is_gt),
            Operator::GreaterOrEqual => self.order(left, right).map(Ordering::is_ge),
            Operator::Plus => return self.plus(left, right),
            Operator::Minus => return self.calculate(left, right, Decimal::minus),
            Operator::Times => return self.calculate(left, right, Decimal::times),
            Operator::Over => return self.calculate(left, right, Decimal::over),
            Operator::Modulo => return self.calculate(left, right, Decimal::remainder),
        };
        found.map_or(Value::Undefined, Value::Bool)
    }

    pub(super) fn calculate(
        &self,
        left: &Value<'_>,
        right: &Value<'_>,
        with: fn(Decimal, Decimal) -> Option<Decimal>,
    ) -> Value<'e> {
        let numbers = self.number(left).zip(self.number(right));
        self.made(numbers.and_then(|(a, b)| with(a, b)))
    }

    fn plus(&self, left: &Value<'_>, right: &Value<'_>) -> Value<'e> {
        if !matches!(left, Value::Text(_)) && !matches!(right, Value::Text(_)) {
            return self.calculate(left, right, Decimal::plus);
        }
        match self.text(left).zip(self.text(right)) {
            Some((a, b)) if a.len() + b.len() <= MAX_MADE => {
                self.spend((a.len() + b.len()) / 16);
                Value::Text(Cow::Owned(a.into_owned() + &b))
            }
            _ => Value::Undefined,
        }
    }

    pub(super) fn negative(&self, value: &Value<'_>) -> Value<'e> {
        self.made(self.number(value).map(Decimal::neg))
    }

    fn order(&self, left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
        Some(self.number(left)?.compare(self.number(right)?))
    }

    /// None where one of them is Undefined. Nothing is converted.
    pub(super) fn equal(&self, left: &Value<'_>, right: &Value<'_>) -> Option<bool> {
        match (left, right) {
            (Value::Undefined, _) | (_, Value::Undefined) => None,
            _ if !self.spend(1) => None,
            (Value::Null, Value::Null) => Some(true),
            (Value::Bool(a), Value::Bool(b)) => Some(a == b),
            (Value::Number(a), Value::Number(b)) => Some(is_same_number(a, b)),
            (Value::Text(a), Value::Text(b)) => {
                self.spend(a.len().min(b.len()) / 64);
                Some(a == b)
            }
            (Value::Array(a), Value::Array(b)) => {
                let mut pairs = a.iter().zip(b.iter());
                let is_same = |(a, b): (&Value<'_>, &Value<'_>)| self.equal(a, b) == Some(true);
                Some(a.len() == b.len() && pairs.all(is_same))
            }
            (Value::Object(a), Value::Object(b)) => Some(self.is_same_object(a, b)),
            _ => Some(false),
        }
    }

    fn is_same_object(&self, a: &[Member<'_>], b: &[Member<'_>]) -> bool {
        self.spend(a.len() + b.len());
        let (a, b) = (sorted(a), sorted(b));
        let mut pairs = a.iter().zip(&b);
        let is_same = |(a, b): (&(&str, &Value<'_>), &(&str, &Value<'_>))| {
            a.0 == b.0 && self.equal(a.1, b.1) == Some(true)
        };
        a.len() == b.len() && pairs.all(is_same)
    }

    /// None: Undefined.
    pub(super) fn test(&self, value: &Value<'e>, test: &'e Test) -> Option<bool> {
        if let Value::Undefined = value {
            return None;
        }
        match test {
            Test::Null => Some(matches!(value, Value::Null)),
            Test::In(list) => self.is_in(value, &self.eval(list)),
            Test::InList(items) => match &items[..] {
                [item] => match self.eval(item) {
                    list @ Value::Array(_) => self.is_in(value, &list),
                    item => self.equal(value, &item),
                },
                items => {
                    let is_it = |item| self.equal(value, &self.eval(item)) == Some(true);
                    Some(items.iter().any(is_it))
                }
            },
            Test::Like(pattern) => {
                let pattern = self.eval(pattern);
                let (text, pattern) = self.text(value).zip(self.text(&pattern))?;
                self.spend(text.len() * pattern.len() / 64);
                pattern::is_like(&text, &pattern)
            }
            Test::Between(low, high) => {
                let low = self.order(value, &self.eval(low))?;
                let high = self.order(value, &self.eval(high))?;
                Some(low.is_ge() && high.is_le())
            }
        }
    }

    fn is_in(&self, value: &Value<'_>, list: &Value<'_>) -> Option<bool> {
        let Value::Array(items) = list else {
            return None;
        };
        let is_it = |item| self.equal(value, item) == Some(true);
        Some(items.iter().any(is_it))
    }
}

fn both(left: &Value<'_>, right: &Value<'_>) -> Option<(bool, bool)> {
    truth(left).zip(truth(right))
}

/// Ints and Decimals by value.
fn is_same_number(a: &Number<'_>, b: &Number<'_>) -> bool {
    match (a.decimal(), b.decimal()) {
        (Some(a), Some(b)) => a.compare(b).is_eq(),
        _ => a.text() == b.text(),
    }
}

/// By names; of the same names only the last, and nothing that is Undefined.
fn sorted<'v, 'a>(members: &'v [Member<'a>]) -> Vec<(&'v str, &'v Value<'a>)> {
    let members = members.iter().map(|(key, value)| (&**key, value));
    let mut members: Vec<_> = members.rev().collect();
    members.sort_by_key(|(key, _)| *key);
    members.dedup_by_key(|(key, _)| *key);
    members.retain(|(_, value)| !matches!(value, Value::Undefined));
    members
}
