//! Carries out the calls that come over HTTP.

use bytes::Bytes;
use gnomon::message::Message;
use gnomon::shadow::error::ShadowError;
use gnomon::shadow::service::{Request, Via};
use gnomon::shadow::topics::{ShadowId, Verb};
use gnomon::time::Now;
use gnomon::topic::TopicName;

use super::Backend;
use crate::api::{ApiError, Call, DataCall, Listed, Outcome};
use crate::broker::Author;
use crate::journal::Mark;
use crate::things::Principal;

/// What came of a call, and the batch that its answer waits for.
type Answer = (Result<Outcome, ApiError>, Mark);

impl Backend {
    /// Carries a call out, if `principal` may make it. The answer may be given once the batch of the mark is saved.
    pub fn handle_call(&mut self, principal: &Principal, call: Call, now: Now) -> Answer {
        if let Err(error) = self.check(principal, &call) {
            return (Err(error), Mark::NONE);
        }
        let answer = match call {
            Call::Data(call) => self.data(principal, call, now),
            Call::Control(_) if self.uplink.is_some() => (Err(ApiError::NoBroker), Mark::NONE),
            Call::Control(call) => {
                let result = self.control(call, now);
                self.shown(result)
            }
        };
        self.run_fleet(now);
        answer
    }

    fn data(&mut self, principal: &Principal, call: DataCall, now: Now) -> Answer {
        match call {
            DataCall::Shadow {
                thing,
                shadow,
                verb,
                body,
            } => {
                let result = self.ask_over_http(&thing, shadow.as_deref(), verb, &body, now);
                self.shown(result.map(Outcome::Shadow))
            }
            DataCall::ListNamedShadowsForThing { thing, page } => {
                let names = self.shadows.names(&thing, page.after.as_deref());
                let names = Listed::first(names.map(str::to_owned), page.size);
                let now = now.wall;
                self.shown(Ok(Outcome::NamedShadows { names, now }))
            }
            DataCall::Publish(message) => self.publish(principal, &message, now),
            DataCall::ListRetainedMessages(_) | DataCall::GetRetainedMessage(_)
                if self.uplink.is_some() =>
            {
                (Err(ApiError::NoBroker), Mark::NONE)
            }
            DataCall::ListRetainedMessages(page) => {
                let messages = self.broker.retained_after(page.after.as_ref());
                let messages = Listed::first(messages.cloned(), page.size);
                self.shown(Ok(Outcome::RetainedMessages(messages)))
            }
            DataCall::GetRetainedMessage(topic) => self.shown(self.retained(&topic)),
        }
    }

    /// An answer that shows the present state, which may not be saved yet.
    fn shown(&self, result: Result<Outcome, ApiError>) -> Answer {
        (result, self.broker.mark())
    }

    fn ask_over_http(
        &mut self,
        thing: &str,
        shadow: Option<&str>,
        verb: Verb,
        body: &[u8],
        now: Now,
    ) -> Result<Bytes, ApiError> {
        let request = Request {
            id: ShadowId::new(thing, shadow)?,
            verb,
            body,
            via: Via::Http,
        };
        Ok(self.ask(request, 0, now)?)
    }

    /// Carries out a request that came without a connection, and publishes what is to be published. It went through
    /// so many rules.
    pub(super) fn ask(
        &mut self,
        request: Request<'_>,
        hops: u8,
        now: Now,
    ) -> Result<Bytes, ShadowError> {
        let response = self.carry_out(request, now);
        let mark = self.broker.mark();
        for message in response.messages {
            self.send_out(message, hops, mark, now);
        }
        response.answer
    }

    fn publish(&mut self, principal: &Principal, message: &Message, now: Now) -> Answer {
        let request = Request::from_message(message.topic.as_str(), &message.payload);
        if request.is_none() && self.uplink.is_some() {
            return (Err(ApiError::NoBroker), Mark::NONE);
        }
        let author = Author::Caller(principal);
        let Some(mark) = self.broker.publish_for_client(message, author, now) else {
            return (Err(ApiError::ReservedTopic), Mark::NONE);
        };
        match request {
            Some(request) => {
                // What came of it is told over MQTT only.
                let _ = self.ask(request, 0, now);
                self.shown(Ok(Outcome::Published))
            }
            None => (Ok(Outcome::Published), mark),
        }
    }

    fn retained(&self, topic: &TopicName) -> Result<Outcome, ApiError> {
        let retained = self.broker.retained(topic).cloned();
        let nothing = || ApiError::NothingRetained(topic.as_str().into());
        retained.map(Outcome::RetainedMessage).ok_or_else(nothing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Request;
    use crate::broker::Limits;
    use crate::uplink::{Credentials, Uplink};
    use gnomon::time::Instant;

    fn call(backend: &mut Backend, method: &str, path: &str, body: &'static str) -> Answer {
        let call = Call::parse(&Request {
            method,
            path,
            query: "retain=true",
            body: body.into(),
            ..Request::default()
        });
        backend.handle_call(&Principal::Anonymous, call.unwrap(), Now::default())
    }

    #[test]
    fn attached_to_another_broker_it_serves_shadows_only() {
        let uplink = Uplink::new(Credentials::default(), 1, Instant(0));
        let mut backend = Backend::new(Limits::default(), 1).with_uplink(uplink);
        for (method, path) in [
            ("POST", "/topics/a"),
            ("GET", "/retainedMessage/a"),
            ("GET", "/retainedMessage"),
        ] {
            let (result, _) = call(&mut backend, method, path, "");
            assert_eq!(result, Err(ApiError::NoBroker), "{path}");
        }
        let request = "/topics/$aws/things/lamp/shadow/update";
        assert!(
            call(&mut backend, "POST", request, r#"{"state":{}}"#)
                .0
                .is_ok()
        );
        assert!(
            call(&mut backend, "GET", "/things/lamp/shadow", "")
                .0
                .is_ok()
        );
    }

    #[test]
    fn an_answer_waits_for_what_it_tells_and_for_nothing_else() {
        let mut backend = Backend::new(Limits::default(), 1);
        backend.start_journal();
        let waits = |backend: &mut Backend, method, path, body| {
            let (result, mark) = call(backend, method, path, body);
            assert!(result.is_ok(), "{path}");
            mark != Mark::NONE
        };
        let request = "/topics/$aws/things/lamp/shadow/get";
        assert!(!waits(&mut backend, "POST", request, ""));
        let shadow = "/things/lamp/shadow";
        assert!(waits(&mut backend, "POST", shadow, r#"{"state":{}}"#));
        assert!(
            waits(&mut backend, "GET", shadow, ""),
            "it is not saved yet"
        );
        assert!(!waits(&mut backend, "POST", "/topics/$aws/rules/r/a", "x"));
        assert!(waits(&mut backend, "POST", "/topics/a", "kept"));
        let batch = backend.take_batch().unwrap();
        assert_eq!(batch.changes.len(), 2);
        assert!(waits(&mut backend, "GET", "/retainedMessage/a", ""));
        let deleted = call(&mut backend, "DELETE", shadow, "").1;
        assert!(deleted > batch.mark);
    }

    #[test]
    fn who_is_faster_than_the_disk_has_to_wait() {
        let mut backend = Backend::new(Limits::default(), 1);
        backend.start_journal();
        let publish = |backend: &mut Backend, count: usize| {
            for number in 0..count {
                let path = format!("/topics/r/{number}");
                assert!(call(backend, "POST", &path, "x").0.is_ok());
            }
        };
        publish(&mut backend, 1000);
        assert_eq!(backend.behind(), None);
        publish(&mut backend, 1001);
        let behind = backend.behind().unwrap();
        let batch = backend.take_batch().unwrap();
        assert_eq!((batch.mark, backend.behind()), (behind, None));
    }
}
