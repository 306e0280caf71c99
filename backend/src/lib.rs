//! A stand-in for AWS IoT Core on one machine.
//!
//! - [`journal`]: what changed since it was last saved, and what has to wait for that
//! - [`record`]: what is kept on disk, as bytes in tables
//! - [`things`]: who is known here and what they may do: certificates, policies, the registry (pure)
//! - [`broker`]: MQTT 3.1.1 as a pure value: connections, sessions, subscriptions, retained messages; no IO, no clock
//! - [`rules`]: which messages rules get, in queues that are kept, and how it went (pure)
//! - [`search`]: the query language of the fleet's index
//! - [`api`]: the HTTP calls of AWS IoT's data endpoint and control plane, from a request's parts to an answer's
//! - [`signatures`]: who signed a request by AWS Signature Version 4
//! - [`backend`]: broker, shadow service and simulated fleet joined; what tests drive in virtual time
//! - `unanswered`: how many shadow requests of a connection wait for their answer
//! - [`uplink`]: the shadow service as a client of somebody else's broker, instead of our own
//! - [`fleet`]: simulated devices, an in-process client of the broker
//! - [`identity`]: the certificate authority and the server's certificate in files of the data folder
//! - [`store`]: the database file
//! - [`objects`]: where rules store: files of a folder, or S3
//! - [`net`]: tokio: TCP, HTTP, WebSocket and the dashboard's files around one backend
//! - [`options`]: the flags of the command line
//! - [`terminal`]: lines for whoever runs the process

#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod journal;
pub mod record;
pub mod things;
pub mod broker;
pub mod rules;
pub mod search;
pub mod signatures;
pub mod api;
mod unanswered;
pub mod uplink;
pub mod backend;
pub mod fleet;
pub mod identity;
pub mod store;
pub mod objects;
pub mod net;
pub mod options;
pub mod terminal;
