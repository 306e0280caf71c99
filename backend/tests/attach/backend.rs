//! The backend as a process that is attached to a broker, and what it says.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::process::Stdio;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};

use crate::folder::Folder;

/// Long enough for any machine; nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn patiently<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap()
}

/// The process, killed when it is dropped.
pub(crate) struct Backend {
    data: Rc<Folder>,
    child: Child,
    pub(crate) stdout: Lines<BufReader<ChildStdout>>,
    stderr: Lines<BufReader<ChildStderr>>,
}

impl Backend {
    pub(crate) fn attached_to(address: SocketAddr) -> Self {
        Self::again(data(), address)
    }

    /// With what an earlier one kept.
    pub(crate) fn again(data: Rc<Folder>, address: SocketAddr) -> Self {
        Self::start(data, &["--attach", &format!("mqtt://{address}")], &[])
    }

    pub(crate) fn start(data: Rc<Folder>, flags: &[&str], environment: &[(&str, &OsStr)]) -> Self {
        let mut child = command(&data)
            .args(flags)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Self {
            data,
            child,
            stdout: stdout.lines(),
            stderr: stderr.lines(),
        }
    }

    pub(crate) async fn wait_until_attached(&mut self) {
        while !next(&mut self.stdout).await.starts_with("attached") {}
    }

    pub(crate) async fn wait_until_ready(&mut self) {
        self.wait_until_attached().await;
        assert_eq!(next(&mut self.stdout).await, "ready");
    }

    /// The next line on stderr.
    pub(crate) async fn trouble(&mut self) -> String {
        next(&mut self.stderr).await
    }

    /// Sends a signal, waits for the end, and gives what it kept.
    pub(crate) async fn end(mut self, signal: &str) -> Rc<Folder> {
        let pid = self.child.id().unwrap().to_string();
        let sent = Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(patiently(sent).await.unwrap().success());
        patiently(self.child.wait()).await.unwrap();
        self.data.clone()
    }
}

/// What a backend keeps, removed when nobody needs it any more.
pub(crate) fn data() -> Rc<Folder> {
    Rc::new(Folder::new("attach"))
}

pub(crate) fn command(data: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gnomon-backend"));
    command
        .args(["--http", "off", "--https", "off", "--data"])
        .arg(data.path())
        // It would add to the certificates that a test names.
        .env_remove("SSL_CERT_DIR")
        .kill_on_drop(true);
    command
}

pub(crate) async fn next(lines: &mut Lines<BufReader<impl AsyncRead + Unpin>>) -> String {
    patiently(lines.next_line()).await.unwrap().unwrap()
}
