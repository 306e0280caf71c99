//! Why there is no link, in kinds that a person can act upon.

use serde::{Deserialize, Serialize};

use crate::auth::SignInFault;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkFault {
    /// The address is no `ws://` or `wss://` URL.
    BadUrl,
    /// An https page may not open `ws://` to another machine.
    MixedContent,
    /// The socket never opened: name, port, firewall, certificate or Origin; the browser does not say which.
    Unreachable,
    /// The socket opened, but closed before CONNACK came.
    NoConnack,
    /// CONNACK with this return code, 1 to 5.
    Refused(u8),
    /// The link stood, and closed with the WebSocket's close code.
    Closed(u16),
    /// Nothing came for one and a half keep-alives.
    Silent,
    /// Before the socket could be opened, or in its place.
    SignIn(SignInFault),
    /// Another client connects with the same identifier, and the broker lets no other one in.
    TakenOver,
    /// The broker sent what is no MQTT 3.1.1.
    Malformed(String),
    /// The client identifier, user name or password cannot be written into a CONNECT.
    Unsendable(String),
}

impl LinkFault {
    /// Whether trying again by itself would not help: a person has to change something.
    pub fn is_final(&self) -> bool {
        match self {
            Self::BadUrl | Self::MixedContent | Self::Unsendable(_) | Self::TakenOver => true,
            Self::SignIn(fault) => fault.is_final(),
            // 3 is "server unavailable", which passes.
            Self::Refused(code) => *code != 3,
            Self::Unreachable
            | Self::NoConnack
            | Self::Closed(_)
            | Self::Silent
            | Self::Malformed(_) => false,
        }
    }
}
