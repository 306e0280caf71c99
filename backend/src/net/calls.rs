//! The calls of the HTTP port: bodies within bounds, CORS, and answers with AWS IoT's headers. What a call means,
//! [`crate::api`] knows.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ALLOW, CONTENT_TYPE, HOST, ORIGIN,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use gnomon::rng::Rng;

use super::access::host_of;
use super::hub::Hub;
use super::listeners::Serving;
use super::{Config, issue, objects, rulebook, signed};
use crate::api::{self, Answer, ApiError, Call, ControlCall, MAX_BODY, Outcome, Plane};
use crate::objects::Objects;
use crate::signatures::Keys;
use crate::things::Principal;
use crate::things::authority::Authority;

/// A body must be whole by then, counted from the end of its head.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
/// What a page may send: what AWS's own libraries do send.
const ALLOWED_HEADERS: &str = "authorization,cache-control,content-type,range,x-amz-date,x-amz-security-token,x-amz-content-sha256,\
    x-amz-user-agent,amz-sdk-invocation-id,amz-sdk-request,x-amz-target,x-amzn-principal,x-amzn-iot-principal,x-amzn-iot-policy,\
    x-amz-mqtt5-user-properties,x-amz-mqtt5-payload-format-indicator,x-amz-mqtt5-correlation-data";
/// Whom a call is about: its things, or its policies.
const PRINCIPALS: [&str; 2] = ["x-amzn-principal", "x-amzn-iot-principal"];
const POLICY: &str = "x-amzn-iot-policy";
const EXPOSED_HEADERS: &str = "x-amzn-requestid,x-amzn-errortype,date";

#[derive(Debug)]
pub(super) struct Calls {
    pub(super) hub: Arc<Hub>,
    authority: Arc<Authority>,
    pub(super) objects: Arc<Objects>,
    keys: Option<Arc<Keys>>,
    seed: u64,
    count: AtomicU64,
}

impl Calls {
    /// Made of the time as well, so that no identifier comes again after a restart.
    pub(super) fn new(serving: &Serving, config: &Config) -> Self {
        Self {
            hub: serving.hub.clone(),
            authority: serving.authority.clone(),
            objects: serving.objects.clone(),
            keys: config.keys.clone(),
            seed: config.seed ^ (serving.hub.now().wall.0 as u64).rotate_left(32),
            count: AtomicU64::new(0),
        }
    }

    /// By whom a request was made.
    pub(super) fn principal(
        &self,
        head: &Parts,
        body: &[u8],
        plane: Plane,
    ) -> Result<Principal, ApiError> {
        let keys = self.keys.as_deref();
        let principal = signed::principal(keys, head, body, plane, self.hub.now().wall);
        principal.map_err(|error| ApiError::Signature(error, plane))
    }

    pub(super) fn answer(&self, result: Result<Outcome, ApiError>) -> Response {
        let trace_id = self.trace_id();
        let mut response = response(Answer::new(result, &trace_id));
        insert(response.headers_mut(), REQUEST_ID, &trace_id);
        response
    }

    fn trace_id(&self) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        Rng::new(self.seed ^ count).uuid()
    }

    async fn carry_out(&self, request: Request, plane: Plane) -> Result<Outcome, ApiError> {
        let (head, body) = request.into_parts();
        let body = tokio::time::timeout(BODY_TIMEOUT, read(body)).await;
        let body = body.unwrap_or(Err(ApiError::SlowBody))?;
        let principal = self.principal(&head, &body, plane)?;
        let header = |name: &str| head.headers.get(name)?.to_str().ok();
        let call = Call::parse(&api::Request {
            method: head.method.as_str(),
            path: head.uri.path(),
            query: head.uri.query().unwrap_or_default(),
            host: header(HOST.as_str()).map_or("", host_of),
            principal: PRINCIPALS.iter().find_map(|name| header(name)),
            policy: header(POLICY),
            body,
        })?;
        match call {
            Call::Control(ControlCall::Certificate(call)) => {
                issue::carry_out(&self.hub, &self.authority, &principal, call).await
            }
            Call::Control(ControlCall::Rule(call)) => {
                rulebook::carry_out(&self.hub, &principal, call).await
            }
            call => self.hub.call(&principal, call).await,
        }
    }
}

/// Answers the calls and lets everything else pass. Whoever it is called by may use the backend.
pub(super) async fn intercept(
    State(calls): State<Arc<Calls>>,
    request: Request,
    next: Next,
) -> Response {
    let plane = api::plane(request.uri().path());
    let is_objects = objects::is_call(request.uri().path());
    if plane.is_none() && !is_objects {
        return next.run(request).await;
    }
    let is_page = request.headers().contains_key(ORIGIN);
    let mut response = match plane {
        _ if is_page && is_preflight(&request) => preflight(),
        Some(plane) if !is_objects => calls.answer(calls.carry_out(request, plane).await),
        _ => objects::answer(&calls, request).await,
    };
    if is_page {
        let headers = response.headers_mut();
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
        (ACCESS_CONTROL_ALLOW_METHODS, "GET,POST,PUT,PATCH,DELETE"),
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
pub(super) fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
