//! Functions over arrays, objects and whatever there may be.

use std::borrow::Cow;

use super::{Arguments, unwritten, written};
use crate::rules::json;
use crate::rules::sql::evaluate::MAX_MADE;
use crate::rules::sql::function::Function;
use crate::rules::value::{List, Value, set};

/// None: Undefined, or no function of this kind.
pub(super) fn apply<'e>(
    function: Function,
    arguments: &Arguments<'_, '_, 'e>,
) -> Option<Value<'e>> {
    let first = || arguments.value(0);
    match function {
        Function::Concat => concat(arguments),
        Function::Get => get(arguments),
        Function::GetThingShadow => shadow(arguments),
        Function::IsNull => Some(Value::Bool(matches!(first(), Value::Null))),
        Function::IsUndefined => Some(Value::Bool(matches!(first(), Value::Undefined))),
        Function::Nanvl | Function::GetOrDefault => {
            let value = first();
            Some(if unwritten(&value) {
                arguments.value(1)
            } else {
                value
            })
        }
        Function::Transform => transform(arguments),
        _ => None,
    }
}

/// An array where one of them is an array, a text otherwise.
fn concat<'e>(arguments: &Arguments<'_, '_, 'e>) -> Option<Value<'e>> {
    let scope = arguments.scope;
    let values: Vec<_> = (0..arguments.len())
        .map(|index| arguments.value(index))
        .collect();
    if !values.iter().any(|value| matches!(value, Value::Array(_))) {
        let mut out = String::new();
        for value in &values {
            let text = scope.text(value)?;
            if out.len() + text.len() > MAX_MADE || !scope.spend(text.len() / 16) {
                return None;
            }
            out.push_str(&text);
        }
        return Some(written(out));
    }
    let mut items = Vec::new();
    for value in values {
        match value {
            Value::Undefined => return None,
            Value::Array(list) => {
                if !scope.spend(list.len()) {
                    return None;
                }
                items.append(&mut list.into_vec());
            }
            value => items.push(value),
        }
    }
    Some(Value::Array(List::Owned(items)))
}

/// What stands at a place of an array or a text, from 0, or under a key.
fn get<'e>(arguments: &Arguments<'_, '_, 'e>) -> Option<Value<'e>> {
    let place = || arguments.index(1).and_then(|it| usize::try_from(it).ok());
    match arguments.value(0) {
        Value::Array(List::Borrowed(items)) => items.get(place()?).map(Value::view),
        Value::Array(List::Owned(mut items)) => {
            let place = place()?;
            (place < items.len()).then(|| items.swap_remove(place))
        }
        Value::Text(text) => text.chars().nth(place()?).map(|it| written(it.to_string())),
        object @ Value::Object(_) => match arguments.value(1) {
            Value::Text(key) => Some(object.into_member(&key)),
            _ => None,
        },
        _ => None,
    }
}

/// The shadow of a thing: its document without a name, or the one that the second of three arguments names.
fn shadow<'e>(arguments: &Arguments<'_, '_, 'e>) -> Option<Value<'e>> {
    let thing = arguments.text(0)?;
    let name = match arguments.len() {
        3 => Some(arguments.text(1)?),
        _ => None,
    };
    let read = arguments.scope.world.shadow?;
    let text = read(&thing, name.as_deref())?;
    arguments.scope.spend(text.len() / 8);
    Some(arguments.scope.detached(&json::parse(text.as_bytes())?))
}

/// Each object of an array with the members of another one.
fn transform<'e>(arguments: &Arguments<'_, '_, 'e>) -> Option<Value<'e>> {
    let (mode, added, items) = (arguments.value(0), arguments.value(1), arguments.value(2));
    let (Value::Text(mode), Value::Object(added), Value::Array(items)) = (mode, added, items)
    else {
        return None;
    };
    if mode != "enrichArray" {
        return None;
    }
    let weights = added.iter();
    let weights = weights.map(|(key, value)| 1 + key.len() / 16 + value.weight());
    let weight: usize = weights.sum();
    if !arguments.scope.spend(items.len()) {
        return None;
    }
    let mut made = Vec::new();
    for item in items.into_vec() {
        let Value::Object(members) = item else {
            return None;
        };
        let places = added.len() * (1 + members.len() / 16);
        if !arguments.scope.spend(members.len() + places + weight) {
            return None;
        }
        let mut members = members.into_members();
        for (key, value) in added.iter() {
            set(&mut members, Cow::Owned(key.to_string()), value.clone());
        }
        made.push(Value::Object(List::Owned(members)));
    }
    let made = Value::Array(List::Owned(made));
    json::write(&made, &mut String::new(), MAX_MADE).then_some(made)
}
