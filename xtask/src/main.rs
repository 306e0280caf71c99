//! The project's own commands. This file reads the arguments and turns the outcome into an exit
//! code; it knows nothing of what the commands do.

#[cfg(not(unix))]
compile_error!("cargo xtask needs Linux or macOS; on Windows run it inside WSL");

mod failure;
mod paths;
mod command;
mod process;
mod progress;
mod stamp;
mod setup;
mod service;
mod demo;
mod dev;
mod test;
mod bench;

use failure::Failure;
use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  demo          build and run everything with a simulated fleet, on http://127.0.0.1:8080
  dev           the same as a debug build that reloads the page when a source file changes
  test [STEP]…  everything that CI runs, or only the steps named:
                fmt clippy native web build e2e doc deny
  bench NAME    measure beside a peer; there are: shadow backend link rules
                --json FILE for figures, --seconds N for each line (link: for the paced ones),
                shadow: --shadows N for how many are kept; backend: --connections N for how many stay;
                link: --messages N for each line, --memory N before memory is looked at, --devices N, --rounds N;
                rules: --rate N for how many messages a second the latency is measured at
  setup         install whatever the commands above need and do not find
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match process::listen_for_signals().and_then(|()| run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Stopped) => ExitCode::from(130),
        // The tests have already said what failed, and their closing line must stay the last one.
        Err(Failure::Tests) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Failure> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["setup"] => setup::ensure(setup::Need::ALL).map(drop),
        ["demo"] => demo::run(),
        ["dev"] => dev::run(),
        ["test", steps @ ..] => test::run(steps),
        ["bench", name, arguments @ ..] => bench::run(name, arguments),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => Err(Failure::message(USAGE)),
    }
}
