//! Client certificates by their identifiers, and whether each of them opens a connection. Signs nothing and knows no
//! handshake: who holds the private key is proven elsewhere.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::str::FromStr;

use gnomon::time::UnixMillis;
use ring::digest::{SHA256, digest};

use super::x509::{self, Validity, X509Error};

/// Of a stand-in there is one region and one account.
const ARN: &str = "arn:aws:iot:us-east-1:123456789012:cert/";

/// What a certificate goes by: the SHA-256 of its DER, written as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CertificateId(pub [u8; 32]);

impl CertificateId {
    pub fn of(der: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, der).as_ref());
        Self(bytes)
    }

    pub fn arn(self) -> String {
        format!("{ARN}{self}")
    }
}

/// A text that is no certificate identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a certificate identifier is 64 lower-case hex digits")]
pub struct CertificateIdError;

impl fmt::Display for CertificateId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for CertificateId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

impl FromStr for CertificateId {
    type Err = CertificateIdError;

    fn from_str(text: &str) -> Result<Self, CertificateIdError> {
        let digits = text.as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 2 * bytes.len() {
            return Err(CertificateIdError);
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

fn digit(digit: u8) -> Result<u8, CertificateIdError> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(CertificateIdError),
    }
}

/// Only an active certificate opens a connection; a revoked one never does again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateStatus {
    Active,
    Inactive,
    Revoked,
}

impl CertificateStatus {
    /// AWS's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Inactive => "INACTIVE",
            Self::Revoked => "REVOKED",
        }
    }
}

/// One certificate that was registered here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    pub id: CertificateId,
    pub pem: String,
    pub status: CertificateStatus,
    pub validity: Validity,
    pub created: UnixMillis,
    /// When its status changed last.
    pub modified: UnixMillis,
}

impl Certificate {
    /// Reads the first certificate of a PEM text. Who signed it does not matter.
    pub fn from_pem(
        text: &str,
        status: CertificateStatus,
        now: UnixMillis,
    ) -> Result<Self, X509Error> {
        let der = x509::der(text)?;
        Ok(Self {
            id: CertificateId::of(&der),
            pem: x509::pem(&der),
            status,
            validity: x509::validity(&der)?,
            created: now,
            modified: now,
        })
    }

    pub fn arn(&self) -> String {
        self.id.arn()
    }

    /// Whether it opens a connection.
    pub fn check(&self, now: UnixMillis) -> Result<(), Refusal> {
        match self.status {
            CertificateStatus::Inactive => Err(Refusal::Inactive),
            CertificateStatus::Revoked => Err(Refusal::Revoked),
            CertificateStatus::Active if now < self.validity.from => Err(Refusal::NotYetValid),
            CertificateStatus::Active if now > self.validity.until => Err(Refusal::Expired),
            CertificateStatus::Active => Ok(()),
        }
    }
}

/// Why a certificate opens no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the certificate is not registered here")]
    Unknown,
    #[error("the certificate is not active")]
    Inactive,
    #[error("the certificate was revoked")]
    Revoked,
    #[error("the certificate is not valid yet")]
    NotYetValid,
    #[error("the certificate has expired")]
    Expired,
}

/// Why a certificate stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    #[error("there is no such certificate")]
    Unknown,
    #[error("the certificate is registered already")]
    Exists(CertificateId),
    #[error("there is no room for more certificates")]
    Full,
    #[error("a revoked certificate stays revoked")]
    Revoked,
    #[error("an active certificate must be deactivated or revoked before it is deleted")]
    Active,
}

/// Every registered certificate, in the order of their identifiers.
#[derive(Debug, Default)]
pub struct Certificates {
    by_id: BTreeMap<CertificateId, Certificate>,
}

impl Certificates {
    /// One machine has fewer devices by far; each takes about a kilobyte.
    pub const MOST: usize = 200_000;

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    pub fn get(&self, id: CertificateId) -> Option<&Certificate> {
        self.by_id.get(&id)
    }

    /// What stands behind an identifier, in order; all of it when there is none.
    pub fn after(&self, id: Option<CertificateId>) -> impl Iterator<Item = &Certificate> {
        let start = id.map_or(Bound::Unbounded, Bound::Excluded);
        let behind = self.by_id.range((start, Bound::Unbounded));
        behind.map(|(_, certificate)| certificate)
    }

    /// Whether whoever proved to hold this certificate's key is let in.
    pub fn check(&self, id: CertificateId, now: UnixMillis) -> Result<(), Refusal> {
        self.get(id).ok_or(Refusal::Unknown)?.check(now)
    }

    pub(crate) fn register(&mut self, certificate: Certificate) -> Result<(), CertificateError> {
        if self.by_id.contains_key(&certificate.id) {
            return Err(CertificateError::Exists(certificate.id));
        }
        if self.by_id.len() >= Self::MOST {
            return Err(CertificateError::Full);
        }
        self.restore(certificate);
        Ok(())
    }

    /// Takes back a certificate that was kept before.
    pub(crate) fn restore(&mut self, certificate: Certificate) {
        self.by_id.insert(certificate.id, certificate);
    }

    pub(crate) fn set_status(
        &mut self,
        id: CertificateId,
        status: CertificateStatus,
        now: UnixMillis,
    ) -> Result<(), CertificateError> {
        let certificate = self.by_id.get_mut(&id).ok_or(CertificateError::Unknown)?;
        match certificate.status {
            same if same == status => Ok(()),
            CertificateStatus::Revoked => Err(CertificateError::Revoked),
            CertificateStatus::Active | CertificateStatus::Inactive => {
                certificate.status = status;
                certificate.modified = now;
                Ok(())
            }
        }
    }

    pub(crate) fn delete(&mut self, id: CertificateId) -> Result<(), CertificateError> {
        match self.get(id).ok_or(CertificateError::Unknown)?.status {
            CertificateStatus::Active => Err(CertificateError::Active),
            CertificateStatus::Inactive | CertificateStatus::Revoked => {
                self.by_id.remove(&id);
                Ok(())
            }
        }
    }
}
