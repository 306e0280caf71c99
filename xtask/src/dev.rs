//! `cargo xtask dev`: a debug build that is made again and reloads the page when a source file
//! changes. Trunk's reloading needs an inline script, so the policy is relaxed for it here alone.

use crate::command::command;
use crate::demo::{is_ready, trunk};
use crate::failure::Failure;
use crate::paths;
use crate::process::Child;
use crate::progress;
use crate::service::{Services, backend, require_free_ports};
use crate::setup::{self, Need, Toolchain};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) fn run() -> Result<(), Failure> {
    require_free_ports()?;
    let toolchain = setup::ensure(Need::DASHBOARD)?;
    let mut build = command("cargo", ["build", "--package", "gnomon-backend"]);
    progress::run("build the backend (debug)", &mut build)?;
    let config = write_config()?;
    let mut services = Services::default();
    services.start(
        "start the backend (debug)",
        backend(&paths::target().join("debug/gnomon-backend")),
        is_ready,
    )?;
    println!(
        "Trunk serves http://127.0.0.1:8080 once it has built. Press Ctrl-C here to stop everything."
    );
    // Its output is what a person wants to see while editing, so it goes straight to the terminal.
    let mut trunk = Child::spawn(&mut serve(toolchain, &config))?;
    services.run(|| match trunk.try_wait()? {
        None => Ok(()),
        Some(_) => Err(Failure::message("Trunk has ended.")),
    })
}

/// A copy of Trunk.toml for this command, with all paths given on the command line because Trunk
/// would take them relative to the copy.
fn serve(toolchain: Toolchain, config: &Path) -> Command {
    let root = paths::root();
    let mut serve = trunk(toolchain, &["serve", "--config"]);
    serve.arg(config).arg("--dist").arg(root.join("dist"));
    for path in ["src", "style", "assets", "index.html", "Cargo.toml"] {
        serve.arg("--watch").arg(root.join(path));
    }
    serve.arg(root.join("index.html"));
    serve
}

fn write_config() -> Result<PathBuf, Failure> {
    let source = paths::root().join("Trunk.toml");
    let config = fs::read_to_string(&source)
        .map_err(|error| Failure::io(format_args!("cannot read {}", source.display()), &error))?;
    let folder = paths::target().join("dev");
    let path = folder.join("Trunk.toml");
    let write = || {
        fs::create_dir_all(&folder)?;
        fs::write(&path, relaxed(&config))
    };
    write()
        .map_err(|error| Failure::io(format_args!("cannot write {}", path.display()), &error))?;
    Ok(path)
}

fn relaxed(config: &str) -> String {
    let kept: Vec<&str> = config
        .lines()
        .take_while(|line| *line != "[watch]")
        .collect();
    let served = config
        .split_once("[serve]")
        .map_or("", |(_, served)| served);
    format!("{}\n[serve]{served}", kept.join("\n"))
        .replace("no_autoreload = true", "no_autoreload = false")
        .replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reloading_and_its_inline_script_are_allowed() {
        let config = fs::read_to_string(paths::root().join("Trunk.toml")).unwrap();
        let relaxed = relaxed(&config);
        assert!(relaxed.contains("no_autoreload = false"));
        assert!(relaxed.contains("script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'"));
        assert!(relaxed.contains("pattern_script"));
        assert!(!relaxed.contains("[watch]"));
    }
}
