//! What a signed link needs before it opens and while it stands: keys, the time, and why an attempt was refused, which
//! a browser does not say. Says what to do next; knows no session and sends nothing.

use std::time::Duration;

use super::ask::{Fetch, FetchAnswer, NoAnswer};
use super::frame::SignInView;
use crate::auth::attempt;
use crate::auth::clock::Clock;
use crate::auth::cognito::{self, Answer, Cognito};
use crate::auth::endpoint::Endpoint;
use crate::auth::registry::{self, Page};
use crate::auth::rules::{self, RulesCall};
use crate::auth::way::Keys;
use crate::auth::{Question, SignInFault};
use crate::mqtt::limits::CONNECT_TIMEOUT;
use crate::time::{Instant, Now, UnixMillis};

/// Keys that end sooner are renewed.
const AHEAD: Duration = Duration::from_secs(5 * 60);

/// Before a renewal that failed is tried again, the first time; it doubles up to sixteen times as long.
const RENEW_AGAIN: Duration = Duration::from_secs(15);

/// What comes next.
pub(super) enum Next {
    Nothing,
    Ask(u32, Fetch),
    /// For the attempt that waits for it. A secret.
    Open(String),
    /// There is no point in the attempt that waits, or in the one after.
    Refuse(SignInFault),
    /// What made the last attempt fail was put right.
    TryAgain,
}

pub(super) struct Signed {
    endpoint: Endpoint,
    /// None: Cognito was not asked yet.
    keys: Option<Keys>,
    /// Where the keys come from, unless a person gave them.
    cognito: Option<Cognito>,
    clock: Clock,
    pending: Option<Pending>,
    renew_at: Instant,
    failed_renewals: u32,
    series: Series,
    /// The link stood at least once: AWS knows the keys.
    proved: bool,
}

/// Attempts that failed one after the other.
#[derive(Default)]
struct Series {
    /// How often AWS was asked why: once, and once more after something was put right.
    inquiries: u32,
    amended: bool,
}

struct Pending {
    id: u32,
    what: What,
    asked: Now,
    deadline: Instant,
}

enum What {
    Keys {
        /// An attempt waits for them.
        opening: bool,
    },
    Reason,
}

impl Signed {
    pub(super) fn with_keys(endpoint: Endpoint, keys: Keys) -> Self {
        Self::new(endpoint, Some(keys), None)
    }

    pub(super) fn with_cognito(endpoint: Endpoint, cognito: Cognito) -> Self {
        Self::new(endpoint, None, Some(cognito))
    }

    fn new(endpoint: Endpoint, keys: Option<Keys>, cognito: Option<Cognito>) -> Self {
        Self {
            endpoint,
            keys,
            cognito,
            clock: Clock::default(),
            pending: None,
            renew_at: Instant::default(),
            failed_renewals: 0,
            series: Series::default(),
            proved: false,
        }
    }

    /// An attempt that began at `began` wants its URL.
    pub(super) fn open(&mut self, began: Instant, now: Now, numbers: &mut u32) -> Next {
        if !self.wants_keys(now) {
            return self.url(now);
        }
        let deadline = began + CONNECT_TIMEOUT;
        if let Some(Pending {
            what: What::Keys { opening },
            deadline: until,
            ..
        }) = &mut self.pending
        {
            (*opening, *until) = (true, deadline);
            return Next::Nothing;
        }
        self.ask_keys(true, deadline, now, numbers)
    }

    /// The link stands.
    pub(super) fn handle_up(&mut self, now: Now, numbers: &mut u32) -> Next {
        self.series = Series::default();
        self.proved = true;
        match self.renew_at() {
            Some(at) if now.instant >= at => {
                self.ask_keys(false, now.instant + CONNECT_TIMEOUT, now, numbers)
            }
            _ => Next::Nothing,
        }
    }

    /// An attempt did not even come to an open socket.
    pub(super) fn handle_unreachable(&mut self, now: Now, numbers: &mut u32) -> Next {
        let Series { inquiries, amended } = self.series;
        let (Some(keys), None) = (&self.keys, &self.pending) else {
            return Next::Nothing;
        };
        if inquiries > u32::from(amended) {
            return Next::Nothing;
        }
        self.series.inquiries += 1;
        let time = self.clock.corrected(now.wall);
        match attempt::signed_question(&self.endpoint, keys, time) {
            Some(question) => {
                let deadline = now.instant + CONNECT_TIMEOUT;
                self.ask(What::Reason, question, deadline, now, numbers)
            }
            None => Next::Nothing,
        }
    }

    /// A person asks for another attempt, and with it for another explanation.
    pub(super) fn forgive(&mut self) {
        self.series = Series::default();
    }

    pub(super) fn handle_answer(
        &mut self,
        id: u32,
        answer: Result<FetchAnswer, NoAnswer>,
        now: Now,
        numbers: &mut u32,
    ) -> Next {
        let Some(pending) = self.pending.take_if(|pending| pending.id == id) else {
            return Next::Nothing;
        };
        let date = answer.as_ref().ok().and_then(|it| it.date.as_deref());
        let wrong = date.is_some_and(|date| self.clock.learn(date, pending.asked, now));
        match pending.what {
            What::Reason => answer.map_or(Next::Nothing, |answer| self.judge(&answer, wrong)),
            What::Keys { opening } => {
                let deadline = pending.deadline;
                self.take_keys(answer, opening, deadline, now, numbers)
            }
        }
    }

    /// Gives up what was not answered.
    pub(super) fn handle_timeout(&mut self, now: Now, numbers: &mut u32) -> Next {
        match &self.pending {
            Some(pending) if now.instant >= pending.deadline => {
                self.handle_answer(pending.id, Err(NoAnswer), now, numbers)
            }
            _ => Next::Nothing,
        }
    }

    /// `is_up`: whether the link stands, for it is then that keys are renewed.
    pub(super) fn poll_timeout(&self, is_up: bool) -> Option<Instant> {
        let pending = self.pending.as_ref().map(|pending| pending.deadline);
        pending.or_else(|| self.renew_at().filter(|_| is_up))
    }

    /// A page of the registry's names. None without keys, and where a page may not ask.
    pub(super) fn list_things(&self, page: &Page, now: Now) -> Option<Question> {
        let time = self.clock.corrected(now.wall);
        registry::signed_question(&self.endpoint, self.keys.as_ref()?, page, time)
    }

    /// A call of the API of rules. None without keys, and where a page may not ask.
    pub(super) fn call_rules(&self, call: &RulesCall, now: Now) -> Option<Question> {
        let time = self.clock.corrected(now.wall);
        rules::signed_question(&self.endpoint, self.keys.as_ref()?, call, time)
    }

    pub(super) fn region(&self) -> &str {
        &self.endpoint.region
    }

    pub(super) fn view(&self) -> SignInView {
        let until = self.keys.as_ref().and_then(|keys| keys.expires_at);
        let offset = self.clock.offset_ms();
        let asks = matches!(&self.pending, Some(it) if matches!(it.what, What::Keys { .. }));
        SignInView {
            // On this device's clock, by which it is shown.
            until: until.map(|end| UnixMillis(end.0.saturating_add(offset.unwrap_or_default()))),
            clock_offset_ms: offset,
            renewing: asks || self.failed_renewals > 0,
        }
    }

    /// None while keys are on their way, and where they cannot be had anew.
    fn renew_at(&self) -> Option<Instant> {
        let can = self.cognito.is_some() && self.keys.is_some() && self.pending.is_none();
        can.then_some(self.renew_at)
    }

    fn wants_keys(&self, now: Now) -> bool {
        self.cognito.is_some()
            && (self.keys.is_none() || now.instant >= self.renew_at || !self.has_good_keys(now))
    }

    fn has_good_keys(&self, now: Now) -> bool {
        let time = self.clock.corrected(now.wall);
        let keys = self.keys.as_ref();
        keys.is_some_and(|keys| keys.expires_at.is_none_or(|end| time < end))
    }

    fn url(&self, now: Now) -> Next {
        match &self.keys {
            Some(keys) if self.has_good_keys(now) => {
                let time = self.clock.corrected(now.wall);
                Next::Open(attempt::signed_url(&self.endpoint, keys, time))
            }
            _ => Next::Refuse(SignInFault::Expired),
        }
    }

    fn ask_keys(&mut self, opening: bool, deadline: Instant, now: Now, numbers: &mut u32) -> Next {
        match self.cognito.as_ref().map(Cognito::question) {
            Some(question) => self.ask(What::Keys { opening }, question, deadline, now, numbers),
            None => Next::Nothing,
        }
    }

    fn ask(
        &mut self,
        what: What,
        question: Question,
        deadline: Instant,
        now: Now,
        numbers: &mut u32,
    ) -> Next {
        *numbers += 1;
        self.pending = Some(Pending {
            id: *numbers,
            what,
            asked: now,
            deadline,
        });
        Next::Ask(*numbers, question.into())
    }

    fn take_keys(
        &mut self,
        answer: Result<FetchAnswer, NoAnswer>,
        opening: bool,
        deadline: Instant,
        now: Now,
        numbers: &mut u32,
    ) -> Next {
        let said = match (&answer, &mut self.cognito) {
            (Ok(answer), Some(cognito)) => cognito.handle_answer(as_answer(answer)),
            _ => Err(SignInFault::CognitoUnreachable),
        };
        match said {
            Ok(None) => return self.ask_keys(opening, deadline, now, numbers),
            Ok(Some(keys)) => {
                // By a clock that was set meanwhile they may have ended: that is no reason to ask without end.
                self.renew_at = now.instant + self.good_for(&keys, now).max(RENEW_AGAIN);
                self.keys = Some(keys);
                self.failed_renewals = 0;
            }
            Err(fault) => {
                self.renew_at = now.instant + RENEW_AGAIN * (1 << self.failed_renewals.min(4));
                self.failed_renewals += 1;
                // What was given before may still do.
                if opening && !self.has_good_keys(now) {
                    return Next::Refuse(fault);
                }
            }
        }
        match opening {
            true => self.url(now),
            false => Next::Nothing,
        }
    }

    /// Keys that live shorter than is usual are renewed in the middle of their life.
    fn good_for(&self, keys: &Keys, now: Now) -> Duration {
        let end = keys.expires_at.unwrap_or_default();
        let life = end.0.saturating_sub(self.clock.corrected(now.wall).0);
        let life = Duration::from_millis(u64::try_from(life).unwrap_or_default());
        life.saturating_sub(AHEAD).max(life / 2)
    }

    /// What AWS says over HTTP to the same keys. `wrong`: what was signed before cannot have been accepted.
    fn judge(&mut self, answer: &FetchAnswer, wrong: bool) -> Next {
        let amended = self.series.amended;
        if wrong && !amended {
            self.series.amended = true;
            return Next::TryAgain;
        }
        // 404 and its like are answers to somebody who is known.
        if !matches!(answer.status, 401 | 403) {
            return Next::Nothing;
        }
        let (name, message) = cognito::error_of(as_answer(answer));
        if wrong || is_about_time(&name, &message) {
            self.series.amended = true;
            return match self.clock.offset_ms() {
                Some(offset) if amended => Next::Refuse(SignInFault::Clock(offset)),
                Some(_) => Next::TryAgain,
                None => Next::Refuse(SignInFault::Expired),
            };
        }
        if name.starts_with("ExpiredToken") {
            return self.handle_expired();
        }
        // Keys that opened a link before are good; they may not read the shadow that was asked for.
        if self.proved && (name.starts_with("Forbidden") || name.starts_with("AccessDenied")) {
            return Next::Nothing;
        }
        Next::Refuse(SignInFault::KeysRefused(match name.is_empty() {
            true => "403 Forbidden".to_owned(),
            false => name,
        }))
    }

    fn handle_expired(&mut self) -> Next {
        if self.cognito.is_none() || self.series.amended {
            return Next::Refuse(SignInFault::Expired);
        }
        self.keys = None;
        self.series.amended = true;
        Next::TryAgain
    }
}

/// AWS's words for a signature that was made at another time than now.
fn is_about_time(name: &str, message: &str) -> bool {
    let words = ["Signature expired", "Signature not yet current"];
    name.starts_with("RequestTimeTooSkewed") || words.iter().any(|it| message.starts_with(it))
}

fn as_answer(answer: &FetchAnswer) -> Answer<'_> {
    Answer {
        status: answer.status,
        error_type: answer.error_type.as_deref(),
        body: &answer.body,
    }
}
