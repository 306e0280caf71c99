//! How a version of the history differs from the newest one, and the way back to it.

use leptos::prelude::*;

use super::desk::Desk;
use super::history::restore;
use super::reactive::{act, live, memo};
use super::text::{Language, Phrase, editor as words, say};
use crate::engine::frame::DifferenceView;

pub(super) fn difference(desk: Desk, chosen: Memo<Option<u64>>) -> AnyView {
    let newest = memo(move |_| {
        let versions = desk.store.history;
        versions.with(|it| it.versions.first().map(|newest| newest.version))
    });
    let content = live(move || {
        let Some(version) = chosen.get() else {
            return Some(
                view! { <p class="editor-none">{say(words::CHOOSE_VERSION)}</p> }.into_any(),
            );
        };
        Some(of_version(desk, version, newest))
    });
    view! { <section class="history-difference" aria-label=say(words::DELTA)>{content}</section> }
        .into_any()
}

fn of_version(desk: Desk, version: u64, newest: Memo<Option<u64>>) -> AnyView {
    let number = version.to_string();
    let title = {
        let number = number.clone();
        live(move || words::THEN_AND_NOW.fill(desk.language.get(), &[&number]))
    };
    let rows = live(move || {
        let language = desk.language.get();
        let differences = desk.store.history.with(|it| it.difference.clone());
        Some(match differences {
            None => note(words::NOT_KEPT),
            Some(differences) if differences.is_empty() => note(words::NO_DIFFERENCE),
            Some(differences) => table(&differences, version, language),
        })
    });
    let press = move |_| restore(desk, version);
    let name = {
        let number = number.clone();
        live(move || words::RESTORE.fill(desk.language.get(), &[&number]))
    };
    let is_gone = memo(move |_| desk.store.history.with(|it| it.difference.is_none()));
    view! {
        <h3>{title}</h3>
        <div class="history-scroll" aria-live="polite">{rows}</div>
        <footer class="editor-foot">
            <p class="editor-stage">{say(words::RESTORE_HINT)}</p>
            <button
                type="button"
                class="button primary"
                disabled=move || newest.get() == Some(version) || is_gone.get()
                on:click=act(press)
            >
                {name}
            </button>
        </footer>
    }
    .into_any()
}

fn note(words: Phrase) -> AnyView {
    view! { <p class="editor-none">{say(words)}</p> }.into_any()
}

fn table(differences: &[DifferenceView], version: u64, language: Language) -> AnyView {
    let none = words::NONE.text(language);
    let cell = |name: String, value: &Option<String>| {
        let class = if value.is_some() { "mono" } else { "leaf-age" };
        let value = value.clone().unwrap_or_else(|| none.to_owned());
        view! {
            <td role="cell"><span class="leaf-word">{name} " "</span> <span class=class>{value}</span></td>
        }
        .into_any()
    };
    let then = "v".to_owned() + &version.to_string();
    let now = words::NOW.text(language).to_owned();
    let row = |it: &DifferenceView| {
        let side = if it.desired {
            words::DESIRED
        } else {
            words::REPORTED
        };
        view! {
            <tr role="row">
                <th role="rowheader" scope="row">
                    <span class="mono">{it.path.join(".")}</span> " "
                    <span class="leaf-age">{side.text(language)}</span>
                </th>
                {cell(then.clone(), &it.then)} {cell(now.clone(), &it.now)}
            </tr>
        }
        .into_any()
    };
    let rows = differences.iter().map(row).collect::<Vec<_>>();
    view! {
        <table class="leaves differences" role="table">
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">{say(words::KEY)}</th>
                    <th role="columnheader" scope="col">{then.clone()}</th>
                    <th role="columnheader" scope="col">{now.clone()}</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
    .into_any()
}
