//! Scenarios of the shadow service: what a client publishes or asks over HTTP, and what must come of it.
//! Time is virtual and moves between steps, so that every time in a document is really checked.

use gnomon::message::{Message, QoS};
use gnomon::shadow::error::ShadowError;
use gnomon::shadow::service::{Limits, Request, ShadowService, Via};
use gnomon::shadow::topics::{ShadowId, Verb};
use gnomon::time::UnixMillis;
use serde_json::Value;

use crate::Verdict;

pub(crate) fn judge(vector: &Value) -> Verdict {
    let mut scenario = Scenario::new();
    let steps = vector["steps"].as_array().cloned().unwrap_or_default();
    for (index, step) in steps.iter().enumerate() {
        match scenario.take(step) {
            Ok(()) => {}
            Err(Stop::Failed(reason)) => {
                return Verdict::Failed(format!("step {}: {reason}", index + 1));
            }
            Err(Stop::NotHere(reason)) => return Verdict::NotRun(reason),
        }
    }
    match steps.is_empty() {
        true => Verdict::Failed("no steps".to_owned()),
        false => Verdict::Passed,
    }
}

enum Stop {
    Failed(String),
    NotHere(&'static str),
}

impl From<String> for Stop {
    fn from(reason: String) -> Self {
        Self::Failed(reason)
    }
}

struct Scenario {
    service: ShadowService,
    now: UnixMillis,
    /// The time of each publish or HTTP step, in seconds.
    times: Vec<i64>,
    /// What the latest of those steps published.
    messages: Vec<Message>,
    /// What the latest HTTP step answered.
    answer: Option<Answer>,
}

struct Answer {
    status: u16,
    exception: Option<&'static str>,
    body: Value,
}

impl Scenario {
    fn new() -> Self {
        Self {
            service: ShadowService::new(Limits::default()),
            now: UnixMillis(1_795_400_000_750),
            times: Vec::new(),
            messages: Vec::new(),
            answer: None,
        }
    }

    fn take(&mut self, step: &Value) -> Result<(), Stop> {
        if let Some(topic) = step["publish"].as_str() {
            self.advance();
            let payload = match step["payload_raw"].as_str() {
                Some(raw) => raw.as_bytes().to_vec(),
                None => step["payload"].to_string().into_bytes(),
            };
            if let Some(request) = Request::from_message(topic, &payload) {
                self.messages = self.service.handle(request, self.now).messages;
            }
            return Ok(());
        }
        if let Some(http) = step.get("http") {
            self.advance();
            return self.ask_http(http);
        }
        if let Some(expected) = step.get("expect_http") {
            return Ok(self.check_answer(expected)?);
        }
        Ok(self.check_messages(step)?)
    }

    fn advance(&mut self) {
        let step = self.times.len() as i64;
        self.now = UnixMillis(self.now.0 + 2_400 + 700 * step);
        self.times.push(self.now.seconds());
        self.messages.clear();
        self.answer = None;
    }

    /// Stands in for an HTTP listener: only the way from a method and a path to a request, and back to a status.
    fn ask_http(&mut self, http: &Value) -> Result<(), Stop> {
        let path = http["path"].as_str().unwrap_or_default();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
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
        let verb = match http["method"].as_str() {
            Some("GET") => Verb::Get,
            Some("POST") => Verb::Update,
            Some("DELETE") => Verb::Delete,
            _ => {
                self.answer = Some(Answer {
                    status: 405,
                    exception: Some("MethodNotAllowedException"),
                    body: Value::Null,
                });
                return Ok(());
            }
        };
        let body = match &http["body"] {
            Value::Null => Vec::new(),
            Value::String(raw) => raw.as_bytes().to_vec(),
            json => json.to_string().into_bytes(),
        };
        let request = Request {
            id,
            verb,
            body: &body,
            via: Via::Http,
        };
        let response = self.service.handle(request, self.now);
        self.messages = response.messages;
        self.answer = Some(answer(response.answer.as_deref())?);
        Ok(())
    }

    fn check_answer(&self, expected: &Value) -> Result<(), String> {
        let answer = self.answer.as_ref().ok_or("no HTTP request came before")?;
        if expected["status"] != answer.status {
            return Err(format!(
                "status {}, not {}",
                answer.status, expected["status"]
            ));
        }
        // The other headers belong to the HTTP listener.
        let exception = &expected["headers"]["x-amzn-errortype"];
        if !exception.is_null() && exception.as_str() != answer.exception {
            return Err(format!("{:?} is not {exception}", answer.exception));
        }
        match expected.get("body") {
            Some(body) => self.compare(body, &answer.body, "body"),
            None => Ok(()),
        }
    }

    fn check_messages(&self, step: &Value) -> Result<(), String> {
        for message in &self.messages {
            if message.retain || message.qos != QoS::AtLeastOnce {
                return Err(format!("{:?} is retained or not QoS 1", message.topic));
            }
        }
        let expected = step["expect"].as_array().ok_or("a step of unknown kind")?;
        for expected in expected {
            let topic = expected["topic"].as_str().unwrap_or_default();
            let payload = self.only_payload(topic)?;
            self.compare(&expected["payload"], &payload, topic)?;
        }
        let absent = step["absent"].as_array().into_iter().flatten();
        for topic in absent.filter_map(Value::as_str) {
            if self.on(topic).next().is_some() {
                return Err(format!("{topic} was published"));
            }
        }
        Ok(())
    }

    fn on(&self, topic: &str) -> impl Iterator<Item = &Message> {
        let messages = self.messages.iter();
        messages.filter(move |message| message.topic.as_str() == topic)
    }

    fn only_payload(&self, topic: &str) -> Result<Value, String> {
        let mut messages = self.on(topic);
        match (messages.next(), messages.next()) {
            (Some(message), None) => {
                serde_json::from_slice(&message.payload).map_err(|error| error.to_string())
            }
            (None, _) => Err(format!("{topic} was not published")),
            (Some(_), Some(_)) => Err(format!("{topic} was published twice")),
        }
    }

    /// Compares with placeholders; `place` says where in the message this is.
    fn compare(&self, expected: &Value, actual: &Value, place: &str) -> Result<(), String> {
        let fits = match (expected, actual) {
            (Value::String(pattern), _) if pattern.starts_with('$') => {
                self.fits_placeholder(pattern, actual)
            }
            (Value::Object(expected), Value::Object(actual)) => {
                let more_allowed = expected.get("$extra").is_some_and(|extra| extra == "any");
                for (key, expected) in expected.iter().filter(|(key, _)| *key != "$extra") {
                    let actual = actual.get(key);
                    let actual = actual.ok_or_else(|| format!("{place}.{key} is missing"))?;
                    self.compare(expected, actual, &format!("{place}.{key}"))?;
                }
                let known = |key: &&String| more_allowed || expected.contains_key(*key);
                actual.keys().all(|key| known(&key))
            }
            (Value::Array(expected), Value::Array(actual)) => {
                for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                    self.compare(expected, actual, &format!("{place}[{index}]"))?;
                }
                expected.len() == actual.len()
            }
            _ => expected == actual,
        };
        match fits {
            true => Ok(()),
            false => Err(format!("{place} is {actual}, not {expected}")),
        }
    }

    fn fits_placeholder(&self, pattern: &str, actual: &Value) -> bool {
        if let Some(prefix) = pattern.strip_prefix("$PREFIX:") {
            return actual.as_str().is_some_and(|text| text.starts_with(prefix));
        }
        if let Some(step) = pattern
            .strip_prefix("$T")
            .and_then(|n| n.parse::<usize>().ok())
        {
            // Virtual time stands still within a step, so that even the message's own time is exact.
            let time = step.checked_sub(1).and_then(|index| self.times.get(index));
            return time.is_some() && actual.as_i64() == time.copied();
        }
        match pattern {
            "$ANY" => true,
            "$ANY_INT" => actual.is_i64() || actual.is_u64(),
            text => actual == text,
        }
    }
}

fn answer(answer: Result<&[u8], &ShadowError>) -> Result<Answer, String> {
    Ok(match answer {
        Ok(body) => Answer {
            status: 200,
            exception: None,
            body: serde_json::from_slice(body).map_err(|error| error.to_string())?,
        },
        Err(error) => Answer {
            status: error.code(),
            exception: Some(error.exception()),
            body: serde_json::json!({ "message": error.to_string() }),
        },
    })
}
