//! The few words of MapLibre GL JS that are spoken here. The module and its worker lie beside the page's script.

use js_sys::Function;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlCanvasElement, HtmlElement};

use crate::map::camera::{Camera, Screen};

#[wasm_bindgen(raw_module = "./maplibre-gl.mjs")]
extern "C" {
    #[wasm_bindgen(js_name = Map)]
    pub(crate) type MapLibre;

    /// Throws when there is no WebGL2.
    #[wasm_bindgen(catch, constructor, js_class = "Map")]
    fn new(options: &JsValue) -> Result<MapLibre, JsValue>;

    #[wasm_bindgen(method)]
    pub(crate) fn on(this: &MapLibre, event: &str, listener: &Function);

    #[wasm_bindgen(method, js_name = setStyle)]
    pub(crate) fn set_style(this: &MapLibre, style: &JsValue);

    #[wasm_bindgen(method, js_name = getCanvas)]
    fn canvas(this: &MapLibre) -> HtmlCanvasElement;

    #[wasm_bindgen(method, getter, js_name = touchZoomRotate)]
    fn touch_zoom_rotate(this: &MapLibre) -> TouchZoomRotate;

    type TouchZoomRotate;

    #[wasm_bindgen(method, js_name = disableRotation)]
    fn disable_rotation(this: &TouchZoomRotate);

    #[wasm_bindgen(method, js_name = getCenter)]
    fn center(this: &MapLibre) -> LngLat;

    #[wasm_bindgen(method, js_name = getZoom)]
    fn zoom(this: &MapLibre) -> f64;

    #[wasm_bindgen(method, js_name = isMoving)]
    pub(crate) fn is_moving(this: &MapLibre) -> bool;

    #[wasm_bindgen(method, js_name = jumpTo)]
    fn jump_to(this: &MapLibre, options: &JsValue);

    #[wasm_bindgen(method, js_name = easeTo)]
    fn ease_to(this: &MapLibre, options: &JsValue);

    #[wasm_bindgen(method, js_name = panBy)]
    fn pan_by_offset(this: &MapLibre, offset: &js_sys::Array, options: &JsValue);

    #[wasm_bindgen(method)]
    pub(crate) fn remove(this: &MapLibre);

    type LngLat;

    #[wasm_bindgen(method, getter)]
    fn lng(this: &LngLat) -> f64;

    #[wasm_bindgen(method, getter)]
    fn lat(this: &LngLat) -> f64;

    type Point;

    #[wasm_bindgen(method, getter)]
    fn x(this: &Point) -> f64;

    #[wasm_bindgen(method, getter)]
    fn y(this: &Point) -> f64;

    type MapMouseEvent;

    #[wasm_bindgen(method, getter)]
    fn point(this: &MapMouseEvent) -> Point;
}

/// How long a camera takes to arrive, in milliseconds. MapLibre makes it 0 for those who prefer reduced motion.
const EASE: f64 = 240.0;

/// North stays up and the view flat; keys, controls and the box for zooming are the page's own affair.
const OPTIONS: &str = r#"{"attributionControl":false,"maplibreLogo":false,"keyboard":false,"boxZoom":false,
"dragRotate":false,"touchPitch":false,"maxPitch":0,"maxZoom":18,"fadeDuration":0,"validateStyle":false}"#;

impl MapLibre {
    /// Fails when there is no WebGL2.
    pub(crate) fn start(
        container: &HtmlElement,
        camera: Camera,
        style: &JsValue,
    ) -> Result<Self, JsValue> {
        let options = camera_fields(parsed(OPTIONS), camera);
        set(&options, "container", container);
        set(&options, "style", style);
        let map = Self::new(&options)?;
        map.touch_zoom_rotate().disable_rotation();
        // MapLibre makes its canvas a region named Map that takes the focus: the element around it is that already.
        let canvas = map.canvas();
        canvas.remove_attribute("role")?;
        canvas.remove_attribute("aria-label")?;
        canvas.set_tab_index(-1);
        Ok(map)
    }

    pub(crate) fn camera(&self) -> Camera {
        let center = self.center();
        Camera {
            zoom: self.zoom(),
            lng: center.lng(),
            lat: center.lat(),
        }
    }

    pub(crate) fn move_to(&self, camera: Camera, animate: bool) {
        let options = camera_fields(object(), camera);
        if animate {
            self.ease_to(&eased(options));
        } else {
            self.jump_to(&options);
        }
    }

    pub(crate) fn zoom_to(&self, zoom: f64) {
        let options = eased(object());
        set(&options, "zoom", &zoom.into());
        self.ease_to(&options);
    }

    /// In px, to the right and down.
    pub(crate) fn pan_by(&self, x: f64, y: f64) {
        self.pan_by_offset(&js_sys::Array::of2(&x.into(), &y.into()), &eased(object()));
    }
}

/// Where on the map's element a mouse event happened.
pub(crate) fn event_point(event: JsValue) -> Screen {
    let point = event.unchecked_into::<MapMouseEvent>().point();
    Screen {
        x: point.x(),
        y: point.y(),
    }
}

/// JSON that was written here, as an object.
pub(crate) fn parsed(json: &str) -> JsValue {
    js_sys::JSON::parse(json).unwrap_or_default()
}

/// Center and zoom, as both the constructor and the movements take them.
fn camera_fields(options: JsValue, camera: Camera) -> JsValue {
    let center = js_sys::Array::of2(&camera.lng.into(), &camera.lat.into());
    set(&options, "center", &center);
    set(&options, "zoom", &camera.zoom.into());
    options
}

fn eased(options: JsValue) -> JsValue {
    set(&options, "duration", &EASE.into());
    options
}

fn object() -> JsValue {
    js_sys::Object::new().into()
}

fn set(object: &JsValue, name: &str, value: &JsValue) {
    // A plain object never refuses a property.
    let _ = js_sys::Reflect::set(object, &name.into(), value);
}
