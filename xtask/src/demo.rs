//! `cargo xtask demo`: the release build of everything, a simulated fleet, one address to open.

use crate::command::command;
use crate::failure::Failure;
use crate::paths;
use crate::progress;
use crate::service::{Services, answers, backend, require_free_ports};
use crate::setup::{self, Need, Toolchain};
use std::process::Command;

const PAGE_PORT: u16 = 8080;

pub(crate) fn run() -> Result<(), Failure> {
    require_free_ports()?;
    let toolchain = setup::ensure(Need::DASHBOARD)?;
    build_backend()?;
    let mut services = Services::default();
    services.start(
        "start the backend",
        backend(&paths::release_backend()),
        is_ready,
    )?;
    services.start(
        "build and serve the dashboard",
        serve(toolchain),
        |output| {
            if !answers(PAGE_PORT) {
                return Ok(false);
            }
            // Trunk serves even what it could not build.
            match output.lines().find(|line| line.contains("ERROR")) {
                None => Ok(true),
                Some(_) => Err(Failure::message(format!(
                    "{output}\nThe dashboard could not be built."
                ))),
            }
        },
    )?;
    println!(
        "\nOpen http://127.0.0.1:{PAGE_PORT} in a browser. Press Ctrl-C here to stop everything."
    );
    services.run(|| Ok(()))
}

/// The release build that `demo` and the browser tests run.
pub(crate) fn build_backend() -> Result<(), Failure> {
    let mut build = command(
        "cargo",
        ["build", "--release", "--package", "gnomon-backend"],
    );
    progress::run("build the backend", &mut build).map(drop)
}

/// The backend prints this line once all its listeners accept.
pub(crate) fn is_ready(output: &str) -> Result<bool, Failure> {
    Ok(output.lines().any(|line| line == "ready"))
}

fn serve(toolchain: Toolchain) -> Command {
    trunk(toolchain, &["serve", "--release"])
}

/// Trunk with the toolchain for wasm32, and without the network for its own purposes.
pub(crate) fn trunk(toolchain: Toolchain, arguments: &[&str]) -> Command {
    let mut trunk = command("trunk", arguments);
    toolchain.apply(&mut trunk);
    trunk.env("TRUNK_SKIP_VERSION_CHECK", "true");
    // Trunk takes the variable for its own flag and refuses the customary `1`.
    trunk.env_remove("NO_COLOR");
    // What matters of a failed build is the compiler's words, not Trunk's own stack.
    trunk.env("RUST_BACKTRACE", "0");
    trunk
}
