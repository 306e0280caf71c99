//! From the text of a query to what it asks. The language is the one that AWS IoT documents: terms, phrases, fields,
//! ranges, comparisons, wildcards, AND, OR, NOT, `-` and parentheses.

use super::pattern::{Pattern, Piece};
use super::{Limit, Node, Query, Term, Test};

/// Bounds as on AWS; the depth is our own. [`super::Held`] has a bit for each term.
const LONGEST: usize = 1000;
const TERMS: usize = 12;
const DEPTH: usize = 12;

/// Why a text is no query.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    #[error("Invalid query: it is empty")]
    Empty,
    #[error("Invalid query: it has more than {LONGEST} characters")]
    TooLong,
    #[error("Invalid query: it has more than {TERMS} terms")]
    TooManyTerms,
    #[error("Invalid query: parentheses stand {DEPTH} deep at most")]
    TooDeep,
    #[error("Invalid query: {0} is expected before '{1}'")]
    Expected(&'static str, String),
}

impl Query {
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        if text.chars().count() > LONGEST {
            return Err(QueryError::TooLong);
        }
        if text.trim().is_empty() {
            return Err(QueryError::Empty);
        }
        let mut parser = Parser {
            rest: text,
            terms: Vec::new(),
            depth: 0,
        };
        let node = parser.any(None)?;
        match parser.peek() {
            None => Ok(Self {
                node,
                terms: parser.terms,
            }),
            Some(_) => Err(parser.expected("the end")),
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
    terms: Vec<Term>,
    depth: usize,
}

impl<'a> Parser<'a> {
    /// Alternatives. `field` is what they are about when a field stands before their parenthesis.
    fn any(&mut self, field: Option<&str>) -> Result<Node, QueryError> {
        let mut nodes = vec![self.all(field)?];
        while self.take_keyword("OR") {
            nodes.push(self.all(field)?);
        }
        Ok(alone_or(nodes, Node::Any))
    }

    /// Terms that stand side by side, with or without AND.
    fn all(&mut self, field: Option<&str>) -> Result<Node, QueryError> {
        let mut nodes = vec![self.one(field)?];
        loop {
            let and = self.take_keyword("AND");
            let ends = matches!(self.peek(), None | Some(')')) || self.is_keyword("OR");
            if ends && !and {
                return Ok(alone_or(nodes, Node::All));
            }
            nodes.push(self.one(field)?);
        }
    }

    fn one(&mut self, field: Option<&str>) -> Result<Node, QueryError> {
        if self.take_keyword("NOT") || self.take("-") {
            self.deeper()?;
            let node = self.one(field)?;
            self.depth -= 1;
            return Ok(Node::Not(Box::new(node)));
        }
        if self.take("(") {
            return self.group(field);
        }
        if field.is_some() || self.peek() == Some('"') {
            return self.value(field);
        }
        let pieces = self.word(":")?;
        if self.take(":") || matches!(self.peek(), Some('<' | '>' | '=')) {
            let name = text_of(&pieces);
            return self.value(Some(&name));
        }
        self.term(None, Test::Text(Pattern::new(lower(&pieces))))
    }

    fn group(&mut self, field: Option<&str>) -> Result<Node, QueryError> {
        self.deeper()?;
        let node = self.any(field)?;
        self.depth -= 1;
        match self.take(")") {
            true => Ok(node),
            false => Err(self.expected("')'")),
        }
    }

    /// What stands behind a field.
    fn value(&mut self, field: Option<&str>) -> Result<Node, QueryError> {
        if self.take("(") {
            return self.group(field);
        }
        for (operator, included) in [(">=", true), ("<=", true), (">", false), ("<", false)] {
            if self.take(operator) {
                let limit = Some(Limit::new(&self.plain()?, included));
                let range = match operator.starts_with('>') {
                    true => Test::Range(limit, None),
                    false => Test::Range(None, limit),
                };
                return self.term(field, range);
            }
        }
        self.take("=");
        if matches!(self.peek(), Some('[' | '{')) {
            let range = self.range()?;
            return self.term(field, range);
        }
        let test = match self.peek() {
            Some('"') => Pattern::phrase(&self.quoted()?),
            _ => Pattern::new(lower(&self.word("")?)),
        };
        self.term(field, Test::Text(test))
    }

    fn range(&mut self) -> Result<Test, QueryError> {
        let low_included = self.take("[");
        if !low_included {
            self.take("{");
        }
        let low = self.limit(low_included)?;
        if !self.take_keyword("TO") {
            return Err(self.expected("TO"));
        }
        let mut high = self.limit(false)?;
        let high_included = self.take("]");
        if !high_included && !self.take("}") {
            return Err(self.expected("']'"));
        }
        if let Some(high) = &mut high {
            high.included = high_included;
        }
        Ok(Test::Range(low, high))
    }

    fn limit(&mut self, included: bool) -> Result<Option<Limit>, QueryError> {
        let text = self.plain()?;
        Ok((text != "*").then(|| Limit::new(&text, included)))
    }

    /// A value without wildcards.
    fn plain(&mut self) -> Result<String, QueryError> {
        if self.peek() == Some('"') {
            return self.quoted();
        }
        let pieces = self.word("")?;
        Ok(text_of(&pieces))
    }

    fn quoted(&mut self) -> Result<String, QueryError> {
        self.take("\"");
        let mut text = String::new();
        let mut chars = self.rest.char_indices();
        while let Some((at, char)) = chars.next() {
            match char {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return Ok(text);
                }
                '\\' => text.extend(chars.next().map(|(_, char)| char)),
                char => text.push(char),
            }
        }
        self.rest = "";
        Err(self.expected("'\"'"))
    }

    /// Characters up to a blank, a sign of the language, or one of `also`, that no backslash stands before.
    fn word(&mut self, also: &str) -> Result<Vec<(char, bool)>, QueryError> {
        self.skip_blanks();
        let mut word = Vec::new();
        let mut end = self.rest.len();
        let mut chars = self.rest.char_indices();
        while let Some((at, char)) = chars.next() {
            if char == '\\' {
                word.extend(chars.next().map(|(_, char)| (char, true)));
            } else if char.is_whitespace() || "()[]{}<>=\"".contains(char) || also.contains(char) {
                end = at;
                break;
            } else {
                word.push((char, false));
            }
        }
        self.rest = &self.rest[end..];
        match word.is_empty() {
            true => Err(self.expected("a term")),
            false => Ok(word),
        }
    }

    fn term(&mut self, field: Option<&str>, test: Test) -> Result<Node, QueryError> {
        let place = self.terms.len();
        if place == TERMS {
            return Err(QueryError::TooManyTerms);
        }
        let field = field.map(str::to_owned);
        self.terms.push(Term { field, test });
        Ok(Node::Term(place))
    }

    fn deeper(&mut self) -> Result<(), QueryError> {
        self.depth += 1;
        match self.depth > DEPTH {
            true => Err(QueryError::TooDeep),
            false => Ok(()),
        }
    }

    fn peek(&mut self) -> Option<char> {
        self.skip_blanks();
        self.rest.chars().next()
    }

    fn take(&mut self, sign: &str) -> bool {
        self.skip_blanks();
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let is_next = self.is_keyword(keyword);
        if is_next {
            self.rest = &self.rest[keyword.len()..];
        }
        is_next
    }

    fn is_keyword(&mut self, keyword: &str) -> bool {
        self.skip_blanks();
        let behind = self.rest.strip_prefix(keyword);
        behind.is_some_and(|rest| !rest.starts_with(|it: char| !it.is_whitespace() && it != '('))
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn expected(&self, what: &'static str) -> QueryError {
        QueryError::Expected(what, self.rest.chars().take(20).collect())
    }
}

fn alone_or(mut nodes: Vec<Node>, join: impl Fn(Vec<Node>) -> Node) -> Node {
    match (nodes.len(), nodes.pop()) {
        (1, Some(node)) => node,
        (_, last) => {
            nodes.extend(last);
            join(nodes)
        }
    }
}

/// A word as it is meant: without its backslashes.
fn text_of(word: &[(char, bool)]) -> String {
    word.iter().map(|(char, _)| char).collect()
}

fn lower(word: &[(char, bool)]) -> Vec<Piece> {
    let pieces = word.iter().flat_map(|(char, escaped)| {
        let wild = match (char, escaped) {
            ('*', false) => Some(Piece::Many),
            ('?', false) => Some(Piece::One),
            _ => None,
        };
        let chars = char.to_lowercase().map(Piece::Char);
        let chars = wild.is_none().then_some(chars).into_iter().flatten();
        wild.into_iter().chain(chars)
    });
    pieces.collect()
}
