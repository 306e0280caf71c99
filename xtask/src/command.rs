//! The environment that every child gets: our own tools first on the path, and nothing of what
//! `cargo run` and rustup's proxy left in ours.

use crate::paths;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A command in the repository's root, without standard input. `cargo` is the user's own toolchain.
pub(crate) fn command<I, S>(program: impl AsRef<OsStr>, arguments: I) -> Command
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(paths::root())
        .stdin(Stdio::null());
    clean(&mut command);
    if let Ok(search) = std::env::join_paths(paths::search()) {
        command.env("PATH", search);
    }
    command
}

fn clean(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_of_cargo_run) {
            command.env_remove(name);
        }
    }
    for name in ["LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"] {
        if let Some(value) = std::env::var_os(name) {
            let kept: Vec<PathBuf> = std::env::split_paths(&value)
                .filter(|folder| !is_of_a_toolchain(folder))
                .collect();
            match std::env::join_paths(kept) {
                Ok(kept) if !kept.is_empty() => command.env(name, kept),
                _ => command.env_remove(name),
            };
        }
    }
}

/// Variables that name the toolchain or the package of this very run. Handed on, they would force
/// the native toolchain on a wasm32 build, or make Cargo rebuild what it has.
fn is_of_cargo_run(name: &str) -> bool {
    matches!(
        name,
        "RUSTUP_TOOLCHAIN"
            | "RUST_RECURSION_COUNT"
            | "CARGO"
            | "CARGO_MANIFEST_DIR"
            | "CARGO_MANIFEST_PATH"
    ) || name.starts_with("CARGO_PKG_")
}

fn is_of_a_toolchain(folder: &Path) -> bool {
    folder.as_os_str().is_empty()
        || folder.starts_with(paths::target())
        || folder
            .components()
            .any(|part| part.as_os_str() == "toolchains")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_toolchain_of_this_run_is_not_handed_on() {
        assert!(is_of_cargo_run("RUSTUP_TOOLCHAIN"));
        assert!(is_of_cargo_run("CARGO_PKG_VERSION_MAJOR"));
    }

    #[test]
    fn the_user_s_own_settings_are_handed_on() {
        for name in [
            "CARGO_HOME",
            "CARGO_TARGET_DIR",
            "RUSTUP_HOME",
            "CARGO_BUILD_JOBS",
        ] {
            assert!(!is_of_cargo_run(name), "{name}");
        }
    }

    #[test]
    fn library_folders_of_a_toolchain_are_told_from_the_user_s() {
        assert!(is_of_a_toolchain(Path::new(
            "/home/me/.rustup/toolchains/stable/lib"
        )));
        assert!(!is_of_a_toolchain(Path::new("/opt/cuda/lib")));
    }
}
