//! How a client shows who it is: the ways in, and AWS Signature Version 4.

mod fault;
pub mod profile;
pub mod sigv4;
pub mod way;

pub use fault::SignInFault;
