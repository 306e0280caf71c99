//! AWS IoT rules: the SQL that picks messages and makes payloads of them, and what is done with those. One and the
//! same for the backend, which runs rules, and the page, which tries them. Knows no connection and no clock.

mod decimal;
pub mod definition;
mod json;
pub mod message;
pub mod sql;
pub mod template;
mod value;

pub use definition::{Action, Definition, DefinitionError};
pub use message::{Incoming, Origin};
pub use sql::{
    Cut, Fired, Mark, MarkKind, PathUse, Sql, SqlError, SqlVersion, function_names, marks,
};
pub use template::Template;
