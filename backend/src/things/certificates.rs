//! Client certificates by their identifiers, and whether each of them opens a connection. Signs nothing and knows no
//! handshake: who holds the private key is proven elsewhere.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::str::FromStr;

use gnomon::time::UnixMillis;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

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

/// Only an active certificate opens a connection; a revoked one never does again. Kept on disk by the place of its
/// variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// One machine has fewer devices by far; each takes about a kilobyte, and at most eleven.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::things::authority::Authority;

    const NOW: UnixMillis = UnixMillis(1_795_400_000_000);
    const LATER: UnixMillis = UnixMillis(NOW.0 + 1);

    fn certificate(status: CertificateStatus) -> Certificate {
        let authority = Authority::create(NOW).unwrap();
        let made = authority.create_keys_and_certificate(NOW).unwrap();
        Certificate::from_pem(&made.certificate, status, NOW).unwrap()
    }

    #[test]
    fn an_identifier_is_the_digest_of_the_certificate_and_survives_being_written() {
        let id = CertificateId::of(b"abc");
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(id.to_string(), text);
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(
            id.arn(),
            format!("arn:aws:iot:us-east-1:123456789012:cert/{text}")
        );
        for wrong in [
            "",
            "ba78",
            &text.to_uppercase(),
            &format!("{text}0"),
            &"é".repeat(32),
        ] {
            assert_eq!(wrong.parse::<CertificateId>(), Err(CertificateIdError));
        }
    }

    #[test]
    fn only_an_active_certificate_in_its_time_opens_a_connection() {
        let mut certificate = certificate(CertificateStatus::Active);
        let Validity { from, until } = certificate.validity;
        assert_eq!(certificate.check(NOW), Ok(()));
        assert_eq!(certificate.check(until), Ok(()));
        assert_eq!(
            certificate.check(UnixMillis(until.0 + 1)),
            Err(Refusal::Expired)
        );
        assert_eq!(
            certificate.check(UnixMillis(from.0 - 1)),
            Err(Refusal::NotYetValid)
        );
        certificate.status = CertificateStatus::Inactive;
        assert_eq!(certificate.check(NOW), Err(Refusal::Inactive));
        certificate.status = CertificateStatus::Revoked;
        assert_eq!(certificate.check(NOW), Err(Refusal::Revoked));
        let certificates = Certificates::default();
        assert_eq!(
            certificates.check(certificate.id, NOW),
            Err(Refusal::Unknown)
        );
    }

    #[test]
    fn a_certificate_is_registered_once_and_never_comes_back_from_being_revoked() {
        let mut certificates = Certificates::default();
        let certificate = certificate(CertificateStatus::Inactive);
        let id = certificate.id;
        certificates.register(certificate.clone()).unwrap();
        let again = certificates.register(certificate);
        assert_eq!(again, Err(CertificateError::Exists(id)));
        let mut set = |status| certificates.set_status(id, status, LATER);
        assert_eq!(set(CertificateStatus::Active), Ok(()));
        assert_eq!(set(CertificateStatus::Revoked), Ok(()));
        assert_eq!(set(CertificateStatus::Revoked), Ok(()));
        assert_eq!(
            set(CertificateStatus::Active),
            Err(CertificateError::Revoked)
        );
        assert_eq!(certificates.get(id).unwrap().modified, LATER);
        assert_eq!(certificates.check(id, NOW), Err(Refusal::Revoked));
    }

    #[test]
    fn an_active_certificate_is_not_deleted() {
        let mut certificates = Certificates::default();
        let certificate = certificate(CertificateStatus::Active);
        let id = certificate.id;
        certificates.register(certificate).unwrap();
        assert_eq!(certificates.delete(id), Err(CertificateError::Active));
        certificates
            .set_status(id, CertificateStatus::Inactive, LATER)
            .unwrap();
        assert_eq!(certificates.delete(id), Ok(()));
        assert_eq!(certificates.delete(id), Err(CertificateError::Unknown));
        assert!(certificates.is_empty());
    }

    #[test]
    fn they_are_listed_in_order_from_any_place() {
        let mut certificates = Certificates::default();
        for _ in 0..3 {
            certificates
                .register(certificate(CertificateStatus::Active))
                .unwrap();
        }
        let all: Vec<_> = certificates.after(None).map(|it| it.id).collect();
        assert!(all.is_sorted());
        let behind: Vec<_> = certificates.after(Some(all[0])).map(|it| it.id).collect();
        assert_eq!(behind, all[1..]);
    }

    #[test]
    fn what_is_no_certificate_is_not_taken_and_text_around_one_is_dropped() {
        let good = certificate(CertificateStatus::Active).pem;
        let read = |text: &str| Certificate::from_pem(text, CertificateStatus::Active, NOW);
        assert_eq!(read(&format!("Subject: x\n{good}")).unwrap().pem, good);
        assert_eq!(read(""), Err(X509Error::NotPem));
        assert_eq!(
            read(&good.replace("CERTIFICATE", "PRIVATE KEY")),
            Err(X509Error::NotPem)
        );
        assert_eq!(read(&x509::pem(b"no DER")), Err(X509Error::NotX509));
        assert_eq!(read(&"-".repeat(70_000)), Err(X509Error::TooLong));
        assert_eq!(read(&x509::pem(&[0; 8193])), Err(X509Error::TooLong));
    }
}
