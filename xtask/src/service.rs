//! Servers that run side by side until one ends or we are asked to stop: the backend and Trunk.

use crate::command::command;
use crate::failure::Failure;
use crate::paths;
use crate::process::{Child, pause};
use crate::progress::{Line, Log};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The ports of the backend and of Trunk, each with what it carries.
const PORTS: [(u16, &str); 5] = [
    (8080, "the dashboard"),
    (8083, "the backend's HTTP and WebSocket"),
    (8084, "the backend's HTTPS and secure WebSocket"),
    (1883, "the backend's MQTT"),
    (8883, "the backend's MQTT over TLS"),
];

/// Refuses to begin where a port is taken, before minutes are spent on building.
pub(crate) fn require_free_ports() -> Result<(), Failure> {
    let taken: Vec<String> = PORTS
        .iter()
        .filter(|(port, _)| TcpListener::bind(loopback(*port)).is_err())
        .map(|(port, what)| {
            format!(
                "Port {port} is needed for {what}, and another program has it.\n\
                 See which with `ss -ltnp 'sport = :{port}'` (macOS: `lsof -i :{port}`), stop it, and run this again."
            )
        })
        .collect();
    if taken.is_empty() {
        Ok(())
    } else {
        Err(Failure::Message(taken.join("\n")))
    }
}

pub(crate) fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// Whether something accepts connections on the port.
pub(crate) fn answers(port: u16) -> bool {
    TcpStream::connect_timeout(&loopback(port), Duration::from_millis(200)).is_ok()
}

/// The backend with a simulated fleet, its data out of the way of what Trunk watches.
pub(crate) fn backend(program: &Path) -> Command {
    let mut backend = command(program, ["--fleet", "25", "--site", "dist", "--data"]);
    backend.arg(paths::target().join("demo-data"));
    backend
}

struct Service {
    name: &'static str,
    child: Child,
    log: Log,
}

/// Dropped together, so that the grace that each is given to end runs only once.
#[derive(Default)]
pub(crate) struct Services(Vec<Service>);

impl Services {
    /// Starts a server and waits until `ready` says so of its output so far. No other may have
    /// ended meanwhile.
    pub(crate) fn start(
        &mut self,
        name: &'static str,
        mut command: Command,
        ready: impl Fn(&str) -> Result<bool, Failure>,
    ) -> Result<(), Failure> {
        let log = Log::capture(name, &mut command)?;
        let child = Child::spawn(&mut command)?;
        let mut line = Line::begin(name);
        self.0.push(Service { name, child, log });
        loop {
            self.require_all_alive()?;
            let Some(newest) = self.0.last() else {
                return Ok(());
            };
            if ready(&newest.log.text())? {
                line.end(true);
                return Ok(());
            }
            line.tick(&newest.log);
            pause(LOOK_EVERY)?;
        }
    }

    /// Runs until we are asked to stop, which is a success, or until a server ends by itself or
    /// `check` finds that something else is wrong.
    pub(crate) fn run(
        &mut self,
        mut check: impl FnMut() -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        loop {
            self.require_all_alive()?;
            check()?;
            match pause(LOOK_EVERY) {
                Err(Failure::Stopped) => return Ok(()),
                outcome => outcome?,
            }
        }
    }

    fn require_all_alive(&mut self) -> Result<(), Failure> {
        for service in &mut self.0 {
            if service.child.try_wait()?.is_some() {
                return Err(service.log.failure(service.name));
            }
        }
        Ok(())
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        for service in &mut self.0 {
            service.child.ask_to_end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        command("sh", ["-c", script])
    }

    #[test]
    fn a_server_is_ready_when_its_output_says_so() {
        let mut services = Services::default();
        let ready = |text: &str| Ok(text.lines().any(|line| line == "ready"));
        services
            .start("test server", shell("echo ready; sleep 600"), ready)
            .unwrap();
    }

    #[test]
    fn a_server_that_ends_early_shows_what_it_said() {
        let mut services = Services::default();
        let failure = services
            .start("test early end", shell("echo no; exit 1"), |_| Ok(false))
            .unwrap_err();
        assert!(failure.to_string().starts_with("no\ntest early end failed"));
    }

    #[test]
    fn a_port_answers_while_somebody_listens() {
        let listener = TcpListener::bind(loopback(0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(answers(port));
        drop(listener);
        assert!(!answers(port));
    }
}
