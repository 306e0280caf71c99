//! Thing types.

use super::super::{ApiError, Page, Request, allow, uri};
use super::body::{self, TypeBody};
use super::page;
use crate::things::registry::TypeProperties;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeCall {
    Create {
        name: String,
        properties: TypeProperties,
    },
    Describe(String),
    List {
        page: Page<String>,
        /// How their names begin.
        prefix: Option<String>,
    },
    Deprecate {
        name: String,
        undo: bool,
    },
    Delete(String),
}

pub(super) fn is_call(first: &str) -> bool {
    first == "thing-types"
}

impl TypeCall {
    pub(super) fn parse(request: &Request<'_>, levels: &[&str]) -> Result<Self, ApiError> {
        match *levels {
            [_] => {
                allow(request.method, "GET")?;
                Ok(Self::List {
                    page: page(request.query)?,
                    prefix: uri::parameter(request.query, "thingTypeName")?,
                })
            }
            [_, name] => one(request, uri::decode(name)?),
            [_, name, "deprecate"] => {
                allow(request.method, "POST")?;
                let body: TypeBody = body::read(&request.body)?;
                Ok(Self::Deprecate {
                    name: uri::decode(name)?,
                    undo: body.undo_deprecate,
                })
            }
            _ => Err(ApiError::UnknownPath),
        }
    }
}

fn one(request: &Request<'_>, name: String) -> Result<TypeCall, ApiError> {
    match request.method {
        "GET" => Ok(TypeCall::Describe(name)),
        "DELETE" => Ok(TypeCall::Delete(name)),
        "POST" => {
            let body: TypeBody = body::read(&request.body)?;
            let properties = body.properties();
            Ok(TypeCall::Create { name, properties })
        }
        _ => {
            let allowed = "GET,POST,DELETE";
            Err(ApiError::MethodNotAllowed { allowed })
        }
    }
}
