//! A word or a phrase that is looked for: `*` stands for any characters, `?` for one. Case does not count.

use serde_json::Value;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern {
    pieces: Vec<Piece>,
    /// What it is where nothing in it stands for something else.
    number: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// In lower case.
    Char(char),
    One,
    Many,
}

impl Pattern {
    pub(super) fn new(pieces: Vec<Piece>) -> Self {
        let literal = pieces.iter().map(|piece| match piece {
            Piece::Char(char) => Some(*char),
            Piece::One | Piece::Many => None,
        });
        let literal: Option<String> = literal.collect();
        Self {
            number: literal.and_then(|text| text.parse().ok()),
            pieces,
        }
    }

    /// Every character stands for itself.
    pub(super) fn phrase(text: &str) -> Self {
        let words: Vec<_> = text.split_whitespace().collect();
        let text = words.join(" ").to_lowercase();
        Self::new(text.chars().map(Piece::Char).collect())
    }

    pub(super) fn is_anything(&self) -> bool {
        self.pieces == [Piece::Many]
    }

    /// A text fits as a whole, or by words of it in a row.
    pub(super) fn matches(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.matches_text(text),
            Value::Number(number) => match self.number {
                Some(wanted) => number.as_f64() == Some(wanted),
                None => self.fits(&number.to_string()),
            },
            Value::Bool(flag) => self.fits(if *flag { "true" } else { "false" }),
            Value::Null | Value::Array(_) | Value::Object(_) => false,
        }
    }

    fn matches_text(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        if self.fits(&text) {
            return true;
        }
        let words: Vec<_> = text.split_whitespace().collect();
        let blank = |piece: &&Piece| **piece == Piece::Char(' ');
        let len = self.pieces.iter().filter(blank).count() + 1;
        words.windows(len).any(|words| self.fits(&words.join(" ")))
    }

    /// Goes back to the last `*` only, so that no text takes long.
    fn fits(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let (mut at, mut piece) = (0, 0);
        let mut resume = None;
        while at < text.len() {
            match self.pieces.get(piece) {
                Some(Piece::Many) => {
                    piece += 1;
                    resume = Some((at, piece));
                }
                Some(Piece::One) => (at, piece) = (at + 1, piece + 1),
                Some(Piece::Char(char)) if *char == text[at] => {
                    (at, piece) = (at + 1, piece + 1);
                }
                _ => {
                    let Some((from, behind)) = resume else {
                        return false;
                    };
                    resume = Some((from + 1, behind));
                    (at, piece) = (from + 1, behind);
                }
            }
        }
        let mut rest = self.pieces[piece..].iter();
        rest.all(|piece| *piece == Piece::Many)
    }
}
