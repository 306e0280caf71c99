//! What opens a link by each way in: the URL of its WebSocket, and what CONNECT says. A URL is made anew for every
//! attempt, since a signature is good for five minutes only.

use super::Question;
use super::endpoint::{Endpoint, incomplete};
use super::fault::SignInFault;
use super::sigv4::{self, Credentials, Request, Scope, encoded};
use super::way::{Authorizer, Carrier, Keys};
use crate::time::UnixMillis;

/// AWS's other name for the endpoint, by which its HTTP calls are signed.
const DATA: &str = "iotdata";

/// A question that only the keys decide: whether such a shadow is there does not matter.
const QUESTION: &str = "/things/gnomon/shadow";

impl Keys {
    /// Without the blanks that come with pasting. What is missing is named by its field.
    pub fn tidied(&self) -> Result<Self, SignInFault> {
        let required = |text: &str, field| match text.trim() {
            "" => Err(incomplete(field)),
            text => Ok(text.to_owned()),
        };
        let token = self.session_token.as_deref().map(str::trim);
        Ok(Self {
            access_key_id: required(&self.access_key_id, "access_key_id")?,
            secret_access_key: required(&self.secret_access_key, "secret_access_key")?,
            session_token: token.filter(|it| !it.is_empty()).map(str::to_owned),
            expires_at: self.expires_at,
        })
    }

    fn as_signing(&self) -> Credentials<'_> {
        Credentials {
            access_key_id: &self.access_key_id,
            secret_access_key: &self.secret_access_key,
            session_token: self.session_token.as_deref(),
        }
    }
}

/// A secret. It says nothing of how long it is good, as AWS's own libraries say nothing.
pub fn signed_url(endpoint: &Endpoint, keys: &Keys, now: UnixMillis) -> String {
    let (place, region) = (endpoint.as_signed(), &endpoint.region);
    sigv4::presigned_url(place, keys.as_signing(), region, now, None)
}

/// A call that is to be signed.
pub(super) struct Call<'a> {
    pub(super) method: &'static str,
    /// Scheme, host and port.
    pub(super) base: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) body: &'a [u8],
    pub(super) region: &'a str,
    pub(super) service: &'a str,
}

/// A signed call that the same machine answers over HTTP, where it says why it refuses. None where a page may not ask.
pub fn signed_question(endpoint: &Endpoint, keys: &Keys, now: UnixMillis) -> Option<Question> {
    let call = Call {
        method: "GET",
        base: &endpoint.http()?,
        path: QUESTION,
        query: "",
        body: b"",
        region: &endpoint.region,
        service: DATA,
    };
    Some(signed_call(&call, keys, now))
}

pub(super) fn signed_call(call: &Call<'_>, keys: &Keys, now: UnixMillis) -> Question {
    let stamp = sigv4::stamp(now);
    let authority = call.base.split_once("://").map_or(call.base, |(_, it)| it);
    let mut headers = vec![("x-amz-date", stamp.clone())];
    // In a header the token is signed, in AWS IoT's query it is not.
    if let Some(token) = &keys.session_token {
        headers.push(("x-amz-security-token", token.clone()));
    }
    let mut signed: Vec<_> = headers.iter().map(|(name, it)| (*name, &**it)).collect();
    // The browser writes this one itself.
    signed.push(("host", authority));
    let request = Request {
        method: call.method,
        path: call.path,
        query: call.query,
        headers: &signed,
        payload_hash: &sigv4::sha256(call.body),
    };
    let scope = Scope {
        date: &stamp[..8],
        region: call.region,
        service: call.service,
    };
    let authorization = request.authorization(keys.as_signing(), scope, &stamp);
    headers.push(("authorization", authorization));
    let query = if call.query.is_empty() { "" } else { "?" };
    Question {
        method: call.method,
        url: [call.base, call.path, query, call.query].concat(),
        headers,
        body: call.body.to_vec(),
    }
}

impl Authorizer {
    /// A secret as soon as a token goes with it.
    pub fn url(&self, endpoint: &Endpoint) -> Result<String, SignInFault> {
        let parameters = self.parameters()?;
        Ok(match self.carrier {
            Carrier::Query if !parameters.is_empty() => endpoint.url() + "?" + &parameters,
            Carrier::Query | Carrier::UserName => endpoint.url(),
        })
    }

    /// The user name of CONNECT. Empty: none.
    pub fn connect_name(&self) -> Result<String, SignInFault> {
        let parameters = self.parameters()?;
        Ok(match self.carrier {
            Carrier::UserName if !parameters.is_empty() => {
                self.user_name.clone() + "?" + &parameters
            }
            Carrier::Query | Carrier::UserName => self.user_name.clone(),
        })
    }

    /// What is empty is left out: an account may have a default authorizer, and one that checks no signature.
    fn parameters(&self) -> Result<String, SignInFault> {
        let token = self.token.trim();
        if !token.is_empty() && self.token_key.trim().is_empty() {
            return Err(incomplete("token_key"));
        }
        let pairs = [
            ("x-amz-customauthorizer-name", self.name.trim()),
            (self.token_key.trim(), token),
            ("x-amz-customauthorizer-signature", self.signature.trim()),
        ];
        let pairs: Vec<String> = pairs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| {
                encoded(name.as_bytes(), b"") + "=" + &encoded(value.as_bytes(), b"")
            })
            .collect();
        Ok(pairs.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::way::AwsPlace;

    fn endpoint() -> Endpoint {
        Endpoint::read(&AwsPlace {
            endpoint: "a1-ats.iot.us-east-1.amazonaws.com".to_owned(),
            region: String::new(),
        })
        .unwrap()
    }

    fn authorizer(carrier: Carrier) -> Authorizer {
        Authorizer {
            name: "my authorizer".to_owned(),
            token_key: "token/key".to_owned(),
            token: "a&b=c?d#e%f é".to_owned(),
            signature: " ab+/==\n".to_owned(),
            user_name: "me & you".to_owned(),
            password: String::new(),
            carrier,
        }
    }

    const PARAMETERS: &str = "x-amz-customauthorizer-name=my%20authorizer&\
        token%2Fkey=a%26b%3Dc%3Fd%23e%25f%20%C3%A9&x-amz-customauthorizer-signature=ab%2B%2F%3D%3D";

    #[test]
    fn an_authorizer_is_told_in_the_query_or_behind_the_user_name() {
        let bare = "wss://a1-ats.iot.us-east-1.amazonaws.com/mqtt";
        let query = authorizer(Carrier::Query);
        assert_eq!(
            query.url(&endpoint()).unwrap(),
            format!("{bare}?{PARAMETERS}")
        );
        assert_eq!(query.connect_name().unwrap(), "me & you");
        let name = authorizer(Carrier::UserName);
        assert_eq!(name.url(&endpoint()).unwrap(), bare);
        assert_eq!(
            name.connect_name().unwrap(),
            format!("me & you?{PARAMETERS}")
        );
    }

    #[test]
    fn what_is_empty_is_left_out() {
        for carrier in [Carrier::Query, Carrier::UserName] {
            let nothing = Authorizer {
                carrier,
                ..Authorizer::default()
            };
            assert_eq!(nothing.url(&endpoint()).unwrap(), endpoint().url());
            assert_eq!(nothing.connect_name().unwrap(), "");
            let unsigned = Authorizer {
                token_key: "k".to_owned(),
                token: "t".to_owned(),
                carrier,
                ..Authorizer::default()
            };
            let whole = unsigned.url(&endpoint()).unwrap() + &unsigned.connect_name().unwrap();
            assert!(whole.ends_with("/mqtt?k=t"), "{whole}");
            let keyless = Authorizer {
                token_key: " ".to_owned(),
                ..unsigned
            };
            assert_eq!(keyless.url(&endpoint()), Err(incomplete("token_key")));
        }
    }

    #[test]
    fn keys_lose_their_blanks_and_say_what_is_missing() {
        let keys = Keys {
            access_key_id: " AKID\n".to_owned(),
            secret_access_key: "\tsecret ".to_owned(),
            session_token: Some("  ".to_owned()),
            expires_at: None,
        };
        let tidied = keys.tidied().unwrap_or_default();
        assert_eq!(tidied.access_key_id, "AKID");
        assert_eq!(tidied.secret_access_key, "secret");
        assert_eq!(tidied.session_token, None);
        let missing = |keys: Keys| keys.tidied().err();
        assert_eq!(missing(Keys::default()), Some(incomplete("access_key_id")));
        let keys = Keys {
            secret_access_key: " ".to_owned(),
            ..keys
        };
        assert_eq!(missing(keys), Some(incomplete("secret_access_key")));
    }

    #[test]
    fn every_attempt_is_signed_anew_and_the_token_stands_behind() {
        let keys = Keys {
            access_key_id: "AKIDEXAMPLE".to_owned(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned(),
            session_token: Some("a/b".to_owned()),
            expires_at: None,
        };
        let at = |seconds| signed_url(&endpoint(), &keys, UnixMillis::from_seconds(seconds));
        let first = at(1_440_938_160);
        assert!(first.ends_with("&X-Amz-Security-Token=a%2Fb"), "{first}");
        assert!(!first.contains("X-Amz-Expires"));
        assert_ne!(first, at(1_440_938_161));
        let question = signed_question(&endpoint(), &keys, UnixMillis(0)).unwrap();
        let url = "https://a1-ats.iot.us-east-1.amazonaws.com/things/gnomon/shadow";
        assert_eq!(question.url, url);
        let authorization = &question.headers.last().unwrap().1;
        assert!(
            authorization.contains(
                "/us-east-1/iotdata/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, "
            ),
            "{authorization}"
        );
    }
}
