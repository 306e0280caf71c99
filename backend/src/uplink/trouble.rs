//! Why the service is not served, in words for the terminal. They never hold a secret.

use gnomon::mqtt::session::LinkFault;

use super::CLIENT_ID;

/// `reason` is what the transport said, where it said anything.
pub(super) fn words(fault: &LinkFault, reason: Option<&str>) -> String {
    match fault {
        LinkFault::Unreachable => {
            format!("no connection: {}", reason.unwrap_or("nothing answers"))
        }
        LinkFault::NoConnack => "it took the connection but did not answer CONNECT".to_owned(),
        LinkFault::Refused(code) => refusal(*code),
        LinkFault::Closed(_) | LinkFault::TakenOver => format!(
            "the connection was closed; a second client named {CLIENT_ID} would do that as well"
        ),
        LinkFault::Silent => "nothing comes from it any more".to_owned(),
        LinkFault::Malformed(error) => format!("it sent what is no MQTT 3.1.1: {error}"),
        LinkFault::Unsendable(error) => format!("CONNECT cannot be sent: {error}"),
        // Faults of an address or a sign-in in a browser.
        LinkFault::BadUrl | LinkFault::MixedContent | LinkFault::SignIn(_) => {
            "its address is of no use".to_owned()
        }
    }
}

/// The return codes of CONNACK.
fn refusal(code: u8) -> String {
    match code {
        1 => "it does not speak MQTT 3.1.1".to_owned(),
        2 => format!("it refuses the client identifier {CLIENT_ID}"),
        3 => "it says that it is not available".to_owned(),
        4 => "it refuses the user name or the password".to_owned(),
        5 => "it refuses to let this user in: check --user and --password-file".to_owned(),
        other => format!("it refuses the connection with code {other}"),
    }
}
