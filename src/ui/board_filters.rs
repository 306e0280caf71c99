//! The first column of the page of changes: which changes are shown, and how many there are of each key and cause.

use leptos::prelude::*;

use super::board::{AGES, Board};
use super::cause;
use super::format;
use super::mark::diamond;
use super::reactive::{Live, act, each, item, live, memo, show};
use super::text::{Phrase, changes as words, language, say};
use crate::engine::frame::{BoardTab, StuckCause};

pub(super) fn filters(board: Board) -> AnyView {
    let is_stuck = memo(move |_| board.tab.get() == BoardTab::Stuck);
    view! {
        <section class="changes-filters" aria-label=say(words::SHOWN)>
            <div class="segments wide" role="group" aria-label=say(words::SHOWN)>
                {tab(BoardTab::OnItsWay, words::ON_ITS_WAY, board)}
                {tab(BoardTab::Stuck, words::STUCK, board)} {tab(BoardTab::Done, words::DONE, board)}
            </div>
            {show(move || is_stuck.get(), move || of_the_stuck(board))}
        </section>
    }
    .into_any()
}

fn tab(tab: BoardTab, name: Phrase, board: Board) -> AnyView {
    let count = memo(move |_| {
        board.store.board.with(|view| match tab {
            BoardTab::OnItsWay => view.on_its_way,
            BoardTab::Stuck => view.stuck,
            // What is over needs nobody.
            BoardTab::Done => 0,
        })
    });
    let figure = live(move || match count.get() {
        0 => String::new(),
        count => " ".to_owned() + &format::count(count.into()),
    });
    view! {
        <button
            type="button"
            class="segment"
            aria-pressed=move || (board.tab.get() == tab).to_string()
            on:click=act(move |_| board.show(tab))
        >
            {say(name)}
            {figure}
        </button>
    }
    .into_any()
}

fn of_the_stuck(board: Board) -> AnyView {
    let keys = memo(move |_| board.store.board.with(|view| view.keys.clone()));
    let causes = memo(move |_| board.store.board.with(|view| view.causes.clone()));
    let most = memo(move |_| {
        keys.with(|keys| keys.iter().map(|(_, count)| *count).max())
            .unwrap_or(1)
    });
    let all = memo(move |_| board.store.board.with(|view| view.stuck));
    view! {
        {age(board)}
        <button
            type="button"
            class="filter-row filter-all"
            aria-pressed=move || {
                (board.key.with(Option::is_none) && board.cause.get().is_none()).to_string()
            }
            on:click=act(move |_| board.narrow(None, None))
        >
            <span class="filter-name">{say(words::ALL_STUCK)}</span>
            <span class="filter-count">{count_of(all)}</span>
        </button>
        <h3 class="filter-title" hidden=move || keys.with(Vec::is_empty)>{say(words::BY_KEY)}</h3>
        {each(move || {
            let draw = |(path, _): &(Vec<String>, u32)| {
                let path = path.clone();
                item(path.join("\u{0}"), move || key(path, keys, most, board))
            };
            keys.with(|keys| keys.iter().map(draw).collect())
        })}
        <h3 class="filter-title" hidden=move || causes.with(Vec::is_empty)>{say(words::BY_CAUSE)}</h3>
        {each(move || {
            let draw = |(it, _): &(StuckCause, u32)| {
                let it = *it;
                item(cause::name(it).en, move || by_cause(it, causes, board))
            };
            causes.with(|causes| causes.iter().map(draw).collect())
        })}
    }
    .into_any()
}

/// From when on a difference counts as stuck.
fn age(board: Board) -> AnyView {
    let language = language();
    let option = move |seconds: u32| {
        let text = live(move || format::duration(language.get(), i64::from(seconds) * 1000));
        view! {
            <option value=seconds.to_string() selected=board.older_than.get_untracked() == seconds>{text}</option>
        }
        .into_any()
    };
    view! {
        <label class="filter-age">
            <span>{say(words::OLDER_THAN)}</span>
            <select
                class="input"
                on:change=act(move |event| {
                    if let Ok(seconds) = event_target_value(&event).parse() {
                        board.wait(seconds);
                    }
                })
            >
                {AGES.into_iter().map(option).collect::<Vec<_>>()}
            </select>
        </label>
    }
    .into_any()
}

fn key(
    path: Vec<String>,
    keys: Memo<Vec<(Vec<String>, u32)>>,
    most: Memo<u32>,
    board: Board,
) -> AnyView {
    let (name, of) = (path.join("."), path.clone());
    let count = memo(move |before: Option<&u32>| {
        let count = keys.with(|keys| {
            keys.iter()
                .find(|(it, _)| *it == of)
                .map(|(_, count)| *count)
        });
        count.or_else(|| before.copied()).unwrap_or_default()
    });
    let own = path.clone();
    let pressed = memo(move |_| board.key.with(|key| key.as_ref() == Some(&own)));
    let press = move |_| {
        let key = (!pressed.get_untracked()).then(|| path.clone());
        board.narrow(key, None);
    };
    let share = move || {
        let percent = count.get() * 100 / most.get().max(1);
        percent.max(4).to_string() + "%"
    };
    view! {
        <button
            type="button"
            class="filter-row"
            aria-pressed=move || pressed.get().to_string()
            on:click=act(press)
        >
            {diamond(false)}
            <code class="filter-name">{name}</code>
            <span class="filter-bar" aria-hidden="true"><span style:width=live(share)></span></span>
            <span class="filter-count">{count_of(count)}</span>
        </button>
    }
    .into_any()
}

fn by_cause(it: StuckCause, causes: Memo<Vec<(StuckCause, u32)>>, board: Board) -> AnyView {
    let count = memo(move |before: Option<&u32>| {
        let count = causes.with(|causes| {
            causes
                .iter()
                .find(|(cause, _)| *cause == it)
                .map(|(_, n)| *n)
        });
        count.or_else(|| before.copied()).unwrap_or_default()
    });
    let pressed = memo(move |_| board.cause.get() == Some(it));
    let press = move |_| {
        let cause = (!pressed.get_untracked()).then_some(it);
        board.narrow(None, cause);
    };
    view! {
        <button
            type="button"
            class="filter-row"
            aria-pressed=move || pressed.get().to_string()
            on:click=act(press)
        >
            {cause::picture(it)}
            <span class="filter-name">{say(cause::name(it))}</span>
            <span class="filter-count">{count_of(count)}</span>
        </button>
    }
    .into_any()
}

fn count_of(count: Memo<u32>) -> Live<String> {
    live(move || format::count(count.get().into()))
}
