//! AWS Signature Version 4: from the parts of a request and a secret to a signature, in its header and its query form.
//! Knows no clock, sends nothing and checks nobody: the verifier is the backend's.

mod stamp;
mod text;

use std::fmt;

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::time::UnixMillis;

pub use stamp::{read_stamp, stamp};
pub(super) use text::encoded;

pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// The SHA-256 of nothing.
pub const EMPTY_PAYLOAD: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// The service that AWS IoT's WebSocket is signed for.
pub const DEVICE_GATEWAY: &str = "iotdevicegateway";

/// What AWS gives a user. Only the first part is no secret.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    pub access_key_id: &'a str,
    pub secret_access_key: &'a str,
    /// Of temporary credentials.
    pub session_token: Option<&'a str>,
}

/// What is signed of an HTTP request.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub method: &'a str,
    /// As it is sent: percent-encoded once.
    pub path: &'a str,
    /// As it is sent, without what is not signed.
    pub query: &'a str,
    /// Those that are signed, by their names in lower case, in any order.
    pub headers: &'a [(&'a str, &'a str)],
    /// The SHA-256 of the body in hex.
    pub payload_hash: &'a str,
}

/// What a signature is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope<'a> {
    /// `yyyymmdd`.
    pub date: &'a str,
    pub region: &'a str,
    pub service: &'a str,
}

/// Where a WebSocket is to be opened.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint<'a> {
    /// `wss` or `ws`.
    pub secure: bool,
    pub host: &'a str,
    pub port: u16,
    pub path: &'a str,
}

/// Made from a secret for one scope.
pub struct SigningKey([u8; 32]);

impl Request<'_> {
    /// The text whose hash is signed.
    pub fn canonical(&self) -> String {
        let mut headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (*name, text::trimmed(value)))
            .collect();
        headers.sort();
        let mut lines = format!(
            "{}\n{}\n{}\n",
            self.method,
            encoded(self.path.as_bytes(), b"/"),
            text::canonical_query(self.query)
        );
        for (name, value) in &headers {
            lines.push_str(&format!("{name}:{value}\n"));
        }
        let names: Vec<_> = headers.iter().map(|(name, _)| *name).collect();
        lines + "\n" + &names.join(";") + "\n" + self.payload_hash
    }

    /// The text that is signed. `stamp` is the time of signing as `yyyymmddThhmmssZ`.
    pub fn string_to_sign(&self, scope: Scope<'_>, stamp: &str) -> String {
        let hash = sha256(self.canonical().as_bytes());
        format!("{ALGORITHM}\n{stamp}\n{scope}\n{hash}")
    }

    /// The value of the header `Authorization`.
    pub fn authorization(
        &self,
        credentials: Credentials<'_>,
        scope: Scope<'_>,
        stamp: &str,
    ) -> String {
        let key = SigningKey::new(credentials.secret_access_key, scope);
        let signature = key.sign(&self.string_to_sign(scope, stamp));
        let mut names: Vec<_> = self.headers.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        format!(
            "{ALGORITHM} Credential={}/{scope}, SignedHeaders={}, Signature={signature}",
            credentials.access_key_id,
            names.join(";")
        )
    }
}

impl fmt::Display for Scope<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            date,
            region,
            service,
        } = self;
        write!(out, "{date}/{region}/{service}/aws4_request")
    }
}

impl SigningKey {
    pub fn new(secret_access_key: &str, scope: Scope<'_>) -> Self {
        let secret = format!("AWS4{secret_access_key}");
        let parts = [scope.date, scope.region, scope.service, "aws4_request"];
        let mut key = Self(Sha256::digest([]).into());
        let mut last: &[u8] = secret.as_bytes();
        for part in parts {
            key = Self(mac(last, part).finalize().into_bytes().into());
            last = &key.0;
        }
        key
    }

    /// In hex.
    pub fn sign(&self, string_to_sign: &str) -> String {
        hex(&mac(&self.0, string_to_sign).finalize().into_bytes())
    }

    /// Takes as long for a wrong signature as for a right one.
    pub fn verify(&self, string_to_sign: &str, signature: &str) -> bool {
        let signature = unhex(signature);
        signature.is_some_and(|signature| {
            mac(&self.0, string_to_sign)
                .verify_slice(&signature)
                .is_ok()
        })
    }

    /// In hex, for those who compare step by step.
    pub fn to_hex(&self) -> String {
        hex(&self.0)
    }
}

/// The URL of AWS IoT's WebSocket. The token of temporary credentials stands behind the signature and is not signed:
/// AWS IoT refuses what AWS's general signers make, which do sign it. It is a secret as a whole.
pub fn presigned_url(
    endpoint: Endpoint<'_>,
    credentials: Credentials<'_>,
    region: &str,
    now: UnixMillis,
    expires: Option<u32>,
) -> String {
    let stamp = stamp(now);
    let scope = Scope {
        date: &stamp[..8],
        region,
        service: DEVICE_GATEWAY,
    };
    let authority = endpoint.authority();
    let query = endpoint.query(credentials.access_key_id, scope, &stamp, expires);
    let request = Request {
        method: "GET",
        path: endpoint.path,
        query: &query,
        headers: &[("host", &authority)],
        payload_hash: EMPTY_PAYLOAD,
    };
    let key = SigningKey::new(credentials.secret_access_key, scope);
    let signature = key.sign(&request.string_to_sign(scope, &stamp));
    let scheme = if endpoint.secure { "wss" } else { "ws" };
    let mut url = format!(
        "{scheme}://{authority}{}?{query}&X-Amz-Signature={signature}",
        endpoint.path
    );
    if let Some(token) = credentials.session_token {
        url += "&X-Amz-Security-Token=";
        url += &encoded(token.as_bytes(), b"");
    }
    url
}

impl Endpoint<'_> {
    /// As a browser writes it into `Host`.
    pub fn authority(&self) -> String {
        let host = self.host.to_ascii_lowercase();
        match (self.secure, self.port) {
            (true, 443) | (false, 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }

    /// What is signed of the query, in the order in which it is signed.
    fn query(
        &self,
        access_key_id: &str,
        scope: Scope<'_>,
        stamp: &str,
        expires: Option<u32>,
    ) -> String {
        let credential = format!("{access_key_id}/{scope}");
        let expires = expires.map(|seconds| format!("&X-Amz-Expires={seconds}"));
        format!(
            "X-Amz-Algorithm={ALGORITHM}&X-Amz-Credential={}&X-Amz-Date={stamp}{}&X-Amz-SignedHeaders=host",
            encoded(credential.as_bytes(), b""),
            expires.unwrap_or_default()
        )
    }
}

/// In hex.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn mac(key: &[u8], text: &str) -> Hmac<Sha256> {
    // HMAC's own rule for keys of other lengths, by which no key is refused.
    let mut block = [0; 64];
    match block.get_mut(..key.len()) {
        Some(start) => start.copy_from_slice(key),
        None => block[..32].copy_from_slice(&Sha256::digest(key)),
    }
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(text.as_bytes());
    mac
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| digit.to_digit(16).map(|digit| digit as u8))
        .collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(
        digits
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREDENTIALS: Credentials<'_> = Credentials {
        access_key_id: "AKIDEXAMPLE",
        secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        session_token: None,
    };
    const ENDPOINT: Endpoint<'_> = Endpoint {
        secure: true,
        host: "a1b2c3d4e5f6g7-ats.iot.us-east-1.amazonaws.com",
        port: 443,
        path: "/mqtt",
    };
    const NOW: UnixMillis = UnixMillis(1_440_938_160_000);

    fn signature(url: &str) -> &str {
        let (_, rest) = url.split_once("&X-Amz-Signature=").unwrap();
        rest.split('&').next().unwrap()
    }

    #[test]
    fn a_token_changes_no_signature() {
        let url = presigned_url(ENDPOINT, CREDENTIALS, "us-east-1", NOW, None);
        let expected = "abaa19ec946afb81af70a8d779058f5587de5b38d677c12d9f47702a8744126e";
        assert_eq!(signature(&url), expected);
        let temporary = Credentials {
            session_token: Some("a/b=="),
            ..CREDENTIALS
        };
        let url = presigned_url(ENDPOINT, temporary, "us-east-1", NOW, None);
        assert_eq!(signature(&url), expected);
        assert!(url.ends_with("&X-Amz-Security-Token=a%2Fb%3D%3D"), "{url}");
    }

    #[test]
    fn a_port_is_signed_unless_it_is_the_schemes_own() {
        let url = |secure, port| {
            let endpoint = Endpoint {
                secure,
                host: "LocalHost",
                port,
                ..ENDPOINT
            };
            let url = presigned_url(endpoint, CREDENTIALS, "us-east-1", NOW, Some(60));
            url.split('?').next().unwrap().to_owned()
        };
        assert_eq!(url(true, 443), "wss://localhost/mqtt");
        assert_eq!(url(true, 8084), "wss://localhost:8084/mqtt");
        assert_eq!(url(false, 80), "ws://localhost/mqtt");
        assert_eq!(url(false, 443), "ws://localhost:443/mqtt");
    }

    #[test]
    fn only_the_same_signature_verifies() {
        let scope = Scope {
            date: "20150830",
            region: "us-east-1",
            service: "iot",
        };
        let key = SigningKey::new("secret", scope);
        let right = key.sign("text");
        assert!(key.verify("text", &right));
        assert!(!key.verify("Text", &right));
        for wrong in ["", "00", "zz", "é", &right[2..], &format!("{right}00")] {
            assert!(!key.verify("text", wrong), "{wrong}");
        }
    }

    #[test]
    fn headers_are_sorted_and_their_blanks_folded() {
        let request = Request {
            method: "POST",
            path: "/things/a%3Ab/shadow",
            query: "name=c%20d&a",
            headers: &[("x-amz-date", " 1  2 "), ("host", "h")],
            payload_hash: "hash",
        };
        let canonical = "POST\n/things/a%253Ab/shadow\na=&name=c%20d\nhost:h\nx-amz-date:1 2\n\n\
            host;x-amz-date\nhash";
        assert_eq!(request.canonical(), canonical);
    }
}
