//! The rows of the device list that are in sight. It asks for rows; the engine orders them.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::choosing::Choosing;
use super::device_row::{self, device_row};
use super::reactive::{act, memo, watch};
use super::scroller::{Heights, Hold, Scroller};
use super::store::Store;
use super::text::{devices as words, say};

/// As list.css has them.
const ROW: Heights = Heights {
    mouse: 44,
    touch: 60,
};

pub(super) fn list_window(store: Store) -> AnyView {
    let total = memo(move |_| store.list.with(|list| list.total));
    let rows = Scroller::new(total, store.first_row, store.rows, ROW);
    start_at_the_top(rows, store);
    let hold = Hold::new(store.hold);
    let choosing = expect_context::<Choosing>();
    watch(move || {
        if choosing.take_range() {
            rows.look();
        }
    });
    let indices = memo(move |before: Option<&(u32, u32)>| {
        let asked = store.rows.get();
        store.list.with(|list| {
            let count = list.rows.len() as u32;
            match before {
                // All of a long range is here to be read, not to be drawn.
                Some(before) if count > asked || choosing.range.with(Option::is_some) => *before,
                _ => (list.first, list.first + count),
            }
        })
    });
    let press = move |event: &KeyboardEvent, index| match choosing.on.get_untracked() {
        true => choosing.press(index, event.shift_key()),
        false => device_row::open(store, index),
    };
    view! {
        <div
            class="rows"
            role="listbox"
            tabindex="0"
            aria-label=say(words::DEVICES)
            aria-multiselectable=move || choosing.on.get().to_string()
            aria-activedescendant=move || rows.active.get().map(device_row::id)
            node_ref=rows.element
            on:scroll=act(move |_| rows.look())
            on:keydown=act(move |event| rows.walk(&event, |index| press(&event, index)))
            on:pointerenter=act(move |_| hold.point(true))
            on:pointerleave=act(move |_| hold.point(false))
            on:focusin=act(move |_| {
                hold.focus(true);
                rows.begin();
            })
            on:focusout=act(move |_| hold.focus(false))
        >
            {rows.place("presentation", indices, move |index| device_row(index, rows))}
        </div>
    }
    .into_any()
}

fn start_at_the_top(rows: Scroller, store: Store) {
    let mut asked = false;
    watch(move || {
        store.search.track();
        store.chip.track();
        store.sort.track();
        if std::mem::replace(&mut asked, true) {
            rows.to_the_top();
        }
    });
}
