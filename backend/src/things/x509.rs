//! What the backend has to know of an X.509 certificate: its bytes and when it is valid. Checks no signature.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gnomon::time::UnixMillis;
use x509_parser::parse_x509_certificate;
use x509_parser::pem::parse_x509_pem;

/// As long as AWS takes one.
const LONGEST: usize = 65_536;
const LABEL: &str = "CERTIFICATE";
const LINE: usize = 64;

/// The first and the last moment at which a certificate is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    pub from: UnixMillis,
    pub until: UnixMillis,
}

/// A text that is no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum X509Error {
    #[error("a certificate has at most {LONGEST} characters")]
    TooLong,
    #[error("this is no certificate in PEM")]
    NotPem,
    #[error("this is no X.509 certificate")]
    NotX509,
}

/// The first certificate of a PEM text.
pub fn der(text: &str) -> Result<Vec<u8>, X509Error> {
    if text.len() > LONGEST {
        return Err(X509Error::TooLong);
    }
    match parse_x509_pem(text.as_bytes()) {
        Ok((_, block)) if block.label == LABEL => Ok(block.contents),
        _ => Err(X509Error::NotPem),
    }
}

pub fn pem(der: &[u8]) -> String {
    let mut rest = &*STANDARD.encode(der);
    let mut text = format!("-----BEGIN {LABEL}-----\n");
    while !rest.is_empty() {
        let (line, behind) = rest.split_at(rest.len().min(LINE));
        text.push_str(line);
        text.push('\n');
        rest = behind;
    }
    text + "-----END CERTIFICATE-----\n"
}

pub fn validity(der: &[u8]) -> Result<Validity, X509Error> {
    match parse_x509_certificate(der) {
        Ok(([], certificate)) => {
            let validity = certificate.validity();
            Ok(Validity {
                from: UnixMillis::from_seconds(validity.not_before.timestamp()),
                until: UnixMillis::from_seconds(validity.not_after.timestamp()),
            })
        }
        _ => Err(X509Error::NotX509),
    }
}
