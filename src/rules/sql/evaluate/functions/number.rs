//! Functions that compute with numbers. Those that need more than the four kinds of calculation are of double
//! precision, as on AWS.

use super::Arguments;
use crate::rules::decimal::Decimal;
use crate::rules::sql::function::Function;
use crate::rules::value::Value;

/// None: Undefined, or no function of this kind.
pub(super) fn apply<'e>(
    function: Function,
    arguments: &Arguments<'_, '_, 'e>,
) -> Option<Value<'e>> {
    let scope = arguments.scope;
    if let Some(compute) = double(function) {
        return Some(scope.double(compute(arguments.number(0)?.as_f64())));
    }
    let exact = |compute: fn(Decimal) -> Option<Decimal>| {
        Some(scope.made(arguments.number(0).and_then(compute)))
    };
    let bits = |compute: fn(i128, i128) -> i128| {
        let (a, b) = (arguments.number(0)?, arguments.number(1)?);
        let (a, b) = (a.floor()?.as_int()?, b.floor()?.as_int()?);
        Some(scope.int(compute(a, b)))
    };
    let doubles = |compute: fn(f64, f64) -> f64| {
        let (a, b) = (arguments.number(0)?, arguments.number(1)?);
        Some(scope.double(compute(a.as_f64(), b.as_f64())))
    };
    match function {
        Function::Abs => exact(|it| Some(it.abs())),
        Function::Ceil => exact(Decimal::ceil),
        Function::Floor => exact(Decimal::floor),
        Function::Round => exact(Decimal::round),
        Function::Sign => exact(|it| Decimal::int(it.sign().into())),
        Function::BitNot => exact(|it| Decimal::int(!it.floor()?.as_int()?)),
        Function::BitAnd => bits(|a, b| a & b),
        Function::BitOr => bits(|a, b| a | b),
        Function::BitXor => bits(|a, b| a ^ b),
        Function::Atan2 => doubles(f64::atan2),
        Function::Power => doubles(f64::powf),
        Function::Mod => {
            let remainder = arguments.number(0)?.remainder(arguments.number(1)?);
            Some(scope.made(remainder))
        }
        Function::Trunc => {
            let Value::Number(places) = arguments.value(1) else {
                return None;
            };
            let places = places.decimal()?.index().clamp(0, 34) as u32;
            Some(scope.made(Some(arguments.number(0)?.cut(places).simplest())))
        }
        _ => None,
    }
}

fn double(function: Function) -> Option<fn(f64) -> f64> {
    Some(match function {
        Function::Acos => f64::acos,
        Function::Asin => f64::asin,
        Function::Atan => f64::atan,
        Function::Cos => f64::cos,
        Function::Cosh => f64::cosh,
        Function::Exp => f64::exp,
        Function::Ln => f64::ln,
        Function::Log => f64::log10,
        Function::Sin => f64::sin,
        Function::Sinh => f64::sinh,
        Function::Sqrt => f64::sqrt,
        Function::Tan => f64::tan,
        Function::Tanh => f64::tanh,
        _ => return None,
    })
}
