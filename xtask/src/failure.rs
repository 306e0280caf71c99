//! Why a command ended early, in words for the person who ran it.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// How much of a failed command's output is shown; the rest stays in its log.
const SHOWN_LINES: usize = 400;

#[derive(Debug)]
pub(crate) enum Failure {
    /// Ctrl-C or SIGTERM: not an error, but nothing more may be begun.
    Stopped,
    /// Some step of `test` failed, and has been reported.
    Tests,
    /// A command that ran and did not succeed; `output` is all that it printed.
    Command {
        title: String,
        output: String,
        log: PathBuf,
    },
    Message(String),
}

impl Failure {
    pub(crate) fn message(text: impl Into<String>) -> Self {
        Self::Message(text.into())
    }

    /// Says what was being done when the system refused.
    pub(crate) fn io(doing: impl fmt::Display, error: &io::Error) -> Self {
        Self::Message(format!("{doing}: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped => f.write_str("stopped"),
            Self::Tests => f.write_str("some tests failed"),
            Self::Message(text) => f.write_str(text.trim_end()),
            Self::Command { title, output, log } => {
                let lines: Vec<&str> = output.lines().collect();
                let hidden = lines.len().saturating_sub(SHOWN_LINES);
                if hidden > 0 {
                    writeln!(f, "({hidden} earlier lines are only in {})", log.display())?;
                }
                for line in lines.iter().skip(hidden) {
                    writeln!(f, "{line}")?;
                }
                write!(f, "{title} failed; its output is in {}", log.display())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_output_is_shown_by_its_end() {
        let output: String = (0..1000).map(|n| format!("line {n}\n")).collect();
        let failure = Failure::Command {
            title: "clippy".into(),
            output,
            log: PathBuf::from("clippy.log"),
        };
        let shown = failure.to_string();
        assert!(shown.starts_with("(600 earlier lines are only in clippy.log)\nline 600\n"));
        assert!(shown.ends_with("line 999\nclippy failed; its output is in clippy.log"));
    }
}
