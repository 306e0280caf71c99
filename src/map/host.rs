//! The map as the page holds it.

use std::rc::{Rc, Weak};

use thiserror::Error;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlElement, Response, Url, Window};

use crate::engine::frame::FrameUpdate;
use crate::geo::{Bounds, LngLat, World};
use crate::map::MapLanguage;
use crate::map::camera::{Camera, MAX_ZOOM, Padding};
use crate::map::cities::Cities;
use crate::map::devices::Devices;
use crate::map::elements::Elements;
use crate::map::ground::Ground;
use crate::map::maplibre::{self, MapLibre};
use crate::map::stage::{Parts, Stage};
use crate::map::style::{Detail, style};
use crate::map::tag::Tag;
use crate::map::tokens::Theme;

/// Where the base map lies, seen from the page.
const GENERATED: &str = "generated/";
const WORLD: Camera = Camera {
    zoom: 1.2,
    lng: 20.0,
    lat: 25.0,
};

/// How the map begins. Without a camera it shows the world.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MapOptions {
    pub camera: Option<Camera>,
    pub theme: Theme,
    pub language: MapLanguage,
}

/// Why there is no map.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MapError {
    #[error("this browser does not offer WebGL2")]
    NoWebGl2,
    /// In the browser's own words.
    #[error("{0}")]
    Browser(String),
}

impl From<JsValue> for MapError {
    fn from(fault: JsValue) -> Self {
        let error = fault.dyn_ref::<js_sys::Error>();
        Self::Browser(error.map_or_else(|| format!("{fault:?}"), |error| error.message().into()))
    }
}

/// The device that is drawn with ring, name, accuracy and trail.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SelectedMark {
    pub slot: u32,
    pub name: String,
    /// Radius in metres.
    pub accuracy_m: Option<f32>,
    /// The way it came, oldest first.
    pub trail: Vec<World>,
}

/// A handle on the map. The last one to go takes the map with it, so a listener that holds one keeps the map alive.
#[derive(Clone)]
pub struct MapHost(Rc<Stage>);

impl MapHost {
    /// Puts a map into an element that has a size.
    pub fn start(container: &HtmlElement, options: MapOptions) -> Result<Self, MapError> {
        let window = web_sys::window().ok_or(MapError::NoWebGl2)?;
        let document = window.document().ok_or(MapError::NoWebGl2)?;
        let page = document.base_uri()?.unwrap_or_default();
        let base = Url::new_with_base(GENERATED, &page)?.href();
        let elements = Elements::new(&document, container)?;
        let root = elements.root.clone();
        let parts = assemble(window.clone(), elements, base.clone(), options)
            .inspect_err(|_| root.remove())?;
        let stage = Stage::new(parts, options);
        spawn_local(bring_cities(
            Rc::downgrade(&stage),
            window,
            format!("{base}cities.tsv"),
        ));
        Ok(Self(stage))
    }

    /// Takes in what devices did; drawn on the next animation frame.
    pub fn apply(&self, update: &FrameUpdate) {
        self.0.apply(update);
    }

    /// What is seen, panels or not.
    pub fn bounds(&self) -> Bounds {
        self.0.view().bounds()
    }

    pub fn camera(&self) -> Camera {
        self.0.library.camera()
    }

    pub fn set_camera(&self, camera: Camera, animate: bool) {
        self.0.library.move_to(camera, animate);
    }

    /// Shows all of an extent in the uncovered part, no nearer than `max_zoom`.
    pub fn fit(&self, extent: Bounds, max_zoom: f64) {
        /// A longer way than this many zooms is a jump, not a journey.
        const LONGEST_WAY: f64 = 3.0;
        let view = self.0.view();
        let padding = self.0.settings.borrow().padding;
        let camera = view.fitted_to(extent, padding, max_zoom);
        let near = (camera.zoom - view.zoom).abs() < LONGEST_WAY;
        self.0.library.move_to(camera, near);
    }

    pub fn zoom_by(&self, steps: f64) {
        let zoom = self.0.library.camera().zoom + steps;
        self.0.library.zoom_to(zoom.clamp(0.0, MAX_ZOOM));
    }

    /// Moves the camera right and down, in px.
    pub fn pan_by(&self, x: f64, y: f64) {
        self.0.library.pan_by(x, y);
    }

    /// How much of each edge panels cover, in px. Only a selected device that they hide moves the camera.
    pub fn set_padding(&self, top: f64, right: f64, bottom: f64, left: f64) {
        let padding = Padding {
            top,
            right,
            bottom,
            left,
        };
        let before = std::mem::replace(&mut self.0.settings.borrow_mut().padding, padding);
        if padding != before {
            self.0.reveal_selected();
            self.0.redraw();
        }
    }

    pub fn set_theme(&self, theme: Theme) {
        let before = std::mem::replace(&mut self.0.settings.borrow_mut().options.theme, theme);
        if theme != before {
            self.0.restyle();
        }
    }

    pub fn set_language(&self, language: MapLanguage) {
        self.0.settings.borrow_mut().options.language = language;
        self.0.redraw();
    }

    /// Without a link the map shows the past: it loses its colour.
    pub fn set_live(&self, live: bool) {
        // Refused only for names that are none.
        let _ = self
            .0
            .root
            .set_attribute("data-live", if live { "true" } else { "false" });
    }

    /// Another device than before is brought into the uncovered part.
    pub fn set_selected(&self, selected: Option<SelectedMark>) {
        let slot = |mark: &Option<SelectedMark>| mark.as_ref().map(|mark| mark.slot);
        if self.0.settings.borrow().selected == selected {
            return;
        }
        if let Some(mark) = &selected {
            self.0.tag.name(&mark.name);
        }
        let now = slot(&selected);
        let before = std::mem::replace(&mut self.0.settings.borrow_mut().selected, selected);
        if now != slot(&before) {
            self.0.reveal_selected();
        }
        self.0.redraw();
    }

    /// Keeps the selected device in the middle of the uncovered part, until a drag ends it.
    pub fn set_follow(&self, follow: bool) {
        self.0.settings.borrow_mut().follow = follow;
        if let Some(position) = self.0.selected_position().filter(|_| follow) {
            self.0.centre_on(position, true);
        }
    }

    /// Called at most once a frame while the camera moves, and once it came to rest.
    pub fn on_camera(&self, listener: impl FnMut(Camera, Bounds) + 'static) {
        self.0.listeners.camera.set(Box::new(listener));
    }

    /// Called with the place, the radius in units of [`World`] within which devices are meant, and the point in px.
    pub fn on_press(&self, listener: impl FnMut(World, u32, (f64, f64)) + 'static) {
        self.0.listeners.press.set(Box::new(listener));
    }

    /// Called when the graphics card forgot every device: the page asks for a fresh frame.
    pub fn on_fresh(&self, listener: impl FnMut() + 'static) {
        self.0.listeners.fresh.set(Box::new(listener));
    }

    /// Called when a drag ended the following.
    pub fn on_follow_end(&self, listener: impl FnMut() + 'static) {
        self.0.listeners.follow_end.set(Box::new(listener));
    }

    /// The city that says where a place is, in the map's language.
    pub fn nearest_city(&self, place: LngLat) -> Option<String> {
        let settings = self.0.settings.borrow();
        let city = settings.cities.near(place)?;
        Some(city.name(settings.options.language).to_owned())
    }
}

fn assemble(
    window: Window,
    elements: Elements,
    base: String,
    options: MapOptions,
) -> Result<Parts, MapError> {
    let gl = Devices::context(&elements.devices).ok_or(MapError::NoWebGl2)?;
    let no_canvas = || MapError::Browser("no 2D canvas".to_owned());
    let ground = Ground::new(elements.ground).ok_or_else(no_canvas)?;
    let devices =
        Devices::new(elements.devices, gl, options.theme.palette()).map_err(MapError::Browser)?;
    let camera = options.camera.unwrap_or(WORLD);
    let style = maplibre::parsed(&style(options.theme, &base, Detail::Arriving));
    let library = MapLibre::start(&elements.base, camera, &style)?;
    Ok(Parts {
        window,
        root: elements.root,
        library,
        ground,
        devices,
        tag: Tag::new(elements.tag),
        base,
    })
}

/// A map without city names is still a map: what goes wrong is only logged.
async fn bring_cities(stage: Weak<Stage>, window: Window, url: String) {
    match fetched(&window, &url).await {
        Ok(table) => {
            if let Some(stage) = stage.upgrade() {
                stage.settings.borrow_mut().cities = Cities::parse(&table);
                stage.redraw();
            }
        }
        Err(fault) => web_sys::console::warn_2(&"No city names:".into(), &fault),
    }
}

async fn fetched(window: &Window, url: &str) -> Result<String, JsValue> {
    let response: Response = JsFuture::from(window.fetch_with_str(url))
        .await?
        .unchecked_into();
    if !response.ok() {
        return Err(response.status().into());
    }
    let text = JsFuture::from(response.text()?).await?;
    Ok(text.as_string().unwrap_or_default())
}
