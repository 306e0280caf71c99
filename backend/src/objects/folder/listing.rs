//! Lists objects by pages, in the order of their names' bytes. A page of a folder with any number of objects takes no
//! more memory than its own entries: of each folder only the first that may be on it are kept while it is read.

use std::collections::BinaryHeap;
use std::path::Path;

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat, statat};
use rustix::io::Errno;

use super::enter;
use crate::objects::{Entry, Listed, Listing, ObjectName, ReadError, name};

pub(super) fn list(root: &Path, listing: &Listing) -> Result<Listed, ReadError> {
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = match rustix::fs::open(root, flags, Mode::empty()) {
        Ok(root) => root,
        // Nothing was stored so far.
        Err(Errno::NOENT) => return Ok(Listed::default()),
        Err(error) => return Err(failed(error)),
    };
    let mut walk = Walk {
        listing,
        found: Vec::new(),
    };
    walk.enter(&root, "")?;
    let more = walk.found.len() > listing.most;
    walk.found.truncate(listing.most);
    Ok(Listed {
        objects: walk.found,
        more,
    })
}

fn failed(error: Errno) -> ReadError {
    ReadError::Failed(format!("cannot list the objects: {error}"))
}

struct Walk<'a> {
    listing: &'a Listing,
    /// One more than was asked for, where there is one.
    found: Vec<Entry>,
}

impl Walk<'_> {
    fn wanted(&self) -> usize {
        self.listing.most + 1
    }

    /// `above` is the folder's own name, with a slash behind it unless it is the root's.
    fn enter(&mut self, folder: &OwnedFd, above: &str) -> Result<(), ReadError> {
        let mut seen = String::new();
        loop {
            let (names, more) = self.first(folder, above, &seen).map_err(failed)?;
            for name in &names {
                if self.found.len() >= self.wanted() {
                    return Ok(());
                }
                self.take(folder, above, name)?;
            }
            // Those that were kept may have been folders without objects.
            match names.into_iter().next_back().filter(|_| more) {
                Some(last) => seen = last,
                None => return Ok(()),
            }
        }
    }

    /// The first names of a folder behind `seen` that may be listed, in order, folders with a slash behind them; and
    /// whether there are more.
    fn first(
        &self,
        folder: &OwnedFd,
        above: &str,
        seen: &str,
    ) -> rustix::io::Result<(Vec<String>, bool)> {
        let mut first = BinaryHeap::new();
        let mut more = false;
        for entry in Dir::read_from(folder)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().to_str() else {
                continue;
            };
            let kind = match entry.file_type() {
                FileType::Unknown => statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)
                    .map_or(FileType::Unknown, |stat| {
                        FileType::from_raw_mode(stat.st_mode)
                    }),
                kind => kind,
            };
            match self.whole(above, name, kind) {
                Some(whole) if *whole > *seen => first.push(whole),
                _ => continue,
            }
            if first.len() > self.wanted() {
                first.pop();
                more = true;
            }
        }
        Ok((first.into_sorted_vec(), more))
    }

    /// The whole name of an entry if it, or something below it, may be listed.
    fn whole(&self, above: &str, name: &str, kind: FileType) -> Option<String> {
        let Listing { prefix, after, .. } = self.listing;
        match kind {
            FileType::Directory if name != "." && name != ".." => {
                let whole = [above, name, "/"].concat();
                let is_within = whole.starts_with(&**prefix) || prefix.starts_with(&*whole);
                let is_behind = *whole > **after || after.starts_with(&*whole);
                // What is too long to be an object's name is none.
                let is_name = match above {
                    "" => name::is_bucket(name),
                    _ => ObjectName::parse(&whole[..whole.len() - 1]).is_ok(),
                };
                (is_within && is_behind && is_name).then_some(whole)
            }
            FileType::RegularFile => {
                let whole = [above, name].concat();
                let is_wanted = whole.starts_with(&**prefix) && *whole > **after;
                (is_wanted && ObjectName::parse(&whole).is_ok()).then_some(whole)
            }
            _ => None,
        }
    }

    fn take(&mut self, folder: &OwnedFd, above: &str, whole: &str) -> Result<(), ReadError> {
        let name = &whole[above.len()..];
        if let Some(level) = name.strip_suffix('/') {
            return match enter(folder, level) {
                Ok(folder) => self.enter(&folder, whole),
                // It was replaced since.
                Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(()),
                Err(error) => Err(failed(error)),
            };
        }
        if let Ok(stat) = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            self.found.push(Entry {
                name: whole.to_owned(),
                bytes: u64::try_from(stat.st_size).unwrap_or_default(),
                at: changed(&stat),
            });
        }
        Ok(())
    }
}

fn changed(stat: &Stat) -> i64 {
    // Their types are not the same on every system.
    #[allow(clippy::unnecessary_cast)]
    let (seconds, nanoseconds) = (stat.st_mtime as i64, stat.st_mtime_nsec as i64);
    seconds * 1000 + nanoseconds / 1_000_000
}
