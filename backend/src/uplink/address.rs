//! Where a broker is: `mqtt://host[:1883]` or `mqtts://host[:8883]`, and nothing more.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// A host and a port. The host is a name or an IP address, an IPv6 one without its brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerAddress {
    pub tls: bool,
    pub host: String,
    pub port: u16,
}

/// Why a text is no address of a broker. None of them repeats the text, which may hold a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("a broker's address begins with mqtt:// or mqtts://")]
    Scheme,
    #[error("a user name does not belong into an address: use --user and --password-file")]
    UserInfo,
    #[error("a broker's address ends with its host or port: mqtt://host:1883")]
    Path,
    #[error(
        "a broker's address needs a host: a name, an IPv4 address, or an IPv6 address in brackets"
    )]
    Host,
    #[error("a port is a number from 1 to 65535")]
    Port,
}

impl BrokerAddress {
    /// Whether what is sent there stays on this machine.
    pub fn is_loopback(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(address) => address.to_canonical().is_loopback(),
            Err(_) => self.host.eq_ignore_ascii_case("localhost"),
        }
    }
}

impl FromStr for BrokerAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (scheme, authority) = text.split_once("://").ok_or(AddressError::Scheme)?;
        let (tls, default_port) = match scheme.to_ascii_lowercase().as_str() {
            "mqtt" => (false, 1883),
            "mqtts" => (true, 8883),
            _ => return Err(AddressError::Scheme),
        };
        if authority.contains('@') {
            return Err(AddressError::UserInfo);
        }
        if authority.contains(['/', '?', '#']) {
            return Err(AddressError::Path);
        }
        let (host, port) = match authority.strip_prefix('[') {
            Some(rest) => bracketed(rest)?,
            None => named(authority)?,
        };
        let port = match port {
            None => default_port,
            Some(text) => parse_port(text)?,
        };
        Ok(Self {
            tls,
            host: host.to_owned(),
            port,
        })
    }
}

/// Host and port behind an opening bracket.
fn bracketed(text: &str) -> Result<(&str, Option<&str>), AddressError> {
    let (host, rest) = text.split_once(']').ok_or(AddressError::Host)?;
    if host.parse::<Ipv6Addr>().is_err() {
        return Err(AddressError::Host);
    }
    match rest.strip_prefix(':') {
        None if rest.is_empty() => Ok((host, None)),
        None => Err(AddressError::Path),
        port => Ok((host, port)),
    }
}

fn named(text: &str) -> Result<(&str, Option<&str>), AddressError> {
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (text, None),
    };
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    if host.is_empty() || !host.bytes().all(fits) {
        return Err(AddressError::Host);
    }
    Ok((host, port))
}

fn parse_port(text: &str) -> Result<u16, AddressError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(port) if digits && port > 0 => Ok(port),
        _ => Err(AddressError::Port),
    }
}

impl fmt::Display for BrokerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "mqtts" } else { "mqtt" };
        match self.host.contains(':') {
            true => write!(f, "{scheme}://[{}]:{}", self.host, self.port),
            false => write!(f, "{scheme}://{}:{}", self.host, self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports_are_read() {
        for (text, expected) in [
            ("mqtt://localhost", "mqtt://localhost:1883"),
            ("mqtts://iot.example.net", "mqtts://iot.example.net:8883"),
            ("MQTT://10.0.0.7:1884", "mqtt://10.0.0.7:1884"),
            ("mqtts://[::1]", "mqtts://[::1]:8883"),
            ("mqtt://[fe80::1]:2000", "mqtt://[fe80::1]:2000"),
        ] {
            let address: BrokerAddress = text.parse().unwrap();
            assert_eq!(address.to_string(), expected);
            assert_eq!(address.to_string().parse(), Ok(address));
        }
    }

    #[test]
    fn this_machine_is_known_by_its_names() {
        for (text, expected) in [
            ("mqtt://localhost", true),
            ("mqtt://LocalHost:2000", true),
            ("mqtt://127.1.2.3", true),
            ("mqtt://[::1]", true),
            ("mqtt://[::ffff:127.0.0.1]", true),
            ("mqtt://localhost.example.net", false),
            ("mqtt://127.example.net", false),
            ("mqtt://0.0.0.0", false),
            ("mqtt://10.0.0.7", false),
        ] {
            let address: BrokerAddress = text.parse().unwrap();
            assert_eq!(address.is_loopback(), expected, "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused_by_name() {
        for (text, expected) in [
            ("localhost:1883", AddressError::Scheme),
            ("ws://localhost", AddressError::Scheme),
            ("mqtt:localhost", AddressError::Scheme),
            ("mqtt://me:secret@host", AddressError::UserInfo),
            ("mqtt://host/mqtt", AddressError::Path),
            ("mqtt://host/", AddressError::Path),
            ("mqtt://host?x=1", AddressError::Path),
            ("mqtt://[::1]x", AddressError::Path),
            ("mqtt://", AddressError::Host),
            ("mqtt://:1883", AddressError::Host),
            ("mqtt://a b", AddressError::Host),
            ("mqtt://[::1", AddressError::Host),
            ("mqtt://[host]", AddressError::Host),
            ("mqtt://host:", AddressError::Port),
            ("mqtt://host:0", AddressError::Port),
            ("mqtt://host:+1", AddressError::Port),
            ("mqtt://host:65536", AddressError::Port),
            ("mqtt://::1", AddressError::Host),
        ] {
            assert_eq!(text.parse::<BrokerAddress>(), Err(expected), "{text}");
        }
    }
}
