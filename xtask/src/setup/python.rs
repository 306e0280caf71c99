//! Programs from PyPI, each in the one version that the tests were tried with and in a Python environment of its own.

use super::system::{self, first_line};
use crate::command::command;
use crate::failure::Failure;
use crate::paths;
use crate::progress;
use std::path::PathBuf;

/// A program that pip installs.
pub(super) struct Package {
    /// Its folder among our tools.
    pub(super) folder: &'static str,
    pub(super) name: &'static str,
    /// With its brackets, or empty.
    pub(super) extras: &'static str,
    pub(super) version: &'static str,
    pub(super) program: &'static str,
    /// The argument with which it says something and ends well.
    pub(super) greeting: &'static str,
}

impl Package {
    /// Where `ensure` puts the program.
    pub(super) fn program(&self) -> PathBuf {
        self.folder().join("bin").join(self.program)
    }

    pub(super) fn ensure(&self) -> Result<(), Failure> {
        if self.is_installed() {
            return Ok(());
        }
        // Debian's python3 alone cannot make an environment that has pip.
        if first_line(&mut command(
            "python3",
            ["-c", "import ensurepip, venv; print()"],
        ))
        .is_none()
        {
            system::install(&[&system::PYTHON])?;
        }
        let mut venv = command("python3", ["-m", "venv", "--clear"]);
        progress::run("make a Python environment", venv.arg(self.folder()))?;
        let package = format!("{}{}=={}", self.name, self.extras, self.version);
        let mut pip = command(self.python(), ["-m", "pip", "install"]);
        pip.args(["--quiet", "--disable-pip-version-check", &package]);
        progress::run(&format!("pip install {package}"), &mut pip)?;
        match self.is_installed() {
            true => Ok(()),
            false => Err(Failure::message(format!(
                "{} does not run, though it was just installed",
                self.program().display()
            ))),
        }
    }

    fn folder(&self) -> PathBuf {
        paths::tools().join(self.folder)
    }

    fn python(&self) -> PathBuf {
        self.folder().join("bin/python3")
    }

    /// Whether the package is there in our version and its program starts: not each can say its version itself.
    fn is_installed(&self) -> bool {
        let ask = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))";
        let version = first_line(&mut command(self.python(), ["-c", ask, self.name]));
        version.as_deref() == Some(self.version)
            && first_line(&mut command(self.program(), [self.greeting])).is_some()
    }
}
