//! `cargo xtask bench backend`: messages to 1, 100 and 1,000 subscribers over TCP and WebSocket, connects a second and
//! the memory of idle connections, beside mosquitto. Generator and broker share the machine, so each line tells what
//! share of it either took.
//!
//! Arguments: `--json FILE`, `--seconds N` for each line, `--connections N`.

#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "../tests/common/folder.rs"]
mod folder;
mod load;
#[allow(dead_code)]
#[path = "../tests/common/mosquitto.rs"]
mod mosquitto;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use gnomon_backend::net::raise_file_limit;
use load::options::{self, Options};
use load::process::{Process, gnomon_command};
use load::report::{Run, print_table, write_json};
use load::socket::Transport;
use load::usage::{Share, memory_mb};
use load::{crowd, fan_out, namespace};
use mosquitto::Mosquitto;

const SUBSCRIBERS: [usize; 3] = [1, 100, 1_000];
/// What all of it may take before something is wrong.
const PATIENCE: Duration = Duration::from_secs(1_800);
/// Files that a process has open besides its connections.
const OTHER_FILES: u64 = 100;

/// A broker process and where it listens.
struct Broker {
    name: &'static str,
    process: Server,
    websocket: Option<SocketAddr>,
}

enum Server {
    Gnomon(Process),
    /// Ends when it is dropped.
    Mosquitto(Mosquitto),
}

impl Server {
    fn id(&self) -> u32 {
        match self {
            Self::Gnomon(process) => process.id(),
            Self::Mosquitto(mosquitto) => mosquitto.id(),
        }
    }

    fn address(&self) -> SocketAddr {
        match self {
            Self::Gnomon(process) => process.address,
            Self::Mosquitto(mosquitto) => mosquitto.address,
        }
    }

    async fn end(self) -> io::Result<()> {
        match self {
            Self::Gnomon(process) => process.terminate().await.map(drop),
            Self::Mosquitto(_) => Ok(()),
        }
    }
}

impl Broker {
    fn address(&self, transport: Transport) -> Option<SocketAddr> {
        match transport {
            Transport::Tcp => Some(self.process.address()),
            Transport::WebSocket => self.websocket,
        }
    }
}

fn main() -> ExitCode {
    if !namespace::is_inside() {
        let error = namespace::enter();
        eprintln!("mosquitto is measured without WebSocket: no network namespace here ({error})");
    }
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench backend: {error}");
            ExitCode::FAILURE
        }
    }
}

/// One thread: the generator leaves the other cores to the broker.
#[tokio::main(flavor = "current_thread")]
async fn measure() -> io::Result<()> {
    let mut options = options::parse("connections", 10_000).map_err(io::Error::other)?;
    let room = raise_file_limit()?.saturating_sub(OTHER_FILES);
    options.count = options.count.min(room as usize);
    tokio::time::timeout(PATIENCE, run(options)).await?
}

async fn run(options: Options) -> io::Result<()> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-backend");
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => std::fs::create_dir_all(&folder)?,
    }
    let (mut fan_outs, mut crowds) = (Vec::new(), Vec::new());
    for start in ["gnomon", "mosquitto"] {
        for transport in Transport::ALL {
            // A process for each: what one crowd left behind is nothing to the next.
            let broker = broker(start, &folder).await?;
            let Some(address) = broker.address(transport) else {
                continue;
            };
            crowds.push(crowd(&broker, address, transport, options.count).await?);
            broker.process.end().await?;
        }
        let broker = broker(start, &folder).await?;
        for transport in Transport::ALL {
            let Some(address) = broker.address(transport) else {
                continue;
            };
            for subscribers in SUBSCRIBERS {
                let plan = fan_out::Plan {
                    publish_to: broker.process.address(),
                    subscribe_at: address,
                    broker: broker.process.id(),
                    transport,
                    subscribers,
                    warm_up: options.window / 5,
                    window: options.window,
                };
                fan_outs.push(fan_out(&broker, plan).await?);
            }
        }
        broker.process.end().await?;
    }
    print_table("Messages of 120 bytes from one publisher, QoS 0", &fan_outs);
    print_table("Clients that connect and stay", &crowds);
    if let Some(path) = options.json {
        fan_outs.extend(crowds);
        write_json(&path, &fan_outs)?;
    }
    std::fs::remove_dir_all(&folder)
}

async fn broker(name: &'static str, folder: &Path) -> io::Result<Broker> {
    if name == "gnomon" {
        let mut command = gnomon_command(&folder.join("data"));
        let process = Process::start(command.args(["--http", "127.0.0.1:0"])).await?;
        let websocket = process.address_of("HTTP and WebSocket (/mqtt) on ");
        return Ok(Broker {
            name,
            process: Server::Gnomon(process),
            websocket,
        });
    }
    let mut lines = "allow_anonymous true\nset_tcp_nodelay true\n".to_owned();
    let mut websocket = None;
    if namespace::is_inside() {
        // A port that nobody had a moment ago: mosquitto cannot be told to choose one.
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        lines += &format!("listener {}\nprotocol websockets\n", free.port());
        websocket = Some(free);
    }
    let mosquitto = Mosquitto::start_with(|_| lines.clone()).map_err(io::Error::other)?;
    Ok(Broker {
        name,
        process: Server::Mosquitto(mosquitto),
        websocket,
    })
}

async fn fan_out(broker: &Broker, plan: fan_out::Plan) -> io::Result<Run> {
    let measured = fan_out::run(plan).await?;
    Ok(Run::of(broker.name)
        .over(plan.transport.name())
        .with("subscribers", plan.subscribers as f64)
        .with("messages_per_s", measured.messages_per_s)
        .with("lost", measured.lost as f64)
        .with("process_mb", memory_mb(broker.process.id()))
        .with("broker_cpu", measured.broker_cpu)
        .with("generator_cpu", measured.generator_cpu))
}

async fn crowd(
    broker: &Broker,
    address: SocketAddr,
    transport: Transport,
    clients: usize,
) -> io::Result<Run> {
    let generator = Share::begin(std::process::id());
    let server = Share::begin(broker.process.id());
    let measured = crowd::run(broker.process.id(), address, transport, clients).await?;
    Ok(Run::of(broker.name)
        .over(transport.name())
        .with("connections", clients as f64)
        .with("connects_per_s", measured.connects_per_s)
        .with("connection_kb", measured.kb_each)
        .with("process_mb", measured.process_mb)
        .with("broker_cpu", server.end())
        .with("generator_cpu", generator.end()))
}
