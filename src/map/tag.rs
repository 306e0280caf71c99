//! The name beside the selected device: an element, so that its look is the style sheet's.

use web_sys::HtmlElement;

use crate::decimal::fixed;
use crate::map::camera::Screen;

/// From the device's position to the tag's left edge, in px.
const DISTANCE: f64 = 22.0;

pub(crate) struct Tag {
    element: HtmlElement,
}

impl Tag {
    pub(crate) fn new(element: HtmlElement) -> Self {
        element.set_hidden(true);
        Self { element }
    }

    pub(crate) fn name(&self, name: &str) {
        self.element.set_text_content(Some(name));
    }

    /// `badge` is that of the mark. None hides the tag.
    pub(crate) fn show(&self, place: Option<(Screen, u8)>) {
        self.element.set_hidden(place.is_none());
        let Some((at, badge)) = place else {
            return;
        };
        let badge = match badge {
            0 => "none",
            1 => "on-its-way",
            _ => "differs",
        };
        // Neither is ever refused: the names are those of an attribute and of a property.
        let _ = self.element.set_attribute("data-badge", badge);
        let (x, y) = (fixed(at.x + DISTANCE, 1), fixed(at.y, 1));
        let transform = format!("translate({x}px, calc({y}px - 50%))");
        let _ = self.element.style().set_property("transform", &transform);
    }
}
