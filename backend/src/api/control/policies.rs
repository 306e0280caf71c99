//! Policies, their versions, and to whom they are attached.

use super::super::{ApiError, Page, Request, allow, uri};
use super::body::{self, PolicyBody, required};
use super::{by_certificate, certificate_of_arn, flag, marked_page, principal};
use crate::things::certificates::CertificateId;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyCall {
    Create {
        name: String,
        document: String,
    },
    Get(String),
    List(Page<String>),
    Delete(String),
    CreateVersion {
        name: String,
        document: String,
        is_default: bool,
    },
    ListVersions(String),
    GetVersion(String, u32),
    SetDefaultVersion(String, u32),
    DeleteVersion(String, u32),
    /// AttachPolicy or AttachPrincipalPolicy.
    Attach(String, CertificateId, Wording),
    /// DetachPolicy or DetachPrincipalPolicy.
    Detach(String, CertificateId, Wording),
    /// ListAttachedPolicies or ListPrincipalPolicies.
    ListAttached {
        target: CertificateId,
        page: Page<String>,
        wording: Wording,
    },
    /// ListTargetsForPolicy or ListPolicyPrincipals.
    ListTargets {
        name: String,
        page: Page<CertificateId>,
        wording: Wording,
    },
}

/// What a call names that which policies are attached to. It decides the name under which the call must be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    Target,
    /// As the older calls have it.
    Principal,
}

pub(super) fn is_call(first: &str) -> bool {
    matches!(
        first,
        "policies"
            | "principal-policies"
            | "target-policies"
            | "attached-policies"
            | "policy-targets"
            | "policy-principals"
    )
}

impl PolicyCall {
    pub(super) fn parse(request: &Request<'_>, levels: &[&str]) -> Result<Self, ApiError> {
        let Request { method, query, .. } = *request;
        match *levels {
            ["policies"] => {
                allow(method, "GET")?;
                flag(query, "isAscendingOrder")?;
                marked_page(query).map(Self::List)
            }
            ["policies", name] => one(request, uri::decode(name)?),
            ["policies", name, "version"] => versions(request, uri::decode(name)?),
            ["policies", name, "version", number] => {
                version(request, uri::decode(name)?, &uri::decode(number)?)
            }
            ["target-policies", name] => target(request, uri::decode(name)?),
            ["principal-policies"] => {
                allow(method, "GET")?;
                list_attached(principal(request)?, query, Wording::Principal)
            }
            ["principal-policies", name] => principal_policy(request, uri::decode(name)?),
            ["attached-policies", target] => {
                allow(method, "POST")?;
                let target = certificate_of_arn(&uri::decode(target)?)?;
                list_attached(target, query, Wording::Target)
            }
            ["policy-targets", name] => {
                allow(method, "POST")?;
                list_targets(uri::decode(name)?, query, Wording::Target)
            }
            ["policy-principals"] => {
                allow(method, "GET")?;
                let name = request.policy.ok_or(ApiError::Missing("policyName"))?;
                list_targets(name.to_owned(), query, Wording::Principal)
            }
            _ => Err(ApiError::UnknownPath),
        }
    }
}

fn one(request: &Request<'_>, name: String) -> Result<PolicyCall, ApiError> {
    match request.method {
        "GET" => Ok(PolicyCall::Get(name)),
        "POST" => {
            let document = document(request)?;
            Ok(PolicyCall::Create { name, document })
        }
        "DELETE" => Ok(PolicyCall::Delete(name)),
        _ => {
            let allowed = "GET,POST,DELETE";
            Err(ApiError::MethodNotAllowed { allowed })
        }
    }
}

fn versions(request: &Request<'_>, name: String) -> Result<PolicyCall, ApiError> {
    match request.method {
        "GET" => Ok(PolicyCall::ListVersions(name)),
        "POST" => Ok(PolicyCall::CreateVersion {
            name,
            document: document(request)?,
            is_default: flag(request.query, "setAsDefault")?,
        }),
        _ => {
            let allowed = "GET,POST";
            Err(ApiError::MethodNotAllowed { allowed })
        }
    }
}

fn version(request: &Request<'_>, name: String, number: &str) -> Result<PolicyCall, ApiError> {
    let number = number.parse().map_err(|_| ApiError::PolicyVersion)?;
    match request.method {
        "GET" => Ok(PolicyCall::GetVersion(name, number)),
        "PATCH" => Ok(PolicyCall::SetDefaultVersion(name, number)),
        "DELETE" => Ok(PolicyCall::DeleteVersion(name, number)),
        _ => {
            let allowed = "GET,PATCH,DELETE";
            Err(ApiError::MethodNotAllowed { allowed })
        }
    }
}

fn target(request: &Request<'_>, name: String) -> Result<PolicyCall, ApiError> {
    let target = |request: &Request<'_>| {
        let body: PolicyBody = body::read(&request.body)?;
        certificate_of_arn(&required(body.target, "target")?)
    };
    match request.method {
        "PUT" => Ok(PolicyCall::Attach(name, target(request)?, Wording::Target)),
        "POST" => Ok(PolicyCall::Detach(name, target(request)?, Wording::Target)),
        _ => {
            let allowed = "PUT,POST";
            Err(ApiError::MethodNotAllowed { allowed })
        }
    }
}

fn principal_policy(request: &Request<'_>, name: String) -> Result<PolicyCall, ApiError> {
    let wording = Wording::Principal;
    match request.method {
        "PUT" => Ok(PolicyCall::Attach(name, principal(request)?, wording)),
        "DELETE" => Ok(PolicyCall::Detach(name, principal(request)?, wording)),
        _ => {
            let allowed = "PUT,DELETE";
            Err(ApiError::MethodNotAllowed { allowed })
        }
    }
}

fn list_attached(
    target: CertificateId,
    query: &str,
    wording: Wording,
) -> Result<PolicyCall, ApiError> {
    Ok(PolicyCall::ListAttached {
        target,
        page: marked_page(query)?,
        wording,
    })
}

fn list_targets(name: String, query: &str, wording: Wording) -> Result<PolicyCall, ApiError> {
    Ok(PolicyCall::ListTargets {
        name,
        page: by_certificate(marked_page(query)?)?,
        wording,
    })
}

fn document(request: &Request<'_>) -> Result<String, ApiError> {
    let body: PolicyBody = body::read(&request.body)?;
    required(body.policy_document, "policyDocument")
}
