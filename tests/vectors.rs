//! Runs test vectors from the folder in `GNOMON_VECTORS`, or from `tests/vectors/` when that is unset.
//! A file that is not there is skipped; one line on stdout tells how many of its vectors passed.

#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::io::{Write, stdout};
use std::path::PathBuf;

use serde_json::Value;

#[path = "vectors/shadow.rs"]
mod shadow;

/// What became of one vector.
enum Verdict {
    Passed,
    Failed(String),
    /// It needs a part that is not here; it counts neither way.
    NotRun(&'static str),
}

/// Runs every vector of a file and fails with the names of those that failed.
fn run(file: &str, judge: impl Fn(&Value) -> Verdict) {
    let Some(vectors) = read(file) else {
        return;
    };
    let (mut passed, mut total) = (0, 0);
    let mut failures = Vec::new();
    // Written past the capture of the test harness, which would swallow the lines of a test that passes.
    let mut out = stdout();
    for (index, vector) in vectors.iter().enumerate() {
        let name = match vector["name"].as_str() {
            Some(name) => name.to_owned(),
            None => format!("#{index}"),
        };
        match judge(vector) {
            Verdict::NotRun(reason) => {
                writeln!(out, "vectors {file}: not counted: {name}: {reason}").unwrap();
                continue;
            }
            Verdict::Passed => passed += 1,
            Verdict::Failed(reason) => failures.push(format!("{name}: {reason}")),
        }
        total += 1;
    }
    for failure in &failures {
        writeln!(out, "vectors {file}: failed: {failure}").unwrap();
    }
    writeln!(out, "vectors {file}: {passed} of {total}").unwrap();
    assert!(failures.is_empty(), "{file}:\n{}", failures.join("\n"));
}

fn read(file: &str) -> Option<Vec<Value>> {
    let folder = match std::env::var_os("GNOMON_VECTORS") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors"),
    };
    let path = folder.join(file);
    if !path.exists() {
        return None;
    }
    let text = fs::read_to_string(&path).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

#[test]
fn shadow_vectors() {
    run("shadow.json", shadow::judge);
}
