//! Who this backend is: its certificate authority and its server's certificate, in files of the data folder. What is
//! there is used, or refused with nothing changed; what is missing is made.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gnomon::time::UnixMillis;

use crate::things::authority::{Authority, AuthorityError, KeysAndCertificate};
use crate::things::x509;

/// Names that a server always goes by; others are added to them.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// A certificate that ends sooner is made anew.
const RENEW_BEFORE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Only whoever runs the backend reads a private key.
const KEY_MODE: u32 = 0o600;
const CERTIFICATE_MODE: u32 = 0o644;

/// Why the files cannot be used. They are as they were.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    #[error("{0} is there, but {1} is not: bring it back, or remove {0} to have both made anew")]
    NoKey(PathBuf, PathBuf),
    #[error(
        "{0} and {1} cannot be used: {2}. They were left as they are: bring back a copy, or remove both to have \
         them made anew"
    )]
    Damaged(PathBuf, PathBuf, AuthorityError),
    #[error("{0} was not signed by {1}: remove it and its key to have them made anew")]
    Foreign(PathBuf, PathBuf),
    #[error(transparent)]
    Authority(#[from] AuthorityError),
}

/// A certificate and its private key, both in PEM.
#[derive(Clone, PartialEq, Eq)]
pub struct Pair {
    pub certificate: String,
    pub key: String,
}

/// The authority of this folder, made if there is none.
pub fn authority(folder: &Path, now: UnixMillis) -> Result<Authority, IdentityError> {
    let files = Files::new(folder, "ca");
    let damaged = |error| files.damaged(error);
    let pair = match files.read()? {
        Found::Both(pair) => pair,
        Found::Key(key) => {
            let authority = Authority::of_key(&key, now).map_err(damaged)?;
            files.write_certificate(authority.certificate())?;
            return Ok(authority);
        }
        Found::Nothing => {
            let authority = Authority::create(now)?;
            files.write_key(&authority.key())?;
            files.write_certificate(authority.certificate())?;
            return Ok(authority);
        }
    };
    let authority = Authority::from_pem(&pair.certificate, &pair.key).map_err(damaged)?;
    if !ends_soon(&pair.certificate, now).map_err(damaged)? {
        return Ok(authority);
    }
    let renewed = Authority::of_key(&pair.key, now)?;
    files.write_certificate(renewed.certificate())?;
    Ok(renewed)
}

/// The server's certificate of this folder: for the machine itself and the `more` names. Made if there is none, and
/// made anew for the same key when it ends soon or is for other names.
pub fn server(
    folder: &Path,
    authority: &Authority,
    more: &[String],
    now: UnixMillis,
) -> Result<Pair, IdentityError> {
    let files = Files::new(folder, "server");
    let names = names(more);
    let damaged = |error| files.damaged(error);
    let pair = match files.read()? {
        Found::Both(pair) => pair,
        Found::Key(key) => {
            let made = authority.server(&names, Some(&key), now);
            let made = made.map_err(damaged)?;
            files.write_certificate(&made.certificate)?;
            return Ok(made.into());
        }
        Found::Nothing => {
            let made = authority.server(&names, None, now)?;
            files.write_key(&made.private_key)?;
            files.write_certificate(&made.certificate)?;
            return Ok(made.into());
        }
    };
    let der = x509::der(&pair.certificate).map_err(|error| damaged(error.into()))?;
    if !authority.has_signed(&der) {
        let signer = Files::new(folder, "ca").certificate;
        return Err(IdentityError::Foreign(files.certificate, signer));
    }
    let renewed = authority
        .server(&names, Some(&pair.key), now)
        .map_err(damaged)?;
    if x509::der(&renewed.certificate).and_then(|der| x509::raw_key(&der)) != x509::raw_key(&der) {
        return Err(damaged(AuthorityError::ForeignKey));
    }
    let for_names = x509::names(&der).map_err(|error| damaged(error.into()))?;
    let same_names = BTreeSet::from_iter(for_names) == BTreeSet::from_iter(names);
    if same_names && !ends_soon(&pair.certificate, now).map_err(damaged)? {
        return Ok(pair);
    }
    files.write_certificate(&renewed.certificate)?;
    Ok(renewed.into())
}

/// A certificate of one's own, wherever it lies.
pub fn given(certificate: &Path, key: &Path) -> Result<Pair, IdentityError> {
    Ok(Pair {
        certificate: text(certificate)?,
        key: text(key)?,
    })
}

/// As they stand in a certificate: lower-case, addresses in their short form, each once.
fn names(more: &[String]) -> Vec<String> {
    let mut names: Vec<String> = NAMES.map(str::to_owned).to_vec();
    for name in more {
        let name = match name.parse::<std::net::IpAddr>() {
            Ok(address) => address.to_string(),
            Err(_) => name.to_ascii_lowercase(),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn ends_soon(certificate: &str, now: UnixMillis) -> Result<bool, AuthorityError> {
    let validity = x509::validity(&x509::der(certificate)?)?;
    let left = validity.until.0.saturating_sub(now.0);
    Ok(left < RENEW_BEFORE.as_millis() as i64)
}

impl From<KeysAndCertificate> for Pair {
    fn from(made: KeysAndCertificate) -> Self {
        Self {
            certificate: made.certificate,
            key: made.private_key,
        }
    }
}

/// What there is of a certificate and its key.
enum Found {
    Both(Pair),
    /// The key is written first: the process ended before its certificate was, or somebody removed that.
    /// Another for the same key is as good.
    Key(String),
    Nothing,
}

struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    fn new(folder: &Path, name: &str) -> Self {
        let file = |kind| folder.join(name).with_extension(kind);
        Self {
            certificate: file("pem"),
            key: file("key"),
        }
    }

    fn read(&self) -> Result<Found, IdentityError> {
        let (certificate, key) = (&self.certificate, &self.key);
        match (is_there(certificate)?, is_there(key)?) {
            (true, true) => given(certificate, key).map(Found::Both),
            (false, true) => text(key).map(Found::Key),
            (true, false) => Err(IdentityError::NoKey(certificate.clone(), key.clone())),
            (false, false) => Ok(Found::Nothing),
        }
    }

    fn write_key(&self, text: &str) -> Result<(), IdentityError> {
        write(&self.key, text, KEY_MODE)
    }

    fn write_certificate(&self, text: &str) -> Result<(), IdentityError> {
        write(&self.certificate, text, CERTIFICATE_MODE)
    }

    fn damaged(&self, error: AuthorityError) -> IdentityError {
        IdentityError::Damaged(self.certificate.clone(), self.key.clone(), error)
    }
}

fn is_there(path: &Path) -> Result<bool, IdentityError> {
    path.try_exists().map_err(|error| fail(path, error))
}

fn text(path: &Path) -> Result<String, IdentityError> {
    fs::read_to_string(path).map_err(|error| fail(path, error))
}

/// Under another name first: whatever ends the process, no half of a file is left at `path`.
fn write(path: &Path, text: &str, mode: u32) -> Result<(), IdentityError> {
    let draft = path.with_added_extension("new");
    let written = || {
        if draft.try_exists()? {
            fs::remove_file(&draft)?;
        }
        let mut options = File::options();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, path)?;
        File::open(path.with_file_name("."))?.sync_all()
    };
    written().map_err(|error| fail(path, error))
}

fn fail(path: &Path, error: io::Error) -> IdentityError {
    IdentityError::File(path.to_owned(), error)
}
