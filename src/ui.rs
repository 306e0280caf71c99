//! What is seen and pressed. It sends `Command`s and reads `FrameView`s; it builds and parses no topic, packet or JSON.

pub mod format;
pub mod store;
pub mod text;
