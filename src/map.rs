//! The map: MapLibre GL JS draws the ground, canvases of our own draw what is ours.
//!
//! From below: MapLibre's canvas; `ground` (2D: grid, trail, city names, scale); `devices` (WebGL2: one mark a
//! device); `tag` (the name of the selected device). While the camera rests only what changed is drawn again, and
//! MapLibre does nothing. The parts that need no browser (camera, cities, style, tokens) compile natively and are
//! tested there. Nothing here knows of topics, shadows or messages.

pub mod camera;
pub mod cities;
pub mod tokens;
pub mod labels;
pub mod scale;
pub mod shapes;
pub mod slots;
pub mod style;

#[cfg(target_arch = "wasm32")]
mod devices;
#[cfg(target_arch = "wasm32")]
mod elements;
#[cfg(target_arch = "wasm32")]
mod ground;
#[cfg(target_arch = "wasm32")]
mod host;
#[cfg(target_arch = "wasm32")]
mod listener;
#[cfg(target_arch = "wasm32")]
mod maplibre;
#[cfg(target_arch = "wasm32")]
mod program;
#[cfg(target_arch = "wasm32")]
mod stage;
#[cfg(target_arch = "wasm32")]
mod tag;

#[cfg(target_arch = "wasm32")]
pub use host::{MapError, MapHost, MapOptions, SelectedMark};

/// The languages in which the map names cities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MapLanguage {
    #[default]
    English,
    Japanese,
}

/// Whose data the bundled map shows. GeoNames asks to be named (CC BY 4.0).
pub fn attribution() -> &'static str {
    "Natural Earth, GeoNames"
}
