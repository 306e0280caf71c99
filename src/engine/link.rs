//! The broker that a person chose, and the session with it.

use std::collections::VecDeque;
use std::time::Duration;

use super::Output;
use super::address::Address;
use super::ask::{FetchAnswer, NoAnswer};
use super::command::ConnectRequest;
use super::door::{Door, Entry};
use super::frame::{LinkState, LinkView, SubscriptionView};
use super::rates::Rates;
use super::signed::{Next, Signed};
use super::things::Registry;
use crate::auth::Question;
use crate::auth::endpoint::region_of;
use crate::auth::registry::{self, Page};
use crate::auth::rules::{self, RulesCall};
use crate::location::pattern::{DEFAULT_PATTERNS, PatternError, TopicPattern};
use crate::mqtt::limits::KEEP_ALIVE;
use crate::mqtt::session::{self, Config, LinkFault, Phase, Session};
use crate::rng::Rng;
use crate::shadow::topics::{Operation, Verb};
use crate::time::{Instant, Now, UnixMillis};
use crate::topic::TopicFilter;

pub(super) struct Link {
    /// Without what shows who comes.
    pub(super) url: String,
    pub(super) client_id: String,
    pub(super) patterns: Vec<TopicPattern>,
    pub(super) session: Session,
    pub(super) rates: Rates,
    door: Door,
    outputs: VecDeque<Output>,
}

impl Link {
    pub(super) fn new(request: ConnectRequest, rng: &mut Rng, now: Instant) -> Self {
        let client_id = match request.client_id.trim() {
            "" => format!("gnomon-{:06x}", rng.below(1 << 24)),
            given => given.to_owned(),
        };
        let entry = Entry::new(request.way);
        let patterns = patterns(&request.locations);
        let filters = filters(&patterns, &request.filters);
        let wrong = match (&entry.door, &patterns, &filters) {
            (Door::Shut(fault), ..) => Some(fault.clone()),
            (_, Err(error), _) => Some(LinkFault::Unsendable(error.to_string())),
            (.., Err(error)) => Some(LinkFault::Unsendable(error.clone())),
            _ => None,
        };
        let filters = filters.unwrap_or_default();
        let mut counted = filters.clone();
        counted.extend(stand_ins().map(|(other, _)| other));
        let rates = Rates::new(patterns.as_ref().map_or(0, Vec::len), &counted);
        let config = Config {
            client_id: client_id.clone(),
            user_name: entry.user_name,
            password: entry.password,
            keep_alive: keep_alive(request.keep_alive),
            clean_session: true,
            filters,
            left_out: request.left_out,
        };
        let mut session = Session::new(config, rng.next_u64(), now);
        stand_ins().for_each(|(other, filter)| session.stand_in(&other, &filter));
        let mut door = entry.door;
        match wrong {
            Some(fault) => {
                session.handle_refused(fault.clone(), now);
                door = Door::Shut(fault);
            }
            None => session.connect(now),
        }
        Self {
            url: entry.url,
            client_id,
            patterns: patterns.unwrap_or_default(),
            session,
            rates,
            door,
            outputs: VecDeque::new(),
        }
    }

    /// Tries again at once, where trying can help.
    pub(super) fn reconnect(&mut self, now: Instant) {
        if let Some(signed) = self.door.signed() {
            signed.forgive();
        }
        match (&self.door, self.session.phase()) {
            (Door::Shut(_), _) => {}
            // CONNECT cannot be written.
            (
                _,
                Phase::Failed {
                    fault: LinkFault::Unsendable(_),
                },
            ) => {}
            _ => self.session.reconnect(now),
        }
    }

    pub(super) fn handle_answer(
        &mut self,
        id: u32,
        answer: Result<FetchAnswer, NoAnswer>,
        now: Now,
        numbers: &mut u32,
    ) {
        let next = self.door.handle_answer(id, answer, now, numbers);
        self.take(next, now.instant);
    }

    /// `numbers` counts the questions that were asked.
    pub(super) fn handle_timeout(&mut self, now: Now, numbers: &mut u32) {
        if let Some(signed) = self.door.signed() {
            // Before the session's own limit, which knows no better than that nothing opened.
            let next = signed.handle_timeout(now, numbers);
            self.take(next, now.instant);
        }
        self.session.handle_timeout(now.instant);
    }

    /// Does what the session's state asks for. To be called last of all.
    pub(super) fn advance(&mut self, now: Now, numbers: &mut u32) {
        if let Some(signed) = self.door.signed() {
            let next = match self.session.phase() {
                Phase::Up => signed.handle_up(now, numbers),
                Phase::Waiting {
                    fault: LinkFault::Unreachable,
                    ..
                } => signed.handle_unreachable(now, numbers),
                _ => Next::Nothing,
            };
            self.take(next, now.instant);
        }
        while let Some(output) = self.session.poll_output(false) {
            match output {
                session::Output::Open => {
                    let next = self.door.open(self.session.since(), now, numbers);
                    self.take(next, now.instant);
                }
                session::Output::Send(bytes) => self.outputs.push_back(Output::Send(bytes)),
                session::Output::Close => self.outputs.push_back(Output::Close),
            }
        }
    }

    fn take(&mut self, next: Next, now: Instant) {
        let phase = self.session.phase();
        let (opening, waiting) = (
            *phase == Phase::Opening,
            matches!(phase, Phase::Waiting { .. }),
        );
        match next {
            Next::Ask(id, fetch) => self.outputs.push_back(Output::Fetch { id, fetch }),
            Next::Open(url) if opening => self.outputs.push_back(Output::Open { url }),
            Next::Refuse(fault) if opening || waiting => {
                self.session.handle_refused(LinkFault::SignIn(fault), now);
            }
            Next::TryAgain if waiting => self.session.connect(now),
            // The link came to stand, or a person left it.
            Next::Nothing | Next::Open(_) | Next::Refuse(_) | Next::TryAgain => {}
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let is_up = *self.session.phase() == Phase::Up;
        let signed = self.door.as_signed();
        let own = signed.and_then(|signed| signed.poll_timeout(is_up));
        [own, self.session.poll_timeout()]
            .into_iter()
            .flatten()
            .min()
    }

    pub(super) fn poll_output(&mut self, writable: bool) -> Option<Output> {
        if let Some(output) = self.outputs.pop_front() {
            return Some(output);
        }
        match self.session.poll_output(writable)? {
            session::Output::Send(bytes) => Some(Output::Send(bytes)),
            session::Output::Close => Some(Output::Close),
            // [`Self::advance`] has taken every one.
            session::Output::Open => None,
        }
    }

    pub(super) fn describe(&self, view: &mut LinkView, now: Now) {
        view.state = self.state(now);
        let address = Address::parse(&self.url);
        view.host = address.map_or(&*self.url, |it| it.authority).to_owned();
        view.url.clone_from(&self.url);
        view.client_id = self.session.client_id().to_owned();
        view.taken_over = self.session.taken_over().map(ToOwned::to_owned);
        view.sign_in = self.door.as_signed().map(Signed::view);
        view.since = wall_of(self.session.since(), now);
        view.latency_ms = self.session.latency();
        view.latency_p50_ms = self.session.latency_percentile(50);
        view.latency_p95_ms = self.session.latency_percentile(95);
        view.dropped += self.session.skipped();
        let subscriptions = self.session.subscriptions();
        view.subscriptions = subscriptions
            .map(|(filter, state)| SubscriptionView {
                filter: filter.as_str().to_owned(),
                state,
                messages_per_second: self.rates.of(filter),
            })
            .collect();
    }

    /// A page of the names that the registry of the other side holds. An error where there is none to ask.
    pub(super) fn list_things(&self, page: &Page, now: Now) -> Result<Question, Registry> {
        if let Some(signed) = self.door.as_signed() {
            return signed.list_things(page, now).ok_or(Registry::OutOfReach);
        }
        Ok(registry::question(&self.base()?, page))
    }

    /// A call of the API of rules. None where there is none that a page may ask.
    pub(super) fn call_rules(&self, call: &RulesCall, now: Now) -> Option<Question> {
        if let Some(signed) = self.door.as_signed() {
            return signed.call_rules(call, now);
        }
        Some(rules::question(&self.base().ok()?, call))
    }

    /// Where the other side answers calls that are not signed.
    fn base(&self) -> Result<String, Registry> {
        // Nobody but a holder of keys may ask AWS.
        if matches!(self.door, Door::Shut(_)) || self.is_aws() {
            return Err(Registry::None);
        }
        let base = Address::parse(&self.url).and_then(|address| address.of_http());
        let base = base.ok_or(Registry::OutOfReach)?;
        Ok(base.trim_end_matches('/').to_owned())
    }

    /// It is AWS IoT itself, and no stand-in.
    pub(super) fn is_aws(&self) -> bool {
        region_of(&self.url).is_some()
    }

    /// The AWS region that a person gave, or that the address names.
    pub(super) fn region(&self) -> Option<&str> {
        let signed = self.door.as_signed().map(Signed::region);
        signed.or_else(|| region_of(&self.url))
    }

    fn state(&self, now: Now) -> LinkState {
        match self.session.phase() {
            Phase::Idle => LinkState::Idle,
            Phase::Opening | Phase::Connecting => LinkState::Connecting,
            Phase::Up => LinkState::Connected,
            Phase::Waiting { fault, until } => LinkState::Disconnected {
                fault: fault.clone(),
                retry_at: wall_of(*until, now),
            },
            Phase::Failed { fault } => LinkState::Failed {
                fault: fault.clone(),
            },
        }
    }
}

/// A moment of the monotonic clock on the wall clock, to the tenth of a second, so that the two clocks' roundings
/// do not make it flicker.
pub(super) fn wall_of(instant: Instant, now: Now) -> UnixMillis {
    let difference = instant.0 as i64 - now.instant.0 as i64;
    UnixMillis((now.wall.0 + difference).div_euclid(100) * 100)
}

fn patterns(given: &[String]) -> Result<Vec<TopicPattern>, PatternError> {
    let defaults = DEFAULT_PATTERNS.iter().map(|text| TopicPattern::new(text));
    match given {
        [] => defaults.collect(),
        given => given.iter().map(|text| TopicPattern::new(text)).collect(),
    }
}

/// As much as AWS IoT takes for one.
fn keep_alive(seconds: u16) -> Duration {
    match seconds {
        0 => KEEP_ALIVE,
        given => Duration::from_secs(given.clamp(30, 1200).into()),
    }
}

fn shadow_filters() -> impl Iterator<Item = TopicFilter> {
    let texts = Operation::WATCHED
        .into_iter()
        .flat_map(Operation::filters_for_all_things);
    texts.filter_map(|text| TopicFilter::new(&text).ok())
}

/// What tells at least that a shadow changed, and the filter in whose place it is asked for.
fn stand_ins() -> impl Iterator<Item = (TopicFilter, String)> {
    let others = Operation::Accepted(Verb::Update).filters_for_all_things();
    let pairs = others
        .into_iter()
        .zip(Operation::Documents.filters_for_all_things());
    pairs.filter_map(|(other, filter)| Some((TopicFilter::new(&other).ok()?, filter)))
}

/// What is asked for: positions, then shadows, then what a person typed. The session asks for each once.
fn filters(
    patterns: &Result<Vec<TopicPattern>, PatternError>,
    typed: &[String],
) -> Result<Vec<TopicFilter>, String> {
    let locations = patterns.iter().flatten().map(TopicPattern::filter);
    let own = locations.cloned().chain(shadow_filters()).map(Ok);
    let typed = typed.iter().map(|text| {
        let text = text.trim();
        TopicFilter::new(text).map_err(|error| text.to_owned() + ": " + &error.to_string())
    });
    own.chain(typed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_for_thirteen_filters_and_those_that_were_typed() {
        let patterns = patterns(&[]);
        assert_eq!(filters(&patterns, &[]).unwrap().len(), 13);
        let typed = [" # ".to_owned(), "a/+".to_owned()];
        let all = filters(&patterns, &typed).unwrap();
        assert_eq!(all[13].as_str(), "#");
        assert_eq!(all[14].as_str(), "a/+");
        let error = filters(&patterns, &["a/b#".to_owned()]).unwrap_err();
        assert!(error.starts_with("a/b#: "), "{error}");
    }
}
