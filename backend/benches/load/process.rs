//! The backend as a process of its own, on a data folder and a free port of the loopback. It ends when it is dropped.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Long enough for any machine; nothing waits for it to pass.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From its start to the moment when it accepts connections.
    pub(crate) ready_after: Duration,
    /// The lines before `ready`.
    pub(crate) said: Vec<String>,
}

/// The backend on this data folder, with MQTT on a port that it chooses itself.
pub(crate) fn gnomon_command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gnomon-backend"));
    command
        .args(["--mqtt", "127.0.0.1:0", "--mqtts", "off"])
        .args(["--http", "off", "--https", "off", "--data"])
        .arg(data)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command
}

impl Process {
    /// Starts the backend and waits until it is ready.
    pub(crate) async fn gnomon(data: &Path) -> io::Result<Self> {
        Self::start(&mut gnomon_command(data)).await
    }

    /// The same with more to its command.
    pub(crate) async fn start(command: &mut Command) -> io::Result<Self> {
        let begun = Instant::now();
        let mut child = command.spawn()?;
        let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut lines = BufReader::new(stdout).lines();
        let mut said = Vec::new();
        let ready = async {
            loop {
                match lines.next_line().await? {
                    Some(line) if line == "ready" => return io::Result::Ok(()),
                    Some(line) => said.push(line),
                    None => return Err(io::ErrorKind::UnexpectedEof.into()),
                }
            }
        };
        match tokio::time::timeout(PATIENCE, ready).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                let status = child.wait().await?;
                return Err(io::Error::other(format!("not ready: {status}, {error}")));
            }
            Err(late) => return Err(late.into()),
        }
        let ready_after = begun.elapsed();
        let address = address_in(&said, "MQTT over TCP on ");
        Ok(Self {
            child,
            address: address.ok_or_else(|| io::Error::other("it names no MQTT port"))?,
            ready_after,
            said,
        })
    }

    /// The address on the line that begins so.
    pub(crate) fn address_of(&self, what: &str) -> Option<SocketAddr> {
        address_in(&self.said, what)
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// SIGKILL: the process gets no say in it.
    pub(crate) async fn kill(mut self) -> io::Result<()> {
        self.child.kill().await
    }

    /// SIGTERM, and the wait for the end.
    pub(crate) async fn terminate(self) -> io::Result<ExitStatus> {
        let id = self.id().to_string();
        Command::new("kill")
            .args(["-s", "TERM", &id])
            .status()
            .await?;
        self.ended().await
    }

    /// The wait for an end that it comes to by itself.
    pub(crate) async fn ended(mut self) -> io::Result<ExitStatus> {
        tokio::time::timeout(PATIENCE, self.child.wait()).await?
    }
}

fn address_in(said: &[String], what: &str) -> Option<SocketAddr> {
    said.iter()
        .find_map(|line| line.strip_prefix(what)?.parse().ok())
}
