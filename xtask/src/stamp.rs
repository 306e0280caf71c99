//! Remembers from what something was made, so that it is made again exactly when that changes.

use crate::failure::Failure;
use std::fs;
use std::path::{Path, PathBuf};

/// A small file that holds the fingerprint of what was used.
pub(crate) struct Stamp {
    path: PathBuf,
    made_from: String,
}

impl Stamp {
    pub(crate) fn new(path: PathBuf, made_from: String) -> Self {
        Self { path, made_from }
    }

    pub(crate) fn is_current(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|found| found == self.made_from)
    }

    /// Call it last, so that work cut short is done again.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let write = || {
            self.path.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(&self.path, &self.made_from)
        };
        write().map_err(|error| {
            Failure::io(format_args!("cannot write {}", self.path.display()), &error)
        })
    }
}

/// One text that changes with the name or content of any of these files; folders are walked.
pub(crate) fn fingerprint(paths: &[PathBuf]) -> Result<String, Failure> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files)
            .map_err(|error| Failure::io(format_args!("cannot read {}", path.display()), &error))?;
    }
    files.sort();
    let mut hash = Fnv::new();
    for (path, content) in &files {
        hash.add(path.as_os_str().as_encoded_bytes());
        hash.add(content);
    }
    Ok(format!("{:016x}", hash.0))
}

fn collect(path: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) -> std::io::Result<()> {
    if !path.is_dir() {
        files.push((path.to_path_buf(), fs::read(path)?));
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        collect(&entry?.path(), files)?;
    }
    Ok(())
}

/// FNV-1a, 64 bit: the standard library's hashes may differ from one compiler to the next.
struct Fnv(u64);

impl Fnv {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, bytes: &[u8]) {
        // The length first, so that bytes cannot move from one file to its neighbour unnoticed.
        for &byte in (bytes.len() as u64).to_le_bytes().iter().chain(bytes) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        fs::create_dir_all(folder.join("inner")).unwrap();
        folder
    }

    #[test]
    fn a_stamp_is_current_until_its_source_changes() {
        let folder = scratch("stamp");
        let stamp = Stamp::new(folder.join("deep/stamp"), "one".into());
        assert!(!stamp.is_current());
        stamp.write().unwrap();
        assert!(stamp.is_current());
        assert!(!Stamp::new(folder.join("deep/stamp"), "two".into()).is_current());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_fingerprint_follows_content_and_place() {
        let folder = scratch("fingerprint");
        let of = || fingerprint(std::slice::from_ref(&folder)).unwrap();
        fs::write(folder.join("inner/a"), "x").unwrap();
        let first = of();
        assert_eq!(first, of());
        fs::write(folder.join("inner/a"), "y").unwrap();
        let changed = of();
        assert_ne!(first, changed);
        fs::rename(folder.join("inner/a"), folder.join("a")).unwrap();
        assert_ne!(changed, of());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_missing_source_is_a_failure() {
        assert!(fingerprint(&[PathBuf::from("/no/such/file")]).is_err());
    }
}
