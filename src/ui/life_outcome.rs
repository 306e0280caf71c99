//! What stands under a control whose change did not end well: why, and what to press.

use leptos::prelude::*;

use super::format;
use super::life_icon::{LifeIcon, life_icon};
use super::panel::Panel;
use super::reactive::{act, live};
use super::text::{Language, devices as words};
use crate::engine::command::Command;
use crate::engine::frame::{ChangeView, Step, ValueView};
use crate::time::UnixMillis;

pub(super) fn timed_out(
    change: &ChangeView,
    reported: Option<ValueView>,
    panel: Panel,
    language: Language,
) -> AnyView {
    let (step, since) = change
        .steps
        .last()
        .copied()
        .unwrap_or_else(|| (Step::Queued, UnixMillis::default()));
    let now = panel.store.now;
    let why = live(move || {
        let age = format::age(language, since, now.get());
        match step {
            Step::Accepted(version) => {
                words::NO_REPORT_FOR.fill(language, &[&version.to_string(), &age])
            }
            _ => words::NO_ANSWER_FOR.fill(language, &[&age]),
        }
    });
    let accept_words = match reported.is_some() {
        true => words::ACCEPT_REPORTED,
        false => words::TAKE_BACK,
    };
    view! {
        <p class="change-note">
            {life_icon(LifeIcon::TimedOut)}
            <span><b class="failed">{words::TIMED_OUT.text(language)}</b> " · " {why}</span>
        </p>
        <div class="change-actions">
            {button(
                words::SEND_AGAIN.text(language),
                None,
                panel,
                Command::SendAgain(change.field.clone()),
            )}
            {button(
                accept_words.text(language),
                reported.map(|reported| reported.text),
                panel,
                Command::TakeBack(change.field.clone()),
            )}
        </div>
    }
    .into_any()
}

/// The service's own words, until they are closed.
pub(super) fn rejected(
    change: &ChangeView,
    code: u16,
    message: &str,
    reported: Option<ValueView>,
    panel: Panel,
    language: Language,
) -> AnyView {
    let mut why = match code {
        // Nobody answered: the link ended on it.
        0 => " · ".to_owned() + words::CLOSED_ON_IT.text(language),
        _ => format!(" · {message} ({code})"),
    };
    if let Some(reported) = reported {
        why.push_str(" · ");
        why.push_str(&words::STILL_VALUE.fill(language, &[&reported.text]));
    }
    view! {
        <p class="change-note">
            {life_icon(LifeIcon::Rejected)}
            <span><b class="failed">{words::REJECTED.text(language)}</b> {why}</span>
        </p>
        <div class="change-actions">
            {button(
                words::SEND_AGAIN.text(language),
                None,
                panel,
                Command::SendAgain(change.field.clone()),
            )}
            {button(
                words::CLOSE.text(language),
                None,
                panel,
                Command::Dismiss(change.field.clone()),
            )}
        </div>
    }
    .into_any()
}

pub(super) fn superseded(
    wish: &ValueView,
    by: Option<&str>,
    value: Option<&ValueView>,
    version: u64,
    language: Language,
) -> AnyView {
    let value = value.map_or_else(|| words::REMOVED.text(language), |value| &value.text);
    let by = by.unwrap_or_else(|| words::ANOTHER_CLIENT.text(language));
    view! {
        <p class="change-note">
            {life_icon(LifeIcon::Superseded)}
            <span>
                <b>{words::SUPERSEDED.text(language)}</b>
                " · "
                <s>{wish.text.clone()}</s>
                " "
                {words::REPLACED_BY.text(language)}
                " "
                <b>{value.to_owned()}</b>
                {format!(" ({by}, v{version})")}
            </span>
        </p>
    }
    .into_any()
}

/// `code`: a value that belongs to the words.
fn button(words: &'static str, code: Option<String>, panel: Panel, command: Command) -> AnyView {
    view! {
        <button type="button" class="button" on:click=act(move |_| panel.send(command.clone()))>
            {words} {code.map(|code| view! { <code>{code}</code> }.into_any())}
        </button>
    }
    .into_any()
}
