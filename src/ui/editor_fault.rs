//! What is wrong with a text, in words, with one way to repair it; and where that is.

use super::text::{Language, editor as words};
use crate::engine::frame::{TextFault, TextProblem};

/// "Line 4, column 7: …"
pub(super) fn sentence(fault: &TextFault, language: Language) -> String {
    let place = [fault.line.to_string(), fault.column.to_string()];
    let mut text = words::LINE.fill(language, &[&place[0], &place[1]]);
    text.push_str(": ");
    text.push_str(&problem(&fault.problem, language));
    text
}

fn problem(problem: &TextProblem, language: Language) -> String {
    let phrase = match problem {
        TextProblem::Ended => words::ENDED,
        TextProblem::ExtraComma => words::EXTRA_COMMA,
        TextProblem::MissingComma => words::MISSING_COMMA,
        TextProblem::Unquoted(text) => return words::UNQUOTED.fill(language, &[text, text]),
        TextProblem::Unexpected(found) => {
            // What cannot be seen is written out.
            let found = match found.is_control() {
                true => found.escape_default().collect::<String>(),
                false => found.to_string(),
            };
            return words::UNEXPECTED.fill(language, &[&found]);
        }
        TextProblem::Trailing => words::TRAILING,
        TextProblem::NotAnObject => words::NOT_AN_OBJECT,
        TextProblem::DuplicateKey(key) => return words::DUPLICATE_KEY.fill(language, &[key]),
        TextProblem::NullInArray => words::NULL_IN_ARRAY,
        TextProblem::TooDeep => words::TOO_DEEP,
    };
    phrase.text(language).to_owned()
}

/// How far from the start of the text the fault is, in the units in which a browser counts.
pub(super) fn offset(text: &str, fault: &TextFault) -> u32 {
    let before = text
        .split('\n')
        .take(fault.line.saturating_sub(1) as usize)
        .map(|line| line.encode_utf16().count() + 1)
        .sum::<usize>();
    let line = text.split('\n').nth(fault.line.saturating_sub(1) as usize);
    let within = line
        .unwrap_or_default()
        .chars()
        .take(fault.column.saturating_sub(1) as usize)
        .map(char::len_utf16)
        .sum::<usize>();
    (before + within) as u32
}
