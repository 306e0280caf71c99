//! One field of a shadow as a row: its name, what is reported and wished, its control, and the life of a change.

use leptos::prelude::*;

use super::control::{Handle, Kind, control};
use super::draft_row::draft_row;
use super::field_value::{field_value, outcome, reported_text, reported_when};
use super::format;
use super::icons::{Icon, icon};
use super::life_rail::{is_told, life, since_then};
use super::panel::Panel;
use super::reactive::{act, live, memo, watch};
use super::shape_form::shape_form;
use super::spark::spark;
use super::text::{controls, devices as words};
use crate::engine::command::Command;
use crate::engine::frame::{FieldView, Stage};

/// What the left edge of a field says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    Settled,
    OnItsWay,
    NeedsYou,
}

pub(super) fn edge(field: &FieldView) -> Edge {
    let change = field.change.as_ref();
    match change.map(|change| &change.stage) {
        Some(Stage::TimedOut) if change.is_some_and(|it| is_told(it, Kind::of(field))) => {
            Edge::OnItsWay
        }
        Some(Stage::Rejected { .. } | Stage::TimedOut) => Edge::NeedsYou,
        Some(Stage::Queued | Stage::Sent | Stage::Accepted { .. }) => Edge::OnItsWay,
        _ if field.differs || field.draft.is_some() => Edge::OnItsWay,
        _ => Edge::Settled,
    }
}

/// With its control.
pub(super) fn control_field(field: ArcRwSignal<FieldView>, panel: Panel) -> AnyView {
    let handle = Handle::new(field, panel);
    announce(handle);
    let edge = memo(move |_| handle.field.with(edge));
    let kind = handle.kind();
    let value = live(move || {
        let value = field_value(handle, kind.get())?;
        Some(view! { <div class="field-value">{value}</div> }.into_any())
    });
    view! {
        <div
            class="field"
            data-edge=move || match edge.get() {
                Edge::Settled => None,
                Edge::OnItsWay => Some("on-its-way".to_owned()),
                Edge::NeedsYou => Some("needs-you".to_owned()),
            }
        >
            <div class="field-line">
                <div class="field-name">
                    {name(handle)}
                    <span class="field-age">{live(move || age(handle, kind.get()))}</span>
                </div>
                {value}
                {control(handle, kind)}
            </div>
            {draft_row(handle, kind)}
            {foreign_wish(handle)}
            {life(handle)}
            {shape_form(handle)}
        </div>
    }
    .into_any()
}

/// Key, value, age in one line: nobody wished anything of it.
pub(super) fn reported_field(field: ArcRwSignal<FieldView>, panel: Panel) -> AnyView {
    let handle = Handle::new(field, panel);
    let age = live(move || {
        let language = handle.language();
        let at = handle.field.with(|field| field.reported_at)?;
        let age = format::age(language, at, panel.store.now.get());
        Some(words::AGE.fill(language, &[&age]))
    });
    let value = live(move || {
        let language = handle.language();
        handle.field.with(|field| reported_text(field, language))
    });
    view! {
        <div class="fact">
            <div class="field-name">{name(handle)}</div>
            <span class="fact-value">{spark(handle)} <span class="reported">{value}</span></span>
            <span class="fact-age">{age}</span>
            {shape_form(handle)}
        </div>
    }
    .into_any()
}

/// What a person called it, or its path; and the way to say more about it.
fn name(handle: Handle) -> AnyView {
    let label = memo(move |_| handle.field.with(|field| field.label.clone()));
    let has_label = move || label.with(|label| !label.is_empty());
    let shown = move || match has_label() {
        true => label.get(),
        false => handle.key(),
    };
    let is_open = memo(move |_| {
        let shaped = handle.panel.shaping;
        shaped.with(|shaped| shaped.as_ref() == Some(&handle.path()))
    });
    let toggle = move |_| {
        let next = (!is_open.get_untracked()).then(|| handle.path());
        handle.panel.shaping.set(next);
    };
    let shape = move || controls::SHAPE.fill(handle.language(), &[&handle.name()]);
    view! {
        <span class="field-title">
            <span class="field-key" class:label=has_label>{live(shown)}</span>
            <button
                type="button"
                class="icon-button field-more"
                aria-label=live(shape)
                title=live(shape)
                aria-expanded=move || is_open.get().to_string()
                on:click=act(toggle)
            >
                {icon(Icon::More)}
            </button>
        </span>
    }
    .into_any()
}

/// Under a label, the key stands before the age.
fn age(handle: Handle, kind: Kind) -> String {
    let when = reported_when(handle, kind);
    let has_label = handle.field.with(|field| !field.label.is_empty());
    match has_label {
        true => handle.key() + " · " + &when,
        false => when,
    }
}

/// A wish that is not from this page: when it was made and by whom, and the way out of it.
fn foreign_wish(handle: Handle) -> AnyView {
    let panel = handle.panel;
    let client_id = memo(move |_| panel.store.link.with(|link| link.client_id.clone()));
    let wish = memo(move |_| {
        handle.field.with(|field| {
            let foreign = field.differs && field.change.is_none();
            foreign.then(|| (field.desired_at, field.desired_by.clone()))
        })
    });
    let view = live(move || {
        let (at, by) = wish.get()?;
        let language = handle.language();
        let press = move |_| panel.send(Command::TakeBack(handle.address()));
        let age = at.map(|at| since_then(words::WISHED_AGO, at, panel, language));
        // An update of this tab bears its name.
        let ours = |by: &String| client_id.with(|id| !id.is_empty() && by.starts_with(id.as_str()));
        let by = by.map(|by| match ours(&by) {
            true => " · ".to_owned() + words::BY_THIS_TAB.text(language),
            false => " · ".to_owned() + &by,
        });
        let view = view! {
            <div class="life-foot">
                <span class="wished-by">{age} {by}</span>
                <button type="button" class="link" on:click=act(press)>
                    {words::TAKE_BACK.text(language)}
                </button>
            </div>
        };
        Some(view.into_any())
    });
    view.into_any()
}

/// Says once how a change of this page ended.
fn announce(handle: Handle) {
    let ended = memo(move |_| outcome(handle));
    let mut is_news = false;
    watch(move || {
        if let Some(sentence) = ended.get().filter(|_| is_news) {
            handle.panel.outcome.set(sentence);
        }
        is_news = true;
    });
}
