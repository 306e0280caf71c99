//! Carries out what rules do with their messages: outside the hub's lock, and such that no rule waits for another's
//! store. What it is about, [`crate::rules`] knows; where objects go, [`crate::objects`].

mod deeds;
mod errors;
mod evaluate;
mod places;

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::hub::Hub;
use crate::objects::Objects;
use crate::rules::{Ended, UNDER_WAY, Work};
use errors::ErrorFile;
use evaluate::Made;
use places::Places;

/// Objects that are being stored at a time, those of all rules together.
const PUTS: usize = 512;
/// The same of one rule where stores may hang: no few rules hold up the others' stores.
const PUTS_OF_RULE: usize = 16;
/// Messages that are ended under one lock.
const ENDS: usize = 512;

/// What the tasks of all rules share.
#[derive(Debug)]
struct Runner {
    hub: Arc<Hub>,
    objects: Arc<Objects>,
    errors: ErrorFile,
    puts: Semaphore,
    places: Places,
    ended: mpsc::UnboundedSender<(u64, Ended)>,
}

/// Runs rules until `stop`. What was not ended by then comes again after the next start. `folder` is where errors are
/// written that no rule takes.
pub(super) fn start(
    hub: &Arc<Hub>,
    objects: &Arc<Objects>,
    folder: Option<&Path>,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> io::Result<()> {
    // No more can wait than is under way.
    let (ended, ends) = mpsc::unbounded_channel();
    let runner = Arc::new(Runner {
        hub: hub.clone(),
        objects: objects.clone(),
        errors: ErrorFile::start(folder)?,
        puts: Semaphore::new(PUTS),
        places: Places::default(),
        ended,
    });
    tasks.spawn(end_all(hub.clone(), ends));
    let run = run(runner, tasks.clone(), stop.clone());
    tasks.spawn(stop.clone().run_until_cancelled_owned(run));
    Ok(())
}

/// Ends when nobody is left who could end anything: also what was done in the last moment is said.
async fn end_all(hub: Arc<Hub>, mut ends: mpsc::UnboundedReceiver<(u64, Ended)>) {
    let mut batch = Vec::new();
    while ends.recv_many(&mut batch, ENDS).await > 0 {
        hub.end_rule_work(batch.drain(..));
    }
}

/// What of one rule is under way.
struct Lane {
    /// Evaluates the newest messages, once those before them are: their order is kept.
    last: JoinHandle<()>,
    puts: Arc<Semaphore>,
}

impl Lane {
    fn is_idle(&self) -> bool {
        self.last.is_finished() && Arc::strong_count(&self.puts) == 1
    }
}

async fn run(runner: Arc<Runner>, tasks: TaskTracker, stop: CancellationToken) {
    let mut lanes: HashMap<Arc<str>, Lane> = HashMap::new();
    loop {
        let work = runner.hub.take_rule_work();
        if work.is_empty() {
            runner.hub.rule_work().await;
        }
        // What is taken together is of one rule after another.
        for chunk in work.chunk_by(|one, next| one.rule.name == next.rule.name) {
            let Some(first) = chunk.first() else {
                continue;
            };
            let name = first.rule.name.clone();
            let (before, puts) = match lanes.remove(&name) {
                Some(lane) => (Some(lane.last), lane.puts),
                None => (None, Arc::new(Semaphore::new(runner.puts_of_rule()))),
            };
            let (chunk, tracker, stopped) = (chunk.to_vec(), tasks.clone(), stop.clone());
            let (runner, rule_puts) = (runner.clone(), puts.clone());
            let begin = async move {
                if let Some(before) = before {
                    // How it ended does not matter, only that it did.
                    let _ = before.await;
                }
                for made in runner.begin(chunk).await {
                    let finish = deeds::finish(runner.clone(), rule_puts.clone(), made);
                    tracker.spawn(stopped.clone().run_until_cancelled_owned(finish));
                }
                runner.hub.keep_pace().await;
            };
            let begin = stop.clone().run_until_cancelled_owned(begin);
            let last = tasks.spawn(async move {
                begin.await;
            });
            lanes.insert(name, Lane { last, puts });
        }
        lanes.retain(|_, lane| !lane.is_idle());
    }
}

impl Runner {
    /// A folder answers at once, and flushes many objects as fast as one.
    fn puts_of_rule(&self) -> usize {
        match *self.objects {
            Objects::S3(_) => PUTS_OF_RULE,
            Objects::Folder(_) | Objects::Nowhere => UNDER_WAY,
        }
    }

    /// Evaluates, publishes what is to be published in the order in which it came, and ends what that was all of. The
    /// rest is given back.
    async fn begin(&self, chunk: Vec<Work>) -> Vec<Made> {
        let (hub, work) = (self.hub.clone(), chunk.clone());
        // Not on a thread that connections need: an expression may take its time.
        let evaluated = tokio::task::spawn_blocking(move || {
            let shadows = move |thing: &str, shadow: Option<&str>| hub.shadow_text(thing, shadow);
            let made = work.into_iter().map(|work| Made::new(work, &shadows));
            made.collect::<Vec<_>>()
        });
        // A panic would be a bug, but no reason to keep a rule's other messages waiting for ever.
        let made = evaluated.await;
        let mut made = made.unwrap_or_else(|_| chunk.into_iter().map(Made::bug).collect());
        self.hub.act(|backend, now| {
            for made in &mut made {
                made.republish(backend, now);
                if made.is_done() {
                    backend.end_rule_work(made.number(), made.ended(), now);
                }
            }
        });
        made.retain(|made| !made.is_done());
        for (_, name) in made.iter().flat_map(|made| &made.stores) {
            self.places.enter(name);
        }
        made
    }
}
