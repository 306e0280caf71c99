//! A stand-in for AWS IoT Core on one machine.
//!
//! - [`broker`]: MQTT 3.1.1 as a pure value: connections, sessions, subscriptions, retained messages; no IO, no clock
//! - [`backend`]: broker, shadow service and simulated fleet joined; what tests drive in virtual time
//! - [`fleet`]: simulated devices, an in-process client of the broker
//! - [`net`]: tokio: TCP, HTTP, WebSocket and the dashboard's files around one backend
//! - [`options`]: the flags of the command line

pub mod broker;
pub mod backend;
pub mod fleet;
pub mod net;
pub mod options;
