//! A broker as a process of its own: ours on a data folder, or Debian's mosquitto. Both listen on a free port of the
//! loopback and end when they are dropped.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

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
    /// Held open: a process that cannot print may end.
    _stdout: Option<Lines<BufReader<ChildStdout>>>,
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
            _stdout: Some(lines),
        })
    }

    /// Starts mosquitto with one listener and nothing kept on disk, which is its default.
    pub(crate) async fn mosquitto(program: &str, folder: &Path) -> io::Result<Self> {
        Self::mosquitto_also(program, folder, "").await
    }

    /// The same with a WebSocket listener, which takes no address of its own: for where only the loopback is.
    pub(crate) async fn mosquitto_with_websocket(
        program: &str,
        folder: &Path,
    ) -> io::Result<(Self, SocketAddr)> {
        let address = free_address()?;
        let port = address.port();
        // In a user namespace there is nobody else to become.
        let more = format!("user root\nlistener {port}\nprotocol websockets\n");
        let process = Self::mosquitto_also(program, folder, &more).await?;
        listening(address).await?;
        Ok((process, address))
    }

    async fn mosquitto_also(program: &str, folder: &Path, more: &str) -> io::Result<Self> {
        let address = free_address()?;
        let config = folder.join("mosquitto.conf");
        // Without nodelay Nagle's algorithm would hold back the second of two small packets.
        let text = format!(
            "listener {} 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n{more}",
            address.port()
        );
        std::fs::write(&config, text)?;
        let begun = Instant::now();
        let child = Command::new(program)
            .arg("-c")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        listening(address).await?;
        Ok(Self {
            child,
            address,
            ready_after: begun.elapsed(),
            said: Vec::new(),
            _stdout: None,
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

/// Waits until somebody accepts connections there.
async fn listening(address: SocketAddr) -> io::Result<()> {
    let begun = Instant::now();
    while TcpStream::connect(address).is_err() {
        if begun.elapsed() > PATIENCE {
            return Err(io::ErrorKind::TimedOut.into());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

/// A port that nobody had a moment ago: mosquitto cannot be told to choose one.
fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}
