//! Gnomon: a dashboard in the browser that speaks MQTT, shows where every device is and changes its shadow.
//!
//! The modules in reading order. Everything above the line compiles natively and names no browser API.
//!
//! - [`time`], [`rng`], [`geo`], [`decimal`], [`topic`], [`message`]: the small words that everything else is written in
//! - [`mqtt`]: MQTT 3.1.1 without IO: packets from bytes, and the client's session
//! - [`auth`]: how a client shows who it is: endpoints, keys, SigV4 and Cognito
//! - [`shadow`]: AWS IoT Device Shadows: documents, merge, delta, topics, requests, and the service itself
//! - [`location`]: the many shapes in which a position arrives, read into one
//! - [`rules`]: AWS IoT rules: SQL over messages, and what is done with what it makes of them
//! - [`fleet`]: every device that was ever heard of, ready to be drawn, searched and sorted
//! - [`engine`]: the brain: what comes from the link and from the page goes in, packets and frames come out
//!
//! ---
//!
//! - `web`: socket, timer, clock, storage and the worker, thin glue without decisions
//! - [`map`]: MapLibre GL JS and the WebGL2 canvas of the devices; its arithmetic compiles natively
//! - `ui`: what is seen and pressed

pub mod time;
pub mod rng;
pub mod geo;
pub mod decimal;
pub mod topic;
pub mod message;
pub mod mqtt;
pub mod auth;
pub mod shadow;
pub mod location;
pub mod rules;
pub mod fleet;
pub mod engine;

#[cfg(target_arch = "wasm32")]
pub mod web;
pub mod map;
#[cfg(target_arch = "wasm32")]
pub mod ui;
