//! Runs the commands of docs/seed-walkthrough.md in order and compares what they print with what the page says.
//! In the page `sh` is a command, `sh background` one that goes on meanwhile, `sh fails` one that must fail, `sh soon` one
//! that a reader gives a moment later; `text` is the output of the command before it, `text background` that of the one
//! in the background.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "common/aws.rs"]
mod aws;
#[allow(dead_code)]
mod common;
#[allow(dead_code)]
#[path = "common/folder.rs"]
mod folder;
#[allow(dead_code)]
#[path = "common/program.rs"]
mod program;

use std::path::PathBuf;
use std::process::Stdio;

use folder::fresh;
use program::Program;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

const PAGE: &str = include_str!("../../docs/seed-walkthrough.md");

/// A fenced block: what stands behind its fence, and its lines.
struct Block {
    kind: &'static str,
    text: String,
}

fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = PAGE.lines();
    while let Some(line) = lines.next() {
        if let Some(kind) = line.strip_prefix("```") {
            let inside = lines.by_ref().take_while(|line| *line != "```");
            let text = inside.map(|line| format!("{line}\n")).collect();
            blocks.push(Block { kind, text });
        }
    }
    blocks
}

/// A folder with a backend in it, as the reader has one.
struct Walk {
    folder: PathBuf,
    program: Program,
    /// What the page exported so far.
    exports: String,
}

impl Walk {
    async fn start() -> Self {
        let folder = fresh("walkthrough");
        Self {
            program: Program::start(&folder, &[]).await,
            folder,
            exports: String::new(),
        }
    }

    /// The page's commands with this backend's ports and folder, to be run by a shell.
    fn shell(&mut self, text: &str) -> Command {
        let (mqtts, http) = (self.program.mqtts.port(), self.program.http.port());
        let text = text
            .replace("-p 8883", &format!("-p {mqtts}"))
            .replace("localhost:8083", &format!("localhost:{http}"))
            .replace("gnomon-data", &self.program.data().to_string_lossy());
        let exports = text.lines().filter(|line| line.starts_with("export "));
        let exports: String = exports.map(|line| format!("{line}\n")).collect();
        self.exports.push_str(&exports);
        let script = format!("exec 2>&1\n{}{text}", self.exports);
        // Lines are wanted when they are written, not when a buffer is full.
        let mut shell = Command::new("stdbuf");
        shell
            .args(["-oL", "bash", "-e", "-c", &script])
            .current_dir(&self.folder)
            .env("PATH", aws::path())
            .env("HOME", &self.folder)
            .env("LANG", "C.UTF-8")
            .env("AWS_MAX_ATTEMPTS", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        shell
    }

    async fn run(&mut self, text: &str, succeeds: bool) -> String {
        let (success, printed) = self.attempt(text).await;
        assert_eq!(success, succeeds, "{text}\n{printed}");
        printed
    }

    /// Whether the command succeeds, and what it prints.
    async fn attempt(&mut self, text: &str) -> (bool, String) {
        let output = timeout(aws::PATIENCE, self.shell(text).output()).await;
        let output = output.unwrap().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        (output.status.success(), printed)
    }

    /// Runs the command until it succeeds and prints this.
    async fn run_soon(&mut self, text: &str, said: &str) {
        let mut last = String::new();
        let attempts = async {
            loop {
                let success;
                (success, last) = self.attempt(text).await;
                if success && is_printed(said, &last) {
                    return;
                }
            }
        };
        let succeeded = timeout(aws::PATIENCE, attempts).await;
        assert!(succeeded.is_ok(), "{text}\nsaid:\n{said}\nprinted:\n{last}");
    }

    /// Starts a subscriber, and returns once its subscription is made.
    async fn run_meanwhile(&mut self, text: &str) -> Subscriber {
        let mut child = self.shell(text).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut printed = String::new();
        while !printed.contains("Subscribed") {
            let read = timeout(aws::PATIENCE, output.read_line(&mut printed)).await;
            assert!(read.unwrap().unwrap() > 0, "it ended: {printed}");
        }
        Subscriber {
            child,
            output,
            printed,
        }
    }
}

struct Subscriber {
    child: Child,
    output: BufReader<ChildStdout>,
    printed: String,
}

impl Subscriber {
    async fn end(mut self) -> String {
        let rest = self.output.read_to_string(&mut self.printed);
        timeout(aws::PATIENCE, rest).await.unwrap().unwrap();
        let ended = timeout(aws::PATIENCE, self.child.wait()).await;
        assert!(ended.unwrap().unwrap().success(), "{}", self.printed);
        self.printed
    }
}

/// Whether the page's text, in which `…` stands for anything, says what was printed.
fn is_printed(said: &str, printed: &str) -> bool {
    // A file that the page shows need not end with a line feed.
    let mut rest = printed.trim_end();
    for (index, part) in said.trim_end().split('…').enumerate() {
        match rest.find(part) {
            Some(0) => rest = &rest[part.len()..],
            Some(at) if index > 0 => rest = &rest[at + part.len()..],
            _ => return false,
        }
    }
    rest.is_empty()
}

#[tokio::test]
async fn every_step_does_what_the_page_says() {
    let mut walk = Walk::start().await;
    let mut printed = None;
    let mut soon = None;
    let mut subscriber = None;
    let mut compared = 0;
    for Block { kind, text } in blocks() {
        match kind {
            "sh" => printed = Some(walk.run(&text, true).await),
            "sh fails" => printed = Some(walk.run(&text, false).await),
            "sh soon" => soon = Some(text),
            "sh background" => subscriber = Some(walk.run_meanwhile(&text).await),
            "text" if soon.is_some() => {
                walk.run_soon(&soon.take().unwrap(), &text).await;
                compared += 1;
            }
            "text" | "text background" => {
                let printed = match (kind, subscriber.take()) {
                    ("text background", Some(subscriber)) => Some(subscriber.end().await),
                    ("text background", None) => None,
                    (_, running) => {
                        subscriber = running;
                        printed.take()
                    }
                };
                let printed = printed.unwrap_or_else(|| panic!("nothing was run before {text}"));
                assert!(
                    is_printed(&text, &printed),
                    "said:\n{text}\nprinted:\n{printed}"
                );
                compared += 1;
            }
            "console" | "js" => {}
            other => panic!("what is to be done with ```{other}?"),
        }
    }
    assert_eq!(soon, None, "what does it print?");
    assert!(compared > 10, "only {compared} outputs were compared");
}

#[test]
fn the_ellipsis_stands_for_anything_and_nothing_else_does() {
    assert!(is_printed("a…c\n", "abbc\n"));
    assert!(is_printed("a\n", "a\n"));
    assert!(!is_printed("a…c\n", "xabc\n"));
    assert!(!is_printed("a…c\n", "abcd\n"));
    assert!(!is_printed("a\n", "a\nb\n"));
}
