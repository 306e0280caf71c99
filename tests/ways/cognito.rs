//! An identity pool: who asks, what is asked, and what becomes of the link when nothing good comes back.

use std::time::Duration;

use gnomon::engine::ask::{FetchAnswer, NoAnswer};
use gnomon::engine::command::{Command, IdentityPool, Login, Way};
use gnomon::engine::frame::{LinkFault, LinkState, SignInFault};
use gnomon::time::UnixMillis;

use super::far::{Far, date, verify};
use super::near::{Near, place};

const POOL: &str = "eu-west-1:11111111-2222-3333-4444-555555555555";
const IDENTITY: &str = "eu-west-1:aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
const HOUR: i64 = 3600;

fn way(login: Option<Login>) -> Way {
    let pool = IdentityPool {
        id: POOL.to_owned(),
        login,
        service: String::new(),
    };
    Way::Cognito {
        place: place(),
        pool,
    }
}

fn said(near: &Near, status: u16, body: String) -> FetchAnswer {
    FetchAnswer {
        status,
        date: Some(date(near.server_time())),
        error_type: None,
        body: body.into_bytes(),
    }
}

fn target(near: &Near) -> String {
    let headers = &near.only_question().headers;
    let target = headers.iter().find(|(name, _)| *name == "x-amz-target");
    target.unwrap().1.rsplit('.').next().unwrap().to_owned()
}

fn give_identity(near: &mut Near) {
    assert_eq!(target(near), "GetId");
    let body = format!(r#"{{"IdentityId":"{IDENTITY}"}}"#);
    near.answer(Ok(said(near, 200, body)));
}

/// `which` is `first` or `second`: the other side knows both.
fn give_keys(near: &mut Near, which: &str, seconds: i64) {
    assert_eq!(target(near), "GetCredentialsForIdentity");
    let (id, end) = (
        which.to_ascii_uppercase(),
        near.server_time().seconds() + seconds,
    );
    let body = format!(
        r#"{{"IdentityId":"{IDENTITY}","Credentials":{{"AccessKeyId":"ASIA{id}","SecretKey":"{which}",
        "SessionToken":"token of {which}","Expiration":{end}.0}}}}"#
    )
    .replace("token of ", "token/");
    near.answer(Ok(said(near, 200, body)));
}

fn refuse(near: &mut Near, code: &str) {
    let body = format!(r#"{{"__type":"{code}","message":"words"}}"#);
    near.answer(Ok(said(near, 400, body)));
}

fn refused(code: &str) -> LinkFault {
    LinkFault::SignIn(SignInFault::CognitoRefused {
        code: code.to_owned(),
        message: "words".to_owned(),
    })
}

const UNREACHABLE: LinkFault = LinkFault::SignIn(SignInFault::CognitoUnreachable);

/// The link stands with keys for so many seconds.
fn connected(seconds: i64) -> Near {
    let mut near = Near::by(way(None));
    give_identity(&mut near);
    give_keys(&mut near, "first", seconds);
    Far::default().answer_socket(&mut near);
    assert_eq!(near.link().state, LinkState::Connected);
    near
}

#[test]
fn a_guest_is_given_keys_and_comes_in() {
    let mut near = Near::by(way(None));
    assert!(near.urls.is_empty());
    assert!(near.link().sign_in.unwrap().renewing);
    let url = "https://cognito-identity.eu-west-1.amazonaws.com/";
    assert_eq!(near.only_question().url, url);
    give_identity(&mut near);
    give_keys(&mut near, "first", HOUR);
    assert_eq!(verify(near.opened(), near.server_time()), Ok(()));
    assert!(near.opened().contains("Credential=ASIAFIRST%2F"));
    assert!(
        near.opened()
            .ends_with("&X-Amz-Security-Token=token%2Ffirst")
    );
    let sign_in = near.link().sign_in.unwrap();
    let left = sign_in.until.unwrap().0 - near.now.wall.0;
    assert!((left - HOUR * 1000).abs() < 2_000, "{left}");
    assert!(!sign_in.renewing);
}

#[test]
fn a_login_goes_with_both_calls() {
    let login = Login {
        provider: "idp.example".to_owned(),
        token: "ey.token".to_owned(),
    };
    let mut near = Near::by(way(Some(login)));
    let logins = r#""Logins":{"idp.example":"ey.token"}"#;
    let has_logins = |near: &Near| {
        let body = String::from_utf8(near.only_question().body.clone()).unwrap();
        body.contains(logins)
    };
    assert!(has_logins(&near));
    give_identity(&mut near);
    assert!(has_logins(&near));
    give_keys(&mut near, "first", HOUR);
    assert_eq!(verify(near.opened(), near.server_time()), Ok(()));
}

#[test]
fn a_wrong_clock_is_learnt_before_anything_is_opened() {
    let mut near = Near::idle();
    near.set_skew(-3 * HOUR * 1000);
    let request = gnomon::engine::command::ConnectRequest::new(way(None));
    near.command(Command::Connect(request));
    give_identity(&mut near);
    give_keys(&mut near, "first", HOUR);
    assert_eq!(verify(near.opened(), near.server_time()), Ok(()));
    // Shown on this device's own clock.
    let until = near.link().sign_in.unwrap().until.unwrap();
    assert!((until.0 - near.now.wall.0 - HOUR * 1000).abs() < 3_000);
}

#[test]
fn keys_are_renewed_before_they_end_while_the_link_stands() {
    let mut near = connected(HOUR);
    let (urls, sent) = (near.urls.len(), near.sent.len());
    for _ in 0..54 {
        keep_alive(&mut near, 60);
        assert!(near.questions.is_empty());
    }
    keep_alive(&mut near, 65);
    assert_eq!(near.questions.len(), 1);
    let sign_in = near.link().sign_in.unwrap();
    assert!(sign_in.renewing);
    let left = sign_in.until.unwrap().0 - near.now.wall.0;
    assert!((0..300_000).contains(&left), "{left}");
    give_keys(&mut near, "second", HOUR);
    let link = near.link();
    assert_eq!(link.state, LinkState::Connected);
    assert!(!link.sign_in.unwrap().renewing);
    assert_eq!(near.urls.len(), urls, "nothing was opened");
    assert!(near.sent.len() > sent);
    near.close();
    near.run_until_opened();
    assert!(near.opened().contains("Credential=ASIASECOND%2F"));
    assert_eq!(verify(near.opened(), near.server_time()), Ok(()));
}

/// Lets so many seconds pass, with a PINGRESP at their end, so that the link does not fall silent.
fn keep_alive(near: &mut Near, seconds: u64) {
    near.run_for(Duration::from_secs(seconds));
    near.input(gnomon::engine::Input::Chunk(bytes::Bytes::from_static(&[
        0xd0, 0,
    ])));
}

#[test]
fn keys_that_live_shortly_are_renewed_in_the_middle_of_their_life() {
    let mut near = connected(60);
    near.run_for(Duration::from_secs(25));
    assert!(near.questions.is_empty());
    near.run_for(Duration::from_secs(8));
    assert_eq!(near.questions.len(), 1);
    give_keys(&mut near, "second", 60);
    near.run_for(Duration::from_secs(20));
    assert!(near.questions.is_empty(), "not again and again");
}

#[test]
fn keys_that_ended_before_they_came_are_no_reason_to_ask_without_end() {
    let mut near = connected(60);
    near.run_for(Duration::from_secs(31));
    for _ in 0..3 {
        give_keys(&mut near, "second", -10);
        keep_alive(&mut near, 14);
        assert!(near.questions.is_empty());
        keep_alive(&mut near, 2);
    }
    assert_eq!(near.link().state, LinkState::Connected);
}

#[test]
fn a_renewal_that_fails_is_tried_again_and_only_shown() {
    let mut near = connected(120);
    near.run_for(Duration::from_secs(61));
    refuse(&mut near, "NotAuthorizedException");
    for _ in 0..3 {
        assert_eq!(near.link().state, LinkState::Connected);
        assert!(near.link().sign_in.unwrap().renewing);
        let start = near.now.instant;
        while near.questions.is_empty() {
            keep_alive(&mut near, 5);
            assert!(near.now.instant.since(start) < Duration::from_secs(300));
        }
        assert!(near.now.instant.since(start) >= Duration::from_secs(10));
        near.answer(Err(NoAnswer));
    }
    // The link goes, and by now the keys have ended: now it matters.
    near.close();
    while near.questions.is_empty() {
        near.run_for(Duration::from_secs(1));
    }
    refuse(&mut near, "NotAuthorizedException");
    assert_eq!(near.fault(), refused("NotAuthorizedException"));
    assert_eq!(near.urls.len(), 1);
}

#[test]
fn keys_that_are_still_good_do_when_new_ones_cannot_be_had() {
    let mut near = connected(HOUR);
    for _ in 0..54 {
        keep_alive(&mut near, 60);
    }
    keep_alive(&mut near, 65);
    near.close();
    near.run_for(Duration::from_secs(2));
    assert_eq!(near.urls.len(), 1, "it waits for the new ones");
    near.answer(Err(NoAnswer));
    assert_eq!(near.urls.len(), 2);
    assert_eq!(verify(near.opened(), near.server_time()), Ok(()));
}

#[test]
fn what_cognito_refuses_is_said_in_its_words() {
    let mut near = Near::by(way(None));
    refuse(&mut near, "NotAuthorizedException");
    assert_eq!(near.fault(), refused("NotAuthorizedException"));
    assert!(matches!(near.link().state, LinkState::Failed { .. }));
    near.command(Command::Reconnect);
    give_identity(&mut near);
    refuse(&mut near, "prefix#TooManyRequestsException");
    assert_eq!(near.fault(), refused("TooManyRequestsException"));
    // This one passes.
    near.run_for(Duration::from_secs(5));
    give_keys(&mut near, "first", HOUR);
    assert_eq!(near.urls.len(), 1);
}

#[test]
fn garbage_and_bodies_that_were_cut_are_no_keys() {
    for body in [
        String::new(),
        "<html>sign in to the hotel's network</html>".to_owned(),
        "[".repeat(64 * 1024),
        format!(r#"{{"IdentityId":"{}"#, "x".repeat(64 * 1024)),
        r#"{"IdentityId":null}"#.to_owned(),
    ] {
        let mut near = Near::by(way(None));
        near.answer(Ok(said(&near, 200, body)));
        assert_eq!(near.fault(), UNREACHABLE);
        assert!(matches!(near.link().state, LinkState::Disconnected { .. }));
        near.run_for(Duration::from_secs(5));
        give_identity(&mut near);
    }
}

#[test]
fn an_answer_that_never_comes_ends_the_attempt_and_not_the_trying() {
    let mut near = Near::by(way(None));
    near.run_for(Duration::from_millis(15_100));
    assert_eq!(near.fault(), UNREACHABLE);
    let (late, _) = near.questions.remove(0);
    near.run_for(Duration::from_secs(5));
    // Too late for the first attempt, and not what the second one asked.
    let body = format!(r#"{{"IdentityId":"{IDENTITY}"}}"#);
    near.fetched(late, Ok(said(&near, 200, body)));
    give_identity(&mut near);
    // The limit counts from the beginning of the attempt, not from each question.
    near.run_for(Duration::from_secs(11));
    assert_eq!(near.fault(), UNREACHABLE);
    assert!(near.urls.is_empty());
}

#[test]
fn keys_that_ended_before_they_came_open_nothing() {
    let mut near = Near::by(way(None));
    give_identity(&mut near);
    give_keys(&mut near, "first", -10);
    assert_eq!(near.fault(), LinkFault::SignIn(SignInFault::Expired));
    assert!(near.urls.is_empty());
}

#[test]
fn keys_that_aws_calls_expired_are_asked_for_anew_once() {
    let mut near = Near::by(way(None));
    give_identity(&mut near);
    give_keys(&mut near, "first", HOUR);
    for _ in 0..2 {
        near.close();
        near.answer(Ok(Far::error(403, "ExpiredTokenException", "")));
        if !near.questions.is_empty() {
            give_keys(&mut near, "second", HOUR);
        }
    }
    assert_eq!(near.urls.len(), 2);
    assert_eq!(near.fault(), LinkFault::SignIn(SignInFault::Expired));
}

#[test]
fn leaving_while_keys_are_on_their_way_opens_nothing() {
    let mut near = Near::by(way(None));
    near.command(Command::Disconnect);
    give_identity(&mut near);
    give_keys(&mut near, "first", HOUR);
    assert!(near.urls.is_empty());
    assert_eq!(near.link().state, LinkState::Idle);
    near.command(Command::Reconnect);
    assert_eq!(near.urls.len(), 1);
    let soon = UnixMillis(near.now.wall.0 + 1_000);
    assert!(near.link().sign_in.unwrap().until > Some(soon));
}
