//! The shadow service's end of a connection to somebody else's broker: a lasting session, the requests that come
//! by it, and the answers that wait to leave. Knows no socket, no clock and no shadow.

mod address;
mod outgoing;
#[cfg(test)]
mod tests;
mod trouble;

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use gnomon::message::Message;
use gnomon::mqtt::limits::{CONNECT_TIMEOUT, KEEP_ALIVE};
use gnomon::mqtt::session::{Config, Event, Phase, PublishError, Session, SubscriptionState};
use gnomon::shadow::service::Request;
use gnomon::shadow::topics::Operation;
use gnomon::time::Instant;
use gnomon::topic::TopicFilter;

pub use address::{AddressError, BrokerAddress};
pub use gnomon::mqtt::session::Output;

use crate::journal::Mark;
use outgoing::{Item, Outgoing};

/// Always the same, so that the broker keeps requests for as long as the service is away.
pub const CLIENT_ID: &str = "gnomon-shadows";

/// What the broker gets to answer SUBSCRIBE, as long as for CONNECT.
const SUBACK_TIMEOUT: Duration = CONNECT_TIMEOUT;
/// The time to the next attempt after a refusal: a person has to change something at the broker.
const AFTER_REFUSAL: Duration = Duration::from_secs(30);

/// How the service signs in.
#[derive(Clone, Default)]
pub struct Credentials {
    pub user_name: Option<String>,
    pub password: Option<Vec<u8>>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials { .. }")
    }
}

/// What a person should hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The link stands, and requests of every thing reach the service.
    Serving,
    /// Why it does not. Said again only when the reason changes.
    Trouble(String),
    /// What it does worse than it should. Said once.
    Warning(String),
    /// So many answers in all had to be dropped, because more waited than there is room for.
    Dropped(u64),
}

/// Its host calls `handle_*` for what happened, then takes [`Self::poll_output`] and [`Self::poll_notice`] until
/// they are empty, and arms a timer with [`Self::poll_timeout`].
#[derive(Debug)]
pub struct Uplink {
    session: Session,
    outgoing: Outgoing,
    /// The newest batch that is on disk.
    saved: Mark,
    serving: bool,
    leaving: bool,
    /// When to try again after a refusal, which the session itself takes for final.
    retry_at: Option<Instant>,
    /// What the transport said about the end of the connection.
    reason: Option<String>,
    said: Option<String>,
    warned: bool,
    notices: VecDeque<Notice>,
}

impl Uplink {
    /// Wants to connect at once. `seed` decides how the waits between attempts vary.
    pub fn new(credentials: Credentials, seed: u64, now: Instant) -> Self {
        let requests = Operation::REQUESTS
            .into_iter()
            .flat_map(Operation::filters_for_all_things);
        let config = Config {
            client_id: CLIENT_ID.to_owned(),
            user_name: credentials.user_name,
            password: credentials.password,
            keep_alive: KEEP_ALIVE,
            clean_session: false,
            filters: requests
                .filter_map(|filter| TopicFilter::new(&filter).ok())
                .collect(),
            left_out: Vec::new(),
        };
        let mut session = Session::new(config, seed, now);
        session.connect(now);
        Self {
            session,
            outgoing: Outgoing::default(),
            saved: Mark::NONE,
            serving: false,
            leaving: false,
            retry_at: None,
            reason: None,
            said: None,
            warned: false,
            notices: VecDeque::new(),
        }
    }

    /// The transport stands, TLS included.
    pub fn handle_opened(&mut self, now: Instant) {
        self.session.handle_opened(now);
    }

    /// The transport ended, or never came to be, for this reason.
    pub fn handle_closed(&mut self, reason: impl Into<String>, now: Instant) {
        /// As browsers call an end without a WebSocket's closing handshake.
        const ABNORMAL: u16 = 1006;
        self.reason = Some(reason.into());
        self.session.handle_closed(ABNORMAL, now);
        self.settle(now);
    }

    /// Bytes came. `answer` carries a request out: what is to be published, and the batch that must be on disk
    /// before anybody may see it.
    pub fn handle_bytes(
        &mut self,
        chunk: Bytes,
        now: Instant,
        mut answer: impl FnMut(Request<'_>) -> (Vec<Message>, Mark),
    ) {
        let outgoing = &mut self.outgoing;
        let leaving = self.leaving;
        self.session.handle_chunk(chunk, now, |publish| {
            if leaving {
                // Not acknowledged, it comes again when the service is back.
                return;
            }
            let mut mark = Mark::NONE;
            // A stored copy is no new request. A repeated one (DUP) is carried out again: nobody can tell whether
            // it was carried out before the link or this process broke off, and at least once is what is promised.
            if !publish.retain
                && let Some(request) = Request::from_message(publish.topic, publish.payload)
            {
                let answers;
                (answers, mark) = answer(request);
                outgoing.extend(answers, mark);
            }
            // Behind its answers in the stream: when the broker forgets the request, it has them.
            if let Some(id) = publish.packet_id {
                outgoing.push(Item::Taken(id), mark);
            }
        });
        self.settle(now);
    }

    /// Publishes for the service, once the batch `mark` is on disk and the link stands.
    pub fn publish(&mut self, message: Message, mark: Mark, now: Instant) {
        self.outgoing.push(Item::Answer(message), mark);
        self.settle(now);
    }

    /// Everything up to this batch is on disk.
    pub fn handle_saved(&mut self, saved: Mark, now: Instant) {
        self.saved = saved;
        self.settle(now);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.retry_at.is_some_and(|at| now >= at) {
            self.retry_at = None;
            // A person may have changed the broker's mind meanwhile.
            let set_aside = self.filters(SubscriptionState::SetAside);
            for filter in set_aside.into_iter().map(str::to_owned).collect::<Vec<_>>() {
                self.session.try_filter(&filter, now);
            }
            self.session.connect(now);
        }
        self.session.handle_timeout(now);
        self.settle(now);
    }

    /// When [`Self::handle_timeout`] is due.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let timeouts = [
            self.session.poll_timeout(),
            self.retry_at,
            self.suback_due(),
        ];
        timeouts.into_iter().flatten().min()
    }

    /// What the host must do to the socket. While it is not `writable`, only opening and closing.
    pub fn poll_output(&mut self, writable: bool, now: Instant) -> Option<Output> {
        self.fill(now);
        if writable && self.leaving && self.outgoing.is_empty() {
            self.session.disconnect(now);
        }
        self.session.poll_output(writable)
    }

    pub fn poll_notice(&mut self) -> Option<Notice> {
        self.notices.pop_front()
    }

    /// Takes no more requests; says DISCONNECT once every answer has left, and stays away. The broker keeps the
    /// session, and the requests that come meanwhile.
    pub fn leave(&mut self, now: Instant) {
        self.leaving = true;
        self.settle(now);
    }

    /// Whether it is gone for good.
    pub fn has_left(&self) -> bool {
        self.leaving && *self.session.phase() == Phase::Idle
    }

    fn settle(&mut self, now: Instant) {
        while let Some(event) = self.session.poll_event() {
            if matches!(event, Event::Lost(_)) {
                self.serving = false;
                self.outgoing.forget_taken();
            }
        }
        if self.leaving && *self.session.phase() != Phase::Up {
            self.retry_at = None;
            self.session.disconnect(now);
        }
        match self.session.phase() {
            Phase::Up if !self.serving => self.look_at_subscriptions(now),
            Phase::Waiting { fault, .. } => self.say(trouble::words(fault, self.reason.as_deref())),
            Phase::Failed { fault } => {
                self.retry_at.get_or_insert(now + AFTER_REFUSAL);
                self.say(trouble::words(fault, None));
            }
            Phase::Idle | Phase::Opening | Phase::Connecting | Phase::Up => self.reason = None,
        }
        self.fill(now);
        let dropped = self.outgoing.take_dropped();
        self.notices.extend(dropped.map(Notice::Dropped));
    }

    /// All six are asked for in one SUBSCRIBE, so that their answers come together.
    fn look_at_subscriptions(&mut self, now: Instant) {
        if !self.filters(SubscriptionState::Asked).is_empty() {
            if self.suback_due().is_some_and(|due| now >= due) {
                self.give_up("it let the service in but did not answer SUBSCRIBE", now);
            }
            return;
        }
        let mut refused = self.filters(SubscriptionState::Refused);
        refused.extend(self.filters(SubscriptionState::SetAside));
        if !refused.is_empty() {
            // Half a service would surprise more than none.
            let words = format!("it refuses the subscription to {}", refused.join(", "));
            return self.give_up(words, now);
        }
        self.serving = true;
        self.said = None;
        self.notices.push_back(Notice::Serving);
        let lowered = self.filters(SubscriptionState::GrantedQoS0);
        if !lowered.is_empty() && !self.warned {
            let words = format!(
                "it grants only QoS 0 for {}: requests that come while the service is away are lost",
                lowered.join(", ")
            );
            self.notices.push_back(Notice::Warning(words));
            self.warned = true;
        }
    }

    fn filters(&self, wanted: SubscriptionState) -> Vec<&str> {
        let subscriptions = self.session.subscriptions();
        subscriptions
            .filter(|(_, state)| *state == wanted)
            .map(|(filter, _)| filter.as_str())
            .collect()
    }

    fn suback_due(&self) -> Option<Instant> {
        let waits = *self.session.phase() == Phase::Up && !self.serving;
        waits.then(|| self.session.since() + SUBACK_TIMEOUT)
    }

    /// Leaves a broker that there is no service with, to try again later.
    fn give_up(&mut self, words: impl Into<String>, now: Instant) {
        self.say(words.into());
        self.session.disconnect(now);
        self.outgoing.forget_taken();
        self.retry_at = Some(now + AFTER_REFUSAL);
    }

    fn say(&mut self, words: String) {
        // An expired certificate's error tells the time.
        let letters = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "");
        let known = self.said.as_deref().map(letters);
        if known.as_ref() != Some(&letters(&words)) {
            self.notices.push_back(Notice::Trouble(words.clone()));
            self.said = Some(words);
        }
    }

    /// Gives the session what it takes of that which is on disk, in order.
    fn fill(&mut self, now: Instant) {
        while let Some(item) = self.outgoing.due(self.saved) {
            match item {
                Item::Taken(id) => self.session.acknowledge(*id, now),
                Item::Answer(answer) => {
                    let Message {
                        topic,
                        payload,
                        qos,
                        ..
                    } = answer;
                    match self.session.publish(topic.as_str(), payload, *qos, now) {
                        Err(PublishError::NotConnected | PublishError::Full) => return,
                        // What cannot be written at all must not hold up the rest.
                        Ok(_) | Err(PublishError::Wire(_)) => {}
                    }
                }
            }
            self.outgoing.pop();
        }
    }
}
