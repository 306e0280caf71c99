//! The room of the page: the map, what is told to it and what it tells.

use std::time::Duration;

use leptos::html::Div;
use leptos::leptos_dom::helpers::debounce;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::chooser::{Chooser, Press};
use super::listen::Listener;
use super::map_cards::NoMap;
use super::map_handle::{MapHandle, MapState};
use super::map_tools::MapTools;
use super::padding;
use super::store::Store;
use super::text::{Language, say, shell};
use super::theme::Theme;
use crate::engine::frame::{Pick, Selected};
use crate::geo::{Bounds, World};
use crate::map::camera::Camera;
use crate::map::tokens::Theme as MapTheme;
use crate::map::{self, MapHost, MapLanguage, MapOptions, SelectedMark};
use crate::time::UnixMillis;
use crate::web::{start, storage};

const CAMERA: &str = "camera";

/// How near the first look at a fleet goes.
const FIRST_ZOOM: f64 = 12.0;

/// From the first position until the map is fitted to what has come by then.
const GATHER: Duration = Duration::from_millis(800);

/// How long the camera rests before it is remembered.
const REST: Duration = Duration::from_millis(400);

/// `on_fresh` is called when the map holds no devices, so that all must be sent again. `past`: the page shows the past.
#[component]
pub(super) fn MapView(
    /// The text after `#map=`.
    at: Option<String>,
    on_fresh: Callback<()>,
    past: Memo<Option<UnixMillis>>,
) -> impl IntoView {
    let handle = expect_context::<MapHandle>();
    let container = NodeRef::<Div>::new();
    let camera = at
        .and_then(|at| Camera::from_fragment(&format!("map={at}")))
        .or_else(|| Camera::from_fragment(&storage::load(CAMERA)?));
    Effect::new(move |started: Option<bool>| {
        let Some(container) = container.get().filter(|_| started != Some(true)) else {
            return started.unwrap_or_default();
        };
        untrack(|| begin(handle, &container, camera, on_fresh));
        true
    });
    if camera.is_none() {
        fit_once(handle);
    }
    tell(handle, past);
    view! {
        <section class="map-region" role="region" aria-label=say(shell::MAP)>
            <div
                id="map"
                class="map"
                role="application"
                tabindex="0"
                aria-label=say(shell::MAP_KEYS)
                node_ref=container
            ></div>
            <NoMap/>
            <Chooser/>
        </section>
        <MapTools/>
        <p class="attribution" hidden=move || handle.state.get() != MapState::Ready>{map::attribution()}</p>
    }
}

fn begin(
    handle: MapHandle,
    container: &HtmlElement,
    camera: Option<Camera>,
    on_fresh: Callback<()>,
) {
    let options = MapOptions {
        camera,
        theme: map_theme(expect_context()),
        language: map_language(expect_context::<RwSignal<Language>>()),
    };
    let started = MapHost::start(container, options);
    if let Ok(host) = &started {
        hear(host, on_fresh);
        expect_context::<Store>().bounds.set(Some(host.bounds()));
    }
    handle.put(started);
    on_fresh.run(());
}

/// What the map tells.
fn hear(host: &MapHost, on_fresh: Callback<()>) {
    let store = expect_context::<Store>();
    let mut remember = debounce(REST, move |camera: Camera| {
        let text = camera.to_string();
        storage::save(CAMERA, &text);
        let device = store.selection.get_untracked();
        start::show_in_url(device.as_deref(), text.strip_prefix("map="));
    });
    host.on_camera(move |camera: Camera, bounds: Bounds| {
        store.bounds.set(Some(bounds));
        remember(camera);
    });
    let press = expect_context::<Press>().0;
    let mut serial = 0;
    host.on_press(move |point: World, radius: u32, at: (f64, f64)| {
        serial += 1;
        press.set(at);
        store.pick.set(Some(Pick {
            point,
            radius,
            serial,
        }));
    });
    host.on_fresh(move || on_fresh.run(()));
    host.on_follow_end(move || store.follow.set(false));
}

/// What the map is told.
fn tell(handle: MapHandle, past: Memo<Option<UnixMillis>>) {
    let store = expect_context::<Store>();
    let theme = expect_context::<Theme>();
    let language = expect_context::<RwSignal<Language>>();
    Effect::new(move |_| {
        let theme = map_theme(theme);
        handle.track(|map| map.set_theme(theme))
    });
    Effect::new(move |_| {
        let language = map_language(language);
        handle.track(|map| map.set_language(language))
    });
    Effect::new(move |_| {
        let live = past.get().is_none();
        handle.track(|map| map.set_live(live))
    });
    padding::keep(handle);
    Effect::new(move |_| {
        let mark = store.selected.with(mark_of);
        handle.track(|map| map.set_selected(mark))
    });
    Effect::new(move |_| {
        let follow = store.follow.get();
        handle.track(|map| map.set_follow(follow))
    });
    Effect::new(move |_| {
        let device = store.selection.get();
        let camera = handle.track(|map| map.camera().to_string());
        let at = camera.as_deref().and_then(|text| text.strip_prefix("map="));
        // Before the map is there the address bar still says where it shall begin.
        if at.is_some() {
            start::show_in_url(device.as_deref(), at);
        }
    });
}

fn mark_of(selected: &Selected) -> Option<SelectedMark> {
    let Selected::Device(device) = selected else {
        return None;
    };
    Some(SelectedMark {
        slot: device.slot,
        name: device.name.clone(),
        accuracy_m: device.fix.and_then(|fix| fix.accuracy),
        trail: device.trail.clone(),
    })
}

/// Looks at the whole fleet once, soon after its first positions, unless a hand was on the map before.
fn fit_once(handle: MapHandle) {
    let store = expect_context::<Store>();
    let touched = StoredValue::new(false);
    let listeners = ["pointerdown", "wheel", "keydown"].map(|name| {
        Listener::new(&window(), name, move |event| {
            let target = event
                .target()
                .and_then(|target| target.dyn_into::<Element>().ok());
            if target.is_some_and(|target| target.closest("#map, .tools").ok().flatten().is_some())
            {
                touched.set_value(true);
            }
        })
    });
    let listeners = StoredValue::new_local(Some(listeners));
    let any = Memo::new(move |_| store.extent.with(Option::is_some));
    Effect::new(move |_| {
        if !any.get() || handle.state.get() != MapState::Ready {
            return;
        }
        set_timeout(
            move || {
                if let Some(extent) = store
                    .extent
                    .get_untracked()
                    .filter(|_| !touched.get_value())
                {
                    handle.with(|map| map.fit(extent, FIRST_ZOOM));
                }
                listeners.set_value(None);
            },
            GATHER,
        );
    });
}

fn map_theme(theme: Theme) -> MapTheme {
    match theme.is_dark() {
        true => MapTheme::Dark,
        false => MapTheme::Light,
    }
}

fn map_language(language: RwSignal<Language>) -> MapLanguage {
    match language.get() {
        Language::En => MapLanguage::English,
        Language::Ja => MapLanguage::Japanese,
    }
}
