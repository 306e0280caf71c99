//! The service from its requests to its bodies, byte for byte.

use super::*;

fn send(service: &mut ShadowService, topic: &str, payload: &[u8], at: i64) -> Response {
    let topic = format!("$aws/things/{topic}");
    let request = Request::from_message(&topic, payload).unwrap();
    service.handle(request, UnixMillis(at))
}

fn update(service: &mut ShadowService, thing: &str, at: i64) -> Response {
    let topic = format!("{thing}/shadow/update");
    send(service, &topic, br#"{"state":{}}"#, at)
}

fn delete(service: &mut ShadowService, thing: &str, at: i64) -> Response {
    send(service, &format!("{thing}/shadow/delete"), b"", at)
}

fn texts(response: &Response) -> Vec<(&str, &str)> {
    let messages = response.messages.iter();
    let texts = messages.map(|message| {
        let payload = str::from_utf8(&message.payload).unwrap();
        (message.topic.as_str(), payload)
    });
    texts.collect()
}

fn service(shadows: usize) -> ShadowService {
    ShadowService::new(Limits {
        shadows,
        ..Limits::default()
    })
}

#[test]
fn bodies_are_written_byte_for_byte_as_on_aws() {
    let mut service = service(9);
    let payload = br#"{"clientToken":"t","state":{"desired":{"a":[1]}}}"#;
    let response = send(&mut service, "lamp/shadow/update", payload, 5_999);
    let expected = [
        (
            "$aws/things/lamp/shadow/update/accepted",
            r#"{"state":{"desired":{"a":[1]}},"metadata":{"desired":{"a":[{"timestamp":5}]}},"version":1,"timestamp":5,"clientToken":"t"}"#,
        ),
        (
            "$aws/things/lamp/shadow/update/delta",
            r#"{"version":1,"timestamp":5,"state":{"a":[1]},"metadata":{"a":[{"timestamp":5}]},"clientToken":"t"}"#,
        ),
        (
            "$aws/things/lamp/shadow/update/documents",
            r#"{"previous":null,"current":{"state":{"desired":{"a":[1]}},"metadata":{"desired":{"a":[{"timestamp":5}]}},"version":1},"timestamp":5,"clientToken":"t"}"#,
        ),
    ];
    assert_eq!(texts(&response), expected);
    let all = response.messages.iter();
    assert!(
        all.clone()
            .all(|message| message.qos == QoS::AtLeastOnce && !message.retain)
    );
    assert_eq!(response.answer.as_ref(), Ok(&response.messages[0].payload));
}

#[test]
fn a_version_is_compared_with_the_counter_of_a_deleted_shadow() {
    let mut service = service(9);
    let check = |service: &mut ShadowService, version: u64, expected: Result<(), ShadowError>| {
        let payload = format!(r#"{{"state":{{}},"version":{version}}}"#);
        let response = send(service, "lamp/shadow/update", payload.as_bytes(), 0);
        assert_eq!(response.answer.map(|_| ()), expected, "{version}");
    };
    check(&mut service, 0, Ok(()));
    check(&mut service, 0, Err(ShadowError::VersionConflict));
    delete(&mut service, "lamp", 0);
    check(&mut service, 1, Err(ShadowError::VersionConflict));
    check(&mut service, 2, Ok(()));
}

#[test]
fn a_full_service_refuses_new_shadows_only() {
    let mut service = service(2);
    assert!(update(&mut service, "a", 0).answer.is_ok());
    assert!(update(&mut service, "b", 0).answer.is_ok());
    let refused = update(&mut service, "c", 0);
    assert_eq!(refused.answer, Err(ShadowError::Internal));
    let rejected = r#"{"code":500,"message":"Internal service failure"}"#;
    assert_eq!(
        texts(&refused),
        [("$aws/things/c/shadow/update/rejected", rejected)]
    );
    assert!(update(&mut service, "a", 0).answer.is_ok());
    delete(&mut service, "a", 0);
    assert!(update(&mut service, "c", 0).answer.is_ok());
}

#[test]
fn get_and_delete_tolerate_what_clients_send_along() {
    let mut service = service(9);
    update(&mut service, "lamp", 0);
    for payload in ["", "\n", "{}", r#"{"version":7,"clientToken":null}"#] {
        let response = send(&mut service, "lamp/shadow/get", payload.as_bytes(), 0);
        assert!(response.answer.is_ok(), "{payload:?}");
    }
    let response = send(&mut service, "lamp/shadow/get", b"[]", 0);
    assert_eq!(response.answer, Err(ShadowError::InvalidJson));
    let payload = br#"{"version":7,"clientToken":"t"}"#;
    let response = send(&mut service, "lamp/shadow/delete", payload, 1_000);
    let accepted = r#"{"version":1,"timestamp":1,"clientToken":"t"}"#;
    assert_eq!(
        texts(&response),
        [("$aws/things/lamp/shadow/delete/accepted", accepted)]
    );
}

#[test]
fn a_refused_update_changes_nothing() {
    let mut service = service(9);
    update(&mut service, "lamp", 0);
    let before = service.document(ShadowId::new("lamp", None).unwrap());
    let large = format!(
        r#"{{"state":{{"desired":{{"a":"{}"}}}}}}"#,
        "x".repeat(8192)
    );
    let unread = [b' '; 128 * 1024 + 1];
    for (payload, code) in [
        (&b"\xff"[..], 415),
        (b"{", 400),
        (br#"{"state":{"desired":{"a":1},"delta":{}}}"#, 400),
        (br#"{"state":{"desired":{"a":1}},"version":2}"#, 409),
        (large.as_bytes(), 413),
        (&unread, 413),
    ] {
        let response = send(&mut service, "lamp/shadow/update", payload, 9_000);
        assert_eq!(response.answer.map_err(|error| error.code()), Err(code));
        let topic = response.messages[0].topic.as_str();
        assert_eq!(topic, "$aws/things/lamp/shadow/update/rejected");
        assert_eq!(response.messages.len(), 1);
    }
    let after = service.document(ShadowId::new("lamp", None).unwrap());
    assert_eq!(before, after);
}

#[test]
fn the_first_fault_is_named_and_a_good_client_token_comes_back() {
    let mut service = service(9);
    let check = |service: &mut ShadowService, payload: &str, expected: &str| {
        let response = send(service, "lamp/shadow/update", payload.as_bytes(), 0);
        assert_eq!(texts(&response)[0].1, expected, "{payload}");
    };
    let long = "é".repeat(33);
    let payload = format!(r#"{{"state":5,"version":"x","clientToken":"{long}"}}"#);
    check(
        &mut service,
        &payload,
        r#"{"code":400,"message":"Invalid clientToken"}"#,
    );
    check(
        &mut service,
        r#"{"state":5,"version":"x","clientToken":"t"}"#,
        r#"{"code":400,"message":"Invalid version","clientToken":"t"}"#,
    );
    check(
        &mut service,
        r#"{"state":5,"version":9,"clientToken":"t"}"#,
        r#"{"code":400,"message":"State node must be an object","clientToken":"t"}"#,
    );
}

#[test]
fn over_http_failures_and_gets_publish_nothing() {
    let mut service = service(9);
    let mut ask = |verb, body: &[u8]| {
        let id = ShadowId::new("lamp", Some("cfg")).unwrap();
        let request = Request {
            id,
            verb,
            body,
            via: Via::Http,
        };
        let response = service.handle(request, UnixMillis(0));
        (response.answer.map(|_| ()), response.messages.len())
    };
    let missing = Err(ShadowError::NotFound("cfg".into()));
    assert_eq!(ask(Verb::Get, b""), (missing, 0));
    assert_eq!(ask(Verb::Update, b"{"), (Err(ShadowError::InvalidJson), 0));
    assert_eq!(
        ask(Verb::Update, br#"{"state":{"desired":{"a":1}}}"#),
        (Ok(()), 3)
    );
    assert_eq!(ask(Verb::Get, b""), (Ok(()), 0));
    assert_eq!(ask(Verb::Delete, b""), (Ok(()), 1));
}

#[test]
fn the_services_own_answers_are_no_requests() {
    for topic in [
        "$aws/things/lamp/shadow/update/accepted",
        "$aws/things/lamp/shadow/name/cfg/get/rejected",
        "lamp/shadow/update",
        "topic_1",
    ] {
        assert!(Request::from_message(topic, b"{}").is_none(), "{topic}");
    }
}

#[test]
fn the_names_of_a_thing_are_its_own_and_in_order() {
    let mut service = service(9);
    for shadow in [
        "lamp/shadow",
        "lamp/shadow/name/b",
        "lamp/shadow/name/a:1",
        "lamp/shadow/name/$c",
        "lamp-2/shadow/name/other",
        "lam/shadow/name/other",
    ] {
        let topic = format!("{shadow}/update");
        send(&mut service, &topic, br#"{"state":{}}"#, 0);
    }
    let names = |thing, after| service.names(thing, after).collect::<Vec<_>>();
    assert_eq!(names("lamp", None), ["$c", "a:1", "b"]);
    assert_eq!(names("lamp", Some("$c")), ["a:1", "b"]);
    assert_eq!(names("lamp", Some("a:1")), ["b"]);
    assert_eq!(names("lamp", Some("a:12")), ["b"]);
    assert_eq!(names("lamp", Some("b")), [""; 0]);
    assert_eq!(names("lam", None), ["other"]);
    assert_eq!(names("nothing", None), [""; 0]);
}
