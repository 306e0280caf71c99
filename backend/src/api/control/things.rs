//! Things, and which certificates belong to them.

use super::super::{ApiError, Page, Request, allow, uri};
use super::body::{self, ThingBody};
use super::{by_certificate, flag, page, principal};
use crate::things::certificates::CertificateId;
use crate::things::registry::{NewThing, ThingUpdate};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ThingCall {
    Create {
        name: String,
        new: NewThing,
    },
    Describe(String),
    List {
        page: Page<String>,
        filter: ThingFilter,
    },
    Update {
        name: String,
        update: ThingUpdate,
    },
    Delete {
        name: String,
        expected_version: Option<u64>,
    },
    AttachPrincipal(String, CertificateId),
    DetachPrincipal(String, CertificateId),
    ListPrincipals {
        name: String,
        page: Page<CertificateId>,
    },
    ListOfPrincipal {
        certificate: CertificateId,
        page: Page<String>,
    },
}

/// Which things of a list are meant: those that fit everything that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThingFilter {
    pub type_name: Option<String>,
    pub attribute_name: Option<String>,
    pub attribute_value: Option<String>,
    /// The value need only begin so.
    pub by_prefix: bool,
}

pub(super) fn is_call(first: &str) -> bool {
    matches!(first, "things" | "principals")
}

impl ThingCall {
    pub(super) fn parse(request: &Request<'_>, levels: &[&str]) -> Result<Self, ApiError> {
        match *levels {
            ["things"] => {
                allow(request.method, "GET")?;
                list(request.query)
            }
            ["things", name] => one(request, uri::decode(name)?),
            ["things", name, "principals"] => principals(request, uri::decode(name)?),
            ["principals", "things"] => {
                allow(request.method, "GET")?;
                Ok(Self::ListOfPrincipal {
                    certificate: principal(request)?,
                    page: page(request.query)?,
                })
            }
            _ => Err(ApiError::UnknownPath),
        }
    }
}

fn list(query: &str) -> Result<ThingCall, ApiError> {
    let filter = ThingFilter {
        type_name: uri::parameter(query, "thingTypeName")?,
        attribute_name: uri::parameter(query, "attributeName")?,
        attribute_value: uri::parameter(query, "attributeValue")?,
        by_prefix: flag(query, "usePrefixAttributeValue")?,
    };
    if filter.attribute_value.is_some() && filter.attribute_name.is_none() {
        return Err(ApiError::Missing("attributeName"));
    }
    let page = page(query)?;
    Ok(ThingCall::List { page, filter })
}

fn one(request: &Request<'_>, name: String) -> Result<ThingCall, ApiError> {
    match request.method {
        "GET" => Ok(ThingCall::Describe(name)),
        "POST" => create(name, body::read(&request.body)?),
        "PATCH" => Ok(update(name, body::read(&request.body)?)),
        "DELETE" => {
            let version = uri::parameter(request.query, "expectedVersion")?;
            let version = version.map(|text| text.parse()).transpose();
            Ok(ThingCall::Delete {
                name,
                expected_version: version.map_err(|_| ApiError::ExpectedVersion)?,
            })
        }
        _ => {
            let allowed = "GET,POST,PATCH,DELETE";
            Err(ApiError::MethodNotAllowed { allowed })
        }
    }
}

fn create(name: String, body: ThingBody) -> Result<ThingCall, ApiError> {
    if body.billing_group_name.is_some() {
        return Err(ApiError::NotHere("billing groups"));
    }
    let payload = body.attribute_payload;
    let attributes = payload.and_then(|payload| payload.attributes);
    let new = NewThing {
        type_name: body.thing_type_name,
        attributes: attributes.unwrap_or_default(),
    };
    Ok(ThingCall::Create { name, new })
}

fn update(name: String, body: ThingBody) -> ThingCall {
    let merge = body.attribute_payload.as_ref().is_some_and(|it| it.merge);
    let update = ThingUpdate {
        type_name: body.thing_type_name,
        remove_type: body.remove_thing_type,
        attributes: body.attribute_payload.and_then(|it| it.attributes),
        merge,
        expected_version: body.expected_version,
    };
    ThingCall::Update { name, update }
}

fn principals(request: &Request<'_>, name: String) -> Result<ThingCall, ApiError> {
    match request.method {
        "GET" => Ok(ThingCall::ListPrincipals {
            name,
            page: by_certificate(page(request.query)?)?,
        }),
        "PUT" => {
            let kind = uri::parameter(request.query, "thingPrincipalType")?;
            if kind.is_some_and(|kind| kind != "NON_EXCLUSIVE_THING") {
                return Err(ApiError::NotHere("exclusive principals"));
            }
            Ok(ThingCall::AttachPrincipal(name, principal(request)?))
        }
        "DELETE" => Ok(ThingCall::DetachPrincipal(name, principal(request)?)),
        _ => {
            let allowed = "GET,PUT,DELETE";
            Err(ApiError::MethodNotAllowed { allowed })
        }
    }
}
