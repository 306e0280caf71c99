//! Tells the map how much of it the list and the panel cover.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{DomRect, Element};

use super::listen::Listener;
use super::map_handle::MapHandle;
use super::reactive::watch;
use super::store::Store;

/// Below this width, in CSS px, list and panel are bottom sheets.
const NARROW: f64 = 768.0;

/// Measures when the window or the selection changes, or a sheet has come to rest.
pub(super) fn keep(map: MapHandle) {
    let store = expect_context::<Store>();
    let measure = move || {
        let selected = store.selection.with_untracked(Option::is_some);
        if let Some([top, right, bottom, left]) = covered(selected) {
            map.with(|map| map.set_padding(top, right, bottom, left));
        }
    };
    watch(move || {
        store.selection.track();
        map.state.track();
        request_animation_frame(measure);
    });
    let resized = Listener::new(&window(), "resize", move |_| measure());
    let rested = Listener::new(&document(), "transitionend", move |event| {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        if target.is_some_and(|target| target.class_list().contains("sheet")) {
            measure();
        }
    });
    StoredValue::new_local((resized, rested));
}

/// Top, right, bottom and left in CSS px, from the edges of the map.
fn covered(selected: bool) -> Option<[f64; 4]> {
    let map = rect("#map")?;
    if map.width() < NARROW {
        let sheet = if selected {
            ".panel-place .sheet"
        } else {
            ".list-place .sheet"
        };
        let below = rect(sheet).map_or(0.0, |sheet| map.bottom() - sheet.top());
        let above = rect(".link-pill").map_or(0.0, |pill| pill.bottom() - map.top());
        return Some([above, 0.0, below, 0.0]);
    }
    let mut padding = [0.0; 4];
    let panel = selected.then(|| rect(".panel-place")).flatten();
    for part in [rect(".list-place"), panel].into_iter().flatten() {
        if part.left() < map.width() / 2.0 {
            padding[3] = part.right().max(padding[3]);
        } else {
            padding[1] = map.right() - part.left();
        }
    }
    Some(padding)
}

fn rect(selector: &str) -> Option<DomRect> {
    let element = document().query_selector(selector).ok().flatten()?;
    Some(element.get_bounding_client_rect())
}
