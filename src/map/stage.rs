//! What stands on the map, and when each part of it is drawn.
//!
//! While the camera moves everything is drawn in MapLibre's own `render` event, so that all stay in step. While it
//! rests, only what is stale is drawn, on the next animation frame, and MapLibre does nothing.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::Function;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, Window};

use crate::engine::frame::FrameUpdate;
use crate::geo::{Bounds, World};
use crate::map::camera::{Camera, Padding, Screen, View};
use crate::map::cities::Cities;
use crate::map::devices::Devices;
use crate::map::ground::{Ground, Scene, Track};
use crate::map::host::{MapOptions, SelectedMark};
use crate::map::listener::Listener;
use crate::map::maplibre::{self, MapLibre};
use crate::map::style::{Detail, style};
use crate::map::tag::Tag;

/// A press means devices within so many px.
const PRESS_RADIUS: f64 = 12.0;
/// The selected device keeps this distance from panels and edges, in px.
const SELECTED_MARGIN: f64 = 48.0;

/// With the place, the radius in its units within which devices are meant, and the point in px.
pub(crate) type PressListener = dyn FnMut(World, u32, (f64, f64));

type Callback = Closure<dyn FnMut(JsValue)>;

/// What the page wants to hear of.
#[derive(Default)]
pub(crate) struct Listeners {
    pub(crate) camera: Listener<dyn FnMut(Camera, Bounds)>,
    pub(crate) press: Listener<PressListener>,
    pub(crate) fresh: Listener<dyn FnMut()>,
    pub(crate) follow_end: Listener<dyn FnMut()>,
}

/// What the page decided.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) options: MapOptions,
    pub(crate) padding: Padding,
    pub(crate) selected: Option<SelectedMark>,
    pub(crate) follow: bool,
    pub(crate) cities: Cities,
}

/// What the stage is made of.
pub(crate) struct Parts {
    pub(crate) window: Window,
    pub(crate) root: HtmlElement,
    pub(crate) library: MapLibre,
    pub(crate) ground: Ground,
    pub(crate) devices: Devices,
    pub(crate) tag: Tag,
    /// The absolute URL of the base map's folder.
    pub(crate) base: String,
}

pub(crate) struct Stage {
    pub(crate) library: MapLibre,
    pub(crate) root: HtmlElement,
    pub(crate) tag: Tag,
    pub(crate) settings: RefCell<Settings>,
    pub(crate) listeners: Listeners,
    window: Window,
    ground: Ground,
    devices: RefCell<Devices>,
    base: String,
    detail: Cell<Detail>,
    size: Cell<(f64, f64)>,
    /// The view of the newest drawing.
    drawn: Cell<Option<View>>,
    devices_stale: Cell<bool>,
    ground_stale: Cell<bool>,
    frame: Cell<Option<i32>>,
    /// An animation frame was let pass, because MapLibre was about to draw.
    waited: Cell<bool>,
    tick: Closure<dyn FnMut()>,
    callbacks: RefCell<Vec<Callback>>,
}

impl Stage {
    pub(crate) fn new(parts: Parts, options: MapOptions) -> Rc<Self> {
        let stage = Rc::new_cyclic(|stage: &Weak<Self>| {
            let stage = stage.clone();
            let tick = move || {
                if let Some(stage) = stage.upgrade() {
                    stage.tick();
                }
            };
            Self {
                library: parts.library,
                root: parts.root,
                tag: parts.tag,
                settings: RefCell::new(Settings {
                    options,
                    ..Settings::default()
                }),
                listeners: Listeners::default(),
                window: parts.window,
                ground: parts.ground,
                devices: RefCell::new(parts.devices),
                base: parts.base,
                detail: Cell::new(Detail::Arriving),
                size: Cell::default(),
                drawn: Cell::new(None),
                devices_stale: Cell::new(true),
                ground_stale: Cell::new(true),
                frame: Cell::new(None),
                waited: Cell::new(false),
                tick: Closure::new(tick),
                callbacks: RefCell::default(),
            }
        });
        stage.measure();
        stage.listen();
        stage
    }

    fn listen(self: &Rc<Self>) {
        let on = |event, act: fn(&Self, JsValue)| self.library.on(event, &self.callback(act));
        on("render", |stage, _| stage.draw());
        on("resize", |stage, _| stage.measure());
        on("idle", |stage, _| stage.refine());
        on("click", Self::press);
        on("dragstart", |stage, _| stage.end_follow());
        let devices = self.devices.borrow();
        let canvas = devices.canvas();
        let on = |event, act| {
            // Refused only for events without a name.
            let _ = canvas.add_event_listener_with_callback(event, &self.callback(act));
        };
        on("webglcontextlost", |_, event| {
            event.unchecked_into::<web_sys::Event>().prevent_default();
        });
        on("webglcontextrestored", |stage, _| stage.restore());
    }

    fn callback(self: &Rc<Self>, act: fn(&Self, JsValue)) -> Function {
        let stage = Rc::downgrade(self);
        let callback = Callback::new(move |event| {
            if let Some(stage) = stage.upgrade() {
                act(&stage, event);
            }
        });
        let function = callback.as_ref().unchecked_ref::<Function>().clone();
        self.callbacks.borrow_mut().push(callback);
        function
    }

    /// Layout is read here only, not in a frame.
    fn measure(&self) {
        let width = f64::from(self.root.client_width());
        let height = f64::from(self.root.client_height());
        self.size.set((width, height));
        self.redraw();
    }

    pub(crate) fn view(&self) -> View {
        let (width, height) = self.size.get();
        View::new(self.library.camera(), width, height)
    }

    /// Takes in what devices did.
    pub(crate) fn apply(&self, update: &FrameUpdate) {
        let place = self.selected_position();
        let changed = self.devices.borrow_mut().apply(update);
        if changed {
            self.devices_stale.set(true);
            self.schedule();
        }
        let moved_to = self.selected_position().filter(|now| Some(*now) != place);
        if let Some(position) = moved_to {
            self.redraw();
            if self.settings.borrow().follow {
                self.centre_on(position, false);
            }
        }
    }

    pub(crate) fn selected_position(&self) -> Option<World> {
        let settings = self.settings.borrow();
        let selected = settings.selected.as_ref()?;
        self.devices.borrow().slots.position(selected.slot)
    }

    /// Puts a place into the middle of the uncovered part.
    pub(crate) fn centre_on(&self, position: World, animate: bool) {
        let view = self.view();
        let padding = self.settings.borrow().padding;
        let camera = view.centred_on(position, view.zoom, padding);
        self.library.move_to(camera, animate);
    }

    /// Brings the selected device out from under panels and edges.
    pub(crate) fn reveal_selected(&self) {
        let padding = self.settings.borrow().padding;
        let covered = |position: &World| !self.view().uncovers(*position, padding, SELECTED_MARGIN);
        if let Some(position) = self.selected_position().filter(covered) {
            self.centre_on(position, true);
        }
    }

    /// Theme and level of detail are both of the style: MapLibre works out what differs.
    pub(crate) fn restyle(&self) {
        let theme = self.settings.borrow().options.theme;
        let style = style(theme, &self.base, self.detail.get());
        self.library.set_style(&maplibre::parsed(&style));
        self.devices.borrow().set_palette(theme.palette());
        self.redraw();
    }

    /// The fine level follows the coarse one; once it stands too, the page's element says so.
    fn refine(&self) {
        match self.detail.replace(Detail::Full) {
            Detail::Arriving => self.restyle(),
            // Refused only for attributes without a name.
            Detail::Full => drop(self.root.set_attribute("data-base", "full")),
        }
    }

    fn restore(&self) {
        let palette = self.settings.borrow().options.theme.palette();
        let restored = self.devices.borrow_mut().restore(palette);
        match restored {
            Ok(()) => self.listeners.fresh.call(|listener| listener()),
            Err(fault) => web_sys::console::error_1(&fault.into()),
        }
    }

    fn press(&self, event: JsValue) {
        let (view, point) = (self.view(), maplibre::event_point(event));
        let radius = (PRESS_RADIUS / view.pixels_per_unit()) as u32;
        let world = view.world_from_screen(point);
        let press = &self.listeners.press;
        press.call(|listener| listener(world, radius, (point.x, point.y)));
    }

    fn end_follow(&self) {
        let followed = std::mem::take(&mut self.settings.borrow_mut().follow);
        if followed {
            self.listeners.follow_end.call(|listener| listener());
        }
    }

    /// Draws all but the base map anew.
    pub(crate) fn redraw(&self) {
        self.ground_stale.set(true);
        self.devices_stale.set(true);
        self.schedule();
    }

    fn schedule(&self) {
        if self.frame.get().is_none() {
            let tick = self.tick.as_ref().unchecked_ref();
            self.frame
                .set(self.window.request_animation_frame(tick).ok());
        }
    }

    /// While the camera moves MapLibre is about to draw, and we with it; but a drag that is held still draws nothing.
    fn tick(&self) {
        self.frame.set(None);
        if self.library.is_moving() && !self.waited.replace(true) {
            self.schedule();
        } else {
            self.draw();
        }
    }

    fn draw(&self) {
        self.waited.set(false);
        let view = self.view();
        let moved = self.drawn.replace(Some(view)) != Some(view);
        let ratio = self.window.device_pixel_ratio();
        if self.ground_stale.take() || moved {
            self.draw_ground(view, ratio);
        }
        if self.devices_stale.take() || moved {
            let settings = self.settings.borrow();
            let selected = settings.selected.as_ref().map(|selected| selected.slot);
            self.devices.borrow().draw(&view, ratio, selected);
        }
        if moved {
            let camera = &self.listeners.camera;
            camera.call(|listener| listener(view.camera(), view.bounds()));
        }
    }

    fn draw_ground(&self, view: View, ratio: f64) {
        let settings = self.settings.borrow();
        let selected = settings.selected.as_ref().zip(self.selected_position());
        self.ground.draw(&Scene {
            view,
            ratio,
            padding: settings.padding,
            palette: settings.options.theme.palette(),
            language: settings.options.language,
            cities: &settings.cities,
            selected: selected.map(|(mark, position)| Track {
                position,
                accuracy: mark.accuracy_m.map_or(0.0, f64::from),
                trail: &mark.trail,
            }),
        });
        let place = selected.map(|(mark, position)| {
            let badge = self.devices.borrow().slots.badge(mark.slot);
            (view.screen_from_world(position), badge)
        });
        self.tag.show(place.filter(|(at, _)| is_inside(*at, &view)));
    }
}

fn is_inside(point: Screen, view: &View) -> bool {
    (0.0..=view.width).contains(&point.x) && (0.0..=view.height).contains(&point.y)
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(frame) = self.frame.get() {
            // Refused for no number.
            let _ = self.window.cancel_animation_frame(frame);
        }
        self.library.remove();
        self.root.remove();
    }
}
