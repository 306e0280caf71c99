//! Runs test vectors from the folder in `GNOMON_VECTORS`, or from `tests/vectors/` when that is unset.
//! A file that is not there is skipped; one line on stdout tells how many of its vectors passed.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::error::Error;
use std::fs;
use std::io::{Write, stdout};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use serde_json::Value;

#[path = "../backend/benches/load/client.rs"]
#[allow(dead_code)]
mod client;
#[path = "../backend/tests/common/mod.rs"]
#[allow(dead_code)]
mod common;
#[path = "../backend/tests/common/folder.rs"]
mod folder;
#[path = "../backend/tests/http/client.rs"]
#[allow(dead_code)]
mod http;
#[path = "vectors/live.rs"]
mod live;
#[path = "../backend/tests/common/mosquitto.rs"]
#[allow(dead_code)]
mod mosquitto;
#[path = "../backend/tests/common/mqtt.rs"]
mod mqtt;
#[path = "vectors/pure.rs"]
mod pure;
#[path = "vectors/rules.rs"]
mod rules;
#[path = "vectors/shadow.rs"]
mod shadow;
#[path = "vectors/sigv4.rs"]
mod sigv4;
#[path = "vectors/world.rs"]
mod world;

use live::Live;
use mosquitto::Mosquitto;
use pure::Pure;
use world::World;

/// What became of one vector.
enum Verdict {
    Passed,
    Failed(String),
    /// It needs a part that is not here; it counts neither way.
    NotRun(&'static str),
}

/// Runs every vector of a file and fails with the names of those that failed. `way` says how they are run.
fn run(way: &str, file: &str, judge: impl Fn(&Value) -> Verdict) -> Result<(), Box<dyn Error>> {
    let Some(vectors) = read(file)? else {
        return Ok(());
    };
    let (mut passed, mut total) = (0, 0);
    let mut failures = Vec::new();
    // Written past the capture of the test harness, which would swallow the lines of a test that passes.
    let mut out = stdout();
    for (index, vector) in vectors.iter().enumerate() {
        let name = vector["name"].as_str();
        let name = name.or_else(|| vector["id"].as_str());
        let name = name.map_or_else(|| format!("#{}", index + 1), str::to_owned);
        // One that brings a test down counts as failed, and the others run.
        let verdict = catch_unwind(AssertUnwindSafe(|| judge(vector)));
        match verdict.unwrap_or_else(|_| Verdict::Failed("it panicked".to_owned())) {
            Verdict::NotRun(reason) => {
                writeln!(out, "{way}{file}: not counted: {name}: {reason}")?;
                continue;
            }
            Verdict::Passed => passed += 1,
            Verdict::Failed(reason) => {
                writeln!(out, "{way}{file}: failed: {name}: {reason}")?;
                failures.push(name);
            }
        }
        total += 1;
    }
    writeln!(out, "{way}{file}: {passed} of {total}")?;
    match failures.is_empty() {
        true => Ok(()),
        false => Err(format!("{file}: {}", failures.join(", ")).into()),
    }
}

fn read(file: &str) -> Result<Option<Vec<Value>>, Box<dyn Error>> {
    let folder = match std::env::var_os("GNOMON_VECTORS") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors"),
    };
    let path = folder.join(file);
    if !path.exists() {
        return Ok(None);
    }
    let mut file: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
    // A file is a list of vectors, or says more about them and holds the list beside it.
    if file.is_object() {
        file = file["vectors"].take();
    }
    Ok(Some(serde_json::from_value(file)?))
}

fn live(broker: Option<SocketAddr>) -> Result<World, String> {
    Ok(World::Live(Live::start(broker)?.into()))
}

#[test]
fn shadow_vectors() -> Result<(), Box<dyn Error>> {
    run("vectors ", "shadow.json", |vector| {
        shadow::judge(vector, || Ok(World::Pure(Pure::new())))
    })
}

#[test]
fn shadow_vectors_over_mqtt_and_http() -> Result<(), Box<dyn Error>> {
    run("vectors over MQTT and HTTP, ", "shadow.json", |vector| {
        shadow::judge(vector, || live(None))
    })
}

#[test]
fn shadow_vectors_through_mosquitto() -> Result<(), Box<dyn Error>> {
    let broker = Mosquitto::start()?;
    run("vectors through mosquitto, ", "shadow.json", |vector| {
        shadow::judge(vector, || live(Some(broker.address)))
    })
}

#[test]
fn sigv4_vectors() -> Result<(), Box<dyn Error>> {
    run("vectors ", "sigv4.json", sigv4::judge)
}

#[test]
fn rules_vectors() -> Result<(), Box<dyn Error>> {
    run("vectors ", "rules.json", rules::judge)
}
