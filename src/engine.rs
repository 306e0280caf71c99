//! The brain of the dashboard, as a pure value: it reads no clock, no socket and no storage.

pub mod command;
pub mod frame;
