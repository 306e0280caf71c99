//! Carries out what rules do with their messages: outside the hub's lock, and such that no rule waits for another's
//! store. What it is about, [`crate::rules`] knows; where objects go, [`crate::objects`].

mod deeds;
mod errors;
mod evaluate;

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::hub::Hub;
use crate::objects::Objects;
use crate::rules::{Ended, Work};
use errors::ErrorFile;
use evaluate::Made;

/// Messages that are evaluated, and republished, in one go: others get their turn in between.
const CHUNK: usize = 64;
/// Objects that are being stored at a time, those of all rules together. A rule has 64 messages under way at most and
/// stores one object of each at a time.
const PUTS: usize = 256;
/// Messages that are ended under one lock.
const ENDS: usize = 512;

/// What the tasks of all rules share.
#[derive(Debug)]
struct Runner {
    hub: Arc<Hub>,
    objects: Arc<Objects>,
    errors: ErrorFile,
    puts: Semaphore,
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

async fn run(runner: Arc<Runner>, tasks: TaskTracker, stop: CancellationToken) {
    loop {
        let mut work = runner.hub.take_rule_work().into_iter().peekable();
        if work.peek().is_none() {
            runner.hub.rule_work().await;
        }
        while work.peek().is_some() {
            let chunk = work.by_ref().take(CHUNK).collect();
            for made in runner.begin(chunk).await {
                let finish = deeds::finish(runner.clone(), made);
                tasks.spawn(stop.clone().run_until_cancelled_owned(finish));
            }
            runner.hub.keep_pace().await;
        }
    }
}

impl Runner {
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
        made
    }
}
