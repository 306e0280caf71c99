//! Children that cannot outlive us: each leads a process group of its own, and every way out of
//! this program, a signal included, runs through the drop that ends the group.

use crate::failure::Failure;
use rustix::process::{Pid, Signal, kill_process_group};
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

/// How long a child may take to end by itself. The whole must be gone within a second.
const GRACE: Duration = Duration::from_millis(700);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

static STOP: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Makes Ctrl-C, SIGTERM and a closed terminal a wish that the loops below look for, so that the
/// stack unwinds and each child is ended on the way.
pub(crate) fn listen_for_signals() -> Result<(), Failure> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&STOP))
            .map_err(|error| Failure::io("cannot listen for signals", &error))?;
    }
    Ok(())
}

/// Pauses for a moment, or ends the wait because we were asked to stop.
pub(crate) fn pause(moment: Duration) -> Result<(), Failure> {
    if STOP.load(Ordering::Relaxed) {
        return Err(Failure::Stopped);
    }
    thread::sleep(moment);
    Ok(())
}

pub(crate) struct Child {
    inner: std::process::Child,
    group: Pid,
    asked_to_end: Option<Instant>,
}

impl Child {
    pub(crate) fn spawn(command: &mut Command) -> Result<Self, Failure> {
        let name = command.get_program().to_string_lossy().into_owned();
        let inner = command
            .process_group(0)
            .spawn()
            .map_err(|error| Failure::io(format_args!("cannot start {name}"), &error))?;
        let group = Pid::from_child(&inner);
        Ok(Self {
            inner,
            group,
            asked_to_end: None,
        })
    }

    /// The exit status once the child has ended.
    pub(crate) fn try_wait(&mut self) -> Result<Option<ExitStatus>, Failure> {
        self.inner
            .try_wait()
            .map_err(|error| Failure::io("cannot wait for a child process", &error))
    }

    /// Waits for the end and calls `tick` some twenty times a second meanwhile.
    pub(crate) fn wait(&mut self, mut tick: impl FnMut()) -> Result<ExitStatus, Failure> {
        let mut moment = Duration::from_millis(1);
        loop {
            if let Some(status) = self.try_wait()? {
                return Ok(status);
            }
            tick();
            pause(moment)?;
            moment = (moment * 2).min(LONGEST_PAUSE);
        }
    }

    /// Asks the whole group to end, once. The drop waits for it.
    pub(crate) fn ask_to_end(&mut self) {
        if self.asked_to_end.is_none() {
            self.asked_to_end = Some(Instant::now());
            self.signal(Signal::TERM);
        }
    }

    fn signal(&self, signal: Signal) {
        // A group that is gone already is what we want.
        let _: rustix::io::Result<()> = kill_process_group(self.group, signal);
    }

    fn end(&mut self) -> io::Result<()> {
        while self.inner.try_wait()?.is_none() {
            if self.asked_to_end.is_none_or(|at| at.elapsed() > GRACE) {
                self.signal(Signal::KILL);
                self.inner.wait()?;
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.ask_to_end();
        if let Err(error) = self.end() {
            eprintln!("cannot end a child process: {error}");
        }
        // Whatever the child itself had started and left behind.
        self.signal(Signal::KILL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::process::Stdio;

    fn shell(script: &str) -> Child {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdout(Stdio::null());
        Child::spawn(&mut command).unwrap()
    }

    #[test]
    fn the_exit_status_arrives() {
        assert_eq!(shell("exit 3").wait(|| ()).unwrap().code(), Some(3));
    }

    #[test]
    fn a_child_that_ignores_the_request_is_killed_with_all_its_own_children() {
        let file = std::env::temp_dir().join(format!("xtask-orphan-{}", std::process::id()));
        let script = format!(
            "trap '' TERM; sleep 600 & echo $! > {0}.new; mv {0}.new {0}; wait",
            file.display()
        );
        let mut child = shell(&script);
        while !file.exists() {
            assert!(
                child.try_wait().unwrap().is_none(),
                "the shell has ended by itself"
            );
            thread::yield_now();
        }
        let grandchild: i32 = fs::read_to_string(&file).unwrap().trim().parse().unwrap();
        fs::remove_file(&file).unwrap();
        let grandchild = Pid::from_raw(grandchild).unwrap();
        drop(child);
        // It may linger as a zombie until init reaps it, but it runs no more.
        while rustix::process::test_kill_process(grandchild).is_ok() {
            let stat = fs::read_to_string(format!("/proc/{}/stat", grandchild.as_raw_nonzero()));
            if stat.is_ok_and(|stat| stat.contains(") Z ")) {
                break;
            }
            thread::yield_now();
        }
    }

    #[test]
    fn a_program_that_does_not_exist_is_named() {
        let failure = Child::spawn(&mut Command::new("no-such-program"))
            .err()
            .unwrap();
        assert!(
            failure
                .to_string()
                .starts_with("cannot start no-such-program: ")
        );
    }
}
