//! The shape of a device's state and the diamonds of its changes, as the map draws them. Always beside words.

use leptos::prelude::*;

use super::text::{Phrase, devices as words};
use crate::engine::frame::DeviceState;

/// A state, and for what moves its heading in whole degrees clockwise from north.
pub(super) type Shape = (DeviceState, u16);

pub(super) fn shape(state: DeviceState, heading: Option<f32>) -> Shape {
    match (state, heading) {
        (DeviceState::Moving, Some(heading)) => (state, heading.rem_euclid(360.0) as u16),
        _ => (state, 0),
    }
}

pub(super) fn state_word(state: DeviceState) -> Phrase {
    match state {
        DeviceState::Moving => words::MOVING,
        DeviceState::Still => words::STILL,
        DeviceState::Stale => words::STALE,
        DeviceState::Offline => words::OFFLINE,
        DeviceState::Alarm => words::ALARM,
    }
}

/// One path that changes in place.
pub(super) fn mark(shape: Signal<Shape>) -> AnyView {
    view! {
        <svg class=move || class(shape.get().0).to_owned() viewBox="0 0 16 16" aria-hidden="true">
            <path
                d=move || path(shape.get().0).to_owned()
                transform=move || turn(shape.get())
                fill-rule="evenodd"
            />
        </svg>
    }
    .into_any()
}

fn class(state: DeviceState) -> &'static str {
    match state {
        DeviceState::Moving | DeviceState::Still => "mark living",
        DeviceState::Stale => "mark stale",
        DeviceState::Offline => "mark offline",
        DeviceState::Alarm => "mark alarm",
    }
}

fn path(state: DeviceState) -> &'static str {
    match state {
        DeviceState::Moving => "M8 1.8l4.6 12.2L8 11.4 3.4 14z",
        DeviceState::Still => "M8 3.4a4.6 4.6 0 1 1 0 9.2a4.6 4.6 0 1 1 0-9.2z",
        DeviceState::Stale => "M8 4.2a3.8 3.8 0 1 1 0 7.6a3.8 3.8 0 1 1 0-7.6z",
        DeviceState::Offline => "M4 4l8 8m0-8l-8 8",
        // The "!" is a hole in the triangle.
        DeviceState::Alarm => "M8 1.2l7.2 13.2H.8zM7.2 5.6l.3 4.6h1l.3-4.6zM7.2 11.4h1.6v1.6H7.2z",
    }
}

fn turn((state, heading): Shape) -> Option<String> {
    (state == DeviceState::Moving).then(|| format!("rotate({heading} 8 8)"))
}

/// Hollow: a change is on its way. Filled: desired and reported differ.
pub(super) fn diamond(hollow: bool) -> AnyView {
    let class = if hollow { "diamond hollow" } else { "diamond" };
    view! {
        <svg class=class viewBox="0 0 12 12" aria-hidden="true">
            <path d="M6 1.4L10.6 6 6 10.6 1.4 6z"/>
        </svg>
    }
    .into_any()
}
