//! What comes from npm: the packages of package-lock.json, and the base map that is made from
//! some of them. Node itself is the user's.

use super::system::first_line;
use crate::command::command;
use crate::failure::Failure;
use crate::paths;
use crate::progress;
use crate::stamp::{Stamp, fingerprint};

const OLDEST_NODE: u32 = 20;

pub(super) fn ensure() -> Result<(), Failure> {
    packages()?;
    base_map()
}

fn packages() -> Result<(), Failure> {
    let root = paths::root();
    let lock = fingerprint(&[root.join("package-lock.json")])?;
    let stamp = Stamp::new(root.join("node_modules/.gnomon-stamp"), lock);
    if stamp.is_current() {
        return Ok(());
    }
    require_node()?;
    let mut install = command("npm", ["ci", "--no-audit", "--no-fund"]);
    // Browsers come from the system, never from a package's install script.
    progress::run(
        "npm ci",
        install.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
    )?;
    stamp.write()
}

fn base_map() -> Result<(), Failure> {
    let root = paths::root();
    let sources = fingerprint(&[root.join("xtask/basemap"), root.join("package-lock.json")])?;
    let stamp = Stamp::new(paths::tools().join("basemap.stamp"), sources);
    if stamp.is_current() && root.join("assets/generated").is_dir() {
        return Ok(());
    }
    progress::run(
        "make the base map",
        &mut command("node", ["xtask/basemap/build.mjs"]),
    )?;
    stamp.write()
}

fn require_node() -> Result<(), Failure> {
    let node = first_line(&mut command("node", ["--version"]));
    let recent = node
        .as_deref()
        .and_then(major)
        .is_some_and(|major| major >= OLDEST_NODE);
    if recent && paths::find("npm").is_some() {
        return Ok(());
    }
    let found = node.map_or_else(|| "there is none".into(), |node| format!("there is {node}"));
    Err(Failure::message(format!(
        "Please install Node.js {OLDEST_NODE} or newer with npm, and run this again ({found} on the PATH)."
    )))
}

/// The major version in a line such as `v20.20.2`.
fn major(line: &str) -> Option<u32> {
    line.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_s_major_version_is_read() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("v8"), Some(8));
        assert_eq!(major("20.1.0"), None);
        assert_eq!(major("vx.1"), None);
    }
}
