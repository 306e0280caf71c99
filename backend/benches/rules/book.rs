//! Rules that all get the messages of one topic, and how far they have come.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::http::request;
use crate::load::process::Process;

/// What every rule gets.
pub(crate) const TOPIC: &str = "bench/rules";
/// What none of them refuses.
pub(crate) const PAYLOAD: &str = r#"{"state":{"reported":{"location":{"longitude":135.7848895,"latitude":35.0115832}}},"speed":12.5,"battery":87,"ok":true}"#;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    Store,
    Republish,
}

/// As in a title.
impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Store => "store a file",
            Self::Republish => "republish at QoS 0",
        })
    }
}

impl Act {
    /// What the number of such rules is called.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Store => "rules_that_store",
            Self::Republish => "rules_that_republish",
        }
    }

    fn action(self, rule: usize) -> Value {
        let role = "arn:aws:iam::123456789012:role/bench";
        match self {
            Self::Store => {
                let key = format!("{rule}-${{timestamp()}}-${{newuuid()}}");
                json!({ "s3": { "roleArn": role, "bucketName": "bench", "key": key } })
            }
            Self::Republish => {
                let topic = format!("bench/republished/{rule}");
                json!({ "republish": { "roleArn": role, "topic": topic, "qos": 0 } })
            }
        }
    }
}

/// The rules of one backend.
pub(crate) struct Book {
    http: SocketAddr,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Progress {
    /// Messages that the slowest rule is done with.
    pub(crate) slowest: u64,
    /// Of all rules together.
    pub(crate) done: u64,
    pub(crate) lost: u64,
}

impl Book {
    pub(crate) async fn write(gnomon: &Process, rules: usize, act: Act) -> io::Result<Self> {
        let http = gnomon.address_of("HTTP and WebSocket (/mqtt) on ");
        let http = http.ok_or_else(|| io::Error::other("it names no HTTP port"))?;
        for rule in 0..rules {
            let sql = format!("SELECT * FROM '{TOPIC}' WHERE battery > 20");
            let payload = json!({
                "sql": sql, "awsIotSqlVersion": "2016-03-23", "actions": [act.action(rule)],
            });
            let (path, body) = (format!("/rules/bench_{rule}"), payload.to_string());
            let created = request(http, "POST", &path, "", body.as_bytes()).await?;
            created.body()?;
        }
        Ok(Self { http })
    }

    pub(crate) async fn progress(&self) -> io::Result<Progress> {
        let answer = request(self.http, "GET", "/gnomon/rules", "", b"").await?;
        let said: Value = serde_json::from_slice(&answer.body()?)?;
        let mut progress = Progress {
            slowest: u64::MAX,
            ..Progress::default()
        };
        for rule in said["rules"].as_array().into_iter().flatten() {
            let action = &rule["actions"][0];
            if action["failed"] != 0 {
                return Err(io::Error::other(format!("an action failed: {rule}")));
            }
            let done = action["done"].as_u64().unwrap_or_default();
            progress.slowest = progress.slowest.min(done);
            progress.done += done;
            progress.lost += rule["lost"].as_u64().unwrap_or_default();
        }
        Ok(progress)
    }
}
