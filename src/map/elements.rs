//! The elements of the map, one above the other. They say nothing to a screen reader: the page around them does.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, HtmlCanvasElement, HtmlElement};

use crate::map::camera::View;

pub(crate) struct Elements {
    pub(crate) root: HtmlElement,
    /// MapLibre's own.
    pub(crate) base: HtmlElement,
    pub(crate) ground: HtmlCanvasElement,
    pub(crate) devices: HtmlCanvasElement,
    pub(crate) tag: HtmlElement,
}

impl Elements {
    pub(crate) fn new(document: &Document, container: &HtmlElement) -> Result<Self, JsValue> {
        let elements = Self {
            root: element(document, "div", "map-stage")?,
            base: element(document, "div", "map-base")?,
            ground: element(document, "canvas", "map-ground")?,
            devices: element(document, "canvas", "map-devices")?,
            tag: element(document, "div", "map-tag")?,
        };
        let root = &elements.root;
        root.set_attribute("aria-hidden", "true")?;
        root.append_child(&elements.base)?;
        root.append_child(&elements.ground)?;
        root.append_child(&elements.devices)?;
        root.append_child(&elements.tag)?;
        container.append_child(root)?;
        Ok(elements)
    }
}

/// Gives a canvas the size of the view, and tells it in device px. `ratio` is device px per CSS px.
pub(crate) fn fit_canvas(canvas: &HtmlCanvasElement, view: &View, ratio: f64) -> [u32; 2] {
    let size = [view.width * ratio, view.height * ratio].map(|side| side.round() as u32);
    // Setting a size clears the canvas even where it is equal.
    if [canvas.width(), canvas.height()] != size {
        canvas.set_width(size[0]);
        canvas.set_height(size[1]);
    }
    size
}

fn element<T: JsCast>(document: &Document, name: &str, class: &str) -> Result<T, JsValue> {
    let element = document.create_element(name)?;
    element.set_class_name(class);
    Ok(element.unchecked_into())
}
