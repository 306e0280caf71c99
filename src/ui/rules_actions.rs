//! What a rule does with what it made, how that goes, and what is done where it fails.

use std::ops::Range;

use leptos::prelude::*;

use super::format;
use super::icons::{Icon, icon};
use super::keys::focus_if_lost;
use super::reactive::{act, each, item, live, memo, show};
use super::rules_action_form::form;
use super::rules_desk::{RulesDesk, Slot};
use super::rules_fault::{fault_at, fault_line};
use super::text::{Phrase, rules as words, say};
use crate::engine::command::RuleAction;
use crate::engine::frame::{ActionCounters, FaultPlace, RuleProblem, RulesSource};

/// As many as AWS IoT takes.
const MOST: usize = 10;

pub(super) fn actions(desk: RulesDesk) -> AnyView {
    view! { {then(desk)} {if_one_fails(desk)} }.into_any()
}

fn then(desk: RulesDesk) -> AnyView {
    let count = desk.entered(|draft| draft.actions.len());
    let rows = each(move || {
        let row = |at: usize| item(at.to_string(), move || row(desk, Slot::Action(at)));
        (0..count.get()).map(row).collect()
    });
    let foreign = desk.rule(|rule| rule.foreign_actions.clone());
    let foreign = live(move || {
        Some(
            foreign
                .get()
                .into_iter()
                .map(kept)
                .collect::<Vec<_>>()
                .into_any(),
        )
    });
    let none = desk.rule(|rule| {
        let mut faults = rule.faults.iter();
        faults.any(|fault| fault.problem == RuleProblem::NoAction)
    });
    let is_full = memo(move |_| count.get() >= MOST);
    let add = move |_| {
        let at = count.get_untracked();
        desk.edit(|draft| draft.actions.push(store()));
        desk.form.set(Some(Slot::Action(at)));
    };
    view! {
        <section class="rules-then" aria-label=say(words::THEN)>
            <div class="rules-then-head">
                <h4>{say(words::THEN)}</h4>
                <button
                    type="button"
                    class="button"
                    aria-label=say(words::ADD_ACTION)
                    disabled=move || is_full.get()
                    on:click=act(add)
                >
                    {icon(Icon::Plus)}
                    {say(words::ACTION)}
                </button>
            </div>
            <div class="rules-actions">{rows} {foreign}</div>
            {show(move || none.get(), move || {
                view! { <p class="rules-problem">{say(words::NO_ACTION)}</p> }.into_any()
            })}
        </section>
    }
    .into_any()
}

fn store() -> RuleAction {
    RuleAction::Store {
        bucket: "gnomon".to_owned(),
        key: "${topic()}/${timestamp()}-${newuuid()}".to_owned(),
    }
}

/// An action that this page cannot show.
fn kept(name: String) -> AnyView {
    view! {
        <div class="rules-action">
            <div class="rules-action-what">
                <p class="rules-action-kind mono">{name}</p>
                <p class="rules-action-where">{say(words::FOREIGN)}</p>
            </div>
        </div>
    }
    .into_any()
}

fn action(desk: RulesDesk, slot: Slot) -> Memo<Option<RuleAction>> {
    desk.entered(move |draft| match slot {
        Slot::Action(at) => draft.actions.get(at).cloned(),
        Slot::Error => draft.error_action.clone(),
    })
}

/// Only of an action that is saved as it is entered.
fn counters(desk: RulesDesk, slot: Slot) -> Memo<Option<ActionCounters>> {
    let all = desk.rule(|rule| rule.counters.clone());
    memo(move |_| {
        all.with(|all| match slot {
            Slot::Action(at) => all.get(at).cloned().flatten(),
            Slot::Error => all.last().cloned().flatten(),
        })
    })
}

fn place(slot: Slot) -> FaultPlace {
    match slot {
        Slot::Action(at) => FaultPlace::Action(at as u8),
        Slot::Error => FaultPlace::ErrorAction,
    }
}

fn row(desk: RulesDesk, slot: Slot) -> AnyView {
    let action = action(desk, slot);
    let counters = counters(desk, slot);
    let is_open = memo(move |_| desk.form.get() == Some(slot));
    let kind = memo(move |_| action.with(|action| action.as_ref().map(kind_of)));
    let name = live(move || kind.get().map(|kind| kind.text(desk.language.get())));
    let edit_name = live(move || {
        let language = desk.language.get();
        let kind = kind.get().map(|kind| kind.text(language));
        words::EDIT_THIS.fill(language, &[kind.unwrap_or_default()])
    });
    let is_store = memo(move |_| kind.get() == Some(words::STORE));
    let objects = move |_| {
        let prefix = action.with_untracked(|action| action.as_ref().map(prefix_of));
        desk.show_objects(prefix.unwrap_or_default());
    };
    let counts = desk.part(|view| matches!(view.source, RulesSource::Here { counts: true, .. }));
    let toggle = move |_| {
        let next = (!is_open.get_untracked()).then_some(slot);
        desk.form.set(next);
    };
    let repaired = Callback::new(|_: Range<usize>| {
        request_animation_frame(|| {
            focus_if_lost(".rules-form label:last-of-type .input, #rules-sql")
        });
    });
    view! {
        <div class="rules-action">
            <div class="rules-action-what">
                <p class="rules-action-kind">{name}</p>
                <p class="rules-action-where">{destination(desk, action, counters)}</p>
                <p class="rules-action-links">
                    <button
                        type="button"
                        class="link"
                        aria-label=edit_name
                        aria-expanded=live(move || is_open.get().to_string())
                        on:click=act(toggle)
                    >
                        {say(words::EDIT)}
                    </button>
                    <button
                        type="button"
                        class="link"
                        hidden=move || !is_store.get() || !counts.get()
                        on:click=act(objects)
                    >
                        {say(words::OBJECTS)}
                    </button>
                </p>
            </div>
            {figures(desk, counters)}
            {show(move || is_open.get(), move || form(desk, slot))}
            {fault_line(desk, fault_at(desk, place(slot)), repaired)}
        </div>
    }
    .into_any()
}

pub(super) fn kind_of(action: &RuleAction) -> Phrase {
    match action {
        RuleAction::Store { .. } => words::STORE,
        RuleAction::Republish { .. } => words::REPUBLISH,
    }
}

/// What every key of it begins with, with its bucket in front.
fn prefix_of(action: &RuleAction) -> String {
    match action {
        RuleAction::Store { bucket, key } => {
            let fixed = key.split("${").next().unwrap_or_default();
            bucket.clone() + "/" + fixed
        }
        RuleAction::Republish { .. } => String::new(),
    }
}

fn destination(
    desk: RulesDesk,
    action: Memo<Option<RuleAction>>,
    counters: Memo<Option<ActionCounters>>,
) -> AnyView {
    let target = memo(move |_| {
        counters.with(|counters| counters.as_ref().map(|counters| counters.target.clone()))
    });
    let text = live(move || {
        let language = desk.language.get();
        let target = target.get().filter(|target| !target.is_empty());
        let (from, to) = match action.get()? {
            RuleAction::Store { bucket, key } => (key, target.unwrap_or(bucket)),
            RuleAction::Republish { topic, qos } => (
                topic,
                words::QOS.text(language).to_owned() + " " + &qos.to_string(),
            ),
        };
        Some(view! { <code>{from}</code> " → " {to} }.into_any())
    });
    text.into_any()
}

fn figures(desk: RulesDesk, counters: Memo<Option<ActionCounters>>) -> AnyView {
    let view = live(move || {
        let language = desk.language.get();
        let counters = counters.get()?;
        let median = counters.median_ms.map(|median| {
            let median = words::MILLIS.fill(language, &[&format::count(median.into())]);
            figure(median, words::MEDIAN)
        });
        let error = counters.error.map(|error| {
            let text = words::NEWEST_ERROR.fill(language, &[&error]);
            view! { <p class="rules-action-error">{text}</p> }.into_any()
        });
        let view = view! {
            <div class="rules-figures">
                {figure(format::count(counters.done), words::DONE)}
                {figure(format::count(counters.failed), words::FAILED)}
                {median}
            </div>
            {error}
        };
        Some(view.into_any())
    });
    view.into_any()
}

fn figure(figure: String, word: Phrase) -> AnyView {
    view! { <p><b>{figure}</b> " " <span>{say(word)}</span></p> }.into_any()
}

fn if_one_fails(desk: RulesDesk) -> AnyView {
    let foreign = desk.rule(|rule| rule.foreign_error.clone());
    let foreign_row = live(move || Some(kept(foreign.get()?)));
    let is_set = desk.entered(|draft| draft.error_action.is_some());
    let queue = desk.rule(|rule| {
        let counters = rule.row.counters.as_ref()?;
        Some((counters.queued, counters.queue_limit))
    });
    let queue = live(move || {
        let (queued, limit) = queue.get()?;
        let (queued, limit) = (format::count(queued), format::count(limit));
        Some(words::QUEUE.fill(desk.language.get(), &[&queued, &limit]))
    });
    let add = move |_: web_sys::MouseEvent| {
        desk.edit(|draft| {
            draft.error_action = Some(RuleAction::Republish {
                topic: "rule-errors".to_owned(),
                qos: 1,
            });
        });
        desk.form.set(Some(Slot::Error));
    };
    let counts = desk.part(|view| !matches!(view.source, RulesSource::Here { counts: false, .. }));
    let usual = move || {
        let kept = live(move || match counts.get() {
            true => view! { {say(words::APPEND)} " " <code>"rule-errors.jsonl"</code> }.into_any(),
            false => say(words::NOT_KEPT_ANYWHERE).into_any(),
        });
        view! {
            <div class="rules-action">
                <p class="rules-action-kind">{kept}</p>
                <button type="button" class="link" on:click=act(add)>
                    {say(words::CHANGE_ERROR)}
                </button>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="rules-then" aria-label=say(words::IF_FAILS)>
            <div class="rules-then-head">
                <h4>{say(words::IF_FAILS)}</h4>
                <span class="rules-queue">{queue}</span>
            </div>
            <div class="rules-actions">
                {show(move || is_set.get(), move || row(desk, Slot::Error))}
                {foreign_row}
                {show(move || !is_set.get() && foreign.with(Option::is_none), usual)}
            </div>
        </section>
    }
    .into_any()
}
