//! Kills the backend with SIGKILL at random moments under load, starts it on the same data folder, and finds every
//! promise kept: accepted shadows, acknowledged retained messages, persistent sessions and what waits for them.
//!
//! `GNOMON_KILLS` is the number of rounds, `GNOMON_SEED` decides what is asked for and when the end comes. How the
//! processes take turns is not in its power, so a failure may need several runs of its seed.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../benches/load/client.rs"]
mod client;
#[allow(dead_code)]
#[path = "../benches/load/process.rs"]
mod process;

mod kill {
    pub(crate) mod body;
    pub(crate) mod model;
    pub(crate) mod newcomers;
    pub(crate) mod retained;
    pub(crate) mod sessions;
    pub(crate) mod shadows;
    pub(crate) mod totals;
    pub(crate) mod world;

    use std::fmt;
    use std::io;

    /// Why a client stopped.
    #[derive(Debug)]
    pub(crate) enum End {
        /// Nothing is wrong where the process was to end.
        Connection(io::Error),
        Broken(model::Broken),
    }

    impl fmt::Display for End {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            match self {
                Self::Connection(error) => write!(f, "a connection ended: {error}"),
                Self::Broken(broken) => write!(f, "a promise is broken: {broken}"),
            }
        }
    }

    impl From<io::Error> for End {
        fn from(error: io::Error) -> Self {
            Self::Connection(error)
        }
    }

    impl From<model::Broken> for End {
        fn from(broken: model::Broken) -> Self {
            Self::Broken(broken)
        }
    }
}

use std::path::Path;

use kill::world::World;

const ROUNDS: u64 = 15;
const SEED: u64 = 20_261_123;

#[tokio::test]
async fn what_was_promised_outlives_the_process() {
    let rounds = number("GNOMON_KILLS", ROUNDS);
    let seed = number("GNOMON_SEED", SEED);
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("kill-{seed}"));
    let _ = std::fs::remove_dir_all(&data);
    std::fs::create_dir_all(&data).unwrap();
    let mut world = World::new(data.clone(), seed);
    for round in 1..=rounds {
        if let Err(end) = world.round().await {
            let data = data.display();
            panic!("{end}, in round {round} of GNOMON_SEED={seed}; {data} is as it was left");
        }
    }
    world.last_look().await.unwrap();
    let totals = world.totals;
    println!("kill: {rounds} rounds, seed {seed}: {totals}");
    for what in [
        totals.accepted,
        totals.retained,
        totals.queued,
        totals.delivered,
        totals.sessions,
    ] {
        assert!(what > 0, "nothing was tested: {totals}");
    }
    std::fs::remove_dir_all(&data).unwrap();
}

fn number(variable: &str, default: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap(),
        Err(_) => default,
    }
}
