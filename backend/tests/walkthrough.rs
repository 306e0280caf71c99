//! Runs the commands of docs/seed-walkthrough.md in order and compares what they print with what the page says.
//! In the page `sh` is a command, `sh background` one that goes on meanwhile, `sh fails` one that must fail; `text`
//! is the output of the command before it, `text background` that of the one in the background.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const PAGE: &str = include_str!("../../docs/seed-walkthrough.md");
const INSTALLED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tools/aws/bin/aws");
/// Seconds after which a command is given up.
const PATIENCE: &str = "120";

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
    backend: Child,
    mqtts: String,
    http: String,
    /// What the page exported so far.
    exports: String,
}

impl Drop for Walk {
    fn drop(&mut self) {
        let _ = self.backend.kill();
        let _ = self.backend.wait();
    }
}

impl Walk {
    fn start() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("walkthrough");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let any = "127.0.0.1:0";
        let mut backend = Command::new(env!("CARGO_BIN_EXE_gnomon-backend"))
            .args([
                "--mqtt", "off", "--mqtts", any, "--http", any, "--https", "off",
            ])
            .current_dir(&folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(backend.stdout.take().unwrap()).lines();
        let lines: Vec<String> = lines
            .map(Result::unwrap)
            .take_while(|line| line != "ready")
            .collect();
        let port = |what: &str| {
            let line = lines.iter().find(|line| line.starts_with(what));
            let line = line.unwrap_or_else(|| panic!("{what} is not in {lines:?}"));
            line.rsplit(':').next().unwrap().to_owned()
        };
        Self {
            mqtts: port("MQTT over TLS"),
            http: port("HTTP and WebSocket"),
            folder,
            backend,
            exports: String::new(),
        }
    }

    /// The page's commands with this backend's ports, to be run by a shell.
    fn shell(&mut self, text: &str) -> Command {
        let text = text
            .replace("-p 8883", &format!("-p {}", self.mqtts))
            .replace("localhost:8083", &format!("localhost:{}", self.http));
        let exports = text.lines().filter(|line| line.starts_with("export "));
        let exports: String = exports.map(|line| format!("{line}\n")).collect();
        self.exports.push_str(&exports);
        let script = format!("exec 2>&1\n{}{text}", self.exports);
        // Lines are wanted when they are written, not when a buffer is full.
        let mut shell = Command::new("timeout");
        shell
            .args([PATIENCE, "stdbuf", "-oL", "bash", "-e", "-c", &script])
            .current_dir(&self.folder)
            .env("PATH", path())
            .env("HOME", &self.folder)
            .env("LANG", "C.UTF-8")
            .env("AWS_MAX_ATTEMPTS", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        shell
    }

    fn run(&mut self, text: &str, succeeds: bool) -> String {
        let output = self.shell(text).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.success(), succeeds, "{text}\n{printed}");
        printed
    }

    /// Starts a subscriber, and returns once its subscription is made.
    fn run_meanwhile(&mut self, text: &str) -> Subscriber {
        let mut child = self.shell(text).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut printed = String::new();
        while !printed.contains("Subscribed") {
            let read = output.read_line(&mut printed).unwrap();
            assert!(read > 0, "it ended: {printed}");
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
    output: BufReader<std::process::ChildStdout>,
    printed: String,
}

impl Subscriber {
    fn end(mut self) -> String {
        self.output.read_to_string(&mut self.printed).unwrap();
        assert!(self.child.wait().unwrap().success(), "{}", self.printed);
        self.printed
    }
}

/// With the aws CLI that `GNOMON_AWS` names, or that `cargo xtask setup` installed, before any other.
fn path() -> String {
    let aws = std::env::var("GNOMON_AWS").unwrap_or_else(|_| INSTALLED.to_owned());
    let folder = Path::new(&aws).parent().unwrap().to_str().unwrap();
    format!("{folder}:{}", std::env::var("PATH").unwrap_or_default())
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

#[test]
fn every_step_does_what_the_page_says() {
    let mut walk = Walk::start();
    let mut printed = None;
    let mut subscriber = None;
    let mut compared = 0;
    for Block { kind, text } in blocks() {
        match kind {
            "sh" => printed = Some(walk.run(&text, true)),
            "sh fails" => printed = Some(walk.run(&text, false)),
            "sh background" => subscriber = Some(walk.run_meanwhile(&text)),
            "text" | "text background" => {
                let printed = match kind {
                    "text" => printed.take(),
                    _ => subscriber.take().map(Subscriber::end),
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
    assert!(compared > 8, "only {compared} outputs were compared");
}

#[test]
fn the_ellipsis_stands_for_anything_and_nothing_else_does() {
    assert!(is_printed("a…c\n", "abbc\n"));
    assert!(is_printed("a\n", "a\n"));
    assert!(!is_printed("a…c\n", "xabc\n"));
    assert!(!is_printed("a…c\n", "abcd\n"));
    assert!(!is_printed("a\n", "a\nb\n"));
}
