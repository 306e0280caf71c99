//! AWS IoT Device Shadows without IO: one and the same code for the page and for the backend.
//!
//! - [`value`], [`switch`], [`form`]: values as shadows hold them, compared by the rules of the delta, read as on or
//!   off, and written in the type of another
//! - [`document`]: a shadow's desired and reported state, from JSON and to JSON (serde stops there)
//! - [`topics`]: names of things and shadows, the reserved topics, the filters
//! - [`patch`], [`merge`]: what an update asks for, and what becomes of a document; delta, size, depth
//! - [`three_way`], [`text`]: two edits of one desired state brought together; desired states as a person types them
//! - [`event`]: what the service says, as a client reads it
//! - [`requests`]: the life of a change that a client wishes for
//! - [`error`], [`service`]: the service itself, from a request to its answer and the messages to publish
//!
//! A client builds requests with [`document::desired_update`] and [`topics::ShadowTopic`], subscribes to the filters of
//! [`topics::Operation::WATCHED`], and reads what comes with [`event::ShadowEvent::parse`].
//! A broker passes what clients publish to the service and publishes what it is given:
//!
//! ```
//! use gnomon::shadow::service::{Limits, Request, ShadowService};
//! use gnomon::time::UnixMillis;
//!
//! let mut service = ShadowService::new(Limits::default());
//! let payload = br#"{"state":{"desired":{"power":"on"}}}"#;
//! // None: no topic that the service answers on. A retained copy of a request must not be passed on either.
//! let request = Request::from_message("$aws/things/lamp/shadow/update", payload).unwrap();
//! let messages = service.handle(request, UnixMillis(0)).messages;
//! assert_eq!(messages.len(), 3, "accepted, delta and documents, to be published in this order");
//! ```

pub mod value;
pub mod switch;
pub mod form;
pub mod document;
pub mod topics;
pub mod patch;
pub mod merge;
pub mod three_way;
pub mod text;
pub mod event;
pub mod error;
pub mod requests;
pub mod service;

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod properties;
