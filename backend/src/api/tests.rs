//! From a request's parts to a call, and which requests are none.

use gnomon::message::{Message, QoS};
use gnomon::shadow::topics::Verb;
use gnomon::topic::TopicName;
use proptest::prelude::*;

use super::control::{CertificateCall, PolicyCall, ThingCall, ThingFilter};
use super::*;
use crate::things::certificates::{CertificateId, CertificateStatus};
use crate::things::registry::{NewThing, ThingUpdate};

const ID: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const ARN: &str = "arn:aws:iot:eu-west-1:111:cert/00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff";

fn parse(method: &str, uri: &str) -> Result<Call, ApiError> {
    parse_with(method, uri, "{}")
}

/// With the header of a principal.
fn parse_with(method: &str, uri: &str, body: &str) -> Result<Call, ApiError> {
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    Call::parse(&Request {
        method,
        path,
        query,
        host: "localhost",
        principal: Some(ARN),
        body: body.to_owned().into(),
    })
}

fn data(call: DataCall) -> Result<Call, ApiError> {
    Ok(Call::Data(call))
}

fn check_control(method: &str, uri: &str, body: &str, expected: ControlCall) {
    let parsed = parse_with(method, uri, body);
    assert_eq!(parsed, Ok(Call::Control(expected)), "{method} {uri}");
    let path = uri.split('?').next().unwrap();
    assert_eq!(plane(path), Some(Plane::Control), "{path}");
}

fn certificate() -> CertificateId {
    ID.parse().unwrap()
}

fn check_shadow(method: &str, uri: &str, thing: &str, shadow: Option<&str>, verb: Verb) {
    let expected = data(DataCall::Shadow {
        thing: thing.to_owned(),
        shadow: shadow.map(str::to_owned),
        verb,
        body: Bytes::from_static(b"{}"),
    });
    assert_eq!(parse(method, uri), expected, "{uri}");
}

fn check_error(method: &str, uri: &str, status: u16) {
    let error = parse(method, uri).map_err(|error| error.status());
    assert_eq!(error, Err(status), "{method} {uri}");
}

fn topic(name: &str) -> TopicName {
    TopicName::new(name).unwrap()
}

#[test]
fn shadows_are_named_by_path_and_query() {
    check_shadow("GET", "/things/lamp/shadow", "lamp", None, Verb::Get);
    check_shadow("POST", "/things/a%3Ab/shadow", "a:b", None, Verb::Update);
    let uri = "/things/lamp/shadow?x=1&name=%24cfg";
    check_shadow("DELETE", uri, "lamp", Some("$cfg"), Verb::Delete);
}

#[test]
fn names_that_no_shadow_can_have_are_bad_requests() {
    for thing in [
        "",
        "..",
        "a%2Fb",
        "%00",
        "%ff",
        "%",
        "%4",
        "%zz",
        "caf%C3%A9",
        "a+b",
    ] {
        check_error("GET", &format!("/things/{thing}/shadow"), 400);
    }
    check_error("GET", &format!("/things/{}/shadow", "a".repeat(129)), 400);
    for shadow in ["name", "name=", "name=a%2Fb", "name=%80", "name=a/b"] {
        check_error("GET", &format!("/things/lamp/shadow?{shadow}"), 400);
    }
}

#[test]
fn other_paths_and_methods_are_told_apart() {
    for path in [
        "/things/lamp/shadow/",
        "/things/lamp/nothing",
        "/things/a/b/shadow",
        "/principals",
        "/certificate",
        "/indices/AWS_Things",
        "/policies/p/version/1/2",
        "/api",
        "/api/things/shadow/ListNamedShadowsForThing",
        "/topics",
    ] {
        check_error("GET", path, 404);
        assert!(plane(path).is_some(), "{path}");
    }
    for (method, path) in [
        ("PUT", "/things/lamp/shadow"),
        ("OPTIONS", "/things/lamp/shadow"),
        ("get", "/things/lamp/shadow"),
        ("POST", "/api/things/shadow/ListNamedShadowsForThing/lamp"),
        ("GET", "/topics/a"),
        ("DELETE", "/retainedMessage/a"),
        ("POST", "/retainedMessage"),
        ("POST", "/things"),
        ("PUT", "/things/lamp"),
        ("POST", "/things/lamp/principals"),
        ("DELETE", "/policies"),
        ("GET", "/target-policies/p"),
        ("GET", "/keys-and-certificate"),
        ("POST", "/endpoint"),
        ("GET", "/indices/search"),
    ] {
        check_error(method, path, 405);
    }
}

#[test]
fn calls_that_only_aws_serves_are_told_so() {
    for (method, path) in [
        ("POST", "/thing-groups/x"),
        ("GET", "/indexing/config"),
        ("POST", "/cacertificate"),
        ("GET", "/cacertificates"),
        ("PUT", "/jobs/j"),
        ("GET", "/authorizers/"),
        ("GET", "/loggingOptions"),
    ] {
        assert_eq!(plane(path), Some(Plane::Control), "{path}");
        assert_eq!(parse(method, path), Err(ApiError::NotServed), "{path}");
        check_error(method, path, 501);
    }
}

#[test]
fn the_dashboards_paths_are_no_calls() {
    for path in [
        "/",
        "",
        "/mqtt",
        "/index.html",
        "/thingsy",
        "/%74hings",
        "*",
        "/Policies",
        "/endpoints",
    ] {
        assert_eq!(plane(path), None, "{path}");
    }
}

#[test]
fn a_topic_comes_with_or_without_its_slashes_encoded() {
    let message = |name, qos, retain| {
        data(DataCall::Publish(Message {
            topic: topic(name),
            payload: Bytes::from_static(b"{}"),
            qos,
            retain,
        }))
    };
    let at_most_once = QoS::AtMostOnce;
    assert_eq!(
        parse("POST", "/topics/a%2Fb"),
        message("a/b", at_most_once, false)
    );
    assert_eq!(
        parse("POST", "/topics/a/b?retain=true&qos=1&contentType=x"),
        message("a/b", QoS::AtLeastOnce, true)
    );
    assert_eq!(
        parse("POST", "/topics/%C3%A9tage%20%3F?qos=0&retain=false"),
        message("étage ?", at_most_once, false)
    );
    for uri in ["/topics/", "/topics/a%2F%23", "/topics/+", "/topics/%00"] {
        check_error("POST", uri, 400);
    }
    for query in ["qos=2", "qos=", "qos=1%", "retain=1", "retain"] {
        check_error("POST", &format!("/topics/a?{query}"), 400);
    }
}

proptest! {
    #[test]
    fn whatever_is_asked_has_an_answer(
        method in prop_oneof![Just("GET"), Just("POST"), Just("DELETE"), Just("PUT"), Just("PATCH")],
        path in "/(api|retainedMessage|things|topics|policies|certificates|thing-types|principal-policies|indices)\
            (/(search|principals|version|deprecate|([a-zA-Z%/+#$.0-9]|\\PC){0,20})){0,5}",
        query in "(name|nextToken|marker|pageSize|maxResults|qos|newStatus)=([a-zA-Z%&=_0-9]|\\PC){0,20}",
        body in "\\{(\"(policyDocument|target|queryString|attributePayload)\":[\"{}a:1,]{0,9}){0,2}\\}",
    ) {
        if let Err(error) = parse_with(method, &format!("{path}?{query}"), &body) {
            prop_assert!((400..502).contains(&error.status()));
        }
    }
}

#[test]
fn a_body_has_its_limit() {
    let call = |len| parse_with("POST", "/topics/a", &"x".repeat(len));
    assert!(call(MAX_BODY).is_ok());
    assert_eq!(call(MAX_BODY + 1), Err(ApiError::TooLarge));
}

#[test]
fn lists_begin_behind_their_token() {
    let page = |after: Option<&str>, size| {
        data(DataCall::ListNamedShadowsForThing {
            thing: "lamp".to_owned(),
            page: Page {
                after: after.map(str::to_owned),
                size,
            },
        })
    };
    let path = "/api/things/shadow/ListNamedShadowsForThing/lamp";
    assert_eq!(parse("GET", path), page(None, 100));
    let uri = format!("{path}?nextToken={}&pageSize=7", token::write("cfg"));
    assert_eq!(parse("GET", &uri), page(Some("cfg"), 7));
    let uri = format!(
        "/retainedMessage?maxResults=200&nextToken={}",
        token::write("é/b")
    );
    let after = Some(topic("é/b"));
    let retained = DataCall::ListRetainedMessages(Page { after, size: 200 });
    assert_eq!(parse("GET", &uri), data(retained));
    assert_eq!(
        parse("GET", "/retainedMessage/a%2Fb"),
        data(DataCall::GetRetainedMessage(topic("a/b")))
    );
    check_error("GET", "/retainedMessage/", 400);
}

#[test]
fn a_token_or_a_size_that_was_made_up_is_a_bad_request() {
    let path = "/api/things/shadow/ListNamedShadowsForThing/lamp";
    let foreign = token::write("not a shadow's name");
    for token in [
        "",
        "x",
        "%ff",
        "a b",
        "////",
        "Y2Zn=",
        &foreign,
        &"A".repeat(999),
    ] {
        check_error("GET", &format!("{path}?nextToken={token}"), 400);
    }
    for token in ["", "%00", &token::write("a/#"), &token::write("")] {
        check_error("GET", &format!("/retainedMessage?nextToken={token}"), 400);
    }
    for size in ["0", "101", "-1", "", "1e1", "99999999999999999999"] {
        check_error("GET", &format!("{path}?pageSize={size}"), 400);
    }
    check_error("GET", "/retainedMessage?maxResults=201", 400);
}

#[test]
fn things_are_made_changed_and_listed() {
    let thing = |call| ControlCall::Thing(call);
    let attributes = || [("room".to_owned(), "1".to_owned())].into();
    let body = r#"{"thingTypeName":"T","attributePayload":{"attributes":{"room":"1"}},"more":[]}"#;
    let create = ThingCall::Create {
        name: "a:b".to_owned(),
        new: NewThing {
            type_name: Some("T".to_owned()),
            attributes: attributes(),
        },
    };
    check_control("POST", "/things/a%3Ab", body, thing(create));
    let empty = ThingCall::Create {
        name: "lamp".to_owned(),
        new: NewThing::default(),
    };
    check_control("POST", "/things/lamp", "", thing(empty));
    let body =
        r#"{"attributePayload":{"attributes":{"room":"1"},"merge":true},"expectedVersion":3}"#;
    let update = ThingCall::Update {
        name: "lamp".to_owned(),
        update: ThingUpdate {
            attributes: Some(attributes()),
            merge: true,
            expected_version: Some(3),
            ..ThingUpdate::default()
        },
    };
    check_control("PATCH", "/things/lamp", body, thing(update));
    let delete = ThingCall::Delete {
        name: "shadow".to_owned(),
        expected_version: Some(2),
    };
    check_control(
        "DELETE",
        "/things/shadow?expectedVersion=2",
        "",
        thing(delete),
    );
    let list = ThingCall::List {
        page: Page {
            after: None,
            size: 25,
        },
        filter: ThingFilter {
            attribute_name: Some("room".to_owned()),
            attribute_value: Some("1".to_owned()),
            by_prefix: true,
            ..ThingFilter::default()
        },
    };
    let uri =
        "/things?maxResults=25&attributeName=room&attributeValue=1&usePrefixAttributeValue=true";
    check_control("GET", uri, "", thing(list));
    let attach = ThingCall::AttachPrincipal("lamp".to_owned(), certificate());
    check_control("PUT", "/things/lamp/principals", "", thing(attach));
    for (method, uri, body) in [
        ("POST", "/things/lamp", "[]"),
        (
            "POST",
            "/things/lamp",
            r#"{"attributePayload":{"attributes":{"a":1}}}"#,
        ),
        ("DELETE", "/things/lamp?expectedVersion=x", ""),
        ("GET", "/things?attributeValue=1", ""),
        ("GET", "/things?maxResults=251", ""),
        ("GET", "/principals/things?nextToken=%00", ""),
    ] {
        let error = parse_with(method, uri, body).unwrap_err();
        assert_eq!(error.exception(), "InvalidRequestException", "{uri} {body}");
    }
    let refused = parse(
        "PUT",
        "/things/lamp/principals?thingPrincipalType=EXCLUSIVE_THING",
    );
    assert_eq!(refused, Err(ApiError::NotHere("exclusive principals")));
}

#[test]
fn certificates_are_made_registered_and_changed() {
    let call = |call| ControlCall::Certificate(call);
    let create = CertificateCall::CreateKeys { active: true };
    check_control(
        "POST",
        "/keys-and-certificate?setAsActive=true",
        "",
        call(create),
    );
    let create = CertificateCall::CreateFromCsr {
        request: "csr".to_owned(),
        active: false,
    };
    let body = r#"{"certificateSigningRequest":"csr"}"#;
    check_control("POST", "/certificates", body, call(create));
    let register = CertificateCall::Register {
        pem: "pem".to_owned(),
        authority: None,
        status: CertificateStatus::Active,
    };
    let body = r#"{"certificatePem":"pem","status":"ACTIVE"}"#;
    check_control("POST", "/certificate/register-no-ca", body, call(register));
    let register = |status| CertificateCall::Register {
        pem: "pem".to_owned(),
        authority: Some("ca".to_owned()),
        status,
    };
    let body = r#"{"certificatePem":"pem","caCertificatePem":"ca"}"#;
    for (query, status) in [
        ("", CertificateStatus::Inactive),
        ("?setAsActive=true", CertificateStatus::Active),
    ] {
        let uri = format!("/certificate/register{query}");
        check_control("POST", &uri, body, call(register(status)));
    }
    let uri = format!(
        "/certificates/{}?newStatus=REVOKED",
        ID.to_ascii_uppercase()
    );
    let update = CertificateCall::Update(certificate(), CertificateStatus::Revoked);
    check_control("PUT", &uri, "", call(update));
    let uri = format!(
        "/certificates?marker={}&pageSize=2&isAscendingOrder=true",
        token::write(ID)
    );
    let after = Some(certificate());
    let list = CertificateCall::List(Page { after, size: 2 });
    check_control("GET", &uri, "", call(list));
    for (method, uri) in [
        ("GET", "/certificates/abc".to_owned()),
        ("PUT", format!("/certificates/{ID}")),
        (
            "PUT",
            format!("/certificates/{ID}?newStatus=PENDING_TRANSFER"),
        ),
        ("POST", "/certificates".to_owned()),
        ("POST", "/keys-and-certificate?setAsActive=yes".to_owned()),
        ("GET", format!("/certificates?marker={}", token::write("x"))),
    ] {
        check_error(method, &uri, 400);
    }
}

#[test]
fn a_policy_is_attached_by_either_generation_of_calls() {
    let call = |call| ControlCall::Policy(call);
    let body = format!(r#"{{"target":"{ARN}"}}"#);
    let attach = || call(PolicyCall::Attach("P".to_owned(), certificate()));
    check_control("PUT", "/target-policies/P", &body, attach());
    check_control("PUT", "/principal-policies/P", "", attach());
    let detach = || call(PolicyCall::Detach("P".to_owned(), certificate()));
    check_control("POST", "/target-policies/P", &body, detach());
    check_control("DELETE", "/principal-policies/P", "", detach());
    let target = certificate();
    let page = || Page {
        after: None,
        size: 250,
    };
    let list = || {
        call(PolicyCall::ListAttached {
            target,
            page: page(),
        })
    };
    check_control("GET", "/principal-policies", "", list());
    let uri = format!(
        "/attached-policies/{}",
        ARN.replace(':', "%3A").replace('/', "%2F")
    );
    check_control("POST", &uri, "", list());
    let name = "P".to_owned();
    let create = PolicyCall::Create {
        name: "P+=,.@-".to_owned(),
        document: "{}".to_owned(),
    };
    let body = r#"{"policyDocument":"{}"}"#;
    check_control("POST", "/policies/P%2B%3D%2C.%40-", body, call(create));
    let version = PolicyCall::CreateVersion {
        name: name.clone(),
        document: "{}".to_owned(),
        is_default: true,
    };
    let uri = "/policies/P/version?setAsDefault=true";
    check_control("POST", uri, body, call(version));
    let version = PolicyCall::SetDefaultVersion(name, 2);
    check_control("PATCH", "/policies/P/version/2", "", call(version));
    for arn in ["", "arn:aws:iot:r:1:thing/a", ID, "arn:aws:s3:::cert/x"] {
        let body = format!(r#"{{"target":"{arn}"}}"#);
        let parsed = parse_with("PUT", "/target-policies/P", &body);
        assert_eq!(parsed, Err(ApiError::Principal), "{arn}");
    }
    assert_eq!(
        parse("POST", "/policies/P"),
        Err(ApiError::Missing("policyDocument"))
    );
    check_error("GET", "/policies/P/version/one", 400);
}

#[test]
fn an_endpoint_is_the_name_that_was_called() {
    let host = "localhost".to_owned();
    let endpoint = ControlCall::DescribeEndpoint { host };
    for uri in ["/endpoint", "/endpoint?endpointType=iot:Data-ATS"] {
        check_control("GET", uri, "", endpoint.clone());
    }
    let other = parse("GET", "/endpoint?endpointType=iot:Jobs");
    assert_eq!(other, Err(ApiError::EndpointType));
}

#[test]
fn a_search_names_its_index_its_query_and_its_page() {
    let search = |body: &str| parse_with("POST", "/indices/search", body);
    let body = format!(
        r#"{{"indexName":"AWS_Things","queryString":"thingName:a*","maxResults":5,"nextToken":"{}"}}"#,
        token::write("a1")
    );
    let Ok(Call::Control(ControlCall::SearchIndex(found))) = search(&body) else {
        panic!("{body}");
    };
    assert_eq!((found.after.as_deref(), found.size), (Some("a1"), 5));
    let error = |body: &str| search(body).unwrap_err().exception();
    assert_eq!(error("{}"), "InvalidRequestException");
    assert_eq!(
        error(r#"{"queryString":"a","maxResults":101}"#),
        "InvalidRequestException"
    );
    assert_eq!(error(r#"{"queryString":"(a"}"#), "InvalidQueryException");
    let other = r#"{"queryString":"a","indexName":"AWS_ThingGroups"}"#;
    assert_eq!(error(other), "ResourceNotFoundException");
}
