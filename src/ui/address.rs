//! What can be said of a broker's address before it is tried. It opens nothing.

use web_sys::Url;

use super::text::{Phrase, connections as words, faults};

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
        return Err(words::SECRET_IN_ADDRESS);
    }
    if plain && secure_page && !is_loopback(&url.hostname()) {
        return Err(faults::MIXED_WHY);
    }
    Ok(())
}

/// The address without what may be a secret: user name, password, query and fragment.
pub(super) fn without_secrets(address: &str) -> String {
    let Ok(url) = Url::new(address) else {
        return String::new();
    };
    url.set_username("");
    url.set_password("");
    url.set_search("");
    url.set_hash("");
    url.href()
}

/// Host and port, for a list. Of what is no URL: the text up to the first slash.
pub(super) fn host(address: &str) -> String {
    let url = Url::new(address).ok().filter(|_| address.contains("://"));
    match url {
        Some(url) => url.host(),
        None => address
            .split(['/', '?'])
            .next()
            .unwrap_or_default()
            .to_owned(),
    }
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
