//! The JSON bodies of the control plane's calls. What they do not know they let by, as AWS does.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::super::{ApiError, token};
use crate::search::{Query, Search};
use crate::things::registry::TypeProperties;

/// An absent body is an empty object.
pub(super) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, ApiError> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| ApiError::Body(error.to_string()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ThingBody {
    pub(super) thing_type_name: Option<String>,
    pub(super) attribute_payload: Option<AttributePayload>,
    pub(super) billing_group_name: Option<String>,
    pub(super) expected_version: Option<u64>,
    #[serde(default)]
    pub(super) remove_thing_type: bool,
}

#[derive(Deserialize)]
pub(super) struct AttributePayload {
    pub(super) attributes: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub(super) merge: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TypeBody {
    thing_type_properties: Option<PropertiesBody>,
    #[serde(default)]
    pub(super) undo_deprecate: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PropertiesBody {
    thing_type_description: Option<String>,
    #[serde(default)]
    searchable_attributes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CertificateBody {
    pub(super) certificate_signing_request: Option<String>,
    pub(super) certificate_pem: Option<String>,
    pub(super) ca_certificate_pem: Option<String>,
    pub(super) status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PolicyBody {
    pub(super) policy_document: Option<String>,
    pub(super) target: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SearchBody {
    index_name: Option<String>,
    query_string: Option<String>,
    next_token: Option<String>,
    max_results: Option<usize>,
    query_version: Option<String>,
}

impl TypeBody {
    pub(super) fn properties(self) -> TypeProperties {
        let properties = self.thing_type_properties;
        properties.map_or_else(TypeProperties::default, |properties| TypeProperties {
            description: properties.thing_type_description,
            searchable_attributes: properties.searchable_attributes,
        })
    }
}

/// What must be there.
pub(super) fn required(value: Option<String>, name: &'static str) -> Result<String, ApiError> {
    value.ok_or(ApiError::Missing(name))
}

pub(super) fn search(body: &Bytes) -> Result<Search, ApiError> {
    const INDEX: &str = "AWS_Things";
    const VERSION: &str = "2017-09-30";
    let body: SearchBody = read(body)?;
    if let Some(index) = body.index_name.filter(|name| name != INDEX) {
        return Err(ApiError::NoIndex(index));
    }
    if body.query_version.is_some_and(|version| version != VERSION) {
        return Err(ApiError::QueryVersion);
    }
    let size = body.max_results.unwrap_or(*Search::SIZES.end());
    if !Search::SIZES.contains(&size) {
        let most = *Search::SIZES.end();
        let name = "maxResults";
        return Err(ApiError::Number { name, most });
    }
    let query = Query::parse(&required(body.query_string, "queryString")?)?;
    let after = body.next_token.map(|text| token::read(&text)).transpose()?;
    Ok(Search::new(query, after, size))
}
