//! What each step of `cargo xtask test` needs and runs.

use super::size;
use super::tally::Tally;
use crate::command::command;
use crate::demo::{build_backend, trunk};
use crate::failure::Failure;
use crate::paths;
use crate::progress;
use crate::setup::{
    CERTUTIL, CHROMEDRIVER, CHROMIUM, MOSQUITTO, Need, Program, Toolchain, aws_cli, moto,
};
use std::fmt;
use std::process::Command;

const WASM: &str = "wasm32-unknown-unknown";
const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    Fmt,
    Clippy,
    Native,
    Web,
    Build,
    E2e,
    Doc,
    Deny,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Native => "native",
            Self::Web => "web",
            Self::Build => "build",
            Self::E2e => "e2e",
            Self::Doc => "doc",
            Self::Deny => "deny",
        })
    }
}

/// What the steps so far counted, and why those that failed did.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) tally: Tally,
    pub(super) failures: Vec<(Step, Failure)>,
    /// Whether `dist` was built from this source.
    has_dashboard: bool,
}

impl Step {
    pub(super) const ALL: &[Self] = &[
        Self::Fmt,
        Self::Clippy,
        Self::Native,
        Self::Web,
        Self::Build,
        Self::E2e,
        Self::Doc,
        Self::Deny,
    ];

    pub(super) fn needs(self) -> &'static [Need] {
        match self {
            Self::Fmt | Self::Doc => &[],
            Self::Clippy => &[Need::Wasm],
            Self::Native => &[
                Need::Mosquitto,
                Need::MosquittoClients,
                Need::AwsCli,
                Need::Moto,
                Need::Npm,
            ],
            Self::Web => &[Need::Wasm, Need::WasmBindgen, Need::Browser],
            Self::Build => Need::DASHBOARD,
            Self::E2e => &[
                Need::Wasm,
                Need::Trunk,
                Need::WasmBindgen,
                Need::Npm,
                Need::Browser,
                Need::Certutil,
                Need::Mosquitto,
                Need::MosquittoClients,
            ],
            Self::Deny => &[Need::CargoDeny],
        }
    }

    /// Runs the step to its end. An error only if nothing more may be run.
    pub(super) fn run(self, toolchain: Toolchain, outcome: &mut Outcome) -> Result<(), Failure> {
        match self {
            Self::Fmt => {
                let mut fmt = command("cargo", ["fmt", "--all", "--check"]);
                outcome.check(self, "fmt", &mut fmt)
            }
            Self::Clippy => {
                outcome.check(self, "clippy native", &mut clippy_native())?;
                outcome.check(self, "clippy wasm32", &mut clippy_wasm(toolchain))
            }
            Self::Native => {
                let mut test = command("cargo", ["test", "--workspace", "--no-fail-fast"]);
                test.env("GNOMON_AWS", aws_cli::program())
                    .env("GNOMON_MOTO", moto::program());
                outcome.tests(self, "native tests", &mut test)
            }
            Self::Web => outcome.tests(self, "tests in Chromium", &mut web(toolchain)),
            Self::Build => build(toolchain, outcome),
            Self::E2e => end_to_end(toolchain, outcome),
            Self::Doc => {
                let mut doc = command("cargo", ["doc", "--no-deps", "--workspace"]);
                outcome.check(self, "doc", doc.env("RUSTDOCFLAGS", "-D warnings"))
            }
            Self::Deny => {
                let mut deny = command("cargo-deny", ["check", "bans", "licenses", "sources"]);
                outcome.check(self, "deny", &mut deny)
            }
        }
    }
}

impl Outcome {
    /// Runs a command that counts as one.
    fn check(&mut self, step: Step, title: &str, command: &mut Command) -> Result<(), Failure> {
        self.count(step, progress::run(title, command).map(drop))
    }

    fn count(&mut self, step: Step, result: Result<(), Failure>) -> Result<(), Failure> {
        match result {
            Ok(()) => self.tally += Tally::PASSED,
            Err(failure) => self.fail(step, Tally::FAILED, failure)?,
        }
        Ok(())
    }

    /// Runs a test runner and counts what it counted.
    fn tests(&mut self, step: Step, title: &str, command: &mut Command) -> Result<(), Failure> {
        match progress::run(title, command) {
            Ok(output) => match Tally::read(&output) {
                Tally { passed: 0, .. } => {
                    let failure = Failure::Message(format!("{title}: not one was run"));
                    self.fail(step, Tally::FAILED, failure)?;
                }
                tally => self.tally += tally,
            },
            Err(failure) => {
                let read = match &failure {
                    Failure::Command { output, .. } => Tally::read(output),
                    _ => Tally::default(),
                };
                self.fail(step, read.of_failed_run(), failure)?;
            }
        }
        Ok(())
    }

    fn fail(&mut self, step: Step, tally: Tally, failure: Failure) -> Result<(), Failure> {
        if matches!(failure, Failure::Stopped) {
            return Err(failure);
        }
        println!("\n--- {step} ---\n{failure}\n");
        self.tally += tally;
        self.failures.push((step, failure));
        Ok(())
    }

    fn has_failed(&self, step: Step) -> bool {
        self.failures.iter().any(|(failed, _)| *failed == step)
    }
}

fn clippy_native() -> Command {
    let targets = ["clippy", "--workspace", "--all-targets"];
    command("cargo", targets.into_iter().chain(DENY_WARNINGS))
}

fn clippy_wasm(toolchain: Toolchain) -> Command {
    let targets = [
        "clippy",
        "--package",
        "gnomon",
        "--lib",
        "--bins",
        "--tests",
        "--target",
        WASM,
    ];
    let mut clippy = command("cargo", targets.into_iter().chain(DENY_WARNINGS));
    toolchain.apply(&mut clippy);
    clippy
}

fn web(toolchain: Toolchain) -> Command {
    let mut web = command(
        "cargo",
        [
            "test",
            "--package",
            "gnomon",
            "--test",
            "web",
            "--target",
            WASM,
        ],
    );
    toolchain.apply(&mut web);
    web.env(
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
        "wasm-bindgen-test-runner",
    );
    set_path(&mut web, "CHROMEDRIVER", &CHROMEDRIVER);
    web
}

fn build(toolchain: Toolchain, outcome: &mut Outcome) -> Result<(), Failure> {
    outcome.check(Step::Build, "build the dashboard", &mut release(toolchain))?;
    if outcome.has_failed(Step::Build) {
        return Ok(());
    }
    outcome.has_dashboard = true;
    outcome.count(Step::Build, size::check())
}

fn release(toolchain: Toolchain) -> Command {
    trunk(toolchain, &["build", "--release"])
}

/// Playwright starts the backend itself, which serves `dist`: both must be of this source.
fn end_to_end(toolchain: Toolchain, outcome: &mut Outcome) -> Result<(), Failure> {
    if outcome.has_failed(Step::Build) && !outcome.has_dashboard {
        println!("End-to-end tests are left out: there is no dashboard to test.");
        return Ok(());
    }
    let mut built = build_backend();
    if built.is_ok() && !outcome.has_dashboard {
        built = progress::run("build the dashboard", &mut release(toolchain)).map(drop);
    }
    if built.is_err() {
        return outcome.count(Step::E2e, built);
    }
    let arguments = [
        "test",
        "--config",
        "tests/e2e/playwright.config.mjs",
        "--reporter",
        "list",
    ];
    let mut playwright = command("playwright", arguments);
    playwright.env("GNOMON_BACKEND", paths::release_backend());
    set_path(&mut playwright, "GNOMON_CHROMIUM", &CHROMIUM);
    set_path(&mut playwright, "GNOMON_MOSQUITTO", &MOSQUITTO);
    set_path(&mut playwright, "GNOMON_CERTUTIL", &CERTUTIL);
    outcome.tests(Step::E2e, "end-to-end tests", &mut playwright)
}

/// Tells a child where a program of the system lies.
fn set_path(command: &mut Command, variable: &str, program: &Program) {
    if let Some(path) = program.path() {
        command.env(variable, path);
    }
}
