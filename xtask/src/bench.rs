//! `cargo xtask bench NAME`: builds a benchmark, what it measures and its peers' tools, and hands the arguments on.
//! What it measures and prints is the benchmark's own.

use crate::command::command;
use crate::demo::trunk;
use crate::failure::Failure;
use crate::process::Child;
use crate::progress;
use crate::setup::{self, CHROMIUM, MOSQUITTO, Need};
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

const NAMES: [&str; 4] = ["shadow", "backend", "link", "rules"];
/// The benchmark of the page, which runs in a browser.
const LINK: &str = "link";

pub(crate) fn run(name: &str, arguments: &[&str]) -> Result<(), Failure> {
    if !NAMES.contains(&name) {
        let message = format!(
            "There is no benchmark {name}; there are: {}",
            NAMES.join(" ")
        );
        return Err(Failure::Message(message));
    }
    let folder = std::env::current_dir()
        .map_err(|error| Failure::io("cannot tell the current folder", &error))?;
    let needs = match name {
        LINK => [Need::DASHBOARD, &[Need::Browser]].concat(),
        _ => vec![Need::Mosquitto],
    };
    let toolchain = setup::ensure(&needs)?;
    if name == LINK {
        let mut build = trunk(toolchain, &["build", "--release"]);
        progress::run("build the dashboard", &mut build)?;
    }
    progress::run("build the benchmark", cargo_bench(name).arg("--no-run"))?;
    let mut bench = cargo_bench(name);
    bench.arg("--").args(from_here(arguments, &folder));
    for (variable, program) in [
        ("GNOMON_MOSQUITTO", &MOSQUITTO),
        ("GNOMON_CHROMIUM", &CHROMIUM),
    ] {
        if let Some(path) = program.path() {
            bench.env(variable, path);
        }
    }
    // Its tables go straight to the terminal.
    let status = Child::spawn(&mut bench)?.wait(|| ())?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Message(format!("bench {name} failed: {status}")))
    }
}

fn cargo_bench(name: &str) -> Command {
    let arguments = ["bench", "--quiet", "--package", "gnomon-backend", "--bench"];
    let mut bench = command("cargo", arguments);
    bench.arg(name);
    bench
}

/// The arguments as they mean the same in another folder, where Cargo starts the benchmark.
fn from_here(arguments: &[&str], folder: &Path) -> Vec<OsString> {
    let mut is_file = false;
    let mut absolute = Vec::new();
    for argument in arguments {
        match argument.strip_prefix("--json=") {
            _ if is_file => absolute.push(folder.join(argument).into()),
            Some(file) => absolute.extend(["--json".into(), folder.join(file).into()]),
            None => absolute.push(argument.into()),
        }
        is_file = !is_file && *argument == "--json";
    }
    absolute
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_for_figures_lies_where_the_command_was_given() {
        let given = ["--seconds", "1", "--json", "out/figures.json"];
        let expected = ["--seconds", "1", "--json", "/home/me/out/figures.json"];
        let here = Path::new("/home/me");
        assert_eq!(from_here(&given, here), expected);
        let joined = ["--seconds", "1", "--json=out/figures.json"];
        assert_eq!(from_here(&joined, here), expected);
        let absolute = ["--json", "/tmp/figures.json"];
        assert_eq!(from_here(&absolute, here), absolute);
        assert_eq!(from_here(&["--json=/tmp/figures.json"], here), absolute);
    }

    #[test]
    fn an_unknown_benchmark_is_refused_with_the_known_ones() {
        let failure = run("shadows", &[]).unwrap_err().to_string();
        assert_eq!(
            failure,
            "There is no benchmark shadows; there are: shadow backend link rules"
        );
    }
}
