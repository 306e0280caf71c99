//! Where rules store: files of a folder, or buckets of S3. Knows no rule and no message.

pub(crate) mod batches;
mod folder;
mod name;
mod s3;

use std::collections::BTreeSet;
use std::io;
use std::ops::Range;
use std::path::PathBuf;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use object_store::GetRange;

use folder::Folder;
pub use name::{NameError, ObjectName};
use s3::Buckets;
pub use s3::{S3, S3Error};

/// Where objects are to be.
#[derive(Clone, Debug, Default)]
pub enum Place {
    /// A backend that keeps nothing has no place for them: whatever is stored there fails.
    #[default]
    Nowhere,
    Folder(PathBuf),
    S3(S3),
}

/// Objects at their place.
#[derive(Debug)]
pub enum Objects {
    Nowhere,
    Folder(Folder),
    S3(Box<Buckets>),
}

/// Why an object was not stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PutError {
    /// It never will be.
    #[error("{0}")]
    Final(String),
    /// It may be at another time.
    #[error("{0}")]
    ForNow(String),
}

/// Why objects cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("there is no such object")]
    Absent,
    #[error("the object has {0} bytes")]
    Range(u64),
    #[error("{0}")]
    Failed(String),
}

/// Which objects are asked for.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// What their names, bucket and key, begin with.
    pub prefix: String,
    /// They come behind this name.
    pub after: String,
    pub most: usize,
    /// Where the prefix names no bucket, S3 is asked about these: it has no list of buckets for everybody.
    pub buckets: BTreeSet<String>,
}

/// Objects in the order of their names' bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    pub objects: Vec<Entry>,
    /// Whether others follow.
    pub more: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// `BUCKET/KEY`.
    pub name: String,
    pub bytes: u64,
    /// When it was stored, in milliseconds since 1970.
    pub at: i64,
}

/// An object, or a part of it.
pub struct Content {
    /// Of the whole object, in bytes.
    pub size: u64,
    /// Which of its bytes these are.
    pub range: Range<u64>,
    pub bytes: BoxStream<'static, io::Result<Bytes>>,
}

impl Objects {
    pub fn start(place: Place) -> io::Result<Self> {
        Ok(match place {
            Place::Nowhere => Self::Nowhere,
            Place::Folder(path) => Self::Folder(Folder::start(path)?),
            Place::S3(s3) => Self::S3(Box::new(Buckets::new(s3))),
        })
    }

    /// Stores an object whole or not at all. When this returns it is on disk, or S3 has said so. Tells whether it
    /// took the place of another: in a folder by looking, in S3 as far as this process remembers.
    pub async fn put(&self, name: ObjectName, payload: Bytes) -> Result<bool, PutError> {
        match self {
            Self::Nowhere => Err(PutError::Final(
                "this backend keeps nothing on disk, objects neither".to_owned(),
            )),
            Self::Folder(folder) => folder.put(name, payload).await,
            Self::S3(buckets) => buckets.put(&name, payload).await,
        }
    }

    pub async fn list(&self, listing: Listing) -> Result<Listed, ReadError> {
        match self {
            Self::Nowhere => Ok(Listed::default()),
            Self::Folder(folder) => folder.list(listing).await,
            Self::S3(buckets) => buckets.list(listing).await,
        }
    }

    pub async fn read(
        &self,
        name: ObjectName,
        range: Option<GetRange>,
    ) -> Result<Content, ReadError> {
        match self {
            Self::Nowhere => Err(ReadError::Absent),
            Self::Folder(folder) => folder.read(name, range).await,
            Self::S3(buckets) => buckets.read(&name, range).await,
        }
    }
}
