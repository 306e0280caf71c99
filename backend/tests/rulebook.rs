//! What rules get, what is kept of it, and what they publish: the backend in virtual time, with a map for a disk and
//! somebody who carries rules out when the test says so.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "durable/client.rs"]
mod client;
#[path = "rulebook/durable.rs"]
mod durable;
#[path = "rulebook/matching.rs"]
mod matching;
#[path = "rulebook/queue.rs"]
mod queue;
#[path = "rulebook/refusals.rs"]
mod refusals;
#[path = "rulebook/republish.rs"]
mod republish;
#[path = "rulebook/world.rs"]
mod world;
