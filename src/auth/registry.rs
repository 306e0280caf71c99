//! The registry of things: how a page of its names is asked for, and what the answer says. It sends nothing.

use super::Question;
use super::attempt::{Call, signed_call};
use super::cognito::{read, text};
use super::endpoint::Endpoint;
use super::sigv4::encoded;
use super::way::Keys;
use crate::shadow::value::Value;
use crate::time::UnixMillis;

/// The control plane's own name, which its calls are signed for.
pub(super) const CONTROL: &str = "iot";

const PATH: &str = "/things";

/// Of a token that leads to the next page, in bytes. Theirs have some hundred.
const MAX_TOKEN: usize = 4096;

/// A page of the list: how many things at most, and where it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub size: u32,
    pub token: Option<String>,
}

/// What a page holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    pub names: Vec<String>,
    /// None: it was the last one.
    pub next: Option<String>,
}

impl Page {
    fn query(&self) -> String {
        let size = "maxResults=".to_owned() + &self.size.to_string();
        match &self.token {
            Some(token) => size + "&nextToken=" + &encoded(token.as_bytes(), b""),
            None => size,
        }
    }
}

/// `base` is an HTTP address without its last slash.
pub fn question(base: &str, page: &Page) -> Question {
    Question {
        method: "GET",
        url: base.to_owned() + PATH + "?" + &page.query(),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

/// None where a page may not ask.
pub fn signed_question(
    endpoint: &Endpoint,
    keys: &Keys,
    page: &Page,
    now: UnixMillis,
) -> Option<Question> {
    let base = endpoint.control()?;
    let call = Call {
        method: "GET",
        base: &base,
        path: PATH,
        query: &page.query(),
        body: b"",
        region: &endpoint.region,
        service: CONTROL,
    };
    Some(signed_call(&call, keys, now))
}

/// None for what is no such answer, also when it was cut.
pub fn read_names(body: &[u8]) -> Option<Names> {
    let said = read(body)?;
    let Some(Value::Array(things)) = said.get("things") else {
        return None;
    };
    let name = |thing: &Value| match thing {
        Value::Object(members) => text(members, "thingName").map(str::to_owned),
        _ => None,
    };
    let next = text(&said, "nextToken").filter(|it| (1..=MAX_TOKEN).contains(&it.len()));
    Some(Names {
        names: things.iter().filter_map(name).collect(),
        next: next.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::way::AwsPlace;

    fn endpoint(text: &str, region: &str) -> Endpoint {
        Endpoint::read(&AwsPlace {
            endpoint: text.to_owned(),
            region: region.to_owned(),
        })
        .unwrap()
    }

    #[test]
    fn aws_keeps_its_registry_elsewhere_and_a_stand_in_at_its_own_address() {
        for (given, region, base) in [
            (
                "a1-ats.iot.us-east-1.amazonaws.com",
                "",
                Some("https://iot.us-east-1.amazonaws.com"),
            ),
            (
                "a1.ats.iot.cn-north-1.amazonaws.com.cn",
                "",
                Some("https://iot.cn-north-1.amazonaws.com.cn"),
            ),
            (
                "ws://127.0.0.1:8083/mqtt",
                "eu-west-1",
                Some("http://127.0.0.1:8083"),
            ),
            ("ws://192.168.1.2:8083/mqtt", "eu-west-1", None),
        ] {
            assert_eq!(endpoint(given, region).control().as_deref(), base);
        }
    }

    #[test]
    fn a_page_goes_on_where_the_last_one_ended() {
        let page = Page {
            size: 100,
            token: Some("a+/=&é".to_owned()),
        };
        let asked = question("http://127.0.0.1:8083", &page);
        assert_eq!(
            asked.url,
            "http://127.0.0.1:8083/things?maxResults=100&nextToken=a%2B%2F%3D%26%C3%A9"
        );
        let keys = Keys {
            access_key_id: "AKID".to_owned(),
            secret_access_key: "hidden".to_owned(),
            ..Keys::default()
        };
        let endpoint = endpoint("a1-ats.iot.us-east-1.amazonaws.com", "");
        let signed = signed_question(&endpoint, &keys, &page, UnixMillis(0)).unwrap();
        assert!(
            signed
                .url
                .starts_with("https://iot.us-east-1.amazonaws.com/things?maxResults=100&")
        );
        let authorization = &signed.headers.last().unwrap().1;
        assert!(authorization.contains("/us-east-1/iot/aws4_request"));
        assert!(!signed.url.contains("hidden") && !authorization.contains("hidden"));
    }

    #[test]
    fn an_answer_gives_names_and_what_is_none_gives_nothing() {
        let body = br#"{"things":[{"thingName":"a","version":1},{"thingName":7},3,{"thingName":"b"}],"nextToken":null}"#;
        let names = |names: &[&str], next: Option<&str>| Names {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            next: next.map(str::to_owned),
        };
        assert_eq!(read_names(body), Some(names(&["a", "b"], None)));
        let more = br#"{"things":[],"nextToken":"x"}"#;
        assert_eq!(read_names(more), Some(names(&[], Some("x"))));
        for other in [
            &body[..50],
            b"",
            b"[]",
            b"{}",
            b"<html>",
            br#"{"things":{}}"#,
        ] {
            assert_eq!(read_names(other), None);
        }
    }
}
