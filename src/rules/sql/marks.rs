//! What the words of a text are, for colouring it while it is written. The text may have faults.

use super::function::Function;
use super::parse::fault::is_keyword;
use super::token::{Kind, Token, token};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    Keyword,
    Function,
    Text,
    Number,
    Variable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub kind: MarkKind,
    /// In bytes.
    pub at: usize,
    pub len: usize,
}

/// In the order of the text. What is none of these kinds has no mark.
pub fn marks(text: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut at = 0;
    let mut after_dot = false;
    loop {
        let token = token(text, at);
        if token.kind == Kind::End {
            return marks;
        }
        at = token.end();
        if let Some(kind) = kind(text, &token, after_dot) {
            marks.push(Mark {
                kind,
                at: token.at,
                len: token.text.len(),
            });
        }
        after_dot = token.is_sign(".");
    }
}

fn kind(text: &str, word: &Token<'_>, after_dot: bool) -> Option<MarkKind> {
    const OTHERS: [&str; 5] = ["VALUE", "EXISTS", "TRUE", "FALSE", "NULL"];
    match word.kind {
        Kind::Text | Kind::OpenText => return Some(MarkKind::Text),
        Kind::Number => return Some(MarkKind::Number),
        Kind::Variable => return Some(MarkKind::Variable),
        Kind::Word if !after_dot => {}
        _ => return None,
    }
    let next = token(text, word.end());
    let is_call = next.is_sign("(");
    if is_call && (Function::by_name(word.text).is_some() || word.is_word("cast")) {
        return Some(MarkKind::Function);
    }
    // VALUE with a dot, a comma or FROM behind it is a key.
    let is_key =
        word.is_word("VALUE") && (next.is_sign(".") || next.is_sign(",") || next.is_word("FROM"));
    let is_word = is_keyword(word.text) || OTHERS.iter().any(|other| word.is_word(other));
    (is_word && !is_key).then_some(MarkKind::Keyword)
}
