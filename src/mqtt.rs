//! MQTT 3.1.1 without IO. Knows no shadow and no device.

pub mod wire;
