//! Who signed a request by AWS Signature Version 4, in its header or its query form. Knows no socket and no clock, and
//! says nothing of what somebody may do.

mod error;
mod keys;
mod parse;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use gnomon::auth::sigv4::{self, DEVICE_GATEWAY, Request, SigningKey};
use gnomon::time::UnixMillis;

use crate::api::Plane;
pub use error::SignatureError;
pub use keys::{Keys, KeysError};
use parse::Claim;

/// How far the clock of whoever signs may be off, and how long a signature is good that does not say it.
const FRESHNESS: Duration = Duration::from_secs(5 * 60);
/// Headers that say whom a call is about: unsigned, anybody on the way could change them.
const PRINCIPALS: [&str; 2] = ["x-amzn-principal", "x-amzn-iot-principal"];

/// A request as it came.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    pub method: &'a str,
    /// Still percent-encoded.
    pub path: &'a str,
    /// Still percent-encoded.
    pub query: &'a str,
    /// By their names in lower case.
    pub headers: &'a [(&'a str, &'a str)],
    pub body: &'a [u8],
}

impl Keys {
    /// The access key identifier of whoever signed.
    pub fn verify(
        &self,
        request: Signed<'_>,
        plane: Plane,
        now: UnixMillis,
    ) -> Result<Arc<str>, SignatureError> {
        let claim = Claim::read(&request)?;
        let (access_key_id, secret) = self
            .find(&claim.access_key_id)
            .ok_or(SignatureError::UnknownKey)?;
        claim.check_scope(plane)?;
        claim.check_time(now)?;
        let headers = request.signed_headers(&claim)?;
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let signed = Request {
            method: request.method,
            path: request.path,
            query: &claim.query,
            headers: &headers,
            payload_hash: &sigv4::sha256(request.body),
        };
        let string_to_sign = signed.string_to_sign(claim.scope(), &claim.stamp);
        let key = SigningKey::new(secret, claim.scope());
        match key.verify(&string_to_sign, &claim.signature) {
            true => Ok(access_key_id),
            false => Err(SignatureError::Mismatch),
        }
    }
}

impl<'a> Signed<'a> {
    /// Several headers of one name are one, joined by commas.
    fn header(&self, name: &str) -> Option<String> {
        let values: Vec<_> = self
            .headers
            .iter()
            .filter(|(other, _)| *other == name)
            .map(|(_, value)| *value)
            .collect();
        (!values.is_empty()).then(|| values.join(","))
    }

    fn signed_headers<'b>(
        &self,
        claim: &'b Claim,
    ) -> Result<Vec<(&'b str, String)>, SignatureError> {
        let is_signed = |name: &str| claim.signed_headers.iter().any(|other| other == name);
        if !is_signed("host") {
            return Err(SignatureError::Incomplete("'Host' must be a signed header"));
        }
        for name in PRINCIPALS {
            if self.header(name).is_some() && !is_signed(name) {
                return Err(SignatureError::Incomplete(
                    "the principal's header must be signed",
                ));
            }
        }
        let headers = claim.signed_headers.iter();
        headers
            .map(|name| {
                let value = self.header(name).ok_or(SignatureError::Mismatch)?;
                Ok((name.as_str(), value))
            })
            .collect()
    }
}

impl Claim {
    /// Any region will do: here there is one. The data endpoint has two names.
    fn check_scope(&self, plane: Plane) -> Result<(), SignatureError> {
        let services: &[&'static str] = match plane {
            Plane::Data => &["iotdata", DEVICE_GATEWAY],
            Plane::Control => &["iot"],
        };
        if !services.contains(&self.service.as_str()) {
            return Err(SignatureError::Scope(services[0]));
        }
        match self.stamp.starts_with(&self.date) {
            true => Ok(()),
            false => Err(SignatureError::Incomplete(
                "the date of the credential is not the day of signing",
            )),
        }
    }

    fn check_time(&self, now: UnixMillis) -> Result<(), SignatureError> {
        let signed = sigv4::read_stamp(&self.stamp)
            .ok_or(SignatureError::Incomplete("'X-Amz-Date' is no time"))?;
        let after = |time: UnixMillis, by: Duration| UnixMillis(time.0 + by.as_millis() as i64);
        let seconds = |time: UnixMillis| time.seconds();
        if seconds(signed) > seconds(after(now, FRESHNESS)) {
            return Err(SignatureError::NotYet { signed, now });
        }
        let life = self.expires.unwrap_or(FRESHNESS);
        match seconds(now) > seconds(after(signed, life)) {
            true => Err(SignatureError::Expired { signed, now, life }),
            false => Ok(()),
        }
    }
}
