//! The backend as a process that can be killed and started again on its data, and the store that its rules write to.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use tokio::time::{sleep, timeout};

use super::http::request;
use super::moto::Moto;
use crate::client::Client;
use crate::folder::Folder;
use crate::process::{Process, gnomon_command};

/// Until everything that waits is done, on any machine.
const PATIENCE: Duration = Duration::from_secs(180);
/// Between two looks at the counters.
const PAUSE: Duration = Duration::from_millis(50);

/// Where rules store.
pub(crate) enum Store {
    /// Below the data, as without a flag.
    Folder,
    Moto(Moto),
    /// An S3 on this port, whatever it is.
    Elsewhere(SocketAddr),
}

pub(crate) struct Bed {
    folder: Folder,
    pub(crate) store: Store,
    process: Option<Process>,
}

impl Bed {
    pub(crate) async fn start(name: &str, store: Store) -> Self {
        let mut bed = Self {
            folder: Folder::new(name),
            store,
            process: None,
        };
        bed.launch().await;
        bed
    }

    /// Starts the process, on whatever an earlier one left.
    pub(crate) async fn launch(&mut self) {
        let mut command = gnomon_command(&self.data());
        command.args(["--http", "127.0.0.1:0"]);
        let s3 = match &self.store {
            Store::Folder => None,
            Store::Moto(moto) => Some(moto.address),
            Store::Elsewhere(address) => Some(*address),
        };
        if let Some(address) = s3 {
            command
                .args(["--objects", "s3://"])
                .env("AWS_ENDPOINT_URL", format!("http://{address}"))
                .env("AWS_REGION", "us-east-1")
                .env("AWS_ACCESS_KEY_ID", "test")
                .env("AWS_SECRET_ACCESS_KEY", "test");
        }
        self.process = Some(Process::start(&mut command).await.unwrap());
    }

    /// From now on nothing that is stored there succeeds.
    pub(crate) async fn block(&self, bucket: &str) {
        match &self.store {
            Store::Folder => {
                let (folder, aside) = self.bucket(bucket);
                std::fs::rename(&folder, aside).unwrap();
                std::fs::write(folder, "in the way").unwrap();
            }
            Store::Moto(moto) => moto.pause().await,
            Store::Elsewhere(_) => panic!("it is blocked where it is"),
        }
    }

    pub(crate) async fn unblock(&self, bucket: &str) {
        match &self.store {
            Store::Folder => {
                let (folder, aside) = self.bucket(bucket);
                std::fs::remove_file(&folder).unwrap();
                std::fs::rename(aside, folder).unwrap();
            }
            Store::Moto(moto) => moto.go_on().await,
            Store::Elsewhere(_) => panic!("it is blocked where it is"),
        }
    }

    /// A bucket's folder, and where it is while it is blocked.
    fn bucket(&self, bucket: &str) -> (PathBuf, PathBuf) {
        let objects = self.data().join("objects");
        (objects.join(bucket), objects.join("aside"))
    }

    /// SIGKILL.
    pub(crate) async fn kill(&mut self) {
        self.process.take().unwrap().kill().await.unwrap();
    }

    /// SIGTERM.
    pub(crate) async fn terminate(&mut self) {
        let status = self.process.take().unwrap().terminate().await;
        assert!(status.unwrap().success());
    }

    /// Ends it in peace.
    pub(crate) async fn end(mut self) {
        self.terminate().await;
    }

    pub(crate) fn mqtt(&self) -> SocketAddr {
        self.process.as_ref().unwrap().address
    }

    fn http(&self) -> SocketAddr {
        let process = self.process.as_ref().unwrap();
        let address = process.address_of("HTTP and WebSocket (/mqtt) on ");
        address.unwrap()
    }

    pub(crate) async fn client(&self, client_id: &str) -> Client {
        Client::connect(self.mqtt(), client_id).await.unwrap()
    }

    /// Creates a rule with one action, as `aws iot create-topic-rule` does.
    pub(crate) async fn create_rule(&self, name: &str, payload: Value) {
        let path = format!("/rules/{name}");
        let body = payload.to_string();
        let created = request(self.http(), "POST", &path, "", body.as_bytes()).await;
        created.unwrap().body().unwrap();
    }

    /// What the backend says of a rule.
    pub(crate) async fn counters(&self, name: &str) -> Value {
        let answer = request(self.http(), "GET", "/gnomon/rules", "", b"").await;
        let body = answer.unwrap().body().unwrap();
        let said: Value = serde_json::from_slice(&body).unwrap();
        let rules = said["rules"].as_array().unwrap();
        let rule = rules.iter().find(|rule| rule["ruleName"] == name);
        rule.unwrap_or_else(|| panic!("no {name} in {said}"))
            .clone()
    }

    /// Looks at a rule until it is so.
    pub(crate) async fn until(&self, name: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let look = async {
            loop {
                last = self.counters(name).await;
                if is_so(&last) {
                    return;
                }
                sleep(PAUSE).await;
            }
        };
        let looked = timeout(PATIENCE, look).await;
        assert!(looked.is_ok(), "it stays so: {last}");
        last
    }

    /// Waits until nothing waits for this rule.
    pub(crate) async fn drained(&self, name: &str) -> Value {
        self.until(name, |rule| rule["queued"] == 0).await
    }

    /// Keys and contents of all objects in a bucket.
    pub(crate) async fn objects(&self, bucket: &str) -> BTreeMap<String, Vec<u8>> {
        match &self.store {
            Store::Folder => files(&self.data().join("objects").join(bucket)).unwrap(),
            Store::Moto(moto) => moto.objects(bucket).await.unwrap(),
            Store::Elsewhere(_) => BTreeMap::new(),
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

fn files(folder: &Path) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().unwrap();
        files.insert(name, std::fs::read(entry.path())?);
    }
    Ok(files)
}
