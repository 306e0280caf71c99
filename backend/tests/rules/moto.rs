//! `moto_server` from PyPI: an S3 that we did not write, on a loopback port and gone at the end. What it holds it holds
//! in memory. `GNOMON_MOTO` names the program, else the one that `cargo xtask setup` installs, else the one on the PATH.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::http::request;
use crate::process::PATIENCE;

const INSTALLED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../target/tools/moto/bin/moto_server"
);
/// It asks for some key, and looks at no signature.
const SIGNED: &str = "Authorization: AWS4-HMAC-SHA256 Credential=test/20261123/us-east-1/s3/aws4_request, \
    SignedHeaders=host, Signature=0\r\n";

pub(crate) struct Moto {
    pub(crate) address: SocketAddr,
    process: Option<Child>,
}

impl Moto {
    pub(crate) async fn start() -> Self {
        // Another program may take a free port before it does.
        for _ in 0..5 {
            let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
            let mut moto = Self {
                address: free.unwrap(),
                process: None,
            };
            if moto.launch().await {
                return moto;
            }
        }
        panic!("moto_server did not start on any free port");
    }

    /// It answers nobody until [`Self::go_on`].
    pub(crate) async fn pause(&self) {
        self.signal("STOP").await;
    }

    pub(crate) async fn go_on(&self) {
        self.signal("CONT").await;
    }

    async fn signal(&self, name: &str) {
        let id = self.process.as_ref().and_then(Child::id).unwrap();
        let mut kill = Command::new("kill");
        let status = kill.args(["-s", name, &id.to_string()]).status().await;
        assert!(status.unwrap().success());
    }

    pub(crate) async fn create_bucket(&self, bucket: &str) {
        let created = self.request("PUT", &format!("/{bucket}")).await;
        created.unwrap();
    }

    /// Keys and contents of all objects in a bucket.
    pub(crate) async fn objects(&self, bucket: &str) -> io::Result<BTreeMap<String, Vec<u8>>> {
        let mut objects = BTreeMap::new();
        let mut after = String::new();
        loop {
            let path = format!("/{bucket}?list-type=2&max-keys=1000{after}");
            let page = String::from_utf8(self.request("GET", &path).await?).unwrap();
            for key in texts(&page, "Key") {
                let content = self.request("GET", &format!("/{bucket}/{key}")).await?;
                objects.insert(key.to_owned(), content);
            }
            match texts(&page, "NextContinuationToken").next() {
                Some(token) => after = format!("&continuation-token={token}"),
                None => return Ok(objects),
            }
        }
    }

    async fn request(&self, method: &str, path: &str) -> io::Result<Vec<u8>> {
        request(self.address, method, path, SIGNED, b"")
            .await?
            .body()
    }

    /// False when it ended before it listened.
    async fn launch(&mut self) -> bool {
        let port = self.address.port().to_string();
        let mut command = Command::new(program());
        command
            .args(["-H", "127.0.0.1", "-p", &port])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut process = command.spawn().unwrap_or_else(|error| {
            panic!("{command:?}: {error}; `cargo xtask setup` installs it")
        });
        let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
        self.process = Some(process);
        let listens = async {
            while let Ok(Some(line)) = log.next_line().await {
                if line.contains("Running on") {
                    return true;
                }
            }
            false
        };
        let listens = timeout(PATIENCE, listens).await.unwrap();
        // It says a line for each request, which must go somewhere.
        tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
        listens
    }
}

fn program() -> OsString {
    std::env::var_os("GNOMON_MOTO").unwrap_or_else(|| {
        let installed = Path::new(INSTALLED).is_file();
        let program = if installed { INSTALLED } else { "moto_server" };
        program.into()
    })
}

/// What stands in the elements of this name.
fn texts<'a>(xml: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = xml;
    std::iter::from_fn(move || {
        let (_, inside) = rest.split_once(&open)?;
        let (text, after) = inside.split_once(&close)?;
        rest = after;
        Some(text)
    })
}
