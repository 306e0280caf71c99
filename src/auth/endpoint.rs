//! Where an endpoint of AWS IoT, or of a stand-in, is: read from what a person pasted. Resolves no name.

use super::fault::SignInFault;
use super::sigv4;
use super::way::AwsPlace;

/// Under these AWS serves its endpoints; the region stands somewhere before.
const AWS: [&str; 4] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    DUAL_STACK,
];

/// Has no address for the registry of its own.
const DUAL_STACK: &str = ".api.aws";

const MQTT_PATH: &str = "/mqtt";

/// An [`AwsPlace`] that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub secure: bool,
    /// In lower case.
    pub host: String,
    pub port: u16,
    pub path: String,
    pub region: String,
}

impl Endpoint {
    /// What is wrong is named by the field of [`AwsPlace`].
    pub fn read(place: &AwsPlace) -> Result<Self, SignInFault> {
        let address = Address::read(&place.endpoint).ok_or_else(|| incomplete("endpoint"))?;
        let secure = match address.scheme {
            "" => true,
            scheme if is(scheme, "wss") || is(scheme, "https") => true,
            scheme if is(scheme, "ws") || is(scheme, "http") => false,
            _ => return Err(incomplete("endpoint")),
        };
        let region = match place.region.trim() {
            "" => region_of(address.host).ok_or(SignInFault::NoRegion)?,
            given => given,
        };
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !region.bytes().all(fits) {
            return Err(incomplete("region"));
        }
        Ok(Self {
            secure,
            host: address.host.to_ascii_lowercase(),
            port: address.port.unwrap_or(if secure { 443 } else { 80 }),
            path: match address.path {
                "" | "/" => MQTT_PATH.to_owned(),
                path => path.to_owned(),
            },
            region: region.to_ascii_lowercase(),
        })
    }

    pub fn as_signed(&self) -> sigv4::Endpoint<'_> {
        sigv4::Endpoint {
            secure: self.secure,
            host: &self.host,
            port: self.port,
            path: &self.path,
        }
    }

    /// The WebSocket's URL before anything is added that shows who comes.
    pub fn url(&self) -> String {
        let scheme = if self.secure { "wss://" } else { "ws://" };
        scheme.to_owned() + &self.as_signed().authority() + &self.path
    }

    /// Where the same machine answers HTTP, if a page may ask there: it may ask in the clear only its own machine.
    pub fn http(&self) -> Option<String> {
        let scheme = match self.secure {
            true => "https://",
            false if is_loopback(&self.host) => "http://",
            false => return None,
        };
        Some(scheme.to_owned() + &self.as_signed().authority())
    }
}

impl Endpoint {
    /// Where the registry of things answers: AWS has one address for a whole region. None where a page may not ask.
    pub fn control(&self) -> Option<String> {
        let Some(domain) = AWS.iter().find(|domain| self.host.ends_with(**domain)) else {
            return self.http();
        };
        let domain = if *domain == DUAL_STACK {
            AWS[0]
        } else {
            domain
        };
        Some("https://iot.".to_owned() + &self.region + domain)
    }
}

/// The region that an endpoint of AWS names, also while it is still being typed.
pub fn region_of(endpoint: &str) -> Option<&str> {
    let host = Address::read(endpoint)?.host;
    let lower = host.to_ascii_lowercase();
    let domain = AWS.iter().find(|domain| lower.ends_with(**domain))?;
    let labels = host.get(..host.len() - domain.len())?;
    // The region stands behind identifiers, which might look like one.
    labels.rsplit('.').find(|label| is_region(label))
}

/// Such as `eu-west-1`, `us-gov-east-1` or `eusc-de-east-1`.
pub(super) fn is_region(label: &str) -> bool {
    let parts: Vec<&str> = label.split('-').collect();
    let [first, middle @ .., last] = &parts[..] else {
        return false;
    };
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphabetic());
    (2..=4).contains(&first.len())
        && letters(first)
        && !middle.is_empty()
        && middle.iter().all(|part| letters(part))
        && (1..=2).contains(&last.len())
        && last.bytes().all(|byte| byte.is_ascii_digit())
}

/// Takes user information, query and fragment out of a URL: any of them may be a secret.
pub fn take_hidden(url: &mut String) -> String {
    let mut hidden = url.split_off(url.find(['?', '#']).unwrap_or(url.len()));
    let start = url.find(':').map_or(0, |colon| {
        let rest = &url[colon + 1..];
        let host = rest.trim_start_matches(['/', '\\']);
        match host.len() == rest.len() {
            true => 0,
            false => url.len() - host.len(),
        }
    });
    let authority = &url[start..];
    let authority = &authority[..authority.find(['/', '\\']).unwrap_or(authority.len())];
    if let Some(at) = authority.rfind('@') {
        hidden.extend(url.drain(start..=start + at));
    }
    hidden
}

/// A machine's own names, as the page's policy has them.
pub(super) fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "localhost")
}

pub(super) fn incomplete(field: &str) -> SignInFault {
    SignInFault::Incomplete(field.to_owned())
}

fn is(scheme: &str, expected: &str) -> bool {
    scheme.eq_ignore_ascii_case(expected)
}

/// The parts of a URL, or of a bare host with or without a port. Query and fragment are let fall.
pub(super) struct Address<'a> {
    /// Empty where there is none.
    pub(super) scheme: &'a str,
    /// With brackets where it is of IPv6.
    pub(super) host: &'a str,
    pub(super) port: Option<u16>,
    /// From its first slash.
    pub(super) path: &'a str,
}

impl<'a> Address<'a> {
    /// None for what cannot be opened as it is written: a browser would write it in another way into what is signed.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let (scheme, rest) = match text.trim().split_once("://") {
            Some((scheme, rest)) => (scheme, rest),
            None => ("", text.trim()),
        };
        let rest = rest.split(['?', '#']).next()?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse().ok()?)),
            _ => (authority, None),
        };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        let is_v6 = |byte: u8| byte.is_ascii_hexdigit() || b":.".contains(&byte);
        let fits = match host.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            Some(address) => !address.is_empty() && address.bytes().all(is_v6),
            None => (1..=253).contains(&host.len()) && host.bytes().all(is_name),
        };
        let is_path = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%".contains(&byte);
        (fits && path.bytes().all(is_path)).then_some(Self {
            scheme,
            host,
            port,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(endpoint: &str, region: &str) -> Result<Endpoint, SignInFault> {
        Endpoint::read(&AwsPlace {
            endpoint: endpoint.to_owned(),
            region: region.to_owned(),
        })
    }

    #[test]
    fn a_host_names_its_region() {
        for (endpoint, region) in [
            ("a1-ats.iot.us-east-1.amazonaws.com", Some("us-east-1")),
            (
                "a1.iot.eu-central-1.amazonaws.com:8443",
                Some("eu-central-1"),
            ),
            (
                " wss://a1-ats.iot.AP-Southeast-2.AMAZONAWS.com/mqtt?x ",
                Some("AP-Southeast-2"),
            ),
            ("a1.ats.iot.cn-north-1.amazonaws.com.cn", Some("cn-north-1")),
            (
                "a1.iot.cn-northwest-1.amazonaws.com.cn",
                Some("cn-northwest-1"),
            ),
            (
                "data.iot-fips.us-gov-west-1.amazonaws.com",
                Some("us-gov-west-1"),
            ),
            (
                "vpce-0a1b-c2.data.iot.us-west-2.vpce.amazonaws.com",
                Some("us-west-2"),
            ),
            ("us-east-1.iot.eu-west-1.amazonaws.com", Some("eu-west-1")),
            ("a1-ats.iot.us-east-1.api.aws", Some("us-east-1")),
            (
                "a1-ats.iot.eusc-de-east-1.amazonaws.eu",
                Some("eusc-de-east-1"),
            ),
            ("a1-ats.iot.us-east-1.amazonaws.co", None),
            ("a1-ats.iot.us-east-1.amazonaws.com.evil.example", None),
            ("iot.us-east-1.example.com", None),
            ("amazonaws.com", None),
            ("", None),
        ] {
            assert_eq!(region_of(endpoint), region, "{endpoint}");
        }
    }

    #[test]
    fn an_endpoint_is_read_as_a_host_or_as_a_url() {
        let aws = read("A1-ats.iot.us-east-1.amazonaws.com ", "").unwrap();
        assert_eq!(aws.url(), "wss://a1-ats.iot.us-east-1.amazonaws.com/mqtt");
        assert_eq!(
            aws.http().unwrap(),
            "https://a1-ats.iot.us-east-1.amazonaws.com"
        );
        for (endpoint, url, http) in [
            ("h:443", "wss://h/mqtt", Some("https://h")),
            ("h:8443/", "wss://h:8443/mqtt", Some("https://h:8443")),
            (
                "https://h/x/y%20z?q#f",
                "wss://h/x/y%20z",
                Some("https://h"),
            ),
            (
                "ws://127.0.0.1:8083/mqtt",
                "ws://127.0.0.1:8083/mqtt",
                Some("http://127.0.0.1:8083"),
            ),
            (
                "WS://LocalHost",
                "ws://localhost/mqtt",
                Some("http://localhost"),
            ),
            ("ws://192.168.1.2:8083", "ws://192.168.1.2:8083/mqtt", None),
            (
                "wss://[::1]:8084/mqtt",
                "wss://[::1]:8084/mqtt",
                Some("https://[::1]:8084"),
            ),
            ("[::1]", "wss://[::1]/mqtt", Some("https://[::1]")),
        ] {
            let place = read(endpoint, " Eu-West-1 ").unwrap();
            assert_eq!(place.url(), url);
            assert_eq!(place.http().as_deref(), http);
            assert_eq!(place.region, "eu-west-1");
        }
    }

    #[test]
    fn what_cannot_be_an_endpoint_is_named() {
        assert_eq!(read("iot.example.com", ""), Err(SignInFault::NoRegion));
        assert_eq!(read("h", "eu/west"), Err(incomplete("region")));
        for endpoint in [
            "",
            "wss://",
            ":443",
            "h:",
            "h:x",
            "h:99999",
            "mqtt://h",
            "u:p@h",
            "a b",
            "é.example",
            "h/a b",
            "[::1",
            "[]",
            "::1",
        ] {
            assert_eq!(
                read(endpoint, "r"),
                Err(incomplete("endpoint")),
                "{endpoint}"
            );
        }
    }

    #[test]
    fn a_url_loses_its_user_and_its_query_however_it_is_written() {
        for (url, bare) in [
            ("wss://u:p@h:1/x?q", "wss://h:1/x"),
            ("wss://u:p@x@h", "wss://h"),
            ("u:p@h", "h"),
            ("h:1?q", "h:1"),
            ("ws:\\\\u:p@h\\x", "ws:\\\\h\\x"),
            ("ws:///u:p@h/x", "ws:///h/x"),
            ("ws://h/a@b", "ws://h/a@b"),
            ("h#f", "h"),
            ("", ""),
        ] {
            let mut url = url.to_owned();
            take_hidden(&mut url);
            assert_eq!(url, bare);
        }
    }
}
