//! The real aws CLI against the backend: the article's commands, and the data plane's others.
//! `GNOMON_AWS` names the program; else the one that `cargo xtask setup` installs is taken, else the one on the PATH.

#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
mod common;
#[allow(dead_code)]
#[path = "common/folder.rs"]
mod folder;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use common::Server;
use folder::fresh;
use serde_json::{Value, json};
use tokio::process::Command;

const INSTALLED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tools/aws/bin/aws");

/// Each command starts an interpreter, which takes its time on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A user's shell: a folder, no settings, keys that nobody checks.
struct Shell {
    server: Server,
    folder: PathBuf,
}

struct Output {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Shell {
    async fn open(name: &str) -> Self {
        let server = Server::start().await;
        Self {
            server,
            folder: fresh(name),
        }
    }

    /// Runs `aws iot-data` with these words.
    async fn aws(&self, words: &[&str]) -> Output {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut command = Command::new(program());
        command
            .args(["iot-data", "--endpoint-url"])
            .arg(format!("http://{}", self.server.http))
            .args(words)
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", path)
            .env("LANG", "C.UTF-8")
            .env("HOME", &self.folder)
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "no-secret")
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_MAX_ATTEMPTS", "1")
            .kill_on_drop(true);
        let output = tokio::time::timeout(PATIENCE, command.output()).await;
        let output = output.unwrap().unwrap_or_else(|error| {
            panic!("{:?}: {error}; `cargo xtask setup` installs it", program())
        });
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Output {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// A command that writes the answer into a file. Returns the answer.
    async fn answer(&self, words: &[&str]) -> Value {
        let output = self.aws(&[words, &["outfile.json"]].concat()).await;
        assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
        assert_eq!(output.stdout, "");
        read(&self.folder.join("outfile.json"))
    }

    /// A command that prints the answer.
    async fn printed(&self, words: &[&str]) -> Value {
        let output = self.aws(words).await;
        assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
        serde_json::from_str(&output.stdout).unwrap_or(Value::Null)
    }

    async fn refused(&self, words: &[&str], message: &str) {
        let output = self.aws(words).await;
        assert_eq!(output.stderr.trim(), message);
        assert_eq!(output.code, Some(255));
    }

    async fn update(&self, thing: &str, payload: &str) -> Value {
        let words = ["update-thing-shadow", "--thing-name", thing];
        self.answer(&[&words[..], &["--payload", payload]].concat())
            .await
    }
}

fn program() -> OsString {
    std::env::var_os("GNOMON_AWS").unwrap_or_else(|| {
        let installed = Path::new(INSTALLED);
        let path = if installed.is_file() {
            INSTALLED
        } else {
            "aws"
        };
        path.into()
    })
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[tokio::test]
async fn the_article_updates_gets_and_meets_a_conflict() {
    let shell = Shell::open("aws-article").await;
    let get = ["get-thing-shadow", "--thing-name", "iPhone-6"];
    let off = r#"{"state": {"reported" : {"power" : "off"}}}"#;
    let first = shell.update("iPhone-6", off).await;
    assert_eq!(first["state"], json!({ "reported": { "power": "off" } }));
    let stamp = &first["metadata"]["reported"]["power"]["timestamp"];
    assert_eq!((stamp, &first["version"]), (&first["timestamp"], &json!(1)));

    let on = r#"{"state": {"desired" : {"power" : "on"}}}"#;
    let second = shell.update("iPhone-6", on).await;
    assert_eq!(second["state"], json!({ "desired": { "power": "on" } }));
    let state = json!({
        "desired": { "power": "on" },
        "reported": { "power": "off" },
        "delta": { "power": "on" },
    });
    assert_eq!(shell.answer(&get).await["state"], state);

    let on = r#"{"state": {"reported" : {"power" : "on"}}}"#;
    shell.update("iPhone-6", on).await;
    let state = json!({ "desired": { "power": "on" }, "reported": { "power": "on" } });
    let both = shell.answer(&get).await;
    assert_eq!((&both["state"], &both["version"]), (&state, &json!(3)));

    let payload = r#"{"state": {"reported" : {"power" : "on"}},"version" : 2}"#;
    let stale = [
        "update-thing-shadow",
        "--thing-name",
        "iPhone-6",
        "--payload",
        payload,
        "x.json",
    ];
    let message = "An error occurred (ConflictException) when calling the UpdateThingShadow operation: \
        Version conflict";
    shell.refused(&stale, message).await;
    assert_eq!(shell.answer(&get).await["version"], 3);
    shell.server.stop().await;
}

#[tokio::test]
async fn shadows_are_listed_missed_and_deleted() {
    let shell = Shell::open("aws-named").await;
    let thing = ["--thing-name", "a:b"];
    let of_cfg = ["--thing-name", "a:b", "--shadow-name", "cfg"];
    let payload = ["--payload", r#"{"state":{"desired":{"mode":"éco"}}}"#];
    let update = [&["update-thing-shadow"][..], &of_cfg, &payload].concat();
    assert_eq!(shell.answer(&update).await["version"], 1);
    let list = [&["list-named-shadows-for-thing"][..], &thing].concat();
    assert_eq!(shell.printed(&list).await["results"], json!(["cfg"]));

    let missing = [&["get-thing-shadow"][..], &thing, &["x.json"]].concat();
    let message = "An error occurred (ResourceNotFoundException) when calling the GetThingShadow operation: \
        No shadow exists with name: 'a:b'";
    shell.refused(&missing, message).await;

    let delete = [&["delete-thing-shadow"][..], &of_cfg].concat();
    assert_eq!(shell.answer(&delete).await["version"], 1);
    assert_eq!(shell.printed(&list).await["results"], json!([]));
    shell.server.stop().await;
}

#[tokio::test]
async fn messages_are_published_and_retained_ones_found() {
    let shell = Shell::open("aws-publish").await;
    let mut subscriber = shell.server.client("s").await;
    subscriber.subscribe("étage/#", 0).await;
    for (topic, payload) in [("étage/1", "hello wörld"), ("étage/2", "again")] {
        let words = [
            "publish",
            "--topic",
            topic,
            "--qos",
            "1",
            "--retain",
            "--payload",
            payload,
        ];
        shell.printed(&words).await;
        let expected = (topic.to_owned(), payload.to_owned());
        assert_eq!(subscriber.message().await, expected);
    }
    let kept = shell
        .printed(&["get-retained-message", "--topic", "étage/1"])
        .await;
    assert_eq!(
        (&kept["payload"], &kept["qos"]),
        (&json!("aGVsbG8gd8O2cmxk"), &json!(1))
    );
    // One a page: the CLI follows nextToken by itself.
    let all = shell
        .printed(&["list-retained-messages", "--page-size", "1"])
        .await;
    let topics = all["retainedTopics"].as_array().unwrap();
    let topics: Vec<_> = topics.iter().map(|message| &message["topic"]).collect();
    assert_eq!(topics, ["étage/1", "étage/2"]);

    let reserved = [
        "publish",
        "--topic",
        "$aws/things/a/shadow/update/accepted",
        "--payload",
        "{}",
    ];
    let message =
        "An error occurred (ForbiddenException) when calling the Publish operation: Forbidden";
    shell.refused(&reserved, message).await;
    shell.server.stop().await;
}
