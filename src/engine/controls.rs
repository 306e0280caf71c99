//! How the keys of a broker's devices are shown and changed: from what a person said, and from the data. Knows no
//! storage.

mod fit;
mod lines;
mod seen;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;

use serde::{Deserialize, Serialize};

pub use lines::{LineFault, LineProblem, read, write};

pub(super) use fit::{Subject, typed, value_of};

use crate::fleet::Slot;
use crate::shadow::document::ShadowDocument;
use seen::SeenTexts;

/// Keys that may be said something about.
const MAX_SHAPES: usize = 1000;

/// What a person said about controls, for all devices of a broker.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ControlSet {
    /// Every press makes a draft first, which is sent by a second one.
    pub review: bool,
    /// At most one for each path.
    pub shapes: Vec<Shape>,
}

/// What is said about one key. Empty and `None`: nothing, the data decides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// Keys from the section down.
    pub path: Vec<String>,
    /// Stands before those that are not.
    pub pinned: bool,
    pub label: String,
    pub unit: String,
    pub kind: Option<ControlKind>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub step: Option<f64>,
    /// As a person reads them; each is wished in the form that the device uses.
    pub choices: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ControlKind {
    /// Shown, never changed.
    ReadOnly,
    Switch,
    Number,
    Choice,
    Text,
    Colour,
    /// A button that is held: it wishes something to happen once, and has no state.
    Momentary,
}

/// The control that fits a key, from what its values look like and what a person said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Control {
    /// Only shown.
    #[default]
    None,
    /// Its positions are in [`super::frame::FieldView::switch`].
    Switch,
    Number {
        range: Option<Range>,
    },
    /// In their order.
    Choice {
        options: Vec<super::frame::ValueView>,
    },
    Text,
    /// Texts such as `#D6542F`.
    Colour,
    /// What a press wishes.
    Momentary {
        press: super::frame::ValueView,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Range {
    pub min: f64,
    pub max: f64,
    pub step: f64,
}

/// What is known about the controls of a broker's devices.
#[derive(Debug, Default)]
pub(super) struct Controls {
    said: ControlSet,
    /// Indexes of the shapes in the order of their paths.
    by_path: Vec<usize>,
    seen: SeenTexts,
}

impl Controls {
    /// What a person says now, in place of what was said before.
    pub(super) fn say(&mut self, mut said: ControlSet) {
        said.shapes.truncate(MAX_SHAPES);
        self.by_path = (0..said.shapes.len()).collect();
        let path = |index: &usize| said.shapes.get(*index).map(|shape| &shape.path);
        self.by_path.sort_by(|a, b| path(a).cmp(&path(b)));
        self.said = said;
    }

    pub(super) fn shape(&self, path: &[String]) -> Option<&Shape> {
        let of = |index: &usize| self.said.shapes.get(*index);
        let path_of = |index: &usize| of(index).map_or(&[][..], |shape| &shape.path);
        let place = self
            .by_path
            .binary_search_by(|index| path_of(index).cmp(path));
        of(self.by_path.get(place.ok()?)?)
    }

    /// Learns which texts devices use.
    pub(super) fn learn(&mut self, slot: Slot, document: &ShadowDocument) {
        self.seen.learn(slot, document);
    }

    /// Forgets the devices of another broker.
    pub(super) fn clear(&mut self) {
        self.seen.clear();
    }
}
