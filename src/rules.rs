//! AWS IoT rules: the SQL that picks messages and makes payloads of them, and what is done with those. One and the
//! same for the backend, which runs rules, and the page, which tries them. Knows no connection and no clock.

#[allow(dead_code)]
mod decimal;
pub mod definition;
mod json;
pub mod message;
pub mod sql;
pub mod template;
#[allow(dead_code)]
mod value;

pub use definition::{Action, Definition, DefinitionError};
pub use message::{Incoming, Origin};
pub use sql::{Fired, PathUse, Sql, SqlError, SqlVersion};
pub use template::Template;
