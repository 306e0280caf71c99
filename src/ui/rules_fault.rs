//! What is wrong with a rule, in words, at its place; and the one press that repairs it.

use std::ops::Range;

use leptos::prelude::*;

use super::format;
use super::icons::{Icon, icon};
use super::reactive::{act, live, memo};
use super::rules_desk::{RulesDesk, Slot};
use super::rules_marks::{Shift, line_of};
use super::text::{Language, Phrase, rules as words};
use crate::engine::command::{RuleAction, RuleDraft};
use crate::engine::frame::{FaultPlace, RuleFault, RuleProblem};

/// The first fault of a place.
pub(super) fn fault_at(desk: RulesDesk, place: FaultPlace) -> Memo<Option<RuleFault>> {
    let faults = desk.rule(|rule| rule.faults.clone());
    memo(move |_| faults.with(|faults| faults.iter().find(|fault| fault.place == place).cloned()))
}

/// It can be saved in spite of it.
pub(super) fn is_warning(fault: &RuleFault) -> bool {
    matches!(
        fault.problem,
        RuleProblem::NeverSeen { .. } | RuleProblem::NoSuchTopic { .. }
    )
}

/// The text of a place.
pub(super) fn text_at(draft: &RuleDraft, place: FaultPlace) -> &str {
    let action = match place {
        FaultPlace::Name => return &draft.name,
        FaultPlace::Sql => return &draft.sql,
        FaultPlace::Action(at) => draft.actions.get(at as usize),
        FaultPlace::ErrorAction => draft.error_action.as_ref(),
    };
    match action {
        Some(RuleAction::Store { key, .. }) => key,
        Some(RuleAction::Republish { topic, .. }) => topic,
        None => "",
    }
}

/// Where it stands in the text as it is entered now. None: that spot was changed meanwhile.
pub(super) fn spot(
    fault: &RuleFault,
    seen: &RuleDraft,
    entered: &RuleDraft,
) -> Option<Range<usize>> {
    let (seen, entered) = (text_at(seen, fault.place), text_at(entered, fault.place));
    let at = fault.at as usize;
    let spot = Shift::between(seen, entered).apply(at..at + fault.len as usize)?;
    entered.get(spot.clone()).map(|_| spot)
}

/// What is wrong, and the button that repairs it. Nothing while there is no fault.
pub(super) fn fault_line(
    desk: RulesDesk,
    fault: Memo<Option<RuleFault>>,
    repaired: Callback<Range<usize>>,
) -> AnyView {
    // The figures of a fault change with every message: its button stays, and it is spoken once.
    let told = memo(move |before: Option<&Option<RuleFault>>| {
        let fault = fault.get();
        let before = before.cloned().flatten();
        match before.zip(fault.as_ref()) {
            Some((before, fault)) if is_same(&before, fault) => Some(before),
            _ => fault,
        }
    });
    let spoken = live(move || Some(sentence(desk, told.get().as_ref()?, desk.language.get())));
    let view = live(move || {
        let told = told.get()?;
        let class = match is_warning(&told) {
            true => "rules-fault",
            false => "rules-fault problem",
        };
        let words = live(move || Some(sentence(desk, fault.get().as_ref()?, desk.language.get())));
        let button = told.repair.clone().map(|repair| {
            let name = words::USE.fill(desk.language.get(), &[&repair]);
            let press = move |_| repair_it(desk, &told, &repair, repaired);
            view! {
                <button type="button" class="button" on:click=act(press)>{name}</button>
            }
            .into_any()
        });
        let view = view! {
            <div class=class>
                {icon(Icon::Warning)}
                <p>{words}</p>
                {button}
            </div>
        };
        Some(view.into_any())
    });
    view! {
        <div class="rules-fault-place">
            {view}
            <p class="visually-hidden" role="status">{spoken}</p>
        </div>
    }
    .into_any()
}

fn is_same(one: &RuleFault, other: &RuleFault) -> bool {
    let is_hint = is_warning(one) && is_warning(other);
    let spot = |fault: &RuleFault| (fault.place, fault.at, fault.len);
    spot(one) == spot(other)
        && one.repair == other.repair
        && (is_hint || one.problem == other.problem)
}

fn sentence(desk: RulesDesk, fault: &RuleFault, language: Language) -> AnyView {
    let plain = |text: &str| text.to_owned().into_any();
    match &fault.problem {
        RuleProblem::Syntax(text) if fault.place == FaultPlace::Sql => {
            let seen = desk.store.rules.with_untracked(|view| {
                let rule = view.rule.as_ref();
                rule.map(|rule| line_of(&rule.draft.sql, fault.at as usize) + 1)
            });
            let line = seen.unwrap_or(1).to_string();
            words::AT_LINE.fill(language, &[&line, text]).into_any()
        }
        RuleProblem::Syntax(text) => plain(text),
        RuleProblem::BadName => plain(words::BAD_NAME.text(language)),
        RuleProblem::NoAction => plain(words::NO_ACTION.text(language)),
        RuleProblem::Empty => plain(words::EMPTY.text(language)),
        RuleProblem::NeverSeen {
            path,
            messages,
            repair_in,
            decides,
        } => {
            let phrase = match decides {
                true => words::NEVER_SEEN,
                false => words::NEVER_SEEN_VALUE,
            };
            hint(phrase, path, *messages, *repair_in, fault, language)
        }
        RuleProblem::NoSuchTopic {
            filter,
            messages,
            repair_in,
        } => hint(
            words::NO_SUCH_TOPIC,
            filter,
            *messages,
            *repair_in,
            fault,
            language,
        ),
    }
}

fn hint(
    phrase: Phrase,
    missing: &str,
    messages: u32,
    repair_in: u32,
    fault: &RuleFault,
    language: Language,
) -> AnyView {
    let count = |number: u32| format::count(number.into());
    let missed = phrase.fill(language, &["{}", &count(messages)]);
    let mean = fault.repair.as_ref().map(|repair| {
        let mean = words::DID_YOU_MEAN.fill(language, &["{}", &count(repair_in)]);
        with_code(&mean, repair)
    });
    view! { {with_code(&missed, missing)} " " {mean} }.into_any()
}

/// A text in which `{}` stands for something in the type of the machine.
fn with_code(text: &str, code: &str) -> AnyView {
    let (before, after) = text.split_once("{}").unwrap_or((text, ""));
    view! { {before.to_owned()} <code>{code.to_owned()}</code> {after.to_owned()} }.into_any()
}

fn repair_it(desk: RulesDesk, fault: &RuleFault, repair: &str, repaired: Callback<Range<usize>>) {
    let seen = desk
        .store
        .rules
        .with_untracked(|view| view.rule.as_ref().map(|rule| rule.draft.clone()));
    let entered = desk.draft.get_untracked();
    let spot = seen.zip(entered);
    let Some(spot) = spot.and_then(|(seen, entered)| self::spot(fault, &seen, &entered)) else {
        return;
    };
    let end = spot.start + repair.len();
    let place = fault.place;
    desk.edit(|draft| {
        let text = match (place, slot(place)) {
            (FaultPlace::Sql, _) => &mut draft.sql,
            (_, Some(Slot::Action(at))) => match draft.actions.get_mut(at) {
                Some(action) => text_of(action),
                None => return,
            },
            (_, Some(Slot::Error)) => match &mut draft.error_action {
                Some(action) => text_of(action),
                None => return,
            },
            _ => return,
        };
        text.replace_range(spot.clone(), repair);
    });
    repaired.run(spot.start..end);
}

fn slot(place: FaultPlace) -> Option<Slot> {
    match place {
        FaultPlace::Action(at) => Some(Slot::Action(at as usize)),
        FaultPlace::ErrorAction => Some(Slot::Error),
        FaultPlace::Name | FaultPlace::Sql => None,
    }
}

/// What may be a template in it.
pub(super) fn text_of(action: &mut RuleAction) -> &mut String {
    match action {
        RuleAction::Store { key, .. } => key,
        RuleAction::Republish { topic, .. } => topic,
    }
}
