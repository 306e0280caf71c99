//! The browser's parts that the engine and the page need: thin glue that decides nothing.

mod ask;
pub mod awake;
pub mod bridge;
mod clock;
mod memory;
mod parcel;
pub mod position;
mod socket;
pub mod start;
pub mod storage;
pub mod tabs;
mod timer;
pub mod worker;
