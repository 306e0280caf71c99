//! A labelled input: its name above it, and below it a hint, or what is wrong with what was entered.

use std::sync::Arc;

use leptos::prelude::*;

use super::reactive::{Live, act, live};
use super::text::{Phrase, say};

/// What is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// In the type of the machine: addresses, identifiers.
    Code,
    Secret,
    /// One thing a line.
    Lines,
}

/// What stands below an input.
pub(super) struct Note {
    pub(super) text: String,
    pub(super) is_problem: bool,
    /// A person has tried to go on with the problem.
    pub(super) is_pressing: bool,
}

impl Note {
    /// Below a name that is asked for: its problem, or the hint. An empty name is no fault before somebody `tried` to
    /// go on with it.
    pub(super) fn of_name(
        entered: RwSignal<String>,
        tried: RwSignal<bool>,
        problem: Option<String>,
        hint: &str,
    ) -> Self {
        let problem = problem.filter(|_| tried.get() || !entered.with(String::is_empty));
        let is_problem = problem.is_some();
        Self {
            text: problem.unwrap_or_else(|| hint.to_owned()),
            is_problem,
            is_pressing: is_problem,
        }
    }
}

pub(super) struct Input {
    /// Unique in the page.
    pub(super) id: &'static str,
    pub(super) name: Phrase,
    pub(super) kind: Kind,
    pub(super) value: RwSignal<String>,
    pub(super) placeholder: Live<String>,
    pub(super) autofocus: bool,
    pub(super) note: Arc<dyn Fn() -> Note + Send + Sync>,
}

impl Input {
    pub(super) fn new(id: &'static str, name: Phrase, kind: Kind, value: RwSignal<String>) -> Self {
        Self {
            id,
            name,
            kind,
            value,
            placeholder: live(String::new),
            autofocus: false,
            note: Arc::new(|| Note {
                text: String::new(),
                is_problem: false,
                is_pressing: false,
            }),
        }
    }

    pub(super) fn view(self) -> AnyView {
        let Self { id, value, .. } = self;
        let note_id = id.to_owned() + "-note";
        let (invalid, problem) = (Arc::clone(&self.note), Arc::clone(&self.note));
        let invalid = live(move || invalid().is_pressing.to_string());
        let text = live(move || (self.note)().text);
        let change = act(move |event| value.set(event_target_value(&event)));
        let entered = live(move || value.get());
        let class = match self.kind {
            Kind::Text => "input",
            Kind::Code | Kind::Secret | Kind::Lines => "input mono",
        };
        // What a password manager may fill in.
        let autocomplete = match id {
            "user-name" | "again-name" => "username",
            "password" | "again-word" => "current-password",
            _ => "off",
        };
        let control = match self.kind {
            Kind::Lines => view! {
                <textarea
                    id=id
                    class=class
                    spellcheck="false"
                    placeholder=self.placeholder
                    aria-invalid=invalid
                    aria-describedby=note_id.clone()
                    prop:value=entered
                    on:input=change
                ></textarea>
            }
            .into_any(),
            kind => view! {
                <input
                    id=id
                    class=class
                    type=if kind == Kind::Secret { "password" } else { "text" }
                    autocomplete=autocomplete
                    autofocus=self.autofocus
                    spellcheck="false"
                    placeholder=self.placeholder
                    aria-invalid=invalid
                    aria-describedby=note_id.clone()
                    prop:value=entered
                    on:input=change
                />
            }
            .into_any(),
        };
        view! {
            <div class="form-field">
                <label for=id>{say(self.name)}</label>
                {control}
                <span id=note_id class="form-hint" class:problem=live(move || problem().is_problem)>{text}</span>
            </div>
        }
        .into_any()
    }
}
