//! A network of the benchmark's own. Debian's mosquitto takes no address for its WebSocket listener and would be open
//! to whoever reaches this machine; in here only the loopback is left.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

const INSIDE: &str = "GNOMON_BENCH_INSIDE";

pub(crate) fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// Starts this program over in a network namespace with the same arguments, where the machine lets it make one.
/// Returns only if not.
pub(crate) fn enter() -> io::Error {
    let inside = |command: &str| {
        let script = format!("ip link set lo up && {command}");
        let mut unshare = Command::new("unshare");
        unshare.args(["--map-root-user", "--net", "sh", "-c", &script]);
        unshare
    };
    let tried = inside("true").stderr(Stdio::null()).status();
    match tried {
        Ok(status) if status.success() => {}
        Ok(status) => return io::Error::other(status.to_string()),
        Err(error) => return error,
    }
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return error,
    };
    inside("exec \"$0\" \"$@\"")
        .arg(program)
        .args(std::env::args_os().skip(1))
        .env(INSIDE, "yes")
        .exec()
}
