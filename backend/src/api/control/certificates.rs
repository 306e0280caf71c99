//! Client certificates.

use super::super::{ApiError, Page, Request, allow, uri};
use super::body::{self, CertificateBody, required};
use super::{by_certificate, flag, marked_page};
use crate::things::certificates::{CertificateId, CertificateStatus};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateCall {
    /// New keys and a certificate for them. The private key is told once and kept nowhere.
    CreateKeys {
        active: bool,
    },
    CreateFromCsr {
        request: String,
        active: bool,
    },
    /// Somebody else's certificate, whoever signed it.
    Register {
        pem: String,
        /// The certificate of whoever is said to have signed it.
        authority: Option<String>,
        status: CertificateStatus,
    },
    Describe(CertificateId),
    List(Page<CertificateId>),
    Update(CertificateId, CertificateStatus),
    Delete {
        id: CertificateId,
        /// Detaches its policies too.
        force: bool,
    },
}

pub(super) fn is_call(first: &str) -> bool {
    matches!(
        first,
        "certificates" | "certificate" | "keys-and-certificate"
    )
}

impl CertificateCall {
    pub(super) fn parse(request: &Request<'_>, levels: &[&str]) -> Result<Self, ApiError> {
        let Request { method, query, .. } = *request;
        match *levels {
            ["keys-and-certificate"] => {
                allow(method, "POST")?;
                let active = flag(query, "setAsActive")?;
                Ok(Self::CreateKeys { active })
            }
            ["certificate", "register-no-ca"] => {
                allow(method, "POST")?;
                register_without_authority(body::read(&request.body)?)
            }
            ["certificate", "register"] => {
                allow(method, "POST")?;
                register(query, body::read(&request.body)?)
            }
            ["certificates"] => many(request),
            ["certificates", id] => {
                let id = uri::decode(id)?.to_ascii_lowercase();
                one(request, id.parse().map_err(|_| ApiError::CertificateId)?)
            }
            _ => Err(ApiError::UnknownPath),
        }
    }
}

fn many(request: &Request<'_>) -> Result<CertificateCall, ApiError> {
    match request.method {
        "GET" => {
            flag(request.query, "isAscendingOrder")?;
            let page = by_certificate(marked_page(request.query)?)?;
            Ok(CertificateCall::List(page))
        }
        "POST" => {
            let body: CertificateBody = body::read(&request.body)?;
            let csr = body.certificate_signing_request;
            Ok(CertificateCall::CreateFromCsr {
                request: required(csr, "certificateSigningRequest")?,
                active: flag(request.query, "setAsActive")?,
            })
        }
        _ => {
            let allowed = "GET,POST";
            Err(ApiError::MethodNotAllowed { allowed })
        }
    }
}

fn one(request: &Request<'_>, id: CertificateId) -> Result<CertificateCall, ApiError> {
    match request.method {
        "GET" => Ok(CertificateCall::Describe(id)),
        "PUT" => {
            let status = uri::parameter(request.query, "newStatus")?;
            let status = status_of(&required(status, "newStatus")?)?;
            Ok(CertificateCall::Update(id, status))
        }
        "DELETE" => {
            let force = flag(request.query, "forceDelete")?;
            Ok(CertificateCall::Delete { id, force })
        }
        _ => {
            let allowed = "GET,PUT,DELETE";
            Err(ApiError::MethodNotAllowed { allowed })
        }
    }
}

fn register_without_authority(body: CertificateBody) -> Result<CertificateCall, ApiError> {
    let status = body.status.as_deref().map(status_of).transpose()?;
    Ok(CertificateCall::Register {
        pem: required(body.certificate_pem, "certificatePem")?,
        authority: None,
        status: status.unwrap_or(CertificateStatus::Inactive),
    })
}

/// Here the authority need not be known. A status in the body counts more than `setAsActive`, its forerunner.
fn register(query: &str, body: CertificateBody) -> Result<CertificateCall, ApiError> {
    let otherwise = match flag(query, "setAsActive")? {
        true => CertificateStatus::Active,
        false => CertificateStatus::Inactive,
    };
    let status = body.status.as_deref().map(status_of).transpose()?;
    Ok(CertificateCall::Register {
        pem: required(body.certificate_pem, "certificatePem")?,
        authority: body.ca_certificate_pem,
        status: status.unwrap_or(otherwise),
    })
}

/// AWS has more of them, for certificates on their way to another account or registered by themselves.
fn status_of(text: &str) -> Result<CertificateStatus, ApiError> {
    use CertificateStatus::{Active, Inactive, Revoked};
    let mut known = [Active, Inactive, Revoked].into_iter();
    known
        .find(|status| status.as_str() == text)
        .ok_or(ApiError::CertificateStatus)
}
