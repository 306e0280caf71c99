//! What the doctor remembers of a link between two looks, and what the engine tells and asks through it.

use super::case::{Case, Failure};
use super::examine::{Examination, Found};
use super::policy::{self, Holder, Statement};
use super::{DoctorView, PolicyView, address::Address, finding, steps};
use crate::engine::Output;
use crate::engine::frame::{LinkView, SubscriptionState};
use crate::mqtt::session::{LinkFault, Phase, Session};
use crate::time::{Instant, UnixMillis};

/// Of the present link. A new one gets a new record.
#[derive(Debug, Default)]
pub(in crate::engine) struct Record {
    failure: Option<Failure>,
    /// None: not examined since the link last stood.
    examination: Option<Examination>,
}

impl Record {
    /// Looks at what became of the session. To be called after everything that happens to it.
    pub(in crate::engine) fn note(&mut self, session: &Session) {
        match session.phase() {
            Phase::Waiting { fault, .. } | Phase::Failed { fault } => {
                let trace = *session.trace();
                let known = self.failure.as_ref();
                if known.is_none_or(|it| it.trace != trace || it.fault != *fault) {
                    let fault = fault.clone();
                    self.failure = Some(Failure { fault, trace });
                }
            }
            Phase::Up => self.examination = None,
            Phase::Idle => *self = Self::default(),
            Phase::Opening | Phase::Connecting => {}
        }
    }

    /// Whether questions could tell more, and none were asked since the link last stood.
    pub(in crate::engine) fn wants_examination(&self, session: &Session) -> bool {
        self.examination.is_none() && self.is_unreachable(session)
    }

    /// Asks anew, where questions could tell more.
    pub(in crate::engine) fn examine(
        &mut self,
        session: &Session,
        url: &str,
        now: Instant,
        number: impl FnMut() -> u32,
    ) -> Vec<Output> {
        if !self.is_unreachable(session) {
            return Vec::new();
        }
        let Some((examination, outputs)) = Examination::begin(url, now, number) else {
            return Vec::new();
        };
        self.examination = Some(examination);
        outputs
    }

    pub(in crate::engine) fn answered(&mut self, id: u32, yes: bool) {
        if let Some(examination) = &mut self.examination {
            examination.answered(id, yes);
        }
    }

    /// `began` is when the newest attempt began.
    pub(in crate::engine) fn view(
        &self,
        session: &Session,
        link: &LinkView,
        began: UnixMillis,
        now: Instant,
    ) -> DoctorView {
        let examination = self.examination.as_ref();
        let case = Case {
            link,
            phase: session.phase(),
            trace: session.trace(),
            failure: self.failure.as_ref(),
            found: examination.map_or_else(Found::default, Examination::found),
        };
        DoctorView {
            at: began,
            steps: steps::steps(&case),
            finding: finding::finding(&case),
            policy: policy_of(&case),
            examining: examination.is_some_and(|it| it.is_running(now)),
        }
    }

    /// Only there the browser hides the cause, and anything is left to be asked.
    fn is_unreachable(&self, session: &Session) -> bool {
        let stands = matches!(session.phase(), Phase::Idle | Phase::Up);
        let fault = self.failure.as_ref().map(|failure| &failure.fault);
        !stands && fault == Some(&LinkFault::Unreachable)
    }
}

fn policy_of(case: &Case<'_>) -> PolicyView {
    let link = case.link;
    let address = Address::parse(&link.url);
    let holder = Holder {
        // Not the one that it gave way to for now.
        client_id: link.taken_over.as_ref().unwrap_or(&link.client_id),
        region: address.and_then(|address| address.region()),
    };
    let wanted = link.subscriptions.iter();
    let wanted = wanted.filter(|it| it.state != SubscriptionState::LeftOut);
    let filters: Vec<_> = wanted.map(|it| it.filter.as_str()).collect();
    PolicyView {
        missing: missing(case, holder),
        whole: policy::whole(holder, &filters),
    }
}

/// What the first failure says is not allowed.
fn missing(case: &Case<'_>, holder: Holder<'_>) -> Option<String> {
    let mut filters = case.filters(SubscriptionState::SetAside);
    filters.extend(case.filters(SubscriptionState::Refused));
    let statement = match case.fault() {
        Some(LinkFault::NoConnack | LinkFault::Refused(5)) => Statement::Connect,
        _ if !filters.is_empty() => Statement::Listen(&filters),
        _ => Statement::Publish(case.link.publish_refused.as_deref()?),
    };
    Some(policy::statement(holder, &statement))
}
