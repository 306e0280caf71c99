//! One rule: its head with what can be done with it, its parts, and what it has counted.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::copy::copy_button;
use super::format;
use super::icons::{Icon, icon};
use super::reactive::{act, live, memo, show};
use super::rules_actions::actions;
use super::rules_desk::{Question, RulesDesk};
use super::rules_fault::{fault_at, fault_line, is_warning};
use super::rules_list::{source_text, state_mark};
use super::rules_sql::sql;
use super::text::{Language, Phrase, rules as words, say};
use crate::engine::command::RulesCommand;
use crate::engine::frame::{FaultPlace, RuleCounters, RuleState, RulesSource};
use crate::time::UnixMillis;

pub(super) fn rule(desk: RulesDesk) -> AnyView {
    let name = live(move || desk.open.get().unwrap_or_default());
    let is_there = memo(move |_| desk.draft.with(Option::is_some));
    let press = move |event: KeyboardEvent| {
        if event.key() == "Enter"
            && (event.ctrl_key() || event.meta_key())
            && !event.default_prevented()
        {
            event.prevent_default();
            save(desk);
        }
    };
    let ignore = Callback::new(|_| ());
    view! {
        <div class="rules-rule-body" on:keydown=act(press)>
            <button type="button" class="link rules-back" on:click=act(move |_| desk.show(None))>
                {icon(Icon::Back)}
                {say(words::BACK)}
            </button>
            <div class="rules-head">
                <h3 class="mono">{name}</h3>
                <div class="rules-chips">{chips(desk)}</div>
                <div class="rules-buttons">{buttons(desk)}</div>
            </div>
            {fault_line(desk, fault_at(desk, FaultPlace::Name), ignore)}
            {refused(desk)}
            <p class="rules-source beside">{source_text(desk)}</p>
            {show(move || is_there.get(), move || view! { {sql(desk)} {actions(desk)} }.into_any())}
        </div>
        {foot(desk)}
    }
    .into_any()
}

fn state(desk: RulesDesk) -> Memo<Option<(RuleState, bool)>> {
    desk.rule(|rule| Some((rule.row.state, rule.row.edited)))
}

fn chips(desk: RulesDesk) -> AnyView {
    let state = state(desk);
    let chips = live(move || {
        let (state, edited) = state.get()?;
        let (class, word) = match state {
            RuleState::Live => ("tag ok", words::LIVE),
            RuleState::Paused => ("tag", words::PAUSED),
            RuleState::Draft => ("tag wish", words::DRAFT),
            RuleState::Failing => ("tag bad", words::FAILING_CHIP),
        };
        let unsaved = (edited && state != RuleState::Draft).then(|| {
            view! { <span class="tag wish">{ring()} {say(words::UNSAVED)}</span> }.into_any()
        });
        let picture = state_mark(state, false);
        let view = view! { <span class=class>{picture} {say(word)}</span> {unsaved} };
        Some(view.into_any())
    });
    chips.into_any()
}

fn ring() -> AnyView {
    state_mark(RuleState::Draft, false)
}

/// It can be saved: the other side takes rules, and nothing is wrong but what is a warning.
fn can_save(desk: RulesDesk) -> Memo<bool> {
    let here = desk.part(|view| matches!(view.source, RulesSource::Here { .. }) && !view.busy);
    let is_whole = desk.rule(|rule| rule.faults.iter().all(is_warning));
    memo(move |_| here.get() && is_whole.get())
}

/// Saves as it is: what is paused stays so.
pub(super) fn save(desk: RulesDesk) {
    let live = untrack(|| {
        state(desk)
            .get()
            .is_none_or(|(state, _)| state != RuleState::Paused)
    });
    if untrack(|| can_save(desk).get()) {
        desk.save(live);
    }
}

fn buttons(desk: RulesDesk) -> AnyView {
    let state = state(desk);
    let can_save = can_save(desk);
    let busy = desk.part(|view| view.busy);
    let is = move |wanted: fn(RuleState, bool) -> bool| {
        memo(move |_| {
            state
                .get()
                .is_some_and(|(state, edited)| wanted(state, edited))
        })
    };
    let is_edited = is(|state, edited| edited && state != RuleState::Draft);
    let to_save = is(|state, edited| edited || state == RuleState::Draft);
    let save_name = move || {
        let phrase = match state.get() {
            Some((RuleState::Paused, _)) => words::SAVE,
            _ => words::SAVE_LIVE,
        };
        phrase.text(desk.language.get()).to_owned()
    };
    let offers_none =
        desk.part(|view| matches!(view.source, RulesSource::None | RulesSource::NoAnswer));
    let payload = desk.rule(|rule| rule.payload.clone());
    let copy = show(
        move || offers_none.get() && payload.with(|payload| !payload.is_empty()),
        move || copy_button(payload, Some(words::COPY_PAYLOAD)),
    );
    view! {
        <span class="rules-busy" role="status">
            {live(move || busy.get().then(|| words::WAITING.text(desk.language.get())))}
        </span>
        {copy}
        <button
            type="button"
            class="button"
            hidden=move || !is_edited.get()
            disabled=move || busy.get()
            on:click=act(move |_| desk.revert())
        >
            {say(words::REVERT)}
        </button>
        <button
            type="button"
            class="button primary"
            hidden=move || !to_save.get() || offers_none.get()
            disabled=move || !can_save.get()
            aria-keyshortcuts="Control+Enter"
            on:click=act(move |_| save(desk))
        >
            {live(save_name)}
        </button>
    }
    .into_any()
}

/// Pause or go live, without a save of what is edited. And deletion.
fn switch(desk: RulesDesk) -> AnyView {
    let state = state(desk);
    let is_saved = move || matches!(state.get(), Some((state, _)) if state != RuleState::Draft);
    let busy = desk.part(|view| view.busy);
    let is_paused = move || matches!(state.get(), Some((RuleState::Paused, _)));
    let name = move || {
        let phrase = match is_paused() {
            true => words::GO_LIVE,
            false => words::PAUSE,
        };
        phrase.text(desk.language.get()).to_owned()
    };
    let press = move |_| {
        if let Some(name) = desk.open.get_untracked() {
            let on = untrack(is_paused);
            desk.send(RulesCommand::Enable { name, on });
        }
    };
    view! {
        <button
            type="button"
            class="button"
            hidden=move || !is_saved()
            disabled=move || busy.get()
            on:click=act(press)
        >
            {live(name)}
        </button>
        <button
            type="button"
            class="button"
            disabled=move || busy.get()
            on:click=act(move |_| desk.question.set(desk.open.get_untracked().map(Question::Delete)))
        >
            {say(words::DELETE)}
        </button>
    }
    .into_any()
}

/// The service's own words, until they are closed.
fn refused(desk: RulesDesk) -> AnyView {
    let refused = desk.part(|view| view.refused.clone());
    let note = live(move || {
        let (_, code, said) = refused.get()?;
        let language = desk.language.get();
        let text = match code {
            0 => words::REFUSED_SILENTLY.text(language).to_owned(),
            _ => words::REFUSED.fill(language, &[&said, &code.to_string()]),
        };
        let view = view! {
            <div class="rules-refused">
                <p role="alert">{text}</p>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=say(words::CLOSE)
                    title=say(words::CLOSE)
                    on:click=act(move |_| desk.send(RulesCommand::Dismiss))
                >
                    {icon(Icon::Close)}
                </button>
            </div>
        };
        Some(view.into_any())
    });
    let not_kept = desk.part(|view| view.not_kept);
    let not_kept = show(
        move || not_kept.get(),
        || {
            view! { <p class="rules-warning" role="alert">{say(words::NOT_KEPT_DRAFT)}</p> }
                .into_any()
        },
    );
    view! { {note} {not_kept} }.into_any()
}

/// "Since 09:00 today 41,208 matched topic 10,412 fired 0 errors"
fn foot(desk: RulesDesk) -> AnyView {
    let counters = desk.rule(|rule| rule.row.counters.clone());
    let now = memo(move |_| UnixMillis(desk.store.now.get().0 / 60_000 * 60_000));
    let line = live(move || {
        let language = desk.language.get();
        let counters = counters.get()?;
        let errors = match counters.failed {
            1 => words::ERROR,
            _ => words::ERRORS,
        };
        let view = view! {
            <span>{since(counters.since, now.get(), language)}</span>
            {figure(counters.matched, words::MATCHED, language)}
            {figure(counters.fired, words::FIRED_WORD, language)}
            {figure(counters.failed, errors, language)}
            {warnings(&counters, language)}
        };
        Some(view.into_any())
    });
    view! {
        <div class="rules-foot">
            <p>{line}</p>
            <div class="rules-buttons">{switch(desk)}</div>
        </div>
    }
    .into_any()
}

fn figure(number: u64, word: Phrase, language: Language) -> AnyView {
    view! { <span><b>{format::count(number)}</b> " " {word.text(language)}</span> }.into_any()
}

fn since(at: UnixMillis, now: UnixMillis, language: Language) -> String {
    let clock = format::clock_minutes(at);
    match format::is_same_day(at, now) {
        true => words::SINCE_TODAY.fill(language, &[&clock]),
        false => words::SINCE.fill(language, &[&clock, &format::age(language, at, now)]),
    }
}

fn warnings(counters: &RuleCounters, language: Language) -> Vec<AnyView> {
    let told = [
        (counters.lost, words::LOST),
        (counters.overwritten, words::OVERWRITTEN),
    ];
    let told = told.into_iter().filter(|(number, _)| *number > 0);
    let line = |(number, phrase): (u64, Phrase)| {
        let text = phrase.fill(language, &[&format::count(number)]);
        view! { <span class="rules-warning">{text}</span> }.into_any()
    };
    told.map(line).collect()
}
