//! Runs a command and shows that it is alive: one line that rewrites itself in a terminal, a plain
//! line now and then elsewhere. The command's own output goes to a log and is shown on failure.

use crate::failure::Failure;
use crate::paths;
use crate::process::Child;
use std::fs::{self, File};
use std::io::{IsTerminal, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

const REDRAW: Duration = Duration::from_millis(200);
const PLAIN_EVERY: Duration = Duration::from_secs(30);
const TERMINAL_WIDTH: usize = 79;
/// Enough for the last line of any tool's output.
const TAIL_BYTES: u64 = 4096;

/// Runs the command to its end and gives all that it printed.
pub(crate) fn run(title: &str, command: &mut Command) -> Result<String, Failure> {
    let log = Log::capture(title, command)?;
    let mut line = Line::begin(title);
    let mut child = Child::spawn(command)?;
    let status = child.wait(|| line.tick(&log))?;
    drop(child);
    line.end(status.success());
    if status.success() {
        Ok(log.text())
    } else {
        Err(log.failure(title))
    }
}

/// The output of one command, kept in `target/xtask`.
pub(crate) struct Log {
    path: PathBuf,
}

impl Log {
    /// Sends both output streams of the command to a fresh log.
    pub(crate) fn capture(title: &str, command: &mut Command) -> Result<Self, Failure> {
        let folder = paths::target().join("xtask");
        let path = folder.join(format!("{}.log", file_name(title)));
        let open = || -> std::io::Result<(File, File)> {
            fs::create_dir_all(&folder)?;
            let file = File::create(&path)?;
            Ok((file.try_clone()?, file))
        };
        let (stdout, stderr) = open().map_err(|error| {
            Failure::io(format_args!("cannot write {}", path.display()), &error)
        })?;
        command.stdout(stdout).stderr(stderr);
        Ok(Self { path })
    }

    pub(crate) fn text(&self) -> String {
        let bytes = fs::read(&self.path).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub(crate) fn failure(&self, title: &str) -> Failure {
        Failure::Command {
            title: title.to_owned(),
            output: self.text(),
            log: self.path.clone(),
        }
    }

    /// The newest line, for a person to see that something moves.
    fn last_line(&self) -> String {
        let tail = || -> std::io::Result<Vec<u8>> {
            let mut file = File::open(&self.path)?;
            let length = file.metadata()?.len();
            file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = tail().unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let line = text.lines().rev().find(|line| !line.trim().is_empty());
        line.unwrap_or_default()
            .trim()
            .chars()
            .filter(|letter| !letter.is_control())
            .collect()
    }
}

/// A title without its remark in parentheses, as a file name.
fn file_name(title: &str) -> String {
    let title = title.split('(').next().unwrap_or(title).trim();
    title.replace(
        |letter: char| !letter.is_alphanumeric() && letter != '.',
        "-",
    )
}

/// The line that shows one thing being done.
pub(crate) struct Line {
    title: String,
    begun: Instant,
    shown: Option<Instant>,
    terminal: bool,
}

impl Line {
    pub(crate) fn begin(title: &str) -> Self {
        let terminal = std::io::stderr().is_terminal();
        if !terminal {
            eprintln!("      …  {title}");
        }
        Self {
            title: title.to_owned(),
            begun: Instant::now(),
            shown: None,
            terminal,
        }
    }

    pub(crate) fn tick(&mut self, log: &Log) {
        let every = if self.terminal { REDRAW } else { PLAIN_EVERY };
        if self.shown.unwrap_or(self.begun).elapsed() < every {
            return;
        }
        self.shown = Some(Instant::now());
        let text = format!(
            "{} s  {}  {}",
            self.begun.elapsed().as_secs(),
            self.title,
            log.last_line()
        );
        if self.terminal {
            let text: String = text.chars().take(TERMINAL_WIDTH).collect();
            eprint!("\r\x1b[K{text}");
            // A terminal that cannot be flushed shows less, and that is all.
            let _: std::io::Result<()> = std::io::stderr().flush();
        } else {
            eprintln!("{text}");
        }
    }

    pub(crate) fn end(self, success: bool) {
        let clear = if self.terminal { "\r\x1b[K" } else { "" };
        let word = if success { "ok" } else { "FAILED" };
        let seconds = self.begun.elapsed().as_secs_f32();
        eprintln!("{clear}{word:>7}  {}  {seconds:.1} s", self.title);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn what_a_command_prints_on_either_stream_is_kept() {
        let text = run("test of both streams", &mut shell("echo one; echo two >&2")).unwrap();
        assert_eq!(text, "one\ntwo\n");
    }

    #[test]
    fn a_failing_command_hands_its_output_over() {
        let failure = run("test of failure", &mut shell("echo why; exit 1")).unwrap_err();
        assert!(matches!(failure, Failure::Command { output, .. } if output == "why\n"));
    }

    #[test]
    fn a_log_is_named_after_its_title() {
        assert_eq!(
            file_name("build trunk 0.21.14 (once)"),
            "build-trunk-0.21.14"
        );
        assert_eq!(file_name("../x"), "..-x");
    }

    #[test]
    fn the_last_line_shown_is_the_last_with_letters() {
        let mut command = shell("printf 'first\\n\\033second\\n\\n'");
        let log = Log::capture("test of the last line", &mut command).unwrap();
        Child::spawn(&mut command).unwrap().wait(|| ()).unwrap();
        assert_eq!(log.last_line(), "second");
    }
}
