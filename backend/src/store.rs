//! The database file: checked and read whole at the start, then written one batch at a time, each with an fsync.
//! Knows tables and bytes, not what they mean.

mod guarded;

use std::fmt::Display;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, TableError};

use crate::record::{Batch, RecordError, Table};
use guarded::Guarded;

/// Grows when files of before can no longer be read.
const FORMAT: u64 = 1;
const FILE: &str = "gnomon.redb";
const ABOUT: TableDefinition<'_, &str, u64> = TableDefinition::new("gnomon");
/// Bytes of the file that are kept in memory; the state itself is there anyway.
const CACHE: usize = 8 * 1024 * 1024;

/// Why a database cannot be used. The file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{0} cannot be opened: {1}")]
    File(PathBuf, io::Error),
    #[error("another gnomon-backend is using {0}: stop it, or choose another folder with --data")]
    InUse(PathBuf),
    #[error(
        "{0} is damaged or no database of gnomon-backend ({1}). It was left as it is: {REMEDY}"
    )]
    Damaged(PathBuf, String),
    #[error(
        "{0} has the format {1}, and this gnomon-backend knows {FORMAT}. It was left as it is: {REMEDY}"
    )]
    Format(PathBuf, u64),
}

const REMEDY: &str = "restore it from a copy, or choose another folder with --data";

/// Why a batch was not saved. The database must not be used any longer.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot save to {path}: {error}. What was acknowledged is safe: make room or mend the disk, and start again"
)]
pub struct SaveError {
    path: PathBuf,
    error: redb::Error,
}

/// An open database. No other process can open it meanwhile.
#[derive(Debug)]
pub struct Store {
    database: Database,
    path: PathBuf,
    _lock: File,
}

impl Store {
    /// Opens the file in this folder, or makes it, and hands every entry to `take` in the order of [`Table::ALL`].
    /// Unless all of it is right, nothing is written.
    pub fn open(
        folder: &Path,
        mut take: impl FnMut(Table, &[u8], &[u8]) -> Result<(), RecordError>,
    ) -> Result<Self, StoreError> {
        let lock = lock(folder)?;
        let path = folder.join(FILE);
        let fail = |error| StoreError::File(path.clone(), error);
        let damaged = |error: &dyn Display| StoreError::Damaged(path.clone(), error.to_string());
        if is_new(&path).map_err(fail)? {
            create(&path)?;
        }
        let file = File::options().read(true).write(true).open(&path);
        let (guarded, latch) = Guarded::new(file.map_err(fail)?).map_err(fail)?;
        let database = Database::builder()
            .set_cache_size(CACHE)
            .set_check_integrity_on_open(true)
            .create_with_backend(guarded)
            .map_err(|error| damaged(&error))?;
        match format(&database).map_err(|error| damaged(&error))? {
            FORMAT => {}
            format => return Err(StoreError::Format(path, format)),
        }
        read(&database, &mut take).map_err(|error| damaged(&error))?;
        latch.release().map_err(fail)?;
        Ok(Self {
            database,
            path,
            _lock: lock,
        })
    }

    /// Saves a batch. When this returns it is on disk.
    pub fn save(&self, batch: &Batch) -> Result<(), SaveError> {
        if batch.changes.is_empty() {
            return Ok(());
        }
        self.write(batch).map_err(|error| SaveError {
            path: self.path.clone(),
            error,
        })
    }

    fn write(&self, batch: &Batch) -> Result<(), redb::Error> {
        let mut transaction = self.database.begin_write()?;
        // One more fsync, without which a damaged last transaction would pass for one that was never finished.
        transaction.set_two_phase_commit(true);
        for table in Table::ALL {
            let mut changes = batch
                .changes
                .iter()
                .filter(|it| it.table == table)
                .peekable();
            if changes.peek().is_none() {
                continue;
            }
            let mut open = transaction.open_table(definition(table))?;
            for change in changes {
                match &change.value {
                    Some(value) => open.insert(&*change.key, &**value)?,
                    None => open.remove(&*change.key)?,
                };
            }
        }
        transaction.commit()?;
        Ok(())
    }
}

fn definition(table: Table) -> TableDefinition<'static, &'static [u8], &'static [u8]> {
    TableDefinition::new(table.name())
}

/// Held for as long as the process lives, so that nobody else even makes a database here.
fn lock(folder: &Path) -> Result<File, StoreError> {
    let path = folder.join("gnomon.lock");
    let file = File::options().create(true).append(true).open(&path);
    let file = file.map_err(|error| StoreError::File(path.clone(), error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(StoreError::File(path, error)),
    }
}

fn is_new(path: &Path) -> io::Result<bool> {
    match path.metadata() {
        Ok(metadata) => Ok(metadata.len() == 0),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Makes an empty database under another name first: whatever ends the process, no half of one is left at `path`.
fn create(path: &Path) -> Result<(), StoreError> {
    let fail = |error| StoreError::File(path.to_owned(), error);
    let draft = path.with_extension("new");
    if let Err(error) = std::fs::remove_file(&draft)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(fail(error));
    }
    prepare(&draft).map_err(|error| fail(io::Error::other(error)))?;
    std::fs::rename(&draft, path).map_err(fail)?;
    // The name is only there for good once the folder is on disk too.
    let folder = File::open(path.with_file_name("."));
    folder.and_then(|folder| folder.sync_all()).map_err(fail)
}

fn prepare(path: &Path) -> Result<(), redb::Error> {
    let database = Database::create(path)?;
    let transaction = database.begin_write()?;
    transaction.open_table(ABOUT)?.insert("format", FORMAT)?;
    for table in Table::ALL {
        transaction.open_table(definition(table))?;
    }
    transaction.commit()?;
    Ok(())
}

fn format(database: &Database) -> Result<u64, redb::Error> {
    let about = database.begin_read()?.open_table(ABOUT)?;
    let format = about.get("format")?;
    Ok(format.map_or(0, |format| format.value()))
}

/// What keeps a file from being read.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error(transparent)]
    Database(#[from] redb::Error),
    #[error(transparent)]
    Record(#[from] RecordError),
}

fn read(
    database: &Database,
    take: &mut impl FnMut(Table, &[u8], &[u8]) -> Result<(), RecordError>,
) -> Result<(), ReadError> {
    let transaction = database.begin_read().map_err(redb::Error::from)?;
    for table in Table::ALL {
        let open = match transaction.open_table(definition(table)) {
            // A file of before this table was thought of.
            Err(TableError::TableDoesNotExist(_)) => continue,
            open => open.map_err(redb::Error::from)?,
        };
        for entry in open.iter().map_err(redb::Error::from)? {
            let (key, value) = entry.map_err(redb::Error::from)?;
            take(table, key.value(), value.value())?;
        }
    }
    Ok(())
}
