//! Which web sites may use the backend: a page of another site reaches loopback as well as its own page does, and
//! only the browser's `Origin` and `Host` tell them apart.

use std::net::{IpAddr, Ipv6Addr};

/// The port of `trunk serve`.
const DEVELOPMENT_PORT: &str = "8080";

/// What a listener's own pages begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Http,
    Https,
}

impl Scheme {
    fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// Names and origins beyond those that are always let in.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// Names or addresses that the backend goes by, without port.
    hosts: Vec<String>,
    origins: Vec<String>,
}

/// Why a request gets 403.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("this Host is not served here")]
    Host,
    #[error("pages of this Origin may not use this backend; --allow-origin lets them in")]
    Origin,
}

impl Access {
    /// `bound` are the addresses of the listeners, `names` what the backend is called elsewhere; the hosts of
    /// `origins` are served too.
    pub fn new(
        bound: impl IntoIterator<Item = IpAddr>,
        names: &[String],
        origins: &[String],
    ) -> Self {
        let origins: Vec<_> = origins
            .iter()
            .map(|origin| origin.trim_end_matches('/').to_ascii_lowercase())
            .collect();
        let named = origins.iter().filter_map(|origin| {
            let (_, authority) = origin.split_once("://")?;
            Some(host_of(authority).to_owned())
        });
        let bound = bound.into_iter();
        let bound = bound.filter(|address| !address.is_unspecified());
        Self {
            hosts: named
                .chain(names.iter().map(|name| name.to_ascii_lowercase()))
                .chain(bound.map(|address| address.to_string()))
                .collect(),
            origins,
        }
    }

    /// `origin` is `None` for whatever is no page: tools and devices send none.
    pub(super) fn check(
        &self,
        scheme: Scheme,
        host: Option<&str>,
        origin: Option<&str>,
    ) -> Result<(), Refusal> {
        let host = host.map(str::to_ascii_lowercase).ok_or(Refusal::Host)?;
        let name = host_of(&host);
        if !is_loopback(name) && !self.hosts.iter().any(|other| other == name) {
            return Err(Refusal::Host);
        }
        match origin.map(str::to_ascii_lowercase) {
            None => Ok(()),
            Some(origin) if self.is_known(scheme, &origin, &host) => Ok(()),
            Some(_) => Err(Refusal::Origin),
        }
    }

    fn is_known(&self, served: Scheme, origin: &str, host: &str) -> bool {
        let Some((scheme, authority)) = origin.split_once("://") else {
            return false;
        };
        let own = scheme == served.as_str() && authority == host;
        let development = scheme == "http"
            && authority
                .rsplit_once(':')
                .is_some_and(|(name, port)| port == DEVELOPMENT_PORT && is_loopback(host_of(name)));
        own || development || self.origins.iter().any(|other| other == origin)
    }
}

/// The host of `host`, `host:port` or `[v6]:port`, without brackets.
pub(super) fn host_of(authority: &str) -> &str {
    if let Some(rest) = authority.strip_prefix('[') {
        return rest.split_once(']').map_or(rest, |(host, _)| host);
    }
    authority
        .split_once(':')
        .map_or(authority, |(host, _)| host)
}

fn is_loopback(host: &str) -> bool {
    let address = || match host.parse() {
        Ok(IpAddr::V4(address)) => address.is_loopback(),
        Ok(IpAddr::V6(address)) => address == Ipv6Addr::LOCALHOST,
        Err(_) => false,
    };
    host == "localhost" || address()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: &str, origin: &str, expected: Result<(), Refusal>) {
        check_at(Scheme::Http, host, origin, expected);
    }

    fn check_at(scheme: Scheme, host: &str, origin: &str, expected: Result<(), Refusal>) {
        let access = Access::new(
            ["192.168.1.5".parse().unwrap()],
            &["Gnomon.lan".to_owned()],
            &["https://gnomon.example/".to_owned()],
        );
        let origin = (!origin.is_empty()).then_some(origin);
        assert_eq!(
            access.check(scheme, Some(host), origin),
            expected,
            "{scheme:?} {host} {origin:?}"
        );
    }

    #[test]
    fn its_own_pages_and_tools_are_let_in() {
        check("127.0.0.1:8083", "", Ok(()));
        check("localhost:8083", "http://localhost:8083", Ok(()));
        check("LOCALHOST:8083", "http://localhost:8083", Ok(()));
        check("[::1]:8083", "http://[::1]:8083", Ok(()));
        check("192.168.1.5:8083", "http://192.168.1.5:8083", Ok(()));
        check("gnomon.lan:8083", "http://gnomon.lan:8083", Ok(()));
    }

    #[test]
    fn the_development_server_and_named_origins_are_let_in() {
        check("127.0.0.1:8083", "http://127.0.0.1:8080", Ok(()));
        check("127.0.0.1:8083", "http://localhost:8080", Ok(()));
        check("127.0.0.1:8083", "http://[::1]:8080", Ok(()));
        check("127.0.0.1:8083", "https://gnomon.example", Ok(()));
        check("gnomon.example", "https://gnomon.example", Ok(()));
    }

    #[test]
    fn other_sites_are_not() {
        for origin in [
            "null",
            "",
            "http://evil.example",
            "http://127.0.0.1:8084",
            "https://127.0.0.1:8083",
            "http://127.0.0.1",
            "http://evil.example:8080",
            "http://localhost.evil.example:8080",
            "http://gnomon.example",
            "file://",
        ] {
            if !origin.is_empty() {
                check("127.0.0.1:8083", origin, Err(Refusal::Origin));
            }
        }
    }

    #[test]
    fn a_name_that_was_pointed_at_loopback_is_not_served() {
        check("evil.example:8083", "", Err(Refusal::Host));
        check(
            "evil.example:8083",
            "http://evil.example:8083",
            Err(Refusal::Host),
        );
        check("127.0.0.1.evil.example", "", Err(Refusal::Host));
        check("", "", Err(Refusal::Host));
        let nameless = Access::default().check(Scheme::Http, None, None);
        assert_eq!(nameless, Err(Refusal::Host));
    }

    #[test]
    fn a_secure_listener_lets_in_its_own_secure_pages_and_not_those_of_the_other() {
        let check = |origin, expected| check_at(Scheme::Https, "localhost:8084", origin, expected);
        check("https://localhost:8084", Ok(()));
        check("http://localhost:8080", Ok(()));
        check("https://gnomon.example", Ok(()));
        check("http://localhost:8084", Err(Refusal::Origin));
        check("https://localhost", Err(Refusal::Origin));
        check("https://localhost:8443", Err(Refusal::Origin));
        check("https://127.0.0.1:8084", Err(Refusal::Origin));
    }
}
