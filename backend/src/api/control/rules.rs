//! Topic rules, and how it goes with them.

use gnomon::rules::Definition;

use super::super::{ApiError, Page, Request, allow, next_token, uri};
use super::flag;
use crate::rules::{Rule, RuleError};

/// Entries of one page of a list.
const RESULTS: std::ops::RangeInclusive<usize> = 1..=10_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleCall {
    Create {
        name: String,
        definition: Definition,
    },
    Replace {
        name: String,
        definition: Definition,
    },
    /// Either of these, once its SQL and its templates are read, which takes longer than a lock should be held.
    Put {
        rule: Box<Rule>,
        is_new: bool,
    },
    Get(String),
    List {
        page: Page<String>,
        /// Those that get messages on this topic.
        topic: Option<String>,
        disabled: Option<bool>,
    },
    Delete(String),
    Enable {
        name: String,
        on: bool,
    },
    /// The counters of all rules, which AWS IoT has elsewhere.
    Figures,
}

pub(super) fn is_call(levels: &[&str]) -> bool {
    matches!(levels, ["rules", ..] | ["gnomon", "rules"])
}

impl RuleCall {
    pub(super) fn parse(request: &Request<'_>, levels: &[&str]) -> Result<Self, ApiError> {
        let Request { method, query, .. } = *request;
        match *levels {
            ["gnomon", _] => {
                allow(method, "GET")?;
                Ok(Self::Figures)
            }
            ["rules"] => {
                allow(method, "GET")?;
                list(query)
            }
            ["rules", name] => one(request, uri::decode(name)?),
            ["rules", name, "enable"] => enable(method, name, true),
            ["rules", name, "disable"] => enable(method, name, false),
            _ => Err(ApiError::UnknownPath),
        }
    }
}

fn list(query: &str) -> Result<RuleCall, ApiError> {
    let disabled = uri::parameter(query, "ruleDisabled")?.is_some();
    let disabled = disabled.then(|| flag(query, "ruleDisabled"));
    Ok(RuleCall::List {
        page: Page {
            after: next_token(query)?,
            size: uri::number(query, "maxResults", RESULTS)?,
        },
        topic: uri::parameter(query, "topic")?,
        disabled: disabled.transpose()?,
    })
}

fn one(request: &Request<'_>, name: String) -> Result<RuleCall, ApiError> {
    let definition = || Definition::from_json(&request.body).map_err(RuleError::Definition);
    match request.method {
        "GET" => Ok(RuleCall::Get(name)),
        "POST" => {
            let definition = definition()?;
            Ok(RuleCall::Create { name, definition })
        }
        "PATCH" => {
            let definition = definition()?;
            Ok(RuleCall::Replace { name, definition })
        }
        "DELETE" => Ok(RuleCall::Delete(name)),
        _ => {
            let allowed = "GET,POST,PATCH,DELETE";
            Err(ApiError::MethodNotAllowed { allowed })
        }
    }
}

fn enable(method: &str, name: &str, on: bool) -> Result<RuleCall, ApiError> {
    allow(method, "POST")?;
    let name = uri::decode(name)?;
    Ok(RuleCall::Enable { name, on })
}
