//! Expressions from text.

use std::borrow::Cow;

use super::fault::{Fault, is_keyword, near};
use super::{Kind, MAX_DEPTH, Parsed, Parser};
use crate::rules::decimal::Decimal;
use crate::rules::sql::syntax::{Expr, OPERATORS, Operator, Step, Test};
use crate::rules::sql::token::{self, Token};
use crate::rules::value::{Number, Value};

/// The rows of OPERATORS that NOT and the tests stand before.
const COMPARISON: usize = 2;
const SUM: usize = 3;

impl Parser<'_> {
    pub(in crate::rules) fn expression(&mut self) -> Parsed<Expr> {
        self.nested(|parser| parser.chain(0))
    }

    /// Counts what the stack carries.
    pub(super) fn nested(&mut self, read: impl FnOnce(&mut Self) -> Parsed<Expr>) -> Parsed<Expr> {
        if self.depth == MAX_DEPTH {
            return Err(self.too_deep());
        }
        self.depth += 1;
        let expr = read(self);
        self.depth -= 1;
        expr
    }

    fn chain(&mut self, level: usize) -> Parsed<Expr> {
        if level == COMPARISON && self.eat_word("NOT") {
            let inner = self.nested(|parser| parser.chain(COMPARISON))?;
            return Ok(Expr::Not(Box::new(inner)));
        }
        let Some(operators) = OPERATORS.get(level) else {
            return self.operand();
        };
        let first = self.chain(level + 1)?;
        let mut rest = Vec::new();
        while let Some(operator) = self.operator(operators) {
            rest.push((operator, self.chain(level + 1)?));
        }
        let expr = match rest.is_empty() {
            true => first,
            false => Expr::Chain(Box::new(first), rest),
        };
        match level {
            COMPARISON => self.test(expr),
            _ => Ok(expr),
        }
    }

    fn operator(&mut self, operators: &[(&str, Operator)]) -> Option<Operator> {
        let next = &self.next;
        let mut found = operators.iter();
        let found = found.find(|(sign, _)| next.is_sign(sign) || next.is_word(sign));
        let operator = found.map(|(_, operator)| *operator)?;
        self.take();
        Some(operator)
    }

    /// IN, LIKE, BETWEEN and IS behind what they test.
    fn test(&mut self, value: Expr) -> Parsed<Expr> {
        let next = &self.next;
        let is_test = |token: &Token<'_>| {
            ["IN", "LIKE", "BETWEEN"]
                .iter()
                .any(|word| token.is_word(word))
        };
        let negates = next.is_word("NOT") && is_test(&self.after_next());
        if !(is_test(next) || next.is_word("IS") || negates) {
            return Ok(value);
        }
        let mut negated = self.eat_word("NOT");
        let test = if self.eat_word("IN") {
            self.membership()?
        } else if self.eat_word("LIKE") {
            Test::Like(self.chain(SUM)?)
        } else if self.eat_word("BETWEEN") {
            let low = self.chain(SUM)?;
            if !self.eat_word("AND") {
                return Err(self.unexpected("AND belongs here: BETWEEN 1 AND 5"));
            }
            Test::Between(low, self.chain(SUM)?)
        } else {
            self.take();
            negated = self.eat_word("NOT");
            if !self.eat_word("NULL") {
                return Err(self.unexpected("NULL belongs here: IS NULL or IS NOT NULL"));
            }
            Test::Null
        };
        Ok(Expr::Test {
            value: Box::new(value),
            test: Box::new(test),
            negated,
        })
    }

    fn membership(&mut self) -> Parsed<Test> {
        if !self.next.is_sign("(") || self.after_next().is_word("SELECT") {
            return self.chain(SUM).map(Test::In);
        }
        self.take();
        self.list(")").map(Test::InList)
    }

    /// Up to the closing bracket.
    pub(super) fn list(&mut self, bracket: &str) -> Parsed<Vec<Expr>> {
        let mut items = Vec::new();
        if self.eat(bracket) {
            return Ok(items);
        }
        loop {
            items.push(self.expression()?);
            if self.eat(bracket) {
                return Ok(items);
            }
            if !self.next.is_sign(",") {
                return Err(self.expected(bracket));
            }
            let comma = self.take();
            if self.next.is_sign(bracket) {
                return Err(Fault::at(&comma, "nothing follows this comma").repaired(""));
            }
        }
    }

    /// A value with its sign and the names behind it.
    pub(super) fn operand(&mut self) -> Parsed<Expr> {
        if self.next.is_sign("-") {
            self.take();
            if self.next.kind == Kind::Number {
                return self.number("-");
            }
            let inner = self.nested(Self::operand)?;
            return Ok(Expr::Negative(Box::new(inner)));
        }
        if self.next.is_sign("+") {
            self.take();
            return self.nested(Self::operand);
        }
        let value = self.primary()?;
        let mut steps = Vec::new();
        while self.eat(".") {
            steps.push(self.step()?);
        }
        Ok(match value {
            value if steps.is_empty() => value,
            Expr::Path(mut path) => {
                path.append(&mut steps);
                Expr::Path(path)
            }
            value => Expr::Member(Box::new(value), steps),
        })
    }

    fn primary(&mut self) -> Parsed<Expr> {
        let token = self.next;
        match token.kind {
            Kind::Number => self.number(""),
            Kind::Text => {
                self.take();
                let text = token::unquoted(token.text);
                Ok(Expr::Literal(Value::Text(Cow::Owned(text))))
            }
            Kind::Variable => self.variable_use(),
            Kind::Word => self.word(),
            Kind::Sign => match token.text {
                "(" => {
                    self.take();
                    self.bracket()
                }
                "[" => {
                    self.take();
                    self.list("]").map(Expr::Array)
                }
                "{" => {
                    self.take();
                    self.object()
                }
                "*" => {
                    self.take();
                    Ok(Expr::All)
                }
                _ => Err(self.unexpected("a value belongs before this")),
            },
            Kind::End => Err(Fault::new(self.end, 0, "a value is missing at the end")),
            Kind::OpenText | Kind::Strange => Err(self.unexpected("")),
        }
    }

    fn number(&mut self, sign: &str) -> Parsed<Expr> {
        let token = self.take();
        let digits = token.text.trim_start_matches('0');
        let plain = match digits.starts_with(|first: char| first.is_ascii_digit()) {
            true => digits.to_owned(),
            false => "0".to_owned() + digits,
        };
        let text = sign.to_owned() + &plain;
        if Decimal::parse(&text).is_none() {
            return Err(Fault::at(&token, "this number is too large"));
        }
        Ok(Expr::Literal(Value::Number(Number::Written(Cow::Owned(
            text,
        )))))
    }

    fn variable_use(&mut self) -> Parsed<Expr> {
        let name = self.take();
        if self.variables.is_some() && self.variable(&name).is_none() {
            let fault = Fault::at(&name, "this variable is not set before it is used");
            let names: Vec<&str> = self
                .variables
                .iter()
                .flat_map(|set| set.iter())
                .map(|it| &*it.name)
                .collect();
            return Err(match near(name.text, &names) {
                Some(name) => fault.repaired(name),
                None => fault,
            });
        }
        Ok(Expr::Variable(name.text.into()))
    }

    fn bracket(&mut self) -> Parsed<Expr> {
        let inner = match self.eat_word("SELECT") {
            true => Expr::Query(Box::new(self.query()?)),
            false => self.expression()?,
        };
        match self.eat(")") {
            true => Ok(inner),
            false => Err(self.expected(")")),
        }
    }

    fn word(&mut self) -> Parsed<Expr> {
        let word = self.next;
        let is_call = self.after_next().is_sign("(");
        let literal = match word.text.to_ascii_lowercase().as_str() {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            "null" => Some(Value::Null),
            "case" => return self.case(),
            "exists" if is_call => return self.exists(),
            "cast" if is_call => return self.cast(),
            _ if is_keyword(word.text) => return Err(self.keyword_as_value()),
            _ => None,
        };
        if is_call && literal.is_none() {
            return self.call();
        }
        self.take();
        Ok(match literal {
            Some(value) => Expr::Literal(value),
            None => Expr::Path(vec![Step {
                name: word.text.into(),
                at: word.at,
            }]),
        })
    }

    fn keyword_as_value(&self) -> Fault {
        let word = &self.next;
        let is_key = self.after_next().is_sign(".");
        if word.is_word("SELECT") {
            return Fault::at(word, "SELECT inside of an expression stands in brackets");
        }
        match is_key || word.is_word("END") || word.is_word("SET") {
            true => {
                let repair = "get(*, \"".to_owned() + word.text + "\")";
                Fault::at(
                    word,
                    "a key that is a word of SQL is reached with get(*, \"key\")",
                )
                .repaired(&repair)
            }
            false => Fault::at(word, "a value is missing before this"),
        }
    }
}
