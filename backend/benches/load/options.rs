//! The arguments of a benchmark: `--json FILE`, `--seconds N` for each line, and how many of what it makes.

use std::path::PathBuf;
use std::time::Duration;

use lexopt::prelude::*;

pub(crate) struct Options {
    pub(crate) json: Option<PathBuf>,
    pub(crate) window: Duration,
    pub(crate) count: usize,
}

/// Reads this program's arguments. `flag` says how many; without it there are `count`.
pub(crate) fn parse(flag: &str, count: usize) -> Result<Options, lexopt::Error> {
    let mut options = Options {
        json: None,
        window: Duration::from_secs(5),
        count,
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("json") => options.json = Some(parser.value()?.into()),
            Long("seconds") => {
                let seconds = parser.value()?.parse_with(str::parse::<f64>)?;
                options.window = Duration::try_from_secs_f64(seconds).unwrap_or_default();
            }
            Long(name) if name == flag => options.count = parser.value()?.parse()?,
            // Cargo's own word to a benchmark.
            Long("bench") => {}
            other => return Err(other.unexpected()),
        }
    }
    Ok(options)
}
