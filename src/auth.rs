//! How a client shows who it is: the ways in, and AWS Signature Version 4.

pub mod attempt;
pub mod clock;
pub mod cognito;
pub mod endpoint;
mod fault;
mod keys;
pub mod registry;
pub mod rules;
pub mod sigv4;
pub mod way;

pub use fault::SignInFault;

/// An HTTP call that has to be made, with the secrets that it carries.
pub struct Question {
    pub method: &'static str,
    pub url: String,
    /// By their names in lower case.
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}
