//! The thread that saves: it takes whatever changed since the last batch, writes it, and says so. While it writes,
//! further changes gather for the next batch, so that many of them share one fsync.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use super::hub::Hub;
use crate::store::{SaveError, Store};

/// A running writer. It ends after [`Hub::stop_saving`], or with the first error.
#[derive(Debug)]
pub(super) struct Writer {
    thread: JoinHandle<()>,
    result: oneshot::Receiver<SaveError>,
}

impl Writer {
    pub(super) fn start(hub: Arc<Hub>, store: Store) -> io::Result<Self> {
        let (failed, result) = oneshot::channel();
        let thread = thread::Builder::new().name("writer".to_owned());
        let thread = thread.spawn(move || {
            if let Err(error) = save_all(&hub, &store) {
                // Nobody listens any more only when the process ends anyway.
                let _ = failed.send(error);
            }
        })?;
        Ok(Self { thread, result })
    }

    /// Comes only when something could not be saved.
    pub(super) async fn failed(&mut self) -> SaveError {
        match (&mut self.result).await {
            Ok(error) => error,
            Err(_) => std::future::pending().await,
        }
    }

    /// Returns when everything is saved.
    pub(super) fn finish(mut self) -> Result<(), SaveError> {
        // A panic was reported by its own message.
        let _ = self.thread.join();
        self.result.try_recv().map_or(Ok(()), Err)
    }
}

fn save_all(hub: &Hub, store: &Store) -> Result<(), SaveError> {
    while let Some(batch) = hub.next_batch() {
        store.save(&batch)?;
        hub.handle_saved(batch.mark);
    }
    Ok(())
}
