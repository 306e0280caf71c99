//! The device list: search, chips, order, and the window of rows. Its rows keep still while a hand is in them.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::bulk::Bulk;
use super::chips::chips;
use super::choosing::{Choosing, choosing_foot, choosing_head};
use super::format;
use super::icons::{Icon, icon};
use super::list_window::list_window;
use super::reactive::{act, live, memo};
use super::sheet::sheet;
use super::store::Store;
use super::text::{devices as words, language, say};
use crate::engine::frame::{Chip, Sort};

/// On narrow screens it brings its own bottom sheet along.
#[component]
pub fn DeviceList() -> impl IntoView {
    let store = expect_context::<Store>();
    let bulk = expect_context::<Bulk>();
    let covered = memo(move |_| store.selection.with(Option::is_some) || bulk.is_open());
    let choosing = expect_context::<Choosing>();
    let change = Callback::new(move |()| bulk.begin());
    let list = view! {
        <div class="device-list" class:choosing=move || choosing.on.get()>
            {search(store)} {chips()}
            <div class="list-head">{live(move || Some(head(store, choosing)))}</div>
            {list_window(store)} {nothing(store)} {choosing_foot(choosing, change)}
        </div>
    };
    view! {
        <div class="list-cover" class:covered=move || covered.get()>
            {sheet(list.into_any())}
        </div>
    }
}

fn head(store: Store, choosing: Choosing) -> AnyView {
    match choosing.on.get() {
        true => choosing_head(choosing),
        false => view! { {counts(store)} {sort_choice(store)} }.into_any(),
    }
}

fn search(store: Store) -> AnyView {
    let on_key = |event: KeyboardEvent| {
        if event.key() == "ArrowDown" {
            event.prevent_default();
            focus_rows();
        }
    };
    view! {
        <form class="search" on:submit=act(|event: SubmitEvent| event.prevent_default())>
            {icon(Icon::Search)}
            <input
                class="search-input"
                type="search"
                role="searchbox"
                enterkeyhint="search"
                autocomplete="off"
                spellcheck="false"
                aria-label=say(words::SEARCH)
                aria-keyshortcuts="/"
                placeholder=say(words::SEARCH)
                prop:value=move || store.search.get()
                on:input=act(move |event| store.search.set(event_target_value(&event)))
                on:keydown=act(on_key)
            />
            <kbd class="search-key" aria-hidden="true">"/"</kbd>
        </form>
    }
    .into_any()
}

fn focus_rows() {
    let rows = document().query_selector(".rows").ok().flatten();
    if let Some(rows) = rows.and_then(|rows| rows.dyn_into::<HtmlElement>().ok()) {
        let _ = rows.focus();
    }
}

/// "In view 163 of 248", or only how many there are while there is no map to view them on.
fn counts(store: Store) -> AnyView {
    let language = language();
    let counts = memo(move |_| store.list.with(|list| (list.in_view, list.devices)));
    let mapped = memo(move |_| store.bounds.with(Option::is_some));
    let text = live(move || {
        let language = language.get();
        let (in_view, devices) = counts.get();
        let devices = format::count(devices.into());
        let (strong, rest) = match mapped.get() {
            true => (
                format!(
                    "{} {}",
                    words::IN_VIEW.text(language),
                    format::count(in_view.into())
                ),
                words::OF.fill(language, &[&devices]),
            ),
            false => (
                String::new(),
                words::DEVICE_COUNT.fill(language, &[&devices]),
            ),
        };
        Some(view! { <p class="list-counts"><strong>{strong}</strong> " " {rest}</p> }.into_any())
    });
    text.into_any()
}

/// One press from one order to the other.
fn sort_choice(store: Store) -> AnyView {
    let language = language();
    let word = move || {
        let phrase = match store.sort.get() {
            Sort::Name => words::BY_NAME,
            Sort::LastSeen => words::BY_LAST_SEEN,
        };
        phrase.text(language.get()).to_owned()
    };
    let turn = move |_| {
        store.sort.set(match store.sort.get_untracked() {
            Sort::Name => Sort::LastSeen,
            Sort::LastSeen => Sort::Name,
        });
    };
    view! {
        <button
            type="button"
            class="sort"
            aria-label=move || format!("{}: {}", words::SORT.text(language.get()), word())
            title=say(words::SORT)
            on:click=act(turn)
        >
            {live(word)}
            <svg class="icon" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
                <path d="M5 13V3L2 6m9-3v10l3-3"></path>
            </svg>
        </button>
    }
    .into_any()
}

/// What to do about an empty list.
fn nothing(store: Store) -> AnyView {
    let nothing = memo(move |_| store.list.with(|list| (list.total == 0, list.devices == 0)));
    let searched = memo(move |_| store.search.with(|search| !search.is_empty()));
    let show_all = move |_| {
        store.search.set(String::new());
        store.chip.set(Chip::All);
    };
    let view = live(move || match nothing.get() {
        (false, _) => None,
        (true, true) => {
            Some(view! { <p class="list-nothing">{say(words::NO_DEVICES)}</p> }.into_any())
        }
        (true, false) => {
            let again = if searched.get() {
                words::CLEAR_SEARCH
            } else {
                words::SHOW_ALL
            };
            let view = view! {
                <div class="list-nothing">
                    <p>{say(words::NO_MATCH)}</p>
                    <button type="button" class="button" on:click=act(show_all)>
                        {say(again)}
                    </button>
                </div>
            };
            Some(view.into_any())
        }
    });
    view.into_any()
}
