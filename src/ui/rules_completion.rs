//! The words of the SQL that fit what is being typed, in a small list at the cursor. Of meaning it knows nothing.

use leptos::html::Textarea;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::reactive::{act, live, memo};
use super::rules_desk::RulesDesk;
use super::rules_marks::byte_at;
use super::rules_sql::go_to;
use super::text::{rules as words, say};
use crate::rules::function_names;

const KEYWORDS: [&str; 22] = [
    "AND", "AS", "BETWEEN", "CASE", "ELSE", "END", "EXISTS", "FALSE", "FROM", "IN", "IS", "LIKE",
    "NOT", "NULL", "OR", "SELECT", "SET", "THEN", "TRUE", "VALUE", "WHEN", "WHERE",
];

/// So many are offered at once.
const SHOWN: usize = 8;
/// As rules.css has it, in CSS px.
const LINE: i32 = 22;
/// In front of a line.
const MARGIN: i32 = 40;
/// A word of the list, and what is around them all.
const WORD: i32 = 24;
const AROUND: i32 = 12;

/// Where the list stands, and the beginning of the word that is typed.
#[derive(Clone, Debug, PartialEq)]
struct At {
    /// Bytes of the text: from the word's beginning to the cursor.
    from: usize,
    to: usize,
    /// Where its line begins and ends, and where lines begin, in CSS px of the window.
    above: i32,
    below: i32,
    left: i32,
    column: usize,
    typed: String,
}

#[derive(Clone, Copy)]
pub(super) struct Completion {
    desk: RulesDesk,
    area: NodeRef<Textarea>,
    at: RwSignal<Option<At>>,
    chosen: RwSignal<usize>,
    fitting: Memo<Vec<&'static str>>,
}

impl Completion {
    pub(super) fn new(desk: RulesDesk, area: NodeRef<Textarea>) -> Self {
        let at = RwSignal::<Option<At>>::new(None);
        let fitting = memo(move |_| {
            at.with(|at| {
                let typed = at.as_ref().map(|at| at.typed.as_str());
                typed.map(fitting).unwrap_or_default()
            })
        });
        Self {
            desk,
            area,
            at,
            chosen: RwSignal::new(0),
            fitting,
        }
    }

    /// True: the key was for the list.
    pub(super) fn press(self, event: &KeyboardEvent) -> bool {
        let key = event.key();
        if key == " " && event.ctrl_key() {
            event.prevent_default();
            self.open();
            return true;
        }
        if self.at.with_untracked(Option::is_none) || event.is_composing() {
            return false;
        }
        let count = self.fitting.with_untracked(Vec::len).max(1);
        let chosen = self.chosen.get_untracked();
        match key.as_str() {
            "ArrowDown" => self.chosen.set((chosen + 1) % count),
            "ArrowUp" => self.chosen.set((chosen + count - 1) % count),
            "Enter" if !event.ctrl_key() && !event.meta_key() => self.take(chosen),
            "Escape" => self.close(),
            "ArrowLeft" | "ArrowRight" | "Home" | "End" => {
                self.close();
                return false;
            }
            _ => return false,
        }
        event.prevent_default();
        true
    }

    fn open(self) {
        self.chosen.set(0);
        self.at.set(self.place());
        if self.fitting.with_untracked(Vec::is_empty) {
            self.close();
        }
    }

    /// What was typed changes what fits.
    pub(super) fn follow(self) {
        if self.at.with_untracked(Option::is_some) {
            self.open();
        }
    }

    pub(super) fn close(self) {
        if self.at.with_untracked(Option::is_some) {
            self.at.set(None);
        }
    }

    fn place(self) -> Option<At> {
        let area = self.area.get_untracked()?;
        let text = area.value();
        let to = byte_at(&text, area.selection_start().ok()??);
        let before = text.get(..to)?;
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let typed = before.len() - before.trim_end_matches(is_word).len();
        let from = to - typed;
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let place = area.get_bounding_client_rect();
        let above = place.top() as i32 + before.matches('\n').count() as i32 * LINE;
        Some(At {
            from,
            to,
            above,
            below: above + LINE,
            left: place.left() as i32 + MARGIN,
            column: text.get(line_start..from)?.chars().count(),
            typed: text.get(from..to)?.to_owned(),
        })
    }

    /// Puts the word in the place of what was typed of it; into a function's brackets goes the cursor.
    fn take(self, index: usize) {
        let word = self
            .fitting
            .with_untracked(|words| words.get(index).copied());
        let (Some(word), Some(at)) = (word, self.at.get_untracked()) else {
            return self.close();
        };
        let is_function = is_function(word);
        let tail = if is_function { "()" } else { " " };
        // The places are those of the field's text, which knows no "\r\n".
        let text = self.area.get_untracked().map(|area| area.value());
        self.desk.edit(|draft| {
            draft.sql = text.unwrap_or_default();
            if draft.sql.get(at.from..at.to).is_some() {
                draft
                    .sql
                    .replace_range(at.from..at.to, &(word.to_owned() + tail));
            }
        });
        self.close();
        go_to(self.desk, self.area, at.from + word.len() + 1);
    }

    pub(super) fn active_id(self) -> Option<String> {
        let is_open = self.at.with(Option::is_some);
        is_open.then(|| word_id(self.chosen.get()))
    }

    /// Always there, so that the field can name it.
    pub(super) fn view(self) -> AnyView {
        let top = live(move || {
            let at = self.at.get()?;
            let height = self.fitting.with(Vec::len) as i32 * WORD + AROUND;
            let window = window().inner_height().ok()?.as_f64()? as i32;
            let top = match at.below + height > window {
                true => at.above - height,
                false => at.below + 2,
            };
            Some(top.to_string() + "px")
        });
        let left = live(move || {
            let at = self.at.get()?;
            Some(
                "calc(".to_owned()
                    + &at.left.to_string()
                    + "px + "
                    + &at.column.to_string()
                    + "ch)",
            )
        });
        let options = live(move || {
            let words = self.fitting.get().into_iter().enumerate();
            Some(
                words
                    .map(|(at, word)| self.option(at, word))
                    .collect::<Vec<_>>()
                    .into_any(),
            )
        });
        view! {
            <ul
                id="rules-words"
                class="rules-words"
                role="listbox"
                aria-label=say(words::SUGGESTIONS)
                hidden=move || self.at.with(Option::is_none)
                style:top=top
                style:left=left
            >
                {options}
            </ul>
        }
        .into_any()
    }

    fn option(self, index: usize, word: &'static str) -> AnyView {
        let press = move |event: web_sys::MouseEvent| {
            // The field keeps the focus.
            event.prevent_default();
            self.take(index);
        };
        let tail = if is_function(word) { "()" } else { "" };
        view! {
            <li
                id=word_id(index)
                role="option"
                aria-selected=live(move || (self.chosen.get() == index).to_string())
                on:mousedown=act(press)
            >
                {word} {tail}
            </li>
        }
        .into_any()
    }
}

fn word_id(index: usize) -> String {
    "rules-word-".to_owned() + &index.to_string()
}

fn is_function(word: &str) -> bool {
    function_names().any(|name| name == word)
}

/// Reserved words first: most of what is written begins with one.
fn fitting(typed: &str) -> Vec<&'static str> {
    let fits = |word: &&'static str| {
        let begin = word.get(..typed.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(typed)) && word.len() > typed.len()
    };
    KEYWORDS
        .into_iter()
        .chain(function_names())
        .filter(fits)
        .take(SHOWN)
        .collect()
}
