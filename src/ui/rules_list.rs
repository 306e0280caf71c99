//! The list of rules: state, name, and how it goes; and whether the other side runs rules at all.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::format;
use super::icons::{Icon, icon};
use super::keys::focused;
use super::reactive::{Live, act, each, item, live, memo};
use super::rules_desk::{Question, RulesDesk};
use super::text::{Language, rules as words, say};
use crate::engine::command::RulesCommand;
use crate::engine::frame::{RuleRow, RuleState, RulesSource};

pub(super) fn list(desk: RulesDesk) -> AnyView {
    let rules = desk.part(|view| {
        view.rules
            .iter()
            .map(|row| row.name.clone())
            .collect::<Vec<_>>()
    });
    let rows = each(move || {
        let row_of = |name: String| item(name.clone(), move || row(desk, name));
        rules.get().into_iter().map(row_of).collect()
    });
    let counts = desk.part(|view| matches!(view.source, RulesSource::Here { counts: true, .. }));
    view! {
        <section class="rules-list" aria-label=say(words::RULES)>
            <div class="rules-list-head">
                <h2>{say(words::RULES)}</h2>
                <button
                    type="button"
                    class="button"
                    on:click=act(move |_| desk.question.set(Some(Question::New)))
                >
                    {icon(Icon::Plus)}
                    {say(words::NEW)}
                </button>
            </div>
            <ul class="rules-rows" on:keydown=act(walk)>{rows}</ul>
            <div class="rules-list-foot">
                <button
                    type="button"
                    class="link"
                    hidden=move || !counts.get()
                    on:click=act(move |_| desk.show_objects(String::new()))
                >
                    {say(words::OBJECTS)}
                </button>
                {source(desk)}
            </div>
        </section>
    }
    .into_any()
}

/// From row to row.
fn walk(event: KeyboardEvent) {
    let Some(row) = focused().and_then(|button| button.parent_element()) else {
        return;
    };
    let next = match event.key().as_str() {
        "ArrowDown" => row.next_element_sibling(),
        "ArrowUp" => row.previous_element_sibling(),
        _ => return,
    };
    event.prevent_default();
    let button = next.and_then(|row| row.first_element_child());
    if let Some(button) = button.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = button.focus();
    }
}

fn row(desk: RulesDesk, name: String) -> AnyView {
    let (own, shown) = (name.clone(), name.clone());
    let row = memo(move |before: Option<&Option<RuleRow>>| {
        let row = desk
            .store
            .rules
            .with(|view| view.rules.iter().find(|row| row.name == own).cloned());
        row.or_else(|| before.cloned().flatten())
    });
    let state = memo(move |_| row.with(|row| row.as_ref().map(|row| (row.state, row.edited))));
    let mark = live(move || {
        let (state, edited) = state.get()?;
        Some(state_mark(state, edited))
    });
    let line = live(move || {
        row.with(|row| {
            row.as_ref()
                .map(|row| second_line(row, desk.language.get()))
        })
    });
    let is_failing = move || matches!(state.get(), Some((RuleState::Failing, _)));
    let current = name.clone();
    let is_open = memo(move |_| desk.open.with(|open| open.as_ref() == Some(&current)));
    view! {
        <li>
            <button
                type="button"
                class="rules-row"
                aria-current=live(move || is_open.get().then(|| "true".to_owned()))
                on:click=act(move |_| desk.show(Some(name.clone())))
            >
                {mark}
                <span class="rules-row-name mono">{shown}</span>
                " "
                <span class="rules-row-line" class:failing=is_failing>{line}</span>
            </button>
        </li>
    }
    .into_any()
}

/// The shape of a state, always beside words.
pub(super) fn state_mark(state: RuleState, edited: bool) -> AnyView {
    const CIRCLE: &str = "M8 2.2a5.8 5.8 0 1 1 0 11.6a5.8 5.8 0 1 1 0-11.6z";
    const DISC: &str = "M8 4a4 4 0 1 1 0 8a4 4 0 1 1 0-8z";
    let (class, outline, inside) = match state {
        RuleState::Live => ("rule-mark live", DISC, ""),
        RuleState::Draft => ("rule-mark draft", CIRCLE, ""),
        RuleState::Paused => ("rule-mark paused", CIRCLE, "M6.4 5.8v4.4m3.2-4.4v4.4"),
        RuleState::Failing => ("rule-mark failing", CIRCLE, "M6 6l4 4m0-4l-4 4"),
    };
    view! {
        <svg class=class class:edited=edited viewBox="0 0 16 16" aria-hidden="true">
            <path class="outline" d=outline></path>
            <path class="inside" d=inside></path>
        </svg>
    }
    .into_any()
}

fn second_line(row: &RuleRow, language: Language) -> String {
    let counters = row.counters.as_ref();
    let (phrase, count) = match (row.state, counters) {
        (RuleState::Draft, _) => (words::NEVER_RAN, 0),
        (RuleState::Paused, _) => (words::IS_PAUSED, 0),
        (RuleState::Live, None) => (words::IS_LIVE, 0),
        (RuleState::Live, Some(counters)) => (words::FIRED, counters.fired),
        (RuleState::Failing, Some(counters)) if counters.retrying > 0 => {
            (words::RETRYING, counters.retrying)
        }
        (RuleState::Failing, Some(counters)) if counters.failed > 0 => {
            (words::FAILED_MANY, counters.failed)
        }
        (RuleState::Failing, _) => (words::FAILING, 0),
    };
    phrase.fill(language, &[&format::count(count)])
}

/// Whether the other side runs rules, as far as a person has to know.
pub(super) fn source_text(desk: RulesDesk) -> Live<Option<String>> {
    let source = desk.part(|view| (view.source.clone(), view.is_aws));
    live(move || {
        let language = desk.language.get();
        source.with(|(source, is_aws)| {
            let phrase = match source {
                RulesSource::Unknown => words::UNKNOWN,
                RulesSource::Asking => words::ASKING,
                RulesSource::Here { counts: true, .. } => return None,
                RulesSource::Here { .. } if *is_aws => words::NO_COUNTS,
                RulesSource::Here { .. } => words::NO_COUNTS_NOW,
                RulesSource::None => words::NO_SUCH,
                RulesSource::NoAnswer => words::NO_ANSWER,
                RulesSource::Refused(code, said) => {
                    let text = words::ASKING_REFUSED.fill(language, &[said, &code.to_string()]);
                    return Some(text);
                }
            };
            Some(phrase.text(language).to_owned())
        })
    })
}

fn source(desk: RulesDesk) -> AnyView {
    let may_ask = desk.part(|view| {
        matches!(
            view.source,
            RulesSource::None | RulesSource::NoAnswer | RulesSource::Refused(..)
        )
    });
    view! {
        <p class="rules-source" role="status">{source_text(desk)}</p>
        <button
            type="button"
            class="link"
            hidden=move || !may_ask.get()
            on:click=act(move |_| desk.send(RulesCommand::Read))
        >
            {say(words::ASK_AGAIN)}
        </button>
    }
    .into_any()
}
