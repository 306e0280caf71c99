//! The forms that are longer than an operator: objects, CASE, EXISTS, cast and calls.

use regex_lite::Regex;

use super::fault::{Fault, near};
use super::{Kind, Parsed, Parser};
use crate::rules::sql::function::{Function, NOT_SERVED, function_names};
use crate::rules::sql::pattern;
use crate::rules::sql::syntax::{Call, Expr, TYPES, Type};
use crate::rules::sql::token::{self, Token};
use crate::rules::value::Value;

impl Parser<'_> {
    pub(super) fn object(&mut self) -> Parsed<Expr> {
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

    pub(super) fn case(&mut self) -> Parsed<Expr> {
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

    pub(super) fn exists(&mut self) -> Parsed<Expr> {
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

    pub(super) fn cast(&mut self) -> Parsed<Expr> {
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

    pub(super) fn call(&mut self) -> Parsed<Expr> {
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
    let names: Vec<&str> = function_names().collect();
    let fault = Fault::at(name, &("there is no function ".to_owned() + name.text));
    match near(name.text, &names) {
        Some(name) => fault.repaired(name),
        None => fault,
    }
}
