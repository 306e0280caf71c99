//! A word or a phrase that is looked for: `*` stands for any characters, `?` for one. Case does not count.

use std::str::Chars;

use serde_json::Value;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Pattern {
    /// Words in a row; nothing in them stands for something else.
    Phrase {
        /// In lower case.
        words: Vec<String>,
        /// What they are as a number.
        number: Option<f64>,
    },
    /// A whole value or one word of it.
    Wild(Vec<Piece>),
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
        match literal.collect::<Option<String>>() {
            Some(text) => Self::phrase(&text),
            None => Self::Wild(pieces),
        }
    }

    /// Every character stands for itself.
    pub(super) fn phrase(text: &str) -> Self {
        Self::Phrase {
            number: text.trim().parse().ok(),
            words: text.split_whitespace().map(str::to_lowercase).collect(),
        }
    }

    pub(super) fn is_anything(&self) -> bool {
        matches!(self, Self::Wild(pieces) if *pieces == [Piece::Many])
    }

    /// How often a character of a text may have to be looked at.
    pub(super) fn steps(&self) -> usize {
        match self {
            Self::Phrase { words, .. } => words.len(),
            Self::Wild(pieces) => pieces.len(),
        }
    }

    /// A text fits as a whole, or by words of it.
    pub(super) fn matches(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.matches_text(&text.to_lowercase()),
            Value::Number(number) => match self {
                Self::Phrase { number: wanted, .. } => {
                    wanted.is_some() && number.as_f64() == *wanted
                }
                Self::Wild(pieces) => fits(pieces, &number.to_string()),
            },
            Value::Bool(flag) => self.matches_text(if *flag { "true" } else { "false" }),
            Value::Null | Value::Array(_) | Value::Object(_) => false,
        }
    }

    fn matches_text(&self, text: &str) -> bool {
        let mut words = text.split_whitespace();
        match self {
            Self::Phrase { words: wanted, .. } if wanted.is_empty() => words.next().is_none(),
            Self::Phrase { words: wanted, .. } => {
                let words: Vec<_> = words.collect();
                let mut rows = words.windows(wanted.len());
                rows.any(|row| row == wanted.as_slice())
            }
            Self::Wild(pieces) => fits(pieces, text) || words.any(|word| fits(pieces, word)),
        }
    }
}

/// Goes back to the last `*` only, so that no character is looked at more often than there are pieces.
fn fits(pieces: &[Piece], text: &str) -> bool {
    let (mut rest, mut at) = (text.chars(), 0);
    let mut resume: Option<(Chars<'_>, usize)> = None;
    loop {
        let here = rest.clone();
        let Some(char) = rest.next() else {
            return pieces[at..].iter().all(|piece| *piece == Piece::Many);
        };
        match pieces.get(at) {
            Some(Piece::Many) => {
                at += 1;
                rest = here.clone();
                resume = Some((here, at));
            }
            Some(Piece::One) => at += 1,
            Some(Piece::Char(wanted)) if *wanted == char => at += 1,
            _ => {
                let Some((from, behind)) = &mut resume else {
                    return false;
                };
                from.next();
                (rest, at) = (from.clone(), *behind);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wild(text: &str) -> Pattern {
        let pieces = text.chars().map(|char| match char {
            '*' => Piece::Many,
            '?' => Piece::One,
            char => Piece::Char(char),
        });
        Pattern::new(pieces.collect())
    }

    fn check(pattern: &Pattern, text: &str, fits: bool) {
        assert_eq!(pattern.matches(&text.into()), fits, "{pattern:?} {text}");
    }

    #[test]
    fn a_wildcard_fits_a_whole_text_or_one_word_of_it() {
        for (pattern, text, fits) in [
            ("liv*", "the Living room", true),
            ("liv* room", "Living  room", true),
            ("liv* room", "the living room", false),
            ("*a*b?", "xaxxbabc", true),
            ("*a*b?", "xaxxbab", false),
            ("?", "é", true),
            ("??", "é", false),
            ("a*", "", false),
            ("**", "", true),
            ("a*a", "a", false),
        ] {
            check(&wild(pattern), text, fits);
        }
    }

    #[test]
    fn a_phrase_fits_words_in_a_row_whatever_is_between_them() {
        let phrase = Pattern::phrase(" Living\troom ");
        assert_eq!(phrase, wild("living room"));
        check(&phrase, "the LIVING \n room.", false);
        check(&phrase, "the LIVING \n room now", true);
        check(&phrase, "room living", false);
        check(&phrase, "living", false);
        check(&Pattern::phrase(""), " ", true);
        check(&Pattern::phrase(""), "a", false);
        assert!(Pattern::phrase("75.0").matches(&75.into()));
        assert!(Pattern::phrase("TRUE").matches(&true.into()));
    }
}
