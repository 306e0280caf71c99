//! The backend as its users run it: a process with a data folder and ports of its own, gone at the end.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::common::patiently;

pub(crate) struct Program {
    pub(crate) mqtt: SocketAddr,
    pub(crate) mqtts: SocketAddr,
    pub(crate) http: SocketAddr,
    pub(crate) https: SocketAddr,
    data: PathBuf,
    child: Child,
}

impl Program {
    /// The data is kept below `folder`.
    pub(crate) async fn start(folder: &Path, flags: &[&str]) -> Self {
        let mut child = command(folder, flags).spawn().unwrap();
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
            data: data(folder),
            child,
        }
    }

    /// One that does not start. Returns what it says.
    pub(crate) async fn refuse(folder: &Path, flags: &[&str]) -> String {
        let output = command(folder, flags).stderr(Stdio::piped()).output();
        let output = patiently(output).await.unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    }

    pub(crate) async fn kill(mut self) {
        patiently(self.child.kill()).await.unwrap();
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// The certificate that its own one leads to.
    pub(crate) fn ca(&self) -> PathBuf {
        self.data.join("ca.pem")
    }
}

fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

fn command(folder: &Path, flags: &[&str]) -> Command {
    let any = "127.0.0.1:0";
    let mut command = Command::new(env!("CARGO_BIN_EXE_gnomon-backend"));
    command
        .args(["--mqtt", any, "--mqtts", any, "--http", any, "--https", any])
        .arg("--data")
        .arg(data(folder))
        .args(flags)
        .current_dir(folder)
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command
}
