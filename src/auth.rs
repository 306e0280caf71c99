//! How a client shows who it is: so far by AWS Signature Version 4.

pub mod sigv4;
