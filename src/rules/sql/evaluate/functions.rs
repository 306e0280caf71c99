//! Functions (AWS IoT developer guide: Functions). With arguments of the wrong number or kind they are Undefined.

mod collection;
mod digest;
mod number;
mod text;

use std::borrow::Cow;

use super::{Scope, joda, zone};
use crate::rng::Rng;
use crate::rules::decimal::Decimal;
use crate::rules::sql::function::Function;
use crate::rules::sql::syntax::{Call, Expr};
use crate::rules::value::{Number, Value};

/// A call with the scope that its arguments are evaluated in, each as often as it is asked for.
struct Arguments<'c, 's, 'e> {
    scope: &'c Scope<'s, 'e>,
    call: &'e Call,
}

impl<'e> Arguments<'_, '_, 'e> {
    fn len(&self) -> usize {
        self.call.arguments.len()
    }

    fn expr(&self, index: usize) -> Option<&'e Expr> {
        self.call.arguments.get(index)
    }

    fn value(&self, index: usize) -> Value<'e> {
        self.expr(index)
            .map_or(Value::Undefined, |expr| self.scope.eval(expr))
    }

    fn number(&self, index: usize) -> Option<Decimal> {
        self.scope.number(&self.value(index))
    }

    /// Rounded down.
    fn index(&self, index: usize) -> Option<i64> {
        self.number(index).map(Decimal::index)
    }

    /// Converted as AWS IoT SQL does it. Costs as much as the text is long.
    fn text(&self, index: usize) -> Option<Cow<'e, str>> {
        let text = match self.value(index) {
            Value::Text(text) => text,
            other => Cow::Owned(self.scope.text(&other)?.into_owned()),
        };
        self.scope.spend(text.len() / 16).then_some(text)
    }
}

impl<'e> Scope<'_, 'e> {
    pub(super) fn call(&self, call: &'e Call) -> Value<'e> {
        if !call.function.takes(call.arguments.len()) {
            return Value::Undefined;
        }
        let arguments = Arguments { scope: self, call };
        let made = self.apply(&arguments).unwrap_or(Value::Undefined);
        if let Value::Text(Cow::Owned(text)) = &made {
            self.spend(text.len() / 16);
        }
        made
    }

    fn apply(&self, arguments: &Arguments<'_, '_, 'e>) -> Option<Value<'e>> {
        let function = arguments.call.function;
        number::apply(function, arguments)
            .or_else(|| text::apply(function, arguments))
            .or_else(|| collection::apply(function, arguments))
            .or_else(|| self.about_message(function, arguments))
    }

    /// What is known of the message beside its payload, and of the rule.
    fn about_message(
        &self,
        function: Function,
        arguments: &Arguments<'_, '_, 'e>,
    ) -> Option<Value<'e>> {
        let origin = &self.world.origin;
        let text = |text: &'e str| Value::Text(Cow::Borrowed(text));
        Some(match function {
            Function::AccountId => text(origin.account),
            Function::ClientId => text(origin.client_id.unwrap_or("n/a")),
            Function::Principal => text(origin.principal),
            Function::SqlVersion => text(self.world.version.name()),
            Function::Timestamp => self.int(origin.at.0.into()),
            Function::Topic if arguments.len() == 0 => text(origin.topic),
            Function::Topic => {
                let level = arguments.index(0)?.checked_sub(1)?;
                text(origin.topic.split('/').nth(usize::try_from(level).ok()?)?)
            }
            Function::TraceId => {
                Value::Text(Cow::Owned(origin.client_id.map(|_| origin.trace_id())?))
            }
            Function::NewUuid => Value::Text(Cow::Owned(self.random(arguments.call).uuid())),
            Function::Rand => self.double(self.random(arguments.call).unit()),
            Function::ParseTime => {
                let at = arguments.number(1)?.floor()?.as_int()?;
                let zone = match arguments.len() {
                    3 => arguments.text(2)?,
                    _ => Cow::Borrowed("UTC"),
                };
                let zone = zone::Zone::by_name(&zone)?;
                let text = joda::format(&arguments.text(0)?, i64::try_from(at).ok()?, &zone)?;
                Value::Text(Cow::Owned(text))
            }
            Function::TimeToEpoch => {
                let at = joda::read(&arguments.text(0)?, &arguments.text(1)?)?;
                self.int(at.into())
            }
            _ => return None,
        })
    }

    /// The same for the same call with the same message, so that a message that is done again makes the same objects.
    fn random(&self, call: &Call) -> Rng {
        let mut seed = self.world.origin.seed ^ self.world.salt;
        let mut scope = Some(self);
        let mut mix = |number: u64| seed = Rng::new(seed.wrapping_add(number)).next_u64();
        mix(call.at as u64);
        while let Some(Scope {
            row: Some(row),
            outer,
            ..
        }) = scope
        {
            mix(row.index);
            scope = *outer;
        }
        Rng::new(seed)
    }
}

fn written<'e>(text: String) -> Value<'e> {
    Value::Text(Cow::Owned(text))
}

fn unwritten(value: &Value<'_>) -> bool {
    matches!(value, Value::Null | Value::Undefined)
}

/// A length or a place.
fn count<'e>(count: usize) -> Value<'e> {
    let decimal = Decimal::int(count as i128);
    decimal.map_or(Value::Undefined, |it| Value::Number(Number::Made(it)))
}
