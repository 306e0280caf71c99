//! What rules stored, over HTTP: lists by pages, and objects as bytes that no browser takes for a page. With the same
//! access, signatures and policies as the calls of the control plane.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
    RANGE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use object_store::GetRange;
use serde_json::{Value, json};

use super::calls::{Calls, insert};
use crate::api::{ApiError, Outcome, Plane, uri};
use crate::backend::ObjectsCall;
use crate::objects::{Content, Entry, Listing, ObjectName, ReadError};

const PATH: &str = "/gnomon/objects";
/// Objects on one page of a list.
const MOST: usize = 200;

/// Whether a path, still percent-encoded, is one of these calls.
pub(super) fn is_call(path: &str) -> bool {
    rest(path).is_some()
}

/// What stands behind the slash, if there is one.
fn rest(path: &str) -> Option<Option<&str>> {
    match path.strip_prefix(PATH)? {
        "" => Some(None),
        rest => rest.strip_prefix('/').map(Some),
    }
}

pub(super) async fn answer(calls: &Calls, request: Request) -> Response {
    match carry_out(calls, request).await {
        Ok(response) => response,
        Err(error) => calls.answer(Err(error)),
    }
}

async fn carry_out(calls: &Calls, request: Request) -> Result<Response, ApiError> {
    let (head, _) = request.into_parts();
    let principal = calls.principal(&head, &[], Plane::Control)?;
    if head.method != Method::GET {
        return Err(ApiError::MethodNotAllowed { allowed: "GET" });
    }
    let check = |call: ObjectsCall<'_>| {
        calls
            .hub
            .act(|backend, _| backend.check_objects(&principal, call))
    };
    match rest(head.uri.path()).flatten() {
        None => {
            check(ObjectsCall::List)?;
            let mut listing = listing(head.uri.query().unwrap_or_default())?;
            listing.buckets = calls.hub.act(|backend, _| backend.buckets());
            list(calls, listing).await
        }
        Some(name) => {
            let name = ObjectName::parse(&uri::decode(name)?)?;
            check(ObjectsCall::Get(name.as_str()))?;
            get(calls, name, range(&head.headers)).await
        }
    }
}

fn listing(query: &str) -> Result<Listing, ApiError> {
    let text = |name| Ok::<_, ApiError>(uri::parameter(query, name)?.unwrap_or_default());
    Ok(Listing {
        prefix: text("prefix")?,
        after: text("after")?,
        most: uri::number(query, "max", 1..=MOST)?,
        ..Listing::default()
    })
}

async fn list(calls: &Calls, listing: Listing) -> Result<Response, ApiError> {
    let listed = calls.objects.list(listing).await;
    let listed = listed.map_err(|error| ApiError::Objects(error.to_string()))?;
    let objects: Vec<Value> = listed.objects.iter().map(entry).collect();
    let document = json!({ "objects": objects, "more": listed.more });
    Ok(calls.answer(Ok(Outcome::Document(document))))
}

fn entry(entry: &Entry) -> Value {
    json!({ "name": entry.name, "bytes": entry.bytes, "at": entry.at })
}

async fn get(
    calls: &Calls,
    name: ObjectName,
    range: Option<GetRange>,
) -> Result<Response, ApiError> {
    let is_part = range.is_some();
    match calls.objects.read(name.clone(), range).await {
        Ok(content) => Ok(response(content, is_part)),
        Err(ReadError::Absent) => Err(ApiError::NoObject(name.as_str().to_owned())),
        Err(ReadError::Range(size)) => {
            let size = [(CONTENT_RANGE, format!("bytes */{size}"))];
            Ok((StatusCode::RANGE_NOT_SATISFIABLE, size).into_response())
        }
        Err(ReadError::Failed(words)) => Err(ApiError::Objects(words)),
    }
}

/// What devices sent is bytes and nothing else: never shown, never run, never kept.
fn response(content: Content, is_part: bool) -> Response {
    let Content { size, range, bytes } = content;
    let len = range.end - range.start;
    let mut response = Body::from_stream(bytes).into_response();
    if is_part {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let last = range.end.saturating_sub(1);
        let part = format!("bytes {}-{last}/{size}", range.start);
        insert(response.headers_mut(), CONTENT_RANGE, &part);
    }
    insert(response.headers_mut(), CONTENT_LENGTH, &len.to_string());
    for (name, value) in [
        (CONTENT_TYPE, "application/octet-stream"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONTENT_DISPOSITION, "attachment"),
        (CACHE_CONTROL, "no-store"),
        (ACCEPT_RANGES, "bytes"),
    ] {
        insert(response.headers_mut(), name, value);
    }
    response
}

/// What is no range of bytes, or more than one, is as good as not said.
fn range(headers: &HeaderMap) -> Option<GetRange> {
    let text = headers.get(RANGE)?.to_str().ok()?;
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse::<u64>().ok()).flatten()
    };
    match (first, last) {
        // No byte at all: nothing has that, as nothing reaches that far.
        ("", last) => number(last).map(|last| match last {
            0 => GetRange::Offset(i64::MAX as u64),
            last => GetRange::Suffix(last),
        }),
        (first, "") => number(first).map(GetRange::Offset),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then(|| GetRange::Bounded(first..last.saturating_add(1)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<GetRange>) {
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, text.parse().unwrap());
        assert_eq!(range(&headers), expected, "{text}");
    }

    #[test]
    fn one_range_of_bytes_is_understood_and_nothing_else() {
        check("bytes=0-65535", Some(GetRange::Bounded(0..65536)));
        check("bytes=7-7", Some(GetRange::Bounded(7..8)));
        check("bytes=7-", Some(GetRange::Offset(7)));
        check("bytes=-7", Some(GetRange::Suffix(7)));
        check("bytes=-0", Some(GetRange::Offset(i64::MAX as u64)));
        for text in [
            "bytes=",
            "bytes=-",
            "bytes=8-7",
            "bytes=0-1,4-5",
            "bytes=+1-2",
            "bytes=a-b",
            "lines=0-1",
            "0-1",
            "bytes=0-99999999999999999999",
        ] {
            check(text, None);
        }
        assert_eq!(range(&HeaderMap::new()), None);
    }

    #[test]
    fn only_these_paths_are_calls() {
        for path in ["/gnomon/objects", "/gnomon/objects/", "/gnomon/objects/b/k"] {
            assert!(is_call(path), "{path}");
        }
        for path in ["/gnomon", "/gnomon/objectsx", "/gnomon/rules", "/objects"] {
            assert!(!is_call(path), "{path}");
        }
    }
}
