//! One row of the table of stuck changes. It stands for a place in the table; which change is there may differ later.

use leptos::prelude::*;
use web_sys::MouseEvent;

use super::board::{Board, is_narrow};
use super::cause;
use super::format;
use super::keys::focus_soon;
use super::mark::mark;
use super::reactive::{act, live, memo};
use super::scroller::Scroller;
use super::shown_rows::Place;
use super::text::{changes as words, language};
use crate::engine::frame::StuckRow;

/// What all rows share.
#[derive(Clone, Copy)]
pub(super) struct Table {
    pub(super) board: Board,
    pub(super) rows: Scroller,
}

impl Table {
    fn row(self, index: u32) -> Option<StuckRow> {
        let shown = self.board.shown;
        shown.with_untracked(|shown| Some(shown.at(index)?.row.clone()))
    }

    /// Explains the row.
    pub(super) fn choose(self, index: u32) {
        if let Some(row) = self.row(index) {
            self.board.chosen.set(Some(row));
            if is_narrow() {
                // The table, which had the focus, is covered now.
                focus_soon(".answers .icon-button");
            }
        }
    }

    pub(super) fn check(self, index: u32) {
        if let Some(row) = self.row(index) {
            self.board.check(&row.field);
        }
    }
}

pub(super) fn id(index: u32) -> String {
    "stuck-row-".to_owned() + &index.to_string()
}

pub(super) fn stuck_row(index: u32, table: Table) -> AnyView {
    let Table { board, rows } = table;
    let shown = board.shown;
    // Rows leave the answer before they leave the screen: until then the last one stays.
    let place = memo(move |before: Option<&Option<Place>>| {
        let place = shown.with(|shown| shown.at(index).cloned());
        place.or_else(|| before.cloned().flatten())
    });
    let gone = memo(move |_| place.with(|place| place.as_ref().is_some_and(|it| it.gone)));
    let row = memo(move |_| place.with(|place| place.as_ref().map(|place| place.row.clone())));
    let is_chosen = memo(move |_| {
        let field = row.with(|row| row.as_ref().map(|row| row.field.clone()));
        let chosen = board.chosen;
        field.is_some() && chosen.with(|it| it.as_ref().map(|row| &row.field) == field.as_ref())
    });
    let checked = memo(move |_| {
        let checked = row.with(|row| Some(board.is_checked(&row.as_ref()?.field)));
        checked.unwrap_or_default()
    });
    view! {
        <div
            class="stuck-row"
            class:active=move || rows.active.get() == Some(index)
            class:chosen=move || is_chosen.get()
            class:gone=move || gone.get()
            role="row"
            id=id(index)
            aria-rowindex=(index + 2).to_string()
            aria-selected=move || checked.get().to_string()
            style:transform=move || rows.shift(index)
            on:click=act(move |_| {
                rows.active.set(Some(index));
                table.choose(index);
            })
        >
            {check_cell(row, checked, index, table)} {device(row, board)} {values(row)}
            {waiting(row, board)} {likely_cause(row, gone)}
        </div>
    }
    .into_any()
}

fn check_cell(
    row: Memo<Option<StuckRow>>,
    checked: Memo<bool>,
    index: u32,
    table: Table,
) -> AnyView {
    let language = language();
    let name = move || {
        let name = row.with(|row| {
            let field = &row.as_ref()?.field;
            Some(field.device.clone() + " " + &field.path.join("."))
        });
        words::SELECT.fill(language.get(), &[&name.unwrap_or_default()])
    };
    view! {
        <label
            class="stuck-check"
            role="gridcell"
            on:click=act(|event: MouseEvent| event.stop_propagation())
        >
            <input
                type="checkbox"
                tabindex="-1"
                aria-label=live(name)
                prop:checked=move || checked.get()
                on:change=act(move |_| table.check(index))
            />
        </label>
    }
    .into_any()
}

fn device(row: Memo<Option<StuckRow>>, board: Board) -> AnyView {
    let state = memo(move |_| row.with(|row| row.as_ref().map(|row| row.state)));
    let shape = Signal::derive(move || (state.get().unwrap_or_default(), 0));
    let name = live(move || row.with(|row| row.as_ref().map(|row| row.field.device.clone())));
    // Which key it is goes without saying where all rows are of one.
    let key = live(move || {
        let key = board.key.with(Option::is_none);
        row.with(|row| {
            let field = &row.as_ref()?.field;
            let mut text = field.path.join(".");
            if let Some(shadow) = &field.shadow {
                text.push_str(" · ");
                text.push_str(shadow);
            }
            (key || field.shadow.is_some()).then_some(text)
        })
    });
    view! {
        <div class="stuck-device" role="gridcell">
            {mark(shape)}
            <div>
                <div class="stuck-name">{name}</div>
                <code class="stuck-key">{key}</code>
            </div>
        </div>
    }
    .into_any()
}

fn values(row: Memo<Option<StuckRow>>) -> AnyView {
    let language = language();
    let reported = live(move || {
        row.with(|row| {
            let reported = row.as_ref()?.reported.as_ref();
            let text = reported.map(|value| value.text.clone());
            Some(text.unwrap_or_else(|| words::NONE.text(language.get()).to_owned()))
        })
    });
    let desired = live(move || row.with(|row| row.as_ref().map(|row| row.desired.text.clone())));
    view! {
        <div class="stuck-value" role="gridcell"><code>{reported}</code></div>
        <div class="stuck-value stuck-wish" role="gridcell">
            <span class="arrow" aria-hidden="true">"→"</span>
            <code class="wished">{desired}</code>
        </div>
    }
    .into_any()
}

fn waiting(row: Memo<Option<StuckRow>>, board: Board) -> AnyView {
    let language = language();
    let since = memo(move |_| row.with(|row| row.as_ref().map(|row| row.since)));
    let seconds = memo(move |_| Some((board.store.now.get().0 - since.get()?.0) / 1000));
    let text = live(move || {
        let seconds: i64 = seconds.get()?;
        Some(format::duration(language.get(), seconds * 1000))
    });
    view! { <div class="stuck-waiting" role="gridcell">{text}</div> }.into_any()
}

fn likely_cause(row: Memo<Option<StuckRow>>, gone: Memo<bool>) -> AnyView {
    let language = language();
    let view = live(move || {
        let language = language.get();
        if gone.get() {
            return Some(view! { <span>{words::NO_LONGER.text(language)}</span> }.into_any());
        }
        row.with(|row| {
            let row = row.as_ref()?;
            let text = cause::sentence(row, language);
            Some(view! { {cause::picture(row.cause)} <span>{text}</span> }.into_any())
        })
    });
    view! { <div class="stuck-cause" role="gridcell">{view}</div> }.into_any()
}
