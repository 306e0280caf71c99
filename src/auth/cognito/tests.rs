//! What a pool is asked, and what comes of its answers.

use super::*;

const POOL: &str = "us-east-1:11111111-2222-3333-4444-555555555555";
const IDENTITY: &str = r#"{"IdentityId":"us-east-1:aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"}"#;
const GIVEN: &str = r#"{"IdentityId":"us-east-1:aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee","Credentials":
    {"AccessKeyId":"ASIA1","SecretKey":"s/1","SessionToken":"t+1==","Expiration":1.7E9}}"#;

fn pool(login: Option<(&str, &str)>, service: &str) -> IdentityPool {
    IdentityPool {
        id: POOL.to_owned(),
        login: login.map(|(provider, token)| Login {
            provider: provider.to_owned(),
            token: token.to_owned(),
        }),
        service: service.to_owned(),
    }
}

fn guest() -> Cognito {
    Cognito::new(&pool(None, "")).ok().unwrap()
}

fn said(status: u16, body: &str) -> Answer<'_> {
    Answer {
        status,
        error_type: None,
        body: body.as_bytes(),
    }
}

fn body(cognito: &Cognito) -> String {
    String::from_utf8(cognito.question().body).unwrap()
}

#[test]
fn a_guest_asks_twice_and_then_only_for_keys() {
    let mut guest = guest();
    let question = guest.question();
    assert_eq!(
        question.url,
        "https://cognito-identity.us-east-1.amazonaws.com/"
    );
    assert_eq!(question.headers[1].1, "AWSCognitoIdentityService.GetId");
    assert_eq!(body(&guest), format!(r#"{{"IdentityPoolId":"{POOL}"}}"#));
    assert!(matches!(guest.handle_answer(said(200, IDENTITY)), Ok(None)));
    for _ in 0..2 {
        let question = guest.question();
        let target = "AWSCognitoIdentityService.GetCredentialsForIdentity";
        assert_eq!(question.headers[1].1, target);
        assert_eq!(body(&guest), IDENTITY);
        let keys = guest
            .handle_answer(said(200, GIVEN))
            .ok()
            .flatten()
            .unwrap();
        assert_eq!(keys.access_key_id, "ASIA1");
        assert_eq!(keys.secret_access_key, "s/1");
        assert_eq!(keys.session_token.as_deref(), Some("t+1=="));
        assert_eq!(keys.expires_at, Some(UnixMillis(1_700_000_000_000)));
    }
}

#[test]
fn a_login_goes_with_both_calls() {
    let login = Some((" idp.example/pool\"1 ", " ey.x.y\n"));
    let mut cognito = Cognito::new(&pool(login, "https://stand.in/x"))
        .ok()
        .unwrap();
    let logins = r#","Logins":{"idp.example/pool\"1":"ey.x.y"}}"#;
    for _ in 0..2 {
        assert!(body(&cognito).ends_with(logins), "{}", body(&cognito));
        assert_eq!(cognito.question().url, "https://stand.in/x");
        let _ = cognito.handle_answer(said(200, IDENTITY));
    }
}

#[test]
fn what_cannot_be_asked_is_named() {
    let named = |pool: &IdentityPool| Cognito::new(pool).err();
    for id in [
        "",
        "us-east-1",
        ":1-2",
        "nowhere:1-2",
        "us-east-1:",
        "us-east-1:a\"b",
    ] {
        let pool = IdentityPool {
            id: id.to_owned(),
            ..IdentityPool::default()
        };
        assert_eq!(named(&pool), Some(incomplete("pool")), "{id}");
    }
    assert_eq!(
        named(&pool(Some(("", "t")), "")),
        Some(incomplete("provider"))
    );
    assert_eq!(
        named(&pool(Some(("p", " ")), "")),
        Some(incomplete("token"))
    );
    for service in [
        "http://stand.in/",
        "stand.in",
        "ftp://127.0.0.1",
        "http://127.0.0.1.evil/",
        "https://",
    ] {
        assert_eq!(
            named(&pool(None, service)),
            Some(incomplete("service")),
            "{service}"
        );
    }
    for service in [
        "https://stand.in",
        "http://127.0.0.1:9000/",
        "http://LOCALHOST:1",
    ] {
        assert_eq!(named(&pool(None, service)), None, "{service}");
    }
    let china = IdentityPool {
        id: "cn-north-1:1".to_owned(),
        ..IdentityPool::default()
    };
    let url = Cognito::new(&china).ok().unwrap().question().url;
    assert_eq!(url, "https://cognito-identity.cn-north-1.amazonaws.com.cn/");
}

#[test]
fn a_refusal_keeps_its_name_and_its_words() {
    let refused = |answer| guest().handle_answer(answer).err().unwrap();
    let fault = |code: &str, message: &str| SignInFault::CognitoRefused {
        code: code.to_owned(),
        message: message.to_owned(),
    };
    let body = r#"{"__type":"NotAuthorizedException","message":"Unauthenticated access is not supported"}"#;
    let expected = fault(
        "NotAuthorizedException",
        "Unauthenticated access is not supported",
    );
    assert_eq!(refused(said(400, body)), expected);
    assert!(expected.is_final());
    let body = r#"{"__type":"com.amazonaws.cognito#TooManyRequestsException","Message":"slow"}"#;
    let expected = fault("TooManyRequestsException", "slow");
    assert_eq!(refused(said(400, body)), expected);
    assert!(!expected.is_final());
    let header = Answer {
        error_type: Some("InternalErrorException:http://internal.amazon.com/x"),
        ..said(500, "")
    };
    assert_eq!(refused(header), fault("InternalErrorException", ""));
    let long = format!(r#"{{"__type":"X","message":"{}"}}"#, "é".repeat(5000));
    assert_eq!(refused(said(400, &long)), fault("X", &"é".repeat(300)));
}

#[test]
fn what_is_not_cognitos_word_is_not_cognito() {
    for (status, body) in [
        (404, "<html>"),
        (502, ""),
        (400, "{}"),
        (400, r#"{"__type":"<b>no name</b>"}"#),
        (200, ""),
        (200, "{}"),
        (200, "[1]"),
        (200, r#"{"IdentityId":7}"#),
        (200, r#"{"IdentityId":"x"}"#),
        (200, r#"{"IdentityId":"us-east-1:a b"}"#),
        (302, IDENTITY),
    ] {
        let answer = guest().handle_answer(said(status, body));
        assert_eq!(
            answer.err(),
            Some(SignInFault::CognitoUnreachable),
            "{body}"
        );
    }
}

#[test]
fn keys_that_cannot_be_keys_are_none() {
    for (from, to) in [
        ("\"ASIA1\"", "\"\""),
        ("\"ASIA1\"", "7"),
        ("s/1", "a\\nb"),
        ("t+1==", "é"),
        ("1.7E9", "\"1.7E9\""),
        ("1.7E9", "-1"),
        ("1.7E9", "1e300"),
        ("1.7E9", "1e999"),
        ("SessionToken", "Token"),
        ("s/1", &"x".repeat(MAX_PART + 1)),
    ] {
        let mut guest = guest();
        let _ = guest.handle_answer(said(200, IDENTITY));
        let answer = guest.handle_answer(said(200, &GIVEN.replace(from, to)));
        assert_eq!(
            answer.err(),
            Some(SignInFault::CognitoUnreachable),
            "{to:.20}"
        );
    }
}

#[test]
fn an_end_may_have_fractions() {
    for (text, end) in [
        ("1700000000.5", 1_700_000_000_500),
        ("17e8", 1_700_000_000_000),
    ] {
        let mut guest = guest();
        let _ = guest.handle_answer(said(200, IDENTITY));
        let keys = guest.handle_answer(said(200, &GIVEN.replace("1.7E9", text)));
        assert_eq!(
            keys.ok().flatten().unwrap().expires_at,
            Some(UnixMillis(end))
        );
    }
}

#[test]
fn an_identity_that_is_gone_is_asked_for_again_and_no_other() {
    let mut guest = guest();
    let _ = guest.handle_answer(said(200, IDENTITY));
    let busy = r#"{"__type":"TooManyRequestsException"}"#;
    assert!(guest.handle_answer(said(400, busy)).is_err());
    assert_eq!(body(&guest), IDENTITY);
    let gone = r#"{"__type":"ResourceNotFoundException","message":"gone"}"#;
    assert!(guest.handle_answer(said(400, gone)).is_err());
    assert!(body(&guest).contains("IdentityPoolId"));
}
