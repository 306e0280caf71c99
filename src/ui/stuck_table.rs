//! The table of stuck changes, and what can be done about all of them at once.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::board::Board;
use super::changes_page::back;
use super::format;
use super::reactive::{act, live, memo, show, watch};
use super::scroller::{Heights, Hold, Scroller};
use super::shown_rows::ShownRows;
use super::stuck_row::{self, Table, stuck_row};
use super::text::{Phrase, changes as words, language, say};
use crate::engine::command::BulkWish;

/// As changes.css has them.
const ROW: Heights = Heights {
    mouse: 44,
    touch: 96,
};

pub(super) fn stuck_table(board: Board) -> AnyView {
    let shown = board.shown;
    let held = RwSignal::new(false);
    follow(board, held);
    let total = memo(move |_| shown.with(|shown| shown.total));
    let rows = Scroller::new(total, board.first, board.rows, ROW);
    let table = Table { board, rows };
    let hold = Hold::new(held);
    let indices = memo(move |_| shown.with(|shown| (shown.first, shown.end())));
    let press = move |event: KeyboardEvent| {
        rows.walk(&event, |index| match event.key().as_str() {
            " " => table.check(index),
            _ => table.choose(index),
        });
    };
    view! {
        {head(board)}
        <div
            class="stuck-table"
            role="grid"
            tabindex="0"
            aria-label=say(words::TABLE)
            aria-multiselectable="true"
            aria-rowcount=move || (total.get() + 1).to_string()
            aria-activedescendant=move || rows.active.get().map(stuck_row::id)
            hidden=move || total.get() == 0
            node_ref=rows.element
            on:scroll=act(move |_| rows.look())
            on:keydown=act(press)
            on:pointerenter=act(move |_| hold.point(true))
            on:pointerleave=act(move |_| hold.point(false))
            on:focusin=act(move |_| {
                hold.focus(true);
                rows.begin();
            })
            on:focusout=act(move |_| hold.focus(false))
        >
            {titles()}
            {rows.place("rowgroup", indices, move |index| stuck_row(index, table))}
        </div>
        {show(move || total.get() == 0, move || nothing(board))}
    }
    .into_any()
}

/// Takes the engine's answers over, in the present order as long as a hand is among the rows.
fn follow(board: Board, held: RwSignal<bool>) {
    let shown = board.shown;
    let question = memo(move |_| (board.older_than.get(), board.key.get(), board.cause.get()));
    let mut asked = None;
    watch(move || {
        let question = question.get();
        let is_new = asked.replace(question.clone()) != Some(question);
        let rows = board.store.board.with(|view| match held.get() && !is_new {
            true => shown.with_untracked(|shown| shown.hold(view)),
            false => ShownRows::new(view),
        });
        if shown.with_untracked(|shown| *shown != rows) {
            shown.set(rows);
        }
    });
    // The explained row keeps up with its device.
    watch(move || {
        let news = shown.with(|shown| {
            let field = board.chosen.get_untracked()?.field;
            let place = shown.places.iter().find(|place| place.row.field == field);
            place.map(|place| place.row.clone())
        });
        if news.is_some() && board.chosen.with_untracked(|chosen| *chosen != news) {
            board.chosen.set(news);
        }
    });
}

fn titles() -> AnyView {
    let title = |name: Phrase| view! { <span role="columnheader">{say(name)}</span> }.into_any();
    view! {
        <div class="stuck-titles" role="row" aria-rowindex="1">
            <span role="columnheader"></span>
            {title(words::DEVICE)} {title(words::REPORTED)} {title(words::DESIRED)}
            {title(words::WAITING)} {title(words::LIKELY_CAUSE)}
        </div>
    }
    .into_any()
}

fn head(board: Board) -> AnyView {
    let language = language();
    let total = memo(move |_| board.store.board.with(|view| view.total));
    let checked = memo(move |_| board.checked.with(|checked| checked.len() as u32));
    let key = memo(move |_| {
        board
            .key
            .with(|key| key.as_ref().map(|path| path.join(".")))
    });
    let title = live(move || {
        let phrase = match (key.with(Option::is_some), total.get()) {
            (true, 1) => words::ONE_DIFFERS_ON,
            (true, _) => words::SOME_DIFFER_ON,
            (false, 1) => words::ONE_STUCK,
            (false, _) => words::SOME_STUCK,
        };
        let text = phrase.fill(language.get(), &[&format::count(total.get().into())]);
        let key = key
            .get()
            .map(|key| view! { " " <code>{key}</code> }.into_any());
        Some(view! { {text} {key} }.into_any())
    });
    let answer = move |for_all: Phrase, for_some: Phrase, what: BulkWish| {
        let name = live(move || match checked.get() {
            0 => for_all.text(language.get()).to_owned(),
            some => for_some.fill(language.get(), &[&format::count(some.into())]),
        });
        view! {
            <button
                type="button"
                class="button"
                on:click=act(move |_| board.answer(board.everybody(), what.clone()))
            >
                {name}
            </button>
        }
        .into_any()
    };
    view! {
        <header class="changes-head">
            {back(board)}
            <h3>{title}</h3>
            <div class="changes-actions" hidden=move || total.get() == 0>
                <button
                    type="button"
                    class="link"
                    hidden=move || checked.get() == 0
                    on:click=act(move |_| board.checked.update(Vec::clear))
                >
                    {say(words::CLEAR)}
                </button>
                {answer(words::ACCEPT_FOR_ALL, words::ACCEPT_FOR, BulkWish::AcceptReported)}
                {answer(words::REMOVE, words::REMOVE_FOR, BulkWish::Remove)}
            </div>
        </header>
    }
    .into_any()
}

/// What to think of an empty table.
fn nothing(board: Board) -> AnyView {
    let language = language();
    let text = live(move || {
        let language = language.get();
        let stuck = board.store.board.with(|view| view.stuck);
        let age = i64::from(board.older_than.get()) * 1000;
        match stuck {
            0 => words::NOTHING_STUCK.fill(language, &[&format::duration(language, age)]),
            _ => words::NOTHING_FITS.text(language).to_owned(),
        }
    });
    view! { <p class="changes-nothing">{text}</p> }.into_any()
}
