//! The shadow in an open panel: which one, its version, how far it is from the wish, and its fields.

use leptos::prelude::*;

use super::editor_panel::add_shadow;
use super::field::{control_field, reported_field};
use super::fields::{Entry, Fields};
use super::format;
use super::mark::diamond;
use super::panel::Panel;
use super::reactive::{Item, act, each, item, live, memo, watch};
use super::text::{devices as words, say};
use crate::engine::frame::{DeviceView, FieldView, Selected};
use crate::time::UnixMillis;

/// Version, its time, and how many keys differ.
type Head = (u64, UnixMillis, u32);

pub(super) fn shadow_section(panel: Panel) -> AnyView {
    view! {
        <div class="shadow-head">{chooser(panel)} {add_shadow(panel)} {version(panel)}</div>
        {field_list(panel)}
    }
    .into_any()
}

/// Reads from the device of this panel, if that is what the page has.
pub(super) fn with_device<T>(panel: Panel, read: impl FnOnce(&DeviceView) -> T) -> Option<T> {
    panel.store.selected.with(|selected| match selected {
        Selected::Device(device) if panel.is_of(&device.name) => Some(read(device)),
        _ => None,
    })
}

/// Classic and the named ones, as one row of buttons.
fn chooser(panel: Panel) -> AnyView {
    let shadows = memo(move |_| {
        let mut shadows = with_device(panel, |device| device.shadows.clone()).unwrap_or_default();
        if !shadows.contains(&None) {
            shadows.insert(0, None);
        }
        shadows
    });
    let segment = move |shadow: Option<String>| {
        let key = shadow.as_deref().map(|name| "/".to_owned() + name);
        item(key.unwrap_or_default(), move || segment(shadow, panel))
    };
    view! {
        <div class="segments" role="group" aria-label=say(words::SHADOW)>
            {each(move || shadows.get().into_iter().map(segment).collect())}
        </div>
    }
    .into_any()
}

fn segment(shadow: Option<String>, panel: Panel) -> AnyView {
    let name = shadow.clone();
    let is_shown = {
        let shadow = shadow.clone();
        move || panel.store.shadow.with(|shown| *shown == shadow)
    };
    let label = move || match &name {
        Some(name) => name.clone(),
        None => words::CLASSIC.text(panel.language.get()).to_owned(),
    };
    view! {
        <button
            type="button"
            class="segment"
            aria-pressed=move || is_shown().to_string()
            on:click=act(move |_| {
                if panel.store.shadow.with_untracked(|shown| *shown != shadow) {
                    panel.store.shadow.set(shadow.clone());
                }
            })
        >
            {live(label)}
        </button>
    }
    .into_any()
}

fn version(panel: Panel) -> AnyView {
    let head = memo(move |_| -> Option<Head> {
        with_device(panel, |device| {
            let shadow = device.shadow.as_ref()?;
            Some((shadow.version, shadow.at, shadow.differs))
        })?
    });
    let view = live(move || {
        let (version, at, differs) = head.get()?;
        let language = panel.language.get();
        let words = match differs {
            1 => words::ONE_KEY_DIFFERS.text(language).to_owned(),
            _ => words::KEYS_DIFFER.fill(language, &[&format::count(differs.into())]),
        };
        let pill = (differs > 0)
            .then(|| view! { <span class="differs">{diamond(false)} {words}</span> }.into_any());
        let view = view! {
            <span class="version">
                <b>{format!("v{version}")}</b>
                <span class="version-time">{format!(" · {}", format::clock(at))}</span>
            </span>
            {pill}
        };
        Some(view.into_any())
    });
    view.into_any()
}

fn field_list(panel: Panel) -> AnyView {
    let fields = StoredValue::new_local(Fields::default());
    let controls = RwSignal::new(Vec::<Entry>::new());
    let facts = RwSignal::new(Vec::<Entry>::new());
    watch(move || {
        let changed = with_device(panel, |device| {
            let shown = device.shadow.as_ref().map(|shadow| &*shadow.fields);
            fields.try_update_value(|fields| fields.apply(shown.unwrap_or_default()))
        });
        if changed.flatten() != Some(true) {
            return;
        }
        let entries = fields.with_value(|fields| fields.entries().to_vec());
        let (with_control, without) = entries.into_iter().partition(|entry| entry.is_control);
        controls.set(with_control);
        facts.set(without);
    });
    let no_facts = memo(move |_| facts.with(Vec::is_empty));
    view! {
        <div class="fields">
            {nothing(panel)}
            {each(move || rows(controls, panel, control_field))}
        </div>
        <div class="facts" hidden=move || no_facts.get()>
            <h3 class="facts-title">{say(words::REPORTED_ONLY)}</h3>
            {each(move || rows(facts, panel, reported_field))}
        </div>
    }
    .into_any()
}

fn rows(
    entries: RwSignal<Vec<Entry>>,
    panel: Panel,
    draw: fn(ArcRwSignal<FieldView>, Panel) -> AnyView,
) -> Vec<Item> {
    let row = |entry: Entry| item(entry.id.to_string(), move || draw(entry.view, panel));
    entries.get().into_iter().map(row).collect()
}

/// Why there is no field.
fn nothing(panel: Panel) -> AnyView {
    let state = memo(move |_| {
        let shadow = with_device(panel, |device| {
            let shadow = device.shadow.as_ref();
            shadow.map(|shadow| shadow.fields.is_empty())
        });
        match shadow {
            Some(None) => Some(words::NO_SHADOW),
            Some(Some(true)) => Some(words::EMPTY_SHADOW),
            _ => None,
        }
    });
    let view = live(move || {
        let language = panel.language.get();
        state
            .get()
            .map(|phrase| view! { <p class="panel-note">{phrase.text(language)}</p> }.into_any())
    });
    view.into_any()
}
