//! Programs that the operating system provides: found on the path, else installed with Debian's
//! apt-get where that is possible without asking for a password, else asked for by name.

use crate::command::command;
use crate::failure::Failure;
use crate::paths;
use crate::progress;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program of the operating system, under any of its names.
pub(crate) struct Program {
    names: &'static [&'static str],
    debian_package: &'static str,
    elsewhere: &'static str,
}

pub(crate) const CHROMIUM: Program = Program {
    names: &[
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ],
    debian_package: "chromium",
    elsewhere: "Chromium or Google Chrome",
};

pub(crate) const CHROMEDRIVER: Program = Program {
    names: &["chromedriver"],
    debian_package: "chromium-driver",
    elsewhere: "chromedriver of the same version as the browser",
};

pub(crate) const MOSQUITTO: Program = Program {
    names: &["mosquitto"],
    debian_package: "mosquitto",
    elsewhere: "the MQTT broker mosquitto",
};

/// `mosquitto_pub` and its like, the article's own tools.
pub(crate) const MOSQUITTO_CLIENTS: Program = Program {
    names: &["mosquitto_pub"],
    debian_package: "mosquitto-clients",
    elsewhere: "the clients of mosquitto (mosquitto_pub, mosquitto_sub)",
};

/// Reads what the aws CLI prints, as in the article.
pub(crate) const JQ: Program = Program {
    names: &["jq"],
    debian_package: "jq",
    elsewhere: "jq",
};

/// Tells Chromium in the tests whom to trust.
pub(crate) const CERTUTIL: Program = Program {
    names: &["certutil"],
    debian_package: "libnss3-tools",
    elsewhere: "certutil of Mozilla's NSS",
};

/// One that can make an environment with pip.
pub(super) const PYTHON: Program = Program {
    names: &["python3"],
    debian_package: "python3-venv",
    elsewhere: "Python 3.10 or newer with venv and pip",
};

/// Raises the loopback of the network namespace that mosquitto is tested in.
pub(crate) const IP: Program = Program {
    names: &["ip"],
    debian_package: "iproute2",
    elsewhere: "iproute2 (a Linux tool)",
};

impl Program {
    pub(crate) fn path(&self) -> Option<PathBuf> {
        self.names.iter().find_map(|name| paths::find(name))
    }
}

pub(super) fn ensure(programs: &[Program]) -> Result<(), Failure> {
    let missing: Vec<&Program> = programs
        .iter()
        .filter(|program| program.path().is_none())
        .collect();
    match missing[..] {
        [] => Ok(()),
        _ => install(&missing),
    }
}

/// Installs programs with apt-get, or asks for them by name.
pub(super) fn install(missing: &[&Program]) -> Result<(), Failure> {
    if !apt_works() {
        return Err(Failure::message(request(missing)));
    }
    let packages: Vec<&str> = missing
        .iter()
        .map(|program| program.debian_package)
        .collect();
    apt_install(&packages)?;
    if packages.contains(&MOSQUITTO.debian_package) {
        stop_mosquitto_service()?;
    }
    Ok(())
}

fn request(missing: &[&Program]) -> String {
    let names: Vec<&str> = missing.iter().map(|program| program.elsewhere).collect();
    let packages: Vec<&str> = missing
        .iter()
        .map(|program| program.debian_package)
        .collect();
    format!(
        "Please install {}, put it on the PATH, and run this again.\nOn Debian: sudo apt-get install {}",
        names.join(", "),
        packages.join(" ")
    )
}

/// Whether apt-get can install something without asking for a password.
pub(super) fn apt_works() -> bool {
    paths::find("apt-get").is_some()
        && (rustix::process::geteuid().is_root() || succeeds(&mut command("sudo", ["-n", "true"])))
}

pub(super) fn apt_install(packages: &[&str]) -> Result<(), Failure> {
    let mut arguments = vec!["install", "-y", "-q", "--no-install-recommends"];
    arguments.extend(packages);
    let title = format!("apt-get install {}", packages.join(" "));
    match progress::run(&title, &mut apt_get(&arguments)) {
        // Nothing is wrong yet: the package lists may be missing or old.
        Err(Failure::Command { .. }) => {
            progress::run("apt-get update", &mut apt_get(&["update", "-q"]))?;
            progress::run(&title, &mut apt_get(&arguments)).map(drop)
        }
        outcome => outcome.map(drop),
    }
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut all = vec![
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-o",
        "DPkg::Lock::Timeout=120",
    ];
    all.extend(arguments);
    as_root("env", &all)
}

/// A command with root's rights, through sudo where we are somebody else.
pub(super) fn as_root(program: &str, arguments: &[&str]) -> Command {
    if rustix::process::geteuid().is_root() {
        return command(program, arguments);
    }
    let mut all = vec!["-n", program];
    all.extend(arguments);
    command("sudo", all)
}

/// Debian starts mosquitto as a service on port 1883, which is the backend's; the tests start
/// their own on another.
fn stop_mosquitto_service() -> Result<(), Failure> {
    if !Path::new("/run/systemd/system").exists() {
        return Ok(());
    }
    progress::run(
        "systemctl disable mosquitto",
        &mut as_root("systemctl", &["disable", "--now", "mosquitto"]),
    )
    .map(drop)
}

/// Runs a quick check without showing it.
fn succeeds(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// What a program says of itself, nothing if it cannot be run.
pub(super) fn first_line(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    if !output.status.success() {
        return None;
    }
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().next().map(|line| line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_asked_for_all_at_once() {
        let text = request(&[&CHROMIUM, &MOSQUITTO]);
        assert!(text.contains("Chromium or Google Chrome, the MQTT broker mosquitto"));
        assert!(text.ends_with("sudo apt-get install chromium mosquitto"));
    }

    #[test]
    fn a_program_that_fails_says_nothing_of_itself() {
        assert_eq!(first_line(&mut command("false", [""; 0])), None);
        assert_eq!(first_line(&mut command("no-such-program", [""; 0])), None);
        assert_eq!(
            first_line(&mut command("echo", ["tool 1.2"])).as_deref(),
            Some("tool 1.2")
        );
    }
}
