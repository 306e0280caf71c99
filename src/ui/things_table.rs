//! The table of things: one row for each, of which only those in sight are drawn. A row opens its device on the map.

use leptos::prelude::*;
use web_sys::{KeyboardEvent, MouseEvent};

use super::format;
use super::icons::{Icon, icon};
use super::mark::{mark, shape, state_word};
use super::open::{Open, Page};
use super::reactive::{act, live, memo};
use super::scroller::{Heights, Scroller};
use super::text::{Language, Phrase, devices, say, shell, things as words};
use super::things_page::Desk;
use crate::engine::command::ThingsCommand;
use crate::engine::frame::{ShadowKnowledge, ThingRow};

/// As things.css has them.
const ROW: Heights = Heights {
    mouse: 40,
    touch: 60,
};
const HEAD: i32 = 32;

pub(super) fn things_table(desk: Desk) -> AnyView {
    let total = desk.part(|view| view.total);
    let rows = Scroller::new(total, desk.first, desk.rows, ROW);
    desk.on_question(move || rows.to_the_top());
    let window = desk.part(|view| (view.first, view.first + view.rows.len() as u32));
    let open = expect_context::<Open>();
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Delete" {
            if let Some(at) = rows.active.get_untracked() {
                event.prevent_default();
                forget_at(desk, at);
            }
            return;
        }
        rows.walk(&event, |at| open_at(desk, open, at));
        keep_in_sight(rows);
    };
    view! {
        <div
            class="things-table"
            role="grid"
            tabindex="0"
            hidden=move || total.get() == 0
            aria-label=say(shell::THINGS)
            aria-rowcount=move || (total.get() + 1).to_string()
            aria-activedescendant=move || rows.active.get().map(row_id)
            node_ref=rows.element
            on:scroll=act(move |_| rows.look())
            on:keydown=act(on_key)
            on:focusin=act(move |_| rows.begin())
        >
            <div class="things-row things-columns" role="row" aria-rowindex="1">
                {column(words::NAME)} {column(words::STATE)} {column(words::LAST_SEEN)}
                {column(words::SHADOW)} {column(words::NAMED_SHADOWS)} {column(words::FORGET)}
            </div>
            {rows.place("rowgroup", window, move |index| row(index, desk, rows, open))}
        </div>
    }
    .into_any()
}

fn column(word: Phrase) -> AnyView {
    view! { <div role="columnheader">{say(word)}</div> }.into_any()
}

fn row_id(index: u32) -> String {
    "thing-row-".to_owned() + &index.to_string()
}

/// The head of the table covers the top of what scrolls.
fn keep_in_sight(rows: Scroller) {
    let (Some(element), Some(at)) = (rows.element.get_untracked(), rows.active.get_untracked())
    else {
        return;
    };
    let height = rows.row_height.get_untracked();
    let end = HEAD + ((at + 1) * height) as i32;
    if end > element.scroll_top() + element.client_height() {
        element.set_scroll_top(end - element.client_height());
    }
}

fn at(desk: Desk, index: u32) -> Option<ThingRow> {
    desk.store.things.with_untracked(|view| {
        let place = index.checked_sub(view.first)? as usize;
        view.rows.get(place).cloned()
    })
}

fn open_at(desk: Desk, open: Open, index: u32) {
    if let Some(row) = at(desk, index) {
        desk.store.select(Some(row.name));
        open.go(Page::Map);
    }
}

fn forget_at(desk: Desk, index: u32) {
    if let Some(row) = at(desk, index) {
        desk.forget(ThingsCommand::Forget(row.name));
    }
}

fn row(index: u32, desk: Desk, rows: Scroller, open: Open) -> AnyView {
    // Rows leave the view before they leave the screen: until then the last one stays.
    let row = memo(move |before: Option<&Option<ThingRow>>| {
        let row = desk.store.things.with(|view| {
            let place = index.checked_sub(view.first)? as usize;
            view.rows.get(place).cloned()
        });
        row.or_else(|| before.cloned().flatten())
    });
    let text = move |write: fn(&ThingRow, Language) -> String| {
        let language = desk.language.get();
        row.with(|row| row.as_ref().map(|row| write(row, language)))
            .unwrap_or_default()
    };
    let shape = memo(move |_| {
        row.with(|row| {
            row.as_ref()
                .map_or_else(Default::default, |row| shape(row.state, None))
        })
    });
    let any_named = memo(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.named > 0)));
    let named_label = move || {
        any_named
            .get()
            .then(|| words::NAMED_SHADOWS.text(desk.language.get()).to_owned())
    };
    view! {
        <div
            class="things-row"
            class:active=move || rows.active.get() == Some(index)
            role="row"
            id=row_id(index)
            aria-rowindex=(index + 2).to_string()
            style:transform=move || rows.shift(index)
            on:click=act(move |_| {
                rows.active.set(Some(index));
                open_at(desk, open, index);
            })
        >
            <div role="gridcell" class="things-name">
                {mark(shape.into())}
                <span>{live(move || text(|row, _| row.name.clone()))}</span>
            </div>
            <div role="gridcell" class="things-state">{live(move || text(state))}</div>
            <div role="gridcell" class="things-seen">{seen(row, desk)}</div>
            <div role="gridcell" class="things-shadow" data-label=say(words::SHADOW)>{live(move || text(shadow))}</div>
            <div role="gridcell" class="things-named" data-label=named_label>{live(move || text(named))}</div>
            <div role="gridcell" class="things-forget">{forget(index, row, desk)}</div>
        </div>
    }
    .into_any()
}

fn state(row: &ThingRow, language: Language) -> String {
    state_word(row.state).text(language).to_owned()
}

fn shadow(row: &ThingRow, language: Language) -> String {
    match row.shadow {
        ShadowKnowledge::Known { version } => "v".to_owned() + &version.to_string(),
        ShadowKnowledge::Waiting => words::WAITING.text(language).to_owned(),
        ShadowKnowledge::Asked => words::ASKED.text(language).to_owned(),
        ShadowKnowledge::Absent => words::NONE.text(language).to_owned(),
    }
}

fn named(row: &ThingRow, _: Language) -> String {
    match row.named {
        0 => String::new(),
        count => format::count(count.into()),
    }
}

fn seen(row: Memo<Option<ThingRow>>, desk: Desk) -> AnyView {
    let at = memo(move |_| row.with(|row| row.as_ref().map(|row| row.last_seen)));
    let age = live(move || {
        let language = desk.language.get();
        at.get().map(|at| match at {
            Some(at) => {
                let age = format::age(language, at, desk.store.now.get());
                devices::AGO.fill(language, &[&age])
            }
            None => words::NEVER.text(language).to_owned(),
        })
    });
    age.into_any()
}

/// The grid has the focus: by key it is Delete.
fn forget(index: u32, row: Memo<Option<ThingRow>>, desk: Desk) -> AnyView {
    let name = live(move || {
        let name = row.with(|row| row.as_ref().map(|row| row.name.clone()));
        words::FORGET_THING.fill(desk.language.get(), &[&name.unwrap_or_default()])
    });
    let title = live(move || words::FORGET.text(desk.language.get()).to_owned() + " (Delete)");
    let press = move |event: MouseEvent| {
        event.stop_propagation();
        forget_at(desk, index);
    };
    view! {
        <button
            type="button"
            class="icon-button"
            tabindex="-1"
            aria-label=name
            aria-keyshortcuts="Delete"
            title=title
            on:click=act(press)
        >
            {icon(Icon::Close)}
        </button>
    }
    .into_any()
}
