//! The words, texts, numbers and signs that a statement is made of, with their spots. Knows no grammar.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// `@name`
    Variable,
    Number,
    /// In single or double quotes.
    Text,
    /// A text whose closing quote is missing.
    OpenText,
    Sign,
    /// A character that means nothing here.
    Strange,
    End,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    /// In bytes.
    pub(super) at: usize,
}

impl Token<'_> {
    pub(super) fn end(&self) -> usize {
        self.at + self.text.len()
    }

    /// Words of SQL are written in any case.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(super) fn is_sign(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }
}

/// Signs of two characters; some only to say how they are written here.
const PAIRS: [&str; 7] = ["<>", "<=", ">=", "!=", "==", "&&", "||"];

/// The token that begins at `at` or after the white space there.
pub(super) fn token(text: &str, at: usize) -> Token<'_> {
    let rest = text.get(at..).unwrap_or_default();
    let at = at + rest.len() - rest.trim_start().len();
    let rest = rest.trim_start();
    let (kind, len) = match rest.chars().next() {
        None => (Kind::End, 0),
        Some('\'' | '"') => quoted(rest),
        Some('0'..='9') => (Kind::Number, number(rest)),
        Some('@') => match word(&rest[1..]) {
            0 => (Kind::Strange, 1),
            len => (Kind::Variable, len + 1),
        },
        Some(first) if is_word(first) => (Kind::Word, word(rest)),
        Some(_) if PAIRS.iter().any(|pair| rest.starts_with(pair)) => (Kind::Sign, 2),
        Some(first) if "()[]{},.:*+-/%=<>".contains(first) => (Kind::Sign, 1),
        Some(first) => (Kind::Strange, first.len_utf8()),
    };
    Token {
        kind,
        text: &rest[..len],
        at,
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn word(text: &str) -> usize {
    text.find(|character| !is_word(character))
        .unwrap_or(text.len())
}

fn digits(text: &str) -> usize {
    let other = |character: char| !character.is_ascii_digit();
    text.find(other).unwrap_or(text.len())
}

fn number(text: &str) -> usize {
    let mut len = digits(text);
    let fraction = text[len..].strip_prefix('.').map_or(0, digits);
    if fraction > 0 {
        len += 1 + fraction;
    }
    if let Some(power) = text[len..].strip_prefix(['e', 'E']) {
        let unsigned = power.strip_prefix(['-', '+']).unwrap_or(power);
        let power_digits = digits(unsigned);
        if power_digits > 0 {
            len += 1 + power.len() - unsigned.len() + power_digits;
        }
    }
    len
}

/// A quote that is doubled does not end its text. A backslash is a plain character, as in regular expressions.
fn quoted(text: &str) -> (Kind, usize) {
    let bytes = text.as_bytes();
    let quote = bytes[0];
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match (*byte, bytes.get(at + 1)) {
            (byte, Some(next)) if byte == quote && *next == quote => at += 2,
            (byte, _) if byte == quote => return (Kind::Text, at + 1),
            _ => at += 1,
        }
    }
    (Kind::OpenText, text.len())
}

/// What stands between the quotes of a text.
pub(super) fn unquoted(text: &str) -> String {
    let quote = text.chars().next().unwrap_or('\'');
    let inner = text
        .get(1..text.len().saturating_sub(1))
        .unwrap_or_default();
    let mut out = String::with_capacity(inner.len());
    let mut characters = inner.chars().peekable();
    while let Some(character) = characters.next() {
        out.push(character);
        if character == quote {
            characters.next_if_eq(&quote);
        }
    }
    out
}
