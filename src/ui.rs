//! What is seen and pressed. It sends `Command`s and reads `FrameView`s; it builds and parses no topic, packet or JSON.

mod chips;
pub mod commands;
mod describe;
pub mod device_list;
mod device_row;
pub mod format;
pub mod icons;
mod list_window;
mod mark;
pub mod places;
mod sheet;
pub mod store;
pub mod text;
