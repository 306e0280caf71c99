//! What the benchmarks of the backend share: clients, processes, loads and how their figures are printed.

pub(crate) mod client;
pub(crate) mod fill;
pub(crate) mod process;
pub(crate) mod report;
pub(crate) mod round_trip;
pub(crate) mod usage;
