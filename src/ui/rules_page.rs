//! The page of rules: written, tried on what was seen, saved and watched. Three columns, one after the other where there
//! is no room for them side by side.

use leptos::prelude::*;

use super::reactive::{live, memo};
use super::rules_desk::RulesDesk;
use super::rules_dry::dry_run;
use super::rules_list::list;
use super::rules_objects::objects;
use super::rules_questions::questions;
use super::rules_rule::{refused, rule};
use super::text::{rules as words, say};

pub(super) fn rules_page() -> AnyView {
    let desk = expect_context::<RulesDesk>();
    let is_open = memo(move |_| desk.open.with(Option::is_some));
    let are_objects = memo(move |_| desk.objects.with(Option::is_some));
    // One rule after another is one view each: nothing of one is left in the next.
    let open = memo(move |_| desk.open.get());
    let middle = live(move || {
        Some(match open.with(Option::is_some) {
            true => rule(desk),
            false => nothing(desk),
        })
    });
    let right = live(move || match (are_objects.get(), is_open.get()) {
        (true, _) => Some(objects(desk)),
        (false, true) => Some(dry_run(desk)),
        (false, false) => None,
    });
    let column = move || {
        let column = match (is_open.get(), are_objects.get()) {
            (_, true) => "objects",
            (true, false) => "rule",
            (false, false) => "list",
        };
        column.to_owned()
    };
    view! {
        <div class="rules" data-column=live(column)>
            <div class="rules-told">{refused(desk)}</div>
            {list(desk)}
            <div class="rules-work">
                <section class="rules-rule">{middle}</section>
                {right}
            </div>
            {questions(desk)}
        </div>
    }
    .into_any()
}

/// No rule is open.
fn nothing(desk: RulesDesk) -> AnyView {
    let is_empty = desk.part(|view| view.rules.is_empty());
    let text = live(move || {
        let phrase = match is_empty.get() {
            true => words::WHAT_TO_DO,
            false => words::CHOOSE,
        };
        phrase.text(desk.language.get())
    });
    let title = live(move || {
        is_empty
            .get()
            .then(|| words::NO_RULES.text(desk.language.get()))
    });
    view! {
        <div class="rules-nothing">
            <h3>{title}</h3>
            <p>{text}</p>
            <button
                type="button"
                class="button primary"
                on:click=super::reactive::act(move |_| {
                    desk.question.set(Some(super::rules_desk::Question::New));
                })
            >
                {say(words::NEW_RULE)}
            </button>
        </div>
    }
    .into_any()
}
