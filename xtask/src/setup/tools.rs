//! Cargo's own tools in the one version that this repository was tried with: taken from the path
//! when that version is there, else built once into `target/tools`.

use super::system::first_line;
use crate::command::command;
use crate::failure::Failure;
use crate::paths;
use crate::progress;
use std::fs;

pub(super) struct Tool {
    package: &'static str,
    program: &'static str,
    version: String,
    /// Whether the package's own lock file is kept to.
    locked: bool,
}

pub(super) fn trunk() -> Tool {
    Tool {
        package: "trunk",
        program: "trunk",
        version: "0.21.14".into(),
        locked: true,
    }
}

pub(super) fn cargo_deny() -> Tool {
    Tool {
        package: "cargo-deny",
        program: "cargo-deny",
        version: "0.20.2".into(),
        locked: true,
    }
}

/// The command-line half of wasm-bindgen refuses any version but that of the crate. Its lock file
/// may name versions that the registry has withdrawn.
pub(super) fn wasm_bindgen() -> Result<Tool, Failure> {
    let path = paths::root().join("Cargo.lock");
    let lock = fs::read_to_string(&path)
        .map_err(|error| Failure::io(format_args!("cannot read {}", path.display()), &error))?;
    let version = locked_version(&lock, "wasm-bindgen")
        .ok_or_else(|| Failure::message("Cargo.lock names no wasm-bindgen"))?;
    Ok(Tool {
        package: "wasm-bindgen-cli",
        program: "wasm-bindgen",
        version: version.to_owned(),
        locked: false,
    })
}

pub(super) fn ensure(tool: &Tool) -> Result<(), Failure> {
    if is_installed(tool) {
        return Ok(());
    }
    let root = paths::tools();
    let title = format!(
        "build {} {} (once, some minutes)",
        tool.package, tool.version
    );
    let mut install = command(
        "cargo",
        ["install", tool.package, "--version", &tool.version],
    );
    install.arg("--root").arg(&root);
    if tool.locked {
        install.arg("--locked");
    }
    // Objects stay beside the tools until the build has succeeded, so that an interrupted one goes on.
    let objects = root.join("build");
    progress::run(&title, install.env("CARGO_TARGET_DIR", &objects))?;
    fs::remove_dir_all(&objects).map_err(|error| {
        Failure::io(format_args!("cannot remove {}", objects.display()), &error)
    })?;
    if is_installed(tool) {
        Ok(())
    } else {
        let bin = root.join("bin").join(tool.program);
        Err(Failure::message(format!(
            "{} does not run, though it was just built",
            bin.display()
        )))
    }
}

fn is_installed(tool: &Tool) -> bool {
    let line = first_line(&mut command(tool.program, ["--version"]));
    line.as_deref().and_then(version_in) == Some(&tool.version)
}

/// The version in a line such as `trunk 0.21.14`.
fn version_in(line: &str) -> Option<&str> {
    line.split_whitespace().nth(1)
}

/// The version of a package in the text of a Cargo.lock.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines
        .nth(1)?
        .strip_prefix("version = \"")?
        .strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n\n\
                        [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"x\"\n";

    #[test]
    fn the_locked_version_is_that_of_the_whole_name() {
        assert_eq!(locked_version(LOCK, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(LOCK, "wasm"), None);
    }

    #[test]
    fn a_lock_cut_short_names_no_version() {
        assert_eq!(
            locked_version("name = \"wasm-bindgen\"", "wasm-bindgen"),
            None
        );
        assert_eq!(locked_version("name = \"a\"\nversion = 3", "a"), None);
    }

    #[test]
    fn this_repository_locks_a_wasm_bindgen() {
        assert!(wasm_bindgen().is_ok_and(|tool| tool.version.starts_with("0.2.")));
    }

    #[test]
    fn a_tool_s_version_is_its_second_word() {
        assert_eq!(version_in("trunk 0.21.14"), Some("0.21.14"));
        assert_eq!(version_in("wasm-bindgen 0.2.130 (abc)"), Some("0.2.130"));
        assert_eq!(version_in("trunk"), None);
    }
}
