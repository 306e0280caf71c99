//! Saved connections as text that a person can read: everything that is needed to connect again, but no secret. Knows
//! no storage.

#[cfg(test)]
mod tests;

use super::command::{Carrier, ConnectRequest, Login, Way};
use crate::auth::endpoint::take_hidden;

/// The first line. Texts of another kind or version hold nothing for us.
const HEAD: &str = "gnomon connections 1";

/// A connection that a person gave a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    pub name: String,
    pub request: ConnectRequest,
    /// A secret belongs to it that is not in `request`: the person is asked for it again.
    pub asks: bool,
}

/// A part of a way that is no secret, by its name in the text.
struct Part<'a> {
    key: &'static str,
    text: &'a mut String,
}

/// One line for each part that is there. No secret is in it.
pub fn write(profiles: &[Profile]) -> String {
    let mut text = HEAD.to_owned();
    let mut line = |key: &str, value: &str| {
        if !value.is_empty() {
            text.push('\n');
            text.push_str(key);
            text.push('=');
            text.push_str(&escaped(value));
        }
    };
    for profile in profiles {
        let mut request = profile.request.clone();
        let left_out = take_secrets(&mut request.way);
        // A nameless one begins with its line all the same.
        line(
            "name",
            Some(&*profile.name)
                .filter(|name| !name.is_empty())
                .unwrap_or(" "),
        );
        line("way", name_of(&request.way));
        if let Way::Authorizer { authorizer, .. } = &request.way
            && authorizer.carrier == Carrier::UserName
        {
            line("carrier", "user name");
        }
        for part in parts(&mut request.way) {
            line(part.key, part.text);
        }
        if left_out || profile.asks {
            line("secret", "asked for");
        }
        line("client identifier", &request.client_id);
        line("keep alive", &request.keep_alive.to_string());
        for (key, values) in lists(&mut request) {
            values.iter().for_each(|value| line(key, value));
        }
    }
    text
}

/// Lines that say nothing here are passed over, as are profiles of a way that is not known.
pub fn read(text: &str) -> Vec<Profile> {
    let mut lines = text.lines();
    let mut profiles: Vec<Option<Profile>> = Vec::new();
    if lines.next() != Some(HEAD) {
        return Vec::new();
    }
    let mut name = String::new();
    for (key, value) in lines.filter_map(|line| line.split_once('=')) {
        let value = unescaped(value);
        match key {
            "name" => {
                name = value;
                // Lines behind a way that is not known belong to nobody.
                profiles.push(None);
            }
            "way" => {
                if let Some(place) = profiles.last_mut() {
                    *place = blank(&value).map(|way| Profile {
                        name: name.trim().to_owned(),
                        request: ConnectRequest::new(way),
                        asks: false,
                    });
                }
            }
            _ => {
                if let Some(Some(profile)) = profiles.last_mut() {
                    profile.take(key, value);
                }
            }
        }
    }
    let mut profiles: Vec<_> = profiles.into_iter().flatten().collect();
    for profile in &mut profiles {
        tidy(&mut profile.request.way);
    }
    profiles
}

impl Profile {
    fn take(&mut self, key: &str, value: String) {
        let request = &mut self.request;
        match key {
            "secret" => self.asks = true,
            "client identifier" => request.client_id = value,
            "keep alive" => request.keep_alive = value.parse().unwrap_or(request.keep_alive),
            "carrier" => {
                if let Way::Authorizer { authorizer, .. } = &mut request.way {
                    authorizer.carrier = Carrier::UserName;
                }
            }
            _ => {
                if let Some((_, list)) = lists(request).into_iter().find(|(own, _)| *own == key) {
                    list.push(value);
                } else if let Some(part) = parts(&mut request.way)
                    .into_iter()
                    .find(|part| part.key == key)
                {
                    *part.text = value;
                }
            }
        }
    }
}

fn name_of(way: &Way) -> &'static str {
    match way {
        Way::Broker { .. } => "broker",
        Way::AwsKeys { .. } => "aws keys",
        Way::Cognito { .. } => "cognito",
        Way::Authorizer { .. } => "authorizer",
    }
}

fn blank(name: &str) -> Option<Way> {
    Some(match name {
        "broker" => Way::Broker {
            url: String::new(),
            user_name: None,
            password: None,
        },
        "aws keys" => Way::AwsKeys {
            place: Default::default(),
            keys: Default::default(),
        },
        "cognito" => Way::Cognito {
            place: Default::default(),
            pool: Default::default(),
        },
        "authorizer" => Way::Authorizer {
            place: Default::default(),
            authorizer: Default::default(),
        },
        _ => return None,
    })
}

fn lists(request: &mut ConnectRequest) -> [(&'static str, &mut Vec<String>); 3] {
    [
        ("location", &mut request.locations),
        ("filter", &mut request.filters),
        ("left out", &mut request.left_out),
    ]
}

/// Only what may be written down. What was absent is there and empty afterwards: see [`tidy`].
fn parts(way: &mut Way) -> Vec<Part<'_>> {
    let part = |key, text| Part { key, text };
    match way {
        Way::Broker { url, user_name, .. } => vec![
            part("url", url),
            part("user name", user_name.get_or_insert_default()),
        ],
        Way::AwsKeys { place, keys } => vec![
            part("endpoint", &mut place.endpoint),
            part("region", &mut place.region),
            part("access key", &mut keys.access_key_id),
        ],
        Way::Cognito { place, pool } => vec![
            part("endpoint", &mut place.endpoint),
            part("region", &mut place.region),
            part("pool", &mut pool.id),
            part("service", &mut pool.service),
            part("provider", &mut pool.login.get_or_insert_default().provider),
        ],
        Way::Authorizer { place, authorizer } => vec![
            part("endpoint", &mut place.endpoint),
            part("region", &mut place.region),
            part("authorizer", &mut authorizer.name),
            part("token key", &mut authorizer.token_key),
            part("user name", &mut authorizer.user_name),
        ],
    }
}

/// Whether there was any.
fn take_secrets(way: &mut Way) -> bool {
    let mut taken = Vec::new();
    match way {
        Way::Broker { url, password, .. } => {
            taken.push(password.take().unwrap_or_default());
            taken.push(take_hidden(url));
        }
        Way::AwsKeys { place, keys } => {
            taken.push(take_hidden(&mut place.endpoint));
            taken.push(std::mem::take(&mut keys.secret_access_key));
            taken.push(keys.session_token.take().unwrap_or_default());
        }
        Way::Cognito { place, pool } => {
            taken.push(take_hidden(&mut place.endpoint));
            taken.push(take_hidden(&mut pool.service));
            if let Some(login) = &mut pool.login {
                taken.push(std::mem::take(&mut login.token));
            }
        }
        Way::Authorizer { place, authorizer } => {
            taken.push(take_hidden(&mut place.endpoint));
            taken.push(std::mem::take(&mut authorizer.token));
            taken.push(std::mem::take(&mut authorizer.signature));
            taken.push(std::mem::take(&mut authorizer.password));
            // Somebody may have written by hand what an authorizer hears behind the user name.
            let name = &mut authorizer.user_name;
            taken.push(name.split_off(name.find('?').unwrap_or(name.len())));
        }
    }
    taken.iter().any(|text| !text.is_empty())
}

/// What is empty was absent.
fn tidy(way: &mut Way) {
    match way {
        Way::Broker { user_name, .. } => {
            user_name.take_if(|name| name.is_empty());
        }
        Way::Cognito { pool, .. } => {
            pool.login.take_if(|login| *login == Login::default());
        }
        Way::AwsKeys { .. } | Way::Authorizer { .. } => {}
    }
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('\n', "\\n")
        .replace('\r', "\\r")
}

fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(char) = chars.next() {
        text.push(match char {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some(other) => other,
                None => break,
            },
            char => char,
        });
    }
    text
}
