//! A thread that does the same thing to whatever waits for it, all at once: what costs one flush of the disk alone
//! costs no more for many. Knows nothing of what it does.

use std::io;
use std::thread;

use tokio::sync::{mpsc, oneshot};

/// What is done at once; as much again may wait before those who ask have to.
const MOST: usize = 256;

/// Ends once it is dropped, when it has done what waits.
#[derive(Debug)]
pub(crate) struct Batches<J, R> {
    jobs: mpsc::Sender<(J, oneshot::Sender<R>)>,
}

impl<J: Send + 'static, R: Send + 'static> Batches<J, R> {
    /// `carry_out` gives a result for each job, in their order.
    pub(crate) fn start(
        name: &str,
        mut carry_out: impl FnMut(Vec<J>) -> Vec<R> + Send + 'static,
    ) -> io::Result<Self> {
        let (jobs, mut waiting) = mpsc::channel(MOST);
        let thread = thread::Builder::new().name(name.to_owned());
        thread.spawn(move || {
            let mut batch: Vec<(J, oneshot::Sender<R>)> = Vec::new();
            while waiting.blocking_recv_many(&mut batch, MOST) > 0 {
                let (jobs, askers): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
                for (asker, result) in askers.into_iter().zip(carry_out(jobs)) {
                    // Who asked may have gone since.
                    let _ = asker.send(result);
                }
            }
        })?;
        Ok(Self { jobs })
    }

    /// `None` when the thread has panicked.
    pub(crate) async fn ask(&self, job: J) -> Option<R> {
        let (asker, answer) = oneshot::channel();
        self.jobs.send((job, asker)).await.ok()?;
        answer.await.ok()
    }
}
