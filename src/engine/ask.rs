//! What the engine asks of the world beside its one link: an HTTP call, or whether a WebSocket opens. Each question
//! has a number, which comes back with its answer; an answer to a question of an earlier link is ignored.

use std::fmt;

use crate::auth::Question;

/// An HTTP call. May hold secrets in its URL, its headers and its body.
#[derive(Clone, PartialEq, Eq)]
pub struct Fetch {
    pub method: &'static str,
    pub url: String,
    /// By their names in lower case.
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// Only whether anybody answers: the answer's content stays hidden (`no-cors`).
    pub opaque: bool,
}

/// What came back, cut at 64 KiB. Its body may be keys.
#[derive(Clone, PartialEq, Eq)]
pub struct FetchAnswer {
    /// 0 for an opaque answer.
    pub status: u16,
    /// The header `date`, where it may be read.
    pub date: Option<String>,
    /// The header `x-amzn-errortype`, where it may be read.
    pub error_type: Option<String>,
    pub body: Vec<u8>,
}

impl FetchAnswer {
    /// What is read of a body, in bytes.
    pub const MAX_BODY: usize = 64 * 1024;
}

/// No answer: nobody there, not allowed, or not within ten seconds. The browser does not say which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAnswer;

/// A WebSocket that is opened only to see whether it opens, and closed at once.
#[derive(Clone, PartialEq, Eq)]
pub struct Knock {
    pub url: String,
    /// None: no subprotocol is offered.
    pub protocol: Option<&'static str>,
}

impl From<Question> for Fetch {
    fn from(question: Question) -> Self {
        Self {
            method: question.method,
            url: question.url,
            headers: question.headers,
            body: question.body,
            opaque: false,
        }
    }
}

impl fmt::Debug for Fetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetch")
            .field("method", &self.method)
            .field("opaque", &self.opaque)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for FetchAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FetchAnswer")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Knock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Knock")
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}
