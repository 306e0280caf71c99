//! Who is let in, and who is not.

use gnomon::auth::sigv4::{Credentials, Endpoint, Scope, presigned_url, stamp};
use proptest::prelude::*;

use super::*;

const NOW: UnixMillis = UnixMillis(1_440_938_160_000);
const CREDENTIALS: Credentials<'_> = Credentials {
    access_key_id: "AKIDEXAMPLE",
    secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    session_token: None,
};

fn keys() -> Keys {
    let text = "# ours\n\nOTHER x\n  AKIDEXAMPLE\twJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY  \n";
    Keys::parse(text).unwrap()
}

/// A call to `/things/a%3Ab/shadow`, changed by `change` after it was signed.
struct Call {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
    plane: Plane,
    now: UnixMillis,
}

impl Call {
    fn signed(service: &str, headers: &[(&str, &str)]) -> Self {
        let stamp = stamp(NOW);
        let mut signed = vec![("host", "localhost:8083"), ("x-amz-date", &stamp)];
        signed.extend(headers);
        let (path, query, body) = ("/things/a%3Ab/shadow", "name=cfg", "{}");
        let request = Request {
            method: "POST",
            path,
            query,
            headers: &signed,
            payload_hash: &sigv4::sha256(body.as_bytes()),
        };
        let scope = Scope {
            date: &stamp[..8],
            region: "eu-west-9",
            service,
        };
        let authorization = request.authorization(CREDENTIALS, scope, &stamp);
        signed.push(("authorization", &authorization));
        signed.push(("user-agent", "test"));
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            method: "POST".to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: signed.iter().map(own).collect(),
            body: body.to_owned(),
            plane: Plane::Data,
            now: NOW,
        }
    }

    fn set(&mut self, name: &str, value: impl FnOnce(&str) -> String) {
        let header = self.headers.iter_mut().find(|(other, _)| other == name);
        let (_, text) = header.unwrap();
        *text = value(text);
    }

    fn verify(&self) -> Result<String, SignatureError> {
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let request = Signed {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &headers,
            body: self.body.as_bytes(),
        };
        let verified = keys().verify(request, self.plane, self.now);
        verified.map(|id| id.as_ref().to_owned())
    }
}

fn check(change: impl FnOnce(&mut Call), expected: Result<(), SignatureError>) {
    let mut call = Call::signed("iotdata", &[]);
    change(&mut call);
    let verified = call.verify();
    assert_eq!(verified, expected.map(|()| "AKIDEXAMPLE".to_owned()));
}

#[test]
fn what_was_signed_is_let_in() {
    check(|_| (), Ok(()));
    for service in ["iotdata", "iotdevicegateway"] {
        assert!(Call::signed(service, &[]).verify().is_ok(), "{service}");
    }
    let mut control = Call::signed("iot", &[("x-amzn-principal", "arn")]);
    assert_eq!(control.verify(), Err(SignatureError::Scope("iotdata")));
    control.plane = Plane::Control;
    assert!(control.verify().is_ok());
}

#[test]
fn whatever_is_changed_on_the_way_is_noticed() {
    let mismatch = || Err(SignatureError::Mismatch);
    check(|call| call.method = "DELETE".to_owned(), mismatch());
    check(
        |call| call.path = "/things/a:b/shadow".to_owned(),
        mismatch(),
    );
    check(|call| call.query = "name=other".to_owned(), mismatch());
    check(|call| call.query += "&x=y", mismatch());
    check(|call| call.body += " ", mismatch());
    check(
        |call| call.set("host", |_| "localhost".to_owned()),
        mismatch(),
    );
    check(
        |call| call.headers.retain(|(name, _)| name != "host"),
        mismatch(),
    );
    let doubled = ("host".to_owned(), "evil".to_owned());
    check(|call| call.headers.push(doubled), mismatch());
    let other_region = |text: &str| text.replace("eu-west-9", "eu-west-1");
    check(|call| call.set("authorization", other_region), mismatch());
    let cut = |text: &str| text[..text.len() - 2].to_owned();
    check(|call| call.set("authorization", cut), mismatch());
    let later = |_: &str| stamp(UnixMillis(NOW.0 + 1000));
    check(|call| call.set("x-amz-date", later), mismatch());
    check(
        |call| call.set("user-agent", |_| "other".to_owned()),
        Ok(()),
    );
    let unknown = |text: &str| text.replace("AKIDEXAMPLE", "AKIDOTHER");
    let error = Err(SignatureError::UnknownKey);
    check(|call| call.set("authorization", unknown), error);
    let wrong = |text: &str| text.replace("AKIDEXAMPLE", "OTHER");
    check(|call| call.set("authorization", wrong), mismatch());
}

#[test]
fn a_header_that_says_whom_a_call_is_about_must_be_signed() {
    let header = ("x-amzn-iot-principal".to_owned(), "arn".to_owned());
    let what = "the principal's header must be signed";
    let error = Err(SignatureError::Incomplete(what));
    check(|call| call.headers.push(header), error);
}

#[test]
fn what_is_missing_is_named() {
    let headers = |call: &mut Call| call.headers.retain(|(name, _)| name != "authorization");
    check(headers, Err(SignatureError::Missing));
    let basic = |_: &str| "Basic bWU6c2VjcmV0".to_owned();
    check(
        |call| call.set("authorization", basic),
        Err(SignatureError::Missing),
    );
    for part in [
        "Credential=",
        "SignedHeaders=",
        "Signature=",
        "/aws4_request",
        "host;",
        "/2015",
    ] {
        let mut call = Call::signed("iotdata", &[]);
        call.set("authorization", |text| text.replace(part, ""));
        let error = call.verify().unwrap_err();
        assert!(
            matches!(error, SignatureError::Incomplete(_)),
            "{part}: {error}"
        );
    }
    for stamp in ["", "yesterday", "20150831T000000Z"] {
        let mut call = Call::signed("iotdata", &[]);
        call.set("x-amz-date", |_| stamp.to_owned());
        let error = call.verify().unwrap_err();
        assert!(
            matches!(error, SignatureError::Incomplete(_)),
            "{stamp}: {error}"
        );
    }
}

#[test]
fn a_signature_is_good_for_five_minutes() {
    let at = |seconds: i64| move |call: &mut Call| call.now = UnixMillis(NOW.0 + seconds * 1000);
    check(at(300), Ok(()));
    check(at(-300), Ok(()));
    let mut call = Call::signed("iotdata", &[]);
    at(301)(&mut call);
    let words = "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z \
        (20150830T124101Z - 5 min.)";
    assert_eq!(call.verify().unwrap_err().to_string(), words);
    at(-301)(&mut call);
    let words =
        "Signature not yet current: 20150830T123600Z is still later than 20150830T123059Z + 5 min.";
    assert_eq!(call.verify().unwrap_err().to_string(), words);
}

fn check_url(
    expires: Option<u32>,
    after: i64,
    change: impl Fn(&str) -> String,
) -> Result<(), SignatureError> {
    let endpoint = Endpoint {
        secure: false,
        host: "127.0.0.1",
        port: 8083,
        path: "/mqtt",
    };
    let credentials = Credentials {
        session_token: Some("to/ken=="),
        ..CREDENTIALS
    };
    let url = presigned_url(endpoint, credentials, "us-east-1", NOW, expires);
    let query = change(url.split_once('?').unwrap().1);
    let request = Signed {
        method: "GET",
        path: "/mqtt",
        query: &query,
        headers: &[("host", "127.0.0.1:8083"), ("upgrade", "websocket")],
        body: b"",
    };
    let now = UnixMillis(NOW.0 + after * 1000);
    keys().verify(request, Plane::Data, now).map(|_| ())
}

#[test]
fn a_signed_url_is_good_until_it_expires() {
    let same = str::to_owned;
    assert_eq!(check_url(None, 300, same), Ok(()));
    assert!(matches!(
        check_url(None, 301, same),
        Err(SignatureError::Expired { .. })
    ));
    assert_eq!(check_url(Some(86_400), 86_400, same), Ok(()));
    assert!(matches!(
        check_url(Some(60), 61, same),
        Err(SignatureError::Expired { .. })
    ));
    assert!(matches!(
        check_url(Some(60), -301, same),
        Err(SignatureError::NotYet { .. })
    ));
    for expires in [0, 604_801] {
        let error = check_url(Some(expires), 0, same).unwrap_err();
        assert!(matches!(error, SignatureError::Incomplete(_)), "{expires}");
    }
}

#[test]
fn the_token_of_a_url_is_not_signed_and_everything_else_is() {
    let without = |query: &str| {
        query
            .split("&X-Amz-Security-Token")
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(check_url(None, 0, without), Ok(()));
    let mismatch = Err(SignatureError::Mismatch);
    assert_eq!(check_url(None, 0, |query| format!("{query}&x=1")), mismatch);
    let longer = |query: &str| query.replace("X-Amz-Expires=60", "X-Amz-Expires=6000");
    assert_eq!(check_url(Some(60), 0, longer), mismatch);
    let missing = |query: &str| query.replace("X-Amz-Signature", "x");
    assert_eq!(check_url(None, 0, missing), Err(SignatureError::Missing));
    let other = |query: &str| query.replace("iotdevicegateway", "s3");
    assert_eq!(
        check_url(None, 0, other),
        Err(SignatureError::Scope("iotdata"))
    );
}

#[test]
fn a_file_of_keys_is_read_or_its_line_is_named() {
    let error = |text: &str| Keys::parse(text).unwrap_err();
    assert_eq!(error("# nothing\n\n"), KeysError::Empty);
    assert_eq!(error("A s\nB"), KeysError::Line(2));
    assert_eq!(error("A s c"), KeysError::Line(1));
    assert_eq!(error("A=s x"), KeysError::Identifier(1));
    assert_eq!(error("A s\n\nA t"), KeysError::Twice(3));
    for text in ["A top-secret x", "A= top-secret", "A s\nA top-secret"] {
        assert!(!error(text).to_string().contains("top-secret"));
    }
    let shown = format!("{:?}", keys());
    assert_eq!(shown, "2 access keys");
}

proptest! {
    #[test]
    fn no_request_panics(
        query in "(X-Amz-(Signature|Credential|Date|Expires|SignedHeaders|Algorithm)=([A-Za-z0-9%/;-]|\\PC){0,30}&){0,6}",
        authorization in "(AWS4-HMAC-SHA256 )?((Credential|SignedHeaders|Signature)=([a-z0-9/;-]|\\PC){0,30},? ?){0,4}",
        is_header: bool,
    ) {
        let headers = [("host", "a"), ("x-amz-date", "20150830T123600Z"), ("authorization", authorization.as_str())];
        let request = Signed {
            method: "GET",
            path: "/mqtt",
            query: &query,
            headers: if is_header { &headers } else { &headers[..2] },
            body: b"",
        };
        prop_assert!(keys().verify(request, Plane::Control, NOW).is_err());
    }
}
