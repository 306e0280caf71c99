//! The budget of the two wasm files, as a browser would download them. A kilobyte has 1000 bytes.

use crate::command::command;
use crate::failure::Failure;
use crate::paths;
use std::fs;
use std::path::{Path, PathBuf};

struct Budget {
    name: &'static str,
    prefix: &'static str,
    bytes: usize,
}

const BUDGETS: [Budget; 2] = [
    Budget {
        name: "page",
        prefix: "gnomon-",
        bytes: 660_000,
    },
    Budget {
        name: "engine",
        prefix: "engine_",
        bytes: 470_000,
    },
];

/// Prints each size in `dist` and fails if one is over its budget.
pub(super) fn check() -> Result<(), Failure> {
    let dist = paths::root().join("dist");
    let mut over = Vec::new();
    for budget in BUDGETS {
        let bytes = gzipped(&find(&dist, budget.prefix)?)?;
        let line = budget.line(bytes);
        println!("{line}");
        if bytes > budget.bytes {
            over.push(line.trim().to_owned());
        }
    }
    if over.is_empty() {
        Ok(())
    } else {
        Err(Failure::Message(format!(
            "Over the size budget:\n{}",
            over.join("\n")
        )))
    }
}

impl Budget {
    fn line(&self, bytes: usize) -> String {
        let (size, budget) = (bytes as f64 / 1000.0, self.bytes / 1000);
        format!("         {} wasm: {size:.1} of {budget} KB gzip", self.name)
    }
}

fn find(dist: &Path, prefix: &str) -> Result<PathBuf, Failure> {
    let entries = fs::read_dir(dist).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .find(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(prefix) && name.ends_with(".wasm")
        })
        .ok_or_else(|| Failure::Message(format!("{} holds no {prefix}*.wasm", dist.display())))
}

fn gzipped(file: &Path) -> Result<usize, Failure> {
    let mut gzip = command("gzip", ["-9", "--stdout"]);
    let output = gzip
        .arg(file)
        .output()
        .map_err(|error| Failure::io("cannot start gzip", &error))?;
    if output.status.success() {
        Ok(output.stdout.len())
    } else {
        Err(Failure::Message(format!(
            "gzip could not read {}",
            file.display()
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_in_kilobytes_of_a_thousand() {
        let line = BUDGETS[1].line(319_960);
        assert_eq!(line.trim(), "engine wasm: 320.0 of 470 KB gzip");
    }

    #[test]
    fn a_file_is_found_by_its_prefix_and_measured_compressed() {
        let dist = std::env::temp_dir().join(format!("xtask-dist-{}", std::process::id()));
        fs::create_dir_all(&dist).unwrap();
        fs::write(dist.join("gnomon-1a.js"), "js").unwrap();
        assert!(find(&dist, "gnomon-").is_err());
        fs::write(dist.join("gnomon-1a_bg.wasm"), vec![7; 100_000]).unwrap();
        let size = gzipped(&find(&dist, "gnomon-").unwrap()).unwrap();
        assert!((50..1000).contains(&size), "{size}");
        fs::remove_dir_all(dist).unwrap();
    }
}
