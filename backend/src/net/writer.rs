//! The thread that saves: it takes whatever changed since the last batch, writes it, and says so. While it writes,
//! further changes gather for the next batch, so that many of them share one fsync.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use super::hub::Hub;
use crate::store::{SaveError, Store};

/// Why the writer ended before it was told to.
#[derive(Debug, thiserror::Error)]
pub enum WriterError {
    #[error(transparent)]
    Save(#[from] SaveError),
    #[error("the thread that saves has panicked; what was acknowledged is safe: start again")]
    Panicked,
}

/// A running writer. It ends after [`Hub::stop_saving`], or with the first error.
#[derive(Debug)]
pub(super) struct Writer {
    thread: JoinHandle<Result<(), SaveError>>,
    /// Closed when the thread ends, however it does.
    ended: oneshot::Receiver<()>,
}

impl Writer {
    pub(super) fn start(hub: Arc<Hub>, store: Store) -> io::Result<Self> {
        let (running, ended) = oneshot::channel::<()>();
        let thread = thread::Builder::new().name("writer".to_owned());
        let thread = thread.spawn(move || {
            let _running = running;
            save_all(&hub, &store)
        })?;
        Ok(Self { thread, ended })
    }

    /// Comes when it has ended.
    pub(super) async fn ended(&mut self) {
        let _ = (&mut self.ended).await;
    }

    /// Waits for its end, when everything is saved or cannot be.
    pub(super) fn finish(self) -> Result<(), WriterError> {
        match self.thread.join() {
            Ok(saved) => Ok(saved?),
            Err(_) => Err(WriterError::Panicked),
        }
    }
}

fn save_all(hub: &Hub, store: &Store) -> Result<(), SaveError> {
    while let Some(batch) = hub.next_batch() {
        store.save(&batch)?;
        hub.handle_saved(batch.mark);
    }
    Ok(())
}
