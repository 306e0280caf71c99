//! One stuck change explained, and what can be done about it: the safest answer first, each of them undoable.

use leptos::prelude::*;

use super::board::Board;
use super::cause::{self, literal, reported_literal};
use super::format;
use super::icons::{Icon, icon};
use super::keys::focus;
use super::mark::{mark, state_word};
use super::open::{Open, Page};
use super::reactive::{act, live, memo};
use super::text::{Language, Phrase, changes as words, devices, language, say};
use crate::engine::command::{BulkWish, Command, Who, Wish};
use crate::engine::frame::{StuckCause, StuckRow};
use crate::time::UnixMillis;

/// Nothing while no row is chosen.
pub(super) fn answers(board: Board) -> AnyView {
    let open = expect_context::<Open>();
    let language = language();
    let gone = memo(move |_| {
        let field = board
            .chosen
            .with(|row| row.as_ref().map(|row| row.field.clone()));
        field.is_some_and(|field| board.shown.with(|shown| shown.is_gone(&field)))
    });
    let view = live(move || {
        let row = board.chosen.get()?;
        let language = language.get();
        let device = row.field.device.clone();
        let label = device.clone() + " " + &row.field.path.join(".");
        let look = {
            let device = device.clone();
            move |_| {
                board.store.select(Some(device.clone()));
                open.go(Page::Map);
            }
        };
        let close = move |_| {
            board.chosen.set(None);
            focus(".stuck-table");
        };
        let view = view! {
            <section class="answers" role="region" aria-label=label>
                <header class="panel-head">
                    <div class="panel-title">
                        {mark(Signal::stored((row.state, 0)))} <h2>{device}</h2>
                        <button
                            type="button"
                            class="icon-button"
                            aria-label=say(devices::CLOSE)
                            title=say(devices::CLOSE)
                            on:click=act(close)
                        >
                            {icon(Icon::Close)}
                        </button>
                    </div>
                    <p class="panel-what">
                        {state_word(row.state).text(language)} " · "
                        <button type="button" class="link" on:click=act(look)>
                            {words::OPEN_DEVICE.text(language)}
                        </button>
                    </p>
                </header>
                <div class="answers-body">
                    {field(&row, board, language)}
                    <h3>{words::WHY.text(language)}</h3>
                    <p class="answers-why">{cause::why(&row, language)}</p>
                    {match gone.get() {
                        true => view! { <p class="answers-why">{words::NO_LONGER.text(language)}</p> }.into_any(),
                        false => what_you_can_do(&row, board, language),
                    }}
                </div>
            </section>
        };
        Some(view.into_any())
    });
    view.into_any()
}

fn what_you_can_do(row: &StuckRow, board: Board, language: Language) -> AnyView {
    view! {
        <h3>{words::WHAT_YOU_CAN_DO.text(language)}</h3>
        <ul class="answers-list">{list(row, board, language)}</ul>
        <p class="answers-note">{words::UNDO_NOTE.text(language)}</p>
    }
    .into_any()
}

/// What is reported and what is wished, and how old each is.
fn field(row: &StuckRow, board: Board, language: Language) -> AnyView {
    let wished = since(words::WISHED_AT, row.since, board, language);
    let reported = match row.reported_at {
        Some(at) => since(words::REPORTED_AT, at, board, language),
        None if row.reported.is_none() => words::NOT_REPORTED.text(language).into_any(),
        None => ().into_any(),
    };
    view! {
        <div class="answers-field" data-edge="on-its-way">
            <div class="answers-line">
                <code class="field-key">{row.field.path.join(".")}</code>
                <span class="field-value">
                    <code class="reported">{reported_literal(row, language)}</code>
                    <span class="arrow">"→"</span>
                    <code class="wished">{literal(&row.desired)}</code>
                </span>
            </div>
            <p class="field-age">{wished}</p>
            <p class="field-age">{reported}</p>
        </div>
    }
    .into_any()
}

/// "wished 13:36:18, 26 min ago", which goes on.
fn since(phrase: Phrase, at: UnixMillis, board: Board, language: Language) -> AnyView {
    let seconds = memo(move |_| (board.store.now.get().0 - at.0).max(0) / 1000);
    let text = live(move || {
        let age = format::duration(language, seconds.get() * 1000);
        phrase.fill(language, &[&format::clock(at), &age])
    });
    text.into_any()
}

/// What a press does.
#[derive(Clone)]
enum Deed {
    /// Nothing: it is the answer to wait.
    Leave,
    Answer(Who, BulkWish),
    SendAgain,
}

fn list(row: &StuckRow, board: Board, language: Language) -> Vec<AnyView> {
    let this = || Who::Fields(vec![row.field.clone()]);
    let key = row.field.path.join(".");
    let draw = |name: String, does: String, deed: Deed| answer(name, does, deed, row, board);
    let plain = |name: Phrase| name.text(language).to_owned();
    let accept = |name: Phrase| {
        let does = match &row.reported {
            Some(value) => words::ACCEPT_DOES.fill(language, &[&literal(value)]),
            None => words::REMOVE_DOES.fill(language, &[&key]),
        };
        let deed = Deed::Answer(this(), BulkWish::AcceptReported);
        draw(plain(name), does, deed)
    };
    let remove = || {
        let does = words::REMOVE_DOES.fill(language, &[&key]);
        let deed = Deed::Answer(this(), BulkWish::Remove);
        draw(plain(words::REMOVE), does, deed)
    };
    let again = || {
        let does = words::SEND_AGAIN_DOES.fill(language, &[&literal(&row.desired)]);
        draw(plain(words::SEND_AGAIN), does, Deed::SendAgain)
    };
    match row.cause {
        StuckCause::TypeDiffers => {
            let mut list = own_form(row, board, language);
            list.extend([accept(words::ACCEPT), remove()]);
            list
        }
        StuckCause::SetBack => vec![accept(words::ACCEPT), again(), remove()],
        StuckCause::NeverReported => vec![remove(), again()],
        StuckCause::Silent => {
            let does = plain(words::LEAVE_IT_DOES);
            let leave = draw(plain(words::LEAVE_IT), does, Deed::Leave);
            vec![leave, accept(words::TAKE_BACK)]
        }
        StuckCause::NotDone => vec![again(), accept(words::ACCEPT), remove()],
    }
}

/// The form of this device for its own wish, and for everybody's whose type differs on the key.
fn own_form(row: &StuckRow, board: Board, language: Language) -> Vec<AnyView> {
    let key = row.field.path.join(".");
    let own = row.own_form.as_ref().map(|form| {
        let name = words::OWN_FORM.fill(language, &[&literal(form)]);
        let does = words::OWN_FORM_DOES.text(language).to_owned();
        let who = Who::Fields(vec![row.field.clone()]);
        answer(name, does, Deed::Answer(who, BulkWish::OwnForm), row, board)
    });
    let who = Who::Stuck {
        older_than: board.older_than.get_untracked(),
        key: Some(row.field.path.clone()),
        cause: Some(StuckCause::TypeDiffers),
    };
    let many = how_many(row, board);
    if many == Some(1) {
        return own.into_iter().collect();
    }
    let name = words::OWN_FORM_ALL.text(language).to_owned();
    let does = match many {
        Some(many) => {
            let figure = format::count(many.into());
            words::OWN_FORM_MANY_DOES.fill(language, &[&figure, &key])
        }
        None => words::OWN_FORM_ALL_DOES.fill(language, &[&key]),
    };
    let all = answer(name, does, Deed::Answer(who, BulkWish::OwnForm), row, board);
    std::iter::once(all).chain(own).collect()
}

/// How many rows are of this key and cause, where all of them are here to be counted.
fn how_many(row: &StuckRow, board: Board) -> Option<u32> {
    board.store.board.with_untracked(|view| {
        let same = view
            .stuck_rows
            .iter()
            .filter(|it| it.field.path == row.field.path && it.cause == row.cause);
        (view.stuck_rows.len() as u32 == view.total).then(|| same.count() as u32)
    })
}

fn answer(name: String, does: String, deed: Deed, row: &StuckRow, board: Board) -> AnyView {
    let words = view! {
        <span class="answer-words"><b>{name}</b> <span>{does}</span></span>
    }
    .into_any();
    if let Deed::Leave = deed {
        return view! { <li class="answer still">{icon(Icon::Check)} {words}</li> }.into_any();
    }
    let (field, wish) = (row.field.clone(), row.desired.clone());
    let press = move |_| {
        match &deed {
            Deed::Leave => return,
            Deed::Answer(who, what) => board.answer(who.clone(), what.clone()),
            Deed::SendAgain => {
                board.send(Command::Desire {
                    field: field.clone(),
                    wish: Wish::Value(wish.clone()),
                });
                board.chosen.set(None);
            }
        }
        focus(".stuck-table");
    };
    view! {
        <li>
            <button type="button" class="answer" on:click=act(press)>
                {words}
                {icon(Icon::Next)}
            </button>
        </li>
    }
    .into_any()
}
