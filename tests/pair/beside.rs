//! What the engine has beside its link: files that outlive it, and the backend's own HTTP calls.

use std::collections::HashMap;

use bytes::Bytes;
use gnomon::engine::ask::{Fetch, FetchAnswer, NoAnswer};
use gnomon::time::Now;
use gnomon_backend::api::{Answer, Call, Plane, Request};
use gnomon_backend::backend::Backend;
use gnomon_backend::signatures::{Keys, Signed};
use gnomon_backend::things::Principal;

#[derive(Default)]
pub(crate) struct Beside {
    /// None: the browser gives no storage.
    pub(crate) files: Option<HashMap<String, Bytes>>,
    /// How often a file was written.
    pub(crate) writes: u32,
    /// Nobody answers HTTP.
    pub(crate) is_down: bool,
    /// Who may call; None: everybody.
    pub(crate) keys: Option<Keys>,
    /// The addresses that were asked.
    pub(crate) asked: Vec<String>,
    /// What was sent to them: method, path and body.
    pub(crate) sent: Vec<(&'static str, String, String)>,
    /// Answers of somebody else to calls whose method and path begin so; the longest beginning counts.
    pub(crate) canned: Vec<(&'static str, FetchAnswer)>,
}

impl Beside {
    pub(crate) fn recall(&self, place: &str) -> Option<Bytes> {
        let files = self.files.as_ref()?;
        Some(files.get(place).cloned().unwrap_or_default())
    }

    /// False when nothing can be kept.
    pub(crate) fn remember(&mut self, place: String, bytes: Bytes) -> bool {
        self.writes += 1;
        let kept = self.files.as_mut().map(|files| files.insert(place, bytes));
        kept.is_some()
    }

    pub(crate) fn fetch(
        &mut self,
        fetch: &Fetch,
        backend: &mut Backend,
        now: Now,
    ) -> Result<FetchAnswer, NoAnswer> {
        self.asked.push(fetch.url.clone());
        if self.is_down {
            return Err(NoAnswer);
        }
        let (_, rest) = fetch.url.split_once("://").ok_or(NoAnswer)?;
        let (host, target) = rest.split_at(rest.find('/').ok_or(NoAnswer)?);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if let Some(keys) = &self.keys {
            let headers = fetch.headers.iter().map(|(name, value)| (*name, &**value));
            let headers: Vec<_> = headers.chain([("host", host)]).collect();
            let signed = Signed {
                method: fetch.method,
                path,
                query,
                headers: &headers,
                body: &fetch.body,
            };
            if let Err(error) = keys.verify(signed, Plane::Control, now.wall) {
                return Ok(FetchAnswer {
                    status: 403,
                    date: None,
                    error_type: Some("ForbiddenException".to_owned()),
                    body: error.to_string().into_bytes(),
                });
            }
        }
        let body = String::from_utf8_lossy(&fetch.body).into_owned();
        let target = fetch.method.to_owned() + " " + path;
        self.sent.push((fetch.method, path.to_owned(), body));
        let canned = self.canned.iter();
        let canned = canned.filter(|(of, _)| target.starts_with(of));
        let canned = canned.max_by_key(|(of, _)| of.len());
        if let Some((_, answer)) = canned {
            return Ok(answer.clone());
        }
        let body = Bytes::from(fetch.body.clone());
        let answer = call(backend, fetch.method, path, query, body, now);
        Ok(FetchAnswer {
            status: answer.status,
            date: None,
            error_type: answer.exception.map(str::to_owned),
            body: answer.body[..answer.body.len().min(FetchAnswer::MAX_BODY)].to_vec(),
        })
    }
}

pub(crate) fn call(
    backend: &mut Backend,
    method: &str,
    path: &str,
    query: &str,
    mut body: Bytes,
    now: Now,
) -> Answer {
    if method == "POST" && body.is_empty() {
        body = Bytes::from_static(b"{}");
    }
    let call = Call::parse(&Request {
        method,
        path,
        query,
        body,
        ..Request::default()
    });
    let result = call.and_then(|call| backend.handle_call(&Principal::Inside, call, now).0);
    Answer::new(result, "trace")
}
