//! Values as other types (AWS IoT developer guide: Data types, Conversions; Functions, cast).

use std::borrow::Cow;

use super::{MAX_MADE, Scope};
use crate::rules::decimal::Decimal;
use crate::rules::json;
use crate::rules::sql::SqlVersion;
use crate::rules::sql::syntax::Type;
use crate::rules::value::{Number, Value};

impl<'e> Scope<'_, 'e> {
    /// Since 2016-03-23 a number without a fraction is an Int, however it is written.
    fn whole_is_int(&self) -> bool {
        self.world.version != SqlVersion::V20151008
    }

    /// Numbers, and the texts that are read as numbers.
    pub(super) fn number(&self, value: &Value<'_>) -> Option<Decimal> {
        match value {
            Value::Number(number) => {
                let decimal = number.decimal()?;
                let is_settled = decimal.is_int() || !self.whole_is_int();
                Some(if is_settled {
                    decimal
                } else {
                    decimal.simplest()
                })
            }
            Value::Text(text) => Decimal::from_text(text),
            _ => None,
        }
    }

    /// A number that was computed.
    pub(super) fn made(&self, decimal: Option<Decimal>) -> Value<'e> {
        let made = |decimal: Decimal| match self.whole_is_int() {
            true => Value::Number(Number::Made(decimal.simplest())),
            false => Value::Number(Number::Made(decimal)),
        };
        decimal.map_or(Value::Undefined, made)
    }

    pub(super) fn int(&self, number: i128) -> Value<'e> {
        self.made(Decimal::int(number))
    }

    /// A number of double precision; Undefined where it is none, or infinite.
    pub(super) fn double(&self, number: f64) -> Value<'e> {
        self.made(Decimal::from_f64(number))
    }

    pub(super) fn text<'v>(&self, value: &'v Value<'_>) -> Option<Cow<'v, str>> {
        match value {
            Value::Undefined | Value::Null => None,
            Value::Bool(it) => Some(Cow::Borrowed(if *it { "true" } else { "false" })),
            Value::Text(text) => Some(Cow::Borrowed(text)),
            Value::Number(Number::Written(text))
                if self.whole_is_int() && text.contains(['.', 'e', 'E']) =>
            {
                match Decimal::parse(text).map(Decimal::simplest) {
                    Some(whole) if whole.is_int() => Some(Cow::Owned(whole.text())),
                    _ => Some(Cow::Borrowed(text)),
                }
            }
            Value::Number(number) => Some(number.text()),
            Value::Array(_) | Value::Object(_) => {
                let mut out = String::new();
                let fits = json::write(value, &mut out, MAX_MADE);
                (self.spend(out.len() / 16) && fits).then_some(Cow::Owned(out))
            }
        }
    }

    pub(super) fn cast(&self, value: &Value<'e>, kind: Type) -> Value<'e> {
        let number = || match value {
            Value::Bool(it) => Decimal::int(i128::from(*it)),
            value => self.number(value),
        };
        match kind {
            Type::Text => match self.text(value) {
                Some(text) if self.spend(text.len() / 16) => {
                    Value::Text(Cow::Owned(text.into_owned()))
                }
                _ => Value::Undefined,
            },
            Type::Int => self.made(number().and_then(Decimal::floor)),
            Type::Decimal => self.made(number().map(Decimal::as_decimal)),
            Type::Double => number().map_or(Value::Undefined, |it| self.double(it.as_f64())),
            Type::Bool => match value {
                Value::Number(_) => {
                    number().map_or(Value::Undefined, |it| Value::Bool(!it.is_zero()))
                }
                value => truth(value).map_or(Value::Undefined, Value::Bool),
            },
        }
    }

    /// A copy that lives as long as it likes, as far as the steps reach.
    pub(super) fn detached(&self, value: &Value<'_>) -> Value<'static> {
        if !self.spend(1) {
            return Value::Undefined;
        }
        match value {
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.detached(item)).collect())
            }
            Value::Object(members) => {
                let own = |key: &str| Cow::Owned(key.to_owned());
                let members = members.iter();
                let members = members.map_while(|(key, value)| {
                    let pays = self.spend(key.len() / 16);
                    pays.then(|| (own(key), self.detached(value)))
                });
                Value::Object(members.collect())
            }
            leaf => {
                if let Value::Text(text) | Value::Number(Number::Written(text)) = leaf
                    && !self.spend(text.len() / 16)
                {
                    return Value::Undefined;
                }
                leaf.detached_leaf()
            }
        }
    }
}

/// Booleans, and the texts true and false in any case.
pub(super) fn truth(value: &Value<'_>) -> Option<bool> {
    match value {
        Value::Bool(it) => Some(*it),
        Value::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}
