//! The API of rules: how its calls are written, signed or not. It sends nothing and reads no answer.

use super::Question;
use super::attempt::{Call, signed_call};
use super::endpoint::Endpoint;
use super::registry::CONTROL;
use super::sigv4::encoded;
use super::way::Keys;
use crate::time::UnixMillis;

/// Rules of one page of the list.
const PAGE: u32 = 100;

/// A call by its meaning. Names are those of rules: they need no encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RulesCall {
    /// Every rule with its counters: Gnomon's own.
    Counters,
    /// ListTopicRules, from the page that a token leads to.
    List(Option<String>),
    /// GetTopicRule
    Rule(String),
    /// CreateTopicRule, with its `topicRulePayload`.
    Create(String, String),
    /// ReplaceTopicRule
    Replace(String, String),
    /// EnableTopicRule or DisableTopicRule
    Enable(String, bool),
    /// DeleteTopicRule
    Delete(String),
    /// The stored objects whose names begin so, behind a name, and how many: Gnomon's own.
    Objects {
        prefix: String,
        after: Option<String>,
        rows: u32,
    },
    /// The bytes of an object: Gnomon's own.
    Object(String),
}

impl RulesCall {
    fn method(&self) -> &'static str {
        match self {
            Self::Create(..) | Self::Enable(..) => "POST",
            Self::Replace(..) => "PATCH",
            Self::Delete(_) => "DELETE",
            _ => "GET",
        }
    }

    fn path(&self) -> String {
        match self {
            Self::Counters => "/gnomon/rules".to_owned(),
            Self::List(_) => "/rules".to_owned(),
            Self::Rule(name)
            | Self::Create(name, _)
            | Self::Replace(name, _)
            | Self::Delete(name) => "/rules/".to_owned() + name,
            Self::Enable(name, true) => ["/rules/", name, "/enable"].concat(),
            Self::Enable(name, false) => ["/rules/", name, "/disable"].concat(),
            Self::Objects { .. } => "/gnomon/objects".to_owned(),
            Self::Object(name) => "/gnomon/objects/".to_owned() + &encoded(name.as_bytes(), b"/"),
        }
    }

    /// In the order in which it is signed.
    fn query(&self) -> String {
        match self {
            Self::List(token) => {
                let size = "maxResults=".to_owned() + &PAGE.to_string();
                match token {
                    Some(token) => size + "&nextToken=" + &encoded(token.as_bytes(), b""),
                    None => size,
                }
            }
            Self::Objects {
                prefix,
                after,
                rows,
            } => {
                let after = after.as_ref().map_or_else(String::new, |after| {
                    ["after=", &encoded(after.as_bytes(), b""), "&"].concat()
                });
                let prefix = encoded(prefix.as_bytes(), b"");
                after + "max=" + &rows.to_string() + "&prefix=" + &prefix
            }
            _ => String::new(),
        }
    }

    fn body(&self) -> &[u8] {
        match self {
            Self::Create(_, body) | Self::Replace(_, body) => body.as_bytes(),
            _ => b"",
        }
    }
}

/// `base` is an HTTP address without its last slash.
pub fn question(base: &str, call: &RulesCall) -> Question {
    let query = call.query();
    let mark = if query.is_empty() { "" } else { "?" };
    Question {
        method: call.method(),
        url: [base, &call.path(), mark, &query].concat(),
        headers: Vec::new(),
        body: call.body().to_vec(),
    }
}

/// None where a page may not ask.
pub fn signed_question(
    endpoint: &Endpoint,
    keys: &Keys,
    call: &RulesCall,
    now: UnixMillis,
) -> Option<Question> {
    let call = Call {
        method: call.method(),
        base: &endpoint.control()?,
        path: &call.path(),
        query: &call.query(),
        body: call.body(),
        region: &endpoint.region,
        service: CONTROL,
    };
    Some(signed_call(&call, keys, now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::way::AwsPlace;

    fn check(call: RulesCall, method: &str, target: &str, body: &str) {
        let asked = question("http://127.0.0.1:8083", &call);
        assert_eq!(asked.url, "http://127.0.0.1:8083".to_owned() + target);
        assert_eq!((asked.method, &asked.body[..]), (method, body.as_bytes()));
    }

    #[test]
    fn calls_are_written_as_aws_has_them() {
        let name = || "iphone6_location".to_owned();
        check(RulesCall::Counters, "GET", "/gnomon/rules", "");
        check(RulesCall::List(None), "GET", "/rules?maxResults=100", "");
        let more = RulesCall::List(Some("a+/=".to_owned()));
        check(
            more,
            "GET",
            "/rules?maxResults=100&nextToken=a%2B%2F%3D",
            "",
        );
        check(
            RulesCall::Rule(name()),
            "GET",
            "/rules/iphone6_location",
            "",
        );
        let create = RulesCall::Create(name(), "{}".to_owned());
        check(create, "POST", "/rules/iphone6_location", "{}");
        let replace = RulesCall::Replace(name(), "{}".to_owned());
        check(replace, "PATCH", "/rules/iphone6_location", "{}");
        let pause = RulesCall::Enable(name(), false);
        check(pause, "POST", "/rules/iphone6_location/disable", "");
        check(
            RulesCall::Delete(name()),
            "DELETE",
            "/rules/iphone6_location",
            "",
        );
        check(
            RulesCall::Objects {
                prefix: "my-bucket/a b".to_owned(),
                after: Some("my-bucket/é".to_owned()),
                rows: 50,
            },
            "GET",
            "/gnomon/objects?after=my-bucket%2F%C3%A9&max=50&prefix=my-bucket%2Fa%20b",
            "",
        );
        let object = RulesCall::Object("b/a b?#%2e".to_owned());
        check(object, "GET", "/gnomon/objects/b/a%20b%3F%23%252e", "");
    }

    #[test]
    fn a_signed_call_covers_its_body() {
        let endpoint = Endpoint::read(&AwsPlace {
            endpoint: "a1-ats.iot.us-east-1.amazonaws.com".to_owned(),
            region: String::new(),
        })
        .unwrap();
        let keys = Keys {
            access_key_id: "AKID".to_owned(),
            secret_access_key: "hidden".to_owned(),
            ..Keys::default()
        };
        let signed = |body: &str| {
            let call = RulesCall::Create("r".to_owned(), body.to_owned());
            signed_question(&endpoint, &keys, &call, UnixMillis(0)).unwrap()
        };
        let question = signed("{}");
        assert_eq!(question.url, "https://iot.us-east-1.amazonaws.com/rules/r");
        let authorization = |question: &Question| question.headers.last().unwrap().1.clone();
        assert!(authorization(&question).contains("/us-east-1/iot/aws4_request"));
        assert_ne!(authorization(&question), authorization(&signed("{ }")));
        assert!(!question.url.contains("hidden"));
    }
}
