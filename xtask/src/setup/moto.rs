//! moto's server: an S3 that we did not write, for the tests of rules that store.

use super::python::Package;
use crate::failure::Failure;
use std::path::PathBuf;

const MOTO: Package = Package {
    folder: "moto",
    name: "moto",
    extras: "[server]",
    version: "5.2.5",
    program: "moto_server",
    greeting: "--help",
};

/// Where `ensure` puts it.
pub(crate) fn program() -> PathBuf {
    MOTO.program()
}

pub(super) fn ensure() -> Result<(), Failure> {
    MOTO.ensure()
}
