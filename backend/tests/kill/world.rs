//! All clients of a run and the rounds that they live through. Each client is a task of its own.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use gnomon::rng::Rng;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::End;
use super::model::Broken;
use super::newcomers::Newcomers;
use super::retained::Topics;
use super::sessions::Session;
use super::shadows::Shadows;
use super::totals::Totals;
use crate::process::{PATIENCE, Process, gnomon_command};

const CLIENTS: usize = 3;
const SESSIONS: usize = 4;
/// The longest load in milliseconds.
const LOAD: u64 = 400;

#[derive(Debug)]
pub(crate) struct World {
    data: PathBuf,
    rng: Rng,
    clients: Vec<Client>,
    pub(crate) totals: Totals,
    /// How long the last start took.
    start: Duration,
    rounds: usize,
}

#[derive(Debug)]
enum Client {
    Shadows(Shadows),
    Topics(Topics),
    Session(Session),
    Newcomers(Newcomers),
}

#[derive(Clone, Copy)]
enum Task {
    Verify,
    Load,
}

/// What a task hands back.
struct Done {
    place: usize,
    client: Client,
    totals: Totals,
    end: Result<(), End>,
}

impl World {
    pub(crate) fn new(data: PathBuf, seed: u64) -> Self {
        let shadows = (0..CLIENTS).map(|it| Client::Shadows(Shadows::new(format!("shadows-{it}"))));
        let topics = (0..CLIENTS).map(|it| Client::Topics(Topics::new(format!("retained-{it}"))));
        let newcomers = Client::Newcomers(Newcomers::default());
        Self {
            data,
            rng: Rng::new(seed),
            clients: shadows.chain(topics).chain([newcomers]).collect(),
            totals: Totals::default(),
            start: Duration::from_millis(30),
            rounds: 0,
        }
    }

    /// Starts the process on what the round before left, compares, loads and ends it at some moment.
    pub(crate) async fn round(&mut self) -> Result<(), End> {
        self.rounds += 1;
        if self.rounds < 3 || self.rng.below(4) == 0 {
            self.kill_while_starting().await?;
        }
        let process = self.start_and_verify().await?;
        self.renew_sessions(process.address).await?;
        let load = Duration::from_millis(self.rng.below(LOAD));
        let accepted = self.totals.accepted;
        let mut tasks = self.spawn(process.address, Task::Load);
        // The moment is the experiment.
        tokio::select! {
            () = sleep(load) => {}
            early = tasks.join_next() => {
                let end = early.and_then(Result::ok).map(|done| done.end);
                return Err(Broken(format!("a client ended before the process: {end:?}")).into());
            }
        }
        let kill = self.rng.below(6) > 0;
        if kill {
            process.kill().await?;
        } else if !process.terminate().await?.success() {
            return Err(Broken("SIGTERM was no success".to_owned()).into());
        }
        for end in self.collect(tasks).await? {
            match end {
                Err(End::Connection(_)) => {}
                other => other?,
            }
        }
        self.note_end(kill, self.totals.accepted > accepted);
        Ok(())
    }

    /// The look that follows the last round.
    pub(crate) async fn last_look(&mut self) -> Result<(), End> {
        let process = self.start_and_verify().await?;
        process.terminate().await?;
        Ok(())
    }

    async fn kill_while_starting(&mut self) -> io::Result<()> {
        let mut process = gnomon_command(&self.data).spawn()?;
        sleep(self.start.mul_f64(self.rng.unit() * 1.2)).await;
        self.totals.killed_at_start += 1;
        process.kill().await
    }

    async fn start_and_verify(&mut self) -> Result<Process, End> {
        let process = Process::gnomon(&self.data).await?;
        self.start = process.ready_after;
        let tasks = self.spawn(process.address, Task::Verify);
        for end in self.collect(tasks).await? {
            end?;
        }
        Ok(process)
    }

    /// One session more; when they are too many, the oldest goes.
    async fn renew_sessions(&mut self, address: SocketAddr) -> io::Result<()> {
        let is_session = |client: &Client| matches!(client, Client::Session(_));
        if self.clients.iter().filter(|it| is_session(it)).count() >= SESSIONS
            && let Some(oldest) = self.clients.iter().position(is_session)
            && let Client::Session(session) = self.clients.remove(oldest)
        {
            session.retire(address).await?;
        }
        let session = Session::new(format!("session-{}", self.rounds));
        self.clients.push(Client::Session(session));
        Ok(())
    }

    fn spawn(&mut self, address: SocketAddr, task: Task) -> JoinSet<Done> {
        let mut tasks = JoinSet::new();
        for (place, client) in self.clients.drain(..).enumerate() {
            let rng = Rng::new(self.rng.next_u64());
            tasks.spawn(client.run(place, address, task, rng));
        }
        tasks
    }

    /// Waits for the tasks and takes their clients back.
    async fn collect(&mut self, tasks: JoinSet<Done>) -> Result<Vec<Result<(), End>>, End> {
        let done = timeout(PATIENCE, tasks.join_all()).await;
        let mut done =
            done.map_err(|_| Broken("an answer that is due does not come".to_owned()))?;
        done.sort_by_key(|done| done.place);
        let mut ends = Vec::new();
        for done in done {
            self.totals += done.totals;
            self.clients.push(done.client);
            ends.push(done.end);
        }
        Ok(ends)
    }

    /// `stored`: something went to disk during the load.
    fn note_end(&mut self, kill: bool, stored: bool) {
        let mut unanswered = 0;
        for client in &mut self.clients {
            unanswered += client.lose();
            if let Client::Session(session) = client
                && stored
            {
                session.settle();
            }
        }
        self.totals.unanswered += unanswered;
        if kill {
            self.totals.killed += 1;
            self.totals.killed_in_between += usize::from(unanswered > 0);
        } else {
            self.totals.terminated += 1;
        }
        // Of a session without its SUBACK nothing was promised.
        self.clients.retain(|client| match client {
            Client::Session(session) => session.is_subscribed(),
            _ => true,
        });
    }
}

impl Client {
    async fn run(mut self, place: usize, address: SocketAddr, task: Task, mut rng: Rng) -> Done {
        let mut totals = Totals::default();
        let end = match task {
            Task::Verify => self.verify(address, &mut rng, &mut totals).await,
            Task::Load => self.load(address, &mut rng, &mut totals).await,
        };
        Done {
            place,
            client: self,
            totals,
            end,
        }
    }

    async fn verify(
        &mut self,
        address: SocketAddr,
        rng: &mut Rng,
        totals: &mut Totals,
    ) -> Result<(), End> {
        match self {
            Self::Shadows(shadows) => shadows.verify(address, totals).await,
            Self::Topics(topics) => topics.verify(address, totals).await,
            Self::Session(session) => session.verify(address, rng, totals).await,
            Self::Newcomers(newcomers) => newcomers.verify(address).await,
        }
    }

    async fn load(
        &mut self,
        address: SocketAddr,
        rng: &mut Rng,
        totals: &mut Totals,
    ) -> Result<(), End> {
        match self {
            Self::Shadows(shadows) => shadows.load(address, rng, totals).await,
            Self::Topics(topics) => topics.load(address, rng, totals).await,
            Self::Session(session) => session.load(address, rng, totals).await,
            Self::Newcomers(newcomers) => newcomers.load(address, totals).await,
        }
    }

    /// The process has ended. Returns how many requests had no answer.
    fn lose(&mut self) -> usize {
        match self {
            Self::Shadows(shadows) => shadows.lose(),
            Self::Topics(topics) => topics.lose(),
            Self::Session(session) => session.unanswered(),
            Self::Newcomers(_) => 0,
        }
    }
}
