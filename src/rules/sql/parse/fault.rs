//! What keeps a text from being SQL: the spot, plain words, and what would stand there instead.

use super::{Kind, MAX_DEPTH, Parser};
use crate::rules::sql::SqlError;
use crate::rules::sql::token::{Token, token};

/// A fault by its bytes; lines and columns come last.
#[derive(Debug)]
pub(in crate::rules) struct Fault {
    at: usize,
    len: usize,
    message: String,
    repair: Option<String>,
}

impl Fault {
    pub(in crate::rules) fn new(at: usize, len: usize, message: &str) -> Self {
        Self {
            at,
            len,
            message: message.to_owned(),
            repair: None,
        }
    }

    pub(super) fn at(token: &Token<'_>, message: &str) -> Self {
        Self::new(token.at, token.text.len(), message)
    }

    pub(in crate::rules) fn repaired(mut self, repair: &str) -> Self {
        self.repair = Some(repair.to_owned());
        self
    }

    pub(in crate::rules) fn locate(self, text: &str) -> SqlError {
        let mut at = self.at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &text[..at];
        let line = before.bytes().filter(|byte| *byte == b'\n').count();
        let column = before.chars().rev().take_while(|it| *it != '\n').count();
        SqlError {
            at,
            len: self.len.min(text.len() - at),
            line: line as u32 + 1,
            column: column as u32 + 1,
            message: self.message,
            repair: self.repair,
        }
    }
}

impl Parser<'_> {
    pub(super) fn missing_select(&self) -> Fault {
        let next = &self.next;
        if let Some(word) = near(next.text, &["SELECT", "SET"]) {
            return Fault::at(next, &(word.to_owned() + " belongs here")).repaired(word);
        }
        let words = "SELECT is missing: a rule reads SELECT … FROM 'topic/filter'";
        match next.kind {
            Kind::End => Fault::at(next, words),
            _ if self.end == 0 => Fault::new(next.at, 0, words).repaired("SELECT "),
            _ => self.unexpected(words),
        }
    }

    /// Something behind the last clause that could be read.
    pub(super) fn unexpected_clause(&self, has_filter: bool, has_condition: bool) -> Fault {
        let next = &self.next;
        let from = "FROM is missing: a rule reads FROM 'topic/filter'";
        let clauses: &[&str] = match (has_filter, has_condition) {
            (_, true) => &["AND", "OR"],
            (true, false) => &["WHERE"],
            (false, false) => &["FROM", "WHERE", "AS"],
        };
        if next.is_word("FROM") && has_condition && !has_filter {
            return Fault::at(next, "FROM stands before WHERE");
        }
        if next.kind == Kind::Word
            && let Some(word) = near(next.text, clauses)
        {
            return Fault::at(next, &(word.to_owned() + " belongs here")).repaired(word);
        }
        if !has_filter && !has_condition && matches!(next.kind, Kind::Text) {
            return Fault::new(next.at, 0, from).repaired("FROM ");
        }
        if next.text == ";" {
            return Fault::at(next, "a statement ends without a semicolon").repaired("");
        }
        if next.is_sign(")") || next.is_sign("]") || next.is_sign("}") {
            return Fault::at(next, "this bracket closes nothing").repaired("");
        }
        self.unexpected(match (has_filter, has_condition) {
            (_, true) => "the statement is complete before this",
            (true, false) => "only WHERE can follow the topic",
            (false, false) => "a comma, AS or FROM belongs before this",
        })
    }

    /// The next token, where something else must stand.
    pub(super) fn unexpected(&self, words: &str) -> Fault {
        let next = &self.next;
        match next.kind {
            Kind::OpenText => self.open_text(next),
            Kind::Strange => self.strange(next),
            Kind::Sign => match next.text {
                "!=" => Fault::at(next, "unequal is written <>").repaired("<>"),
                "==" => Fault::at(next, "equal is written =").repaired("="),
                "&&" => Fault::at(next, "and is written AND").repaired("AND"),
                "||" => {
                    Fault::at(next, "or is written OR, and texts are joined with +").repaired("OR")
                }
                _ => Fault::at(next, words),
            },
            _ => Fault::at(next, words),
        }
    }

    fn strange(&self, token: &Token<'_>) -> Fault {
        let (words, repair) = match token.text {
            "–" | "—" | "−" => ("this dash is no minus", Some("-")),
            "‘" | "’" | "“" | "”" | "`" | "´" => {
                ("a text stands in plain quotes", Some("'"))
            }
            "×" => ("times is written *", Some("*")),
            "≠" => ("unequal is written <>", Some("<>")),
            "≤" => ("at most is written <=", Some("<=")),
            "≥" => ("at least is written >=", Some(">=")),
            "!" => ("not is written NOT", Some("NOT ")),
            "\u{a0}" | "\u{3000}" => ("this is no plain space", Some(" ")),
            _ => ("this character means nothing here", None),
        };
        let fault = Fault::at(token, words);
        match repair {
            Some(repair) => fault.repaired(repair),
            None => fault,
        }
    }

    /// The text most likely ends at the first white space.
    pub(super) fn open_text(&self, token: &Token<'_>) -> Fault {
        let end = token.text.find(char::is_whitespace);
        let (inside, rest) = token.text.split_at(end.unwrap_or(token.text.len()));
        let repair = inside.to_owned() + &token.text[..1] + rest;
        Fault::at(token, "this text has no closing quote").repaired(&repair)
    }

    /// A sign that is missing behind the last token.
    pub(super) fn expected(&self, sign: &str) -> Fault {
        let is_word = matches!(self.next.kind, Kind::Word | Kind::End) || self.next.is_sign(",");
        match self.next.kind {
            Kind::OpenText | Kind::Strange => self.unexpected(""),
            _ if is_word || matches!(sign, ")" | "]" | "}") => {
                Fault::new(self.end, 0, &(sign.to_owned() + " is missing here")).repaired(sign)
            }
            _ => self.unexpected(&(sign.to_owned() + " belongs before this")),
        }
    }

    pub(super) fn bare_filter(&self) -> Fault {
        let rest = self.text.get(self.next.at..).unwrap_or_default();
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let words = "FROM takes a topic in single quotes: FROM 'topic/filter'";
        let topic = &rest[..end];
        let fault = Fault::new(self.next.at, topic.len(), words);
        let marks = ['\'', '"', '‘', '’', '“', '”', '`', '´'];
        let inner = topic.trim_matches(marks);
        match inner.is_empty() || self.next.is_word("WHERE") || inner.starts_with(['(', '[', '{']) {
            true => Fault::new(self.end, 0, words),
            false => fault.repaired(&in_quotes(inner)),
        }
    }

    /// An item that is no path and no function, and has no name.
    pub(super) fn nameless(&self, start: usize) -> Fault {
        let text = self.text.get(start..self.end).unwrap_or_default();
        let is_key = |it: char| it.is_alphanumeric() || matches!(it, '-' | '_');
        if text.contains('-')
            && text.chars().all(is_key)
            && !text.starts_with(|it: char| it.is_ascii_digit())
        {
            let words = "a key with a hyphen is reached with get(*, \"key\"); for a difference, AS gives it a name";
            let repair = "get(*, \"".to_owned() + text + "\")";
            return Fault::new(start, text.len(), words).repaired(&repair);
        }
        if !matches!(self.next.kind, Kind::End | Kind::Text)
            && !self.next.is_sign(",")
            && !self.next.is_word("FROM")
            && !self.next.is_word("WHERE")
        {
            return self.unexpected_clause(false, false);
        }
        let words = "this has no name of its own: AS gives it one";
        Fault::new(start, text.len(), words)
    }

    pub(super) fn too_deep(&self) -> Fault {
        let words = "brackets stand too deep in each other: ".to_owned()
            + &MAX_DEPTH.to_string()
            + " levels are the most";
        Fault::at(&self.next, &words)
    }

    pub(in crate::rules) fn unclosed_template(&self) -> Fault {
        match self.next.kind {
            Kind::End => Fault::new(self.end, 0, "} is missing here: ${ opens and never closes")
                .repaired("}"),
            _ => self.unexpected("} belongs before this"),
        }
    }
}

pub(super) fn in_quotes(text: &str) -> String {
    "'".to_owned() + &text.replace('\'', "''") + "'"
}

/// Whether only a keyword, no key, can be meant by the token at the start of this text.
pub(in crate::rules::sql) fn is_keyword(text: &str) -> bool {
    const KEYWORDS: [&str; 17] = [
        "SELECT", "FROM", "WHERE", "AS", "AND", "OR", "NOT", "IN", "IS", "LIKE", "BETWEEN", "CASE",
        "WHEN", "THEN", "ELSE", "END", "SET",
    ];
    let first = token(text, 0);
    KEYWORDS.iter().any(|word| first.is_word(word))
}

/// The word that was likely meant: at most two letters of it are wrong, and less than half.
pub(super) fn near<'w>(text: &str, words: &[&'w str]) -> Option<&'w str> {
    let text = text.to_ascii_lowercase();
    if text.is_empty() || text.len() > 40 {
        return None;
    }
    let distances = words.iter().map(|word| (distance(&text, word), *word));
    let (distance, word) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= 2 && distance * 2 < word.len()).then_some(word)
}

/// Letters to add, drop, change, or swap with their neighbours.
fn distance(text: &str, word: &str) -> usize {
    let word: Vec<char> = word.to_ascii_lowercase().chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=word.len()).collect();
    let mut last = None;
    for (index, letter) in text.chars().enumerate() {
        let mut next = vec![index + 1];
        for (column, other) in word.iter().enumerate() {
            let changed = row[column] + usize::from(letter != *other);
            let mut best = changed.min(row[column + 1] + 1).min(next[column] + 1);
            let swapped = column > 0 && last == Some(*other) && letter == word[column - 1];
            if swapped {
                best = best.min(before[column - 1] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(letter);
    }
    row.last().copied().unwrap_or(usize::MAX)
}
