//! The switch that never lies: its thumb stands where the device says it is, a dashed ghost where someone wants it.

use leptos::prelude::*;

use super::control::Handle;
use super::reactive::{act, memo};
use super::text::{Language, devices as words};
use crate::engine::command::{Command, Wish};
use crate::engine::frame::SwitchView;

/// Drafts of a switch.
const DRAFTS: [&str; 2] = ["off", "on"];

/// A button with the role of a switch, named by its path.
pub(super) fn switch(handle: Handle) -> AnyView {
    let state = memo(move |_| handle.field.with(|field| field.switch));
    let draft = memo(move |_| draft_of(handle));
    let busy = handle.is_busy();
    let reported = move || state.get().and_then(|switch| switch.reported);
    let ahead = move || {
        let wished = state.get().and_then(|switch| switch.wished);
        draft.get().or(wished)
    };
    let press = move |_| {
        let switch = state.get_untracked();
        let wished = switch.and_then(|switch| switch.wished);
        if draft.get_untracked().is_some() {
            handle.discard_draft();
        } else if wished.is_some() {
            handle.panel.send(Command::TakeBack(handle.address()));
        } else {
            let on = !switch.and_then(|switch| switch.reported).unwrap_or(false);
            handle.wish(DRAFTS[usize::from(on)], Wish::Switch(on));
        }
    };
    view! {
        <button
            type="button"
            role="switch"
            class="switch"
            class:unknown=move || reported().is_none()
            data-wish=move || ahead().map(|on| DRAFTS[usize::from(on)].to_owned())
            aria-label=move || handle.name()
            aria-checked=move || reported().unwrap_or(false).to_string()
            aria-busy=move || busy.get().to_string()
            on:click=act(press)
        >
            <span class="switch-ghost"></span>
            <span class="switch-thumb"></span>
        </button>
    }
    .into_any()
}

/// Where a draft wants it.
fn draft_of(handle: Handle) -> Option<bool> {
    handle.draft().map(|text| text == DRAFTS[1])
}

/// "off", or "off → on" while someone wants it on.
pub(super) fn switch_text(
    switch: SwitchView,
    handle: Handle,
    language: Language,
) -> (&'static str, Option<&'static str>) {
    let word = |on: bool| match on {
        true => words::ON.text(language),
        false => words::OFF.text(language),
    };
    let reported = switch
        .reported
        .map_or_else(|| words::UNKNOWN.text(language), word);
    (reported, draft_of(handle).or(switch.wished).map(word))
}
