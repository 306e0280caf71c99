//! SELECT lists, and SELECT inside of expressions (AWS IoT developer guide: SELECT clause, Nested object queries).

use std::borrow::Cow;
use std::slice;

use super::{Row, Scope};
use crate::rules::sql::syntax::{Expr, Items, Query};
use crate::rules::value::{List, Member, Value, set};

impl<'e> Scope<'_, 'e> {
    pub(super) fn select(&self, items: &'e Items) -> Value<'e> {
        let items = match items {
            Items::Value(expr) => return self.eval(expr),
            Items::Members(items) => items,
        };
        let mut members: Vec<Member<'e>> = Vec::with_capacity(items.len());
        for item in items {
            self.spend(1 + members.len() / 16);
            match (&item.name[..], &item.value) {
                ([], _) => {
                    if let Some(Value::Object(all)) = self.all() {
                        self.take_over(&mut members, all);
                    }
                }
                (name, value) => place(&mut members, name, self.eval(value)),
            }
        }
        Value::Object(List::Owned(members))
    }

    /// The members of `*`.
    fn take_over(&self, members: &mut Vec<Member<'e>>, all: &'e [Member<'e>]) {
        let is_first = members.is_empty();
        for (key, value) in all {
            // Beside others, each member looks for its place.
            let places = if is_first { 1 } else { 1 + members.len() / 16 };
            if !self.spend(places) {
                return;
            }
            match is_first {
                true => members.push((Cow::Borrowed(key), value.view())),
                false => set(members, Cow::Borrowed(key), value.view()),
            }
        }
    }

    /// Over an array an array, over an object one result.
    pub(super) fn query(&self, query: &'e Query) -> Value<'e> {
        match self.found(&query.from) {
            Some(Value::Array(rows)) => {
                return Value::Array(List::Owned(self.rows(query, rows, usize::MAX)));
            }
            Some(row @ Value::Object(_)) => {
                let made = self.rows(query, slice::from_ref(row), 1).pop();
                return made.unwrap_or(Value::Undefined);
            }
            _ => {}
        }
        // What was made for this query ends with it, and its results go on.
        match self.eval(&query.from) {
            Value::Array(rows) => {
                let made = self.rows(query, &rows, usize::MAX);
                Value::Array(made.iter().map(|value| self.detached(value)).collect())
            }
            row @ Value::Object(_) => {
                let made = self.rows(query, slice::from_ref(&row), 1).pop();
                made.map_or(Value::Undefined, |value| self.detached(&value))
            }
            _ => Value::Undefined,
        }
    }

    /// What stands in the payload already.
    fn found(&self, expr: &'e Expr) -> Option<&'e Value<'e>> {
        match expr {
            Expr::Path(steps) => self.path(steps),
            Expr::All => self.all(),
            _ => None,
        }
    }

    pub(super) fn exists(&self, query: &'e Query) -> Value<'e> {
        let found = match self.eval(&query.from) {
            Value::Array(rows) => !self.rows(query, &rows, 1).is_empty(),
            row @ Value::Object(_) => !self.rows(query, slice::from_ref(&row), 1).is_empty(),
            _ => return Value::Undefined,
        };
        Value::Bool(found)
    }

    /// What is made of the rows that fit, up to `limit` of them.
    fn rows<'r>(&self, query: &'r Query, rows: &'r [Value<'r>], limit: usize) -> Vec<Value<'r>>
    where
        'e: 'r,
    {
        let outer: &Scope<'_, 'r> = self;
        let mut made = Vec::new();
        for (index, value) in rows.iter().enumerate() {
            if made.len() >= limit || !self.spend(1) {
                break;
            }
            let row = Row {
                value,
                alias: query.alias.as_deref(),
                index: index as u64 + 1,
            };
            let scope = Scope {
                world: outer.world,
                row: Some(row),
                outer: Some(outer),
            };
            let fits = |condition| matches!(scope.eval(condition), Value::Bool(true));
            if query.condition.as_ref().is_none_or(fits) {
                match scope.select(&query.items) {
                    Value::Undefined => {}
                    value => made.push(value),
                }
            }
        }
        made
    }
}

/// Puts a value where the names lead, through objects that are made on the way.
fn place<'e>(members: &mut Vec<Member<'e>>, name: &'e [Box<str>], value: Value<'e>) {
    let Some((first, rest)) = name.split_first() else {
        return;
    };
    if let Value::Undefined = value {
        return;
    }
    if rest.is_empty() {
        return set(members, Cow::Borrowed(first), value);
    }
    let found = members.iter_mut().rfind(|(key, _)| *key == **first);
    let found = found.map(|(_, value)| std::mem::replace(value, Value::Null));
    let mut inner = match found {
        Some(Value::Object(inner)) => inner.into_members(),
        _ => Vec::new(),
    };
    place(&mut inner, rest, value);
    set(
        members,
        Cow::Borrowed(first),
        Value::Object(List::Owned(inner)),
    );
}
