//! What a press on the map selects: the one device there, or one out of a list.

use js_sys::Number;
use leptos::prelude::*;

use super::reactive::{act, show, watch};
use super::store::Store;
use crate::engine::frame::Row;

/// Where the map was pressed last, in CSS px from its upper left corner. Found in the context.
#[derive(Clone, Copy, Default)]
pub(super) struct Press(pub(super) RwSignal<(f64, f64)>);

/// Nothing, until many devices lie under the pointer.
#[component]
pub(super) fn Chooser() -> impl IntoView {
    let store = expect_context::<Store>();
    let Press(at) = expect_context();
    let choices = RwSignal::new(Vec::<Row>::new());
    watch(move || {
        let Some(picked) = store.picked.get() else {
            return;
        };
        let mut devices = picked.devices;
        if devices.len() > 1 {
            return choices.set(devices);
        }
        choose(store, choices, devices.pop().map(|row| row.name));
    });
    // A camera on the move leaves the list behind.
    watch(move || {
        store.bounds.track();
        store.selection.track();
        close(choices);
    });
    let list = move || {
        view! {
            <ul
                class="chooser"
                style:left=move || pixels(at.get().0)
                style:top=move || pixels(at.get().1)
            >
                {move || {
                    let rows = choices.get().into_iter();
                    let views: Vec<_> = rows.map(|row| choice(store, choices, row.name)).collect();
                    Some(views.into_any())
                }}
            </ul>
        }
        .into_any()
    };
    show(move || choices.with(|rows| !rows.is_empty()), list)
}

/// As the browser writes a number.
fn pixels(number: f64) -> String {
    let text = Number::from(number)
        .to_string_with_radix(10)
        .map(String::from);
    text.unwrap_or_default() + "px"
}

fn choice(store: Store, choices: RwSignal<Vec<Row>>, name: String) -> AnyView {
    let chosen = name.clone();
    view! {
        <li>
            <button on:click=act(move |_| choose(store, choices, Some(chosen.clone())))>{name}</button>
        </li>
    }
    .into_any()
}

fn choose(store: Store, choices: RwSignal<Vec<Row>>, name: Option<String>) {
    close(choices);
    store.select(name);
}

fn close(choices: RwSignal<Vec<Row>>) {
    if choices.with_untracked(|rows| !rows.is_empty()) {
        choices.set(Vec::new());
    }
}
