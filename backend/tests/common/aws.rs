//! The aws CLI: the one that `GNOMON_AWS` names, else the one that `cargo xtask setup` installs, else the one on the
//! PATH.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

const INSTALLED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tools/aws/bin/aws");

/// Each command starts an interpreter, which takes its time on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) fn program() -> OsString {
    std::env::var_os("GNOMON_AWS").unwrap_or_else(|| {
        let installed = Path::new(INSTALLED);
        let path = if installed.is_file() {
            INSTALLED
        } else {
            "aws"
        };
        path.into()
    })
}

/// A PATH on which `aws` is that program.
pub(crate) fn path() -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    let program = PathBuf::from(program());
    folders.splice(0..0, program.parent().map(Path::to_owned));
    std::env::join_paths(folders).unwrap()
}
