//! Names of things out of what a person pasted. It says which texts are none, and why; it knows no thing.

use serde::{Deserialize, Serialize};

use crate::shadow::topics::ShadowId;

/// Of a pasted text; the rest is not read.
pub(super) const MAX_TEXT: usize = 1 << 20;

/// Names of one text.
pub(super) const MAX_NAMES: u32 = 100_000;

/// The longest name of a thing.
const MAX_NAME: usize = 128;

/// Characters of a refused text that are shown.
const MAX_SHOWN: usize = 40;

/// A text that did not become a thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refused {
    /// Its beginning.
    pub text: String,
    pub why: Refusal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// Over 128 characters.
    TooLong,
    /// AWS IoT allows letters, digits and `:` `_` `-`.
    Character(char),
    /// No more things can be listed.
    Full,
}

/// A pasted text that is read piece by piece.
pub(super) struct Names {
    text: String,
    at: usize,
    read: u32,
    /// There was more of it than is read.
    pub(super) cut: bool,
}

impl Names {
    pub(super) fn new(mut text: String) -> Self {
        let cut = text.len() > MAX_TEXT;
        if cut {
            // A name that is cut in two is none: it ends where the last whole one does.
            let end = text.floor_char_boundary(MAX_TEXT);
            let end = text[..end].rfind(is_gap).unwrap_or(end);
            text.truncate(end);
        }
        Self {
            text,
            at: 0,
            read: 0,
            cut,
        }
    }

    /// The next text, and what is wrong with it as a name. None at the end.
    pub(super) fn next(&mut self) -> Option<(&str, Option<Refusal>)> {
        let rest = self.text.get(self.at..)?;
        let start = self.at + rest.find(|c| !is_gap(c))?;
        let end = self.text[start..].find(is_gap);
        let end = end.map_or(self.text.len(), |end| start + end);
        if self.read >= MAX_NAMES {
            self.cut = true;
            self.at = self.text.len();
            return None;
        }
        self.at = end;
        self.read += 1;
        let name = &self.text[start..end];
        Some((name, refusal(name)))
    }
}

pub(super) fn refused(text: &str, why: Refusal) -> Refused {
    Refused {
        text: text.chars().take(MAX_SHOWN).collect(),
        why,
    }
}

/// What keeps a text from being the name of a thing.
fn refusal(name: &str) -> Option<Refusal> {
    if ShadowId::new(name, None).is_ok() {
        return None;
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || ":_-".contains(c);
    let odd = name.chars().take(MAX_NAME).find(|c| !fits(*c));
    Some(odd.map_or(Refusal::TooLong, Refusal::Character))
}

/// Between two names. Quotes and brackets come with lists that are copied from elsewhere.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || c.is_control() || ",;\"'[]、，；\u{feff}".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, Option<Refusal>)> {
        let mut names = Names::new(text.to_owned());
        let next = || names.next().map(|(name, why)| (name.to_owned(), why));
        std::iter::from_fn(next).collect()
    }

    #[test]
    fn names_are_parted_by_lines_commas_semicolons_and_blanks() {
        let found =
            read(" pump-1,pump-2;pump-3\r\n\n\tpump:4\u{3000}\"pump_5\", ['pump-6']、pump-7 ");
        let names: Vec<_> = found.iter().map(|(name, _)| &**name).collect();
        let expected = [
            "pump-1", "pump-2", "pump-3", "pump:4", "pump_5", "pump-6", "pump-7",
        ];
        assert_eq!(names, expected);
        assert!(found.iter().all(|(_, why)| why.is_none()));
        assert!(read(" ,;\n").is_empty());
    }

    #[test]
    fn what_is_no_name_says_why() {
        let long = "x".repeat(129);
        let odd = "x".repeat(200) + "/";
        for (text, why) in [
            ("a/b", Refusal::Character('/')),
            ("$aws", Refusal::Character('$')),
            ("ポンプ", Refusal::Character('ポ')),
            (&*long, Refusal::TooLong),
            (&*odd, Refusal::TooLong),
            ("é".repeat(100).as_str(), Refusal::Character('é')),
        ] {
            assert_eq!(read(text), [(text.to_owned(), Some(why))]);
        }
        assert_eq!(read(&"x".repeat(128))[0].1, None);
        let shown = refused(&"é".repeat(100), Refusal::TooLong);
        assert_eq!(shown.text.chars().count(), MAX_SHOWN);
    }

    #[test]
    fn a_text_without_end_is_read_up_to_a_bound() {
        let many: String = (0..MAX_NAMES + 5).map(|n| format!("{n:x} ")).collect();
        let mut names = Names::new(many);
        let mut count = 0;
        while names.next().is_some() {
            count += 1;
        }
        assert_eq!((count, names.cut), (MAX_NAMES, true));
        let mut whole = Names::new("é ".repeat(MAX_TEXT));
        assert!(whole.cut && whole.text.len() <= MAX_TEXT);
        assert_eq!(whole.next().unwrap().0, "é");
        assert_eq!(read(&"x".repeat(2 * MAX_TEXT)).len(), 1);
        assert!(!Names::new("a b".to_owned()).cut);
    }
}
