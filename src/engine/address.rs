//! What an address alone says: which machine it means, and which other addresses of it may be asked. Nothing that
//! could be a secret leaves it: no query and no user info.

/// The parts of a `ws://` or `wss://` URL that are no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Address<'a> {
    pub(super) secure: bool,
    /// Host and port as they were written.
    pub(super) authority: &'a str,
    pub(super) host: &'a str,
    pub(super) port: Option<&'a str>,
    path: &'a str,
}

/// How a host is named, which says what can be wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// `localhost`, or an IP address: no name has to be found.
    Numbered,
    /// No name server knows such a name (RFC 2606).
    Impossible,
    /// Known on its own network only, and to no public certificate authority.
    Private,
    Public,
}

impl<'a> Address<'a> {
    pub(super) fn parse(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let secure = scheme.eq_ignore_ascii_case("wss");
        if !secure && !scheme.eq_ignore_ascii_case("ws") {
            return None;
        }
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let authority = authority.rsplit('@').next()?;
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (authority, None),
        };
        Some(Self {
            secure,
            authority,
            host,
            port,
            path: path.split(['?', '#']).next()?,
        })
        .filter(|address| !address.host.is_empty())
    }

    pub(super) fn kind(&self) -> Host {
        let is_within = |domain: &str| {
            let at = self.host.len().checked_sub(domain.len());
            let end = at.and_then(|at| self.host.get(at..));
            end.is_some_and(|end| end.eq_ignore_ascii_case(domain))
        };
        let is_number = |byte: u8| byte.is_ascii_digit() || byte == b'.';
        if is_within("localhost") || self.host.starts_with('[') || self.host.bytes().all(is_number)
        {
            Host::Numbered
        } else if is_within(".invalid") {
            Host::Impossible
        } else if is_within(".local") || !self.host.contains('.') {
            Host::Private
        } else {
            Host::Public
        }
    }

    /// Where the same server answers HTTP, if it does. None where the page's Content-Security-Policy lets no question
    /// through: plain HTTP goes to these two names of this machine only.
    pub(super) fn of_http(&self) -> Option<String> {
        let scheme = match self.secure {
            true => "https://",
            false if matches!(self.host, "127.0.0.1" | "localhost") => "http://",
            false => return None,
        };
        Some([scheme, self.authority, "/"].concat())
    }

    /// The address itself, without what could be a secret.
    pub(super) fn bare(&self) -> String {
        let scheme = if self.secure { "wss://" } else { "ws://" };
        [scheme, self.authority, self.path].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(url: &str) -> Address<'_> {
        Address::parse(url).unwrap()
    }

    #[test]
    fn a_query_and_a_user_go_nowhere() {
        let address = address("WSS://me:secret@iot.example.net:443/mqtt?X-Amz-Signature=ab#x");
        assert_eq!(address.bare(), "wss://iot.example.net:443/mqtt");
        assert_eq!(address.authority, "iot.example.net:443");
        let http = address.of_http().unwrap();
        assert_eq!(http, "https://iot.example.net:443/");
        assert!(!format!("{address:?}").contains("secret"));
        assert!(!format!("{address:?}").contains("Amz"));
    }

    #[test]
    fn plain_http_is_asked_of_this_machine_only() {
        for (url, expected) in [
            ("ws://127.0.0.1:8083/mqtt", Some("http://127.0.0.1:8083/")),
            ("ws://localhost", Some("http://localhost/")),
            ("ws://[::1]:8083/", None),
            ("ws://192.168.0.7:9001/", None),
            ("ws://localhost.example.net/", None),
            ("wss://[::1]:8084/mqtt", Some("https://[::1]:8084/")),
        ] {
            assert_eq!(address(url).of_http().as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn a_host_s_name_says_who_could_know_it() {
        for (url, expected) in [
            ("ws://127.0.0.1", Host::Numbered),
            ("ws://[fe80::1]:9001", Host::Numbered),
            ("ws://LocalHost:1", Host::Numbered),
            ("ws://nothing.invalid/", Host::Impossible),
            ("ws://pi.local", Host::Private),
            ("ws://broker:9001", Host::Private),
            ("wss://test.mosquitto.org:8081", Host::Public),
            ("wss://é", Host::Private),
        ] {
            assert_eq!(address(url).kind(), expected, "{url}");
        }
        for bad in [
            "",
            "ws://",
            "http://a",
            "mqtt://a:1883",
            "127.0.0.1",
            "ws:/a",
            "ws:///mqtt",
            "ws://:8083/",
        ] {
            assert_eq!(Address::parse(bad), None, "{bad}");
        }
    }
}
