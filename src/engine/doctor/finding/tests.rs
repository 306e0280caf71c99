//! What each fault, address and answer leads to.

use super::super::case::Failure;
use super::*;
use crate::engine::frame::{LinkView, SubscriptionView};
use crate::time::Instant;
use std::time::Duration;

const QUICKLY: Duration = Duration::from_millis(3);

fn found(answers: Option<bool>, opens_bare: Option<bool>, opens_old: Option<bool>) -> Found {
    Found {
        answers,
        opens_bare,
        opens_old,
    }
}

fn never_opened(lost: Duration, close_code: Option<u16>) -> Trace {
    Trace {
        lost: Some(lost),
        close_code,
        ..Trace::default()
    }
}

fn check(url: &str, found: Found, expected: &[Cause]) {
    let trace = never_opened(QUICKLY, Some(1006));
    assert_eq!(unreachable(url, &trace, found), expected, "{url} {found:?}");
}

fn of_fault(fault: LinkFault) -> Finding {
    let link = LinkView {
        client_id: "desk".to_owned(),
        ..LinkView::default()
    };
    let trace = never_opened(QUICKLY, Some(1001));
    let phase = Phase::Waiting {
        fault: fault.clone(),
        until: Instant(9),
    };
    let failure = Failure { fault, trace };
    let case = Case {
        link: &link,
        phase: &phase,
        trace: &trace,
        failure: Some(&failure),
        found: Found::default(),
    };
    let found = finding(&case).unwrap();
    // It stays while the next attempt runs, and is gone when that succeeds.
    let trace = Trace::default();
    for phase in [Phase::Opening, Phase::Connecting] {
        let next = Case {
            phase: &phase,
            trace: &trace,
            ..case
        };
        assert_eq!(finding(&next).as_ref(), Some(&found));
    }
    for phase in [Phase::Up, Phase::Idle] {
        let phase = &phase;
        assert_eq!(finding(&Case { phase, ..case }), None);
    }
    found
}

#[test]
fn an_address_alone_says_what_is_likely() {
    use Cause::{Name, NoWebSocket, Refused, Tls};
    let none = Found::default();
    check("ws://127.0.0.1:9/", none, &[Refused, NoWebSocket]);
    check("ws://nothing.invalid/", none, &[Name]);
    check("ws://pi.local/", none, &[Name, Refused, NoWebSocket]);
    check("ws://a.example.net/", none, &[Refused, Name, NoWebSocket]);
    check("wss://localhost:1/", none, &[Tls, Refused, NoWebSocket]);
    check("wss://pi/", none, &[Name, Tls, Refused, NoWebSocket]);
    let public = [Name, Refused, Tls, NoWebSocket];
    check("wss://a.example.net/", none, &public);
    let of_tcp = [NoWebSocket, Refused];
    check("ws://127.0.0.1:1883/", none, &of_tcp);
}

#[test]
fn answers_leave_one_cause_or_fewer_likely_ones() {
    use Cause::{NoWebSocket, Refused, Subprotocol, Tls};
    let (yes, no) = (Some(true), Some(false));
    let url = "wss://localhost:8084/mqtt";
    check(url, found(no, no, no), &[Tls, Refused]);
    check(url, found(yes, None, no), &[NoWebSocket, Subprotocol]);
    check(url, found(yes, no, no), &[NoWebSocket]);
    check(url, found(None, yes, no), &[Subprotocol]);
    check(url, found(yes, no, yes), &[Subprotocol]);
    let plain = "ws://127.0.0.1:9/";
    check(plain, found(no, no, no), &[Refused, NoWebSocket]);
    let other = "wss://127.0.0.1:8883/";
    check(other, found(no, no, no), &[NoWebSocket, Tls, Refused]);
}

#[test]
fn only_a_time_limit_means_that_nothing_comes_back() {
    let causes = |lost, code| {
        let trace = never_opened(lost, code);
        unreachable("ws://a.example.net/", &trace, Found::default())
    };
    assert_eq!(causes(CONNECT_TIMEOUT, None), [Cause::NoAnswer]);
    assert!(!causes(CONNECT_TIMEOUT, Some(1006)).contains(&Cause::NoAnswer));
    assert!(!causes(QUICKLY, None).contains(&Cause::NoAnswer));
    let answered = found(Some(true), Some(false), Some(false));
    let trace = never_opened(CONNECT_TIMEOUT, None);
    let causes = unreachable("ws://127.0.0.1/", &trace, answered);
    assert_eq!(causes, [Cause::NoWebSocket]);
}

#[test]
fn every_other_fault_says_its_cause_and_the_protocol_s_word() {
    let refused = |code: &str, message: &str| SignInFault::CognitoRefused {
        code: code.to_owned(),
        message: message.to_owned(),
    };
    let text = |text: &str| text.to_owned();
    for (fault, cause, code) in [
        (LinkFault::BadUrl, Cause::BadAddress, None),
        (LinkFault::MixedContent, Cause::MixedContent, None),
        (
            LinkFault::NoConnack,
            Cause::NoConnack,
            Some("WebSocket 1001"),
        ),
        (
            LinkFault::Refused(1),
            Cause::RefusedConnect,
            Some("CONNACK 1"),
        ),
        (LinkFault::Refused(4), Cause::SignIn, Some("CONNACK 4")),
        (LinkFault::Refused(5), Cause::SignIn, Some("CONNACK 5")),
        (
            LinkFault::Closed(1000),
            Cause::Closed,
            Some("WebSocket 1000"),
        ),
        (LinkFault::Silent, Cause::KeepAlive, None),
        (LinkFault::Malformed(text("x")), Cause::Malformed, Some("x")),
        (
            LinkFault::Unsendable(text("x")),
            Cause::Incomplete,
            Some("x"),
        ),
        (LinkFault::TakenOver, Cause::TakenOver, None),
        (
            LinkFault::SignIn(SignInFault::NoRegion),
            Cause::Incomplete,
            Some("region"),
        ),
        (
            LinkFault::SignIn(SignInFault::Incomplete(text("endpoint"))),
            Cause::Incomplete,
            Some("endpoint"),
        ),
        (
            LinkFault::SignIn(SignInFault::Expired),
            Cause::Expired,
            None,
        ),
        (
            LinkFault::SignIn(SignInFault::Clock(-412_900)),
            Cause::Clock,
            Some("-412 s"),
        ),
        (
            LinkFault::SignIn(SignInFault::KeysRefused(text("InvalidSignature"))),
            Cause::KeysRefused,
            Some("InvalidSignature"),
        ),
        (
            LinkFault::SignIn(refused("NotAuthorizedException", "no guests")),
            Cause::CognitoRefused,
            Some("NotAuthorizedException: no guests"),
        ),
        (
            LinkFault::SignIn(SignInFault::CognitoUnreachable),
            Cause::CognitoUnreachable,
            None,
        ),
    ] {
        let finding = of_fault(fault.clone());
        assert_eq!(finding.causes, [cause], "{fault:?}");
        assert_eq!(finding.code.as_deref(), code, "{fault:?}");
        let named = matches!(fault, LinkFault::TakenOver);
        assert_eq!(
            finding.topics.as_slice(),
            if named { &["desk"][..] } else { &[] }
        );
    }
    let long = refused("x", &"é".repeat(9000));
    let code = of_fault(LinkFault::SignIn(long)).code.unwrap();
    assert_eq!(code.chars().count(), MAX_CODE);
}

#[test]
fn a_link_that_stands_tells_the_first_thing_that_is_wrong() {
    use SubscriptionState::{Granted, Refused, SetAside};
    let subscription = |(filter, state): (&str, SubscriptionState)| SubscriptionView {
        filter: filter.to_owned(),
        state,
        messages_per_second: 0,
    };
    let states = [
        ("a", Granted),
        ("b", SetAside),
        ("c", Refused),
        ("d", SetAside),
    ];
    let mut link = LinkView {
        publish_refused: Some("t".to_owned()),
        taken_over: Some("desk".to_owned()),
        subscriptions: states.map(subscription).into(),
        ..LinkView::default()
    };
    let closed = Failure {
        fault: LinkFault::Closed(1006),
        trace: Trace::default(),
    };
    let look = |link: &LinkView, phase: &Phase| {
        let case = Case {
            link,
            phase,
            trace: &Trace::default(),
            failure: Some(&closed),
            found: Found::default(),
        };
        finding(&case).unwrap()
    };
    let check = |link: &LinkView, cause, topics: &[&str], code: Option<&str>| {
        let finding = look(link, &Phase::Up);
        assert_eq!(finding.causes, [cause]);
        assert_eq!(finding.topics, topics);
        assert_eq!(finding.code.as_deref(), code);
    };
    check(&link, Cause::TakenOver, &["desk"], None);
    link.taken_over = None;
    check(
        &link,
        Cause::FilterCloses,
        &["b", "d"],
        Some("WebSocket 1006"),
    );
    // Also while the link is tried again, once it was closed on them.
    assert_eq!(look(&link, &Phase::Opening).causes, [Cause::FilterCloses]);
    link.subscriptions.retain(|it| it.state != SetAside);
    check(&link, Cause::FilterRefused, &["c"], Some("SUBACK 0x80"));
    link.subscriptions.retain(|it| it.state != Refused);
    check(&link, Cause::PublishCloses, &["t"], None);
}
