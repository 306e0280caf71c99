//! The page of changes: those on their way, those that are stuck, and those that are done. Three columns, one after
//! the other where there is no room for them side by side.

use leptos::prelude::*;

use super::answers::answers;
use super::board::Board;
use super::board_filters::filters;
use super::change_list::change_list;
use super::reactive::{live, memo};
use super::stuck_table::stuck_table;
use super::text::{changes as words, say};
use crate::engine::frame::BoardTab;

pub(super) fn changes_page() -> AnyView {
    let board = expect_context::<Board>();
    let tab = memo(move |_| board.tab.get());
    let middle = live(move || match tab.get() {
        BoardTab::Stuck => stuck_table(board),
        tab => change_list(tab, board),
    });
    let column = move || {
        let column = match (board.chosen.with(Option::is_some), board.entered.get()) {
            (true, _) => "answers",
            (false, true) => "rows",
            (false, false) => "filters",
        };
        column.to_owned()
    };
    view! {
        <div class="changes" data-column=live(column)>
            <h2 class="visually-hidden">{say(words::CHANGES)}</h2>
            {filters(board)}
            <section class="changes-middle">{middle}</section>
            {answers(board)}
        </div>
    }
    .into_any()
}

/// Back to what the rows are chosen by, where that is another column.
pub(super) fn back(board: Board) -> AnyView {
    view! {
        <button
            type="button"
            class="button changes-back"
            on:click=super::reactive::act(move |_| board.show_filters())
        >
            {say(words::BACK)}
        </button>
    }
    .into_any()
}
