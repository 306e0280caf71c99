//! `cargo xtask bench rules`: messages a second through 1, 10 and 100 rules that store or republish, and what a broker's
//! round trip takes with and without rules, beside mosquitto, which has none. Generator and broker share the machine,
//! so each line tells what share of it either took.
//!
//! Arguments: `--json FILE`, `--seconds N` for each line, `--rate N` for the messages a second of the round trips.

#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "../tests/common/folder.rs"]
mod folder;
#[path = "../tests/rules/http.rs"]
mod http;
mod load;
#[allow(dead_code)]
#[path = "../tests/common/mosquitto.rs"]
mod mosquitto;

mod rules {
    pub(crate) mod book;
    pub(crate) mod paced;
    pub(crate) mod through;
}

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use folder::Folder;
use gnomon::message::QoS;
use load::options::{self, Options};
use load::process::{self, Process, gnomon_command};
use load::report::{Run, print_table, write_json};
use load::usage::{Share, memory_mb};
use mosquitto::Mosquitto;
use rules::book::{Act, Book};
use rules::{paced, through};
use tokio::time::timeout;

const RULES: [usize; 3] = [1, 10, 100];
const QOS: [QoS; 2] = [QoS::AtMostOnce, QoS::AtLeastOnce];
/// What a line may take beyond its time before something is wrong.
const PATIENCE: Duration = Duration::from_secs(120);

/// One thread: the generator leaves the other cores to the broker.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let measured = match options::parse("rate", 100) {
        Ok(options) => run(options).await,
        Err(error) => Err(io::Error::other(error)),
    };
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench rules: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> io::Result<()> {
    // All that is stored goes in the end, though that may take longer than all measuring: for minutes ext4 makes files
    // slowly where many were just deleted.
    let folder = Folder::new("bench-rules");
    let folder = folder.path();
    let window = options.window;
    let mut all = Vec::new();
    for act in [Act::Store, Act::Republish] {
        let mut runs = Vec::new();
        for qos in QOS {
            for rules in RULES {
                runs.push(through_rules(folder, act, rules, qos, window).await?);
            }
        }
        print_table(&format!("Messages through rules that {act}"), &runs);
        all.extend(runs);
    }
    let rate = options.count.max(1);
    let mut runs = Vec::new();
    for qos in QOS {
        for rules in [&[0], &RULES[..]].concat() {
            runs.push(round_trips(folder, rules, qos, rate, window).await?);
        }
        runs.push(peer_round_trips(qos, rate, window).await?);
    }
    let title = format!("Round trips, {rate} messages a second that every rule stores");
    print_table(&title, &runs);
    all.extend(runs);
    match options.json {
        Some(path) => write_json(&path, &all),
        None => Ok(()),
    }
}

/// A backend of its own for each line: what one left behind is nothing to the next.
async fn gnomon(folder: &Path, line: &str) -> io::Result<Process> {
    let mut command = gnomon_command(&folder.join(line));
    Process::start(command.args(["--http", "127.0.0.1:0"])).await
}

async fn through_rules(
    folder: &Path,
    act: Act,
    rules: usize,
    qos: QoS,
    window: Duration,
) -> io::Result<Run> {
    let line = format!("{act:?}-{rules}-{qos:?}");
    let gnomon = gnomon(folder, &line).await?;
    let book = Book::write(&gnomon, rules, act).await?;
    let plan = through::Plan {
        address: gnomon.address,
        qos,
        warm_up: window / 5,
        window,
    };
    let generator = Share::begin(std::process::id());
    let server = Share::begin(gnomon.id());
    let limit = PATIENCE + plan.warm_up + plan.window;
    let measured = timeout(limit, through::run(&book, plan)).await??;
    let run = Run::of("gnomon")
        .with(act.field(), rules as f64)
        .with("qos", f64::from(qos as u8))
        .with("messages_per_s", measured.actions_per_s / rules as f64)
        .with("actions_per_s", measured.actions_per_s)
        .with("lost", measured.lost as f64)
        .with("process_mb", memory_mb(gnomon.id()))
        .with("broker_cpu", server.end())
        .with("generator_cpu", generator.end());
    gnomon.kill().await?;
    Ok(run)
}

async fn round_trips(
    folder: &Path,
    rules: usize,
    qos: QoS,
    rate: usize,
    window: Duration,
) -> io::Result<Run> {
    let gnomon = gnomon(folder, &format!("paced-{rules}-{qos:?}")).await?;
    let book = Book::write(&gnomon, rules, Act::Store).await?;
    let broker = (gnomon.address, gnomon.id());
    let run = paced_run("gnomon", broker, rules, qos, rate, window).await?;
    let run = run.with("lost", book.progress().await?.lost as f64);
    gnomon.kill().await?;
    Ok(run)
}

async fn peer_round_trips(qos: QoS, rate: usize, window: Duration) -> io::Result<Run> {
    // Without the last line Nagle's algorithm would hold back the second of two small packets.
    let lines = "allow_anonymous true\nset_tcp_nodelay true";
    let mosquitto = Mosquitto::start_with(|_| lines.to_owned()).map_err(io::Error::other)?;
    let broker = (mosquitto.address, mosquitto.id());
    let run = paced_run("mosquitto", broker, 0, qos, rate, window).await?;
    Ok(run.with("lost", 0.0))
}

async fn paced_run(
    page: &'static str,
    (address, process): (SocketAddr, u32),
    rules: usize,
    qos: QoS,
    rate: usize,
    window: Duration,
) -> io::Result<Run> {
    let plan = paced::Plan {
        qos,
        period: Duration::from_secs(1) / rate as u32,
        warm_up: window / 5,
        window,
    };
    let server = Share::begin(process);
    let limit = PATIENCE + plan.warm_up + plan.window;
    let measured = timeout(limit, paced::run(address, plan)).await??;
    Ok(Run::of(page)
        .with("rules", rules as f64)
        .with("qos", f64::from(qos as u8))
        .with("messages_per_s", measured.messages_per_s)
        .with("latency_p50_ms", measured.latency_ms(0.50))
        .with("latency_p95_ms", measured.latency_ms(0.95))
        .with("latency_p99_ms", measured.latency_ms(0.99))
        .with("process_mb", memory_mb(process))
        .with("broker_cpu", server.end()))
}
