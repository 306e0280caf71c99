//! The calls of AWS IoT's control plane: what exists and may do what. One file for each kind of thing.

mod body;
mod certificates;
mod elsewhere;
mod policies;
mod rules;
mod things;
mod types;

use super::{ApiError, Page, Request, allow, token, uri};
use crate::search::Search;
use crate::things::certificates::CertificateId;

pub use certificates::CertificateCall;
pub use policies::{PolicyCall, Wording};
pub use rules::RuleCall;
pub use things::{ThingCall, ThingFilter};
pub use types::TypeCall;

/// Entries of one page of a list.
const RESULTS: std::ops::RangeInclusive<usize> = 1..=250;
/// What `endpointType` may be: the two names of the data endpoint.
const DATA_ENDPOINTS: [&str; 2] = ["iot:Data", "iot:Data-ATS"];

/// What is asked for, its parameters checked as far as that takes no knowledge of what there is.
#[derive(Clone, Debug, PartialEq)]
pub enum ControlCall {
    Thing(ThingCall),
    Type(TypeCall),
    Certificate(CertificateCall),
    Policy(PolicyCall),
    Rule(RuleCall),
    SearchIndex(Search),
    /// The name by which this backend was called is the one that it can be reached by.
    DescribeEndpoint {
        host: String,
    },
}

/// Whether these levels of a path belong to it.
pub(super) fn is_call(levels: &[&str]) -> bool {
    let first = levels.first().copied().unwrap_or_default();
    things::is_call(first)
        || types::is_call(first)
        || certificates::is_call(first)
        || policies::is_call(first)
        || rules::is_call(levels)
        || matches!(first, "endpoint" | "indices")
        || elsewhere::is_call(first)
}

impl ControlCall {
    pub(super) fn parse(request: &Request<'_>, levels: &[&str]) -> Result<Self, ApiError> {
        match *levels {
            ["endpoint"] => {
                allow(request.method, "GET")?;
                describe_endpoint(request)
            }
            ["indices", "search"] => {
                allow(request.method, "POST")?;
                body::search(&request.body).map(Self::SearchIndex)
            }
            [first, ..] if things::is_call(first) => {
                ThingCall::parse(request, levels).map(Self::Thing)
            }
            [first, ..] if types::is_call(first) => {
                TypeCall::parse(request, levels).map(Self::Type)
            }
            [first, ..] if certificates::is_call(first) => {
                CertificateCall::parse(request, levels).map(Self::Certificate)
            }
            [first, ..] if policies::is_call(first) => {
                PolicyCall::parse(request, levels).map(Self::Policy)
            }
            _ if rules::is_call(levels) => RuleCall::parse(request, levels).map(Self::Rule),
            [first, ..] if elsewhere::is_call(first) => Err(ApiError::NotServed),
            _ => Err(ApiError::UnknownPath),
        }
    }
}

fn describe_endpoint(request: &Request<'_>) -> Result<ControlCall, ApiError> {
    let kind = uri::parameter(request.query, "endpointType")?;
    match kind
        .as_deref()
        .is_none_or(|kind| DATA_ENDPOINTS.contains(&kind))
    {
        true => Ok(ControlCall::DescribeEndpoint {
            host: request.host.to_owned(),
        }),
        false => Err(ApiError::EndpointType),
    }
}

/// A page of names that is named by `nextToken` and `maxResults`.
fn page(query: &str) -> Result<Page<String>, ApiError> {
    Ok(Page {
        after: super::next_token(query)?,
        size: uri::number(query, "maxResults", RESULTS)?,
    })
}

/// A page of names that is named by `marker` and `pageSize`.
fn marked_page(query: &str) -> Result<Page<String>, ApiError> {
    let marker = uri::parameter(query, "marker")?;
    Ok(Page {
        after: marker.map(|marker| token::read(&marker)).transpose()?,
        size: uri::number(query, "pageSize", RESULTS)?,
    })
}

/// A list of certificates goes on behind one of them.
fn by_certificate(page: Page<String>) -> Result<Page<CertificateId>, ApiError> {
    let after = page.after.map(|id| id.parse()).transpose();
    Ok(Page {
        after: after.map_err(|_| ApiError::NextToken)?,
        size: page.size,
    })
}

fn flag(query: &str, name: &'static str) -> Result<bool, ApiError> {
    match uri::parameter(query, name)?.as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(ApiError::Flag(name)),
    }
}

/// The certificate that a call is about, by its ARN in a header.
fn principal(request: &Request<'_>) -> Result<CertificateId, ApiError> {
    certificate_of_arn(request.principal.unwrap_or_default())
}

/// Of a certificate's ARN only its end counts: here there is one region and one account.
fn certificate_of_arn(arn: &str) -> Result<CertificateId, ApiError> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let id = match parts[..] {
        ["arn", _, "iot", _, _, resource] => resource.strip_prefix("cert/"),
        _ => None,
    };
    let id = id.and_then(|id| id.to_ascii_lowercase().parse().ok());
    id.ok_or(ApiError::Principal)
}
