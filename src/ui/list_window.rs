//! The rows of the device list that are in sight. It asks for rows; the engine orders them.

use leptos::prelude::*;

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
    let indices = memo(move |_| {
        store
            .list
            .with(|list| (list.first, list.first + list.rows.len() as u32))
    });
    view! {
        <div
            class="rows"
            role="listbox"
            tabindex="0"
            aria-label=say(words::DEVICES)
            aria-activedescendant=move || rows.active.get().map(device_row::id)
            node_ref=rows.element
            on:scroll=act(move |_| rows.look())
            on:keydown=act(move |event| rows.walk(&event, |index| device_row::open(store, index)))
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
