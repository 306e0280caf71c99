//! The broker that a person chose, and the session with it.

use std::time::Duration;

use super::Output;
use super::command::{ConnectRequest, Way};
use super::frame::{LinkState, LinkView, SubscriptionView};
use crate::location::pattern::{DEFAULT_PATTERNS, PatternError, TopicPattern};
use crate::mqtt::limits::KEEP_ALIVE;
use crate::mqtt::session::{self, Config, LinkFault, Phase, Session};
use crate::rng::Rng;
use crate::shadow::topics::Operation;
use crate::time::{Instant, Now, UnixMillis};
use crate::topic::TopicFilter;

pub(super) struct Link {
    pub(super) url: String,
    pub(super) client_id: String,
    pub(super) patterns: Vec<TopicPattern>,
    pub(super) session: Session,
}

impl Link {
    pub(super) fn new(request: ConnectRequest, rng: &mut Rng, now: Instant) -> Self {
        let client_id = match request.client_id.trim() {
            "" => format!("gnomon-{:06x}", rng.below(1 << 24)),
            given => given.to_owned(),
        };
        let (url, user_name, password) = match request.way {
            Way::Broker {
                url,
                user_name,
                password,
            } => (url, user_name, password),
            Way::AwsKeys { .. } | Way::Cognito { .. } | Way::Authorizer { .. } => {
                (String::new(), None, None)
            }
        };
        let patterns = patterns(&request.locations);
        let typed = request.filters.iter();
        let typed: Result<Vec<_>, _> = typed.map(|text| TopicFilter::new(text.trim())).collect();
        let locations = patterns.iter().flatten().map(TopicPattern::filter);
        let config = Config {
            client_id: client_id.clone(),
            user_name: user_name.filter(|name| !name.is_empty()),
            password: password.map(String::into_bytes),
            keep_alive: keep_alive(request.keep_alive),
            clean_session: true,
            filters: locations
                .cloned()
                .chain(shadow_filters())
                .chain(typed.iter().flatten().cloned())
                .collect(),
            left_out: request.left_out,
        };
        let mut session = Session::new(config, rng.next_u64(), now);
        let url = url.trim().to_owned();
        let wrong = patterns.as_ref().err().map(ToString::to_string);
        let wrong = wrong.or_else(|| typed.err().map(|error| error.to_string()));
        match wrong {
            _ if host_of(&url).is_none() => session.handle_refused(LinkFault::BadUrl, now),
            Some(error) => session.handle_refused(LinkFault::Unsendable(error), now),
            None => session.connect(now),
        }
        Self {
            url,
            client_id,
            patterns: patterns.unwrap_or_default(),
            session,
        }
    }

    /// Tries again at once, where trying can help.
    pub(super) fn reconnect(&mut self, now: Instant) {
        match self.session.phase() {
            Phase::Failed {
                fault: LinkFault::BadUrl | LinkFault::Unsendable(_),
            } => {}
            _ => self.session.reconnect(now),
        }
    }

    pub(super) fn poll_output(&mut self, writable: bool) -> Option<Output> {
        Some(match self.session.poll_output(writable)? {
            session::Output::Open => Output::Open {
                url: self.url.clone(),
            },
            session::Output::Send(bytes) => Output::Send(bytes),
            session::Output::Close => Output::Close,
        })
    }

    pub(super) fn describe(&self, view: &mut LinkView, now: Now) {
        view.state = self.state(now);
        view.host = host_of(&self.url).unwrap_or(&self.url).to_owned();
        view.url.clone_from(&self.url);
        view.client_id = self.session.client_id().to_owned();
        view.taken_over = self.session.taken_over().map(ToOwned::to_owned);
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
                messages_per_second: 0,
            })
            .collect();
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

/// Host and port of a `ws://` or `wss://` URL.
fn host_of(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("ws") && !scheme.eq_ignore_ascii_case("wss") {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_host_and_never_shows_a_password() {
        assert_eq!(host_of("ws://127.0.0.1:8083/mqtt"), Some("127.0.0.1:8083"));
        assert_eq!(
            host_of("WSS://me:secret@iot.example.net?x=1"),
            Some("iot.example.net")
        );
        for bad in [
            "",
            "ws://",
            "http://a",
            "mqtt://a:1883",
            "127.0.0.1",
            "ws:/a",
            "wss:///mqtt",
        ] {
            assert_eq!(host_of(bad), None, "{bad}");
        }
    }

    #[test]
    fn asks_for_thirteen_filters() {
        let filters = shadow_filters().count();
        assert_eq!(filters + patterns(&[]).unwrap().len(), 13);
    }
}
