//! Statements from text: the clauses. Expressions are read in `expression`, faults are worded in `fault`.

mod expression;
pub(super) mod fault;
mod form;

use std::borrow::Cow;

use super::syntax::Expr;
use super::syntax::{Item, Items, Query, Statement, Step, Variable};
use super::token::{self, Kind, Token};
use super::{MAX_SQL, SqlError};
use crate::topic::TopicFilter;
use fault::{Fault, near};

/// Brackets, calls and the like inside of each other.
const MAX_DEPTH: usize = 64;
const MAX_VARIABLES: usize = 10;
const MAX_VARIABLE_NAME: usize = 64;

pub(in crate::rules) struct Parser<'t> {
    text: &'t str,
    next: Token<'t>,
    /// Where the last token that was taken ended.
    end: usize,
    depth: usize,
    /// The variables that are set; None in a template, which learns of them later.
    variables: Option<Cow<'t, [Variable]>>,
}

pub(in crate::rules) type Parsed<T> = Result<T, Fault>;

pub(super) fn statement(text: &str) -> Result<Statement, SqlError> {
    if text.len() > MAX_SQL {
        let fault = Fault::new(MAX_SQL, 0, "SQL is too long: 256 KB are the most");
        return Err(fault.locate(text));
    }
    let mut parser = Parser::new(text, 0);
    parser.variables = Some(Cow::default());
    parser.statement().map_err(|fault| fault.locate(text))
}

impl<'t> Parser<'t> {
    pub(in crate::rules) fn new(text: &'t str, at: usize) -> Self {
        Self {
            text,
            next: token::token(text, at),
            end: at,
            depth: 0,
            variables: None,
        }
    }

    /// From here on, only the variables of this statement can be used.
    pub(in crate::rules) fn knows(&mut self, statement: &'t Statement) {
        self.variables = Some(Cow::Borrowed(&statement.variables));
    }

    /// An expression of a template, from `at` up to its closing bracket, and where that ends.
    pub(in crate::rules) fn template(&mut self, at: usize) -> Parsed<(Expr, usize)> {
        self.end = at;
        self.next = token::token(self.text, at);
        let expr = self.expression()?;
        match self.eat("}") {
            true => Ok((expr, self.end)),
            false => Err(self.unclosed_template()),
        }
    }

    fn take(&mut self) -> Token<'t> {
        let token = self.next;
        self.end = token.end();
        self.next = token::token(self.text, self.end);
        token
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.next.is_word(word);
        if found {
            self.take();
        }
        found
    }

    fn eat(&mut self, sign: &str) -> bool {
        let found = self.next.is_sign(sign);
        if found {
            self.take();
        }
        found
    }

    /// The token behind the next one.
    fn after_next(&self) -> Token<'t> {
        token::token(self.text, self.next.end())
    }

    fn statement(&mut self) -> Parsed<Statement> {
        if self.eat_word("SET") {
            self.variables()?;
        }
        if !self.eat_word("SELECT") {
            return Err(self.missing_select());
        }
        let items = self.items()?;
        let filter = match self.eat_word("FROM") {
            true => Some(self.filter()?),
            false => None,
        };
        let condition = self.condition()?;
        if self.next.kind != Kind::End {
            return Err(self.unexpected_clause(filter.is_some(), condition.is_some()));
        }
        Ok(Statement {
            variables: self.variables.take().unwrap_or_default().into_owned(),
            items,
            filter,
            condition,
        })
    }

    fn variables(&mut self) -> Parsed<()> {
        loop {
            let name = self.take();
            if name.kind != Kind::Variable {
                return Err(Fault::at(&name, "a variable is named @name"));
            }
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            if name.text.len() > MAX_VARIABLE_NAME + 1 || !name.text.bytes().skip(1).all(plain) {
                let words = "a variable's name is of letters, digits and underscores, 64 at most";
                return Err(Fault::at(&name, words));
            }
            if self.variable(&name).is_some() {
                return Err(Fault::at(&name, "this variable is set already"));
            }
            if !self.eat("=") {
                return Err(self.expected("="));
            }
            let value = self.expression()?;
            let variables = self.variables.get_or_insert_default().to_mut();
            if variables.len() == MAX_VARIABLES {
                return Err(Fault::at(&name, "SET has 10 variables at most"));
            }
            variables.push(Variable {
                name: name.text.into(),
                value,
            });
            if !self.eat(",") {
                return Ok(());
            }
        }
    }

    fn variable(&self, name: &Token<'_>) -> Option<&Variable> {
        let mut variables = self.variables.as_deref()?.iter();
        variables.find(|variable| *variable.name == *name.text)
    }

    fn items(&mut self) -> Parsed<Items> {
        if self.next.is_word("VALUE") && self.is_value_keyword() {
            self.take();
            return self.expression().map(Items::Value);
        }
        let mut items = Vec::new();
        loop {
            items.push(self.item()?);
            if self.next.is_sign(",") {
                let comma = self.take();
                if self.ends_items() {
                    return Err(Fault::at(&comma, "nothing follows this comma").repaired(""));
                }
            } else {
                break;
            }
        }
        match &items[..] {
            [Item { name, .. }] if name.is_empty() => Ok(Items::Value(Expr::All)),
            _ => Ok(Items::Members(items)),
        }
    }

    /// VALUE may as well be the name of a key: it is where no expression follows.
    fn is_value_keyword(&self) -> bool {
        let next = self.after_next();
        match next.kind {
            Kind::Word => ![
                "FROM", "AS", "WHERE", "IN", "IS", "LIKE", "BETWEEN", "AND", "OR",
            ]
            .iter()
            .any(|word| next.is_word(word)),
            Kind::Sign if next.is_sign("*") => {
                let next = token::token(self.text, next.end());
                next.kind == Kind::End
                    || next.is_sign(")")
                    || next.is_word("FROM")
                    || next.is_word("WHERE")
            }
            // A sign that touches what follows it, and not what it follows, begins a number.
            Kind::Sign if next.is_sign("-") || next.is_sign("+") => {
                let operand = token::token(self.text, next.end());
                next.at > self.next.end() && operand.at == next.end()
            }
            Kind::Sign => matches!(next.text, "(" | "[" | "{"),
            Kind::End | Kind::Strange => false,
            _ => true,
        }
    }

    fn ends_items(&self) -> bool {
        let next = &self.next;
        next.kind == Kind::End || next.is_word("FROM") || next.is_word("WHERE")
    }

    fn item(&mut self) -> Parsed<Item> {
        if self.ends_items() {
            let fault = Fault::new(self.end, 0, "something to select is missing: * or a name");
            return Err(fault.repaired(" *"));
        }
        let start = self.next.at;
        let value = match self.next.is_sign("*") {
            true => {
                self.take();
                Expr::All
            }
            false => self.expression()?,
        };
        if self.eat_word("AS") {
            let name = self.alias()?;
            return Ok(Item { name, value });
        }
        let name = match &value {
            Expr::All => Vec::new(),
            Expr::Path(steps) | Expr::Member(_, steps) => last(steps),
            Expr::Variable(name) => vec![name[1..].into()],
            Expr::Call(_) | Expr::Cast(..) => {
                vec![token::token(self.text, start).text.into()]
            }
            _ => return Err(self.nameless(start)),
        };
        Ok(Item { name, value })
    }

    fn alias(&mut self) -> Parsed<Vec<Box<str>>> {
        if self.next.kind == Kind::Text {
            return Ok(vec![token::unquoted(self.take().text).into()]);
        }
        let is_clause = self.next.is_word("FROM") && self.after_next().kind == Kind::Text;
        if self.next.kind != Kind::Word || is_clause {
            return Err(Fault::at(&self.next, "a name belongs after AS"));
        }
        let mut name = vec![self.take().text.into()];
        while self.eat(".") {
            if name.len() == MAX_DEPTH {
                return Err(self.too_deep());
            }
            name.push(self.step()?.name);
        }
        Ok(name)
    }

    /// The name after a dot. It may be a word of SQL.
    fn step(&mut self) -> Parsed<Step> {
        match self.next.kind {
            Kind::Word => {
                let word = self.take();
                Ok(Step {
                    name: word.text.into(),
                    at: word.at,
                })
            }
            Kind::Number | Kind::Text => Err(Fault::at(
                &self.next,
                "only a name can follow a dot: use get(…, \"key\") for other keys and for places in arrays",
            )),
            _ => Err(Fault::at(&self.next, "a name belongs after the dot")),
        }
    }

    fn filter(&mut self) -> Parsed<TopicFilter> {
        let token = self.next;
        if token.kind == Kind::OpenText {
            return Err(self.open_text(&token));
        }
        if token.kind != Kind::Text {
            return Err(self.bare_filter());
        }
        self.take();
        let filter = token::unquoted(token.text);
        if token.text.starts_with('"') {
            let fault = Fault::at(&token, "FROM takes its topic in single quotes");
            return Err(fault.repaired(&fault::in_quotes(&filter)));
        }
        TopicFilter::new(&filter).map_err(|error| Fault::at(&token, &error.to_string()))
    }

    fn condition(&mut self) -> Parsed<Option<Expr>> {
        match self.eat_word("WHERE") {
            true => self.expression().map(Some),
            false => Ok(None),
        }
    }

    /// From behind its SELECT.
    fn query(&mut self) -> Parsed<Query> {
        let items = self.items()?;
        if !self.eat_word("FROM") {
            return Err(match near(self.next.text, &["FROM"]) {
                Some(word) => Fault::at(&self.next, "FROM belongs here").repaired(word),
                None => Fault::new(
                    self.end,
                    0,
                    "FROM is missing: SELECT in brackets reads FROM an array",
                ),
            });
        }
        let from = self.nested(Self::operand)?;
        let named = self.eat_word("AS");
        let alias = match self.next.kind {
            Kind::Word if named || !self.next.is_word("WHERE") => Some(self.take().text.into()),
            _ if named => return Err(Fault::at(&self.next, "a name belongs after AS")),
            _ => None,
        };
        let condition = self.condition()?;
        Ok(Query {
            items,
            from,
            alias,
            condition,
        })
    }
}

fn last(steps: &[Step]) -> Vec<Box<str>> {
    steps
        .last()
        .map(|step| step.name.clone())
        .into_iter()
        .collect()
}
