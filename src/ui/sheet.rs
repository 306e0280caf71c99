//! The bottom sheet of narrow screens, which holds the list or the panel. On wide screens it is no box at all.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, PointerEvent};

use super::reactive::act;
use super::text::{devices as words, language, say};

/// The highest stop; the lowest is 0.
const TOP: usize = 2;

/// A finger that moved less than this, in CSS px, pressed the handle rather than dragged it.
const STILL: i32 = 4;

/// Its heights stand in sheet.css, one for each stop.
pub(super) fn sheet(content: AnyView) -> AnyView {
    sheet_at(1, content)
}

/// Begins at the highest stop: for what needs the room.
pub(super) fn tall_sheet(content: AnyView) -> AnyView {
    sheet_at(TOP, content)
}

fn sheet_at(stop: usize, content: AnyView) -> AnyView {
    let grip = Grip {
        stop: RwSignal::new(stop),
        height: RwSignal::new(None),
        drag: StoredValue::new(None),
        sheet: NodeRef::new(),
    };
    let language = language();
    view! {
        <div
            class="sheet"
            class:dragged=move || grip.height.get().is_some()
            data-stop=move || grip.stop.get().to_string()
            style:height=move || grip.height.get().map(|height| format!("{height}px"))
            node_ref=grip.sheet
        >
            <div
                class="sheet-handle"
                role="slider"
                tabindex="0"
                aria-label=say(words::SHEET_HEIGHT)
                aria-orientation="vertical"
                aria-valuemin="0"
                aria-valuemax=TOP.to_string()
                aria-valuenow=move || grip.stop.get().to_string()
                aria-valuetext=move || words::SHEET_STOPS[grip.stop.get()].text(language.get()).to_owned()
                on:pointerdown=act(move |event| grip.take(&event))
                on:pointermove=act(move |event| grip.pull(&event))
                on:pointerup=act(move |event| grip.release(&event))
                on:lostpointercapture=act(move |_| grip.let_go())
                on:keydown=act(move |event| grip.step(&event))
            />
            {content}
        </div>
    }
    .into_any()
}

#[derive(Clone, Copy)]
struct Grip {
    stop: RwSignal<usize>,
    /// In CSS px, while a finger holds it between the stops.
    height: RwSignal<Option<i32>>,
    drag: StoredValue<Option<Drag>>,
    sheet: NodeRef<Div>,
}

/// Where a finger took the handle.
#[derive(Clone, Copy)]
struct Drag {
    y: i32,
    height: i32,
}

impl Grip {
    fn take(self, event: &PointerEvent) {
        let handle = event.current_target();
        if let Some(handle) = handle.and_then(|handle| handle.dyn_into::<Element>().ok()) {
            // Without the capture a drag only ends at the edge of the handle.
            let _ = handle.set_pointer_capture(event.pointer_id());
        }
        let height = self
            .sheet
            .get_untracked()
            .map(|sheet| sheet.offset_height());
        self.drag.set_value(height.map(|height| Drag {
            y: event.client_y(),
            height,
        }));
    }

    fn pull(self, event: &PointerEvent) {
        if let Some(drag) = self.drag.get_value() {
            self.height
                .set(Some(drag.height + drag.y - event.client_y()));
        }
    }

    fn release(self, event: &PointerEvent) {
        if let Some(drag) = self.drag.get_value() {
            let moved = drag.y - event.client_y();
            self.stop.set(match moved.abs() < STILL {
                true => (self.stop.get_untracked() + 1) % (TOP + 1),
                false => nearest_stop(drag.height + moved),
            });
            self.let_go();
        }
    }

    fn let_go(self) {
        self.drag.set_value(None);
        if self.height.get_untracked().is_some() {
            self.height.set(None);
        }
    }

    fn step(self, event: &KeyboardEvent) {
        let at = self.stop.get_untracked();
        let to = match event.key().as_str() {
            "ArrowUp" | "ArrowRight" => (at + 1).min(TOP),
            "ArrowDown" | "ArrowLeft" => at.saturating_sub(1),
            "Home" => 0,
            "End" => TOP,
            _ => return,
        };
        event.prevent_default();
        self.stop.set(to);
    }
}

/// `height` in CSS px. The stops are those of sheet.css: 132 px, 45 %, 88 %.
fn nearest_stop(height: i32) -> usize {
    let whole = window()
        .inner_height()
        .ok()
        .and_then(|height| height.as_f64());
    let whole = whole.unwrap_or_default() as i32;
    let stops = [132, whole * 45 / 100, whole * 88 / 100];
    let nearest = (0..=TOP).min_by_key(|stop| (stops[*stop] - height).abs());
    nearest.unwrap_or_default()
}
