//! How the keys of a broker's devices are shown and changed, where a person said more than the data does. Knows no
//! storage.

use serde::{Deserialize, Serialize};

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
