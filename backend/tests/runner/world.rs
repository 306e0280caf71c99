//! A backend with a folder, and rules in it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use gnomon_backend::net::Core;
use serde_json::{Value, json};

use crate::client::{call, get};
use crate::common::{Server, config, patiently, publish_1};
use crate::folder::Folder;

const ROLE: &str = "arn:aws:iam::123456789012:role/rules";
/// Between two looks.
const MOMENT: Duration = Duration::from_millis(10);

pub(crate) struct World {
    pub(crate) server: Server,
    folder: Folder,
}

impl World {
    pub(crate) async fn start(name: &str) -> Self {
        Self::start_in(Folder::new(name)).await
    }

    async fn start_in(folder: Folder) -> Self {
        let config = config();
        let core = Core::open(folder.path(), &config).unwrap();
        let server = Server::run(core, config, None).await;
        Self { server, folder }
    }

    pub(crate) async fn stop(self) {
        self.server.stop().await;
    }

    /// Stops it, does something, and starts it again.
    pub(crate) async fn restart(self, meanwhile: impl FnOnce(&Path)) -> Self {
        self.server.stop().await;
        meanwhile(self.folder.path());
        Self::start_in(self.folder).await
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a file where a bucket's folder is to be.
    pub(crate) fn block(&self, bucket: &str) {
        std::fs::create_dir_all(self.path("objects")).unwrap();
        std::fs::write(self.path("objects").join(bucket), "in the way").unwrap();
    }

    pub(crate) fn unblock(&self, bucket: &str) {
        std::fs::remove_file(self.path("objects").join(bucket)).unwrap();
    }

    pub(crate) async fn create(&self, name: &str, sql: &str, action: Value) {
        create(&self.server, name, &rule(sql, &[action])).await;
    }

    pub(crate) async fn publish(&self, topic: &str, payload: &str) {
        let path = format!("/topics/{topic}?qos=1");
        let published = call(&self.server, "POST", &path, payload).await;
        assert_eq!(published.status, 200, "{}", published.body);
    }

    /// Numbered messages, all on their way at once. Returns when each is acknowledged.
    pub(crate) async fn publish_numbers(&self, topic: &str, count: u8) {
        let mut client = self.server.client("numbers").await;
        let (mut sent, mut acknowledged) = (Vec::new(), Vec::new());
        for number in 0..count {
            let payload = json!({ "n": number }).to_string();
            sent.extend(publish_1(topic, number + 1, &payload));
            acknowledged.extend([0x40, 2, 0, number + 1]);
        }
        client.send(&sent).await;
        client.expect(&acknowledged).await;
    }

    /// The keys of a bucket and what is behind them, once there are so many.
    pub(crate) async fn objects(&self, bucket: &str, count: usize) -> Vec<(String, Vec<u8>)> {
        let folder = self.path("objects").join(bucket);
        until(async || {
            let entries = std::fs::read_dir(&folder).ok()?;
            let mut objects: Vec<_> = entries
                .map(|entry| {
                    let entry = entry.unwrap();
                    let key = entry.file_name().into_string().unwrap();
                    (key, std::fs::read(entry.path()).unwrap())
                })
                .collect();
            objects.sort();
            (objects.len() == count).then_some(objects)
        })
        .await
    }

    /// What is counted of a rule, once it is as wanted.
    pub(crate) async fn figures(&self, rule: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        until(async || {
            let rules = get(&self.server, "/gnomon/rules").await.json();
            let mut rules = rules["rules"].as_array().unwrap().clone().into_iter();
            let figures = rules.find(|figures| figures["ruleName"] == rule).unwrap();
            wanted(&figures).then_some(figures)
        })
        .await
    }

    /// The lines of the file of errors, once there are so many.
    pub(crate) async fn errors(&self, count: usize) -> Vec<Value> {
        let path = self.path("rule-errors.jsonl");
        until(async || {
            let text = std::fs::read_to_string(&path).ok()?;
            let lines: Vec<_> = text.split_terminator('\n').collect();
            let is_whole = text.ends_with('\n') && lines.len() == count;
            let read = |line: &&str| serde_json::from_str(line).unwrap();
            is_whole.then(|| lines.iter().map(read).collect())
        })
        .await
    }
}

/// Looks until there is something.
pub(crate) async fn until<T>(look: impl AsyncFn() -> Option<T>) -> T {
    patiently(async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(MOMENT).await;
        }
    })
    .await
}

pub(crate) async fn create(server: &Server, name: &str, rule: &Value) {
    let path = format!("/rules/{name}");
    let created = call(server, "POST", &path, &rule.to_string()).await;
    assert_eq!(created.status, 200, "{}", created.body);
}

pub(crate) fn rule(sql: &str, actions: &[Value]) -> Value {
    json!({ "sql": sql, "awsIotSqlVersion": "2016-03-23", "actions": actions })
}

pub(crate) fn store(bucket: &str, key: &str) -> Value {
    json!({ "s3": { "roleArn": ROLE, "bucketName": bucket, "key": key } })
}

pub(crate) fn republish(topic: &str, qos: u8) -> Value {
    json!({ "republish": { "roleArn": ROLE, "topic": topic, "qos": qos } })
}

pub(crate) fn fields<const N: usize>(figures: &Value, names: [&str; N]) -> [u64; N] {
    names.map(|name| figures[name].as_u64().unwrap())
}
