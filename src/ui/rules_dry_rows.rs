//! The messages that a rule would have fired for, newest first; and one of them beside what would have become of it.

use leptos::prelude::*;

use super::format;
use super::open::Page;
use super::reactive::{act, each, item, live, memo, show};
use super::rules_code::code;
use super::rules_desk::{RulesDesk, STEP};
use super::rules_dry::part;
use super::text::{rules as words, say};
use crate::engine::command::{RuleAction, RuleDraft};
use crate::engine::frame::{DryClose, DryRow, DrySpan};

/// What they are the answer to: another question has other rows at once.
type Asked = (Option<RuleDraft>, DrySpan, u32);

pub(super) fn rows(desk: RulesDesk) -> AnyView {
    // Each of them holds the rows: a finger that is lifted leaves, and what it opened is still read.
    let (pointed, focused) = (RwSignal::new(false), RwSignal::new(false));
    let held = move || pointed.get() || focused.get() || desk.close.with(Option::is_some);
    let rows = part(desk, |dry| dry.rows.clone());
    let tried = desk.rule(|rule| Some(rule.draft.clone()));
    // Nothing moves under the hand.
    let shown = memo(move |before: Option<&(Asked, Vec<DryRow>)>| {
        let asked = (tried.get(), desk.span.get(), desk.rows.get());
        let fresh = rows.get();
        match before {
            Some((was, rows)) if held() && *was == asked && !rows.is_empty() => {
                let keep = fresh.len() <= rows.len() && !fresh.is_empty();
                (asked, if keep { rows.clone() } else { fresh })
            }
            _ => (asked, fresh),
        }
    });
    let list = each(move || {
        shown.with(|(_, rows)| {
            let row = |row: &DryRow| {
                let key = row.number.to_string() + "\n" + &row.target + "\n" + &row.value;
                let row = row.clone();
                item(key, move || row_view(desk, row))
            };
            rows.iter().map(row).collect()
        })
    });
    let any = memo(move |_| shown.with(|(_, rows)| !rows.is_empty()));
    view! {
        <div
            class="rules-dry-rows"
            hidden=move || !any.get()
            on:pointerenter=act(move |_| pointed.set(true))
            on:pointerleave=act(move |_| pointed.set(false))
            on:focusin=act(move |_| focused.set(true))
            on:focusout=act(move |_| focused.set(false))
        >
            {columns(desk)}
            <ul>{list}</ul>
        </div>
        {more(desk, shown)}
    }
    .into_any()
}

fn columns(desk: RulesDesk) -> AnyView {
    let stores = stores(desk);
    let target = live(move || {
        let phrase = if stores.get() {
            words::OBJECT_KEY
        } else {
            words::TOPIC
        };
        phrase.text(desk.language.get())
    });
    let column = part(desk, |dry| {
        let last = dry.column.rsplit('.').next();
        last.unwrap_or_default().to_owned()
    });
    view! {
        <div class="rules-dry-row rules-dry-columns" aria-hidden="true">
            <span>{say(words::TIME)}</span>
            <span>{say(words::DEVICE)}</span>
            <span>{target}</span>
            <span>{live(move || column.get())}</span>
        </div>
    }
    .into_any()
}

/// The first action stores.
fn stores(desk: RulesDesk) -> Memo<bool> {
    desk.rule(|rule| matches!(rule.draft.actions.first(), Some(RuleAction::Store { .. })))
}

fn row_view(desk: RulesDesk, row: DryRow) -> AnyView {
    let number = row.number;
    let is_close = memo(move |_| desk.close.get() == Some(number));
    let device = row.device.clone();
    let toggle = move |_| {
        let next = (!is_close.get_untracked()).then_some(number);
        desk.close.set(next);
    };
    let close = part(desk, |dry| dry.close.clone());
    let content = live(move || {
        let close = close.get().filter(|close| close.number == number)?;
        Some(looked_at(desk, close, &device))
    });
    let content = StoredValue::new(content);
    view! {
        <li class:close=live(move || is_close.get())>
            <button
                type="button"
                class="rules-dry-row"
                aria-expanded=live(move || is_close.get().to_string())
                on:click=act(toggle)
            >
                <span>{format::clock_millis(row.at)}</span>
                <span class="rules-dry-device">{row.device}</span>
                <span class="rules-dry-target mono"><bdi>{row.target}</bdi></span>
                <span class="rules-dry-value">{row.value}</span>
            </button>
            {show(move || is_close.get(), move || content.get_value().into_any())}
        </li>
    }
    .into_any()
}

fn looked_at(desk: RulesDesk, close: DryClose, device: &str) -> AnyView {
    let stores = stores(desk).get_untracked();
    let result = if stores {
        words::WOULD_STORE
    } else {
        words::WOULD_PUBLISH
    };
    let targets: Vec<AnyView> = close
        .targets
        .into_iter()
        .map(|target| view! { <li class="mono">{target}</li> }.into_any())
        .collect();
    let device = device.to_owned();
    let is_device = device != close.topic;
    let go = move |_| {
        desk.store.select(Some(device.clone()));
        desk.pages.go(Page::Map);
    };
    view! {
        <div class="rules-close">
            <div>
                <h4>{say(words::MESSAGE)}</h4>
                {code(&close.message, words::MESSAGE)}
            </div>
            <div>
                <h4>{say(result)}</h4>
                {code(&close.result, result)}
            </div>
            <ul class="rules-close-targets">
                <li class="mono">{close.topic} " →"</li>
                {targets}
            </ul>
            <button type="button" class="link" hidden=!is_device on:click=act(go)>
                {say(words::SHOW_DEVICE)}
            </button>
        </div>
    }
    .into_any()
}

fn more(desk: RulesDesk, shown: Memo<(Asked, Vec<DryRow>)>) -> AnyView {
    let fired = part(desk, |dry| dry.fired);
    let left = memo(move |_| shown.with(|(_, rows)| fired.get().saturating_sub(rows.len() as u32)));
    let name =
        live(move || words::MORE.fill(desk.language.get(), &[&format::count(left.get().into())]));
    view! {
        <button
            type="button"
            class="link rules-more"
            hidden=move || left.get() == 0 || shown.with(|(_, rows)| rows.is_empty())
            on:click=act(move |_| desk.rows.update(|rows| *rows += STEP))
        >
            {name}
        </button>
    }
    .into_any()
}
