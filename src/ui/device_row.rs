//! One row of the device list. It stands for a place in the list; which device is there may change.

use leptos::prelude::*;
use web_sys::MouseEvent;

use super::choosing::Choosing;
use super::describe;
use super::format;
use super::icons::{Icon, icon};
use super::mark::{diamond, mark, shape};
use super::places::Places;
use super::reactive::{act, live, memo};
use super::scroller::Scroller;
use super::store::Store;
use super::text::{Language, devices as words, language};
use crate::engine::frame::{Badge, DeviceState, Row};

pub(super) fn id(index: u32) -> String {
    format!("device-row-{index}")
}

/// Opens the panel of the device at `index` of the whole list, if the page has it.
pub(super) fn open(store: Store, index: u32) {
    let name = store.list.with_untracked(|list| {
        let place = index.checked_sub(list.first)? as usize;
        list.rows.get(place).map(|row| row.name.clone())
    });
    if name.is_some() {
        store.select(name);
    }
}

pub(super) fn device_row(index: u32, rows: Scroller) -> AnyView {
    let store = expect_context::<Store>();
    let places = expect_context::<Places>();
    let choosing = expect_context::<Choosing>();
    let language = language();
    let row = row_at(store, index);
    let chosen = memo(move |_| {
        let name = row.with(|row| row.as_ref().map(|row| row.name.clone()));
        match (name, choosing.on.get()) {
            (Some(name), true) => choosing.has(&name),
            (name, _) => name.is_some() && store.selection.get() == name,
        }
    });
    let place = memo(move |_| row.with(|row| places.near(row.as_ref()?.position?)));
    let text = move |write: fn(&Row, Option<&str>, Language) -> String| {
        let language = language.get();
        row.with(|row| {
            let row = row.as_ref();
            row.map(|row| place.with(|place| write(row, place.as_deref(), language)))
                .unwrap_or_default()
        })
    };
    let shape = memo(move |_| {
        row.with(|row| {
            row.as_ref()
                .map_or_else(Default::default, |row| shape(row.state, row.heading))
        })
    });
    view! {
        <div
            class="row"
            class:active=move || rows.active.get() == Some(index)
            class:alarming=move || shape.get().0 == DeviceState::Alarm
            role="option"
            id=id(index)
            aria-label=move || text(describe::spoken)
            aria-selected=move || chosen.get().to_string()
            aria-setsize=move || rows.total.get().to_string()
            aria-posinset=(index + 1).to_string()
            style:transform=move || rows.shift(index)
            on:click=act(move |event: MouseEvent| {
                rows.active.set(Some(index));
                match choosing.on.get_untracked() {
                    true => choosing.press(index, event.shift_key()),
                    false => open(store, index),
                }
            })
        >
            <span class="row-check" hidden=move || !choosing.on.get() data-on=move || chosen.get().then(String::new)>
                {icon(Icon::Check)}
            </span>
            {mark(shape.into())}
            <div class="row-main">
                <div class="row-name">
                    {move || row.with(|row| row.as_ref().map(|row| row.name.clone()))}
                </div>
                <div class="row-what">{move || text(describe::what)}</div>
            </div>
            {side(row, store)}
        </div>
    }
    .into_any()
}

fn row_at(store: Store, index: u32) -> Memo<Option<Row>> {
    // Rows leave the list before they leave the screen: until then the last one stays.
    memo(move |before: Option<&Option<Row>>| {
        let row = store.list.with(|list| {
            let place = index.checked_sub(list.first)? as usize;
            list.rows.get(place).cloned()
        });
        row.or_else(|| before.cloned().flatten())
    })
}

/// Age and badge.
fn side(row: Memo<Option<Row>>, store: Store) -> AnyView {
    let language = language();
    let age = live(move || {
        let language = language.get();
        let seen = row.with(|row| row.as_ref().map(|row| row.last_seen))?;
        if seen.0 <= 0 {
            return Some(words::NEVER.text(language).to_owned());
        }
        let age = format::age(language, seen, store.now.get());
        Some(words::AGE.fill(language, &[&age]))
    });
    let badge =
        memo(move |_| row.with(|row| row.as_ref().map_or(Badge::None, |row| row.badge.clone())));
    view! {
        <div class="row-side">
            <div class="row-age">{age}</div>
            {move || badge_view(&badge.get(), language.get())}
        </div>
    }
    .into_any()
}

fn badge_view(badge: &Badge, language: Language) -> Option<AnyView> {
    if *badge == Badge::None {
        return None;
    }
    let words = describe::badge(badge, language);
    let hollow = matches!(badge, Badge::OnItsWay(_));
    let view = view! { <div class="row-badge">{diamond(hollow)} <span>{words}</span></div> };
    Some(view.into_any())
}
