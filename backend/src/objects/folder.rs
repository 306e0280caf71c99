//! Objects as files, `ROOT/BUCKET/KEY`: each there whole or not at all, and on disk before anybody is told so. Whatever
//! stands below the root, links among it, no name leads out of it. The file system of `object_store` follows links,
//! lists in no order, refuses keys that end with `#1` and flushes each file alone, and is not used for these reasons.

mod listing;
mod put;
mod read;
#[cfg(test)]
mod tests;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use object_store::GetRange;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Mode, OFlags, openat};
use tokio::sync::Semaphore;

use super::batches::Batches;
use super::{Content, Listed, Listing, ObjectName, PutError, ReadError};
use put::Put;

/// Listings under way. Each reads whole folders, on a thread.
const LISTINGS: usize = 4;
const DIRECTORY: OFlags = OFlags::DIRECTORY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    puts: Batches<Put, Result<bool, PutError>>,
    listings: Arc<Semaphore>,
}

impl Folder {
    pub(super) fn start(root: PathBuf) -> io::Result<Self> {
        put::remove_drafts(&root);
        let mut putter = put::Putter::new(root.clone());
        Ok(Self {
            root,
            puts: Batches::start("objects", move |puts| putter.put_all(&puts))?,
            listings: Arc::new(Semaphore::new(LISTINGS)),
        })
    }

    pub(super) async fn put(&self, name: ObjectName, payload: Bytes) -> Result<bool, PutError> {
        let put = self.puts.ask(Put { name, payload }).await;
        put.unwrap_or_else(|| {
            let words = "the thread that stores objects has ended; start again";
            Err(PutError::ForNow(words.to_owned()))
        })
    }

    pub(super) async fn list(&self, listing: Listing) -> Result<Listed, ReadError> {
        let _turn = self.listings.acquire().await;
        let root = self.root.clone();
        blocking(move || listing::list(&root, &listing)).await
    }

    pub(super) async fn read(
        &self,
        name: ObjectName,
        range: Option<GetRange>,
    ) -> Result<Content, ReadError> {
        let root = self.root.clone();
        blocking(move || read::open(&root, &name, range.as_ref())).await
    }
}

async fn blocking<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, ReadError> + Send + 'static,
) -> Result<T, ReadError> {
    let read = tokio::task::spawn_blocking(read).await;
    read.unwrap_or_else(|error| Err(ReadError::Failed(error.to_string())))
}

/// Opens a level below a folder, which is no link.
fn enter(folder: impl AsFd, level: &str) -> rustix::io::Result<OwnedFd> {
    openat(folder, level, DIRECTORY, Mode::empty())
}
