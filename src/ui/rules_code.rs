//! A text of JSON in the colours of its parts. It looks at quotes and digits only: what the text means, it does not know.

use leptos::prelude::*;

use super::text::{Phrase, say};

/// It scrolls: the keyboard has to reach it.
pub(super) fn code(text: &str, name: Phrase) -> AnyView {
    let pieces: Vec<AnyView> = pieces(text).into_iter().map(piece).collect();
    view! { <pre class="rules-code" tabindex="0" aria-label=say(name)>{pieces}</pre> }.into_any()
}

fn piece((text, class): (&str, &'static str)) -> AnyView {
    view! { <span class=class>{text.to_owned()}</span> }.into_any()
}

fn pieces(text: &str) -> Vec<(&str, &'static str)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, class) = match first {
            '"' => {
                let length = quoted(rest);
                let is_key = rest[length..].trim_start().starts_with(':');
                (length, if is_key { "code-key" } else { "code-string" })
            }
            '-' | '0'..='9' => {
                let is_number =
                    |letter: char| letter.is_ascii_alphanumeric() || "+-.".contains(letter);
                (until(rest, |letter| !is_number(letter)), "code-number")
            }
            _ => (until(rest, |letter| "\"-0123456789".contains(letter)), ""),
        };
        let (piece, after) = rest.split_at(length);
        pieces.push((piece, class));
        rest = after;
    }
    pieces
}

/// The length of what begins with a quote, in bytes.
fn quoted(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            '"' if !is_escaped => return at + 1,
            '\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    text.len()
}

fn until(text: &str, end: impl Fn(char) -> bool) -> usize {
    text.find(end).unwrap_or(text.len())
}
