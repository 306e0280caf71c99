//! What a process takes of the machine, as Linux tells in /proc. Elsewhere nothing is known.

use std::fs;
use std::path::Path;
use std::time::Instant;

/// Clock ticks in a second: the same on every Linux that programs can see.
const TICKS: f64 = 100.0;

/// Resident memory of a process, in megabytes of a million bytes.
pub(crate) fn memory_mb(process: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

pub(crate) fn file_mb(path: &Path) -> Option<f64> {
    fs::metadata(path).ok().map(|file| file.len() as f64 / 1e6)
}

/// Measures what share of all cores a process takes from now on.
#[derive(Debug)]
pub(crate) struct Share {
    process: u32,
    begun: Instant,
    before: Option<f64>,
}

impl Share {
    pub(crate) fn begin(process: u32) -> Self {
        Self {
            process,
            begun: Instant::now(),
            before: cpu_seconds(process),
        }
    }

    /// 0 to 1, where 1 is every core of the machine.
    pub(crate) fn end(&self) -> Option<f64> {
        let seconds = cpu_seconds(self.process)? - self.before?;
        let cores = std::thread::available_parallelism().ok()?.get() as f64;
        Some(seconds / (self.begun.elapsed().as_secs_f64() * cores))
    }
}

/// User and system time of all threads.
fn cpu_seconds(process: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name in parentheses may hold anything; fields 14 and 15 are counted from its end.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut times = fields.split(' ').skip(11).map(str::parse::<f64>);
    Some((times.next()?.ok()? + times.next()?.ok()?) / TICKS)
}
