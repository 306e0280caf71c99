//! What a press on the map selects: the one device there, or one out of a list.

use leptos::prelude::*;

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
    Effect::new(move |_| {
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
    Effect::new(move |_| {
        store.bounds.track();
        store.selection.track();
        close(choices);
    });
    view! {
        <Show when=move || choices.with(|rows| !rows.is_empty())>
            <ul
                class="chooser"
                style:left=move || format!("{}px", at.get().0)
                style:top=move || format!("{}px", at.get().1)
            >
                {move || choices.get().into_iter().map(|row| {
                    let name = row.name.clone();
                    view! {
                        <li>
                            <button on:click=move |_| choose(store, choices, Some(name.clone()))>{row.name}</button>
                        </li>
                    }
                }).collect_view()}
            </ul>
        </Show>
    }
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
