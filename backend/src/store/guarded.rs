//! A file that stays as it is until it has proved to be in order: what the database writes while it opens (a repair
//! after a crash, for one) is held in memory until then, and written in the same order when the latch is released.

use std::fs::File;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use redb::StorageBackend;
use redb::backends::FileBackend;

/// The file as the database sees it.
#[derive(Debug)]
pub(super) struct Guarded(Arc<Inner>);

/// Releases what is held.
#[derive(Debug)]
pub(super) struct Latch(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    file: FileBackend,
    /// `None` once the latch is released.
    held: RwLock<Option<Held>>,
}

/// Steps not yet taken, and how long the file would be after them.
#[derive(Debug)]
struct Held {
    steps: Vec<Step>,
    len: u64,
}

#[derive(Debug)]
enum Step {
    Write { offset: u64, data: Box<[u8]> },
    SetLen(u64),
    Sync,
}

impl Guarded {
    pub(super) fn new(file: File) -> io::Result<(Self, Latch)> {
        let file = FileBackend::new(file).map_err(io::Error::other)?;
        let len = file.len()?;
        let steps = Vec::new();
        let held = RwLock::new(Some(Held { steps, len }));
        let inner = Arc::new(Inner { file, held });
        Ok((Self(inner.clone()), Latch(inner)))
    }

    /// Holds a step, or takes it where nothing is held any longer.
    fn step(&self, step: Step) -> io::Result<()> {
        let mut held = self.0.held.write().unwrap_or_else(PoisonError::into_inner);
        match &mut *held {
            Some(held) => {
                if let Step::SetLen(len) = step {
                    held.len = len;
                }
                held.steps.push(step);
                Ok(())
            }
            None => self.0.take(&step),
        }
    }
}

impl Latch {
    pub(super) fn release(self) -> io::Result<()> {
        let mut held = self.0.held.write().unwrap_or_else(PoisonError::into_inner);
        let steps = held.take().map(|held| held.steps);
        steps
            .iter()
            .flatten()
            .try_for_each(|step| self.0.take(step))
    }
}

impl Inner {
    fn take(&self, step: &Step) -> io::Result<()> {
        match step {
            Step::Write { offset, data } => self.file.write(*offset, data),
            Step::SetLen(len) => self.file.set_len(*len),
            Step::Sync => self.file.sync_data(),
        }
    }
}

impl Held {
    fn read(&self, file: &FileBackend, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let end = offset.saturating_add(out.len() as u64);
        if end > self.len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // What the file does not have yet is zero.
        let there = file.len()?.clamp(offset, end) - offset;
        let (known, unknown) = out.split_at_mut(there as usize);
        if !known.is_empty() {
            file.read(offset, known)?;
        }
        unknown.fill(0);
        for step in &self.steps {
            step.show(offset, out);
        }
        Ok(())
    }
}

impl Step {
    /// Shows what this step changes in the part of the file that begins at `start`.
    fn show(&self, start: u64, out: &mut [u8]) {
        let end = start + out.len() as u64;
        match self {
            Self::Write { offset, data } => {
                let data_end = offset + data.len() as u64;
                let (from, to) = (start.max(*offset), end.min(data_end));
                if from < to {
                    let part = &data[(from - offset) as usize..(to - offset) as usize];
                    out[(from - start) as usize..(to - start) as usize].copy_from_slice(part);
                }
            }
            Self::SetLen(len) if *len < end => out[(len.saturating_sub(start)) as usize..].fill(0),
            Self::SetLen(_) | Self::Sync => {}
        }
    }
}

impl StorageBackend for Guarded {
    fn len(&self) -> io::Result<u64> {
        match &*self.0.held.read().unwrap_or_else(PoisonError::into_inner) {
            Some(held) => Ok(held.len),
            None => self.0.file.len(),
        }
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        match &*self.0.held.read().unwrap_or_else(PoisonError::into_inner) {
            Some(held) => held.read(&self.0.file, offset, out),
            None => self.0.file.read(offset, out),
        }
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.step(Step::SetLen(len))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.step(Step::Sync)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let data = data.into();
        self.step(Step::Write { offset, data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn the_file_changes_only_when_the_latch_is_released() {
        let path = std::env::temp_dir().join(format!("gnomon-guarded-{}", std::process::id()));
        // What a test that was killed left there.
        let _ = std::fs::remove_file(&path);
        let mut file = File::options()
            .create_new(true)
            .read(true)
            .write(true)
            .open(&path)
            .unwrap();
        file.write_all(b"0123456789").unwrap();
        let (guarded, latch) = Guarded::new(file).unwrap();
        guarded.write(8, b"ab").unwrap();
        guarded.set_len(4).unwrap();
        guarded.set_len(12).unwrap();
        guarded.write(10, b"xy").unwrap();
        guarded.sync_data().unwrap();
        let seen = |offset, len| {
            let mut out = vec![0; len];
            guarded.read(offset, &mut out).map(|()| out)
        };
        let whole = b"0123\0\0\0\0\0\0xy";
        assert_eq!(seen(0, 12).unwrap(), whole);
        assert_eq!(seen(9, 2).unwrap(), b"\0x");
        assert!(seen(9, 4).is_err());
        assert_eq!(guarded.len().unwrap(), 12);
        assert_eq!(std::fs::read(&path).unwrap(), b"0123456789");
        latch.release().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), whole);
        assert_eq!(seen(0, 12).unwrap(), whole);
        guarded.write(0, b"-").unwrap();
        assert_eq!(std::fs::read(&path).unwrap()[0], b'-');
        std::fs::remove_file(&path).unwrap();
    }
}
