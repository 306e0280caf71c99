//! Statements and expressions applied to a message. What cannot be computed is Undefined; nothing fails.

mod convert;
mod functions;
mod joda;
mod operators;
mod query;
mod zone;

use std::borrow::Cow;
use std::cell::Cell;

use super::syntax::{Expr, Items, Statement, Step, Variable};
use super::{Cut, SqlVersion};
use crate::rules::json;
use crate::rules::message::{Incoming, Origin, ShadowText};
use crate::rules::value::{List, Member, Value, set};

pub(super) use joda::names_zone;
pub(super) use zone::is_plain as is_plain_zone;

/// A text or a list that a function makes is at most so long, as a message is on AWS.
const MAX_MADE: usize = 128 * 1024;
/// The longest payload that is made.
const MAX_OUTPUT: usize = 1024 * 1024;

/// What every expression of a statement sees.
#[derive(Clone, Copy)]
pub(in crate::rules) struct World<'e> {
    version: SqlVersion,
    origin: Origin<'e>,
    payload: &'e [u8],
    /// None: it is no JSON.
    root: Option<&'e Value<'e>>,
    shadow: Option<&'e ShadowText>,
    /// Those of SET, and their values so far.
    variables: &'e [Variable],
    values: &'e [Value<'static>],
    /// How many are left.
    steps: &'e Cell<u32>,
    /// Tells the calls of one text from those of another.
    salt: u64,
}

/// The row of a SELECT inside of an expression.
#[derive(Clone, Copy)]
struct Row<'e> {
    value: &'e Value<'e>,
    alias: Option<&'e str>,
    index: u64,
}

#[derive(Clone, Copy)]
pub(in crate::rules) struct Scope<'s, 'e> {
    world: &'s World<'e>,
    row: Option<Row<'e>>,
    outer: Option<&'s Self>,
}

/// What an expression in a template becomes: empty where it is Undefined.
pub(in crate::rules) fn text(
    expr: &Expr,
    statement: &Statement,
    version: SqlVersion,
    message: &Incoming<'_>,
    salt: u64,
) -> Result<String, Cut> {
    within(statement, version, message, salt, |scope| {
        let value = scope.eval(expr);
        let text = match &value {
            Value::Null => "null".to_owned(),
            value => scope.text(value).unwrap_or_default().into_owned(),
        };
        scope.whole(text)
    })
}

/// The outgoing payload; None where the WHERE clause is not true.
pub(in crate::rules) fn payload(
    statement: &Statement,
    version: SqlVersion,
    message: &Incoming<'_>,
) -> Result<Option<Made>, Cut> {
    within(statement, version, message, 0, |scope| {
        if let Some(condition) = &statement.condition {
            let fits = matches!(scope.eval(condition), Value::Bool(true));
            if !scope.whole(fits)? {
                return Ok(None);
            }
        }
        if let Items::Value(Expr::All) = &statement.items {
            return scope.whole(Some(Made::Same));
        }
        let value = scope.whole(scope.select(&statement.items))?;
        let mut out = String::new();
        match json::write(&value, &mut out, MAX_OUTPUT) {
            true => Ok(Some(Made::New(out))),
            false => Err(Cut::TooLarge),
        }
    })
}

pub(in crate::rules) enum Made {
    /// The payload as it came.
    Same,
    New(String),
}

fn within<T>(
    statement: &Statement,
    version: SqlVersion,
    message: &Incoming<'_>,
    salt: u64,
    run: impl FnOnce(&Scope<'_, '_>) -> T,
) -> T {
    let variables = message.variables.get_or_init(|| {
        let mut values = Vec::new();
        for variable in &statement.variables {
            let world = World::new(statement, version, message, &values, 0);
            let scope = Scope::new(&world);
            values.push(scope.detached(&scope.bounded(scope.eval(&variable.value))));
        }
        values
    });
    let world = World::new(statement, version, message, variables, salt);
    run(&Scope::new(&world))
}

impl<'e> World<'e> {
    fn new(
        statement: &'e Statement,
        version: SqlVersion,
        message: &'e Incoming<'_>,
        values: &'e [Value<'static>],
        salt: u64,
    ) -> Self {
        Self {
            version,
            origin: message.origin,
            payload: message.payload,
            root: message.root(),
            shadow: message.shadow,
            variables: &statement.variables,
            values,
            steps: &message.steps,
            salt,
        }
    }
}

impl<'s, 'e> Scope<'s, 'e> {
    fn new(world: &'s World<'e>) -> Self {
        Self {
            world,
            row: None,
            outer: None,
        }
    }

    /// False: there has been too much of it.
    fn spend(&self, steps: usize) -> bool {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        let left = self.world.steps.get().saturating_sub(steps);
        self.world.steps.set(left);
        left > 0
    }

    /// What was made, unless the steps ended on the way.
    fn whole<T>(&self, made: T) -> Result<T, Cut> {
        match self.world.steps.get() {
            0 => Err(Cut::TooLong),
            _ => Ok(made),
        }
    }

    fn eval(&self, expr: &'e Expr) -> Value<'e> {
        if !self.spend(1) {
            return Value::Undefined;
        }
        match expr {
            Expr::Literal(value) => value.view(),
            Expr::All => self.all().map_or(Value::Undefined, Value::view),
            Expr::Path(steps) => self.path(steps).map_or(Value::Undefined, Value::view),
            Expr::Variable(name) => self.variable(name),
            Expr::Member(value, steps) => {
                let value = self.eval(value);
                steps
                    .iter()
                    .fold(value, |value, step| value.into_member(&step.name))
            }
            Expr::Array(items) => {
                let items = items.iter().map(|item| self.eval(item));
                Value::Array(List::Owned(items.collect()))
            }
            Expr::Object(members) => self.object(members),
            Expr::Not(inner) => operators::not(&self.eval(inner)),
            Expr::Negative(inner) => self.negative(&self.eval(inner)),
            Expr::Chain(first, rest) => {
                let mut value = self.eval(first);
                for (operator, right) in rest {
                    value = self.operate(*operator, &value, &self.eval(right));
                }
                value
            }
            Expr::Test {
                value,
                test,
                negated,
            } => match self.test(&self.eval(value), test) {
                Some(found) => Value::Bool(found != *negated),
                None => Value::Undefined,
            },
            Expr::Case {
                value,
                arms,
                otherwise,
            } => self.case(value, arms, otherwise.as_deref()),
            Expr::Call(call) => self.call(call),
            Expr::Cast(value, kind) => self.cast(&self.eval(value), *kind),
            Expr::Query(query) => self.query(query),
            Expr::Exists(query) => self.exists(query),
        }
    }

    /// What `*` stands for, where it is JSON.
    fn all(&self) -> Option<&'e Value<'e>> {
        match self.row {
            Some(row) => Some(row.value),
            None => self.world.root,
        }
    }

    fn path(&self, steps: &'e [Step]) -> Option<&'e Value<'e>> {
        let (first, rest) = steps.split_first()?;
        let first = self.name(&first.name)?;
        rest.iter()
            .try_fold(first, |value, step| value.member(&step.name))
    }

    /// A name is a member of the row. Where the row has a name of its own or no members, the names around it are seen.
    fn name(&self, name: &str) -> Option<&'e Value<'e>> {
        let Some(row) = self.row else {
            return self.world.root?.member(name);
        };
        if row.alias == Some(name) {
            return Some(row.value);
        }
        let found = row.value.member(name);
        let is_open = row.alias.is_some() || !matches!(row.value, Value::Object(_));
        match found {
            None if is_open => self.outer?.name(name),
            found => found,
        }
    }

    fn variable(&self, name: &str) -> Value<'e> {
        let mut variables = self.world.variables.iter().zip(self.world.values);
        let found = variables.find(|(known, _)| *known.name == *name);
        found.map_or(Value::Undefined, |(_, value)| value.view())
    }

    fn object(&self, members: &'e [(Box<str>, Expr)]) -> Value<'e> {
        let mut made: Vec<Member<'e>> = Vec::with_capacity(members.len());
        for (key, value) in members {
            self.spend(made.len() / 16);
            set(&mut made, Cow::Borrowed(key), self.eval(value));
        }
        Value::Object(List::Owned(made))
    }

    fn case(
        &self,
        value: &'e Expr,
        arms: &'e [(Expr, Expr)],
        otherwise: Option<&'e Expr>,
    ) -> Value<'e> {
        let value = self.eval(value);
        if let Value::Undefined = value {
            return Value::Undefined;
        }
        for (test, result) in arms {
            if self.equal(&value, &self.eval(test)) == Some(true) {
                return self.eval(result);
            }
        }
        otherwise.map_or(Value::Undefined, |expr| self.eval(expr))
    }

    /// Undefined where it is longer than a message can be.
    fn bounded(&self, value: Value<'e>) -> Value<'e> {
        let mut out = String::new();
        match &value {
            Value::Text(text) if text.len() <= MAX_MADE => value,
            Value::Text(_) | Value::Array(_) | Value::Object(_)
                if !json::write(&value, &mut out, MAX_MADE) =>
            {
                Value::Undefined
            }
            _ => value,
        }
    }
}
