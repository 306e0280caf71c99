//! What a statement is made of, without evaluating it: the paths that it reads, and whether it needs what no page has.

use super::PathUse;
use super::evaluate::{is_plain_zone, names_zone};
use super::function::Function;
use super::syntax::{Expr, Items, Operator, Query, Statement, Step, Test};
use crate::rules::value::Value;

/// Every expression of the statement that stands in no other one.
pub(super) fn exprs(statement: &Statement) -> Vec<&Expr> {
    let mut found: Vec<&Expr> = statement.variables.iter().map(|it| &it.value).collect();
    of_items(&statement.items, &mut found);
    found.extend(&statement.condition);
    found
}

pub(super) fn paths(statement: &Statement) -> Vec<PathUse> {
    let mut found = Vec::new();
    for variable in &statement.variables {
        collect(&variable.value, Part::Other, &mut found);
    }
    let mut items = Vec::new();
    of_items(&statement.items, &mut items);
    for expr in items {
        collect(expr, Part::Other, &mut found);
    }
    if let Some(condition) = &statement.condition {
        collect(condition, Part::Needed, &mut found);
    }
    found.sort_by_key(|path| path.at);
    found
}

/// Whether it may need time zones that a page does not know.
pub(in crate::rules) fn needs_zones(expr: &Expr) -> bool {
    if let Expr::Call(call) = expr {
        let text = |index: usize| match call.arguments.get(index) {
            Some(Expr::Literal(Value::Text(text))) => Some(&**text),
            _ => None,
        };
        let needs = match call.function {
            Function::ParseTime => call.arguments.len() > 2 && !text(2).is_some_and(is_plain_zone),
            Function::TimeToEpoch => text(1).is_none_or(names_zone),
            _ => false,
        };
        if needs {
            return true;
        }
    }
    inside(expr, true).into_iter().any(needs_zones)
}

/// Whether it asks for what a page does not know of a message: who published it, or a shadow.
pub(in crate::rules) fn needs_origin(expr: &Expr) -> bool {
    use Function::{AccountId, ClientId, GetThingShadow, Principal};
    let asks = match expr {
        Expr::Call(call) => matches!(
            call.function,
            AccountId | ClientId | GetThingShadow | Principal
        ),
        _ => false,
    };
    asks || inside(expr, true).into_iter().any(needs_origin)
}

/// Where a path stands.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// In the condition, which cannot be true where it is Undefined.
    Needed,
    Condition,
    Other,
}

impl Part {
    /// Of what stands in this expression.
    fn inside(self, expr: &Expr) -> Self {
        let keeps = match expr {
            Expr::Chain(_, rest) => rest.iter().all(|(operator, _)| *operator != Operator::Or),
            Expr::Member(..) | Expr::Negative(_) => true,
            _ => false,
        };
        match self {
            Self::Needed if !keeps => Self::Condition,
            part => part,
        }
    }
}

fn collect(expr: &Expr, part: Part, found: &mut Vec<PathUse>) {
    if let Expr::Path(steps) = expr {
        found.extend(path(steps, part));
    }
    for inner in inside(expr, false) {
        collect(inner, part.inside(expr), found);
    }
}

fn path(steps: &[Step], part: Part) -> Option<PathUse> {
    let last = steps.last()?;
    Some(PathUse {
        path: steps.iter().map(|step| step.name.to_string()).collect(),
        at: last.at,
        len: last.name.len(),
        decides: part != Part::Other,
        needed: part == Part::Needed,
    })
}

fn of_items<'e>(items: &'e Items, found: &mut Vec<&'e Expr>) {
    match items {
        Items::Value(expr) => found.push(expr),
        Items::Members(items) => found.extend(items.iter().map(|item| &item.value)),
    }
}

/// The expressions of an expression; `rows`: also those that see the rows of a SELECT and not the payload.
fn inside(expr: &Expr, rows: bool) -> Vec<&Expr> {
    match expr {
        Expr::Literal(_) | Expr::All | Expr::Path(_) | Expr::Variable(_) => Vec::new(),
        Expr::Member(inner, _)
        | Expr::Not(inner)
        | Expr::Negative(inner)
        | Expr::Cast(inner, _) => {
            vec![inner]
        }
        Expr::Array(items) => items.iter().collect(),
        Expr::Object(members) => members.iter().map(|(_, value)| value).collect(),
        Expr::Chain(first, rest) => {
            let rest = rest.iter().map(|(_, expr)| expr);
            std::iter::once(&**first).chain(rest).collect()
        }
        Expr::Test { value, test, .. } => {
            let mut found = vec![&**value];
            match &**test {
                Test::In(list) | Test::Like(list) => found.push(list),
                Test::InList(items) => found.extend(items),
                Test::Between(low, high) => found.extend([low, high]),
                Test::Null => {}
            }
            found
        }
        Expr::Case {
            value,
            arms,
            otherwise,
        } => {
            let arms = arms.iter().flat_map(|(test, result)| [test, result]);
            let all = std::iter::once(&**value).chain(arms);
            all.chain(otherwise.as_deref()).collect()
        }
        Expr::Call(call) => call.arguments.iter().collect(),
        Expr::Query(query) | Expr::Exists(query) => of_query(query, rows),
    }
}

fn of_query(query: &Query, rows: bool) -> Vec<&Expr> {
    let mut found = vec![&query.from];
    if rows {
        of_items(&query.items, &mut found);
        found.extend(&query.condition);
    }
    found
}
