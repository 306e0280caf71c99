//! What failed for good: the document that the error action gets, as AWS IoT writes it, and the file that takes it
//! where there is no such action or it fails too. Nothing ends without a trace.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::deeds::pause;
use crate::objects::batches::Batches;
use crate::rules::{Deed, Work};
use crate::terminal::tell;

const FILE: &str = "rule-errors.jsonl";
const OLDER: &str = "rule-errors.jsonl.1";
/// The file begins anew before it has more bytes; the one before it is kept.
const MOST: u64 = 16 * 1024 * 1024;
/// What AWS IoT says in place of a client identifier where there is none.
const NO_CLIENT: &str = "n/a";

/// An action that failed for good.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    action: &'static str,
    /// Its bucket or topic.
    resource: String,
    pub(super) error: String,
}

impl Failure {
    pub(super) fn new(deed: &Deed, resource: String, error: String) -> Self {
        match deed {
            Deed::Store { .. } => Self::store(resource, error),
            Deed::Republish { .. } => Self::republish(resource, error),
        }
    }

    pub(super) fn store(bucket: String, error: String) -> Self {
        Self {
            action: "S3Action",
            resource: bucket,
            error,
        }
    }

    pub(super) fn republish(topic: String, error: String) -> Self {
        Self {
            action: "RepublishAction",
            resource: topic,
            error,
        }
    }

    fn to_json(&self) -> Value {
        json!({
            "failedAction": self.action,
            "failedResource": self.resource,
            "errorMessage": self.error,
        })
    }
}

impl Work {
    /// What the error action gets.
    pub(super) fn error_document(&self, failures: &[Failure]) -> Value {
        let item = &self.item;
        json!({
            "ruleName": &*self.rule.name,
            "topic": &*item.topic,
            "cloudwatchTraceId": item.origin().trace_id(),
            "clientId": item.client_id.as_deref().unwrap_or(NO_CLIENT),
            "base64OriginalPayload": STANDARD.encode(&item.payload),
            "failures": failures.iter().map(Failure::to_json).collect::<Vec<_>>(),
        })
    }
}

/// One JSON object a line, each on disk before its message is ended.
#[derive(Debug)]
pub(super) struct ErrorFile {
    /// Without a folder lines go to stderr.
    lines: Option<Batches<String, Result<(), String>>>,
}

impl ErrorFile {
    pub(super) fn start(folder: Option<&Path>) -> io::Result<Self> {
        let start = |folder: &Path| {
            let folder = folder.to_owned();
            Batches::start("rule-errors", move |lines| append_all(&folder, &lines))
        };
        Ok(Self {
            lines: folder.map(start).transpose()?,
        })
    }

    /// Returns when it is written, however long that takes: only its own rule waits for it.
    pub(super) async fn write(&self, work: &Work, failures: &[Failure]) {
        let mut line = work.error_document(failures);
        line["timestamp"] = work.item.at.0.into();
        let line = line.to_string();
        let Some(lines) = &self.lines else {
            tell(
                io::stderr(),
                format_args!("rule {}: {line}", work.rule.name),
            );
            return;
        };
        let mut attempt = 0;
        loop {
            let error = match lines.ask(line.clone()).await {
                Some(Ok(())) => return,
                Some(Err(error)) => error,
                None => "the thread that writes it has ended".to_owned(),
            };
            attempt += 1;
            if attempt == 1 {
                let words = format_args!("rule {}: {error}; trying again", work.rule.name);
                tell(io::stderr(), words);
            }
            tokio::time::sleep(pause(attempt).max(Duration::from_secs(1))).await;
        }
    }
}

fn append_all(folder: &Path, lines: &[String]) -> Vec<Result<(), String>> {
    let appended = append(folder, lines);
    let appended =
        appended.map_err(|error| format!("cannot write {}: {error}", path(folder).display()));
    lines.iter().map(|_| appended.clone()).collect()
}

fn append(folder: &Path, lines: &[String]) -> io::Result<()> {
    let mut text: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
    let path = path(folder);
    let mut file = open(&path)?;
    let mut len = file.metadata()?.len();
    if len > 0 && len + text.len() as u64 > MOST {
        std::fs::rename(&path, folder.join(OLDER))?;
        file = open(&path)?;
        len = 0;
    }
    if len == 0 {
        // The name is only there for good once the folder is on disk too.
        File::open(folder)?.sync_all()?;
    } else if !ends_with_line(&file, len)? {
        text.insert(0, '\n');
    }
    file.write_all(text.as_bytes())?;
    file.sync_data()
}

fn path(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

fn open(path: &Path) -> io::Result<File> {
    File::options()
        .read(true)
        .append(true)
        .create(true)
        .open(path)
}

/// A line that was cut off when the power was must not spoil the next one.
fn ends_with_line(file: &File, len: u64) -> io::Result<bool> {
    let mut last = [0];
    file.read_exact_at(&mut last, len - 1)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("gnomon-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn lines_stay_whole_behind_one_that_was_cut() {
        let folder = folder("cut");
        std::fs::write(path(&folder), "{\"a\":").unwrap();
        append(&folder, &["1".to_owned(), "2".to_owned()]).unwrap();
        append(&folder, &["3".to_owned()]).unwrap();
        let text = std::fs::read_to_string(path(&folder)).unwrap();
        assert_eq!(text, "{\"a\":\n1\n2\n3\n");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_file_begins_anew_before_it_is_too_large() {
        let folder = folder("large");
        let line = "x".repeat(6 * 1024 * 1024);
        for _ in 0..5 {
            append(&folder, std::slice::from_ref(&line)).unwrap();
        }
        let len = |name: &str| folder.join(name).metadata().unwrap().len();
        let lines = |count: u64| count * (line.len() as u64 + 1);
        assert_eq!((len(FILE), len(OLDER)), (lines(1), lines(2)));
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(append(&folder, &[line]).is_err());
    }
}
