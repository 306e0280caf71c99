//! By whom a request on the HTTP ports was made, where only signed ones are let in.

use axum::http::request::Parts;
use gnomon::time::UnixMillis;

use crate::api::Plane;
use crate::signatures::{Keys, SignatureError, Signed};
use crate::things::Principal;

/// Without keys nobody has to sign.
pub(super) fn principal(
    keys: Option<&Keys>,
    head: &Parts,
    body: &[u8],
    plane: Plane,
    now: UnixMillis,
) -> Result<Principal, SignatureError> {
    let Some(keys) = keys else {
        return Ok(Principal::Anonymous);
    };
    let headers = head.headers.iter();
    let headers: Vec<_> = headers
        .filter_map(|(name, value)| Some((name.as_str(), str::from_utf8(value.as_bytes()).ok()?)))
        .collect();
    let request = Signed {
        method: head.method.as_str(),
        path: head.uri.path(),
        query: head.uri.query().unwrap_or_default(),
        headers: &headers,
        body,
    };
    keys.verify(request, plane, now).map(Principal::Key)
}
