//! Reads an object a piece at a time.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream;
use object_store::GetRange;
use rustix::fs::{Mode, OFlags, openat};

use super::enter;
use crate::objects::{Content, ObjectName, ReadError};

/// Bytes that are read at once.
const PIECE: u64 = 64 * 1024;

pub(super) fn open(
    root: &Path,
    name: &ObjectName,
    range: Option<&GetRange>,
) -> Result<Content, ReadError> {
    let file = find(root, name).map_err(|_| ReadError::Absent)?;
    let metadata = file.metadata();
    let metadata = metadata.map_err(|error| ReadError::Failed(error.to_string()))?;
    if !metadata.is_file() {
        return Err(ReadError::Absent);
    }
    let size = metadata.len();
    let range = match range {
        None => 0..size,
        Some(range) => range.as_range(size).map_err(|_| ReadError::Range(size))?,
    };
    let file = Arc::new(file);
    let pieces = stream::try_unfold(range.clone(), move |rest| {
        let file = file.clone();
        async move { next(file, rest.start, rest.end).await }
    });
    Ok(Content {
        size,
        range,
        bytes: pieces.boxed(),
    })
}

/// A file that is none, such as a pipe, is opened without waiting.
fn find(root: &Path, name: &ObjectName) -> rustix::io::Result<File> {
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut folder = rustix::fs::open(root, flags, Mode::empty())?;
    let (path, leaf) = name.split();
    for level in path.split('/') {
        folder = enter(&folder, level)?;
    }
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    openat(&folder, leaf, flags, Mode::empty()).map(File::from)
}

type Piece = Option<(Bytes, std::ops::Range<u64>)>;

async fn next(file: Arc<File>, start: u64, end: u64) -> io::Result<Piece> {
    if start >= end {
        return Ok(None);
    }
    let read = tokio::task::spawn_blocking(move || {
        let mut piece = vec![0; PIECE.min(end - start) as usize];
        file.read_exact_at(&mut piece, start).map(|()| piece)
    });
    let piece = read.await??;
    let next = start + piece.len() as u64;
    Ok(Some((piece.into(), next..end)))
}
