//! The buttons on the map.

use leptos::prelude::*;
use web_sys::MouseEvent;

use super::icons::{Icon, icon};
use super::map_handle::{MapHandle, MapState};
use super::reactive::{act, live};
use super::store::Store;
use super::text::{Phrase, language, say, shell};

type Press = Box<dyn FnMut(MouseEvent)>;

#[component]
pub(super) fn MapTools() -> impl IntoView {
    let map = expect_context::<MapHandle>();
    let store = expect_context::<Store>();
    view! {
        <div
            class="tools"
            role="group"
            aria-label=say(shell::MAP_TOOLS)
            hidden=move || map.state.get() != MapState::Ready
        >
            {tool(Icon::Plus, shell::ZOOM_IN, "+", act(move |_| zoom(map, 1.0)))}
            {tool(Icon::Minus, shell::ZOOM_OUT, "-", act(move |_| zoom(map, -1.0)))}
            {tool(Icon::Fit, shell::FIT, "Home", act(move |_| fit(map, store)))}
        </div>
    }
}

/// Nearer by so many doublings.
pub(super) fn zoom(map: MapHandle, steps: f64) {
    map.with(|map| map.zoom_by(steps));
}

/// Shows every device.
pub(super) fn fit(map: MapHandle, store: Store) {
    const NEAREST: f64 = 15.0;
    if let Some(extent) = store.extent.get_untracked() {
        map.with(|map| map.fit(extent, NEAREST));
    }
}

fn tool(picture: Icon, name: Phrase, key: &'static str, press: Press) -> AnyView {
    let language = language();
    let title = move || name.text(language.get()).to_owned() + " (" + key + ")";
    view! {
        <button class="tool" aria-label=say(name) aria-keyshortcuts=key title=live(title) on:click=press>
            {icon(picture)}
        </button>
    }
    .into_any()
}
