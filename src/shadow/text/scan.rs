//! Walks through a text and finds its first fault: in its JSON, or against what the service takes. Makes no values.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{MAX_DEPTH, MAX_TEXT, TextProblem};
use crate::shadow::document::json;
use crate::shadow::value::Value;

/// A fault that names a piece of the text names no more of it than this, in characters.
const MAX_WORD: usize = 40;

/// A place in bytes, and what is wrong there.
type Fault = (usize, TextProblem);

pub(super) fn check(text: &str) -> Result<(), Fault> {
    if text.len() > MAX_TEXT {
        let mut end = MAX_TEXT;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        return Err(Scanner { text, at: end }.unexpected());
    }
    let mut scanner = Scanner { text, at: 0 };
    match scanner.next_token() {
        Some('{') => scanner.members(0, false)?,
        None => return Err(scanner.fault(TextProblem::Ended)),
        Some(_) => return Err(scanner.fault(TextProblem::NotAnObject)),
    }
    match scanner.next_token() {
        None => Ok(()),
        Some(_) => Err(scanner.fault(TextProblem::Trailing)),
    }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    /// The next character that is no white space.
    fn next_token(&mut self) -> Option<char> {
        while let Some(' ' | '\t' | '\n' | '\r') = self.peek() {
            self.at += 1;
        }
        self.peek()
    }

    fn fault(&self, problem: TextProblem) -> Fault {
        (self.at, problem)
    }

    fn unexpected(&self) -> Fault {
        let problem = self
            .peek()
            .map_or(TextProblem::Ended, TextProblem::Unexpected);
        self.fault(problem)
    }

    /// An object, from its opening bracket on.
    fn members(&mut self, depth: usize, in_array: bool) -> Result<(), Fault> {
        let mut keys = BTreeSet::new();
        self.list('}', depth, |scanner| {
            let start = scanner.at;
            let key = scanner.key()?;
            if !keys.insert(key.clone()) {
                return Err((start, TextProblem::DuplicateKey(cut(&key))));
            }
            if scanner.next_token() != Some(':') {
                return Err(scanner.unexpected());
            }
            scanner.at += 1;
            scanner.value(depth + 1, in_array)
        })
    }

    /// What stands between brackets and commas; `item` reads one, which begins at the present place.
    fn list(
        &mut self,
        close: char,
        depth: usize,
        mut item: impl FnMut(&mut Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.at += 1;
        let mut comma = None;
        loop {
            match (self.next_token(), comma) {
                (Some(end), None) if end == close => break,
                (Some(end), Some(comma)) if end == close => {
                    return Err((comma, TextProblem::ExtraComma));
                }
                (Some(','), Some(_)) => return Err(self.fault(TextProblem::ExtraComma)),
                (None, _) => return Err(self.fault(TextProblem::Ended)),
                _ if depth == MAX_DEPTH => return Err(self.fault(TextProblem::TooDeep)),
                _ => item(self)?,
            }
            match self.next_token() {
                Some(',') => comma = Some(self.at),
                Some(end) if end == close => break,
                Some(next) if "\"'{[-_".contains(next) || next.is_alphanumeric() => {
                    return Err(self.fault(TextProblem::MissingComma));
                }
                _ => return Err(self.unexpected()),
            }
            self.at += 1;
        }
        self.at += 1;
        Ok(())
    }

    fn key(&mut self) -> Result<Cow<'a, str>, Fault> {
        match self.peek() {
            Some('"') => self.string(),
            _ => Err(self.unquoted()),
        }
    }

    fn value(&mut self, depth: usize, in_array: bool) -> Result<(), Fault> {
        match self.next_token() {
            Some('{') => self.members(depth, in_array),
            Some('[') => self.list(']', depth, |scanner| scanner.value(depth + 1, true)),
            Some('"') => self.string().map(drop),
            _ => match self.word() {
                "true" | "false" => Ok(()),
                "null" if !in_array => Ok(()),
                "null" => return Err(self.fault(TextProblem::NullInArray)),
                number if json::value(number).is_some() => Ok(()),
                _ => return Err(self.unquoted()),
            }
            .map(|()| self.at += self.word().len()),
        }
    }

    /// What stands here up to something that ends a word.
    fn word(&self) -> &'a str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let ends = |it: char| it.is_whitespace() || ",:{}[]\"=;".contains(it);
        rest.split(ends).next().unwrap_or_default()
    }

    fn unquoted(&self) -> Fault {
        let word = self.word();
        let like_a_number = |it: char| it.is_ascii_digit() || "+-.eE".contains(it);
        match word.is_empty() || word.chars().all(like_a_number) {
            true => self.unexpected(),
            false => self.fault(TextProblem::Unquoted(cut(word))),
        }
    }

    /// A text in quotes, decoded.
    fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        let start = self.at;
        self.at += 1;
        let mut plain = true;
        loop {
            match self.peek() {
                Some('"') => break,
                Some('\\') => {
                    plain = false;
                    self.escape()?;
                }
                Some(it) if it >= ' ' => self.at += it.len_utf8(),
                _ => return Err(self.unexpected()),
            }
        }
        self.at += 1;
        let quoted = self.text.get(start..self.at).unwrap_or_default();
        if plain {
            let inner = quoted.get(1..quoted.len() - 1);
            return Ok(Cow::Borrowed(inner.unwrap_or_default()));
        }
        match json::value(quoted) {
            Some(Value::Text(text)) => Ok(Cow::Owned(text.into())),
            // Half of a surrogate pair: the only thing that is left.
            _ => {
                let escape = quoted.find('\\').unwrap_or_default();
                Err((start + escape, TextProblem::Unexpected('\\')))
            }
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        self.at += 1;
        match self.peek() {
            Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => self.at += 1,
            Some('u') => {
                self.at += 1;
                for _ in 0..4 {
                    if !self.peek().is_some_and(|it| it.is_ascii_hexdigit()) {
                        return Err(self.unexpected());
                    }
                    self.at += 1;
                }
            }
            _ => return Err(self.unexpected()),
        }
        Ok(())
    }
}

fn cut(word: &str) -> String {
    word.chars().take(MAX_WORD).collect()
}
