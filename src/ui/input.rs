//! A labelled input: its name above it, and below it a hint, or what is wrong with what was entered.

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

pub(super) struct Input {
    /// Unique in the page.
    pub(super) id: &'static str,
    pub(super) name: Phrase,
    pub(super) kind: Kind,
    pub(super) value: RwSignal<String>,
    /// Off, or what a password manager may fill in.
    pub(super) autocomplete: &'static str,
    pub(super) placeholder: Option<Live<String>>,
    pub(super) autofocus: bool,
    /// The hint or the problem; empty for none.
    pub(super) note: Live<String>,
    /// The note is a problem, and a person has tried to go on with it.
    pub(super) problem: Signal<Option<bool>>,
}

impl Input {
    pub(super) fn new(
        id: &'static str,
        name: Phrase,
        kind: Kind,
        value: RwSignal<String>,
        autocomplete: &'static str,
    ) -> Self {
        Self {
            id,
            name,
            kind,
            value,
            autocomplete,
            placeholder: None,
            autofocus: false,
            note: live(String::new),
            problem: Signal::stored(None),
        }
    }

    pub(super) fn view(self) -> AnyView {
        let note_id = self.id.to_owned() + "-note";
        let (value, problem) = (self.value, self.problem);
        let invalid = move || (problem.get() == Some(true)).to_string();
        let change = move |event| value.set(event_target_value(&event));
        let class = match self.kind {
            Kind::Text => "input",
            Kind::Code | Kind::Secret | Kind::Lines => "input mono",
        };
        let control = match self.kind {
            Kind::Lines => view! {
                <textarea
                    id=self.id
                    class=class
                    rows="3"
                    spellcheck="false"
                    placeholder=self.placeholder
                    aria-invalid=live(invalid)
                    aria-describedby=note_id.clone()
                    prop:value=move || value.get()
                    on:input=act(change)
                ></textarea>
            }
            .into_any(),
            kind => view! {
                <input
                    id=self.id
                    class=class
                    type=if kind == Kind::Secret { "password" } else { "text" }
                    autocomplete=self.autocomplete
                    autocapitalize="none"
                    autofocus=self.autofocus
                    spellcheck="false"
                    placeholder=self.placeholder
                    aria-invalid=live(invalid)
                    aria-describedby=note_id.clone()
                    prop:value=move || value.get()
                    on:input=act(change)
                />
            }
            .into_any(),
        };
        view! {
            <div class="form-field">
                <label for=self.id>{say(self.name)}</label>
                {control}
                <small id=note_id class:problem=move || problem.get().is_some()>{self.note}</small>
            </div>
        }
        .into_any()
    }
}
