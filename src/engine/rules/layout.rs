//! JSON laid out for reading, in the order and with the digits in which it came: nothing of it is made anew.

use crate::shadow::text::parse_value;
use crate::shadow::value::Value;

/// What fits is written on one line.
const ONE_LINE: usize = 32;

/// Of a text that is no JSON and no text, so many bytes are shown.
const HEX: usize = 512;

/// What stands in a payload: JSON on several lines, another text as it is, anything else in hex; cut at `max` bytes.
pub(super) fn shown(payload: &[u8], max: usize) -> String {
    match std::str::from_utf8(payload) {
        Ok(text) => shown_text(text, max),
        Err(_) => cut(hex(payload), max),
    }
}

/// The same for a text.
pub(super) fn shown_text(text: &str, max: usize) -> String {
    match is_structure(text) {
        true => cut(laid_out(text), max),
        false => cut(text.to_owned(), max),
    }
}

fn is_structure(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
        && matches!(parse_value(text), Value::Object(_) | Value::Array(_))
}

pub(super) fn cut(mut text: String, max: usize) -> String {
    if text.len() > max {
        text.truncate(text.floor_char_boundary(max));
        text.push('…');
    }
    text
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (number, byte) in bytes.iter().take(HEX).enumerate() {
        text.push_str(match number {
            0 => "",
            _ if number % 16 == 0 => "\n",
            _ => " ",
        });
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(digit.into(), 16));
        }
    }
    if bytes.len() > HEX {
        text.push_str(" …");
    }
    text
}

/// `text` is JSON.
fn laid_out(text: &str) -> String {
    let mut out = String::new();
    let mut level = 0;
    let mut rest = text.trim();
    while let Some(token) = next_token(rest) {
        match token {
            "{" | "[" => {
                if let Some(line) = on_one_line(rest) {
                    out.push_str(&line.0);
                    rest = rest.get(line.1..).unwrap_or_default().trim_start();
                    continue;
                }
                level += 1;
                out.push_str(token);
                new_line(&mut out, level);
            }
            "}" | "]" => {
                level = level.saturating_sub(1);
                new_line(&mut out, level);
                out.push_str(token);
            }
            "," => {
                out.push(',');
                new_line(&mut out, level);
            }
            ":" => out.push_str(": "),
            other => out.push_str(other),
        }
        rest = rest.get(token.len()..).unwrap_or_default().trim_start();
    }
    out
}

fn new_line(out: &mut String, level: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", level));
}

/// A structure that is short enough, and the bytes of it in `text`.
fn on_one_line(text: &str) -> Option<(String, usize)> {
    let (mut line, mut level, mut rest) = (String::new(), 0, text);
    let mut before = "";
    while let Some(token) = next_token(rest) {
        let closes = matches!(token, "}" | "]");
        let opens = |token: &str| matches!(token, "{" | "[");
        let gap = match (before, token) {
            (":" | ",", _) => true,
            ("{", "}") => false,
            ("{", _) | (_, "}") => true,
            _ => false,
        };
        if gap {
            line.push(' ');
        }
        line.push_str(token);
        level += i32::from(opens(token)) - i32::from(closes);
        if line.len() > ONE_LINE {
            return None;
        }
        rest = rest.get(token.len()..)?;
        if level == 0 {
            return Some((line, text.len() - rest.len()));
        }
        rest = rest.trim_start();
        before = token;
    }
    None
}

/// The first token of what begins with one. None at the end.
fn next_token(text: &str) -> Option<&str> {
    let first = *text.as_bytes().first()?;
    let len = match first {
        b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
        b'"' => {
            let mut escaped = false;
            let end = text.bytes().skip(1).position(|byte| {
                let ends = byte == b'"' && !escaped;
                escaped = byte == b'\\' && !escaped;
                ends
            });
            end.map_or(text.len(), |end| end + 2)
        }
        _ => {
            let ends = |c: char| "{}[],:\"".contains(c) || c.is_ascii_whitespace();
            text.find(ends).unwrap_or(text.len()).max(1)
        }
    };
    text.get(..len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_its_order_and_its_digits() {
        let text = r#"{"state":{"reported":{"location":{"latitude":34.985310,"longitude":135.86},"speed":8.10e1}},"a":[]}"#;
        let expected = "{\n  \"state\": {\n    \"reported\": {\n      \
            \"location\": {\n        \"latitude\": 34.985310,\n        \"longitude\": 135.86\n      },\n      \
            \"speed\": 8.10e1\n    }\n  },\n  \"a\": []\n}";
        assert_eq!(shown(text.as_bytes(), 8_192), expected);
        assert_eq!(
            shown(b" {\"lat\":35, \"lng\" : [1,2]} ", 99),
            "{ \"lat\": 35, \"lng\": [1, 2] }"
        );
    }

    #[test]
    fn signs_within_a_text_are_no_structure() {
        let text = r#"{"a":"x,{}[]:\"y\\","b":{}}"#;
        assert_eq!(
            shown(text.as_bytes(), 99),
            r#"{ "a": "x,{}[]:\"y\\", "b": {} }"#
        );
    }

    #[test]
    fn what_is_no_structure_stays_as_it_is() {
        for text in ["on my way", "", "5.50", "{broken", "\"a\"", "{}x"] {
            assert_eq!(shown(text.as_bytes(), 99), text);
        }
        assert_eq!(shown(&[0, 255, 16], 99), "00 ff 10");
        assert!(shown(&[255; 600], 9_999).ends_with("ff …"));
        assert_eq!(shown("ééé".as_bytes(), 3), "é…");
    }

    #[test]
    fn ten_thousand_levels_are_a_text() {
        let deep = "[".repeat(8_000) + &"]".repeat(8_000);
        assert_eq!(shown(deep.as_bytes(), 20_000), deep);
    }
}
