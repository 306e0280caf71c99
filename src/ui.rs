//! What is seen and pressed. It sends `Command`s and reads `FrameView`s; it builds and parses no topic, packet or JSON.

mod chips;
pub mod commands;
mod describe;
pub mod device_list;
pub mod device_panel;
mod device_row;
mod field;
mod fields;
pub mod format;
pub mod icons;
mod life_icon;
mod life_rail;
mod list_window;
mod mark;
mod panel;
pub mod places;
mod shadow_section;
mod sheet;
pub mod store;
mod switch;
pub mod text;
