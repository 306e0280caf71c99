//! Debian's mosquitto as the broker of a test or the peer of a benchmark: on a loopback port, with a folder of its own,
//! gone at the end. `GNOMON_MOSQUITTO` names the program, else it is looked for.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::folder::Folder;

const MISSING: &str =
    "mosquitto cannot be started; install it (on Debian: sudo apt-get install mosquitto)";

pub(crate) struct Mosquitto {
    pub(crate) address: SocketAddr,
    folder: Folder,
    process: Option<Child>,
}

impl Mosquitto {
    /// Serves everybody.
    pub(crate) fn start() -> Result<Self, String> {
        Self::start_with(|_| "allow_anonymous true\n".to_owned())
    }

    /// `configure` may put files into the folder, and gives the lines of the configuration.
    pub(crate) fn start_with(configure: impl Fn(&Path) -> String) -> Result<Self, String> {
        // Another program may take a free port before mosquitto does.
        for _ in 0..5 {
            let mut broker = Self::stopped(&configure)?;
            if broker.launch()? {
                return Ok(broker);
            }
        }
        Err("mosquitto did not start on any free port".to_owned())
    }

    /// Has a port and a folder, but does not run before [`Self::restart`].
    pub(crate) fn stopped(configure: impl Fn(&Path) -> String) -> Result<Self, String> {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        let broker = Self {
            address: free.map_err(|error| error.to_string())?,
            folder: Folder::new("mosquitto"),
            process: None,
        };
        let lines = configure(broker.folder());
        let configured = broker.configure(&lines);
        configured.map_err(|error| error.to_string())?;
        Ok(broker)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.as_ref().map_or(0, Child::id)
    }

    /// Kills it, and leaves its port to whoever comes.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Starts it again on the port that it had.
    pub(crate) fn restart(&mut self) -> Result<(), String> {
        self.kill();
        match self.launch()? {
            true => Ok(()),
            false => Err("mosquitto did not start again".to_owned()),
        }
    }

    fn configure(&self, lines: &str) -> std::io::Result<()> {
        let mut file = std::fs::File::create(self.folder().join("mosquitto.conf"))?;
        writeln!(
            file,
            "listener {} {}",
            self.address.port(),
            self.address.ip()
        )?;
        // Started by root it would become another user, who may not read this folder.
        writeln!(file, "user root\nlog_dest stderr\n{lines}")
    }

    /// False when it ended before it listened.
    fn launch(&mut self) -> Result<bool, String> {
        let named = std::env::var("GNOMON_MOSQUITTO");
        // Debian keeps it where only root looks for programs.
        let places = ["mosquitto", "/usr/sbin/mosquitto"].map(str::to_owned);
        let mut started = named.into_iter().chain(places).filter_map(|program| {
            Command::new(program)
                .arg("-c")
                .arg(self.folder().join("mosquitto.conf"))
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .ok()
        });
        let mut process = started.next().ok_or(MISSING)?;
        let log = process.stderr.take().ok_or(MISSING)?;
        self.process = Some(process);
        let mut log = BufReader::new(log);
        let mut line = String::new();
        while log.read_line(&mut line).is_ok_and(|len| len > 0) {
            if line.contains(" running") {
                // Its log must go somewhere.
                std::thread::spawn(move || log.read_to_end(&mut Vec::new()));
                return Ok(true);
            }
            line.clear();
        }
        self.kill();
        Ok(false)
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        self.kill();
    }
}
