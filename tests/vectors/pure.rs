//! The shadow service as a value. Time is virtual and moves between steps, so that every time in a document is
//! really checked.

use gnomon::shadow::error::ShadowError;
use gnomon::shadow::service::{Limits, Request, Response, ShadowService, Via};
use gnomon::shadow::topics::{ShadowId, Verb};
use gnomon::time::UnixMillis;
use serde_json::Value;

use crate::world::{Answer, HttpRequest, Outcome, Stop};

pub(crate) struct Pure {
    service: ShadowService,
    now: UnixMillis,
    steps: i64,
}

impl Pure {
    pub(crate) fn new() -> Self {
        Self {
            service: ShadowService::new(Limits::default()),
            now: UnixMillis(1_795_400_000_750),
            steps: 0,
        }
    }

    pub(crate) fn publish(&mut self, topic: &str, payload: &[u8]) -> Outcome {
        self.advance();
        let mut outcome = self.nothing();
        if let Some(request) = Request::from_message(topic, payload) {
            outcome.messages = self.service.handle(request, self.now).messages;
        }
        outcome
    }

    /// Stands in for an HTTP listener: only the way from a method and a path to a request, and back to a status.
    pub(crate) fn ask(&mut self, http: &HttpRequest<'_>) -> Result<Outcome, Stop> {
        self.advance();
        let (path, query) = http.path.split_once('?').unwrap_or((http.path, ""));
        let path = path.replace("%3A", ":");
        let shadow = match query.split_once('=') {
            None => None,
            Some(("name", name)) if !name.contains(['&', '%']) => Some(name),
            Some(_) => return Err(Stop::NotHere("its query needs the HTTP listener")),
        };
        let thing = path
            .strip_prefix("/things/")
            .and_then(|path| path.strip_suffix("/shadow"));
        let Some(id) = thing.and_then(|thing| ShadowId::new(thing, shadow).ok()) else {
            return Err(Stop::NotHere("its path needs the HTTP listener"));
        };
        let verb = match http.method {
            "GET" => Verb::Get,
            "POST" => Verb::Update,
            "DELETE" => Verb::Delete,
            _ => {
                let answer = failure(405, "MethodNotAllowedException", Value::Null);
                return Ok(Outcome {
                    answer: Some(answer),
                    ..self.nothing()
                });
            }
        };
        let request = Request {
            id,
            verb,
            body: &http.body,
            via: Via::Http,
        };
        let Response { answer, messages } = self.service.handle(request, self.now);
        Ok(Outcome {
            messages,
            answer: Some(answered(answer.as_deref())?),
            ..self.nothing()
        })
    }

    fn advance(&mut self) {
        self.now = UnixMillis(self.now.0 + 2_400 + 700 * self.steps);
        self.steps += 1;
    }

    fn nothing(&self) -> Outcome {
        Outcome {
            began: self.now.seconds(),
            ended: self.now.seconds(),
            messages: Vec::new(),
            answer: None,
        }
    }
}

fn answered(answer: Result<&[u8], &ShadowError>) -> Result<Answer, String> {
    Ok(match answer {
        Ok(body) => Answer {
            status: 200,
            headers: Vec::new(),
            body: serde_json::from_slice(body).map_err(|error| error.to_string())?,
        },
        Err(error) => {
            let body = serde_json::json!({ "message": error.to_string() });
            failure(error.code(), error.exception(), body)
        }
    })
}

fn failure(status: u16, exception: &str, body: Value) -> Answer {
    Answer {
        status,
        headers: vec![("x-amzn-errortype".to_owned(), exception.to_owned())],
        body,
    }
}
