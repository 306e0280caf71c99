//! The small dialogs of the page of rules: what a new rule is called and starts from, and whether one is deleted.

use std::sync::Arc;

use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::dialog::Dialog;
use super::input::{Input, Kind, Note};
use super::keys::{focus, focus_if_lost};
use super::reactive::{act, live, memo};
use super::rules_desk::{Question, RulesDesk};
use super::rules_templates::{TEMPLATES, Template};
use super::text::{Language, Phrase, rules as words, say};
use crate::engine::frame::RuleState;
use crate::rules::definition::is_name;

pub(super) fn questions(desk: RulesDesk) -> AnyView {
    let question = live(move || {
        Some(match desk.question.get()? {
            Question::New => dialog(desk, words::NEW_RULE, new(desk)),
            Question::Delete(name) => dialog(desk, words::DELETE_RULE, delete(desk, name)),
        })
    });
    question.into_any()
}

fn dialog(desk: RulesDesk, title: Phrase, content: AnyView) -> AnyView {
    view! {
        <Dialog
            title=title
            class="dialog question"
            closable=memo(|_| true)
            back="#rules-sql, .rules-list-head .button"
            on_close=Callback::new(move |()| desk.question.set(None))
        >
            {content}
        </Dialog>
    }
    .into_any()
}

fn new(desk: RulesDesk) -> AnyView {
    let template = RwSignal::new(0_usize);
    let entered = RwSignal::new(free_name(desk, TEMPLATES[0].name));
    let tried = RwSignal::new(false);
    let note = move || {
        let language = desk.language.get();
        let problem = entered.with(|name| name_problem(name, desk, language));
        Note::of_name(entered, tried, problem, words::BAD_NAME.text(language))
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let name = entered.get_untracked();
        if untrack(|| name_problem(&name, desk, desk.language.get())).is_some() {
            return focus("#rule-name");
        }
        desk.question.set(None);
        if let Some(template) = TEMPLATES.get(template.get_untracked()) {
            desk.begin(template.draft(name));
            // Before the dialog gives the focus back to where it was.
            request_animation_frame(|| focus_if_lost("#rules-sql"));
        }
    };
    let input = Input {
        autofocus: true,
        note: Arc::new(note),
        ..Input::new("rule-name", words::NAME, Kind::Code, entered)
    };
    let choices = TEMPLATES.iter().enumerate();
    let choices: Vec<AnyView> = choices
        .map(|(at, it)| choice(desk, at, it, template, entered))
        .collect();
    view! {
        <form class="form" on:submit=act(submit) novalidate>
            {input.view()}
            <fieldset class="rules-templates">
                <legend>{say(words::START_FROM)}</legend>
                {choices}
            </fieldset>
            <div class="question-buttons">
                {cancel(desk, words::CANCEL)}
                <button class="button primary">{say(words::WRITE)}</button>
            </div>
        </form>
    }
    .into_any()
}

/// A name that nobody touched follows what the rule starts from.
fn choice(
    desk: RulesDesk,
    at: usize,
    template: &'static Template,
    chosen: RwSignal<usize>,
    entered: RwSignal<String>,
) -> AnyView {
    let choose = move |_| {
        let before = TEMPLATES.get(chosen.get_untracked());
        let untouched =
            before.is_some_and(|it| entered.get_untracked() == free_name(desk, it.name));
        chosen.set(at);
        if untouched {
            entered.set(free_name(desk, template.name));
        }
    };
    view! {
        <label>
            <input
                type="radio"
                name="rule-template"
                prop:checked=live(move || chosen.get() == at)
                on:change=act(choose)
            />
            <span>{say(template.words)}</span>
        </label>
    }
    .into_any()
}

fn is_taken(desk: RulesDesk, name: &str) -> bool {
    desk.store
        .rules
        .with(|view| view.rules.iter().any(|row| row.name == name))
}

/// The name itself, or with the first number that makes it another one.
fn free_name(desk: RulesDesk, name: &str) -> String {
    let numbered = (2..).map(|number: u32| name.to_owned() + "_" + &number.to_string());
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    let free = untrack(|| names.find(|name| !is_taken(desk, name)));
    free.unwrap_or_default()
}

fn name_problem(name: &str, desk: RulesDesk, language: Language) -> Option<String> {
    let phrase = if !is_name(name) {
        words::BAD_NAME
    } else if is_taken(desk, name) {
        words::NAME_TAKEN
    } else {
        return None;
    };
    Some(phrase.text(language).to_owned())
}

/// Says what is lost.
fn delete(desk: RulesDesk, name: String) -> AnyView {
    let is_draft = untrack(|| {
        desk.store.rules.with(|view| {
            let row = view.rules.iter().find(|row| row.name == name);
            row.is_some_and(|row| row.state == RuleState::Draft)
        })
    });
    let lost = name.clone();
    let lost = live(move || {
        let phrase = if is_draft {
            words::DRAFT_GOES
        } else {
            words::WILL_STOP
        };
        phrase.fill(desk.language.get(), &[&lost])
    });
    view! {
        <p>{lost}</p>
        <div class="question-buttons">
            {cancel(desk, words::KEEP)}
            <button
                type="button"
                class="button danger"
                on:click=act(move |_| desk.delete(name.clone()))
            >
                {say(words::DELETE_RULE)}
            </button>
        </div>
    }
    .into_any()
}

fn cancel(desk: RulesDesk, words: Phrase) -> AnyView {
    view! {
        <button type="button" class="button" on:click=act(move |_| desk.question.set(None))>
            {say(words)}
        </button>
    }
    .into_any()
}
