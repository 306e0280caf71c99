//! Every way in which a link fails, in a person's words: what, why, and what to do.

use super::text::{Phrase, faults as say};
use crate::engine::frame::LinkFault;

/// The explanation of a fault.
pub(super) struct Explanation {
    /// A few words for the link pill.
    pub(super) short: Phrase,
    pub(super) headline: Phrase,
    pub(super) why: Phrase,
    pub(super) advice: Phrase,
    /// The protocol's own word, shown in brackets after the rest.
    pub(super) code: Option<String>,
    /// Another user name and password may help.
    pub(super) sign_in: bool,
}

/// Explains `fault`.
pub(super) fn explain(fault: &LinkFault) -> Explanation {
    let [short, headline, why, advice] = words(fault);
    Explanation {
        short,
        headline,
        why,
        advice,
        code: code(fault),
        sign_in: matches!(fault, LinkFault::Refused(4 | 5)),
    }
}

const fn words(fault: &LinkFault) -> [Phrase; 4] {
    match fault {
        LinkFault::BadUrl => [
            say::BAD_URL_SHORT,
            say::BAD_URL,
            say::BAD_URL_WHY,
            say::BAD_URL_DO,
        ],
        LinkFault::MixedContent => [say::MIXED_SHORT, say::MIXED, say::MIXED_WHY, say::MIXED_DO],
        LinkFault::Unreachable | LinkFault::SignIn(_) => [
            say::UNREACHABLE_SHORT,
            say::UNREACHABLE,
            say::UNREACHABLE_WHY,
            say::UNREACHABLE_DO,
        ],
        LinkFault::NoConnack => [
            say::NO_CONNACK_SHORT,
            say::NO_CONNACK,
            say::NO_CONNACK_WHY,
            say::NO_CONNACK_DO,
        ],
        LinkFault::Refused(code) => refused(*code),
        LinkFault::Closed(_) | LinkFault::TakenOver => [
            say::CLOSED_SHORT,
            say::CLOSED,
            say::CLOSED_WHY,
            say::WAIT_DO,
        ],
        LinkFault::Silent => [
            say::SILENT_SHORT,
            say::SILENT,
            say::SILENT_WHY,
            say::WAIT_DO,
        ],
        LinkFault::Malformed(_) => [
            say::MALFORMED_SHORT,
            say::MALFORMED,
            say::MALFORMED_WHY,
            say::MALFORMED_DO,
        ],
        LinkFault::Unsendable(_) => [
            say::UNSENDABLE_SHORT,
            say::UNSENDABLE,
            say::UNSENDABLE_WHY,
            say::UNSENDABLE_DO,
        ],
    }
}

/// By the return code of CONNACK.
const fn refused(code: u8) -> [Phrase; 4] {
    match code {
        1 => [
            say::VERSION_SHORT,
            say::VERSION,
            say::VERSION_WHY,
            say::VERSION_DO,
        ],
        2 => [
            say::CLIENT_ID_SHORT,
            say::CLIENT_ID,
            say::CLIENT_ID_WHY,
            say::CLIENT_ID_DO,
        ],
        3 => [
            say::UNAVAILABLE_SHORT,
            say::UNAVAILABLE,
            say::UNAVAILABLE_WHY,
            say::WAIT_DO,
        ],
        4 => [
            say::SIGN_IN_SHORT,
            say::SIGN_IN,
            say::SIGN_IN_WHY,
            say::SIGN_IN_DO,
        ],
        5 => [
            say::NOT_ALLOWED_SHORT,
            say::SIGN_IN,
            say::NOT_ALLOWED_WHY,
            say::SIGN_IN_DO,
        ],
        _ => [
            say::REFUSED_SHORT,
            say::REFUSED,
            say::REFUSED_WHY,
            say::REFUSED_DO,
        ],
    }
}

fn code(fault: &LinkFault) -> Option<String> {
    match fault {
        LinkFault::Refused(code) => Some(format!("CONNACK {code}")),
        LinkFault::Closed(code) => Some(format!("WebSocket {code}")),
        LinkFault::Malformed(what) | LinkFault::Unsendable(what) => Some(what.clone()),
        LinkFault::BadUrl
        | LinkFault::MixedContent
        | LinkFault::Unreachable
        | LinkFault::NoConnack
        | LinkFault::Silent
        | LinkFault::SignIn(_)
        | LinkFault::TakenOver => None,
    }
}
