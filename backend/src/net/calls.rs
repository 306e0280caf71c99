//! The calls of the HTTP port: bodies within bounds, CORS, and answers with AWS IoT's headers. What a call means,
//! [`crate::api`] knows.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ALLOW, CONTENT_TYPE, ORIGIN,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use gnomon::rng::Rng;

use super::hub::Hub;
use crate::api::{self, Answer, ApiError, Call, MAX_BODY, Outcome};
use crate::things::Principal;

/// A body must be whole by then, counted from the end of its head.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
/// What a page may send: what AWS's own libraries do send.
const ALLOWED_HEADERS: &str = "authorization,content-type,x-amz-date,x-amz-security-token,x-amz-content-sha256,\
    x-amz-user-agent,amz-sdk-invocation-id,amz-sdk-request,x-amz-target,x-amz-mqtt5-user-properties,\
    x-amz-mqtt5-payload-format-indicator,x-amz-mqtt5-correlation-data";
const EXPOSED_HEADERS: &str = "x-amzn-requestid,x-amzn-errortype,date";

#[derive(Debug)]
pub(super) struct Calls {
    hub: Arc<Hub>,
    seed: u64,
    count: AtomicU64,
}

impl Calls {
    /// Made of the time as well, so that no identifier comes again after a restart.
    pub(super) fn new(hub: Arc<Hub>, seed: u64) -> Self {
        Self {
            seed: seed ^ (hub.now().wall.0 as u64).rotate_left(32),
            hub,
            count: AtomicU64::new(0),
        }
    }

    /// Written as a UUID, as AWS writes it.
    fn trace_id(&self) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let mut rng = Rng::new(self.seed ^ count);
        let (high, low) = (rng.next_u64(), rng.next_u64());
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }

    async fn carry_out(&self, request: Request) -> Result<Outcome, ApiError> {
        let (head, body) = request.into_parts();
        let body = tokio::time::timeout(BODY_TIMEOUT, read(body)).await;
        let body = body.unwrap_or(Err(ApiError::SlowBody))?;
        let (path, query) = (head.uri.path(), head.uri.query().unwrap_or_default());
        let call = Call::parse(head.method.as_str(), path, query, body)?;
        self.hub.call(&Principal::Anonymous, call).await
    }
}

/// Answers the calls and lets everything else pass. Whoever it is called by may use the backend.
pub(super) async fn intercept(
    State(calls): State<Arc<Calls>>,
    request: Request,
    next: Next,
) -> Response {
    if !api::is_call(request.uri().path()) {
        return next.run(request).await;
    }
    let is_page = request.headers().contains_key(ORIGIN);
    let trace_id = calls.trace_id();
    let mut response = if is_page && is_preflight(&request) {
        preflight()
    } else {
        response(Answer::new(calls.carry_out(request).await, &trace_id))
    };
    let headers = response.headers_mut();
    insert(headers, REQUEST_ID, &trace_id);
    if is_page {
        insert(headers, ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
    }
    response
}

/// Reads no further than the limit.
async fn read(body: Body) -> Result<Bytes, ApiError> {
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(ApiError::TooLarge);
    }
    let mut whole = BytesMut::new();
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| ApiError::BrokenBody)?;
        if whole.len() + chunk.len() > MAX_BODY {
            return Err(ApiError::TooLarge);
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

/// The browser's question whether a page may make the call that it is about to make.
fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

fn preflight() -> Response {
    let headers = [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET,POST,DELETE"),
        (ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS),
        (ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

fn response(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status);
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    insert(headers, CONTENT_TYPE, "application/json");
    if let Some(exception) = answer.exception {
        insert(headers, ERROR_TYPE, exception);
    }
    if let Some(allow) = answer.allow {
        insert(headers, ALLOW, allow);
    }
    response
}

/// Every value here is a header's: names and numbers of our own.
fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
