//! The aws CLI, the article's own tool.

use super::python::Package;
use crate::failure::Failure;
use std::path::PathBuf;

const AWS_CLI: Package = Package {
    folder: "aws",
    name: "awscli",
    extras: "",
    version: "1.46.3",
    program: "aws",
    greeting: "--version",
};

/// Where `ensure` puts it.
pub(crate) fn program() -> PathBuf {
    AWS_CLI.program()
}

pub(super) fn ensure() -> Result<(), Failure> {
    AWS_CLI.ensure()
}
