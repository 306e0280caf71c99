//! The switch that never lies: its thumb stands where the device says it is, a dashed ghost where someone wants it.

use leptos::prelude::*;

use super::panel::Panel;
use super::reactive::{act, memo};
use super::text::{Language, devices as words};
use crate::engine::command::{Command, Wish};
use crate::engine::frame::{ChangeView, FieldView, Stage, SwitchView};

/// A button with the role of a switch, named by its path.
pub(super) fn switch(field: ArcRwSignal<FieldView>, panel: Panel) -> AnyView {
    let path = field.with_untracked(|field| field.path.clone());
    let name = path.join(".");
    let state = memo(move |_| field.with(|field| (field.switch, field.busy)));
    let reported = move || state.get().0.and_then(|switch| switch.reported);
    let wished = move || state.get().0.and_then(|switch| switch.wished);
    let press = move |_| {
        let Some(switch) = state.get_untracked().0 else {
            return;
        };
        let field = panel.address(&path);
        panel.send(match switch.wished {
            Some(_) => Command::TakeBack(field),
            None => Command::Desire {
                field,
                wish: Wish::Switch(!switch.reported.unwrap_or(false)),
            },
        });
    };
    view! {
        <button
            type="button"
            role="switch"
            class="switch"
            class:unknown=move || reported().is_none()
            data-wish=move || wished().map(|on| if on { "on" } else { "off" }.to_owned())
            aria-label=name
            aria-checked=move || reported().unwrap_or(false).to_string()
            aria-busy=move || state.get().1.to_string()
            on:click=act(press)
        >
            <span class="switch-ghost"></span>
            <span class="switch-thumb"></span>
        </button>
    }
    .into_any()
}

/// "off", or "off → on" while someone wants it on.
pub(super) fn switch_text(
    switch: SwitchView,
    language: Language,
) -> (&'static str, Option<&'static str>) {
    let word = |on: bool| match on {
        true => words::ON.text(language),
        false => words::OFF.text(language),
    };
    let reported = switch
        .reported
        .map_or_else(|| words::UNKNOWN.text(language), word);
    (reported, switch.wished.map(word))
}

/// Neither done nor given up.
pub(super) fn is_under_way(change: &ChangeView) -> bool {
    matches!(
        change.stage,
        Stage::Queued | Stage::Sent | Stage::Accepted { .. }
    )
}
