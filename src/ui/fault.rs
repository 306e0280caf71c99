//! Every way in which a link fails, in a person's words: what, why, and what to do. The card on the map, the pill and
//! the connection doctor say the same.

use super::text::{Phrase, doctor as told, faults as say};
use crate::auth::SignInFault;
use crate::engine::frame::{Cause, LinkFault};

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
    let code = code(fault);
    let &[short, headline, why, advice] = words(Cause::of(fault), code.as_deref());
    Explanation {
        short,
        headline,
        why,
        advice,
        code,
        sign_in: matches!(fault, LinkFault::Refused(4 | 5)),
    }
}

/// In short, the headline, why, and what to do. `code` is the protocol's own word, as far as there is one.
#[rustfmt::skip]
pub(super) fn words(cause: Option<Cause>, code: Option<&str>) -> &'static [Phrase; 4] {
    let Some(cause) = cause else {
        return &[say::UNREACHABLE_SHORT, say::UNREACHABLE, say::UNREACHABLE_WHY, say::UNREACHABLE_DO];
    };
    const UNREACHABLE: Phrase = say::UNREACHABLE_SHORT;
    match cause {
        Cause::BadAddress => &[say::BAD_URL_SHORT, say::BAD_URL, say::BAD_URL_WHY, say::BAD_URL_DO],
        Cause::MixedContent => &[say::MIXED_SHORT, say::MIXED, say::MIXED_WHY, say::MIXED_DO],
        Cause::Name => &[UNREACHABLE, told::NAME, told::NAME_WHY, told::NAME_DO],
        Cause::Refused => &[UNREACHABLE, told::NOBODY, told::NOBODY_WHY, told::NOBODY_DO],
        Cause::NoAnswer => &[UNREACHABLE, told::NO_ANSWER, told::NO_ANSWER_WHY, told::NO_ANSWER_DO],
        Cause::Tls => &[UNREACHABLE, told::TLS, told::TLS_WHY, told::TLS_DO],
        Cause::NoWebSocket => &[UNREACHABLE, told::NO_WEBSOCKET, told::NO_WEBSOCKET_WHY, told::NO_WEBSOCKET_DO],
        Cause::Subprotocol => &[UNREACHABLE, told::SUBPROTOCOL, told::SUBPROTOCOL_WHY, told::SUBPROTOCOL_DO],
        Cause::NoConnack => &[say::NO_CONNACK_SHORT, say::NO_CONNACK, say::NO_CONNACK_WHY, say::NO_CONNACK_DO],
        Cause::SignIn | Cause::RefusedConnect => refused(code),
        Cause::Incomplete => &[say::UNSENDABLE_SHORT, told::INCOMPLETE, told::INCOMPLETE_WHY, told::INCOMPLETE_DO],
        Cause::Expired => &[told::EXPIRED_SHORT, told::EXPIRED, told::EXPIRED_WHY, told::EXPIRED_DO],
        Cause::Clock => &[told::CLOCK_SHORT, told::WRONG_CLOCK, told::WRONG_CLOCK_WHY, told::WRONG_CLOCK_DO],
        Cause::KeysRefused => &[told::SIGN_IN_SHORT, told::KEYS_REFUSED, told::KEYS_REFUSED_WHY, told::KEYS_REFUSED_DO],
        Cause::CognitoRefused => &[told::SIGN_IN_SHORT, told::COGNITO, told::COGNITO_WHY, told::COGNITO_DO],
        Cause::CognitoUnreachable => &[told::SIGN_IN_SHORT, told::NO_COGNITO, told::NO_COGNITO_WHY, told::NO_COGNITO_DO],
        Cause::TakenOver => &[told::TAKEN_OVER_SHORT, told::TAKEN_OVER, told::TAKEN_OVER_WHY, told::TAKEN_OVER_DO],
        Cause::FilterCloses => &[say::CLOSED_SHORT, told::FILTER_CLOSES, told::FILTER_CLOSES_WHY, told::FILTER_CLOSES_DO],
        Cause::FilterRefused => &[say::CLOSED_SHORT, told::FILTER_REFUSED, told::FILTER_REFUSED_WHY, told::FILTER_REFUSED_DO],
        Cause::PublishCloses => &[say::CLOSED_SHORT, told::PUBLISH_CLOSES, told::PUBLISH_CLOSES_WHY, told::PUBLISH_CLOSES_DO],
        Cause::KeepAlive => &[say::SILENT_SHORT, say::SILENT, say::SILENT_WHY, say::WAIT_DO],
        Cause::Malformed => &[say::MALFORMED_SHORT, say::MALFORMED, say::MALFORMED_WHY, say::MALFORMED_DO],
        Cause::Closed => &[say::CLOSED_SHORT, say::CLOSED, say::CLOSED_WHY, say::WAIT_DO],
    }
}

/// By the return code of CONNACK, the last figure of `code`.
#[rustfmt::skip]
fn refused(code: Option<&str>) -> &'static [Phrase; 4] {
    match code.and_then(|code| code.bytes().last()) {
        Some(b'1') => &[say::VERSION_SHORT, say::VERSION, say::VERSION_WHY, say::VERSION_DO],
        Some(b'2') => &[say::CLIENT_ID_SHORT, say::CLIENT_ID, say::CLIENT_ID_WHY, say::CLIENT_ID_DO],
        Some(b'3') => &[say::UNAVAILABLE_SHORT, say::UNAVAILABLE, say::UNAVAILABLE_WHY, say::WAIT_DO],
        Some(b'4') => &[say::SIGN_IN_SHORT, say::SIGN_IN, say::SIGN_IN_WHY, say::SIGN_IN_DO],
        Some(b'5') => &[say::NOT_ALLOWED_SHORT, say::SIGN_IN, say::NOT_ALLOWED_WHY, say::SIGN_IN_DO],
        _ => &[say::REFUSED_SHORT, say::REFUSED, say::REFUSED_WHY, say::REFUSED_DO],
    }
}

fn code(fault: &LinkFault) -> Option<String> {
    match fault {
        LinkFault::Refused(code) => Some(format!("CONNACK {code}")),
        LinkFault::Closed(code) => Some(format!("WebSocket {code}")),
        LinkFault::Malformed(what) | LinkFault::Unsendable(what) => Some(what.clone()),
        LinkFault::SignIn(fault) => match fault {
            SignInFault::Incomplete(field) => Some(field.clone()),
            SignInFault::NoRegion => Some("region".to_owned()),
            SignInFault::Clock(millis) => Some((millis / 1000).to_string() + " s"),
            SignInFault::KeysRefused(word) => Some(word.clone()),
            SignInFault::CognitoRefused { code, message } => Some(code.clone() + ": " + message),
            SignInFault::Expired | SignInFault::CognitoUnreachable => None,
        },
        LinkFault::BadUrl
        | LinkFault::MixedContent
        | LinkFault::Unreachable
        | LinkFault::NoConnack
        | LinkFault::Silent
        | LinkFault::TakenOver => None,
    }
}
