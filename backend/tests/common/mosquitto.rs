//! Debian's mosquitto as the broker of a test: on a loopback port, with a folder of its own, gone at the end.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

const MISSING: &str =
    "mosquitto cannot be started; install it (on Debian: sudo apt-get install mosquitto)";

pub(crate) struct Mosquitto {
    pub(crate) address: SocketAddr,
    folder: PathBuf,
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
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("gnomon-mosquitto-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let made = std::fs::create_dir_all(&folder)
            .and_then(|()| TcpListener::bind("127.0.0.1:0")?.local_addr());
        let broker = Self {
            address: made.map_err(|error| error.to_string())?,
            folder,
            process: None,
        };
        let lines = configure(&broker.folder);
        let configured = broker.configure(&lines);
        configured.map_err(|error| error.to_string())?;
        Ok(broker)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
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
        let mut file = std::fs::File::create(self.folder.join("mosquitto.conf"))?;
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
        // Debian keeps it where only root looks for programs.
        let places = ["mosquitto", "/usr/sbin/mosquitto"];
        let mut started = places.into_iter().filter_map(|program| {
            Command::new(program)
                .arg("-c")
                .arg(self.folder.join("mosquitto.conf"))
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
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
