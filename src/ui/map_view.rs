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
use super::reactive::{memo, watch};
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
    let mut started = false;
    watch(move || {
        if let Some(container) = container.get().filter(|_| !started) {
            untrack(|| begin(handle, &container, camera, on_fresh));
            started = true;
        }
    });
    let placed = RwSignal::new(camera.is_some());
    if camera.is_none() {
        fit_once(handle, placed);
    }
    tell(handle, past);
    remember(handle, placed);
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
    host.on_camera(move |_, bounds: Bounds| store.bounds.set(Some(bounds)));
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
    watch(move || {
        let theme = map_theme(theme);
        handle.track(|map| map.set_theme(theme));
    });
    watch(move || {
        let language = map_language(language);
        handle.track(|map| map.set_language(language));
    });
    watch(move || {
        let live = past.get().is_none();
        handle.track(|map| map.set_live(live));
    });
    padding::keep(handle);
    watch(move || {
        let mark = store.selected.with(mark_of);
        handle.track(|map| map.set_selected(mark));
    });
    watch(move || {
        let follow = store.follow.get();
        handle.track(|map| map.set_follow(follow));
    });
}

/// Keeps camera and selection in the address bar, and the camera over a reload. A camera that nobody placed says
/// nothing: until then neither holds one.
fn remember(handle: MapHandle, placed: RwSignal<bool>) {
    let store = expect_context::<Store>();
    let mut write = debounce(REST, move |()| {
        if handle.state.get_untracked() == MapState::Starting {
            return;
        }
        let camera = handle.with(|map| map.camera().to_string());
        let camera = camera.filter(|_| placed.get_untracked());
        if let Some(camera) = &camera {
            storage::save(CAMERA, camera);
        }
        let device = store.selection.get_untracked();
        let at = camera
            .as_deref()
            .and_then(|camera| camera.strip_prefix("map="));
        start::show_in_url(device.as_deref(), at);
    });
    watch(move || {
        store.selection.track();
        store.bounds.track();
        placed.track();
        write(());
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
fn fit_once(handle: MapHandle, placed: RwSignal<bool>) {
    let store = expect_context::<Store>();
    let listeners = StoredValue::new_local(None);
    let listen = ["pointerdown", "wheel", "keydown"].map(|name| {
        Listener::new(&window(), name, move |event| {
            let target = event
                .target()
                .and_then(|target| target.dyn_into::<Element>().ok());
            let on_map = target.and_then(|target| target.closest("#map, .tools").ok().flatten());
            if on_map.is_some() && !placed.get_untracked() {
                placed.set(true);
            }
        })
    });
    listeners.set_value(Some(listen));
    let any = memo(move |_| store.extent.with(Option::is_some));
    watch(move || {
        if !any.get() || handle.state.get() != MapState::Ready {
            return;
        }
        let look = move || {
            listeners.set_value(None);
            if let Some(extent) = store
                .extent
                .get_untracked()
                .filter(|_| !placed.get_untracked())
            {
                handle.with(|map| map.fit(extent, FIRST_ZOOM));
                placed.set(true);
            }
        };
        set_timeout(look, GATHER);
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
