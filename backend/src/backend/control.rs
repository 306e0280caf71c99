//! Carries out the calls of the control plane, and shows what there is in AWS IoT's shapes.

mod certificates;
mod policies;
mod rules;
mod search;
mod things;
mod types;

use gnomon::rng::Rng;
use gnomon::time::{Now, UnixMillis};
use serde_json::{Value, json};

use super::Backend;
use crate::api::{ApiError, ControlCall, Listed, Outcome};
use crate::things::certificates::CertificateId;

impl Backend {
    pub(super) fn control(&mut self, call: ControlCall, now: Now) -> Result<Outcome, ApiError> {
        match call {
            ControlCall::Thing(call) => self.thing_call(call, now),
            ControlCall::Type(call) => self.type_call(call, now),
            ControlCall::Certificate(call) => self.certificate_call(call, now),
            ControlCall::Policy(call) => self.policy_call(call, now),
            ControlCall::Rule(call) => self.rule_call(call, now),
            ControlCall::SearchIndex(search) => Ok(self.search(search, now)),
            ControlCall::DescribeEndpoint { host } => {
                Ok(Outcome::Document(json!({ "endpointAddress": host })))
            }
        }
    }

    /// The clock is in it, because the seed is the same after a restart.
    fn new_id(&mut self, now: Now) -> String {
        Rng::new(self.rng.next_u64() ^ now.wall.0 as u64).uuid()
    }

    fn check_certificate(&self, id: CertificateId) -> Result<(), ApiError> {
        let found = self.broker.things().certificates().get(id);
        found.map(|_| ()).ok_or(ApiError::NoCertificate(id))
    }
}

/// How the entries of a list and its next page are called: what the latter names is null on the last page.
type Names = [&'static str; 2];

fn list<T>(
    [entries, next]: Names,
    items: impl Iterator<Item = T>,
    size: usize,
    name: impl Fn(&T) -> String,
    show: impl Fn(&T) -> Value,
) -> Outcome {
    let listed = Listed::first(items, size);
    let shown: Vec<_> = listed.items.iter().map(show).collect();
    Outcome::Document(json!({ entries: shown, next: listed.next_token(name) }))
}

/// Seconds with their fraction, as the aws CLI reads times.
fn seconds(time: UnixMillis) -> Value {
    json!(time.0 as f64 / 1000.0)
}

fn nothing() -> Outcome {
    Outcome::Document(json!({}))
}
