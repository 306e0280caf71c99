//! Patterns over texts: regular expressions and LIKE, with bounds on what they cost.

use regex_lite::{Regex, RegexBuilder};

/// A longer pattern is none.
const MAX_PATTERN: usize = 1_000;
/// Bytes of a compiled expression: each character of a text may look at all of them.
const MAX_COMPILED: usize = 16 * 1024;

pub(in crate::rules) fn regex(pattern: &str) -> Option<Regex> {
    if pattern.len() > MAX_PATTERN {
        return None;
    }
    let mut builder = RegexBuilder::new(pattern);
    let built = builder.size_limit(MAX_COMPILED).nest_limit(32).build();
    built.ok()
}

/// Steps of one search: each byte of the text may look at every part of the expression.
pub(in crate::rules) fn price(text: &str, regex: &Regex) -> usize {
    let pattern = regex.as_str();
    // What is repeated is compiled as often as that.
    let parts = if pattern.contains('{') {
        16
    } else {
        1 + pattern.len() / 64
    };
    text.len().saturating_mul(parts)
}

/// Each match in turn for `replacement`, whose `$1` is what the first group caught. None: the replacement names a
/// group that is not there, or the result is longer than `limit`, or `spend` has nothing left.
pub(in crate::rules) fn replaced(
    text: &str,
    regex: &Regex,
    replacement: &str,
    limit: usize,
    spend: impl Fn(usize) -> bool,
) -> Option<String> {
    let groups = regex.captures_len();
    let mut out = String::new();
    let mut at = 0;
    let mut all = regex.captures_iter(text);
    // Each search may look at all that is left.
    while spend(price(text.get(at..)?, regex)) {
        let Some(found) = all.next() else {
            out.push_str(text.get(at..)?);
            return (out.len() <= limit).then_some(out);
        };
        let whole = found.get(0)?;
        out.push_str(text.get(at..whole.start())?);
        at = whole.end();
        let mut rest = replacement;
        while let Some(mark) = rest.find(['$', '\\']) {
            out.push_str(&rest[..mark]);
            let is_group = rest[mark..].starts_with('$');
            rest = &rest[mark + 1..];
            if is_group {
                let (group, len) = group(rest, groups)?;
                out.push_str(found.get(group).map_or("", |it| it.as_str()));
                rest = &rest[len..];
                if out.len() > limit {
                    return None;
                }
            } else {
                let hidden = rest.chars().next()?;
                out.push(hidden);
                rest = &rest[hidden.len_utf8()..];
            }
        }
        out.push_str(rest);
        if out.len() > limit {
            return None;
        }
    }
    None
}

/// The number of a group at the start of a text and its length: more digits than one only while there is such a group.
fn group(text: &str, groups: usize) -> Option<(usize, usize)> {
    let mut number = None;
    let mut len = 0;
    for byte in text.bytes().take_while(u8::is_ascii_digit) {
        let next = number.unwrap_or(0) * 10 + usize::from(byte - b'0');
        if next >= groups {
            break;
        }
        number = Some(next);
        len += 1;
    }
    number.map(|number| (number, len))
}

/// `%` stands for any characters and `_` for one. None: the pattern is too long.
pub(in crate::rules) fn is_like(text: &str, pattern: &str) -> Option<bool> {
    if pattern.len() > MAX_PATTERN {
        return None;
    }
    let mut wanted = pattern.chars();
    let mut rest = text.chars();
    // Where to go on when what follows the last % does not fit.
    let mut again = None;
    loop {
        let mut ahead = wanted.clone();
        match ahead.next() {
            Some('%') => {
                wanted = ahead;
                again = Some((wanted.clone(), rest.clone()));
                continue;
            }
            None if rest.as_str().is_empty() => return Some(true),
            Some(letter) => {
                let mut next = rest.clone();
                match next.next() {
                    None => return Some(false),
                    Some(character) if letter == '_' || letter == character => {
                        (wanted, rest) = (ahead, next);
                        continue;
                    }
                    Some(_) => {}
                }
            }
            None => {}
        }
        let Some((pattern, mut from)) = again.take() else {
            return Some(false);
        };
        if from.next().is_none() {
            return Some(false);
        }
        again = Some((pattern.clone(), from.clone()));
        (wanted, rest) = (pattern, from);
    }
}
