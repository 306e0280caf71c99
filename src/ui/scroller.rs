//! Rows of one height, of which only those in sight are drawn, and the keys that walk them. It asks for rows by their
//! index and knows nothing of what they show.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{KeyboardEvent, ResizeObserver};

use super::reactive::{each, item, live, watch};

/// Rows kept above and below the ones in sight, so that scrolling does not run into emptiness.
const MARGIN: u32 = 8;

const TOUCH: &str = "(pointer: coarse), (max-width: 767px)";

/// Signals that live as long as the rows are shown.
#[derive(Clone, Copy)]
pub(super) struct Scroller {
    pub(super) element: NodeRef<Div>,
    /// In CSS px.
    pub(super) row_height: RwSignal<u32>,
    /// The row that the keyboard is on.
    pub(super) active: RwSignal<Option<u32>>,
    /// How many rows there are, drawn or not.
    pub(super) total: Memo<u32>,
    /// The rows to ask for: the first one, and how many.
    first: RwSignal<u32>,
    rows: RwSignal<u32>,
    heights: Heights,
}

/// In CSS px, as the style sheet has them.
#[derive(Clone, Copy)]
pub(super) struct Heights {
    pub(super) mouse: u32,
    pub(super) touch: u32,
}

impl Heights {
    fn now(self) -> u32 {
        let touch = window().match_media(TOUCH).ok().flatten();
        match touch.is_some_and(|touch| touch.matches()) {
            true => self.touch,
            false => self.mouse,
        }
    }
}

impl Scroller {
    /// `first` and `rows` are set to what is in sight.
    pub(super) fn new(
        total: Memo<u32>,
        first: RwSignal<u32>,
        rows: RwSignal<u32>,
        heights: Heights,
    ) -> Self {
        let scroller = Self {
            element: NodeRef::new(),
            row_height: RwSignal::new(heights.now()),
            active: RwSignal::new(None),
            total,
            first,
            rows,
            heights,
        };
        scroller.watch_size();
        scroller
    }

    /// The rows that are there, `window` being the first and the end of them, in a place as high as all of them.
    pub(super) fn place(
        self,
        role: &'static str,
        window: Memo<(u32, u32)>,
        draw: impl Fn(u32) -> AnyView + Copy + Send + Sync + 'static,
    ) -> AnyView {
        let height = move || format!("{}px", self.total.get() * self.row_height.get());
        let rows = each(move || {
            let (first, end) = window.get();
            let row = |index: u32| item(index.to_string(), move || draw(index));
            (first..end).map(row).collect()
        });
        view! { <div class="rows-all" role=role style:height=live(height)>{rows}</div> }.into_any()
    }

    /// Where the row at `index` lies in that place.
    pub(super) fn shift(self, index: u32) -> String {
        format!("translateY({}px)", index * self.row_height.get())
    }

    /// Asks for the rows that are in sight.
    pub(super) fn look(self) {
        let Some(element) = self.element.get_untracked() else {
            return;
        };
        let height = self.row_height.get_untracked();
        let top = element.scroll_top().max(0) as u32 / height;
        let first = top.saturating_sub(MARGIN);
        let rows = element.client_height().max(0) as u32 / height + 2 + 2 * MARGIN;
        if self.first.get_untracked() != first {
            self.first.set(first);
        }
        if self.rows.get_untracked() != rows {
            self.rows.set(rows);
        }
    }

    fn watch_size(self) {
        let on_resize: Closure<dyn FnMut()> = Closure::new(move || {
            let height = self.heights.now();
            if self.row_height.get_untracked() != height {
                self.row_height.set(height);
            }
            self.look();
        });
        let Ok(observer) = ResizeObserver::new(on_resize.as_ref().unchecked_ref()) else {
            return;
        };
        // The closure lives as long as the observer that calls it.
        let kept = StoredValue::new_local((observer, on_resize));
        watch(move || {
            if let Some(element) = self.element.get() {
                kept.with_value(|(observer, _)| observer.observe(&element));
            }
        });
        on_cleanup(move || {
            kept.try_with_value(|(observer, _)| observer.disconnect());
        });
    }

    /// Another question has another first row.
    pub(super) fn to_the_top(self) {
        self.active.set(None);
        if let Some(element) = self.element.get_untracked() {
            element.set_scroll_top(0);
        }
    }

    /// Whoever comes to the rows by key stands on the first one in sight.
    pub(super) fn begin(self) {
        let any = self.total.get_untracked() > 0;
        if any && self.active.get_untracked().is_none() {
            self.active.set(self.first_in_sight());
        }
    }

    fn first_in_sight(self) -> Option<u32> {
        let top = self.element.get_untracked()?.scroll_top().max(0) as u32;
        Some(top.div_ceil(self.row_height.get_untracked()))
    }

    /// Moves the keyboard's row. `press` is called for Enter and Space.
    pub(super) fn walk(self, event: &KeyboardEvent, press: impl FnOnce(u32)) {
        let Some(element) = self.element.get_untracked() else {
            return;
        };
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let height = self.row_height.get_untracked();
        let room = element.client_height().max(0) as u32;
        let page = i64::from((room / height).max(1));
        let last = self.total.get_untracked().saturating_sub(1);
        let at = self.active.get_untracked();
        let from = |step: i64| match at {
            Some(at) => (i64::from(at) + step).clamp(0, last.into()) as u32,
            None => self.first_in_sight().unwrap_or_default().min(last),
        };
        let to = match event.key().as_str() {
            "ArrowDown" => from(1),
            "ArrowUp" => from(-1),
            "PageDown" => from(page),
            "PageUp" => from(-page),
            "Home" => 0,
            "End" => last,
            "Enter" | " " => {
                event.prevent_default();
                if let Some(at) = at {
                    press(at);
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        self.active.set(Some(to));
        let top = to * height;
        let scrolled = element.scroll_top().max(0) as u32;
        if top < scrolled {
            element.set_scroll_top(top as i32);
        } else if top + height > scrolled + room {
            element.set_scroll_top((top + height - room) as i32);
        }
    }
}

/// Pointer or focus is in the rows: nothing moves under the hand.
#[derive(Clone, Copy)]
pub(super) struct Hold {
    held: RwSignal<bool>,
    pointer: StoredValue<bool>,
    focus: StoredValue<bool>,
}

impl Hold {
    pub(super) fn new(held: RwSignal<bool>) -> Self {
        on_cleanup(move || {
            held.try_set(false);
        });
        Self {
            held,
            pointer: StoredValue::new(false),
            focus: StoredValue::new(false),
        }
    }

    pub(super) fn point(self, inside: bool) {
        self.set(self.pointer, inside);
    }

    pub(super) fn focus(self, inside: bool) {
        self.set(self.focus, inside);
    }

    fn set(self, cause: StoredValue<bool>, inside: bool) {
        // Pointer and focus leave rows also when these are gone already.
        let _ = cause.try_update_value(|cause| *cause = inside);
        let hold = [self.pointer, self.focus].map(|cause| cause.try_get_value());
        let hold = hold.contains(&Some(true));
        if self.held.try_get_untracked() == Some(!hold) {
            self.held.set(hold);
        }
    }
}
