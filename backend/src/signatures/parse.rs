//! What a request says of its own signature.

use std::time::Duration;

use gnomon::auth::sigv4::{ALGORITHM, DEVICE_GATEWAY, Scope};

use super::{SignatureError, Signed};
use crate::api::uri;

/// AWS's ceiling: a week.
const LONGEST: u64 = 604_800;
/// More headers come with no request.
const HEADERS: usize = 100;

/// Who is said to have signed, when, and what.
pub(super) struct Claim {
    pub(super) access_key_id: String,
    pub(super) date: String,
    region: String,
    pub(super) service: String,
    pub(super) signed_headers: Vec<String>,
    pub(super) signature: String,
    /// The time of signing.
    pub(super) stamp: String,
    pub(super) expires: Option<Duration>,
    /// What is signed of the query.
    pub(super) query: String,
}

impl Claim {
    pub(super) fn read(request: &Signed<'_>) -> Result<Self, SignatureError> {
        match request.header("authorization") {
            Some(authorization) => Self::from_header(request, &authorization),
            None if parameter(request, "X-Amz-Signature")?.is_some() => Self::from_query(request),
            None => Err(SignatureError::Missing),
        }
    }

    pub(super) fn scope(&self) -> Scope<'_> {
        Scope {
            date: &self.date,
            region: &self.region,
            service: &self.service,
        }
    }

    fn from_header(request: &Signed<'_>, authorization: &str) -> Result<Self, SignatureError> {
        let parts = authorization.trim().strip_prefix(ALGORITHM);
        let parts = parts.ok_or(SignatureError::Missing)?;
        let part = |name: &str| {
            let mut parts = parts.split(',');
            parts.find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
        };
        let required = |part: Option<&str>, what| {
            let part = part.map(str::to_owned);
            part.ok_or(SignatureError::Incomplete(what))
        };
        let credential = required(part("Credential"), "'Credential' is missing")?;
        let headers = required(part("SignedHeaders"), "'SignedHeaders' is missing")?;
        let signature = required(part("Signature"), "'Signature' is missing")?;
        let stamp = request.header("x-amz-date");
        let stamp = required(stamp.as_deref(), "'X-Amz-Date' is missing")?;
        let claim = Self::new(&credential, &headers, signature, stamp)?;
        Ok(Self {
            query: request.query.to_owned(),
            ..claim
        })
    }

    fn from_query(request: &Signed<'_>) -> Result<Self, SignatureError> {
        let required = |name, what| {
            let value = parameter(request, name)?;
            value.ok_or(SignatureError::Incomplete(what))
        };
        let algorithm = required("X-Amz-Algorithm", "'X-Amz-Algorithm' is missing")?;
        if algorithm != ALGORITHM {
            let what = "'X-Amz-Algorithm' is not AWS4-HMAC-SHA256";
            return Err(SignatureError::Incomplete(what));
        }
        let credential = required("X-Amz-Credential", "'X-Amz-Credential' is missing")?;
        let headers = required("X-Amz-SignedHeaders", "'X-Amz-SignedHeaders' is missing")?;
        let signature = required("X-Amz-Signature", "'X-Amz-Signature' is missing")?;
        let stamp = required("X-Amz-Date", "'X-Amz-Date' is missing")?;
        let expires = parameter(request, "X-Amz-Expires")?.map(|text| seconds(&text));
        let claim = Self::new(&credential, &headers, signature, stamp)?;
        Ok(Self {
            query: signed_part(request.query, &claim.service),
            expires: expires.transpose()?,
            ..claim
        })
    }

    fn new(
        credential: &str,
        signed_headers: &str,
        signature: String,
        stamp: String,
    ) -> Result<Self, SignatureError> {
        let parts: Vec<&str> = credential.split('/').collect();
        let [id, date, region, service, "aws4_request"] = parts[..] else {
            let what = "the credential is not KEY/DATE/REGION/SERVICE/aws4_request";
            return Err(SignatureError::Incomplete(what));
        };
        if date.len() != 8 {
            let what = "the date of the credential is not yyyymmdd";
            return Err(SignatureError::Incomplete(what));
        }
        let signed_headers: Vec<_> = signed_headers.split(';').map(str::to_owned).collect();
        if signed_headers.len() > HEADERS {
            return Err(SignatureError::Mismatch);
        }
        Ok(Self {
            access_key_id: id.to_owned(),
            date: date.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            signed_headers,
            signature,
            stamp,
            expires: None,
            query: String::new(),
        })
    }
}

fn parameter(request: &Signed<'_>, name: &str) -> Result<Option<String>, SignatureError> {
    let value = uri::parameter(request.query, name);
    value.map_err(|_| SignatureError::Incomplete("a parameter is badly encoded"))
}

fn seconds(text: &str) -> Result<Duration, SignatureError> {
    let number = text.parse().ok();
    let number = number.filter(|seconds| (1..=LONGEST).contains(seconds));
    let what = "'X-Amz-Expires' is not from 1 to 604800";
    let number = number.ok_or(SignatureError::Incomplete(what))?;
    Ok(Duration::from_secs(number))
}

/// The signature is not signed, nor is the token of AWS IoT's WebSocket.
fn signed_part(query: &str, service: &str) -> String {
    let is_signed = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        name != "X-Amz-Signature" && (name != "X-Amz-Security-Token" || service != DEVICE_GATEWAY)
    };
    let pairs: Vec<_> = query.split('&').filter(is_signed).collect();
    pairs.join("&")
}
