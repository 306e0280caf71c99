//! The backend as its users run it: a process with a data folder and ports of its own, gone at the end.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::patiently;

pub(crate) struct Program {
    pub(crate) mqtt: SocketAddr,
    pub(crate) mqtts: SocketAddr,
    pub(crate) http: SocketAddr,
    pub(crate) https: SocketAddr,
    data: PathBuf,
    _child: Child,
}

impl Program {
    /// `folder` is emptied, and the data is kept below it.
    pub(crate) async fn start(folder: &Path, flags: &[&str]) -> Self {
        let data = folder.join("data");
        let any = "127.0.0.1:0";
        let mut child = Command::new(env!("CARGO_BIN_EXE_gnomon-backend"))
            .args(["--mqtt", any, "--mqtts", any, "--http", any, "--https", any])
            .arg("--data")
            .arg(&data)
            .args(flags)
            .current_dir(folder)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = Vec::new();
        while said.last().is_none_or(|line| line != "ready") {
            let line = patiently(lines.next_line()).await.unwrap();
            said.push(line.unwrap_or_else(|| panic!("it ended: {said:?}")));
        }
        // What it says later must go somewhere.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let address = |what: &str| {
            let line = said.iter().find(|line| line.starts_with(what)).unwrap();
            line.rsplit(' ').next().unwrap().parse().unwrap()
        };
        Self {
            mqtt: address("MQTT over TCP"),
            mqtts: address("MQTT over TLS"),
            http: address("HTTP and"),
            https: address("HTTPS and"),
            data,
            _child: child,
        }
    }

    /// The certificate that its own one leads to.
    pub(crate) fn ca(&self) -> PathBuf {
        self.data.join("ca.pem")
    }
}

/// A folder for a test, with nothing in it.
pub(crate) fn empty_folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
