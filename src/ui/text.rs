//! Every word on the screen, in every language of the page. Nothing else in `ui` holds a word.

pub mod bulk;
pub mod changes;
pub mod connections;
pub mod controls;
pub mod devices;
pub mod doctor;
pub mod editor;
pub mod faults;
pub mod own;
pub mod rules;
pub mod shell;
pub mod things;

use leptos::prelude::*;

use super::reactive::{Live, live};

/// A language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    En,
    Ja,
}

/// The same words in each language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phrase {
    pub en: &'static str,
    pub ja: &'static str,
}

impl Phrase {
    pub const fn new(en: &'static str, ja: &'static str) -> Self {
        Self { en, ja }
    }

    pub fn text(self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Ja => self.ja,
        }
    }

    /// The words with `{}` replaced by the given texts, one after the other.
    pub fn fill(self, language: Language, values: &[&str]) -> String {
        let mut parts = self.text(language).split("{}");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for (index, part) in parts.enumerate() {
            filled.push_str(values.get(index).copied().unwrap_or_default());
            filled.push_str(part);
        }
        filled
    }
}

/// The language that the person chose; every `say` follows it.
pub fn language() -> RwSignal<Language> {
    expect_context::<RwSignal<Language>>()
}

/// The phrase in the present language, as a piece of a view.
pub(super) fn say(phrase: Phrase) -> Live<String> {
    let language = language();
    live(move || phrase.text(language.get()).to_owned())
}
