//! What the benchmarks of the backend share: clients, processes, loads and how their figures are printed.

// Each benchmark uses a part of it.
#![allow(dead_code)]

pub(crate) mod client;
pub(crate) mod crowd;
pub(crate) mod fan_out;
pub(crate) mod fill;
pub(crate) mod namespace;
pub(crate) mod options;
pub(crate) mod process;
pub(crate) mod report;
pub(crate) mod round_trip;
pub(crate) mod socket;
pub(crate) mod usage;
