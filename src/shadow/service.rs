//! The shadow service as a pure value: a request goes in, its answer and the messages to publish come out.
//! It never sends. What it holds is in memory; its callers keep it on disk and decide who may ask.

mod counters;
mod record;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Bound;

use bytes::Bytes;

use crate::message::{Message, QoS};
use crate::shadow::document::ShadowDocument;
use crate::shadow::document::write::{self, Footer};
use crate::shadow::error::ShadowError;
use crate::shadow::merge;
use crate::shadow::patch::{Body, Patch};
use crate::shadow::service::counters::Counters;
use crate::shadow::topics::{Operation, ShadowId, ShadowTopic, Verb};
use crate::time::UnixMillis;
use crate::topic::TopicName;

/// The bounds of the service. The defaults are AWS IoT's, where it has one.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Desired and reported as compact JSON, in bytes.
    pub document_bytes: usize,
    /// Keys on the way from a section to a value.
    pub depth: usize,
    /// A longer body is refused unread.
    pub request_bytes: usize,
    /// Shadows in memory, and as many counters of deleted ones. Above it an update that would create one gets
    /// 500 and not 429: waiting and trying again, as 429 asks for, would not help.
    pub shadows: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 8 * 1024,
            depth: 8,
            request_bytes: 128 * 1024,
            shadows: 250_000,
        }
    }
}

/// A request as it came, its body unread.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub id: ShadowId<'a>,
    pub verb: Verb,
    pub body: &'a [u8],
    pub via: Via,
}

/// The way a request came. An HTTP client has its answer in its own response,
/// so a failure and the answer to a get are not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    Mqtt,
    Http,
}

impl<'a> Request<'a> {
    /// None where the topic is none of the service's requests. The service's own answers are none,
    /// and a retained copy must not be passed in: it is no new request.
    pub fn from_message(topic: &'a str, payload: &'a [u8]) -> Option<Self> {
        let ShadowTopic { id, operation } = ShadowTopic::parse(topic)?;
        let Operation::Request(verb) = operation else {
            return None;
        };
        Some(Self {
            id,
            verb,
            body: payload,
            via: Via::Mqtt,
        })
    }
}

/// What came of a request.
#[derive(Clone, Debug)]
pub struct Response {
    /// The body of the answer, for HTTP.
    pub answer: Result<Bytes, ShadowError>,
    /// To be published in this order: accepted, delta, documents; or rejected.
    pub messages: Vec<Message>,
}

/// Every shadow of every thing.
#[derive(Debug)]
pub struct ShadowService {
    limits: Limits,
    /// Each as its text, by `thing` or `thing/shadow` (no name holds a slash): a tree of values takes three times as
    /// much memory, and would have to be made for every shadow at the start.
    shadows: BTreeMap<Box<str>, Box<[u8]>>,
    counters: Counters,
    /// Shadows whose counters went before their time was over, or after it.
    forgotten: Vec<Box<str>>,
}

impl ShadowService {
    pub fn new(limits: Limits) -> Self {
        Self {
            counters: Counters::new(limits.shadows),
            limits,
            shadows: BTreeMap::new(),
            forgotten: Vec::new(),
        }
    }

    /// The document of a living shadow.
    pub fn document(&self, id: ShadowId<'_>) -> Option<ShadowDocument> {
        self.stored(&id.to_string()).ok()?
    }

    /// The document of a living shadow as JSON, with its delta.
    pub fn text(&self, id: ShadowId<'_>) -> Option<Vec<u8>> {
        let document = self.document(id)?;
        let footer = Footer::new(document.timestamp, None);
        Some(write::whole(&document, footer))
    }

    /// The names of a thing's named shadows in order, from the one behind `after` on, or from the first.
    pub fn names<'a>(
        &'a self,
        thing: &str,
        after: Option<&str>,
    ) -> impl Iterator<Item = &'a str> + use<'a> {
        let prefix = format!("{thing}/");
        let start = format!("{prefix}{}", after.unwrap_or_default());
        self.shadows
            .range::<str, _>((Bound::Excluded(&*start), Bound::Unbounded))
            .map_while(move |(key, _)| key.strip_prefix(&*prefix))
    }

    /// Carries a request out. Requests of one shadow are to be passed in the order of their arrival.
    pub fn handle(&mut self, request: Request<'_>, now: UnixMillis) -> Response {
        let body = match self.parse_body(request) {
            Ok(body) => body,
            Err(error) => return refusal(request, error, None),
        };
        let client_token = body.client_token.clone();
        let footer = Footer::new(now, client_token.as_deref());
        let accepted = match request.verb {
            Verb::Get => self.get(request.id, footer),
            Verb::Update => self.update(request.id, body, footer, now),
            Verb::Delete => self.delete(request.id, footer, now),
        };
        match accepted {
            Ok(outcome) => acceptance(request, outcome),
            Err(error) => refusal(request, error, client_token.as_deref()),
        }
    }

    /// Turns a request away unread, but for its client token.
    pub fn refuse(&self, request: Request<'_>, error: ShadowError) -> Response {
        let body = self.parse_body(request).unwrap_or_default();
        refusal(request, error, body.client_token.as_deref())
    }

    fn parse_body(&self, request: Request<'_>) -> Result<Body, ShadowError> {
        if request.body.len() > self.limits.request_bytes {
            return Err(ShadowError::TooLarge);
        }
        // An empty get or delete is the normal one; tools end it with a line feed.
        if request.verb != Verb::Update && request.body.trim_ascii().is_empty() {
            return Ok(Body::default());
        }
        Body::parse(request.body)
    }

    fn get(&self, id: ShadowId<'_>, footer: Footer<'_>) -> Result<Outcome, ShadowError> {
        let document = self.stored(&id.to_string())?;
        let document = document.ok_or_else(|| not_found(id))?;
        Ok(Outcome {
            accepted: write::whole(&document, footer),
            others: Vec::new(),
        })
    }

    fn update(
        &mut self,
        id: ShadowId<'_>,
        body: Body,
        footer: Footer<'_>,
        now: UnixMillis,
    ) -> Result<Outcome, ShadowError> {
        let (wanted, patch) = body.into_update(self.limits.depth)?;
        let key = id.to_string();
        let previous = self.stored(&key)?;
        let current = self.updated(&key, previous.as_ref(), wanted, &patch, now)?;
        let accepted = write::accepted(&patch, current.version, footer);
        let mut others = Vec::with_capacity(2);
        let delta = current.delta();
        if !delta.is_empty() {
            let delta = write::delta(&delta, current.version, footer);
            others.push((Operation::Delta, delta));
        }
        let documents = write::documents(previous.as_ref(), &current, footer);
        others.push((Operation::Documents, documents));
        self.counters.forget(&key);
        let text = write::kept(&current).into();
        self.shadows.insert(key.into(), text);
        Ok(Outcome { accepted, others })
    }

    /// The document that the update leads to, if nothing stands against it.
    fn updated(
        &self,
        key: &str,
        previous: Option<&ShadowDocument>,
        wanted: Option<u64>,
        patch: &Patch,
        now: UnixMillis,
    ) -> Result<ShadowDocument, ShadowError> {
        let version = match previous {
            Some(document) => document.version,
            None => self.counters.version(key, now),
        };
        if wanted.is_some_and(|wanted| wanted != version) {
            return Err(ShadowError::VersionConflict);
        }
        if previous.is_none() && self.shadows.len() >= self.limits.shadows {
            return Err(ShadowError::Internal);
        }
        // Documents hold whole seconds.
        let at = UnixMillis::from_seconds(now.seconds());
        let empty = ShadowDocument::default();
        let current = merge::merged(previous.unwrap_or(&empty), patch, version + 1, at);
        if merge::size(&current) > self.limits.document_bytes {
            return Err(ShadowError::TooLarge);
        }
        Ok(current)
    }

    fn delete(
        &mut self,
        id: ShadowId<'_>,
        footer: Footer<'_>,
        now: UnixMillis,
    ) -> Result<Outcome, ShadowError> {
        let key = id.to_string();
        let document = self.stored(&key)?.ok_or_else(|| not_found(id))?;
        self.shadows.remove(&*key);
        // The delete takes a version of its own, which the next update continues from.
        let gone = self.counters.keep(key.into(), document.version + 1, now);
        self.forgotten.extend(gone);
        Ok(Outcome {
            accepted: write::deleted(document.version, footer),
            others: Vec::new(),
        })
    }
}

/// The body of accepted, and the messages that follow it.
struct Outcome {
    accepted: Vec<u8>,
    others: Vec<(Operation, Vec<u8>)>,
}

fn not_found(id: ShadowId<'_>) -> ShadowError {
    ShadowError::NotFound(id.shadow().unwrap_or_else(|| id.thing()).into())
}

fn acceptance(request: Request<'_>, outcome: Outcome) -> Response {
    let accepted = Bytes::from(outcome.accepted);
    let mut messages = Vec::with_capacity(1 + outcome.others.len());
    if request.via == Via::Mqtt || request.verb != Verb::Get {
        let operation = Operation::Accepted(request.verb);
        messages.extend(message(request.id, operation, accepted.clone()));
    }
    for (operation, body) in outcome.others {
        messages.extend(message(request.id, operation, body.into()));
    }
    Response {
        answer: Ok(accepted),
        messages,
    }
}

fn refusal(request: Request<'_>, error: ShadowError, client_token: Option<&str>) -> Response {
    let mut messages = Vec::new();
    if request.via == Via::Mqtt {
        let operation = Operation::Rejected(request.verb);
        let body = write::rejected(&error, client_token);
        messages.extend(message(request.id, operation, body.into()));
    }
    Response {
        answer: Err(error),
        messages,
    }
}

/// Always Some: a topic made of valid names is a valid topic.
fn message(id: ShadowId<'_>, operation: Operation, payload: Bytes) -> Option<Message> {
    let topic = ShadowTopic { id, operation }.to_string();
    Some(Message {
        topic: TopicName::new(&topic).ok()?,
        payload,
        qos: QoS::AtLeastOnce,
        retain: false,
    })
}
