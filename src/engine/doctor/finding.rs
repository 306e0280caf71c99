//! What the first failure means. A browser hides why a WebSocket does not open, so there the address, the time that it
//! took and the answers to a few questions are put together; everything else says its cause itself.

#[cfg(test)]
mod tests;

use crate::auth::SignInFault;
use crate::engine::address::{Address, Host};
use crate::engine::frame::SubscriptionState;
use crate::mqtt::limits::CONNECT_TIMEOUT;
use crate::mqtt::session::{LinkFault, Phase, Trace};

use super::case::Case;
use super::examine::Found;
use super::{Cause, Finding};

/// Longer words of somebody else are cut.
const MAX_CODE: usize = 200;

/// Ports of MQTT without WebSocket.
const OTHER_PORTS: [&str; 2] = ["1883", "8883"];

/// None: nothing is wrong.
pub(super) fn finding(case: &Case<'_>) -> Option<Finding> {
    match case.fault() {
        // The link may have been closed on something that is known by now.
        Some(fault @ LinkFault::Closed(_)) => standing(case).or_else(|| Some(lost(fault, case))),
        Some(fault) => Some(lost(fault, case)),
        None if *case.phase == Phase::Up => standing(case),
        None => None,
    }
}

/// What is wrong with a link that stands.
fn standing(case: &Case<'_>) -> Option<Finding> {
    let link = case.link;
    let closing = case.filters(SubscriptionState::SetAside);
    let refused = case.filters(SubscriptionState::Refused);
    let (cause, topics, code) = if let Some(client_id) = &link.taken_over {
        (Cause::TakenOver, vec![client_id.as_str()], None)
    } else if !closing.is_empty() {
        let code = case.close_code().map(web_socket);
        (Cause::FilterCloses, closing, code)
    } else if !refused.is_empty() {
        let code = "SUBACK 0x80".to_owned();
        (Cause::FilterRefused, refused, Some(code))
    } else {
        let topic = link.publish_refused.as_deref()?;
        (Cause::PublishCloses, vec![topic], None)
    };
    Some(Finding {
        causes: vec![cause],
        topics: topics.into_iter().map(str::to_owned).collect(),
        code,
    })
}

/// Why a link does not stand.
fn lost(fault: &LinkFault, case: &Case<'_>) -> Finding {
    let trace = case.failure.map_or(case.trace, |failure| &failure.trace);
    let causes = match Cause::of(fault) {
        Some(cause) => vec![cause],
        None => unreachable(&case.link.url, trace, case.found),
    };
    let topics = match fault {
        LinkFault::TakenOver => vec![case.link.client_id.clone()],
        _ => Vec::new(),
    };
    Finding {
        causes,
        topics,
        code: code(fault, trace),
    }
}

impl Cause {
    /// What a fault comes from. None: a WebSocket that did not open, of which only questions tell why.
    pub fn of(fault: &LinkFault) -> Option<Self> {
        Some(match fault {
            LinkFault::BadUrl => Self::BadAddress,
            LinkFault::MixedContent => Self::MixedContent,
            LinkFault::Unreachable => return None,
            LinkFault::NoConnack => Self::NoConnack,
            LinkFault::Refused(4 | 5) => Self::SignIn,
            LinkFault::Refused(_) => Self::RefusedConnect,
            LinkFault::Closed(_) => Self::Closed,
            LinkFault::Silent => Self::KeepAlive,
            LinkFault::TakenOver => Self::TakenOver,
            LinkFault::Malformed(_) => Self::Malformed,
            LinkFault::Unsendable(_) => Self::Incomplete,
            LinkFault::SignIn(fault) => match fault {
                SignInFault::NoRegion | SignInFault::Incomplete(_) => Self::Incomplete,
                SignInFault::Expired => Self::Expired,
                SignInFault::Clock(_) => Self::Clock,
                SignInFault::KeysRefused(_) => Self::KeysRefused,
                SignInFault::CognitoRefused { .. } => Self::CognitoRefused,
                SignInFault::CognitoUnreachable => Self::CognitoUnreachable,
            },
        })
    }
}

/// What may keep a WebSocket from opening, likeliest first.
fn unreachable(url: &str, trace: &Trace, found: Found) -> Vec<Cause> {
    let Some(address) = Address::parse(url) else {
        return vec![Cause::BadAddress];
    };
    if found.opens_bare == Some(true) || found.opens_old == Some(true) {
        return vec![Cause::Subprotocol];
    }
    if found.answers == Some(true) {
        return match (found.opens_bare, found.opens_old) {
            (Some(_), Some(_)) => vec![Cause::NoWebSocket],
            _ => vec![Cause::NoWebSocket, Cause::Subprotocol],
        };
    }
    if trace.close_code.is_none() && trace.lost >= Some(CONNECT_TIMEOUT) {
        return vec![Cause::NoAnswer];
    }
    let mut causes = match (address.kind(), address.secure) {
        (Host::Impossible, _) => return vec![Cause::Name],
        (Host::Numbered, false) => vec![Cause::Refused],
        (Host::Numbered, true) => vec![Cause::Tls, Cause::Refused],
        (Host::Private, false) => vec![Cause::Name, Cause::Refused],
        (Host::Private, true) => vec![Cause::Name, Cause::Tls, Cause::Refused],
        (Host::Public, false) => vec![Cause::Refused, Cause::Name],
        (Host::Public, true) => vec![Cause::Name, Cause::Refused, Cause::Tls],
    };
    if address.port.is_some_and(|port| OTHER_PORTS.contains(&port)) {
        causes.insert(0, Cause::NoWebSocket);
    } else if !address.secure || found.answers.is_none() {
        // Whoever speaks something else than HTTP there looks to a page like nobody.
        causes.push(Cause::NoWebSocket);
    }
    causes
}

/// The protocol's own word.
fn code(fault: &LinkFault, trace: &Trace) -> Option<String> {
    let mut code = match fault {
        LinkFault::Refused(code) => ["CONNACK ", &code.to_string()].concat(),
        LinkFault::Closed(code) => web_socket(*code),
        LinkFault::NoConnack => web_socket(trace.close_code?),
        LinkFault::Malformed(what) | LinkFault::Unsendable(what) => what.clone(),
        LinkFault::SignIn(fault) => match fault {
            SignInFault::NoRegion => "region".to_owned(),
            SignInFault::Incomplete(field) => field.clone(),
            SignInFault::KeysRefused(word) => word.clone(),
            SignInFault::Clock(ahead) => [&(ahead / 1000).to_string(), " s"].concat(),
            SignInFault::CognitoRefused { code, message } => [code, ": ", message].concat(),
            SignInFault::Expired | SignInFault::CognitoUnreachable => return None,
        },
        LinkFault::BadUrl
        | LinkFault::MixedContent
        | LinkFault::Unreachable
        | LinkFault::Silent
        | LinkFault::TakenOver => return None,
    };
    if let Some((end, _)) = code.char_indices().nth(MAX_CODE) {
        code.truncate(end);
    }
    Some(code)
}

fn web_socket(code: u16) -> String {
    ["WebSocket ", &code.to_string()].concat()
}
