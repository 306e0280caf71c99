//! The signed ways in, from the engine's first byte to the backend's own verifier, in virtual time: no socket, no
//! network, no sleep.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

mod ways {
    mod cognito;
    pub(crate) mod far;
    mod fields;
    pub(crate) mod near;
    mod secrets;
}

use std::time::Duration;

use gnomon::engine::ask::NoAnswer;
use gnomon::engine::command::{Command, Keys};
use gnomon::engine::frame::{LinkFault, LinkState, SignInFault};
use gnomon::time::UnixMillis;

use ways::far::{Far, verify};
use ways::near::{Near, SECRET, keys};

const MINUTE: i64 = 60_000;

#[test]
fn the_backend_accepts_what_is_opened_and_refuses_it_with_any_character_changed() {
    let near = Near::with_keys(keys());
    let (url, far) = (near.opened(), Far::default());
    assert_eq!(verify(url, near.server_time()), Ok(()));
    let parameter = |name: &str| {
        let start = url.find(name).unwrap() + name.len() + 1;
        let end = url[start..].find('&').map_or(url.len(), |end| start + end);
        start..end
    };
    let host = "wss://".len()..url.find("/mqtt").unwrap();
    let mut changed = 0;
    for range in [
        host,
        parameter("X-Amz-Signature"),
        parameter("X-Amz-Date"),
        parameter("X-Amz-Credential"),
    ] {
        for at in range {
            let mut bytes = url.clone().into_bytes();
            bytes[at] = match bytes[at] {
                b'9' => b'0',
                b'Z' | b'z' => b'a',
                byte if byte.is_ascii_alphanumeric() => byte + 1,
                _ => b'x',
            };
            let other = String::from_utf8(bytes).unwrap();
            assert!(verify(&other, near.server_time()).is_err(), "{other}");
            changed += 1;
        }
    }
    assert!(changed > 64 + 16 + 40, "{changed}");
    assert_eq!(far.refused, 0);
}

#[test]
fn every_attempt_is_signed_anew() {
    let mut near = Near::with_keys(keys());
    for _ in 0..4 {
        // A signature says the second in which it was made.
        near.run_for(Duration::from_secs(1));
        near.close();
        near.run_until_opened();
    }
    let mut urls = near.urls.clone();
    urls.sort();
    urls.dedup();
    assert_eq!(urls.len(), 5);
    for url in &urls {
        assert!(!url.contains("X-Amz-Expires"), "{url}");
    }
    let link = near.link();
    assert_eq!(link.url, "wss://a1-ats.iot.eu-west-1.amazonaws.com/mqtt");
    assert_eq!(link.host, "a1-ats.iot.eu-west-1.amazonaws.com");
}

#[test]
fn a_clock_that_is_ten_minutes_wrong_is_found_and_corrected() {
    for skew in [10 * MINUTE, -10 * MINUTE] {
        let mut near = Near::with_keys(keys());
        let mut far = Far::default();
        near.set_skew(skew);
        near.reconnect();
        far.answer_socket(&mut near);
        assert_eq!(far.refused, 1);
        let fetch = near.only_question();
        assert_eq!(fetch.method, "GET");
        let place = "https://a1-ats.iot.eu-west-1.amazonaws.com/things/gnomon/shadow";
        assert_eq!(fetch.url, place);
        far.answer_question(&mut near);
        // At once, and with the right time.
        assert_eq!(verify(near.opened(), near.server_time()), Ok(()));
        far.answer_socket(&mut near);
        let link = near.link();
        assert_eq!(link.state, LinkState::Connected);
        let offset = link.sign_in.unwrap().clock_offset_ms.unwrap();
        assert!((offset - skew).abs() < 2_000, "{offset}");
        assert_eq!(far.asked, 1);
    }
}

#[test]
fn a_clock_that_stays_wrong_is_named_and_not_fought() {
    let mut near = Near::with_keys(keys());
    let mut far = Far {
        // What it says is not what it goes by.
        date_is_ahead: 20 * MINUTE,
        ..Far::default()
    };
    near.set_skew(10 * MINUTE);
    near.reconnect();
    for _ in 0..2 {
        far.answer_socket(&mut near);
        far.answer_question(&mut near);
    }
    let LinkState::Failed {
        fault: LinkFault::SignIn(SignInFault::Clock(offset)),
    } = near.link().state
    else {
        panic!("{:?}", near.link().state);
    };
    assert!((offset + 10 * MINUTE).abs() < 2_000, "{offset}");
    assert_eq!((far.refused, far.asked), (2, 2));
    near.run_for(Duration::from_secs(3600));
    assert_eq!(near.urls.len(), 2);
}

#[test]
fn keys_that_are_refused_are_named_and_asked_about_once_for_each_try_of_a_person() {
    let wrong = Keys {
        secret_access_key: "another".to_owned(),
        ..keys()
    };
    let mut near = Near::with_keys(wrong);
    let mut far = Far::default();
    for tries in 1..=2 {
        far.answer_socket(&mut near);
        far.answer_question(&mut near);
        let fault = SignInFault::KeysRefused("ForbiddenException".to_owned());
        assert_eq!(near.fault(), LinkFault::SignIn(fault));
        near.run_for(Duration::from_secs(600));
        assert_eq!((far.refused, far.asked), (tries, tries));
        near.command(Command::Reconnect);
    }
}

#[test]
fn a_wrong_clock_does_not_hide_wrong_keys() {
    let wrong = Keys {
        secret_access_key: "another".to_owned(),
        ..keys()
    };
    let mut near = Near::with_keys(wrong);
    let mut far = Far::default();
    near.set_skew(-10 * MINUTE);
    near.reconnect();
    for _ in 0..2 {
        far.answer_socket(&mut near);
        far.answer_question(&mut near);
    }
    let fault = SignInFault::KeysRefused("ForbiddenException".to_owned());
    assert_eq!(near.fault(), LinkFault::SignIn(fault));
}

#[test]
fn aws_says_when_keys_have_ended() {
    let mut near = Near::with_keys(keys());
    near.close();
    let expired = Far::error(403, "ExpiredTokenException:http://x", "it is expired");
    near.answer(Ok(expired));
    assert_eq!(near.fault(), LinkFault::SignIn(SignInFault::Expired));
}

#[test]
fn an_answer_that_speaks_for_the_keys_or_none_at_all_leaves_the_network_to_blame() {
    let not_found = Far::error(404, "ResourceNotFoundException", "no shadow");
    let broken = Far::error(503, "", "");
    for answer in [Ok(not_found), Ok(broken), Err(NoAnswer)] {
        let mut near = Near::with_keys(keys());
        near.close();
        near.answer(answer);
        assert_eq!(near.fault(), LinkFault::Unreachable);
        // It goes on trying, but asks no more.
        for _ in 0..3 {
            near.run_until_opened();
            near.close();
            assert_eq!(near.questions.len(), 0);
        }
    }
}

#[test]
fn keys_that_opened_a_link_before_are_not_blamed_for_what_they_may_not_read() {
    let mut near = Near::with_keys(keys());
    let mut far = Far::default();
    far.answer_socket(&mut near);
    near.close();
    assert_eq!(
        near.questions.len(),
        0,
        "a link that stood says nothing of keys"
    );
    near.run_until_opened();
    near.close();
    near.answer(Ok(Far::error(403, "ForbiddenException", "Forbidden")));
    assert_eq!(near.fault(), LinkFault::Unreachable);
    near.run_until_opened();
    far.answer_socket(&mut near);
    assert_eq!(near.link().state, LinkState::Connected);
}

#[test]
fn a_question_that_is_never_answered_holds_nothing_up() {
    let mut near = Near::with_keys(keys());
    near.close();
    assert_eq!(near.questions.len(), 1);
    near.run_for(Duration::from_secs(60));
    near.close();
    assert_eq!(near.fault(), LinkFault::Unreachable);
    near.run_until_opened();
    Far::default().answer_socket(&mut near);
    assert_eq!(near.link().state, LinkState::Connected);
}

#[test]
fn temporary_keys_that_have_ended_open_nothing() {
    let mut near = Near::idle();
    let end = UnixMillis(near.now.wall.0 + MINUTE);
    near.connect_with_keys(Keys {
        session_token: Some("token/+=".to_owned()),
        expires_at: Some(end),
        ..keys()
    });
    assert_eq!(verify(near.opened(), near.server_time()), Ok(()));
    assert!(
        near.opened()
            .ends_with("&X-Amz-Security-Token=token%2F%2B%3D")
    );
    assert_eq!(near.link().sign_in.unwrap().until, Some(end));
    Far::default().answer_socket(&mut near);
    near.run_for(Duration::from_secs(70));
    near.close();
    assert_eq!(near.fault(), LinkFault::Closed(1006));
    near.run_for(Duration::from_secs(10));
    assert_eq!(near.fault(), LinkFault::SignIn(SignInFault::Expired));
    assert_eq!(near.urls.len(), 1);
    near.command(Command::Reconnect);
    assert_eq!(near.urls.len(), 1);
    near.connect_with_keys(keys());
    assert_eq!(near.urls.len(), 2);
}

#[test]
fn an_answer_to_an_earlier_link_is_ignored() {
    let mut near = Near::with_keys(keys());
    near.close();
    let (id, _) = near.questions.remove(0);
    near.connect_with_keys(keys());
    near.close();
    near.fetched(id, Ok(Far::error(403, "ExpiredTokenException", "")));
    assert_eq!(near.fault(), LinkFault::Unreachable);
    assert_eq!(near.questions.len(), 1, "the new one's own");
}

#[test]
fn a_stand_in_on_this_machine_is_asked_in_the_clear_and_one_elsewhere_not_at_all() {
    for (endpoint, url) in [
        (
            "ws://127.0.0.1:8083/mqtt",
            Some("http://127.0.0.1:8083/things/gnomon/shadow"),
        ),
        ("ws://192.168.1.2:8083/mqtt", None),
    ] {
        let mut near = Near::idle();
        near.connect_to(endpoint, "eu-west-1", keys());
        assert_eq!(verify(near.opened(), near.server_time()), Ok(()));
        assert!(near.opened().starts_with(endpoint));
        near.close();
        let asked = near.questions.first().map(|(_, fetch)| &*fetch.url);
        assert_eq!(asked, url);
    }
    assert!(!SECRET.is_empty());
}
