//! The aws CLI from PyPI, in the one version that the tests were tried with and in a Python environment of its own.

use super::system::{self, PYTHON, first_line};
use crate::command::command;
use crate::failure::Failure;
use crate::paths;
use crate::progress;
use std::path::PathBuf;

const VERSION: &str = "1.46.3";

/// Where `ensure` puts it.
pub(crate) fn program() -> PathBuf {
    folder().join("bin/aws")
}

fn folder() -> PathBuf {
    paths::tools().join("aws")
}

pub(super) fn ensure() -> Result<(), Failure> {
    if is_installed() {
        return Ok(());
    }
    // Debian's python3 alone cannot make an environment that has pip.
    if first_line(&mut command(
        "python3",
        ["-c", "import ensurepip, venv; print()"],
    ))
    .is_none()
    {
        system::install(&[&PYTHON])?;
    }
    let mut venv = command("python3", ["-m", "venv", "--clear"]);
    progress::run("make a Python environment", venv.arg(folder()))?;
    let package = format!("awscli=={VERSION}");
    let mut pip = command(folder().join("bin/python3"), ["-m", "pip", "install"]);
    pip.args(["--quiet", "--disable-pip-version-check", &package]);
    progress::run(&format!("pip install {package}"), &mut pip)?;
    match is_installed() {
        true => Ok(()),
        false => Err(Failure::message(format!(
            "{} does not run, though it was just installed",
            program().display()
        ))),
    }
}

fn is_installed() -> bool {
    let line = first_line(&mut command(program(), ["--version"]));
    line.as_deref().is_some_and(is_wanted)
}

/// Whether a line such as `aws-cli/1.46.3 Python/3.11.2 Linux/6.1 botocore/1.42.0` is of our version.
fn is_wanted(line: &str) -> bool {
    let name = line.split_whitespace().next();
    name.and_then(|name| name.strip_prefix("aws-cli/")) == Some(VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_version_is_not_taken() {
        assert!(is_wanted(&format!("aws-cli/{VERSION} Python/3.11.2")));
        assert!(!is_wanted(&format!("aws-cli/{VERSION}0 Python/3.11.2")));
        assert!(!is_wanted("aws-cli/2.30.0 Python/3.13.7"));
        assert!(!is_wanted(""));
    }
}
