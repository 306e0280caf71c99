//! The steps of the newest attempt, in the order in which they happen: as far as it came, and where it stopped.

use std::time::Duration;

use crate::auth::SignInFault;
use crate::engine::frame::SubscriptionState;
use crate::mqtt::session::{LinkFault, Phase, Trace};

use super::case::Case;
use super::{ConnectStep, Outcome, StepView};

/// A step without what is told of it, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Address,
    Clock,
    Credentials,
    Socket,
    Connect,
    Subscribe,
    KeepAlive,
}

const PLACES: [Place; 7] = [
    Place::Address,
    Place::Clock,
    Place::Credentials,
    Place::Socket,
    Place::Connect,
    Place::Subscribe,
    Place::KeepAlive,
];

/// Nothing before the first attempt, and after a person left.
pub(super) fn steps(case: &Case<'_>) -> Vec<StepView> {
    let Some((reached, outcome)) = reached(case) else {
        return Vec::new();
    };
    let mut steps = Vec::new();
    for place in PLACES {
        if let Some(step) = step(place, case) {
            let outcome = match place.cmp(&reached) {
                std::cmp::Ordering::Less => Outcome::Done,
                std::cmp::Ordering::Equal => outcome,
                std::cmp::Ordering::Greater => Outcome::NotYet,
            };
            let took = took(place, outcome, case.trace);
            steps.push(StepView {
                step,
                outcome,
                took_ms: took.map(|took| took.as_millis() as u32),
            });
        }
        if place == Place::Subscribe {
            steps.extend(refusals(case));
        }
    }
    steps
}

/// The step that the newest attempt came to, and what became of it.
fn reached(case: &Case<'_>) -> Option<(Place, Outcome)> {
    let running = |place| Some((place, Outcome::Running));
    let sign_in = case.link.sign_in.as_ref();
    match case.phase {
        Phase::Idle => None,
        Phase::Opening if sign_in.is_some_and(|it| it.renewing && it.until.is_none()) => {
            running(Place::Credentials)
        }
        Phase::Opening => running(Place::Socket),
        Phase::Connecting => running(Place::Connect),
        Phase::Up if case.filters(SubscriptionState::Asked).is_empty() => {
            Some((Place::KeepAlive, Outcome::Done))
        }
        Phase::Up => running(Place::Subscribe),
        Phase::Waiting { fault, .. } | Phase::Failed { fault } => {
            Some((stopped(fault, case.trace), Outcome::Failed))
        }
    }
}

/// The step at which a fault ends an attempt.
fn stopped(fault: &LinkFault, trace: &Trace) -> Place {
    match fault {
        LinkFault::BadUrl | LinkFault::MixedContent => Place::Address,
        LinkFault::SignIn(SignInFault::Clock(_)) => Place::Clock,
        LinkFault::SignIn(_) => Place::Credentials,
        LinkFault::Unreachable => Place::Socket,
        LinkFault::NoConnack | LinkFault::Refused(_) => Place::Connect,
        LinkFault::Silent => Place::KeepAlive,
        LinkFault::Closed(_)
        | LinkFault::TakenOver
        | LinkFault::Malformed(_)
        | LinkFault::Unsendable(_) => match trace {
            Trace { opened: None, .. } => Place::Socket,
            Trace { accepted: None, .. } => Place::Connect,
            Trace {
                subscribed: None, ..
            } => Place::Subscribe,
            _ => Place::KeepAlive,
        },
    }
}

/// None where it does not apply.
fn step(place: Place, case: &Case<'_>) -> Option<ConnectStep> {
    let sign_in = case.link.sign_in;
    Some(match place {
        Place::Address => ConnectStep::Address {
            secure: case
                .link
                .url
                .get(..4)
                .is_some_and(|it| it.eq_ignore_ascii_case("wss:")),
        },
        Place::Clock => {
            let offset_ms = match case.fault() {
                Some(LinkFault::SignIn(SignInFault::Clock(ahead))) => Some(*ahead),
                _ => Some(sign_in?.clock_offset_ms?),
            };
            ConnectStep::Clock { offset_ms }
        }
        Place::Credentials => {
            let refused = matches!(
                case.phase,
                Phase::Failed {
                    fault: LinkFault::SignIn(_)
                } | Phase::Waiting {
                    fault: LinkFault::SignIn(_),
                    ..
                }
            );
            if sign_in.is_none() && !refused {
                return None;
            }
            let until = sign_in.and_then(|sign_in| sign_in.until);
            ConnectStep::Credentials { until }
        }
        Place::Socket => ConnectStep::Socket,
        Place::Connect => ConnectStep::Connect {
            client_id: case.link.client_id.clone(),
        },
        Place::Subscribe => {
            let count = |state| case.filters(state).len() as u32;
            let all = case.link.subscriptions.len() as u32;
            ConnectStep::Subscribe {
                granted: count(SubscriptionState::Granted) + count(SubscriptionState::GrantedQoS0),
                asked: all - count(SubscriptionState::LeftOut),
            }
        }
        Place::KeepAlive => ConnectStep::KeepAlive,
    })
}

/// Filters that did not go through, where there are some.
fn refusals(case: &Case<'_>) -> Option<StepView> {
    let closing = case.filters(SubscriptionState::SetAside).len();
    let refused = match case.phase {
        Phase::Up => case.filters(SubscriptionState::Refused).len(),
        _ => 0,
    };
    let close_code = case.close_code().filter(|_| closing > 0);
    (closing + refused > 0).then(|| StepView {
        step: ConnectStep::Refusals {
            filters: (closing + refused) as u32,
            close_code,
        },
        outcome: Outcome::Failed,
        took_ms: None,
    })
}

fn took(place: Place, outcome: Outcome, trace: &Trace) -> Option<Duration> {
    match (place, outcome) {
        (Place::Socket, Outcome::Done) => trace.opened,
        (Place::Connect, Outcome::Done) => trace.accepted,
        (Place::Subscribe, Outcome::Done) => trace.subscribed,
        (Place::Connect, Outcome::Failed) => {
            Some(trace.lost?.saturating_sub(trace.opened.unwrap_or_default()))
        }
        (Place::Socket | Place::Subscribe | Place::KeepAlive, Outcome::Failed) => trace.lost,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::case::Failure;
    use super::super::examine::Found;
    use super::*;
    use crate::engine::frame::{LinkView, SignInView, SubscriptionView};
    use crate::time::{Instant, UnixMillis};

    const MS: Duration = Duration::from_millis(1);

    /// The outcomes of a link in this phase: `D`one, `F`ailed, `R`unning, `-` not yet.
    fn outcomes(link: &LinkView, phase: &Phase, trace: &Trace) -> String {
        let steps = look(link, phase, trace, None);
        let outcome = |step: &StepView| match step.outcome {
            Outcome::Done => 'D',
            Outcome::Failed => 'F',
            Outcome::Running => 'R',
            Outcome::NotYet => '-',
        };
        steps.iter().map(outcome).collect()
    }

    fn look(
        link: &LinkView,
        phase: &Phase,
        trace: &Trace,
        failure: Option<&Failure>,
    ) -> Vec<StepView> {
        steps(&Case {
            link,
            phase,
            trace,
            failure,
            found: Found::default(),
        })
    }

    fn waiting(fault: LinkFault) -> Phase {
        let until = Instant(9);
        Phase::Waiting { fault, until }
    }

    fn link(states: &[SubscriptionState]) -> LinkView {
        let subscription = |&state| SubscriptionView {
            filter: "a".to_owned(),
            state,
            messages_per_second: 0,
        };
        LinkView {
            url: "WSS://h/".to_owned(),
            client_id: "desk".to_owned(),
            subscriptions: states.iter().map(subscription).collect(),
            ..LinkView::default()
        }
    }

    fn trace(times: [Option<u32>; 4]) -> Trace {
        let [opened, accepted, subscribed, lost] = times.map(|time| Some(MS * time?));
        Trace {
            opened,
            accepted,
            subscribed,
            lost,
            ..Trace::default()
        }
    }

    #[test]
    fn an_attempt_goes_from_step_to_step() {
        let asked = link(&[SubscriptionState::Asked]);
        let granted = link(&[SubscriptionState::Granted]);
        let none = trace([None; 4]);
        assert_eq!(outcomes(&asked, &Phase::Idle, &none), "");
        assert_eq!(outcomes(&asked, &Phase::Opening, &none), "DR---");
        assert_eq!(outcomes(&asked, &Phase::Connecting, &none), "DDR--");
        assert_eq!(outcomes(&asked, &Phase::Up, &none), "DDDR-");
        assert_eq!(outcomes(&granted, &Phase::Up, &none), "DDDDD");
        assert_eq!(outcomes(&link(&[]), &Phase::Up, &none), "DDDDD");
    }

    #[test]
    fn the_first_failure_is_the_last_step_that_was_taken() {
        let link = link(&[SubscriptionState::Asked]);
        let check = |fault: LinkFault, times, expected: &str| {
            let outcomes = outcomes(&link, &waiting(fault.clone()), &trace(times));
            assert_eq!(outcomes, expected, "{fault:?} {times:?}");
        };
        let (opened, accepted) = (
            [Some(1), None, None, Some(2)],
            [Some(1), Some(1), None, Some(2)],
        );
        let stood = [Some(1), Some(1), Some(1), Some(2)];
        check(LinkFault::BadUrl, [None; 4], "F----");
        check(LinkFault::MixedContent, [None; 4], "F----");
        check(LinkFault::Unreachable, [None; 4], "DF---");
        check(LinkFault::Unsendable(String::new()), [None; 4], "DF---");
        check(LinkFault::Unsendable(String::new()), opened, "DDF--");
        check(LinkFault::NoConnack, opened, "DDF--");
        check(LinkFault::Refused(5), opened, "DDF--");
        check(LinkFault::Malformed(String::new()), opened, "DDF--");
        check(LinkFault::Closed(1006), accepted, "DDDF-");
        check(LinkFault::Closed(1006), stood, "DDDDF");
        check(LinkFault::TakenOver, stood, "DDDDF");
        check(LinkFault::Silent, stood, "DDDDF");
    }

    #[test]
    fn keys_and_clock_are_steps_where_there_are_some() {
        let mut link = link(&[]);
        let none = trace([None; 4]);
        let clock = LinkFault::SignIn(SignInFault::Clock(-400_000));
        let steps = look(&link, &waiting(clock.clone()), &none, None);
        let offset_ms = Some(-400_000);
        assert_eq!(steps[1].step, ConnectStep::Clock { offset_ms });
        assert_eq!(outcomes(&link, &waiting(clock), &none), "DF-----");
        let keys = LinkFault::SignIn(SignInFault::Expired);
        assert_eq!(outcomes(&link, &waiting(keys.clone()), &none), "DF----");
        link.sign_in = Some(SignInView {
            renewing: true,
            ..SignInView::default()
        });
        assert_eq!(outcomes(&link, &Phase::Opening, &none), "DR----");
        let until = Some(UnixMillis(7));
        link.sign_in = Some(SignInView {
            until,
            clock_offset_ms: Some(400),
            renewing: true,
        });
        assert_eq!(outcomes(&link, &Phase::Opening, &none), "DDDR---");
        let steps = look(&link, &waiting(keys), &none, None);
        assert_eq!(steps[2].step, ConnectStep::Credentials { until });
        assert_eq!(steps[2].outcome, Outcome::Failed);
    }

    #[test]
    fn each_step_has_its_own_time() {
        let link = link(&[SubscriptionState::Granted]);
        let times = |phase: &Phase, trace| {
            let steps = look(&link, phase, &trace, None);
            steps.iter().map(|step| step.took_ms).collect::<Vec<_>>()
        };
        let stood = trace([Some(84), Some(131), Some(52), Some(9000)]);
        let all = [None, Some(84), Some(131), Some(52), None];
        assert_eq!(times(&Phase::Up, stood), all);
        let silent = [None, Some(84), Some(131), Some(52), Some(9000)];
        assert_eq!(times(&waiting(LinkFault::Silent), stood), silent);
        let refused = trace([Some(84), None, None, Some(100)]);
        let expected = [None, Some(84), Some(16), None, None];
        assert_eq!(times(&waiting(LinkFault::Refused(4)), refused), expected);
    }

    #[test]
    fn filters_that_did_not_go_through_are_a_step_of_their_own() {
        use SubscriptionState::{Granted, LeftOut, Refused, SetAside};
        let closed = Failure {
            fault: LinkFault::Closed(1006),
            trace: trace([Some(1), Some(1), None, Some(42)]),
        };
        let none = trace([None; 4]);
        let steps = look(
            &link(&[Granted, SetAside, Refused, LeftOut]),
            &Phase::Up,
            &none,
            Some(&closed),
        );
        let subscribe = ConnectStep::Subscribe {
            granted: 1,
            asked: 3,
        };
        assert_eq!(steps[3].step, subscribe);
        let refusals = StepView {
            step: ConnectStep::Refusals {
                filters: 2,
                close_code: Some(1006),
            },
            outcome: Outcome::Failed,
            took_ms: None,
        };
        assert_eq!(steps[4], refusals);
        assert_eq!(steps[5].outcome, Outcome::Done);
        let steps = look(&link(&[Refused]), &Phase::Up, &none, Some(&closed));
        let close_code = None;
        assert_eq!(
            steps[4].step,
            ConnectStep::Refusals {
                filters: 1,
                close_code
            }
        );
        assert_eq!(outcomes(&link(&[Refused]), &Phase::Opening, &none), "DR---");
    }
}
