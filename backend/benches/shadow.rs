//! `cargo xtask bench shadow`: durable shadow updates beside mosquitto's plain QoS 1 round trip, and what 100,000
//! shadows cost. Generator and broker share the machine, so each line tells what share of it either took.
//!
//! Arguments: `--json FILE`, `--seconds N` for each line, `--shadows N`.

#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "../tests/common/folder.rs"]
mod folder;
mod load;
#[allow(dead_code)]
#[path = "../tests/common/mosquitto.rs"]
mod mosquitto;

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use folder::Folder;
use load::fill;
use load::options::{self, Options};
use load::process::Process;
use load::report::{Run, print_table, write_json};
use load::round_trip::{self, Echo, Plan};
use load::usage::{Share, file_mb, memory_mb};
use mosquitto::Mosquitto;
use tokio::time::timeout;

const CLIENTS: [usize; 4] = [1, 16, 64, 256];
/// What a line may take beyond its time before something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);
/// The same for each of many shadows.
const PATIENCE_EACH: Duration = Duration::from_millis(5);

/// One thread: the generator leaves the other cores to the broker.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let measured = match options::parse("shadows", 100_000) {
        Ok(options) => run(options).await,
        Err(error) => Err(io::Error::other(error)),
    };
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench shadow: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> io::Result<()> {
    let folder = Folder::new("bench-shadow");
    let folder = folder.path();
    let mut runs = round_trips(folder, options.window).await?;
    print_table(
        "QoS 1 round trips: gnomon's are accepted updates on disk, mosquitto's plain messages in memory",
        &runs,
    );
    let count = options.count;
    let patience = PATIENCE + PATIENCE_EACH * u32::try_from(count).unwrap_or(u32::MAX);
    let many = timeout(patience, many_shadows(folder, count)).await??;
    print_table("Many shadows", &many);
    runs.extend(many);
    if let Some(path) = options.json {
        write_json(&path, &runs)?;
    }
    Ok(())
}

async fn round_trips(folder: &Path, window: Duration) -> io::Result<Vec<Run>> {
    let mut runs = Vec::new();
    let gnomon = Process::gnomon(&folder.join("round-trips")).await?;
    let broker = (gnomon.address, gnomon.id());
    for clients in CLIENTS {
        runs.push(round_trip("gnomon", broker, Echo::Accepted, clients, window).await?);
    }
    gnomon.terminate().await?;
    // Nothing is kept on disk, which is its default. Without the last line Nagle's algorithm would hold back the
    // second of two small packets.
    let lines = "allow_anonymous true\nset_tcp_nodelay true";
    let mosquitto = Mosquitto::start_with(|_| lines.to_owned()).map_err(io::Error::other)?;
    let broker = (mosquitto.address, mosquitto.id());
    for clients in CLIENTS {
        runs.push(round_trip("mosquitto", broker, Echo::Message, clients, window).await?);
    }
    Ok(runs)
}

async fn round_trip(
    page: &'static str,
    (address, process): (SocketAddr, u32),
    echo: Echo,
    clients: usize,
    window: Duration,
) -> io::Result<Run> {
    let plan = Plan {
        clients,
        warm_up: window / 5,
        window,
    };
    let generator = Share::begin(std::process::id());
    let server = Share::begin(process);
    let patience = PATIENCE + plan.warm_up + plan.window;
    let measured = timeout(patience, round_trip::run(address, echo, plan)).await??;
    Ok(Run::of(page)
        .with("clients", clients as f64)
        .with("messages_per_s", measured.messages_per_s)
        .with("latency_p50_ms", measured.latency_ms(0.50))
        .with("latency_p95_ms", measured.latency_ms(0.95))
        .with("latency_p99_ms", measured.latency_ms(0.99))
        .with("process_mb", memory_mb(process))
        .with("broker_cpu", server.end())
        .with("generator_cpu", generator.end()))
}

/// Creates shadows, then starts the backend on them after a clean end and after a SIGKILL.
async fn many_shadows(folder: &Path, count: usize) -> io::Result<Vec<Run>> {
    let data = folder.join("many");
    let gnomon = Process::gnomon(&data).await?;
    let begun = Instant::now();
    let generator = Share::begin(std::process::id());
    fill::create(gnomon.address, count).await?;
    let took = begun.elapsed().as_secs_f64();
    let created = Run::of("gnomon")
        .with("shadows", count as f64)
        .with("create_s", took)
        .with("messages_per_s", count as f64 / took)
        .with("database_mb", file_mb(&data.join("gnomon.redb")))
        .with("process_mb", memory_mb(gnomon.id()))
        .with("generator_cpu", generator.end());
    gnomon.terminate().await?;
    let (after_end, gnomon) = restarted(&data, count, "after SIGTERM").await?;
    gnomon.kill().await?;
    let (after_kill, gnomon) = restarted(&data, count, "after SIGKILL").await?;
    gnomon.terminate().await?;
    Ok(vec![
        created
            .with("startup_ms", after_end.ready_ms)
            .with("startup_mb", after_end.memory_mb)
            .with("startup_after_kill_ms", after_kill.ready_ms),
    ])
}

struct Restarted {
    ready_ms: f64,
    memory_mb: Option<f64>,
}

async fn restarted(data: &Path, count: usize, when: &str) -> io::Result<(Restarted, Process)> {
    let gnomon = Process::gnomon(data).await?;
    let memory_mb = memory_mb(gnomon.id());
    let found = fill::sample(gnomon.address, count).await?;
    println!("\nStarted {when}: {found} of 100 shadows asked for are there. It said:");
    for line in &gnomon.said {
        println!("  {line}");
    }
    let ready_ms = gnomon.ready_after.as_secs_f64() * 1e3;
    Ok((
        Restarted {
            ready_ms,
            memory_mb,
        },
        gnomon,
    ))
}
