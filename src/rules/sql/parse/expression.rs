//! Expressions from text.

use std::borrow::Cow;

use regex_lite::Regex;

use super::fault::{Fault, is_keyword, near};
use super::{Kind, MAX_DEPTH, Parsed, Parser};
use crate::rules::decimal::Decimal;
use crate::rules::sql::function::{FUNCTIONS, Function, NOT_SERVED};
use crate::rules::sql::pattern;
use crate::rules::sql::syntax::{Call, Expr, OPERATORS, Operator, Step, TYPES, Test, Type};
use crate::rules::sql::token::{self, Token};
use crate::rules::value::{Number, Value};

/// The rows of OPERATORS that NOT and the tests stand before.
const COMPARISON: usize = 2;
const SUM: usize = 3;

impl<'t> Parser<'t> {
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
    fn list(&mut self, bracket: &str) -> Parsed<Vec<Expr>> {
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
                .flatten()
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

    fn object(&mut self) -> Parsed<Expr> {
        let mut members = Vec::new();
        if self.eat("}") {
            return Ok(Expr::Object(members));
        }
        loop {
            let key = self.next;
            match key.kind {
                Kind::Text => self.take(),
                Kind::Word => {
                    let quoted = "\"".to_owned() + key.text + "\"";
                    return Err(Fault::at(&key, "a key stands in quotes").repaired(&quoted));
                }
                _ => return Err(self.unexpected("a key in quotes belongs before this")),
            };
            if !self.eat(":") {
                return Err(self.expected(":"));
            }
            members.push((token::unquoted(key.text).into(), self.expression()?));
            if self.eat("}") {
                return Ok(Expr::Object(members));
            }
            if !self.eat(",") {
                return Err(self.expected("}"));
            }
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

    fn case(&mut self) -> Parsed<Expr> {
        let case = self.take();
        if self.next.is_word("WHEN") {
            let words = "CASE compares a value: CASE color WHEN 'red' THEN …";
            return Err(Fault::at(&case, words).repaired("CASE true"));
        }
        let value = self.expression()?;
        let mut arms = Vec::new();
        while self.eat_word("WHEN") {
            let test = self.expression()?;
            if !self.eat_word("THEN") {
                return Err(self.unexpected("THEN belongs before this"));
            }
            arms.push((test, self.expression()?));
        }
        if arms.is_empty() {
            return Err(self.unexpected("WHEN belongs before this"));
        }
        let otherwise = match self.eat_word("ELSE") {
            true => Some(Box::new(self.expression()?)),
            false => None,
        };
        if !self.eat_word("END") {
            let fault = Fault::new(self.end, 0, "END is missing here: CASE … END");
            return Err(fault.repaired(" END"));
        }
        Ok(Expr::Case {
            value: Box::new(value),
            arms,
            otherwise,
        })
    }

    fn exists(&mut self) -> Parsed<Expr> {
        self.take();
        self.take();
        if !self.eat_word("SELECT") {
            return Err(self.unexpected("EXISTS takes a SELECT in brackets"));
        }
        let query = self.query()?;
        match self.eat(")") {
            true => Ok(Expr::Exists(Box::new(query))),
            false => Err(self.expected(")")),
        }
    }

    fn cast(&mut self) -> Parsed<Expr> {
        self.take();
        self.take();
        let value = self.expression()?;
        if !self.eat_word("AS") {
            return Err(self.unexpected("AS belongs before this: cast(value AS Int)"));
        }
        let name = self.take();
        let Some(kind) = type_by_name(name.text) else {
            let names = TYPES.map(|(name, _)| name);
            let fault = Fault::at(&name, "cast makes String, Int, Decimal, Double or Boolean");
            return Err(match near(name.text, &names) {
                Some(name) => fault.repaired(name),
                None => fault,
            });
        };
        match self.eat(")") {
            true => Ok(Expr::Cast(Box::new(value), kind)),
            false => Err(self.expected(")")),
        }
    }

    fn call(&mut self) -> Parsed<Expr> {
        let name = self.take();
        self.take();
        let Some(function) = Function::by_name(name.text) else {
            return Err(unknown_function(&name));
        };
        let arguments = self.list(")")?;
        let second = match arguments.get(1) {
            Some(Expr::Literal(Value::Text(text))) => Some(&**text),
            _ => None,
        };
        if function == Function::Decode && second.is_some_and(|it| it.eq_ignore_ascii_case("proto"))
        {
            return Err(Fault::at(&name, "decoding of Protobuf is not served here"));
        }
        let is_regexp = matches!(
            function,
            Function::RegexpMatches | Function::RegexpReplace | Function::RegexpSubstr
        );
        let regex: Option<Regex> = second.filter(|_| is_regexp).and_then(pattern::regex);
        Ok(Expr::Call(Box::new(Call {
            function,
            arguments,
            regex,
            at: name.at,
        })))
    }
}

fn type_by_name(name: &str) -> Option<Type> {
    let mut found = TYPES
        .iter()
        .filter(|(known, _)| known.eq_ignore_ascii_case(name));
    found.next().map(|(_, kind)| *kind)
}

fn unknown_function(name: &Token<'_>) -> Fault {
    if NOT_SERVED
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name.text))
    {
        let words = name.text.to_owned()
            + " is not served here: it needs a service that is not on this machine";
        return Fault::at(name, &words);
    }
    let mut names: Vec<&str> = FUNCTIONS.iter().map(|(name, ..)| *name).collect();
    names.push("cast");
    let fault = Fault::at(name, &("there is no function ".to_owned() + name.text));
    match near(name.text, &names) {
        Some(name) => fault.repaired(name),
        None => fault,
    }
}
