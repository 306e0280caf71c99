//! How the socket of each way in is opened: by the same URL every time, or by one that is signed anew.

use super::address::Address;
use super::ask::{FetchAnswer, NoAnswer};
use super::command::Way;
use super::signed::{Next, Signed};
use crate::auth::SignInFault;
use crate::auth::cognito::Cognito;
use crate::auth::endpoint::{Endpoint, take_hidden};
use crate::auth::way::{Authorizer, AwsPlace};
use crate::mqtt::session::LinkFault;
use crate::time::{Instant, Now};

pub(super) enum Door {
    /// A secret where an authorizer is told something in it.
    Open(String),
    Signed(Box<Signed>),
    /// What a person gave leads nowhere.
    Shut(LinkFault),
}

/// A way in, understood.
pub(super) struct Entry {
    pub(super) door: Door,
    /// What of the URL may be shown, which also tells one broker from another.
    pub(super) url: String,
    pub(super) user_name: Option<String>,
    pub(super) password: Option<Vec<u8>>,
}

impl Entry {
    pub(super) fn new(way: Way) -> Self {
        let (url, door) = match way {
            Way::Broker {
                url,
                user_name,
                password,
            } => return Self::to_broker(url.trim(), user_name, password),
            Way::Authorizer { place, authorizer } => {
                return Self::to_authorizer(&place, authorizer);
            }
            Way::AwsKeys { place, keys } => aws(&place, |endpoint| {
                Ok(Signed::with_keys(endpoint, keys.tidied()?))
            }),
            Way::Cognito { place, pool } => aws(&place, |endpoint| {
                Ok(Signed::with_cognito(endpoint, Cognito::new(&pool)?))
            }),
        };
        Self {
            door: door.map_or_else(shut, |signed| Door::Signed(Box::new(signed))),
            url,
            user_name: None,
            password: None,
        }
    }

    fn to_broker(url: &str, user_name: Option<String>, password: Option<String>) -> Self {
        let mut shown = url.to_owned();
        take_hidden(&mut shown);
        Self {
            door: match Address::parse(url) {
                Some(_) => Door::Open(url.to_owned()),
                None => Door::Shut(LinkFault::BadUrl),
            },
            url: shown,
            user_name: user_name.filter(|name| !name.is_empty()),
            password: password.map(String::into_bytes),
        }
    }

    fn to_authorizer(place: &AwsPlace, authorizer: Authorizer) -> Self {
        let (url, told) = aws(place, |endpoint| {
            Ok((authorizer.url(&endpoint)?, authorizer.connect_name()?))
        });
        let (door, user_name) = match told {
            Ok((url, user_name)) => (Door::Open(url), user_name),
            Err(fault) => (shut(fault), String::new()),
        };
        let password = authorizer.password;
        let password = (!password.is_empty()).then(|| password.into_bytes());
        Self {
            door,
            url,
            // MQTT has no password without a user name, though it may be empty.
            user_name: (!user_name.is_empty() || password.is_some()).then_some(user_name),
            password,
        }
    }
}

impl Door {
    pub(super) fn open(&mut self, began: Instant, now: Now, numbers: &mut u32) -> Next {
        match self {
            Self::Open(url) => Next::Open(url.clone()),
            Self::Signed(signed) => signed.open(began, now, numbers),
            Self::Shut(_) => Next::Nothing,
        }
    }

    pub(super) fn signed(&mut self) -> Option<&mut Signed> {
        match self {
            Self::Signed(signed) => Some(signed),
            Self::Open(_) | Self::Shut(_) => None,
        }
    }

    pub(super) fn as_signed(&self) -> Option<&Signed> {
        match self {
            Self::Signed(signed) => Some(signed),
            Self::Open(_) | Self::Shut(_) => None,
        }
    }

    pub(super) fn handle_answer(
        &mut self,
        id: u32,
        answer: Result<FetchAnswer, NoAnswer>,
        now: Now,
        numbers: &mut u32,
    ) -> Next {
        match self {
            Self::Signed(signed) => signed.handle_answer(id, answer, now, numbers),
            Self::Open(_) | Self::Shut(_) => Next::Nothing,
        }
    }
}

/// The URL that may be shown, also of an endpoint that cannot be one; and what `make` makes of one that can.
fn aws<T>(
    place: &AwsPlace,
    make: impl FnOnce(Endpoint) -> Result<T, SignInFault>,
) -> (String, Result<T, SignInFault>) {
    match Endpoint::read(place) {
        Ok(endpoint) => (endpoint.url(), make(endpoint)),
        Err(fault) => {
            let mut given = place.endpoint.trim().to_owned();
            take_hidden(&mut given);
            (given, Err(fault))
        }
    }
}

fn shut(fault: SignInFault) -> Door {
    Door::Shut(LinkFault::SignIn(fault))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::command::{Carrier, Keys};

    #[test]
    fn a_broker_is_opened_by_its_whole_url_and_shown_by_what_is_no_secret() {
        for (url, shown) in [
            (
                "wss://me:hidden@h:8084/mqtt?token=hidden#hidden",
                "wss://h:8084/mqtt",
            ),
            ("ws://h", "ws://h"),
        ] {
            let entry = Entry::new(Way::Broker {
                url: url.to_owned(),
                user_name: None,
                password: None,
            });
            assert!(matches!(&entry.door, Door::Open(it) if it == url));
            assert_eq!(entry.url, shown);
        }
        let entry = Entry::new(Way::Broker {
            url: "mqtt://me:hidden@h?hidden".to_owned(),
            user_name: None,
            password: None,
        });
        assert!(matches!(entry.door, Door::Shut(LinkFault::BadUrl)));
        assert_eq!(entry.url, "mqtt://h");
    }

    fn place(endpoint: &str) -> AwsPlace {
        AwsPlace {
            endpoint: endpoint.to_owned(),
            region: "eu-west-1".to_owned(),
        }
    }

    #[test]
    fn an_authorizer_is_told_and_what_it_is_told_is_not_shown() {
        let mut authorizer = Authorizer {
            token_key: "k".to_owned(),
            token: "hidden".to_owned(),
            password: "é".to_owned(),
            ..Authorizer::default()
        };
        let entry = |authorizer: &Authorizer| {
            Entry::new(Way::Authorizer {
                place: place("h"),
                authorizer: authorizer.clone(),
            })
        };
        let query = entry(&authorizer);
        assert!(matches!(&query.door, Door::Open(url) if url == "wss://h/mqtt?k=hidden"));
        assert_eq!(query.url, "wss://h/mqtt");
        assert_eq!(query.user_name.as_deref(), Some(""));
        assert_eq!(query.password.as_deref(), Some("é".as_bytes()));
        authorizer.carrier = Carrier::UserName;
        authorizer.password.clear();
        let name = entry(&authorizer);
        assert!(matches!(&name.door, Door::Open(url) if url == "wss://h/mqtt"));
        assert_eq!(name.user_name.as_deref(), Some("?k=hidden"));
        assert_eq!(name.password, None);
    }

    #[test]
    fn what_leads_nowhere_says_why_and_shows_no_secret() {
        let entry = Entry::new(Way::AwsKeys {
            place: place("me:hidden@h/mqtt?X-Amz-Signature=hidden"),
            keys: Keys::default(),
        });
        let fault = SignInFault::Incomplete("endpoint".to_owned());
        assert!(matches!(entry.door, Door::Shut(it) if it == LinkFault::SignIn(fault)));
        assert_eq!(entry.url, "h/mqtt");
        let entry = Entry::new(Way::AwsKeys {
            place: place("h"),
            keys: Keys::default(),
        });
        let fault = SignInFault::Incomplete("access_key_id".to_owned());
        assert!(matches!(entry.door, Door::Shut(it) if it == LinkFault::SignIn(fault)));
    }
}
