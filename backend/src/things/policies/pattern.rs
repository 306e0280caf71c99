//! Texts with `*` and `?` as IAM has them: any characters, and any one. Knows nothing of MQTT: `+` and `#` are
//! characters like others.

use super::document::DocumentError;
use super::variable::{Context, Variable};

/// A pattern as a policy writes it, with its variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Piece(Piece),
    Variable(Variable),
}

/// A pattern whose variables have their values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// `?`
    One,
    /// `*`
    Any,
}

impl Template {
    /// Reads text with `*`, `?`, `${VARIABLE}`, and `${*}`, `${?}` and `${$}` for the characters themselves.
    pub(super) fn parse(text: &str) -> Result<Self, DocumentError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("${") {
            let (name, after) = behind
                .split_once('}')
                .ok_or_else(|| DocumentError::Variable(behind.to_owned()))?;
            parts.extend(Pattern::parse(before).0.into_iter().map(Part::Piece));
            parts.push(match name {
                "*" | "?" | "$" => Part::Piece(Piece::Text(name.to_owned())),
                _ => Part::Variable(Variable::parse(name)?),
            });
            rest = after;
        }
        parts.extend(Pattern::parse(rest).0.into_iter().map(Part::Piece));
        Ok(Self(parts))
    }

    pub(super) fn has_variables(&self) -> bool {
        let mut parts = self.0.iter();
        parts.any(|part| matches!(part, Part::Variable(_)))
    }

    /// `None` where a variable has no value: such a pattern matches nothing. Wildcards in a value stay what they are
    /// there: characters.
    pub(super) fn fill(&self, context: &Context<'_>) -> Option<Pattern> {
        let mut pattern = Pattern(Vec::new());
        for part in &self.0 {
            match part {
                Part::Piece(piece) => pattern.push(piece.clone()),
                Part::Variable(variable) => {
                    let value = context.value(variable)?;
                    pattern.push(Piece::Text(value.into_owned()));
                }
            }
        }
        Some(pattern)
    }
}

impl Pattern {
    /// Reads text with `*` and `?`.
    pub(super) fn parse(text: &str) -> Self {
        let mut pattern = Self(Vec::new());
        for piece in text.split_inclusive(['*', '?']) {
            let literal = piece.trim_end_matches(['*', '?']);
            pattern.push(Piece::Text(literal.to_owned()));
            match &piece[literal.len()..] {
                "*" => pattern.push(Piece::Any),
                "?" => pattern.push(Piece::One),
                _ => {}
            }
        }
        pattern
    }

    /// One that only this text matches.
    pub(super) fn exactly(text: &str) -> Self {
        let mut pattern = Self(Vec::new());
        pattern.push(Piece::Text(text.to_owned()));
        pattern
    }

    pub(super) fn is_everything(&self) -> bool {
        self.0 == [Piece::Any]
    }

    /// The text that everything it matches begins with.
    pub(super) fn beginning(&self) -> &str {
        match self.0.first() {
            Some(Piece::Text(text)) => text,
            _ => "",
        }
    }

    /// What is left of it behind a part of its [`Self::beginning`].
    pub(super) fn without(mut self, beginning: &str) -> Self {
        if let Some(Piece::Text(text)) = self.0.first_mut() {
            *text = text.strip_prefix(beginning).unwrap_or(text).to_owned();
            if text.is_empty() {
                self.0.remove(0);
            }
        }
        self
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let (mut at, mut rest) = (0, text);
        // Behind the last `*`: which piece comes there, and where to try it next.
        let mut retry: Option<(usize, &str)> = None;
        loop {
            let next = match self.0.get(at) {
                None if rest.is_empty() => return true,
                None => None,
                Some(Piece::Any) if at + 1 == self.0.len() => return true,
                Some(Piece::Any) => {
                    retry = Some((at + 1, rest));
                    Some(rest)
                }
                Some(Piece::One) => behind_one(rest),
                Some(Piece::Text(text)) => rest.strip_prefix(text.as_str()),
            };
            if let Some(next) = next {
                (at, rest) = (at + 1, next);
                continue;
            }
            let Some((piece, later)) = retry.and_then(|(at, rest)| Some((at, behind_one(rest)?)))
            else {
                return false;
            };
            retry = Some((piece, later));
            (at, rest) = (piece, later);
        }
    }

    /// Keeps neighbouring texts in one piece, and several `*` in a row as one.
    fn push(&mut self, piece: Piece) {
        match (self.0.last_mut(), piece) {
            (_, Piece::Text(text)) if text.is_empty() => {}
            (Some(Piece::Text(last)), Piece::Text(text)) => last.push_str(&text),
            (Some(Piece::Any), Piece::Any) => {}
            (_, piece) => self.0.push(piece),
        }
    }
}

fn behind_one(text: &str) -> Option<&str> {
    let mut chars = text.chars();
    chars.next()?;
    Some(chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn slowly(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            (['*', rest @ ..], _) => (0..=text.len()).any(|at| slowly(rest, &text[at..])),
            (['?', rest @ ..], [_, text @ ..]) => slowly(rest, text),
            ([one, rest @ ..], [other, text @ ..]) if one == other => slowly(rest, text),
            _ => false,
        }
    }

    #[test]
    fn a_question_mark_is_one_character_and_not_one_byte() {
        let pattern = Pattern::parse("étage/?/#");
        assert!(pattern.matches("étage/京/#"));
        assert!(!pattern.matches("étage/ab/#"));
        assert!(!pattern.matches("étage//#"));
        assert!(!pattern.matches("étage/1/x"), "a # is only a #");
    }

    #[test]
    fn a_value_with_wildcards_matches_only_itself() {
        let template = Template::parse("a/${iot:ClientId}/*").unwrap();
        let pattern = |client_id| {
            let context = Context {
                client_id,
                ..Context::default()
            };
            template.fill(&context)
        };
        let star = pattern(Some("*")).unwrap();
        assert!(star.matches("a/*/b"));
        assert!(!star.matches("a/x/b"));
        let nested = pattern(Some("${*}")).unwrap();
        assert!(nested.matches("a/${*}/"));
        assert!(!nested.matches("a/x/"));
        assert_eq!(pattern(None), None);
    }

    #[test]
    fn escaped_wildcards_are_characters() {
        let template = Template::parse("${$}aws/${*}/${?}").unwrap();
        assert!(!template.has_variables());
        let pattern = template.fill(&Context::default()).unwrap();
        assert!(pattern.matches("$aws/*/?"));
        assert!(!pattern.matches("$aws/a/b"));
        assert!(Template::parse("a/${iot:ClientId").is_err());
        assert!(Template::parse("a/${}").is_err());
    }

    proptest! {
        #[test]
        fn matches_what_the_obvious_recursion_matches(
            pattern in "[ab/é*?]{0,8}",
            text in "[ab/é*]{0,10}",
        ) {
            let expected = slowly(
                &pattern.chars().collect::<Vec<_>>(),
                &text.chars().collect::<Vec<_>>(),
            );
            prop_assert_eq!(Pattern::parse(&pattern).matches(&text), expected);
        }

        #[test]
        fn what_is_cut_off_in_front_was_matched_already(
            pattern in "(topic/)?[ab*?]{0,6}",
            text in "[ab]{0,8}",
        ) {
            let whole = Pattern::parse(&pattern);
            if whole.beginning().starts_with("topic/") {
                let expected = whole.matches(&format!("topic/{text}"));
                prop_assert_eq!(whole.without("topic/").matches(&text), expected);
            }
        }
    }
}
