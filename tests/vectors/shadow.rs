//! Scenarios of the shadow service: what a client publishes or asks over HTTP, and what must come of it. Knows the
//! format of the vectors, and not what they are played against.

use std::cell::Cell;

use gnomon::message::{Message, QoS};
use serde_json::Value;

use crate::Verdict;
use crate::world::{Answer, HttpRequest, Outcome, Stop, World};

/// Plays one scenario in a world that holds no shadow yet.
pub(crate) fn judge(vector: &Value, world: impl FnOnce() -> Result<World, String>) -> Verdict {
    let mut scenario = match world() {
        Ok(world) => Scenario::new(world),
        Err(reason) => return Verdict::Failed(reason),
    };
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

struct Scenario {
    world: World,
    /// The time of each publish or HTTP step.
    moments: Vec<Moment>,
    /// What the latest of those steps published.
    messages: Vec<Message>,
    /// What the latest HTTP step answered.
    answer: Option<Answer>,
}

/// When a step was carried out, in seconds: as well as it is known.
struct Moment {
    began: i64,
    ended: i64,
    /// The second that stands in the metadata, once it was seen.
    stamp: Cell<Option<i64>>,
}

impl Moment {
    fn fits_metadata(&self, second: i64) -> bool {
        match self.stamp.get() {
            Some(stamp) => second == stamp,
            None => {
                self.stamp.set(Some(second));
                (self.began..=self.ended).contains(&second)
            }
        }
    }

    /// A message's own time may be a second later than that in the metadata.
    fn fits_message(&self, second: i64) -> bool {
        (self.stamp.get().unwrap_or(self.began)..=self.ended).contains(&second)
    }
}

impl Scenario {
    fn new(world: World) -> Self {
        Self {
            world,
            moments: Vec::new(),
            messages: Vec::new(),
            answer: None,
        }
    }

    fn take(&mut self, step: &Value) -> Result<(), Stop> {
        if let Some(topic) = step["publish"].as_str() {
            let payload = match step["payload_raw"].as_str() {
                Some(raw) => raw.as_bytes().to_vec(),
                None => step["payload"].to_string().into_bytes(),
            };
            return self.act(|world| world.publish(topic, &payload));
        }
        if let Some(http) = step.get("http") {
            let request = HttpRequest {
                method: http["method"].as_str().unwrap_or_default(),
                path: http["path"].as_str().unwrap_or_default(),
                body: match &http["body"] {
                    Value::Null => Vec::new(),
                    Value::String(raw) => raw.as_bytes().to_vec(),
                    json => json.to_string().into_bytes(),
                },
            };
            return self.act(|world| world.ask(&request));
        }
        if let Some(expected) = step.get("expect_http") {
            return Ok(self.check_answer(expected)?);
        }
        Ok(self.check_messages(step)?)
    }

    fn act(&mut self, act: impl FnOnce(&mut World) -> Result<Outcome, Stop>) -> Result<(), Stop> {
        let outcome = act(&mut self.world)?;
        self.moments.push(Moment {
            began: outcome.began,
            ended: outcome.ended,
            stamp: Cell::new(None),
        });
        self.messages = outcome.messages;
        self.answer = outcome.answer;
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
        let headers = expected["headers"].as_object().into_iter().flatten();
        for (name, expected) in headers.filter(|(name, _)| self.world.answers_with(name)) {
            let found = answer.headers.iter().find(|(found, _)| found == name);
            let (_, value) = found.ok_or_else(|| format!("there is no header {name}"))?;
            self.compare(expected, &Value::from(value.as_str()), name)?;
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
                self.fits_placeholder(pattern, actual, place)
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

    fn fits_placeholder(&self, pattern: &str, actual: &Value, place: &str) -> bool {
        if let Some(prefix) = pattern.strip_prefix("$PREFIX:") {
            return actual.as_str().is_some_and(|text| text.starts_with(prefix));
        }
        if let Some(step) = pattern
            .strip_prefix("$T")
            .and_then(|n| n.parse::<usize>().ok())
        {
            let moment = step.checked_sub(1).and_then(|step| self.moments.get(step));
            return match (moment, actual.as_i64()) {
                (Some(moment), Some(second)) if is_of_message(place) => moment.fits_message(second),
                (Some(moment), Some(second)) => moment.fits_metadata(second),
                _ => false,
            };
        }
        match pattern {
            "$ANY" => true,
            "$ANY_INT" => actual.is_i64() || actual.is_u64(),
            text => actual == text,
        }
    }
}

/// Whether this is the time of a whole message, and not one of its metadata. No topic holds a dot.
fn is_of_message(place: &str) -> bool {
    let (_, keys) = place.split_once('.').unwrap_or_default();
    keys == "timestamp"
}
