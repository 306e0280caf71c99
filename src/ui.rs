//! What is seen and pressed. It sends `Command`s and reads `FrameView`s; it builds and parses no topic, packet or JSON.

pub mod commands;
mod describe;
pub mod format;
pub mod icons;
mod mark;
pub mod places;
pub mod store;
pub mod text;
