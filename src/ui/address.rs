//! What can be said of a broker's address before it is tried. It opens nothing.

use web_sys::Url;

use super::text::{Phrase, faults, shell};

/// The host as the browser reads it, or what is wrong with the address.
///
/// `secure_page`: the page came over https, from where a browser opens `ws://` to this computer only.
pub(super) fn check(address: &str, secure_page: bool) -> Result<(), Phrase> {
    let url = Url::new(address.trim()).map_err(|_| faults::BAD_URL_WHY)?;
    let plain = match url.protocol().as_str() {
        "ws:" => true,
        "wss:" => false,
        _ => return Err(faults::BAD_URL_WHY),
    };
    if url.hostname().is_empty() {
        return Err(faults::BAD_URL_WHY);
    }
    if !url.username().is_empty() || !url.password().is_empty() {
        return Err(shell::SECRET_IN_ADDRESS);
    }
    if plain && secure_page && !is_loopback(&url.hostname()) {
        return Err(faults::MIXED_WHY);
    }
    Ok(())
}

/// The address without what may be a secret: user name, password and query. And whether that took anything away.
pub(super) fn without_secrets(address: &str) -> (String, bool) {
    let Ok(url) = Url::new(address.trim()) else {
        return (String::new(), true);
    };
    let before = url.href();
    url.set_username("");
    url.set_password("");
    url.set_search("");
    let after = url.href();
    let lost = before != after;
    (after, lost)
}

/// The host's name or number alone, as a program on a command line wants it.
pub(super) fn host_name(address: &str) -> String {
    let host = Url::new(address).map(|url| url.hostname());
    let host = host.unwrap_or_default();
    host.trim_matches(['[', ']']).to_owned()
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host.starts_with("127.")
        || host == "[::1]"
}
