//! The form of one action: what is done, and where to. What is entered is tried like the SQL.

use leptos::prelude::*;

use super::keys::focus_soon;
use super::reactive::{act, live, memo};
use super::rules_actions::kind_of;
use super::rules_desk::{RulesDesk, Slot};
use super::rules_fault::text_of;
use super::text::{Phrase, rules as words, say};
use crate::engine::command::{RuleAction, RuleDraft};

pub(super) fn form(desk: RulesDesk, slot: Slot) -> AnyView {
    let kind = memo(move |_| read(desk, slot, kind_of));
    let qos = memo(move |_| {
        read(desk, slot, |action| match action {
            RuleAction::Republish { qos, .. } => Some(*qos),
            RuleAction::Store { .. } => None,
        })
        .flatten()
    });
    let fields = live(move || {
        Some(match kind.get()? == words::STORE {
            true => view! { {bucket(desk, slot)} {text(desk, slot, words::KEY)} }.into_any(),
            false => view! {
                {text(desk, slot, words::TOPIC)}
                <div class="segments" role="group" aria-label=say(words::QOS)>
                    {quality(desk, slot, qos, 0)} {quality(desk, slot, qos, 1)}
                </div>
            }
            .into_any(),
        })
    });
    focus_soon(".rules-form .segment");
    view! {
        <div class="rules-form">
            <div class="segments" role="group" aria-label=say(words::KIND)>
                {choice(desk, slot, kind, words::STORE)}
                {choice(desk, slot, kind, words::REPUBLISH)}
            </div>
            {fields}
            <div class="rules-buttons">
                <button type="button" class="button" on:click=act(move |_| remove(desk, slot))>
                    {say(words::REMOVE)}
                </button>
                <button type="button" class="button" on:click=act(move |_| desk.close_form())>
                    {say(words::FORM_DONE)}
                </button>
            </div>
        </div>
    }
    .into_any()
}

fn read<T>(desk: RulesDesk, slot: Slot, part: fn(&RuleAction) -> T) -> Option<T> {
    let find = |draft: &RuleDraft| match slot {
        Slot::Action(at) => draft.actions.get(at).map(part),
        Slot::Error => draft.error_action.as_ref().map(part),
    };
    desk.draft.with(|draft| draft.as_ref().and_then(find))
}

fn choice(desk: RulesDesk, slot: Slot, kind: Memo<Option<Phrase>>, own: Phrase) -> AnyView {
    let choose = move |_| {
        if kind.get_untracked() != Some(own) {
            desk.edit_action(slot, |action| *action = other(action));
        }
    };
    view! {
        <button
            type="button"
            class="segment"
            aria-pressed=live(move || (kind.get() == Some(own)).to_string())
            on:click=act(choose)
        >
            {say(own)}
        </button>
    }
    .into_any()
}

/// What was entered as a key begins as a topic, and the other way round.
fn other(action: &RuleAction) -> RuleAction {
    match action {
        RuleAction::Store { .. } => RuleAction::Republish {
            topic: "alerts/${topic(2)}".to_owned(),
            qos: 1,
        },
        RuleAction::Republish { .. } => RuleAction::Store {
            bucket: "gnomon".to_owned(),
            key: "${topic()}/${timestamp()}-${newuuid()}".to_owned(),
        },
    }
}

fn quality(desk: RulesDesk, slot: Slot, qos: Memo<Option<u8>>, own: u8) -> AnyView {
    let choose = move |_| {
        desk.edit_action(slot, |action| {
            if let RuleAction::Republish { qos, .. } = action {
                *qos = own;
            }
        });
    };
    view! {
        <button
            type="button"
            class="segment"
            aria-pressed=live(move || (qos.get() == Some(own)).to_string())
            on:click=act(choose)
        >
            {say(words::QOS)}
            " "
            {own.to_string()}
        </button>
    }
    .into_any()
}

fn bucket(desk: RulesDesk, slot: Slot) -> AnyView {
    let value = move || {
        let bucket = read(desk, slot, |action| match action {
            RuleAction::Store { bucket, .. } => bucket.clone(),
            RuleAction::Republish { .. } => String::new(),
        });
        bucket.unwrap_or_default()
    };
    let change = move |entered: String| {
        desk.edit_action(slot, |action| {
            if let RuleAction::Store { bucket, .. } = action {
                *bucket = entered;
            }
        });
    };
    field(words::BUCKET, value, change)
}

fn text(desk: RulesDesk, slot: Slot, name: Phrase) -> AnyView {
    let value = move || read(desk, slot, |action| text_of(&mut action.clone()).clone());
    let change = move |entered: String| {
        desk.edit_action(slot, |action| *text_of(action) = entered);
    };
    field(name, move || value().unwrap_or_default(), change)
}

fn field(
    name: Phrase,
    value: impl Fn() -> String + Send + 'static,
    change: impl Fn(String) + 'static,
) -> AnyView {
    view! {
        <label class="rules-field">
            <span>{say(name)}</span>
            <input
                class="input mono"
                type="text"
                autocomplete="off"
                spellcheck="false"
                prop:value=live(value)
                on:input=act(move |event| change(event_target_value(&event)))
            />
        </label>
    }
    .into_any()
}

fn remove(desk: RulesDesk, slot: Slot) {
    desk.form.set(None);
    desk.edit(|draft| match slot {
        Slot::Action(at) if at < draft.actions.len() => {
            draft.actions.remove(at);
        }
        Slot::Action(_) => {}
        Slot::Error => draft.error_action = None,
    });
    focus_soon(match slot {
        Slot::Action(_) => ".rules-then-head .button",
        Slot::Error => ".rules-action > .link",
    });
}
