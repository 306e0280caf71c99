//! MQTT 3.1.1 without IO: packets from bytes, and the client's side of a session. Knows no shadow and no device.

mod backoff;
mod inflight;
pub mod limits;
pub mod session;
pub mod wire;
