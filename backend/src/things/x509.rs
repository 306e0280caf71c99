//! What the backend has to know of X.509 certificates and signing requests: their bytes, validity, keys and names.
//! Keeps nothing and signs nothing.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gnomon::time::UnixMillis;
use x509_parser::certificate::X509Certificate;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;
use x509_parser::pem::parse_x509_pem;
use x509_parser::prelude::FromDer;

/// Characters of a text with a certificate, of which all but the first block is dropped: as many as AWS takes.
const LONGEST: usize = 65_536;
/// Bytes of a certificate in DER. Most have less than one kilobyte, a chain of names and a large key a few.
const LONGEST_DER: usize = 8192;
const LABEL: &str = "CERTIFICATE";
const REQUEST_LABELS: [&str; 2] = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];
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
    #[error("a certificate has at most {LONGEST} characters in PEM and {LONGEST_DER} bytes in DER")]
    TooLong,
    #[error("this is no certificate in PEM")]
    NotPem,
    #[error("this is no X.509 certificate")]
    NotX509,
}

/// The first certificate of a PEM text.
pub(crate) fn der(text: &str) -> Result<Vec<u8>, X509Error> {
    if text.len() > LONGEST {
        return Err(X509Error::TooLong);
    }
    let der = block(text, &[LABEL]).ok_or(X509Error::NotPem)?;
    match der.len() > LONGEST_DER {
        true => Err(X509Error::TooLong),
        false => Ok(der),
    }
}

/// A certificate signing request in PEM.
pub(crate) fn request_der(text: &str) -> Option<Vec<u8>> {
    if text.len() > LONGEST {
        return None;
    }
    block(text, &REQUEST_LABELS)
}

pub(crate) fn pem(der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let mut rest = &*encoded;
    let mut text = format!("-----BEGIN {LABEL}-----\n");
    while !rest.is_empty() {
        let (line, behind) = rest.split_at(rest.len().min(LINE));
        text.push_str(line);
        text.push('\n');
        rest = behind;
    }
    text + "-----END CERTIFICATE-----\n"
}

pub(crate) fn validity(der: &[u8]) -> Result<Validity, X509Error> {
    let certificate = parsed(der)?;
    let validity = certificate.validity();
    Ok(Validity {
        from: UnixMillis::from_seconds(validity.not_before.timestamp()),
        until: UnixMillis::from_seconds(validity.not_after.timestamp()),
    })
}

/// The public key of a certificate with its kind, in DER.
pub(crate) fn key(der: &[u8]) -> Result<Vec<u8>, X509Error> {
    Ok(parsed(der)?.public_key().raw.to_vec())
}

/// The public key of a certificate without its kind.
pub(crate) fn raw_key(der: &[u8]) -> Result<Vec<u8>, X509Error> {
    Ok(parsed(der)?.public_key().subject_public_key.data.to_vec())
}

/// Whether it is for signing others.
pub(crate) fn is_authority(der: &[u8]) -> Result<bool, X509Error> {
    Ok(parsed(der)?.is_ca())
}

/// The same as [`key`] of a signing request.
pub(crate) fn key_of_request(der: &[u8]) -> Option<Vec<u8>> {
    let (_, request) = X509CertificationRequest::from_der(der).ok()?;
    Some(request.certification_request_info.subject_pki.raw.to_vec())
}

/// Whether the key of one certificate signed another.
pub(crate) fn is_signed_by(der: &[u8], signer: &[u8]) -> bool {
    let (Ok(certificate), Ok(signer)) = (parsed(der), parsed(signer)) else {
        return false;
    };
    let signed = certificate.verify_signature(Some(signer.public_key()));
    signed.is_ok()
}

/// Host names and addresses that a server's certificate is for.
pub(crate) fn names(der: &[u8]) -> Result<Vec<String>, X509Error> {
    let certificate = parsed(der)?;
    let names = certificate.subject_alternative_name();
    let Some(names) = names.map_err(|_| X509Error::NotX509)? else {
        return Ok(Vec::new());
    };
    Ok(names.value.general_names.iter().filter_map(name).collect())
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            let address = v4.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
            Some(address.ok()?.to_string())
        }
        _ => None,
    }
}

fn block(text: &str, labels: &[&str]) -> Option<Vec<u8>> {
    let (_, block) = parse_x509_pem(text.as_bytes()).ok()?;
    labels.contains(&&*block.label).then_some(block.contents)
}

fn parsed(der: &[u8]) -> Result<X509Certificate<'_>, X509Error> {
    match parse_x509_certificate(der) {
        Ok(([], certificate)) => Ok(certificate),
        _ => Err(X509Error::NotX509),
    }
}
