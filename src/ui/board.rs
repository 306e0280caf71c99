//! What a person looks at on the board of changes, and what they picked there. It asks; the engine finds and orders.

use leptos::prelude::*;

use super::commands::Commands;
use super::keys::focus_if_lost;
use super::open::{Open, Page};
use super::reactive::watch;
use super::shown_rows::ShownRows;
use super::store::Store;
use crate::engine::command::{BulkCommand, BulkRequest, BulkWish, Command, FieldAddress, Who};
use crate::engine::frame::{BoardRequest, BoardTab, StuckCause, StuckRow};
use crate::web::storage;

/// From when on a difference counts as stuck, in seconds.
pub(super) const AGES: [u32; 6] = [10, 60, 300, 900, 3600, 86_400];
const USUAL_AGE: u32 = 300;
const OLDER_THAN: &str = "stuck-after";

/// Signals that live as long as the page. Found in the context of every component.
#[derive(Clone, Copy)]
pub(super) struct Board {
    pub(super) store: Store,
    commands: Commands,
    pub(super) tab: RwSignal<BoardTab>,
    /// In seconds.
    pub(super) older_than: RwSignal<u32>,
    pub(super) key: RwSignal<Option<Vec<String>>>,
    pub(super) cause: RwSignal<Option<StuckCause>>,
    pub(super) first: RwSignal<u32>,
    pub(super) rows: RwSignal<u32>,
    /// The rows as they are shown, which is not always as they are.
    pub(super) shown: RwSignal<ShownRows>,
    /// The row that is explained.
    pub(super) chosen: RwSignal<Option<StuckRow>>,
    pub(super) checked: RwSignal<Vec<FieldAddress>>,
    /// Where there is room for one column only: the rows are shown, not what to choose them by.
    pub(super) entered: RwSignal<bool>,
}

impl Board {
    /// Also keeps the engine asked: for the number of stuck changes always, for rows while the page is open.
    pub(super) fn start(open: Open) -> Self {
        let older_than = storage::load(OLDER_THAN).and_then(|text| text.parse().ok());
        let older_than = older_than.filter(|age| AGES.contains(age));
        let board = Self {
            store: expect_context(),
            commands: expect_context(),
            tab: RwSignal::default(),
            older_than: RwSignal::new(older_than.unwrap_or(USUAL_AGE)),
            key: RwSignal::default(),
            cause: RwSignal::default(),
            first: RwSignal::default(),
            rows: RwSignal::new(30),
            shown: RwSignal::default(),
            chosen: RwSignal::default(),
            checked: RwSignal::default(),
            entered: RwSignal::default(),
        };
        watch(move || {
            let request = board.request(open.page.get() == Page::Changes);
            board.store.board_request.set(Some(request));
        });
        board
    }

    fn request(self, is_open: bool) -> BoardRequest {
        let older_than = self.older_than.get();
        if !is_open {
            return BoardRequest {
                older_than,
                ..BoardRequest::default()
            };
        }
        BoardRequest {
            tab: self.tab.get(),
            older_than,
            key: self.key.get(),
            cause: self.cause.get(),
            first: self.first.get(),
            rows: self.rows.get(),
        }
    }

    pub(super) fn show(self, tab: BoardTab) {
        self.chosen.set(None);
        self.entered.set(tab != BoardTab::Stuck);
        self.tab.set(tab);
    }

    pub(super) fn wait(self, seconds: u32) {
        storage::save(OLDER_THAN, &seconds.to_string());
        self.older_than.set(seconds);
    }

    /// Only rows of this key, of this cause. What was checked among others is checked no more.
    pub(super) fn narrow(self, key: Option<Vec<String>>, cause: Option<StuckCause>) {
        self.chosen.set(None);
        self.checked.update(Vec::clear);
        self.key.set(key);
        self.cause.set(cause);
        self.entered.set(true);
    }

    pub(super) fn is_checked(self, field: &FieldAddress) -> bool {
        self.checked.with(|checked| checked.contains(field))
    }

    pub(super) fn check(self, field: &FieldAddress) {
        self.checked.update(|checked| {
            match checked.iter().position(|other| other == field) {
                Some(at) => {
                    checked.remove(at);
                }
                None => checked.push(field.clone()),
            };
        });
    }

    pub(super) fn send(self, command: Command) {
        self.commands.send(command);
    }

    /// Carries an answer out at once.
    pub(super) fn answer(self, who: Who, what: BulkWish) {
        let request = BulkRequest { who, what };
        self.send(Command::Bulk(BulkCommand::Now(request)));
        self.chosen.set(None);
        self.checked.update(Vec::clear);
    }

    /// The rows that are checked, or all that fit.
    pub(super) fn everybody(self) -> Who {
        let checked = self.checked.get_untracked();
        match checked.is_empty() {
            false => Who::Fields(checked),
            true => Who::Stuck {
                older_than: self.older_than.get_untracked(),
                key: self.key.get_untracked(),
                cause: self.cause.get_untracked(),
            },
        }
    }

    /// One step back on this page. False: there is none.
    pub(super) fn step_back(self) -> bool {
        if self.chosen.with_untracked(Option::is_some) {
            self.chosen.set(None);
            request_animation_frame(|| focus_if_lost(".stuck-table"));
        } else if self.checked.with_untracked(|checked| !checked.is_empty()) {
            self.checked.update(Vec::clear);
        } else if self.entered.get_untracked() && is_narrow() {
            self.show_filters();
        } else {
            return false;
        }
        true
    }

    pub(super) fn show_filters(self) {
        self.entered.set(false);
    }
}

/// There is room for one column only, as changes.css has it.
pub(super) fn is_narrow() -> bool {
    let narrow = window().match_media("(max-width: 1023px)").ok().flatten();
    narrow.is_some_and(|narrow| narrow.matches())
}
