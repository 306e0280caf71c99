//! A stand-in for AWS IoT Core on one machine.
//!
//! - [`broker`]: MQTT 3.1.1 as a pure value: connections, sessions, subscriptions, retained messages; no IO, no clock
//! - [`fleet`]: simulated devices, an in-process client of the broker

pub mod broker;
pub mod fleet;
