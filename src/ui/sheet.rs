//! The bottom sheet of narrow screens, which holds the list or the panel. On wide screens it is no box at all.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, PointerEvent};

use super::text::{devices as words, language, say};

/// The highest stop; the lowest is 0.
const TOP: usize = 2;

/// A finger that moved less than this, in CSS px, pressed the handle rather than dragged it.
const STILL: i32 = 4;

/// A finger on the handle.
#[derive(Clone, Copy)]
struct Drag {
    from_y: i32,
    from_height: i32,
}

/// Its heights stand in sheet.css, one for each stop.
pub(super) fn sheet(content: AnyView) -> AnyView {
    let stop = RwSignal::new(1_usize);
    let height = RwSignal::new(None::<i32>);
    let drag = StoredValue::new(None::<Drag>);
    let place = NodeRef::<Div>::new();

    let on_down = move |event: PointerEvent| {
        let Some(element) = place.get_untracked() else {
            return;
        };
        if let Some(handle) = event
            .current_target()
            .and_then(|target| target.dyn_into::<Element>().ok())
        {
            let _ = handle.set_pointer_capture(event.pointer_id());
        }
        drag.set_value(Some(Drag {
            from_y: event.client_y(),
            from_height: element.offset_height(),
        }));
    };
    let on_move = move |event: PointerEvent| {
        if let Some(drag) = drag.get_value() {
            height.set(Some(drag.from_height + drag.from_y - event.client_y()));
        }
    };
    let on_up = move |event: PointerEvent| {
        let Some(drag) = drag.get_value() else {
            return;
        };
        let moved = drag.from_y - event.client_y();
        stop.set(match moved.abs() < STILL {
            true => (stop.get_untracked() + 1) % (TOP + 1),
            false => nearest_stop(drag.from_height + moved),
        });
        height.set(None);
    };
    let let_go = move |_: PointerEvent| {
        drag.set_value(None);
        height.set(None);
    };
    let on_key = move |event: KeyboardEvent| {
        let at = stop.get_untracked();
        let to = match event.key().as_str() {
            "ArrowUp" | "ArrowRight" => (at + 1).min(TOP),
            "ArrowDown" | "ArrowLeft" => at.saturating_sub(1),
            "Home" => 0,
            "End" => TOP,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        stop.set(to);
    };
    let language = language();
    view! {
        <div
            class="sheet"
            class:dragged=move || height.get().is_some()
            data-stop=move || stop.get().to_string()
            style:height=move || height.get().map(|height| format!("{height}px"))
            node_ref=place
        >
            <div
                class="sheet-handle"
                role="slider"
                tabindex="0"
                aria-label=say(words::SHEET_HEIGHT)
                aria-orientation="vertical"
                aria-valuemin="0"
                aria-valuemax=TOP.to_string()
                aria-valuenow=move || stop.get().to_string()
                aria-valuetext=move || words::SHEET_STOPS[stop.get()].text(language.get())
                on:pointerdown=on_down
                on:pointermove=on_move
                on:pointerup=on_up
                on:lostpointercapture=let_go
                on:keydown=on_key
            />
            {content}
        </div>
    }
    .into_any()
}

/// `height` in CSS px. The stops are those of sheet.css: 132 px, 45 %, 88 %.
fn nearest_stop(height: i32) -> usize {
    let window = web_sys::window().and_then(|window| window.inner_height().ok()?.as_f64());
    let whole = window.unwrap_or_default() as i32;
    let stops = [132, whole * 45 / 100, whole * 88 / 100];
    let nearest = (0..=TOP).min_by_key(|stop| (stops[*stop] - height).abs());
    nearest.unwrap_or_default()
}
