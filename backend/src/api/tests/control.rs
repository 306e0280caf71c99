//! The calls of the control plane, as the aws CLI sends them.

use super::*;
use crate::api::control::{CertificateCall, PolicyCall, ThingCall, ThingFilter};
use crate::things::certificates::{CertificateId, CertificateStatus};
use crate::things::registry::{NewThing, ThingUpdate};

const ID: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn check_control(method: &str, uri: &str, body: &str, expected: ControlCall) {
    let parsed = parse_with(method, uri, body);
    assert_eq!(parsed, Ok(Call::Control(expected)), "{method} {uri}");
    let path = uri.split('?').next().unwrap();
    assert_eq!(plane(path), Some(Plane::Control), "{path}");
}

fn certificate() -> CertificateId {
    ID.parse().unwrap()
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
        status: CertificateStatus::Active,
    };
    let body = r#"{"certificatePem":"pem","status":"ACTIVE"}"#;
    check_control("POST", "/certificate/register-no-ca", body, call(register));
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
