//! The slider: a solid knob where the device says it is, a dashed one where someone wants it. A drag sends when it is
//! let go; arrows make a draft.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, PointerEvent};

use super::control::Handle;
use super::field_value::with_unit;
use super::reactive::{act, live, memo};
use super::text::{controls as words, devices};
use crate::decimal::{on_step, parse};
use crate::engine::command::Command;
use crate::engine::frame::{Control, FieldView, Range, ValueKind, ValueView};

/// How many steps PageUp and PageDown take.
const LONG: f64 = 10.0;

#[derive(Clone, Copy)]
struct Slider {
    handle: Handle,
    range: Memo<Range>,
    /// Where a finger holds the dashed knob.
    held: RwSignal<Option<String>>,
}

pub(super) fn slider(handle: Handle) -> AnyView {
    let slider = Slider {
        handle,
        range: memo(move |_| handle.field.with(range)),
        held: RwSignal::new(None),
    };
    let reported = memo(move |_| handle.field.with(reported));
    let ahead = memo(move |_| slider.held.get().or_else(|| handle.ahead()));
    let ahead_at = move || ahead.get().and_then(|text| parse(&text));
    let percent =
        move |number: Option<f64>| number.map(|number| percent(slider.range.get(), number));
    let between = move || {
        let (from, to) = (reported.get()?, ahead_at()?);
        let range = slider.range.get();
        Some((share(range, from.min(to)), share(range, from.max(to))))
    };
    let busy = handle.is_busy();
    view! {
        <div
            class="slider"
            role="slider"
            tabindex="0"
            class:unknown=move || reported.get().is_none()
            class:wished=move || ahead.with(Option::is_some)
            class:held=move || slider.held.with(Option::is_some)
            aria-label=move || handle.name()
            aria-valuemin=move || text_of(slider.range.get().min, slider.range.get())
            aria-valuemax=move || text_of(slider.range.get().max, slider.range.get())
            aria-valuenow=move || {
                let range = slider.range.get();
                text_of(reported.get().unwrap_or(range.min), range)
            }
            aria-valuetext=live(move || slider.spoken(ahead.get()))
            aria-busy=move || busy.get().to_string()
            on:pointerdown=act(move |event| slider.take(&event))
            on:pointermove=act(move |event| slider.pull(&event))
            on:pointerup=act(move |event| slider.release(&event))
            on:lostpointercapture=act(move |_| slider.let_go())
            on:keydown=act(move |event| slider.step(&event))
            on:blur=act(move |_| handle.leave())
        >
            <span class="slider-track"></span>
            <span class="slider-fill" style:width=move || percent(reported.get())></span>
            <span
                class="slider-way"
                style:left=move || between().map(|(from, _)| hundredths(from))
                style:width=move || between().map(|(from, to)| hundredths(to - from))
            ></span>
            <span class="slider-ghost" style:left=move || percent(ahead_at())></span>
            <span class="slider-knob" style:left=move || percent(reported.get())></span>
        </div>
    }
    .into_any()
}

impl Slider {
    fn take(self, event: &PointerEvent) {
        if event.button() != 0 {
            return;
        }
        let Some(element) = event
            .current_target()
            .and_then(|it| it.dyn_into::<HtmlElement>().ok())
        else {
            return;
        };
        let _ = element.set_pointer_capture(event.pointer_id());
        let _ = element.focus();
        // The browser would give the focus elsewhere, or begin to select text.
        event.prevent_default();
        self.hold(&element, event.client_x());
    }

    fn pull(self, event: &PointerEvent) {
        let element = event.current_target();
        if self.held.with_untracked(Option::is_some)
            && let Some(element) = element.and_then(|it| it.dyn_into::<Element>().ok())
        {
            self.hold(&element, event.client_x());
        }
    }

    fn hold(self, element: &Element, x: i32) {
        let place = element.get_bounding_client_rect();
        let share = ((f64::from(x) - place.left()) / place.width().max(1.0)).clamp(0.0, 1.0);
        let range = self.range.get_untracked();
        let at = text_of(range.min + share * (range.max - range.min), range);
        if self.held.with_untracked(|held| held.as_ref() != Some(&at)) {
            self.held.set(Some(at));
        }
    }

    fn release(self, _event: &PointerEvent) {
        let Some(text) = self.held.get_untracked() else {
            return;
        };
        self.let_go();
        let handle = self.handle;
        let stands = handle.field.with_untracked(reported);
        if stands.is_some() && stands == parse(&text) {
            // Back to where the device is: nothing is wished, or no longer.
            if handle.draft().is_some() {
                handle.discard_draft();
            }
            if handle
                .field
                .with_untracked(|field| field.differs || field.change.is_some())
            {
                handle.panel.send(Command::TakeBack(handle.address()));
            }
            return;
        }
        handle.wish_value(ValueView {
            text,
            kind: ValueKind::Number,
        });
    }

    fn let_go(self) {
        if self.held.with_untracked(Option::is_some) {
            self.held.set(None);
        }
    }

    fn step(self, event: &KeyboardEvent) {
        let range = self.range.get_untracked();
        let key = event.key();
        if key == "Escape" && self.held.with_untracked(Option::is_some) {
            self.let_go();
            return event.prevent_default();
        }
        let handle = self.handle;
        let from = untrack(|| handle.ahead()).and_then(|text| parse(&text));
        let from = from.or_else(|| handle.field.with_untracked(reported));
        let from = from.unwrap_or(range.min);
        let to = match key.as_str() {
            "ArrowRight" | "ArrowUp" => from + range.step,
            "ArrowLeft" | "ArrowDown" => from - range.step,
            "PageUp" => from + LONG * range.step,
            "PageDown" => from - LONG * range.step,
            "Home" => range.min,
            "End" => range.max,
            _ => return,
        };
        event.prevent_default();
        handle.enter(text_of(to, range));
    }

    /// "reported 40 %, on its way 72 %"
    fn spoken(self, ahead: Option<String>) -> String {
        let language = self.handle.language();
        let is_draft = self.held.with(Option::is_some) || self.handle.draft().is_some();
        self.handle.field.with(|field| {
            let said = match &field.reported {
                Some(value) => {
                    let value = with_unit(&value.text, &field.unit);
                    words::SAYS_REPORTED.fill(language, &[&value])
                }
                None => devices::UNKNOWN.text(language).to_owned(),
            };
            let Some(ahead) = ahead else {
                return said;
            };
            let phrase = match is_draft {
                true => words::SAYS_DRAFT,
                false => words::SAYS_WISHED,
            };
            phrase.fill(language, &[&said, &with_unit(&ahead, &field.unit)])
        })
    }
}

fn range(field: &FieldView) -> Range {
    match field.control {
        Control::Number { range: Some(range) } => range,
        // Another control takes this one's place in a moment.
        _ => Range {
            min: 0.0,
            max: 1.0,
            step: 1.0,
        },
    }
}

fn reported(field: &FieldView) -> Option<f64> {
    parse(&field.reported.as_ref()?.text)
}

/// Within the range, on a step. The highest value may lie between two.
fn text_of(number: f64, range: Range) -> String {
    let on = |number: f64| on_step(number, range.min, range.step);
    let number = number.clamp(range.min, range.max);
    let text = on(number);
    match parse(&text) {
        Some(stepped) if stepped > range.max => on(number - range.step),
        _ => text,
    }
}

/// From 0 to 1.
fn share(range: Range, number: f64) -> f64 {
    ((number - range.min) / (range.max - range.min)).clamp(0.0, 1.0)
}

fn percent(range: Range, number: f64) -> String {
    hundredths(share(range, number))
}

/// Without the float formatting of the standard library.
fn hundredths(share: f64) -> String {
    let tenths = (share * 1000.0).round() as u32;
    (tenths / 10).to_string() + "." + &(tenths % 10).to_string() + "%"
}
