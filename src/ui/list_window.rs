//! The rows of the device list that are in sight, and the keys that walk them. It asks for rows; the engine orders them.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{KeyboardEvent, ResizeObserver};

use super::device_row::{self, Window, device_row};
use super::reactive::{act, each, item, live, memo, watch};
use super::store::Store;
use super::text::{devices as words, say};

/// Rows kept above and below the ones in sight, so that scrolling does not run into emptiness.
const MARGIN: u32 = 8;

/// Heights in CSS px, as list.css has them.
const ROW: u32 = 44;
const ROW_ON_TOUCH: u32 = 60;
const TOUCH: &str = "(pointer: coarse), (max-width: 767px)";

pub(super) fn list_window(store: Store) -> AnyView {
    let list = NodeRef::<Div>::new();
    let window = Window {
        store,
        row_height: RwSignal::new(row_height()),
        active: RwSignal::new(None),
    };
    watch_size(list, window);
    start_at_the_top(list, window);
    let hold = Hold::new(store);
    let indices = memo(move |_| {
        store
            .list
            .with(|list| (list.first, list.first + list.rows.len() as u32))
    });
    let total = memo(move |_| store.list.with(|list| list.total));
    let height = move || format!("{}px", total.get() * window.row_height.get());
    view! {
        <div
            class="rows"
            role="listbox"
            tabindex="0"
            aria-label=say(words::DEVICES)
            aria-activedescendant=move || window.active.get().map(device_row::id)
            node_ref=list
            on:scroll=act(move |_| look(list, window))
            on:keydown=act(move |event| walk(&event, list, window))
            on:pointerenter=act(move |_| hold.set(hold.pointer, true))
            on:pointerleave=act(move |_| hold.set(hold.pointer, false))
            on:focusin=act(move |_| {
                hold.set(hold.focus, true);
                begin(list, window);
            })
            on:focusout=act(move |_| hold.set(hold.focus, false))
        >
            <div class="rows-all" role="presentation" style:height=live(height)>
                {each(move || {
                    let (first, end) = indices.get();
                    let row = |index: u32| item(index.to_string(), move || device_row(index, window));
                    (first..end).map(row).collect()
                })}
            </div>
        </div>
    }
    .into_any()
}

/// Pointer or focus is in the list: nothing moves under the hand.
#[derive(Clone, Copy)]
struct Hold {
    store: Store,
    pointer: StoredValue<bool>,
    focus: StoredValue<bool>,
}

impl Hold {
    fn new(store: Store) -> Self {
        on_cleanup(move || store.hold.set(false));
        Self {
            store,
            pointer: StoredValue::new(false),
            focus: StoredValue::new(false),
        }
    }

    fn set(self, cause: StoredValue<bool>, inside: bool) {
        cause.set_value(inside);
        let hold = self.pointer.get_value() || self.focus.get_value();
        if self.store.hold.get_untracked() != hold {
            self.store.hold.set(hold);
        }
    }
}

fn row_height() -> u32 {
    let touch = window().match_media(TOUCH).ok().flatten();
    match touch.is_some_and(|touch| touch.matches()) {
        true => ROW_ON_TOUCH,
        false => ROW,
    }
}

/// Tells the store which rows are in sight.
fn look(list: NodeRef<Div>, window: Window) {
    let Some(list) = list.get_untracked() else {
        return;
    };
    let (store, height) = (window.store, window.row_height.get_untracked());
    let top = list.scroll_top().max(0) as u32 / height;
    let first = top.saturating_sub(MARGIN);
    let rows = list.client_height().max(0) as u32 / height + 2 + 2 * MARGIN;
    if store.first_row.get_untracked() != first {
        store.first_row.set(first);
    }
    if store.rows.get_untracked() != rows {
        store.rows.set(rows);
    }
}

fn watch_size(list: NodeRef<Div>, window: Window) {
    let on_resize: Closure<dyn FnMut()> = Closure::new(move || {
        let height = row_height();
        if window.row_height.get_untracked() != height {
            window.row_height.set(height);
        }
        look(list, window);
    });
    let Ok(observer) = ResizeObserver::new(on_resize.as_ref().unchecked_ref()) else {
        return;
    };
    // The closure lives as long as the observer that calls it.
    let kept = StoredValue::new_local((observer, on_resize));
    watch(move || {
        if let Some(list) = list.get() {
            kept.with_value(|(observer, _)| observer.observe(&list));
        }
    });
    on_cleanup(move || {
        kept.try_with_value(|(observer, _)| observer.disconnect());
    });
}

/// Another question has another first row.
fn start_at_the_top(list: NodeRef<Div>, window: Window) {
    let store = window.store;
    let mut asked = false;
    watch(move || {
        store.search.track();
        store.chip.track();
        store.sort.track();
        if std::mem::replace(&mut asked, true) {
            window.active.set(None);
            if let Some(list) = list.get_untracked() {
                list.set_scroll_top(0);
            }
        }
    });
}

/// Whoever comes to the list by key stands on its first row in sight.
fn begin(list: NodeRef<Div>, window: Window) {
    let any = window.store.list.with_untracked(|list| list.total > 0);
    let list = list
        .get_untracked()
        .filter(|_| any && window.active.get_untracked().is_none());
    if let Some(list) = list {
        let height = window.row_height.get_untracked();
        let first_in_sight = (list.scroll_top().max(0) as u32).div_ceil(height);
        window.active.set(Some(first_in_sight));
    }
}

fn walk(event: &KeyboardEvent, list: NodeRef<Div>, window: Window) {
    let Some(list) = list.get_untracked() else {
        return;
    };
    let store = window.store;
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let height = window.row_height.get_untracked();
    let page = (list.client_height().max(0) as u32 / height).max(1);
    let last = store
        .list
        .with_untracked(|list| list.total)
        .saturating_sub(1);
    let at = window.active.get_untracked();
    let first_in_sight = (list.scroll_top().max(0) as u32).div_ceil(height);
    let from = |step: i64| match at {
        Some(at) => (i64::from(at) + step).clamp(0, last.into()) as u32,
        None => first_in_sight.min(last),
    };
    let to = match event.key().as_str() {
        "ArrowDown" => from(1),
        "ArrowUp" => from(-1),
        "PageDown" => from(page.into()),
        "PageUp" => from(-i64::from(page)),
        "Home" => 0,
        "End" => last,
        "Enter" | " " => {
            event.prevent_default();
            if let Some(at) = at {
                device_row::open(store, at);
            }
            return;
        }
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    window.active.set(Some(to));
    let (top, height, room) = (to * height, height, list.client_height().max(0) as u32);
    let scrolled = list.scroll_top().max(0) as u32;
    if top < scrolled {
        list.set_scroll_top(top as i32);
    } else if top + height > scrolled + room {
        list.set_scroll_top((top + height - room) as i32);
    }
}
